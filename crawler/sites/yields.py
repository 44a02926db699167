"""What a definition yields on the latest captures of its site, and which of its selectors find nothing there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from archive.errors import ArchiveError, DocumentError
from archive.http import DecodeError
from archive.model import Page
from archive.times import from_text
from crawler.errors import ParseFailed
from crawler.items import site_name
from crawler.parsing import ParsePool, ParseTask, parse_here
from crawler.sites import css
from crawler.sites.checks import selectors_of
from crawler.sites.model import Site

if TYPE_CHECKING:
    import archive.api


@dataclass(frozen=True, slots=True)
class Look:
    """A page taken apart, and how much each selector of the layout in force found on it, by its place."""

    page: Page
    matches: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class Yield:
    """Counts over the pages looked at. `selectors`: by place, on how many pages it found something, of how many."""

    pages: int = 0
    articles: int = 0
    bodies: int = 0
    titles: int = 0
    authors: int = 0
    dates: int = 0
    ranked_lists: int = 0
    ranked_items: int = 0
    sections: int = 0
    section_items: int = 0
    failed: list[str] = field(default_factory=list)
    selectors: dict[str, list[int]] = field(default_factory=dict)

    @property
    def dead(self) -> tuple[str, ...]:
        """The selectors that found nothing on any page where they had to."""
        return tuple(place for place, (found, looked) in self.selectors.items() if looked and not found)

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**asdict(self), "dead": list(self.dead)}

    def add(self, look: Look) -> None:
        """Count one page in."""
        page = look.page
        self.pages += 1
        self.ranked_lists += len(page.ranked_lists)
        self.ranked_items += sum(len(one.items) for one in page.ranked_lists)
        self.sections += len(page.sections)
        self.section_items += sum(len(one.items) for one in page.sections)
        is_article = page.kind == "article" and page.body is not None
        if page.body is not None and is_article:
            self.articles += 1
            self.bodies += bool(page.body.paragraphs)
            self.titles += bool(page.body.title)
            self.authors += bool(page.body.authors)
            self.dates += bool(page.body.published)
        for place, count in look.matches:
            if is_article or ".selectors." not in place or ".ignore[" in place:
                found = self.selectors.setdefault(place, [0, 0])
                found[0] += count > 0
                found[1] += 1


def look(task: ParseTask) -> Look:
    """What a parsing process runs. Raises DocumentError."""
    from archive.document import parse_document

    page = parse_here(task)
    site = task.site
    if site is None or not site.layouts:
        return Look(page, ())
    layout = site.layout(task.captured_at)
    if layout not in site.layouts:
        return Look(page, ())
    root = parse_document(task.html, task.url, task.content_type).tree
    prefix = f"layouts[{site.layouts.index(layout)}]"
    matches: list[tuple[str, int]] = []
    containers: Sequence[Any] = ()
    for place, key, selector in selectors_of(layout):
        if place.startswith("selectors."):
            count = len(css.elements(root, selector))
        elif key == "container":
            containers = css.elements(root, selector)
            count = len(containers)
        else:
            count = sum(len(css.elements(container, selector)) for container in containers)
            if not containers:
                continue  # its container is told already
        matches.append((f"{prefix}.{place}", count))
    return Look(page, tuple(matches))


def measure(site: Site, archive: archive.api.Archive, pool: ParsePool[Look], limit: int) -> Yield:
    """The yield on the latest capture of each of the site's pages, the latest `limit` of them."""
    total = Yield()
    for task, failure in _tasks(site, archive, limit):
        if task is None:
            total.failed.append(failure)
            continue
        try:
            total.add(pool.parse_now(task))
        except (ParseFailed, DocumentError) as error:
            total.failed.append(str(error))
    return total


def _tasks(site: Site, archive: archive.api.Archive, limit: int) -> Iterator[tuple[ParseTask | None, str]]:
    known = list(dict.fromkeys([site.name, *(site_name(url) for url in site.seeds)]))
    marks = ", ".join("?" * len(known))
    rows = archive.db.execute(
        f"SELECT id, max(captured_at) FROM captures WHERE site IN ({marks}) AND parsed_by != ''"
        " AND status IN (200, 203, 304) GROUP BY url_key ORDER BY 2 DESC, 1 LIMIT ?",
        [*known, limit],
    ).fetchall()
    for identity, _ in rows:
        capture = archive.capture(identity)
        try:
            content = archive.content(capture)
            data = content.decode().data
        except (ArchiveError, DecodeError) as error:
            yield None, f"{capture.url}: {error}"
            continue
        yield ParseTask(data, capture.url, content.content_type, from_text(capture.captured_at), site), ""
