"""What an archive holds, in numbers."""

from __future__ import annotations

from sqlite_utils import Database

from archive.index.values import storable

_BY_SITE = """
WITH s AS (SELECT site FROM capture UNION SELECT site FROM article UNION SELECT site FROM list),
c AS (SELECT site, count(*) AS captures, sum(kind = 'revisit') AS revisits, sum(length) AS bytes,
        min(captured_at) AS first_captured_at, max(captured_at) AS last_captured_at,
        sum(parsed_by != '') AS parsed, sum(parsed_by IS NULL) AS unparsed, sum(status >= 400) AS errors
    FROM capture GROUP BY site),
a AS (SELECT site, count(*) AS articles FROM article GROUP BY site),
v AS (SELECT article.site, sum(changed) AS versions FROM reading JOIN article ON article.n = reading.article
    GROUP BY article.site),
l AS (SELECT site, sum(kind = 'ranked') AS ranked_lists, sum(kind = 'section') AS sections FROM list GROUP BY site),
r AS (SELECT c.site, count(*) AS repeats FROM repeat JOIN capture c ON c.n = repeat.capture GROUP BY c.site)
SELECT s.site, coalesce(captures, 0) AS captures, coalesce(revisits, 0) AS revisits, coalesce(errors, 0) AS errors,
    coalesce(bytes, 0) AS bytes, first_captured_at, last_captured_at, coalesce(parsed, 0) AS parsed,
    coalesce(unparsed, 0) AS unparsed, coalesce(articles, 0) AS articles, coalesce(versions, 0) AS versions,
    coalesce(ranked_lists, 0) AS ranked_lists, coalesce(sections, 0) AS sections, coalesce(repeats, 0) AS repeats
FROM s LEFT JOIN c ON c.site = s.site LEFT JOIN a ON a.site = s.site LEFT JOIN v ON v.site = s.site
LEFT JOIN l ON l.site = s.site LEFT JOIN r ON r.site = s.site
ORDER BY s.site
"""

# A list counts in each month in which it showed something new; an article in that of its first capture.
_BY_MONTH = """
WITH c AS (SELECT site, substr(captured_at, 1, 7) AS month, count(*) AS captures, sum(length) AS bytes
    FROM capture GROUP BY 1, 2),
a AS (SELECT site, substr(first_captured_at, 1, 7) AS month, count(*) AS articles FROM article GROUP BY 1, 2),
v AS (SELECT a.site, strftime('%Y-%m', r.at / 1000, 'unixepoch') AS month, sum(r.changed) AS versions
    FROM reading r JOIN article a ON a.n = r.article GROUP BY 1, 2),
l AS (SELECT l.site, strftime('%Y-%m', s.first_at / 1000, 'unixepoch') AS month, count(DISTINCT l.n) AS lists
    FROM span s JOIN list l ON l.n = s.list GROUP BY 1, 2),
m AS (SELECT site, month FROM c UNION SELECT site, month FROM a UNION SELECT site, month FROM v
    UNION SELECT site, month FROM l)
SELECT m.site, m.month, coalesce(captures, 0) AS captures, coalesce(bytes, 0) AS bytes,
    coalesce(articles, 0) AS articles, coalesce(versions, 0) AS versions, coalesce(lists, 0) AS lists
FROM m LEFT JOIN c USING (site, month) LEFT JOIN a USING (site, month) LEFT JOIN v USING (site, month)
LEFT JOIN l USING (site, month)
ORDER BY m.site, m.month
"""

_PARSERS = """
SELECT parsed_by AS parser, count(*) AS captures, max(captured_at) AS last_captured_at FROM capture
WHERE parsed_by != '' GROUP BY parsed_by ORDER BY last_captured_at DESC, parser
"""


def has_site(db: Database, site: str) -> bool:
    """Whether anything is of a site of that name; the few rows are looked at first."""
    tables = ("run", "list", "article", "capture")
    return any(
        db.conn.execute(f"SELECT 1 FROM {name} WHERE site = ? LIMIT 1", (storable(site),)).fetchone() for name in tables
    )


def by_site(db: Database) -> list[dict[str, int | str | None]]:
    """A row a site: captures, of them revisits and errors, bytes in the WARC files (compressed), articles, lists."""
    return list(db.query(_BY_SITE))


def by_month(db: Database) -> list[dict[str, int | str | None]]:
    """A row a site and month (UTC): captures, their bytes in the WARC files, new articles, versions, lists changed."""
    return list(db.query(_BY_MONTH))


def parsers(db: Database) -> list[dict[str, int | str | None]]:
    """Which parser versions made how much of the index, that of the latest capture first."""
    return list(db.query(_PARSERS))
