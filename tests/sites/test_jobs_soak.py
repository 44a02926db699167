"""Three days of the month that benchmarks/soak goes through: nothing lost, nobody hurried, each redesign told."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from example_crawls import ROOT, environment


def test_three_days_with_outages_storms_redesigns_kills_and_jumping_clocks(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.soak", "--days", "3", "--sites", "2", "--keep", str(tmp_path / "a")]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=1200, check=False
    )
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
    assert re.search(r"^0 starts made twice; 6 kills of", ended.stdout, re.M), ended.stdout
    assert re.search(r"^redesigns alarmed after runs: paper0 [12] of \d+, paper1 [12] of \d+$", ended.stdout, re.M)
