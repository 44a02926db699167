"""The scale model: near what was measured, and what docs/scale.md and docs/storage.md show."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.scale.measure import MEASURED
from benchmarks.scale.model import Assumed, check, cost, load_of, tables
from benchmarks.storage.__main__ import WAYS, measure

MEASUREMENT = json.loads(MEASURED.read_text(encoding="utf-8"))
DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_model_is_near_what_was_measured() -> None:
    said = check(MEASUREMENT)
    for name in ("WARC, MB", "index, MB"):
        predicted, was = said[name]
        assert predicted == pytest.approx(was, rel=0.25), name
    predicted, was = said["CPU to index, s"]
    assert predicted == pytest.approx(was, rel=0.4)


def test_twice_the_sites_are_twice_the_cost() -> None:
    one, two = cost(1000, MEASUREMENT), cost(2000, MEASUREMENT)
    assert two.fetches == 2 * one.fetches
    assert two.warc_gb == pytest.approx(2 * one.warc_gb)
    assert two.redis_gb == pytest.approx(2 * one.redis_gb)
    assert two.machines == pytest.approx(2 * one.machines, abs=1)
    assert two.money_a_million == pytest.approx(one.money_a_million, rel=0.2)


def test_machines_are_what_the_load_needs() -> None:
    for machines in (1, 10, 1000):
        sites = load_of(machines, MEASUREMENT)
        assert cost(sites, MEASUREMENT).machines == machines
        assert cost(sites + 1, MEASUREMENT).machines > machines
    quiet = replace(Assumed(), unchanged=1.0)
    assert cost(1000, MEASUREMENT, quiet).index_gb == 0
    # A site that wants more than a day has seconds for needs no more of the machine, and never gets it.
    assert cost(1, MEASUREMENT, replace(Assumed(), fetches_a_site=100, delay=1)).machines == 1


def test_the_page_shows_what_the_model_says() -> None:
    assert tables(MEASUREMENT) in (DOCS / "scale.md").read_text(encoding="utf-8")


def test_a_day_of_the_storage_study_is_like_its_month() -> None:
    quiet, ranked = (measure(6, 2, churn) for churn in ("quiet", "ranked list"))
    assert set(quiet.by_way) == set(WAYS)
    # What changes on every page leaves revisits nothing to do; a dictionary still finds what pages have in common.
    assert quiet.by_way["plain, revisits"] < 0.7 * quiet.by_way["plain, all whole"]
    assert ranked.by_way["plain, revisits"] > 0.95 * ranked.by_way["plain, all whole"]
    assert ranked.by_way["plain, revisits, dictionary"] < 0.4 * ranked.by_way["plain, revisits"]
    assert ranked.by_way["wire, revisits, zstd"] > 0.8 * ranked.by_way["wire, revisits"]
    text = (DOCS / "storage.md").read_text(encoding="utf-8")
    assert all(said in text for said in WAYS.values())
