"""Where the other replay tools are: pywb and py-wacz each in an environment of its own, wabac as npm packs it.

python -m benchmarks.replay.environments      makes what is missing in .bench/replay, prints what the tests ask for
"""

from __future__ import annotations

import subprocess
import venv
from pathlib import Path

from archive.replay.assets import PACKAGE

HERE = Path(__file__).parent
PLACE = HERE.parents[1] / ".bench" / "replay"


def environment(name: str) -> Path:
    """The `bin` directory of an environment made from NAME.lock on first use, or anew where the lock changed."""
    folder = PLACE / name
    ready = folder / "ready"
    lock = HERE / f"{name}.lock"
    text = lock.read_text(encoding="utf-8")
    if not ready.exists() or ready.read_text(encoding="utf-8") != text:
        venv.create(folder, with_pip=True, clear=True)
        install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes"]
        subprocess.run([*install, "-r", str(lock)], check=True)
        ready.write_text(text, encoding="utf-8")
    return folder / "bin"


def wabac() -> Path:
    """The tarball of the pinned version, packed by the user's own npm on first use."""
    folder = PLACE / "wabac"
    folder.mkdir(parents=True, exist_ok=True)
    found = sorted(folder.glob(f"*-{PACKAGE.rpartition('@')[2]}.tgz"))
    if not found:
        command = ["npm", "pack", PACKAGE, "--ignore-scripts", "--silent", "--pack-destination", str(folder)]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        found = sorted(folder.glob("*.tgz"))
    return found[0]


if __name__ == "__main__":
    print(f"export SEOGO_PYWB={environment('pywb')}")
    print(f"export SEOGO_WACZ={environment('wacz')}")
    print(f"export SEOGO_WABAC_TARBALL={wabac()}")
