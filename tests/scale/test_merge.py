"""`seogo merge`: several archives become what `reindex` makes of all their WARC files; nothing comes twice."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from archives import ROOT, agrees_with_reindex, contents, crawl, merge, rows, seogo, tables, warcs
from many_hosts import ManyHosts, serving


@dataclass(frozen=True)
class Workers:
    """Archives of two crawls that each took half of the hosts, and one that took a page that another has too."""

    sites: ManyHosts
    archives: tuple[Path, Path, Path]

    def copies(self, folder: Path) -> list[Path]:
        return [Path(shutil.copytree(archive, folder / archive.name)) for archive in self.archives]


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    folder = tmp_path_factory.mktemp("workers")
    archives = (folder / "a", folder / "b", folder / "c")
    with serving(ManyHosts(hosts=4, pages=2)) as sites:
        for number, archive in enumerate(archives[:2], 1):
            crawl(sites, archive, "--shard", f"{number}/2")
        how = ("--depth", 0, "--delay", 0, "--allow-private", "--parse-workers", 0)
        seogo("crawl", sites.seeds[0], "-a", archives[2], *how)
        yield Workers(sites, archives)


def test_the_whole_is_what_a_reindex_gives_and_sources_stay_as_they_are(workers: Workers, tmp_path: Path) -> None:
    before = [contents(archive) for archive in workers.archives]
    target = tmp_path / "all"
    done = merge(target, *workers.archives)
    assert [contents(archive) for archive in workers.archives] == before
    assert {one["how"] for one in done["files"]} == {"copied"}
    names = {path.name for archive in workers.archives for path in warcs(archive)}
    assert {path.name for path in warcs(target)} == names
    for path in warcs(target):
        assert path.read_bytes() in [source.read_bytes() for one in workers.archives for source in warcs(one)]
    found = {url for (url,) in rows(target, "SELECT url FROM captures")}
    assert found >= workers.sites.urls
    assert done["captures"] == sum(len(tables(archive)["captures"]) for archive in workers.archives)
    assert done["pages"] == rows(target, "SELECT count(*) FROM captures WHERE parsed_by != ''")[0][0]
    # The front page of the first host was stored by two.
    assert done["duplicates"]["payloads"] == 1
    assert done["duplicates"]["captures"] == 2
    assert rows(target, "SELECT count(*) FROM captures GROUP BY id HAVING count(*) > 1") == []
    agrees_with_reindex(target)


def test_merging_again_changes_nothing(workers: Workers, tmp_path: Path) -> None:
    target = tmp_path / "all"
    merge(target, workers.archives[0])
    merge(target, *workers.archives[1:])
    files, before = contents(target / "archive"), tables(target)
    again = merge(target, *workers.archives, workers.archives[0])
    assert {one["how"] for one in again["files"]} == {"known"}
    assert len(again["files"]) == 3
    assert again["captures"] == again["pages"] == 0
    assert contents(target / "archive") == files
    assert tables(target) == before
    # What was merged once is known under whatever name it comes back.
    whole = tmp_path / "other-names"
    shutil.copytree(target, whole)
    for number, path in enumerate(warcs(whole)):
        path.rename(path.with_name(f"seogo-2026010100000000{number}-00001-elsewhere.warc.gz"))
    assert {one["how"] for one in merge(target, whole)["files"]} == {"known"}
    assert tables(target) == before


def test_what_a_source_grew_by_is_added_and_what_both_grew_by_is_kept(workers: Workers, tmp_path: Path) -> None:
    source, other, _ = workers.copies(tmp_path)
    target = tmp_path / "all"
    merge(target, source, other)
    crawl(workers.sites, source, "--shard", "1/2", "--fresh")
    assert sorted(one["how"] for one in merge(target, source, other)["files"]) == ["extended", "known"]
    assert len(warcs(target)) == 2
    agrees_with_reindex(target)
    # The next run of each goes on in the file that they have in common.
    crawl(workers.sites, source, "--shard", "1/2", "--fresh")
    crawl(workers.sites, target, "--shard", "1/2", "--fresh")
    grown = merge(target, source)
    assert [one["how"] for one in grown["files"]] in (["copied"], ["extended"])
    ids = {row[0] for archive in (source, other, target) for row in rows(archive, "SELECT id FROM captures")}
    assert {row[0] for row in rows(target, "SELECT id FROM captures")} == ids
    agrees_with_reindex(target)
    assert merge(target, source, other)["captures"] == 0


def test_two_files_of_one_name_are_two_files(workers: Workers, tmp_path: Path) -> None:
    first, second, _ = workers.copies(tmp_path)
    [name] = [path.name for path in warcs(first)]
    [path] = warcs(second)
    path.rename(path.with_name(name))
    target = tmp_path / "all"
    done = merge(target, first, second)
    assert [one["file"] for one in done["files"]] == [name, name.replace(".warc.gz", ".2.warc.gz")]
    assert len(rows(target, "SELECT * FROM runs")) == 2
    assert {url for (url,) in rows(target, "SELECT url FROM captures")} >= workers.sites.urls
    agrees_with_reindex(target)
    assert {one["how"] for one in merge(target, second, first)["files"]} == {"known"}


def test_what_a_killed_worker_left_is_taken_up_to_its_last_whole_record(workers: Workers, tmp_path: Path) -> None:
    source, _, _ = workers.copies(tmp_path)
    [path] = warcs(source)
    whole = path.read_bytes()
    left = path.rename(path.with_name(path.name + ".open"))
    left.write_bytes(whole + whole[:300])
    (source / "index.db").unlink()
    before = contents(source)
    target = tmp_path / "all"
    merge(target, source)
    assert contents(source) == before
    assert [path.read_bytes() for path in warcs(target)] == [whole]
    agrees_with_reindex(target)


def test_a_file_that_nobody_writes_to_any_more_is_linked(workers: Workers, tmp_path: Path) -> None:
    source, _, _ = workers.copies(tmp_path)
    [path] = warcs(source)
    old = path.rename(path.with_name("seogo-20200101000000000-00001-elsewhere.warc.gz"))
    done = merge(tmp_path / "all", source)
    assert [one["how"] for one in done["files"]] == ["linked"]
    assert (tmp_path / "all" / "archive" / old.name).samefile(old)
    assert [one["how"] for one in merge(tmp_path / "all", source)["files"]] == ["known"]


def test_what_was_taken_down_anywhere_is_hidden_in_the_whole(workers: Workers, tmp_path: Path) -> None:
    first, second, _ = workers.copies(tmp_path)
    [url] = [
        f"{seed}1.html" for seed in workers.sites.seeds if rows(first, f"SELECT 1 FROM captures WHERE url='{seed}'")
    ][:1]
    seogo("exclude", url, "-a", first, "--reason", "by order", "--rewrite")
    target = tmp_path / "all"
    done = merge(target, second, first)
    assert done["exclusions"] == 1
    assert rows(target, f"SELECT 1 FROM articles WHERE url = '{url}'") == []
    assert (target / "excluded.jsonl").read_text() == (first / "excluded.jsonl").read_text()
    # The tombstone came along, and an older copy of the file does not bring the page back.
    again = merge(target, second, workers.archives[0])
    assert {one["how"] for one in again["files"]} == {"known"}
    assert again["exclusions"] == 0
    agrees_with_reindex(target)


def test_sources_that_are_not_to_be_trusted(workers: Workers, tmp_path: Path) -> None:
    source, _, _ = workers.copies(tmp_path)
    folder = source / "archive"
    (folder / "link.warc.gz").symlink_to("/etc/passwd")
    (folder / "folder.warc.gz").mkdir()
    os.mkfifo(folder / "pipe.warc.gz")
    (folder / "\x1b[31mred.warc.gz").symlink_to("/nowhere")
    with closing(sqlite3.connect(source / "index.db", isolation_level=None)) as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('seogo', 'm999_later', '')"
        )
    (source / "state" / "sites").mkdir(parents=True, exist_ok=True)
    (source / "state" / "sites" / "bad.toml").write_text("name = 7")
    target = tmp_path / "all"
    done = seogo("merge", source, "-a", target, "--parse-workers", 0, code=1)
    assert "\x1b" not in done.stderr + done.stdout
    for said in ("link.warc.gz", "folder.warc.gz", "pipe.warc.gz", "later Seogo", "bad.toml"):
        assert said in done.stderr
    assert len(warcs(target)) == 1
    assert not (target / "state" / "sites" / "bad.toml").exists()
    agrees_with_reindex(target)


def test_damage_is_copied_told_and_read_around(workers: Workers, tmp_path: Path) -> None:
    source, _, _ = workers.copies(tmp_path)
    [path] = warcs(source)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    path.write_bytes(data)
    target = tmp_path / "all"
    done = merge(target, source, code=3)
    assert [path.read_bytes() for path in warcs(target)] == [bytes(data)]
    assert done["damage"]
    assert path.name in done["damage"][0]
    assert done["captures"] > 3


@pytest.mark.parametrize(
    ("source", "said"), [("nowhere", "no archive"), ("all", "merge into"), ("torn", "excluded.jsonl")]
)
def test_a_persons_mistake_is_one_sentence(workers: Workers, tmp_path: Path, source: str, said: str) -> None:
    (tmp_path / "torn" / "archive").mkdir(parents=True)
    (tmp_path / "torn" / "excluded.jsonl").symlink_to("/dev/zero")
    (tmp_path / "all" / "archive").mkdir(parents=True)
    done = seogo("merge", tmp_path / source, "-a", tmp_path / "all", code=2)
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("locked", ["target", "source"])
def test_an_archive_that_is_written_to_is_left_alone(workers: Workers, tmp_path: Path, locked: str) -> None:
    source, _, _ = workers.copies(tmp_path)
    target = tmp_path / "all"
    where = target if locked == "target" else source
    script = "import sys; from pathlib import Path; from archive.lock import Lock; l = Lock.acquire(Path(sys.argv[1]));"
    holder = subprocess.Popen(
        [sys.executable, "-c", f"{script} print('held', flush=True); sys.stdin.read()", str(where)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        done = seogo("merge", source, "-a", target, code=75)
        assert str(where) in done.stderr
        assert not (target / "index.db").exists()
    finally:
        holder.communicate("")
    assert json.loads(seogo("merge", source, "-a", target, "--json", "--parse-workers", 0).stdout)["captures"] > 0
