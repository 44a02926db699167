"""The service worker that replays scripts: wabac.js, which is no part of this package (AGPL) and is put in on request.

One version is known, by the digests of its tarball and of the one file taken from it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError

PACKAGE: Final = "@webrecorder/wabac@2.27.3"
TARBALL_SHA512: Final = (
    "8b4d3e1d277039d1d13de254f20dcb30e0074f827ec97f9d25d4c46e84e223d6"
    "23598e63631506a8e803b99df198f0731807d88dfc2815321a081f65501b8d84"
)
WORKER_SHA256: Final = "c665c6d9e34ea1a5c52853f5541e1aa6b203525b56222201c2efe33e28a80fba"
_MEMBERS: Final = {"package/dist/sw.js": "sw.js", "package/LICENSE.md": "LICENSE.md"}
_MAX_TARBALL: Final = 32 << 20
_MAX_MEMBER: Final = 8 << 20
_NPM_SECONDS: Final = 300


class AssetRefused(ArchiveError):
    """The service worker cannot be put in: not the known bytes, or no way to get them."""

    exit_code = 2


def folder() -> Path:
    """Where it is kept for this user, whatever archive is served (XDG base directories)."""
    home = os.environ.get("XDG_DATA_HOME", "")
    base = Path(home) if home.startswith("/") else Path.home() / ".local" / "share"
    return base / "seogo" / PACKAGE.rpartition("/")[2]


def worker() -> bytes | None:
    """The service worker's script; None where it was not put in. Raises AssetRefused when it is another file."""
    path = folder() / "sw.js"
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise AssetRefused(f"{path} cannot be read: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != WORKER_SHA256:
        raise AssetRefused(f"{path} was changed; run `seogo serve --install-replay-assets` again")
    return data


def install(tarball: Path | None) -> Path:
    """Put the service worker in, from a tarball or from what the user's own npm packs; gives where it went.

    Raises AssetRefused.
    """
    if tarball is not None:
        return _unpack(tarball)
    npm = shutil.which("npm")
    if npm is None:
        raise AssetRefused(f"npm is not installed; get the tarball of {PACKAGE} elsewhere and give its path")
    with tempfile.TemporaryDirectory() as place:
        command = [npm, "pack", PACKAGE, "--ignore-scripts", "--silent", "--pack-destination", place]
        try:
            done = subprocess.run(  # noqa: S603 - the user's own npm, with arguments of ours
                command, cwd=place, capture_output=True, text=True, timeout=_NPM_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise AssetRefused(f"`npm pack {PACKAGE}` did not end within {_NPM_SECONDS} s") from None
        packed = list(Path(place).glob("*.tgz"))
        if done.returncode or len(packed) != 1:
            last = (done.stderr.strip().splitlines() or ["no tarball"])[-1][:300]
            raise AssetRefused(f"`npm pack {PACKAGE}` failed: {last}")
        return _unpack(packed[0])


def _unpack(tarball: Path) -> Path:
    """Take two files out of the tarball, under names of ours; nothing is written before both digests are right."""
    try:
        if tarball.stat().st_size > _MAX_TARBALL:
            raise AssetRefused(f"{tarball} is larger than any tarball of {PACKAGE}")
        if hashlib.sha512(tarball.read_bytes()).hexdigest() != TARBALL_SHA512:
            raise AssetRefused(f"{tarball} is not the tarball of {PACKAGE}: its SHA-512 is another")
        with tarfile.open(tarball, "r:gz") as packed:
            found = {name: _member(packed, member) for member, name in _MEMBERS.items()}
    except (OSError, tarfile.TarError, KeyError) as error:
        raise AssetRefused(f"{tarball} cannot be read: {error}") from error
    if hashlib.sha256(found["sw.js"]).hexdigest() != WORKER_SHA256:
        raise AssetRefused(f"{tarball} holds another service worker than {PACKAGE}")
    target = folder()
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, data in found.items():
            part = target / f"{name}.part"
            part.write_bytes(data)
            part.replace(target / name)
    except OSError as error:
        raise AssetRefused(f"{target} cannot be written: {error.strerror}") from error
    return target / "sw.js"


def _member(packed: tarfile.TarFile, name: str) -> bytes:
    entry = packed.getmember(name)
    stream = packed.extractfile(entry) if entry.isfile() and entry.size <= _MAX_MEMBER else None
    if stream is None:
        raise KeyError(name)
    return stream.read()
