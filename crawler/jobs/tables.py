"""The tables of `DIR/state/jobs.db`."""

SCHEMA_VERSION = 3

SCHEMA = """
CREATE TABLE job (
    name TEXT PRIMARY KEY,
    anchor TEXT NOT NULL,
    slot TEXT,
    running TEXT,
    started_at TEXT,
    finished_at TEXT,
    run_id TEXT,
    outcome TEXT,
    interrupted INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    job TEXT NOT NULL,
    kind TEXT NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    count INTEGER NOT NULL,
    said TEXT NOT NULL
);
CREATE INDEX event_of_job ON event(job, id);
CREATE TABLE pause (
    what TEXT PRIMARY KEY,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    level INTEGER NOT NULL,
    said TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE page (
    site TEXT NOT NULL,
    identity TEXT NOT NULL,
    url TEXT NOT NULL,
    found_at TEXT NOT NULL,
    checked_at TEXT,
    next_at TEXT,
    seconds INTEGER NOT NULL DEFAULT 0,
    checks INTEGER NOT NULL DEFAULT 0,
    changes INTEGER NOT NULL DEFAULT 0,
    misses INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (site, identity)
) WITHOUT ROWID;
CREATE INDEX page_due ON page(site, next_at) WHERE next_at IS NOT NULL;
CREATE TABLE seen_run (id TEXT PRIMARY KEY, started_at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE alarm (
    key TEXT PRIMARY KEY,
    site TEXT NOT NULL,
    raised_at TEXT NOT NULL,
    said TEXT NOT NULL,
    before TEXT,
    after TEXT,
    usual REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    target TEXT NOT NULL,
    made_at TEXT NOT NULL,
    body TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE target (name TEXT PRIMARY KEY, sent_at TEXT, retry_at TEXT) WITHOUT ROWID;
"""
SINCE = {
    2: "CREATE TABLE asked (host TEXT PRIMARY KEY, at TEXT NOT NULL, seconds REAL NOT NULL) WITHOUT ROWID",
    3: "CREATE TABLE feed (site TEXT NOT NULL, url TEXT NOT NULL, found_at TEXT NOT NULL, asked_at TEXT,"
    " PRIMARY KEY (site, url)) WITHOUT ROWID",
}
"""What each version since has more."""
