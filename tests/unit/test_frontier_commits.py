"""When the frontier asks for a commit: not once a page, but at once where nothing else can go on."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy import Request, Spider
from scrapy.settings import Settings

from crawler.frontier import scheduler
from crawler.frontier.scheduler import FrontierScheduler


class Paper(Spider):
    name = "paper"


class Crawl:
    """A scheduler with the engine and the archive that it sees; `commits` counts what it asks for."""

    def __init__(self, directory: Path, patch: pytest.MonkeyPatch) -> None:
        self.commits = 0
        self.in_progress: set[Request] = set()
        slot = SimpleNamespace(inprogress=self.in_progress, nextcall=SimpleNamespace(schedule=lambda: None))
        crawler: Any = SimpleNamespace(
            spider=None,
            settings=Settings({"CONCURRENT_REQUESTS_PER_DOMAIN": 16}),
            engine=SimpleNamespace(_slot=slot),
            signals=SimpleNamespace(connect=lambda *_, **__: None),
        )
        kept = SimpleNamespace(
            directory=directory, writer=SimpleNamespace(on_durable=[]), broken=None, commit=self.commit
        )
        patch.setattr(scheduler, "keeper", lambda _: kept)
        self.scheduler = FrontierScheduler(crawler)
        self.scheduler.open(Paper())

    def commit(self) -> bool:
        self.commits += 1
        return True

    def ask(self, name: str, parent: Request | None = None) -> None:
        meta = {"frontier_parent": parent.meta["frontier_id"]} if parent is not None else {}
        self.scheduler.enqueue_request(Request(f"https://paper.example/{name}", meta=meta))

    def next(self) -> Request | None:
        request = self.scheduler.next_request()
        if request is not None:
            self.in_progress.add(request)
        return request


@pytest.fixture
def crawl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Crawl:
    return Crawl(tmp_path, monkeypatch)


def test_pages_without_links_wait_for_the_timer_while_others_are_on_the_wire(crawl: Crawl) -> None:
    for number in range(10):
        crawl.ask(str(number))
    out = [crawl.next() for _ in range(10)]
    assert None not in out
    for request in out[:9]:
        assert request is not None
        crawl.in_progress.discard(request)
        assert crawl.next() is None
    assert crawl.commits == 0


def test_the_last_page_is_committed_at_once(crawl: Crawl) -> None:
    crawl.ask("only")
    only = crawl.next()
    assert only is not None
    assert crawl.next() is None
    assert crawl.commits == 0
    crawl.in_progress.clear()
    assert crawl.next() is None
    assert crawl.commits == 1
    assert not crawl.scheduler.has_pending_requests()


def test_links_that_nothing_else_goes_before_are_committed_at_once(crawl: Crawl) -> None:
    crawl.ask("list")
    crawl.ask("slow")
    first, slow = crawl.next(), crawl.next()
    assert first is not None
    assert slow is not None
    crawl.ask("found", parent=first)
    assert crawl.next() is None
    crawl.in_progress.discard(first)
    found = crawl.next()
    assert found is not None
    assert found.url == "https://paper.example/found"
    assert crawl.commits == 1


def test_what_a_spider_starts_with_is_written_as_it_comes(crawl: Crawl) -> None:
    for number in range(scheduler.MOST_UNPARENTED + 10):
        crawl.ask(str(number))
    assert len(crawl.scheduler._unparented) == 10
    asked = 0
    while crawl.next() is not None:
        asked += 1
        crawl.in_progress.clear()
    assert asked == scheduler.MOST_UNPARENTED + 10
