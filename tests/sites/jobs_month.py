"""Runs a paper's jobs on a clock of its own, in one process; prints what came of it as JSON. Started by tests."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from paper import Paper, archive_of, printing

from archive import times
from archive.index.database import connect
from crawler.commands.crawling import in_reactor
from crawler.discovery.requisites import take_apart
from crawler.jobs import alarms, disk
from crawler.jobs.file import load
from crawler.jobs.running import Jobs
from crawler.jobs.standing import standings
from crawler.jobs.state import State
from crawler.parsing import ParsePool

STEP = timedelta(hours=1)


class Clock:
    """The one clock of everything in this process."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        # Successive captures differ in time, as they do in life.
        self.now += timedelta(milliseconds=5)
        return self.now.replace(microsecond=self.now.microsecond // 1000 * 1000)


def _status(folder: Path, state: State, now: datetime) -> list[str]:
    """The alarms that `jobs status` shows."""
    if not (folder / "index.db").exists():
        return []
    db = connect(folder / "index.db", readonly=True)
    try:
        rows = standings(load(folder), state, db, now, disk.look(folder))
        return [alarm.said for row in rows for alarm in row.alarms]
    finally:
        db.close()


def main(folder: Path, script: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each step of the script sets attributes of the paper and runs what is due `runs` times, an hour apart."""
    clock, said = Clock(), []
    times.now = clock
    paper = Paper()
    with printing(paper), ParsePool(0, function=take_apart) as pool:
        archive_of(folder, paper, (folder / "jobs.toml").read_text(encoding="utf-8"))
        file = load(folder)

        async def work() -> None:
            for step in script:
                runs = step.pop("runs")
                least = step.pop("least_room", disk.LEAST)
                news = step.pop("news", 0)
                if (mended := step.pop("definition", None)) is not None:
                    (folder / "paper.toml").write_text(mended.format(port=paper.port), encoding="utf-8")
                    command = ["reindex", "-a", str(folder), "--site", str(folder / "paper.toml"), "--jobs", "0"]
                    subprocess.run([sys.executable, "-m", "crawler.cli", *command], check=True, stdout=sys.stderr)
                for name, value in step.items():
                    setattr(paper, name, value)
                for _ in range(runs):
                    paper.number += news
                    with State.open(folder) as state:
                        status = _status(folder, state, clock())
                        before = len(paper.log)
                        runner = Jobs(
                            folder, file, state, pool, clock=clock, ticks=lambda: 100 * monotonic(), least_room=least
                        )
                        ended = await runner.run_due()
                        said.append(
                            {
                                "status": status,
                                "asked": len(paper.log) - before,
                                "runs": [(one.job, one.summary.outcome, one.why) for one in ended],
                                "alarms": [alarm.said for alarm in alarms.standing(state)],
                                "captures": [(alarm.before, alarm.after) for alarm in alarms.standing(state)],
                                "events": [(e.kind, e.count, e.said) for e in state.events()],
                                "pauses": {
                                    p.what: (p.until - clock()).total_seconds() for p in state.pauses().values()
                                },
                            }
                        )
                    clock.now += STEP

        in_reactor(work)
    connect(folder / "index.db", readonly=True).close()
    return said


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), json.loads(sys.argv[2]))))
