"""The optional service worker: taken in by its digests alone, and what the routes around it let through."""

from __future__ import annotations

import io
import os
import sys
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner

sys.path.append(str(Path(__file__).resolve().parents[1]))

from archive.commands.serve import serve
from archive.replay import assets
from archive.replay.app import create_app
from archive.replay.scripted import Scripted
from archive.replay.store import Store
from replay_fixture import FIRST, HOST, Client, build, client

TARBALL = os.environ.get("SEOGO_WABAC_TARBALL")
LOCAL, OUTER = "http://localhost:8002", "http://127.0.0.1:8002"
INSIDE = {"sec-fetch-site": "same-origin", "sec-fetch-dest": "empty"}
FRAME = {"sec-fetch-site": "cross-site", "sec-fetch-dest": "iframe"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    return tmp_path


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    directory = tmp_path_factory.mktemp("archive")
    build(directory)
    return Store(directory)


def asking(store: Store, origin: str) -> Client:
    return client(create_app(store, scripted=Scripted(b"/* worker */")), origin)


def packed(path: Path, **members: bytes) -> Path:
    with tarfile.open(path, "w:gz") as file:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            file.addfile(entry, io.BytesIO(data))
    return path


def test_another_tarball_is_refused(home: Path) -> None:
    path = packed(home / "x.tgz", **{"package/dist/sw.js": b"evil()", "../../evil.js": b"evil()"})
    result = CliRunner().invoke(serve, ["--install-replay-assets", str(path)])
    assert result.exit_code == 2
    assert "SHA-512" in result.output
    assert not (home / "share").exists()
    missing = CliRunner().invoke(serve, ["--install-replay-assets", str(home / "none.tgz")])
    assert missing.exit_code == 2
    assert assets.worker() is None


def test_what_is_not_the_known_worker_is_never_served(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(home / "x.tgz", **{"package/dist/sw.js": b"evil()", "package/LICENSE.md": b"x"})
    monkeypatch.setattr(assets, "TARBALL_SHA512", __import__("hashlib").sha512(path.read_bytes()).hexdigest())
    with pytest.raises(assets.AssetRefused, match="another service worker"):
        assets.install(path)
    assets.folder().mkdir(parents=True)
    (assets.folder() / "sw.js").write_bytes(b"evil()")
    with pytest.raises(assets.AssetRefused, match="was changed"):
        assets.worker()


def test_without_npm_a_tarball_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(assets.AssetRefused, match="npm is not installed"):
        assets.install(None)


def test_npm_that_fails_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = home / "npm"
    fake.write_text("#!/bin/sh\necho no network >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{home}:/bin:/usr/bin")
    with pytest.raises(assets.AssetRefused, match="no network"):
        assets.install(None)


@pytest.mark.skipif(not TARBALL, reason="SEOGO_WABAC_TARBALL does not name the tarball of the pinned version")
def test_the_known_tarball_is_put_in() -> None:
    result = CliRunner().invoke(serve, ["--install-replay-assets", str(TARBALL)])
    assert result.exit_code == 0, result.output
    assert assets.worker() is not None
    assert sorted(file.name for file in assets.folder().iterdir()) == ["LICENSE.md", "sw.js"]


def test_without_the_worker_there_is_no_such_route(store: Store) -> None:
    ask = client(create_app(store), LOCAL)
    assert ask("/scripted/sw.js", **INSIDE).status_code == 404
    assert "/scripted/" not in ask(f"/web/20261120000100/{FIRST}").text


def test_the_outer_page_has_no_script_and_another_name(store: Store) -> None:
    page = asking(store, OUTER)(f"/scripted/20261120000100/{FIRST}")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert (
        f'sandbox="allow-scripts allow-same-origin" src="{LOCAL}/scripted/start?ts=20261120000100&amp;url=' in page.text
    )
    assert f"frame-src {LOCAL}/scripted/;" in page.headers["content-security-policy"]
    assert asking(store, LOCAL)(f"/scripted/20261120000100/{FIRST}").status_code == 403
    assert f'{OUTER}/scripted/20261120000100/{FIRST}"' in asking(store, LOCAL)(f"/web/20261120000100/{FIRST}").text


@pytest.mark.parametrize(
    "path", ["/scripted/sw.js", "/scripted/wabac.js", "/scripted/start.js", f"/scripted/raw/20261120000100id_/{FIRST}"]
)
def test_scripts_and_bytes_for_them_are_given_on_one_name_to_itself(store: Store, path: str) -> None:
    local, outer = asking(store, LOCAL), asking(store, OUTER)
    assert local(path, **INSIDE).status_code == 200
    assert outer(path, **INSIDE).status_code == 403
    assert local(path, **{**INSIDE, "sec-fetch-site": "cross-site"}).status_code == 403
    assert local(path, **{**INSIDE, "sec-fetch-dest": "document"}).status_code == 403


def test_the_first_page_of_the_frame_opens_in_a_frame_only(store: Store) -> None:
    path = f"/scripted/start?ts=20261120000100&url={FIRST}"
    page = asking(store, LOCAL)(path, **FRAME)
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts allow-same-origin; default-src 'none'")
    assert f"frame-ancestors {OUTER} {LOCAL};" in policy
    assert asking(store, LOCAL)(path, **{"sec-fetch-dest": "document", "sec-fetch-site": "none"}).status_code == 403
    assert asking(store, OUTER)(path, **FRAME).status_code == 403
    evil = asking(store, LOCAL)('/scripted/start?ts=2026&url=http://a.test/"><script>evil()</script>', **FRAME)
    assert evil.status_code == 400


def test_no_other_answer_becomes_a_service_worker(store: Store) -> None:
    ask = asking(store, LOCAL)
    worker = {"service-worker": "script", "sec-fetch-dest": "serviceworker", "sec-fetch-site": "same-origin"}
    assert ask("/scripted/sw.js", **worker).status_code == 200
    for path in (f"/web/20261120000100id_/{FIRST}", f"/scripted/raw/20261120000100id_/{FIRST}", "/scripted/wabac.js"):
        assert ask(path, **worker).status_code == 403


def test_raw_bytes_tell_what_the_worker_needs(store: Store) -> None:
    ask = asking(store, LOCAL)
    near = ask(f"/scripted/raw/20261120050000id_/{FIRST}", **INSIDE)
    assert (near.status_code, near.headers["x-orig-ts"]) == (200, "20261120060100")
    assert "<script src=" in near.text
    assert "set-cookie" not in near.headers
    moved = ask(f"/scripted/raw/20261120000400id_/{HOST}/moved", **INSIDE)
    assert (moved.headers["x-redirect-status"], moved.headers["x-orig-location"]) == ("302", FIRST)
    assert ask(f"/scripted/raw/20261120000600id_/{HOST}/nothing", **INSIDE).status_code == 404
    assert ask(f"/scripted/raw/20261120000600id_/{HOST}/unknown", **INSIDE).status_code == 404


@pytest.mark.parametrize("path", ["/style.css", "/favicon.ico", f"/cdx?url={FIRST}", f"/web/timemap/link/{FIRST}"])
def test_every_answer_has_a_policy(store: Store, path: str) -> None:
    assert "default-src 'none'" in asking(store, LOCAL)(path).headers["content-security-policy"]
