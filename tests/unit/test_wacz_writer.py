"""WACZ packages: their structure by our own rules, and the validator of py-wacz where SEOGO_WACZ names its `bin`."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from warcio.archiveiterator import ArchiveIterator

sys.path.append(str(Path(__file__).resolve().parents[1]))

from archive.commands.export_wacz import wacz
from archive.model import Capture
from archive.warc import wacz as reading
from replay_fixture import FIRST, HOST, Builder, build

VALIDATOR = os.environ.get("SEOGO_WACZ")


def run(directory: Path, output: Path, *options: str) -> Result:
    return CliRunner().invoke(wacz, ["-a", str(directory), "-o", str(output), *options])


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Capture]]:
    directory = tmp_path_factory.mktemp("archive")
    return directory, build(directory)


@pytest.fixture(scope="module")
def package(archived: tuple[Path, dict[str, Capture]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("out") / "all.wacz"
    result = run(archived[0], path)
    assert result.exit_code == 0, result.output
    return path


def index(path: Path) -> list[tuple[str, str, dict[str, str]]]:
    with zipfile.ZipFile(path) as package:
        text = gzip.decompress(package.read("indexes/index.cdx.gz")).decode()
    rows = [line.split(" ", 2) for line in text.splitlines()]
    return [(key, stamp, json.loads(facts)) for key, stamp, facts in rows]


def pages(path: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(path) as package:
        return [json.loads(line) for line in package.read("pages/pages.jsonl").splitlines()]


def test_every_file_has_its_digest_and_the_package_too(package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        assert archive.testzip() is None
        described = json.loads(archive.read("datapackage.json"))
        assert described["profile"] == "data-package"
        assert described["wacz_version"] == "1.1.1"
        for resource in described["resources"]:
            data = archive.read(resource["path"])
            assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
            assert resource["bytes"] == len(data)
        listed = {resource["path"] for resource in described["resources"]}
        assert listed == set(archive.namelist()) - {"datapackage.json", "datapackage-digest.json"}
        digest = json.loads(archive.read("datapackage-digest.json"))
        assert digest["hash"] == f"sha256:{hashlib.sha256(archive.read('datapackage.json')).hexdigest()}"
        stored = {entry.filename for entry in archive.infolist() if entry.compress_type == zipfile.ZIP_STORED}
        assert {"archive/data.warc.gz", "indexes/index.cdx.gz"} <= stored


def test_the_index_is_sorted_and_leads_to_the_records(package: Path, archived: tuple[Path, dict[str, Capture]]) -> None:
    rows = index(package)
    assert len(rows) == len(archived[1])
    assert [row[:2] for row in rows] == sorted(row[:2] for row in rows)
    with zipfile.ZipFile(package) as archive:
        warc = archive.read("archive/data.warc.gz")
        first, *blocks = archive.read("indexes/index.idx").decode().splitlines()
    assert first == '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}'
    assert len(blocks) == 1
    for _, _, facts in rows:
        start = int(facts["offset"])
        record = gzip.decompress(warc[start : start + int(facts["length"])])
        assert f"WARC-Target-URI: {facts['url']}\r\n".encode() in record


def test_records_are_the_archives_own_bytes(
    package: Path, archived: tuple[Path, dict[str, Capture]], tmp_path: Path
) -> None:
    original = next((archived[0] / "archive").iterdir()).read_bytes()
    with zipfile.ZipFile(package) as archive:
        packed = archive.read("archive/data.warc.gz")
    for capture in archived[1].values():
        assert original[capture.offset : capture.offset + capture.length] in packed
    path = tmp_path / "data.warc.gz"
    path.write_bytes(packed)
    with path.open("rb") as stream:
        kinds = [record.rec_type for record in ArchiveIterator(stream, check_digests="raise")]
    assert kinds[0] == "warcinfo"
    assert kinds.count("request") == len(archived[1])
    assert kinds.count("metadata") == 3


def test_pages_have_titles_and_text(package: Path, archived: tuple[Path, dict[str, Capture]]) -> None:
    head, *found = pages(package)
    assert head["format"] == "json-pages-1.0"
    by_id = {page["id"]: page for page in found}
    later = by_id[archived[1]["one later"].id]
    assert (later["url"], later["ts"]) == (FIRST, "2026-11-21T00:01:00.000Z")
    assert later["title"] == "가람바이오 신약, 임상 2상 환자 모집"
    assert "네 곳으로 늘린다고" in later["text"]
    assert by_id[archived[1]["euckr"].id]["title"] == "옛 기사"
    assert archived[1]["logo"].id not in by_id
    assert archived[1]["not found"].id not in by_id


def test_a_reader_that_trusts_the_directory_finds_each_file(package: Path) -> None:
    """wabac takes a file's data to begin right after its name where the directory has no further field for it."""
    raw = package.read_bytes()
    with zipfile.ZipFile(package) as archive:
        for entry in archive.infolist():
            fields = int.from_bytes(raw[entry.header_offset + 28 : entry.header_offset + 30], "little")
            assert bool(entry.extra) == bool(fields)


def test_our_own_reader_takes_it(package: Path) -> None:
    with reading.open_wacz(package, "all.wacz") as opened:
        opened.check()
        assert [member.name for member in opened.warcs()] == ["archive/data.warc.gz"]


def test_a_revisit_brings_what_it_repeats(archived: tuple[Path, dict[str, Capture]], tmp_path: Path) -> None:
    path = tmp_path / "one.wacz"
    assert run(archived[0], path, "--after", "2026-11-20T06:00:00Z", "--before", "2026-11-20T07:00:00Z").exit_code == 0
    assert [facts["mime"] for _, _, facts in index(path)] == ["text/html", "warc/revisit"]


def test_chosen_pages_bring_their_parts(archived: tuple[Path, dict[str, Capture]], tmp_path: Path) -> None:
    path = tmp_path / "one.wacz"
    assert run(archived[0], path, "--url", f"{HOST}/news/1").exit_code == 0
    urls = {facts["url"] for _, _, facts in index(path)}
    assert urls == {FIRST, f"{HOST}/style.css", f"{HOST}/img/logo.png", f"{HOST}/img/photo.png"}


def test_nothing_is_lost_in_silence(tmp_path: Path) -> None:
    made = build(tmp_path / "archive")
    warc = next((tmp_path / "archive" / "archive").iterdir())
    data = bytearray(warc.read_bytes())
    data[made["two"].offset + 20] ^= 0xFF
    warc.write_bytes(data)
    result = run(tmp_path / "archive", tmp_path / "x.wacz")
    assert result.exit_code == 1
    assert "Left out: " in result.output
    assert len(index(tmp_path / "x.wacz")) == len(made) - 1


def test_a_file_is_replaced_only_when_asked_and_never_half(
    archived: tuple[Path, dict[str, Capture]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.wacz"
    path.write_text("precious")
    assert run(archived[0], path).exit_code == 2
    monkeypatch.setattr("archive.replay.package.said", lambda *_: 1 / 0)
    assert isinstance(run(archived[0], path, "--force").exception, ZeroDivisionError)
    assert path.read_text() == "precious"
    assert [file.name for file in tmp_path.iterdir()] == ["x.wacz"]
    assert run(tmp_path / "nowhere", tmp_path / "y.wacz").exit_code != 0


def test_an_index_of_many_captures_is_cut_into_blocks(tmp_path: Path) -> None:
    with Builder(tmp_path / "archive") as add:
        for number in range(1500):
            add.add(f"{HOST}/{number:05d}.css", f"a{{order:{number}}}", "2026-11-20T00:00:00", content_type="text/css")
    assert run(tmp_path / "archive", tmp_path / "x.wacz").exit_code == 0
    with zipfile.ZipFile(tmp_path / "x.wacz") as archive:
        _, *blocks = archive.read("indexes/index.idx").decode().splitlines()
        data = archive.read("indexes/index.cdx.gz")
    assert len(blocks) == 2
    place = json.loads(blocks[1].split(" ", 2)[2])
    piece = data[place["offset"] : place["offset"] + place["length"]]
    assert place["digest"] == f"sha256:{hashlib.sha256(piece).hexdigest()}"
    assert gzip.decompress(piece).decode().startswith(" ".join(blocks[1].split(" ", 2)[:2]))


@pytest.mark.skipif(not VALIDATOR, reason="SEOGO_WACZ does not name the bin directory of an environment with py-wacz")
def test_the_validator_of_py_wacz_accepts_it(package: Path) -> None:
    found = subprocess.run([f"{VALIDATOR}/wacz", "validate", "-f", str(package)], capture_output=True, text=True)
    assert found.returncode == 0, found.stdout
    assert "the passed WACZ is valid" in found.stdout
