"""Steps of migrations that take more than SQL."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

from sqlite_utils import Database

from archive.index.arrangements import digest_of

# What many captures show alike is kept once; `at` leads from a capture to what it shows.
ARRANGEMENTS = (
    "ALTER TABLE capture ADD COLUMN at INTEGER NOT NULL DEFAULT 0",
    """UPDATE capture SET at = CAST(strftime('%s', captured_at) AS INTEGER) * 1000
        + CAST(substr(captured_at, 21, 3) AS INTEGER)""",
    # The digest names what stands in an arrangement, as content does elsewhere: sixty-four bits of a SHA-256.
    "CREATE TABLE arrangement (n INTEGER PRIMARY KEY, digest INTEGER NOT NULL UNIQUE)",
    # `stands`: the one block of its list on a capture that history reads: the fullest, and never an empty one.
    """CREATE TABLE arranged (
        arrangement INTEGER NOT NULL REFERENCES arrangement(n),
        list INTEGER NOT NULL REFERENCES list(n),
        xpath INTEGER NOT NULL REFERENCES xpath(n),
        block INTEGER NOT NULL REFERENCES block(n),
        more INTEGER REFERENCES address(n),
        stands INTEGER NOT NULL,
        PRIMARY KEY (arrangement, list, xpath)
    ) WITHOUT ROWID""",
    """CREATE TABLE showing (
        at INTEGER NOT NULL,
        capture INTEGER NOT NULL REFERENCES capture(n),
        arrangement INTEGER NOT NULL REFERENCES arrangement(n),
        PRIMARY KEY (at, capture, arrangement)
    ) WITHOUT ROWID""",
)
_AFTER = (
    "CREATE INDEX arranged_list ON arranged(list, block)",
    "CREATE INDEX showing_of_arrangement ON showing(arrangement, at)",
    "DROP TABLE sighting",
    "DROP TABLE list_page",
    """CREATE TABLE list_page (
        list INTEGER NOT NULL REFERENCES list(n),
        page INTEGER NOT NULL REFERENCES address(n),
        placings INTEGER NOT NULL,
        PRIMARY KEY (list, page)
    ) WITHOUT ROWID""",
    """INSERT INTO list_page(list, page, placings)
        SELECT list, more, count(*) FROM arranged WHERE more IS NOT NULL GROUP BY 1, 2""",
    "ALTER TABLE block DROP COLUMN sightings",
)


def arrange(db: Database) -> None:
    """Turn sightings, a row a block and capture, into arrangements and what shows them."""
    for statement in ARRANGEMENTS:
        db.execute(statement)
    keys: dict[int, int] = {}
    rows = db.execute(
        """SELECT s.capture, l.page_scope != '', s.at, s.list, s.xpath, s.block, s.more, s.stands,
               l.id, b.id, x.path, k.text
           FROM sighting s JOIN list l ON l.n = s.list JOIN block b ON b.n = s.block JOIN xpath x ON x.n = s.xpath
           LEFT JOIN address k ON k.n = s.more ORDER BY 1, 2"""
    )
    for (capture, _), group in groupby(rows, key=itemgetter(0, 1)):
        parts = list(group)
        digest = digest_of((*part[8:12], bool(part[7])) for part in parts)
        if digest not in keys:
            keys[digest] = len(keys) + 1
            db.conn.execute("INSERT INTO arrangement(n, digest) VALUES (?, ?)", (keys[digest], digest))
            db.conn.executemany(
                "INSERT INTO arranged(arrangement, list, xpath, block, more, stands) VALUES (?, ?, ?, ?, ?, ?)",
                [(keys[digest], *part[3:8]) for part in parts],
            )
        db.conn.execute(
            "INSERT INTO showing(at, capture, arrangement) VALUES (?, ?, ?)", (parts[0][2], capture, keys[digest])
        )
    for statement in _AFTER:
        db.execute(statement)
