"""Ranked lists and section blocks of a page, as data: the door to the finder.

How it works: one pass makes the tree flat (tree); links that lead to content make rows, rows that stand side
by side make groups (blocks_rows); each group gets the heading that stands over it (headings); groups under one heading
are a draft (sections), or several where they are tabs (ranked_tabs); a draft whose heading claims popularity is a
ranked list (ranked), any other with a heading a section; second copies go (repeats). Headings over an empty list stay
as blocks without items (sections_empty). A site definition's selectors come first (blocks_defined).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar

from lxml import etree

from archive.document import Document
from archive.model import RankedItem, RankedList, Repeat, Section, SectionItem
from crawler.parsers.blocks_defined import defined_drafts, ignored_nodes, open_containers
from crawler.parsers.blocks_links import Links
from crawler.parsers.blocks_rows import Group, Row, find_groups
from crawler.parsers.blocks_titles import row_title
from crawler.parsers.blocks_words import folded, is_more
from crawler.parsers.headings import Heading
from crawler.parsers.popularity import is_popular
from crawler.parsers.ranked import rank_rows
from crawler.parsers.ranked_panes import adopt_labelled, adopt_panes
from crawler.parsers.ranked_tabs import active_label, split_tabs, under_active
from crawler.parsers.repeats import drop_copied_drafts, drop_copied_rows
from crawler.parsers.sections import (
    Draft,
    draft_blocks,
    lists_content,
    more_link,
    parts_prose,
    popular_headings,
)
from crawler.parsers.sections_empty import empty_shells
from crawler.parsers.sections_split import split_groups
from crawler.parsers.tree import Tree
from crawler.sites.model import Layout

T = TypeVar("T")
MAX_REPEATS = 500
_PROSE = 200  # characters of an article in an element that holds a block too


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A value, the element it was read from, that element's number in the tree, and those of the elements that are no
    part of an article around it."""

    value: T
    element: etree._Element
    node: int
    listed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Blocks:
    """What a page lists beside its article, in document order; `repeats` are the copies that were dropped, `content`
    is how many pieces of content the page links to by their titles elsewhere than in a ranked list."""

    ranked: tuple[Found[RankedList], ...] = ()
    sections: tuple[Found[Section], ...] = ()
    repeats: tuple[Repeat, ...] = ()
    content: int = 0


def find_blocks(document: Document, tree: Tree, layout: Layout) -> Blocks:
    """Find the ranked lists and section blocks of a page; `tree` is the document's.

    What `layout` names is taken from there, the rest found by itself. Deterministic, time linear in the page; does not
    change the tree.
    """
    open_containers(document, tree, (*layout.ranked, *layout.sections))
    ignored_nodes(tree, layout.selectors.ignore)
    links = Links(document, tree)
    return _Finder(document, links).find(layout)


class _Finder:
    """One page's search: gathers what is found, with the node it starts at, until all is sorted into document order."""

    def __init__(self, document: Document, links: Links) -> None:
        self.document = document
        self.links = links
        self.tree = links.tree
        self.ranked: list[tuple[int, Found[RankedList]]] = []
        self.sections: list[tuple[int, Found[Section]]] = []
        self.repeats: list[tuple[int, Repeat]] = []

    def find(self, layout: Layout) -> Blocks:
        links, tree = self.links, self.tree
        groups = split_groups(links, find_groups(links))
        defined = [(True, draft) for draft in defined_drafts(self.document, links, groups, layout.ranked, [])]
        apart = [draft.pane for _, draft in defined if draft.pane is not None]
        defined += [(False, draft) for draft in defined_drafts(self.document, links, groups, layout.sections, apart)]
        panes = [draft.pane for _, draft in defined if draft.pane is not None]
        for ranked, draft in defined:
            rows, titles = self._titled(draft)
            self._add(draft, rows, titles, ranked, draft.more_url if draft.more_known else self._more_of(draft))
        self._find_by_itself([group for group in groups if not _inside(tree, group.start, panes)], panes)
        return Blocks(
            tuple(found for _, found in sorted(self.ranked, key=lambda pair: pair[0])),
            tuple(found for _, found in sorted(self.sections, key=lambda pair: pair[0])),
            tuple(repeat for _, repeat in sorted(self.repeats, key=lambda pair: pair[0])),
            self._content(),
        )

    def _content(self) -> int:
        ends = self.tree.end
        rankings = sorted({found.node for _, found in self.ranked}, reverse=True)
        keys, stop = set(), 0
        for link in self.links.all:
            while rankings and rankings[-1] <= link.node:
                stop = max(stop, ends[rankings.pop()])
            if link.strong and link.node >= stop:
                keys.add(link.key)
        return len(keys)

    def _find_by_itself(self, groups: list[Group], panes: list[int]) -> None:
        links = self.links
        drafts = [
            draft for draft in draft_blocks(links, groups, _page_title(self.document)) if draft.heading is not None
        ]
        drafts = adopt_labelled(links, adopt_panes(links, drafts, popular_headings(links)))
        drafts = [under_active(self.tree, draft) if is_popular(draft.text) else draft for draft in drafts]
        drafts = [tab for draft in drafts for tab in split_tabs(links, draft)]
        drafts, copies = drop_copied_drafts(self.tree, drafts)
        drafts.sort(key=lambda draft: draft.start)
        used = {draft.heading.node for draft in drafts if draft.heading is not None}
        used.update(draft.heading.node for draft, _ in copies if draft.heading is not None)
        kept: set[int] = set()
        more: dict[int, str] = {}
        shared: dict[int, str] = {}
        listed: list[tuple[Draft, list[Row], list[str], bool, str | None]] = []
        for place, draft in enumerate(drafts):
            heading = draft.heading
            rows, titles = self._titled(draft)
            if heading is None or not rows:
                continue
            url = self._more(draft, drafts[place + 1] if place + 1 < len(drafts) else None)
            url = url or more.get(heading.node)
            popular = is_popular(heading.text)
            if not lists_content(links, heading, rows, titles, popular) or (
                not (popular and (draft.tab or self.tree.tags[heading.node] != "h1")) and parts_prose(self.tree, draft)
            ):
                continue
            if popular and draft.tab is None:
                draft.tab = active_label(self.tree, draft)
            if url is not None and draft.tab is not None:
                more[heading.node] = url
                if draft.pane is None or self._more_inside(draft.pane) is None:
                    shared[heading.node] = url
            kept.add(id(draft))
            listed.append((draft, rows, titles, popular, url))
        for draft, rows, titles, popular, url in listed:
            self._add(
                draft,
                rows,
                titles,
                popular,
                url or shared.get(draft.heading.node if draft.heading and draft.tab else -1),
            )
        for copy, original in copies:
            if id(original) in kept:
                text = self.tree.text(self._container(copy))[:80]
                self._repeat("block", self._container(original), self._container(copy), text)
        shells = empty_shells(links, used)
        heads = sorted({heading.node for heading in shells} | used)
        for heading in shells:
            if not _inside(self.tree, heading.node, panes):
                draft = Draft(heading, pane=heading.scope)
                following = bisect_right(heads, heading.node)
                stop = heads[following] if following < len(heads) else len(self.tree.nodes)
                self._add(
                    draft,
                    [],
                    [],
                    is_popular(heading.text),
                    more_link(links, heading, heading.node, min(stop, self.tree.end[heading.scope])),
                )

    def _titled(self, draft: Draft) -> tuple[list[Row], list[str]]:
        """The rows of a draft that have a title, with their titles; carousel clones go to the repeats."""
        rows, clones = drop_copied_rows(self.tree, draft.rows)
        for clone, row in clones:
            self._repeat("item", row.node, clone.node, self.tree.text(clone.node)[:80])
        titled = [(row, title) for row in rows if (title := row_title(self.links, row))]
        return [row for row, _ in titled], [title for _, title in titled]

    def _more(self, draft: Draft, following: Draft | None) -> str | None:
        heading = draft.heading
        if heading is None:
            heading = Heading(draft.start, "", 0, self._container(draft))
        if draft.tab is not None and draft.pane is not None:
            own = self._more_inside(draft.pane)
            if own is not None:
                return own
        stop = len(self.tree.nodes)
        if following is not None:
            stop = following.start
            if following.heading is not None and following.heading.node > draft.start:
                stop = following.heading.node
        return more_link(self.links, heading, draft.start, stop)

    def _more_of(self, draft: Draft) -> str | None:
        """The address of a defined list's "more" link: inside its container, nowhere else."""
        pane = draft.pane or 0
        heading = draft.heading or Heading(draft.start, "", 0, pane)
        return more_link(self.links, replace(heading, scope=pane), draft.start, self.tree.end[pane])

    def _more_inside(self, pane: int) -> str | None:
        """The address of a tab's own "more" link."""
        found = (link for link in self.links.in_node(pane) if not link.strong and is_more(link.text))
        return next((link.url for link in found), None)

    def _add(self, draft: Draft, rows: list[Row], titles: list[str], ranked: bool, more: str | None) -> None:
        node = self._container(draft)
        element = self.tree.nodes[node]
        xpath = self.document.xpath_of(element)
        heading, listed = draft.text or None, self._listed(draft, node)
        if ranked:
            rows, ranks, titles = rank_rows(self.tree, rows, titles)
            ranking = tuple(RankedItem(*item) for item in zip(ranks, titles, (row.url for row in rows), strict=True))
            self.ranked.append(
                (draft.start, Found(RankedList(heading, draft.tab, more, xpath, ranking), element, node, listed))
            )
        else:
            items = tuple(SectionItem(*item) for item in zip(titles, (row.url for row in rows), strict=True))
            self.sections.append((draft.start, Found(Section(heading, more, xpath, items), element, node, listed)))

    def _listed(self, draft: Draft, container: int) -> tuple[int, ...]:
        """The container, or the rows alone where an article's text stands in it before them; and the heading, where
        it heads nothing else."""
        tree, heading, rows = self.tree, draft.heading, draft.rows
        if heading is None or len(rows) < 2:
            return (container,)
        start = tree.first_run[rows[0].node]
        between = tree.text_between(tree.last_run[heading.node], start)
        text = tree.text_between(start, tree.last_run[rows[-1].node])
        linked = sum(len(link.text) for row in rows for link in self.links.in_node(row.node))
        mostly = linked > 0.8 * len(text)
        head = (heading.node,) if len(between) < 24 and mostly else ()
        before = tree.size(tree.first_run[container], min(start, tree.first_run[heading.node]))
        return (*head, *(row.node for row in rows)) if mostly and before > _PROSE else (container, *head)

    def _repeat(self, kind: Literal["block", "item"], of: int, node: int, text: str) -> None:
        if len(self.repeats) >= MAX_REPEATS:
            return
        xpath_of, nodes = self.document.xpath_of, self.tree.nodes
        self.repeats.append((node, Repeat(kind, xpath_of(nodes[of]), xpath_of(nodes[node]), text)))

    def _container(self, draft: Draft) -> int:
        """The lowest element that holds all rows and, where that is near, the heading."""
        if draft.pane is not None:
            return draft.pane
        tree = self.tree
        first, last = draft.rows[0].node, draft.rows[-1].node
        at = draft.parts[0].parent
        while tree.end[at] <= last or at > first:
            at = tree.parent[at]
        heading = draft.heading
        if heading is not None and tree.within(at, heading.scope):
            return heading.scope
        return at


def _inside(tree: Tree, node: int, containers: list[int]) -> bool:
    return any(tree.within(node, container) for container in containers)


def _page_title(document: Document) -> str:
    title = next(iter(document.parts("title")), None)
    return folded(str(title.text or "")) if title is not None else ""
