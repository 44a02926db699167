"""What the pages of the browse server ask of the index beyond `archive.api`: latest articles, sites, lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from archive.api import Archive
from archive.errors import NotFound
from archive.index.arrangements import EVER, latest
from archive.index.standings import Entry, Standing

# So many captures of a page are looked through for what stood there before.
_CAPTURES = 500
_PAGE = """CASE page_scope WHEN '' THEN '' ELSE
    coalesce((SELECT url FROM captures WHERE url_key = page_scope LIMIT 1), page_scope) END"""


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A site on the front page: how many articles, when it was last captured."""

    site: str
    articles: int
    last_captured_at: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """An article on the front page, with the beginning of its text."""

    id: str
    site: str
    title: str | None
    published: str | None
    first_captured_at: str
    last_captured_at: str
    versions: int
    lead: str


@dataclass(frozen=True, slots=True)
class Changed:
    """An article that has a new version, and when it was captured."""

    id: str
    site: str
    title: str | None
    changed_at: str


@dataclass(frozen=True, slots=True)
class Row:
    """An entry of a ranking now, and its move: places gained (positive) or lost, None where it is new."""

    entry: Entry
    move: int | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """A list as it stands, with the moves since the block before."""

    standing: Standing
    rows: tuple[Row, ...]
    moved: bool


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list of the archive."""

    id: str
    site: str
    kind: str
    heading: str
    tab: str
    page_scope: str
    # An address of the page to which the list belongs; empty for lists that stand across a site.
    page: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A capture on which a list was seen."""

    block_id: str
    capture_id: str
    captured_at: str
    url: str


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """A link in a block, and whether the block before had it not."""

    title: str
    url: str | None
    article_id: str | None
    new: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A block that a list showed from one capture to another, both included."""

    block_id: str
    first_seen: str
    last_seen: str
    sightings: int
    capture_id: str
    entries: tuple[ShownEntry, ...]


def sites(db: Database) -> list[SiteLine]:
    """All sites that have articles or runs, the freshest first."""
    rows = db.conn.execute(
        """SELECT site, sum(articles), max(last) FROM (
               SELECT site, count(*) AS articles, max(last_captured_at) AS last FROM article GROUP BY site
               UNION ALL SELECT site, 0, max(finished_at) FROM runs WHERE site != '' GROUP BY site)
           GROUP BY site HAVING max(last) IS NOT NULL ORDER BY max(last) DESC, site LIMIT 24"""
    )
    return [SiteLine(*row) for row in rows]


def stories(db: Database, limit: int, offset: int = 0) -> list[Story]:
    """The articles published last, as far as their dates are credible."""
    rows = db.conn.execute(
        """SELECT a.id, a.site, a.title, a.published, a.first_captured_at, a.last_captured_at,
               (SELECT count(*) FROM reading v WHERE v.article = a.n AND v.changed),
               coalesce((SELECT substr(t.text, 1, 240) FROM content t WHERE t.n = a.indexed), '')
           FROM (SELECT * FROM article ORDER BY dated_at DESC, id DESC LIMIT ? OFFSET ?) a""",
        (limit, offset),
    )
    return [Story(*row) for row in rows]


def changed_since(db: Database, since: str, limit: int) -> list[Changed]:
    """The articles whose headline or text became another since an instant of the index, the latest change first."""
    rows = db.conn.execute(
        """SELECT a.id, a.site, a.title, max(c.captured_at) AS changed_at
           FROM article a JOIN reading v ON v.article = a.n AND v.changed JOIN capture c ON c.n = v.capture
           WHERE a.last_captured_at >= ? AND c.captured_at >= ?
               AND EXISTS (SELECT 1 FROM reading w WHERE w.article = a.n AND w.changed AND w.at < v.at)
           GROUP BY a.n ORDER BY changed_at DESC, a.id LIMIT ?""",
        (since, since, limit),
    )
    return [Changed(*row) for row in rows]


def rankings(archive: Archive, most: int) -> list[Ranking]:
    """The ranked lists of whole sites as they stand now, those captured last first, empty ones left out."""
    standing = [found for found in archive.rankings(page_scope="") if found.entries]
    standing.sort(key=lambda found: (found.captured_at, len(found.entries)), reverse=True)
    return [with_moves(archive, found) for found in standing[:most]]


def with_moves(archive: Archive, standing: Standing) -> Ranking:
    """A standing with each entry's move since another block stood on the same page: a sidebar shows fewer places."""
    before = _block_before(archive.db, standing)
    if before is None:
        return Ranking(standing, tuple(Row(entry, 0) for entry in standing.entries), moved=False)
    places = {_what(entry): entry.rank or entry.position for entry in archive.block(before).entries}
    rows = []
    for entry in standing.entries:
        place = places.get(_what(entry))
        rows.append(Row(entry, None if place is None else place - (entry.rank or entry.position)))
    return Ranking(standing, tuple(rows), moved=True)


def _what(entry: Entry) -> str:
    return entry.article_id or entry.url or entry.title


def _block_before(db: Database, standing: Standing) -> str | None:
    row = db.conn.execute(
        """SELECT b.id FROM (
               SELECT c.* FROM capture own JOIN capture c ON c.url_key = own.url_key AND c.captured_at < own.captured_at
               WHERE own.id = ? ORDER BY c.captured_at DESC LIMIT ?) c
           CROSS JOIN showing s ON s.at = c.at AND s.capture = c.n
           CROSS JOIN arranged p ON p.arrangement = s.arrangement AND p.list = (SELECT n FROM list WHERE id = ?)
           CROSS JOIN block b ON b.n = p.block AND b.id != ? ORDER BY c.captured_at DESC LIMIT 1""",
        (standing.capture_id, _CAPTURES, standing.list_id, standing.block_id),
    ).fetchone()
    return str(row[0]) if row else None


def lists(db: Database, limit: int = 500) -> list[ListLine]:
    """The lists of the archive: of whole sites first, rankings before sections."""
    rows = db.conn.execute(
        f"""SELECT id, site, kind, heading, tab, page_scope, {_PAGE} FROM lists
           ORDER BY page_scope != '', site, kind, heading, tab, id LIMIT ?""",
        (limit,),
    )
    return [ListLine(*row) for row in rows]


def list_line(db: Database, list_id: str) -> ListLine:
    """The list of that id. Raises NotFound."""
    row = db.conn.execute(
        f"SELECT id, site, kind, heading, tab, page_scope, {_PAGE} FROM lists WHERE id = ?", (list_id,)
    ).fetchone()
    if row is None:
        raise NotFound(f"no list {list_id!r} in the index")
    return ListLine(*row)


def begin_of_changes(db: Database, list_id: str, most: int) -> str | None:
    """The instant of the capture with which the last `most` blocks of a list begin; None where it had fewer."""
    row = db.conn.execute(
        """SELECT c.captured_at FROM span s JOIN capture c ON c.n = s.first_capture
           WHERE s.list = (SELECT n FROM list WHERE id = ?) ORDER BY s.first_at DESC LIMIT 1 OFFSET ?""",
        (list_id, most),
    ).fetchone()
    return str(row[0]) if row else None


def shown(db: Database, list_id: str, limit: int) -> list[Shown]:
    """What a list showed when, block by block, the latest first."""
    rows = db.conn.execute(
        """SELECT b.id, f.captured_at, z.captured_at, s.sightings, f.id FROM span s JOIN block b ON b.n = s.block
           JOIN capture f ON f.n = s.first_capture JOIN capture z ON z.n = s.last_capture
           WHERE s.list = (SELECT n FROM list WHERE id = ?)
           ORDER BY s.first_at DESC, s.first_capture DESC LIMIT ?""",
        (list_id, limit + 1),
    ).fetchall()
    entries = [_entries(db, row[0]) for row in rows]
    # Of the last one there is no knowing what was new: the one before it is beyond the limit, or there is none.
    found = []
    for row, own, earlier in zip(rows, entries, [*entries[1:], None], strict=True):
        linked = tuple(ShownEntry(*entry, new=_new(entry, earlier)) for entry in own)
        found.append(Shown(row[0], row[1], row[2], row[3], row[4], linked))
    return found[:limit]


def _entries(db: Database, block_id: str) -> list[tuple[str, str | None, str | None]]:
    return db.conn.execute(
        "SELECT title, url, article_id FROM block_entries WHERE block_id = ? ORDER BY position LIMIT 60", (block_id,)
    ).fetchall()


def _new(
    entry: tuple[str, str | None, str | None], earlier: Sequence[tuple[str, str | None, str | None]] | None
) -> bool:
    return earlier is not None and (entry[1] or entry[0]) not in {url or title for title, url, _ in earlier}


def seen(db: Database, list_id: str, limit: int) -> list[Seen]:
    """The latest captures on which a list was seen with entries."""
    row = db.conn.execute("SELECT n FROM list WHERE id = ?", (list_id,)).fetchone()
    sql = "SELECT b.id, c.id, c.captured_at, c.url FROM block b, capture c WHERE b.n = ? AND c.n = ?"
    found = latest(db, row[0], EVER, limit=limit) if row else []
    return [Seen(*db.conn.execute(sql, (one.block, one.capture)).fetchone()) for one in found]


def block_on(db: Database, list_id: str, capture_id: str) -> str | None:
    """The block that a list showed on a capture."""
    row = db.conn.execute(
        "SELECT block_id FROM sightings WHERE capture_id = ? AND list_id = ? LIMIT 1", (capture_id, list_id)
    ).fetchone()
    return str(row[0]) if row else None


def blocks_on(db: Database, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The blocks that lists showed on captures, by (list id, capture id)."""
    return {pair: block for pair in dict.fromkeys(pairs) if (block := block_on(db, *pair)) is not None}
