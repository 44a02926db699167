"""No score on the corpus of real pages may drop below the floor that is kept in the repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("SEOGO_SHARED", ROOT.parent / "shared")).resolve() / "corpus"


@pytest.mark.skipif(not (CORPUS / "score.py").exists(), reason=f"{CORPUS} holds no corpus of real pages")
def test_no_score_drops() -> None:
    command = [sys.executable, "-m", "benchmarks.anatomy", "--corpus", str(CORPUS), "--check"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
