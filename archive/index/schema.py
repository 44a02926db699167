"""The schema of `index.db` as migrations.

Facts are stored per capture in narrow tables with local integer keys (singular names); the public, documented tables
are views over them (plural names) whose ids come from content, so that they survive a rebuild. Local keys mean nothing
outside one file. Times are text in `capture`, milliseconds since 1970 where rows are many and only their order counts.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from archive.index.tables import FIRST_TABLES, STORIES_AND_DATES
from archive.index.upgrades import arrange
from archive.index.values import dated_at
from archive.index.views import VIEWS

MIGRATIONS = Migrations("seogo")


@MIGRATIONS()
def m001_first_schema(db: Database) -> None:
    """All tables of the first version."""
    for statement in FIRST_TABLES:
        db.execute(statement)


@MIGRATIONS()
def m002_stories_dates_exclusions(db: Database) -> None:
    """Near-duplicates, articles by the date they count as published, what was taken down. Drops all views."""
    for name in db.view_names():
        db.execute(f"DROP VIEW {name}")
    for statement in STORIES_AND_DATES:
        db.execute(statement)
    articles = db.execute("SELECT n, published, first_captured_at FROM article").fetchall()
    db.conn.executemany(
        "UPDATE article SET dated_at = ? WHERE n = ?",
        [(dated_at(published, first), n) for n, published, first in articles],
    )


@MIGRATIONS()
def m003_one_outcome_a_url(db: Database) -> None:
    """One row of `outcomes` for each URL of a run. Makes all views anew."""
    for name in db.view_names():
        db.execute(f"DROP VIEW {name}")
    for name, query in VIEWS.items():
        db.create_view(name, query)


# An entry's URL is kept where it differs from its address; articles of one instant are few enough to be sorted.
_NARROWER = (
    "DELETE FROM story",
    "DELETE FROM story_band",
    "UPDATE entry SET url = NULL WHERE url = (SELECT text FROM address WHERE n = entry.address)",
    "DROP INDEX article_dated",
    "CREATE INDEX article_dated ON article(dated_at)",
)


@MIGRATIONS()
def m004_narrower_rows(db: Database) -> None:
    """Smaller sketches of texts, and addresses of entries once. Makes all views anew."""
    for name in db.view_names():
        db.execute(f"DROP VIEW {name}")
    for statement in _NARROWER:
        db.execute(statement)
    for name, query in VIEWS.items():
        db.create_view(name, query)


@MIGRATIONS()
def m005_lists_found(db: Database) -> None:
    """Lists of whole sites, and ranked lists, are found among those of single pages, of which there are many."""
    db.execute("CREATE INDEX list_across_site ON list(kind, site) WHERE page_scope = ''")
    db.execute("CREATE INDEX list_ranked ON list(site) WHERE kind = 'ranked'")


@MIGRATIONS()
def m006_full_text_in_pieces(db: Database) -> None:
    """Full text is merged piece by piece, never all of it in one transaction."""
    # By itself FTS5 merges sixteen segments of a level in one transaction, in the end all of them, and the log with it.
    db.execute("INSERT INTO article_search(article_search, rank) VALUES ('crisismerge', 64)")


@MIGRATIONS()
def m007_arrangements(db: Database) -> None:
    """What many captures show alike is kept once. Makes all views anew."""
    for name in db.view_names():
        db.execute(f"DROP VIEW {name}")
    arrange(db)
    for name, query in VIEWS.items():
        db.create_view(name, query)


@MIGRATIONS()
def m008_captures_by_time(db: Database) -> None:
    """What was captured in a span of time is found without reading all captures."""
    db.execute('CREATE INDEX capture_at ON capture("at")')


# Those that this version knows; an index that has others was written by a later one.
_MIGRATED = (
    m001_first_schema,
    m002_stories_dates_exclusions,
    m003_one_outcome_a_url,
    m004_narrower_rows,
    m005_lists_found,
    m006_full_text_in_pieces,
    m007_arrangements,
    m008_captures_by_time,
)
MIGRATION_NAMES = frozenset(one.__name__ for one in _MIGRATED)
