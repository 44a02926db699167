"""The tables of the first two schemas; later migrations (schema.py) change some of them."""

from __future__ import annotations

FIRST_TABLES = (
    """CREATE TABLE warc_file (
        n INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        indexed_to INTEGER NOT NULL DEFAULT 0
    )""",
    # A run is named by its captures before its own row is complete: started_at is null until runs.start.
    """CREATE TABLE run (
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        job TEXT NOT NULL DEFAULT '',
        site TEXT NOT NULL DEFAULT '',
        started_at TEXT,
        finished_at TEXT,
        outcome TEXT,
        counts TEXT NOT NULL DEFAULT '{}'
    )""",
    """CREATE TABLE outcome (
        n INTEGER PRIMARY KEY,
        run INTEGER NOT NULL REFERENCES run(n),
        url TEXT NOT NULL,
        at TEXT NOT NULL,
        outcome TEXT NOT NULL,
        reason TEXT NOT NULL,
        capture_id TEXT
    )""",
    "CREATE UNIQUE INDEX outcome_of_capture ON outcome(capture_id) WHERE capture_id IS NOT NULL",
    "CREATE UNIQUE INDEX outcome_of_url ON outcome(run, url, at, outcome) WHERE capture_id IS NULL",
    """CREATE TABLE capture (
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        url TEXT NOT NULL,
        url_key TEXT NOT NULL,
        captured_at TEXT NOT NULL,
        status INTEGER,
        mime TEXT,
        digest TEXT,
        kind TEXT NOT NULL,
        refers_to TEXT,
        fidelity TEXT NOT NULL,
        truncated TEXT,
        site TEXT NOT NULL,
        run INTEGER NOT NULL REFERENCES run(n),
        file INTEGER NOT NULL REFERENCES warc_file(n),
        "offset" INTEGER NOT NULL,
        length INTEGER NOT NULL,
        request_offset INTEGER,
        metadata_file INTEGER REFERENCES warc_file(n),
        metadata_offset INTEGER,
        parsed_by TEXT,
        page_kind TEXT
    )""",
    "CREATE INDEX capture_of_url ON capture(url_key, captured_at)",
    "CREATE INDEX capture_of_digest ON capture(digest, captured_at) WHERE kind != 'revisit'",
    "CREATE INDEX capture_of_run ON capture(run)",
    'CREATE INDEX capture_in_file ON capture(file, "offset")',
    "CREATE INDEX capture_unparsed ON capture(captured_at) WHERE parsed_by IS NULL",
    # Addresses and url keys that rows share, each once.
    "CREATE TABLE address (n INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)",
    "CREATE TABLE xpath (n INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE)",
    """CREATE TABLE article (
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        site TEXT NOT NULL,
        key TEXT NOT NULL,
        url TEXT,
        title TEXT,
        published TEXT,
        first_captured_at TEXT,
        last_captured_at TEXT,
        indexed INTEGER REFERENCES content(n)
    )""",
    "CREATE INDEX article_recent ON article(last_captured_at)",
    """CREATE TABLE content (
        n INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        compared BLOB NOT NULL,
        title TEXT,
        subtitle TEXT,
        authors TEXT NOT NULL,
        published TEXT,
        modified TEXT,
        lang TEXT,
        text TEXT NOT NULL,
        text_digest TEXT NOT NULL
    )""",
    # What one capture says of one article; `changed`: headline or text differ from the capture before it.
    """CREATE TABLE reading (
        capture INTEGER PRIMARY KEY REFERENCES capture(n),
        article INTEGER NOT NULL REFERENCES article(n),
        at INTEGER NOT NULL,
        content INTEGER NOT NULL REFERENCES content(n),
        seen_at INTEGER NOT NULL REFERENCES address(n),
        shown_at INTEGER NOT NULL REFERENCES address(n),
        changed INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE INDEX reading_of_article ON reading(article, at)",
    "CREATE INDEX reading_of_content ON reading(content)",
    """CREATE TABLE article_address (
        address INTEGER NOT NULL REFERENCES address(n),
        article INTEGER NOT NULL REFERENCES article(n),
        readings INTEGER NOT NULL,
        PRIMARY KEY (address, article)
    ) WITHOUT ROWID""",
    "CREATE INDEX address_of_article ON article_address(article)",
    """CREATE TABLE list (
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        site TEXT NOT NULL,
        kind TEXT NOT NULL,
        heading TEXT NOT NULL,
        tab TEXT NOT NULL,
        page_scope TEXT NOT NULL
    )""",
    # The url keys that a list's "more" links lead to: its dedicated pages.
    """CREATE TABLE list_page (
        list INTEGER NOT NULL REFERENCES list(n),
        page INTEGER NOT NULL REFERENCES address(n),
        sightings INTEGER NOT NULL,
        PRIMARY KEY (list, page)
    ) WITHOUT ROWID""",
    """CREATE TABLE block (
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        list INTEGER NOT NULL REFERENCES list(n),
        size INTEGER NOT NULL,
        sightings INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE INDEX block_of_list ON block(list)",
    """CREATE TABLE entry (
        n INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        title TEXT NOT NULL,
        url TEXT,
        address INTEGER REFERENCES address(n)
    )""",
    "CREATE INDEX entry_at_address ON entry(address)",
    """CREATE TABLE block_entry (
        block INTEGER NOT NULL REFERENCES block(n),
        position INTEGER NOT NULL,
        rank INTEGER,
        entry INTEGER NOT NULL REFERENCES entry(n),
        PRIMARY KEY (block, position)
    ) WITHOUT ROWID""",
    "CREATE INDEX block_with_entry ON block_entry(entry)",
    # `stands`: the one block of its list on this capture that history reads: the fullest, and never an empty one.
    """CREATE TABLE sighting (
        list INTEGER NOT NULL REFERENCES list(n),
        at INTEGER NOT NULL,
        capture INTEGER NOT NULL REFERENCES capture(n),
        xpath INTEGER NOT NULL REFERENCES xpath(n),
        block INTEGER NOT NULL REFERENCES block(n),
        more INTEGER REFERENCES address(n),
        stands INTEGER NOT NULL,
        PRIMARY KEY (list, at, capture, xpath)
    ) WITHOUT ROWID""",
    "CREATE INDEX sighting_on_capture ON sighting(capture)",
    # Successive standing sightings of a list that show one block.
    """CREATE TABLE span (
        list INTEGER NOT NULL REFERENCES list(n),
        first_at INTEGER NOT NULL,
        first_capture INTEGER NOT NULL REFERENCES capture(n),
        last_at INTEGER NOT NULL,
        last_capture INTEGER NOT NULL REFERENCES capture(n),
        block INTEGER NOT NULL REFERENCES block(n),
        sightings INTEGER NOT NULL,
        PRIMARY KEY (list, first_at, first_capture)
    ) WITHOUT ROWID""",
    "CREATE INDEX span_of_block ON span(block)",
    """CREATE TABLE repeat (
        capture INTEGER NOT NULL REFERENCES capture(n),
        position INTEGER NOT NULL,
        kind TEXT NOT NULL,
        of INTEGER NOT NULL REFERENCES xpath(n),
        xpath INTEGER NOT NULL REFERENCES xpath(n),
        text TEXT NOT NULL,
        PRIMARY KEY (capture, position)
    ) WITHOUT ROWID""",
    """CREATE TABLE story_groups (
        group_id TEXT NOT NULL,
        article_id TEXT NOT NULL,
        similarity REAL NOT NULL,
        PRIMARY KEY (group_id, article_id)
    ) WITHOUT ROWID""",
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # rowid is article.n; title and text are given as search tokens, see archive/index/tokens.py.
    "CREATE VIRTUAL TABLE article_search USING fts5(title, text, content='', tokenize='unicode61 remove_diacritics 0')",
)


# Added by the second migration.
STORIES_AND_DATES = (
    # When an article counts as published, see values.dated_at.
    "ALTER TABLE article ADD COLUMN dated_at INTEGER",
    "CREATE INDEX article_dated ON article(dated_at, id)",
    # The content of the latest version; `indexed` follows at the end of the transaction (fulltext.settle).
    "ALTER TABLE article ADD COLUMN current INTEGER REFERENCES content(n)",
    "UPDATE article SET current = indexed",
    "CREATE INDEX article_unsettled ON article(n) WHERE indexed IS NOT current",
    "DROP TABLE story_groups",
    # What an article's text looks like (stories.py), and under which article its story is known.
    """CREATE TABLE story (
        article INTEGER PRIMARY KEY REFERENCES article(n),
        leader INTEGER NOT NULL REFERENCES article(n),
        similarity REAL NOT NULL,
        signature BLOB NOT NULL
    )""",
    "CREATE INDEX story_of_leader ON story(leader)",
    """CREATE TABLE story_band (
        band INTEGER NOT NULL,
        article INTEGER NOT NULL REFERENCES article(n),
        PRIMARY KEY (band, article)
    ) WITHOUT ROWID""",
    # Merging sixteen segments at once instead of four halves the cost of a page.
    "INSERT INTO article_search(article_search, rank) VALUES ('automerge', 16)",
    # What was taken down: kind is `url` (a url key) or `capture` (an id), as in excluded.jsonl.
    "CREATE TABLE exclusion (kind TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, value)) WITHOUT ROWID",
    "ALTER TABLE capture ADD COLUMN excluded INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE entry ADD COLUMN excluded INTEGER NOT NULL DEFAULT 0",
)
