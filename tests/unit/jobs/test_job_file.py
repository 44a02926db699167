"""The job file: what DESIGN's example says, and every mistake told with file and key."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from crawler.jobs.file import JobsFileError, load
from crawler.jobs.job import span
from crawler.jobs.revisit import POLICY
from crawler.jobs.schedule import Cron, Every

WHOLE = """
contact = "mailto:desk@example.org"
smtp = "smtp://localhost:25"
[[job]]
name = "yakup-lists"
site = "yakup"
fetch = ["front", "sidebar"]
every = "10m"
zone = "Asia/Seoul"
window = "06:00-23:00"
jitter = "30s"
delay = 1
max_pages = 200
max_minutes = 5
priority = 5
allow_private = false
notify = ["https://example.org/hook", "mailto:desk@example.org", "exec:/path/command"]
[[job]]
name = "mine"
site = "./mine.toml"
cron = "0 9 * * 1-5"
"""


def written(folder: Path, text: str) -> Path:
    (folder / "jobs.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_whole_file(tmp_path: Path) -> None:
    file = load(written(tmp_path, WHOLE))
    lists, mine = file.job
    assert (file.contact, lists.fetch, lists.delay, lists.max_minutes) == (
        "mailto:desk@example.org",
        ("front", "sidebar"),
        1,
        5,
    )
    anchor = datetime(2026, 11, 23, tzinfo=UTC)
    timing = lists.timing(anchor)
    assert timing.schedule == Every(timedelta(minutes=10), anchor)
    assert timing.window is not None
    assert (timing.window.opens, timing.window.closes, timing.jitter) == (time(6), time(23), timedelta(seconds=30))
    assert isinstance(mine.timing(anchor).schedule, Cron)
    assert mine.site == str(tmp_path / "mine.toml")
    assert mine.fetch == ("all",)
    assert file.named("mine") is mine


def test_the_contact_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEOGO_CONTACT", "https://example.org/bot")
    assert load(written(tmp_path, "")).contact == "https://example.org/bot"
    assert load(written(tmp_path, 'contact = "mailto:a@b.org"')).contact == "mailto:a@b.org"


JOB = '[[job]]\nname = "a"\nsite = "example"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "unknown field `x`"),
        ("[[job]]\nname = 3", "job[0].name"),
        ("a = \n", "line 1"),
        ("[[job]\n", "line 1"),
        ('[[job]]\nsite = "example"\nevery = "1h"', "missing required field `name`"),
        (JOB, "job[0].every: write either"),
        (JOB + 'every = "10m"\ncron = "* * * * *"', "job[0].every: write either"),
        (JOB + 'every = "ten"', "job[0].every: 'ten' is no span"),
        (JOB + 'every = "0s"', "job[0].every: 0s is not between"),
        (JOB + 'every = "99999d"', "job[0].every: 99999d is not between"),
        (JOB + 'cron = "* * * *"', "job[0].cron"),
        (JOB + 'cron = "0 0 31 2 *"', "job[0].cron"),
        (JOB + 'every = "10m"\nzone = "Asia/Nowhere"', "job[0].zone"),
        (JOB + 'every = "10m"\nzone = "../../etc/passwd"', "job[0].zone"),
        (JOB + 'every = "10m"\nwindow = "6-23"', "job[0].window"),
        (JOB + 'every = "10m"\nwindow = "25:00-26:00"', "job[0].window"),
        (JOB + 'every = "10m"\nwindow = "06:00-06:00"', "job[0].window"),
        (JOB + 'every = "10m"\njitter = "10m"', "job[0].jitter"),
        (JOB + 'cron = "*/5 * * * *"\njitter = "6m"', "job[0].jitter"),
        (JOB + 'every = "10m"\nfetch = []', "job[0].fetch"),
        (JOB + 'every = "10m"\nfetch = ["front", "front"]', "job[0].fetch"),
        (JOB + 'every = "10m"\nfetch = ["fronts"]', "job[0].fetch[0]"),
        (JOB + 'every = "10m"\ndelay = -1', "job[0].delay"),
        (JOB + 'every = "10m"\ndelay = nan', "job[0].delay"),
        (JOB + 'every = "10m"\nmax_pages = 0', "job[0].max_pages"),
        (JOB + 'every = "10m"\nmax_minutes = 0', "job[0].max_minutes"),
        (JOB + 'every = "10m"\npriority = 101', "job[0].priority"),
        (JOB + 'every = "10m"\nnotify = ["ftp://x"]', "job[0].notify[0]"),
        (JOB + 'every = "10m"\nnotify = ["exec:command"]', "job[0].notify[0]"),
        (JOB + 'every = "10m"\nnotify = ["mailto:desk@example.org"]', "smtp"),
        (JOB + 'every = "10m"\n' + JOB + 'every = "10m"', "job[1].name: 'a' is the name of job[0] too"),
        (JOB + 'every = "10m"\nrevisit = { most = "much" }', "job[0].revisit.most: 'much' is no span"),
        (JOB + 'every = "10m"\nrevisit = { often = "1h" }', "job[0].revisit: object contains unknown field `often`"),
        (JOB + 'every = "10m"\nrevisit = { least = "2h" }', "job[0].revisit: least, first, most and until"),
        (
            JOB
            + 'every = "1h"\nrevisit = { most = "2d" }\n'
            + JOB.replace('"a"', '"b"')
            + 'every = "1h"\nrevisit = {}',
            "job[1].revisit: job[0] says otherwise of the same site",
        ),
        ('[[job]]\nname = "A B"\nsite = "x"\nevery = "1h"', "job[0].name"),
        ('contact = "a\\nb"', "contact"),
        ('smtp = "localhost"', "smtp"),
    ],
)
def test_a_mistake_is_told_with_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(JobsFileError) as caught:
        load(written(tmp_path, text))
    assert str(tmp_path / "jobs.toml") in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("name", ["yakup-lists", "약업_목록", "Lists.2"])
def test_a_job_has_a_name_of_letters(tmp_path: Path, name: str) -> None:
    written(tmp_path, f'[[job]]\nname = "{name}"\nsite = "example"\nfetch = ["all"]\nevery = "1s"')
    assert load(tmp_path).named(name).name == name


def test_no_file_and_no_text(tmp_path: Path) -> None:
    with pytest.raises(JobsFileError, match="there is no job file"):
        load(tmp_path)
    (tmp_path / "jobs.toml").write_bytes(b"\xff\xfe" * 20)
    with pytest.raises(JobsFileError, match="is no TOML"):
        load(tmp_path)
    (tmp_path / "jobs.toml").write_bytes(b"a=" + b"[" * 5000)
    with pytest.raises(JobsFileError, match="is no TOML"):
        load(tmp_path)


def test_bounds_of_revisits_are_the_site_s_whichever_of_its_jobs_says_them(tmp_path: Path) -> None:
    bounds = 'revisit = { first = "20m", least = "5m", most = "2d", until = "10d" }\n'
    other = JOB.replace('"a"', '"b"')
    file = load(written(tmp_path, JOB + 'every = "10m"\n' + other + 'every = "1h"\n' + bounds))
    policy = file.policy(file.job[0].site)
    assert (policy.first, policy.least, policy.most, policy.until) == (
        timedelta(minutes=20),
        timedelta(minutes=5),
        timedelta(days=2),
        timedelta(days=10),
    )
    assert file.policy("yakup") == POLICY


def test_spans() -> None:
    assert span("1d2h3m4s") == timedelta(days=1, hours=2, minutes=3, seconds=4)
    for wrong in ("", "5", "m", "1m1h", "-1m", "1.5h", "１m"):
        with pytest.raises(ValueError, match="no span"):
            span(wrong)
