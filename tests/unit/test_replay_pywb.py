"""pywb as a reference: it opens an archive directory as it is, and replays it through our CDX endpoint.

SEOGO_PYWB names the `bin` directory of an environment with pywb; docs/replay.md says how to make one.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

sys.path.append(str(Path(__file__).resolve().parents[1]))

from archive.model import Capture
from archive.replay import cdx
from archive.replay.app import create_app
from archive.replay.store import Store
from archive.web import serving
from replay_fixture import FIRST, HOST, KOREAN_OLD, PNG, SECOND, Builder, build

BIN = os.environ.get("SEOGO_PYWB")
pytestmark = pytest.mark.skipif(not BIN, reason="SEOGO_PYWB does not name the bin directory of a pywb environment")

SCRIPT = "document.title = '스크립트'"
# Each collection reads the same WARC files and has its index from elsewhere.
COLLECTIONS = ("as-it-is", "own-index", "endpoint", "remote")


@dataclass(frozen=True)
class Pywb:
    """A running pywb over one archive."""

    origin: str
    directory: Path
    made: dict[str, Capture]

    def get(self, collection: str, rest: str) -> httpx.Response:
        return httpx.get(f"{self.origin}/{collection}/{rest}", timeout=120)


@pytest.fixture(scope="module")
def pywb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pywb]:
    directory, root = tmp_path_factory.mktemp("archive"), tmp_path_factory.mktemp("pywb")
    made = build(directory)
    with Builder(directory) as add:
        made["script"] = add.add(f"{HOST}/app.js", SCRIPT, "2026-11-20T00:00:03", content_type="text/javascript")
        made["copy"] = add.add(f"{HOST}/copy.png", PNG + b"logo", "2026-11-20T02:00:00", content_type="image/png")
    sockets = serving.listen(0)
    ours = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    server = serving._Server(serving._config(create_app(Store(directory))))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets)), daemon=True)
    thread.start()

    for name in ("as-it-is", "own-index"):
        (root / "collections" / name / "indexes").mkdir(parents=True)
        (root / "collections" / name / "archive").symlink_to(directory / "archive")
    subprocess.run(
        [f"{BIN}/wb-manager", "reindex", "own-index"], cwd=root, check=True, capture_output=True, timeout=600
    )
    # As `seogo export cdxj` leaves it.
    captures = [
        c
        for url in (HOST, "https://paper.test")
        for c in cdx.find(Store(directory).db, cdx.Query(f"{url}/", match="prefix"))
    ]
    lines = sorted(set(cdx.lines(directory, captures, as_json=False)))
    (root / "collections" / "as-it-is" / "indexes" / "index.cdxj").write_text("".join(lines), "utf-8")
    archive_paths = f"{directory}/archive/"
    config = {
        "collections": {
            "endpoint": {"index_paths": f"cdx+{ours}/cdx", "archive_paths": archive_paths},
            "remote": {
                "index_group": {
                    "ours": {
                        "type": "cdx",
                        "api_url": f"{ours}/cdx?url={{url}}&closest={{closest}}&sort=closest",
                        "replay_url": f"{ours}/web/{{timestamp}}id_/{{url}}",
                    }
                }
            },
        }
    }
    (root / "config.yaml").write_text(json.dumps(config), "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [f"{BIN}/wayback", "-b", "127.0.0.1", "-p", str(port)],
        cwd=root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    origin = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 300
        while True:
            try:
                httpx.get(origin, timeout=20)
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline, "pywb did not start"
                time.sleep(0.2)
        yield Pywb(origin, directory, made)
    finally:
        process.terminate()
        process.wait(10)
        server.should_exit = True
        thread.join(10)


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize(
    ("stamp", "url", "text"),
    [
        ("20261120000100", FIRST, "가람바이오 신약, 임상 2상 진입"),
        ("20261120060100", FIRST, "가람바이오 신약, 임상 2상 진입"),
        ("20261121000100", FIRST, "가람바이오 신약, 임상 2상 환자 모집"),
        ("20261120000200", SECOND, "겨울 상비약 수요 늘어"),
        ("20261120000500", "https://paper.test/secure", "safe and sound"),
    ],
)
def test_pages_and_revisits(pywb: Pywb, collection: str, stamp: str, url: str, text: str) -> None:
    answer = pywb.get(collection, f"{stamp}id_/{url}")
    assert answer.status_code == 200
    assert text in answer.text


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_bytes_are_the_archived_ones(pywb: Pywb, collection: str) -> None:
    assert "오래된 한글 기사".encode("cp949") in pywb.get(collection, f"20261120000300id_/{KOREAN_OLD}").content
    assert pywb.get(collection, f"20261120000002id_/{HOST}/img/logo.png").content == PNG + b"logo"
    assert pywb.get(collection, f"20261120020000id_/{HOST}/copy.png").content == PNG + b"logo"
    script = pywb.get(collection, f"20261120000003id_/{HOST}/app.js")
    assert (script.text, script.headers["content-type"].partition(";")[0]) == (SCRIPT, "text/javascript")


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_redirects_and_errors(pywb: Pywb, collection: str) -> None:
    moved = pywb.get(collection, f"20261120000400mp_/{HOST}/moved")
    assert moved.status_code == 302
    assert moved.headers["location"].endswith("/news/1?mode=view")
    assert pywb.get(collection, f"20261120000600mp_/{HOST}/nothing").status_code == 404
    assert pywb.get(collection, f"20261120000600mp_/{HOST}/unknown").status_code == 404


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_the_nearest_in_time(pywb: Pywb, collection: str) -> None:
    answer = pywb.get(collection, f"20261120050000mp_/{FIRST}")
    stamp = answer.headers.get("location", "") + answer.headers.get("content-location", "")
    assert "20261120060100" in stamp or "memento-datetime" in answer.headers
    assert answer.headers["memento-datetime"] == "Fri, 20 Nov 2026 06:01:00 GMT"


def test_its_own_index_of_our_files_names_the_same_records(pywb: Pywb) -> None:
    def records(collection: str) -> set[tuple[str, ...]]:
        lines = pywb.get(collection, f"cdx?url={HOST}/*&output=json").text.splitlines()
        facts = [json.loads(line) for line in lines]
        # The status of a revisit, which ours tells, is left out by pywb.
        names = ("urlkey", "timestamp", "url", "mime", "digest", "offset", "length", "filename")
        return {(*(fact[name] for name in names), fact["mime"] != "warc/revisit" and fact["status"]) for fact in facts}

    theirs, ours = records("own-index"), records("as-it-is")
    assert len(ours) > 10
    assert theirs == ours
