"""`crawl --profile`: where the CPU time of a crawl's processes went."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from crawler import stages
from crawler.stages import Profile, Sampler


@pytest.fixture
def sampler() -> Iterator[Sampler]:
    made = Sampler({"re": "matching", "json": "encoding", "json.encoder": "inner encoding"})
    made.start()
    yield made
    made.stop()


def burn(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        re.purge()
        re.compile("(a|b)*[c-z]" * 20)


def test_cpu_time_is_counted_for_the_stage_whose_module_stands_innermost(sampler: Sampler) -> None:
    burn(0.4)
    sampler.stop()
    cpu, seen = sampler.taken()
    assert cpu >= 0.4
    assert seen["matching"] > 0.2
    assert "encoding" not in seen


def test_stages_add_up_to_the_cpu_time_of_the_process(sampler: Sampler) -> None:
    burn(0.2)
    sampler.stop()
    cpu, seen = sampler.taken()
    assert sum(seen.values()) == pytest.approx(cpu)


def test_nothing_is_counted_after_the_stop(sampler: Sampler) -> None:
    sampler.stop()
    burn(0.1)
    assert sampler.taken()[1].get("matching", 0) == 0


def test_the_longest_module_name_decides() -> None:
    assert Sampler(stages.CRAWL)._stage("archive.index.fulltext") == "full text and near-duplicates"
    assert Sampler(stages.CRAWL)._stage("archive.index.lists") == "index"
    assert Sampler(stages.CRAWL)._stage("somewhere.else") is None


def test_a_profile_for_people_tells_stages_workers_and_waiting() -> None:
    profile = Profile(10.0, 4.0, {"fetch": 3.0, "index": 1.0}, 2, 6.0, {"body": 6.0})
    lines = "\n".join(profile.lines())
    assert "10.0 s by the clock" in lines
    assert re.search(r"3\.0 s +75%  fetch", lines)
    assert re.search(r"6\.0 s +waiting", lines)
    assert re.search(r"6\.0 s +100%  body", lines)
