"""The public tables that are views: name and query of each, in the order in which they are made.

DuckDB reads the text of a view as its own SQL: these keep to what both take.
"""

from __future__ import annotations

# An entry leads to the article last captured at its address.
_ARTICLE_OF_ENTRY = """(SELECT a.id FROM article_address aa JOIN article a ON a.n = aa.article
    WHERE aa.address = e.address ORDER BY a.last_captured_at DESC, a.id LIMIT 1)"""

# Kept with the entry only where it is written otherwise than its address.
_URL_OF_ENTRY = "coalesce(e.url, (SELECT k.text FROM address k WHERE k.n = e.address))"

_CAPTURES = """
SELECT c.id, c.url, c.url_key, c.captured_at, c.status, c.mime, c.digest, c.kind, c.refers_to, c.fidelity,
    c.truncated, c.site, r.id AS run_id, f.name AS warc_file, c."offset", c.length, c.request_offset,
    m.name AS metadata_file, c.metadata_offset, c.parsed_by
FROM capture c JOIN run r ON r.n = c.run JOIN warc_file f ON f.n = c.file
LEFT JOIN warc_file m ON m.n = c.metadata_file
WHERE c.excluded = 0
"""

_ARTICLES = """
SELECT id, site, key, url, title, published, first_captured_at, last_captured_at FROM article
"""

_ARTICLE_URLS = """
SELECT a.id AS article_id, u.text AS url
FROM article_address aa JOIN article a ON a.n = aa.article JOIN address u ON u.n = aa.address
"""

_ARTICLE_VERSIONS = """
SELECT c.id AS id, a.id AS article_id, c.id AS capture_id, c.captured_at, t.title, t.subtitle, t.authors,
    t.published, t.modified, t.lang, t.text, t.text_digest
FROM reading v JOIN article a ON a.n = v.article JOIN capture c ON c.n = v.capture JOIN content t ON t.n = v.content
WHERE v.changed = 1
"""

_LISTS = "SELECT id, site, kind, heading, tab, page_scope FROM list"

_BLOCKS = "SELECT b.id, l.id AS list_id FROM block b JOIN list l ON l.n = b.list"

_BLOCK_ENTRIES = f"""
SELECT b.id AS block_id, be.position, be.rank, e.title, {_URL_OF_ENTRY} AS url,
    {_ARTICLE_OF_ENTRY} AS article_id
FROM block_entry be JOIN block b ON b.n = be.block JOIN entry e ON e.n = be.entry
WHERE e.excluded = 0
"""

_SIGHTINGS = """
SELECT l.id AS list_id, b.id AS block_id, c.id AS capture_id, c.captured_at, x.path AS xpath
FROM capture c JOIN showing s ON s."at" = c."at" AND s.capture = c.n JOIN arranged p ON p.arrangement = s.arrangement
JOIN list l ON l.n = p.list JOIN block b ON b.n = p.block JOIN xpath x ON x.n = p.xpath
"""

_REPEATS = """
SELECT c.id AS capture_id, r.kind, o.path AS of, x.path AS xpath, r.text
FROM repeat r JOIN capture c ON c.n = r.capture JOIN xpath o ON o.n = r.of JOIN xpath x ON x.n = r.xpath
"""

_RUNS = """
SELECT id, job, site, started_at, finished_at, outcome, counts FROM run WHERE started_at IS NOT NULL
"""

# What became of each attempt at a URL: derived from its capture, or recorded where it left none or its page could not
# be parsed.
_ATTEMPTS = """
SELECT r.id AS run_id, c.url, c.captured_at AS at,
    CASE
        WHEN o.outcome IS NOT NULL THEN o.outcome
        WHEN c.page_kind = 'soft-block' THEN 'soft-block'
        WHEN c.status = 304 THEN 'unchanged'
        WHEN c.status BETWEEN 300 AND 399 THEN 'redirect'
        WHEN c.status >= 400 THEN 'http-error'
        WHEN c.status IS NULL AND (c.kind = 'response' OR c.kind = 'revisit' AND c.fidelity != 'imported')
            THEN 'bad-http'
        WHEN c.truncated IS NOT NULL THEN 'truncated'
        WHEN c.kind = 'revisit' AND c.digest = (
            SELECT p.digest FROM capture p
            WHERE p.url_key = c.url_key AND p.captured_at <= c.captured_at
                AND (p.captured_at < c.captured_at OR p.id < c.id)
            ORDER BY p.captured_at DESC, p.id DESC LIMIT 1) THEN 'unchanged'
        ELSE 'stored'
    END AS outcome,
    CASE
        WHEN o.outcome IS NOT NULL THEN o.reason
        WHEN c.page_kind = 'soft-block' THEN 'HTTP ' || coalesce(CAST(c.status AS TEXT), 'without status')
        WHEN c.status >= 300 THEN 'HTTP ' || CAST(c.status AS TEXT)
        WHEN c.status IS NULL AND (c.kind = 'response' OR c.kind = 'revisit' AND c.fidelity != 'imported')
            THEN 'The answer has no usable status.'
        ELSE coalesce(c.truncated, '')
    END AS reason,
    c.id AS capture_id
FROM capture c JOIN run r ON r.n = c.run LEFT JOIN outcome o ON o.capture_id = c.id
WHERE c.excluded = 0
UNION ALL
SELECT r.id, o.url, o.at, o.outcome, o.reason, o.capture_id
FROM outcome o JOIN run r ON r.n = o.run
WHERE o.capture_id IS NULL OR NOT EXISTS (SELECT 1 FROM capture WHERE id = o.capture_id)
"""

# What became of each URL of a run: its last attempt's.
_OUTCOMES = f"""
SELECT run_id, url, "at", outcome, reason, capture_id
FROM (SELECT *, row_number() OVER (
        PARTITION BY run_id, url ORDER BY "at" DESC, capture_id IS NULL, capture_id DESC, outcome) AS nth
    FROM ({_ATTEMPTS}))
WHERE nth = 1
"""

# Articles that tell one story; see archive/index/stories.py. An article that is alone is in no group.
_STORY_GROUPS = """
SELECT l.id AS group_id, a.id AS article_id, s.similarity
FROM story s JOIN article a ON a.n = s.article JOIN article l ON l.n = s.leader
WHERE s.leader != s.article OR EXISTS (SELECT 1 FROM story o WHERE o.leader = s.article AND o.article != s.article)
"""


def history(kind: str, only: str = "") -> str:
    """The stretches of lists of one kind ("ranked", "section"); `only` is a condition on span `s` that narrows them.

    A stretch: successive standing captures in which an entry keeps its place (rank or position). An entry is its
    address, or its title where it has none; a row shows the title and URL of its last sighting. A stretch ends where
    another entry takes the place, where the entry stands elsewhere, and (`seq`) where it is absent from a block with
    items. Where a list has a page of its own, a shorter copy of it on other pages says nothing of the places below
    its end: such lists are judged without `seq`.
    """
    place = "rank" if kind == "ranked" else "position"
    tab = "l.tab, " if kind == "ranked" else ""
    return f"""
WITH spanned AS MATERIALIZED (
    SELECT s.*, row_number() OVER (PARTITION BY s.list ORDER BY s.first_at, c.id) AS seq
    FROM span s JOIN list l ON l.n = s.list AND l.kind = '{kind}' JOIN capture c ON c.n = s.first_capture {only}
),
paged AS MATERIALIZED (
    SELECT DISTINCT p.list FROM list_page p CROSS JOIN address k CROSS JOIN capture c CROSS JOIN showing s
    CROSS JOIN arranged a
    WHERE p.list IN (SELECT list FROM spanned) AND k.n = p.page AND c.url_key = k.text
        AND s."at" = c."at" AND s.capture = c.n AND a.arrangement = s.arrangement AND a.list = p.list AND a.stands = 1
),
placed AS MATERIALIZED (
    SELECT s.list, s.seq, s.sightings, be.{place} AS place,
        CASE WHEN e.address IS NULL THEN '=' || e.title ELSE CAST(e.address AS TEXT) END AS what, min(e.n) AS entry
    FROM spanned s JOIN block_entry be ON be.block = s.block JOIN entry e ON e.n = be.entry
    WHERE be.{place} IS NOT NULL AND e.excluded = 0
    GROUP BY 1, 2, 3, 4, 5
),
numbered AS (
    SELECT *, list IN (SELECT list FROM paged) AS lenient,
        dense_rank() OVER (PARTITION BY list, place ORDER BY seq) AS of_place,
        dense_rank() OVER (PARTITION BY list, what ORDER BY seq) AS of_entry,
        row_number() OVER (PARTITION BY list, place, what ORDER BY seq) AS of_both
    FROM placed
),
stretched AS (
    SELECT list, place, what, min(seq) AS first_seq, max(seq) AS last_seq, sum(sightings) AS sightings
    FROM numbered
    GROUP BY list, place, what, of_place - of_both, of_entry - of_both, CASE WHEN lenient THEN 0 ELSE seq - of_both END
)
SELECT l.id AS list_id, l.site, l.heading, {tab}fc.captured_at AS first_seen, lc.captured_at AS last_seen,
    h.sightings, h.place AS {place}, e.title, {_URL_OF_ENTRY} AS url, {_ARTICLE_OF_ENTRY} AS article_id,
    fc.id AS capture_id
FROM stretched h JOIN list l ON l.n = h.list
JOIN spanned f ON f.list = h.list AND f.seq = h.first_seq JOIN capture fc ON fc.n = f.first_capture
JOIN spanned z ON z.list = h.list AND z.seq = h.last_seq JOIN capture lc ON lc.n = z.last_capture
JOIN placed t ON t.list = h.list AND t.seq = h.last_seq AND t.place = h.place AND t.what = h.what
JOIN entry e ON e.n = t.entry
"""


VIEWS = {
    "captures": _CAPTURES,
    "articles": _ARTICLES,
    "article_urls": _ARTICLE_URLS,
    "article_versions": _ARTICLE_VERSIONS,
    "lists": _LISTS,
    "blocks": _BLOCKS,
    "block_entries": _BLOCK_ENTRIES,
    "sightings": _SIGHTINGS,
    "ranking_history": history("ranked"),
    "section_history": history("section"),
    "repeats": _REPEATS,
    "runs": _RUNS,
    "outcomes": _OUTCOMES,
    "story_groups": _STORY_GROUPS,
}
