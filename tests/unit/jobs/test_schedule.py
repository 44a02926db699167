"""When jobs are due: over changed clocks, sleeping hosts and clocks that jump, no slot is run twice or lost."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.jobs.schedule import Cron, Every, Timing, Window, check_cron, decide, shortest_gap, start_of

SEOUL, BERLIN, LORD_HOWE = ZoneInfo("Asia/Seoul"), ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
ZONES = [SEOUL, BERLIN, LORD_HOWE, ZoneInfo("America/New_York"), ZoneInfo("UTC")]
CRONS = ["0 9 * * 1-5", "*/10 * * * *", "30 2 * * *", "15 */2 * * *", "30 1,2,3 * * *", "0 0 1 * *"]
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)

instants = st.integers(0, 400 * 86400).map(lambda second: BEGIN + timedelta(seconds=second))
zones = st.sampled_from(ZONES)
crons = st.builds(Cron, st.sampled_from(CRONS), zones)
intervals = st.builds(Every, st.integers(60, 3 * 86400).map(lambda second: timedelta(seconds=second)), instants)
schedules = st.one_of(crons, intervals)
windows = st.builds(Window, st.times().map(lambda one: one.replace(microsecond=0)), st.times(), zones).filter(
    lambda window: window.opens != window.closes
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@given(schedules, instants)
@settings(deadline=None)
def test_the_latest_slot_is_the_one_before_the_next(schedule: Cron | Every, now: datetime) -> None:
    latest = schedule.latest(now)
    assert latest is not None
    assert latest <= now
    first = next(schedule.after(now))
    assert first > now
    between = list(takewhile(lambda slot: slot <= now, schedule.after(latest)))
    assert between == []
    assert schedule.latest(first) == first


@given(schedules, st.one_of(st.none(), windows), instants, st.lists(st.integers(1, 90_000), min_size=1, max_size=40))
@settings(deadline=None, max_examples=60)
def test_looked_at_now_and_then_no_slot_is_run_twice_and_none_lost(
    schedule: Cron | Every, window: Window | None, now: datetime, steps: list[int]
) -> None:
    timing = Timing("a", schedule, window, min(timedelta(seconds=30), shortest_gap(schedule) / 2))
    last, started, missed = None, [], []
    begun = None
    for step in steps:
        decision = decide(timing, last, now)
        if decision.due:
            assert window is None or window.has(now)
            assert decision.slot is not None
            started.append(decision.slot)
            missed += decision.missed
            begun = begun or decision.slot
            last = decision.slot
            assert not decide(timing, last, now).due, "the same slot twice"
        else:
            assert decision.next_at > now
        now += timedelta(seconds=step)
    assert len(started) == len(set(started))
    assert not set(started) & set(missed)
    if begun is not None and last is not None:
        expected = set(takewhile(lambda slot: slot <= last, schedule.after(begun)))
        lost = expected - set(started) - set(missed)
        assert all(window is not None and not window.has(slot) for slot in lost)


@given(schedules, instants, st.integers(1, 30 * 86400))
@settings(deadline=None)
def test_a_clock_set_back_runs_nothing_twice_in_a_row_and_waits_for_two_slots_at_most(
    schedule: Cron | Every, now: datetime, back: int
) -> None:
    timing = Timing("a", schedule)
    last = schedule.latest(now)
    earlier = now - timedelta(seconds=back)
    decision = decide(timing, last, earlier)
    assert not decision.due
    following_slot = next(schedule.after(earlier))
    if following_slot == last:
        assert decision.next_at == next(schedule.after(last)), "the slot that was started is not started again"
    elif earlier < last:
        assert decision.set_back
        assert decision.next_at == following_slot
    if decision.set_back:
        following = decide(timing, decision.slot, decision.next_at)
        assert following.due
        assert following.missed == ()


@given(schedules, instants, st.integers(1, 10 * 86400))
@settings(deadline=None, max_examples=40)
def test_a_clock_set_forward_is_one_start_and_the_rest_missed(
    schedule: Cron | Every, now: datetime, forward: int
) -> None:
    timing = Timing("a", schedule)
    later = now + timedelta(seconds=forward)
    last = schedule.latest(now)
    assert last is not None
    decision = decide(timing, last, later)
    slots = list(takewhile(lambda slot: slot <= later, schedule.after(last)))[:10_001]
    assert decision.due == bool(slots)
    if decision.due and len(slots) <= 10_000:
        assert [*decision.missed, decision.slot] == slots


@given(st.sampled_from(["30 2 * * *", "0 9 * * *", "30 1,2,3 * * *"]), zones)
@settings(deadline=None, max_examples=15)
def test_a_daily_slot_comes_once_a_day_where_clocks_change(expression: str, zone: ZoneInfo) -> None:
    slots = takewhile(lambda slot: slot < BEGIN + timedelta(days=365), Cron(expression, zone).after(BEGIN))
    found = list(slots)
    assert found == sorted(set(found))
    times_a_day = expression.count(",") + 1
    assert times_a_day * 364 <= len(found) <= times_a_day * 366


def test_a_time_that_is_skipped_comes_at_the_change_and_one_that_comes_twice_comes_once() -> None:
    nightly = Cron("30 2 * * *", BERLIN)
    assert nightly.latest(utc("2026-03-29T12:00+00:00")) == utc("2026-03-29T01:00+00:00")
    in_october = list(
        takewhile(lambda slot: slot < utc("2026-10-26T00:00Z"), nightly.after(utc("2026-10-25T00:00+02:00")))
    )
    assert in_october == [utc("2026-10-25T00:30+00:00")]
    assert nightly.latest(utc("2026-10-25T01:00+00:00")) == utc("2026-10-25T00:30+00:00")


def test_a_job_that_never_ran_is_due_at_once_or_when_its_window_opens() -> None:
    schedule = Every(timedelta(days=1), utc("2026-11-23T03:00+09:00"))
    now = utc("2026-11-23T03:00+09:00")
    assert decide(Timing("a", schedule), None, now).due
    window = Window(time(6), time(23), SEOUL)
    decision = decide(Timing("a", schedule, window), None, now)
    assert (decision.due, decision.next_at) == (False, utc("2026-11-23T06:00+09:00"))


def test_a_slot_outside_the_window_waits_for_its_opening() -> None:
    window = Window(time(22), time(2), SEOUL)
    daily = Timing("a", Cron("0 12 * * *", SEOUL), window)
    last = utc("2026-11-22T12:00+09:00")
    decision = decide(daily, last, utc("2026-11-23T13:00+09:00"))
    assert (decision.due, decision.next_at) == (False, utc("2026-11-23T22:00+09:00"))
    late = decide(daily, last, utc("2026-11-24T01:59:59+09:00"))
    assert (late.due, late.missed) == (True, ())


def test_an_opening_that_was_slept_through_is_missed_once_with_all_that_waited_for_it() -> None:
    timing = Timing("a", Every(timedelta(hours=4), utc("2026-11-23T00:00Z")), Window(time(6), time(23), SEOUL))
    last = utc("2026-11-23T12:00Z")
    # 16:00 and 20:00 wait for 21:00, when the window opens.
    at_night, early, later = (utc(f"2026-11-{one}Z") for one in ("23T20:30", "23T21:30", "24T00:30"))
    assert not decide(timing, last, at_night).due
    assert (decide(timing, last, early).due, decide(timing, last, early).missed) == (True, ())
    assert decide(timing, last, later).missed == (utc("2026-11-23T21:00Z"),)
    assert decide(timing, decide(timing, last, early).slot, later).missed == ()
    two_days = decide(timing, last, utc("2026-11-25T04:30Z")).missed
    assert two_days[0] == utc("2026-11-23T21:00Z")
    assert len(two_days) == len(set(two_days)) == 7


@given(instants, windows)
@settings(deadline=None)
def test_a_window_opens_within_a_day_and_closes_after(now: datetime, window: Window) -> None:
    opening = window.next_open(now)
    assert now <= opening <= now + timedelta(hours=26)
    if window.has(now):
        assert now < window.closing(now) <= now + timedelta(hours=26)


def test_jitter_is_the_same_in_every_process_and_spreads_jobs() -> None:
    schedule = Every(timedelta(minutes=10), BEGIN)
    slot = BEGIN + timedelta(minutes=50)
    begins = {start_of(Timing(name, schedule, None, timedelta(seconds=30)), slot) for name in ("a", "b", "c")}
    assert len(begins) == 3
    assert all(slot <= begin < slot + timedelta(seconds=30) for begin in begins)
    one = Timing("a", schedule, None, timedelta(seconds=30))
    begin = start_of(one, slot)
    assert not decide(one, BEGIN, begin - timedelta(milliseconds=1)).due
    assert decide(one, BEGIN, begin).due


@pytest.mark.parametrize(
    "expression", ["", "* * * *", "* * * * * *", "61 * * * *", "0 0 31 2 *", "@daily", "a b c d e"]
)
def test_what_is_no_cron_expression_is_told(expression: str) -> None:
    assert check_cron(expression, SEOUL)
