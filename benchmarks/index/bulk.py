"""A large archive's index in minutes: the rows of a smaller one, which the real code wrote, again and again.

Each copy moves on in time and has addresses, ids and keys of its own, but shows the same lists across the site, whose
histories so become long. SQLite itself makes the rows: what is asked of the index afterwards sees no difference.
"""

from __future__ import annotations

from archive.index.database import Index
from archive.index.tokens import tokens

_HASH_BYTES = 64 << 20
_KEYED = ("address", "capture", "content", "article", "list", "block", "entry", "arrangement")


def multiply(db: Index, copies: int, pages: int) -> None:
    """Add so many copies of what the index holds: `pages` captures, one a minute. Takes about 0.4 ms a page."""
    step = {table: db.conn.execute(f"SELECT max(n) FROM {table}").fetchone()[0] for table in _KEYED}
    db.conn.execute("CREATE TEMP TABLE text(n INTEGER PRIMARY KEY, title TEXT, text TEXT)")
    db.conn.executemany(
        "INSERT INTO temp.text VALUES (?, ?, ?)",
        (
            (n, " ".join(tokens(title or "")), " ".join(tokens(text)))
            for n, title, text in db.conn.execute(
                "SELECT a.n, t.title, t.text FROM article a JOIN content t ON t.n = a.indexed"
            ).fetchall()
        ),
    )
    db.conn.execute("CREATE TEMP TABLE moved(n INTEGER PRIMARY KEY, own INTEGER)")
    db.conn.execute("INSERT INTO temp.moved SELECT n, page_scope != '' FROM list")
    db.conn.commit()
    # A bulk load that a crash may cost: no log, and full text merged in large pieces.
    db.conn.execute("PRAGMA journal_mode = OFF")
    db.conn.execute("PRAGMA synchronous = OFF")
    db.conn.execute("PRAGMA cache_size = -1000000")
    db.conn.execute("INSERT INTO article_search(article_search, rank) VALUES ('hashsize', ?)", (_HASH_BYTES,))
    for copy in range(1, copies + 1):
        _copy(db, copy, pages, step)
    db.conn.execute("INSERT INTO article_search(article_search, rank) VALUES ('hashsize', 1048576)")
    db.conn.commit()
    db.conn.execute("PRAGMA cache_size = -32768")
    db.conn.execute("PRAGMA journal_mode = WAL")


def _copy(db: Index, copy: int, pages: int, step: dict[str, int]) -> None:
    by = {table: copy * most for table, most in step.items()}
    ms = copy * pages * 60_000
    later = f"strftime('%Y-%m-%dT%H:%M:%fZ', {{}}, '+{copy * pages} minutes')"
    elsewhere = f"replace({{}}, '/article/', '/article/{copy}-')"
    own_list = f"list + {by['list']} * (SELECT own FROM temp.moved WHERE n = list)"
    identity = "substr(id, 1, 8) || printf('%08x', n + {})"
    # What the template holds, and no copy of it.
    first = {table: f"FROM main.{table} WHERE n <= {most}" for table, most in step.items()}
    of_capture = f"WHERE capture <= {step['capture']}"
    statements = (
        f"INSERT INTO address SELECT n + {by['address']}, {elsewhere.format('text')} {first['address']} "
        "AND text LIKE '%/article/%'",
        f"""INSERT INTO capture SELECT n + {by["capture"]},
                substr(id, 1, 24) || printf('%012x', n + {by["capture"]}), {elsewhere.format("url")},
                {elsewhere.format("url_key")}, {later.format("captured_at")}, status, mime,
                substr(digest, 1, 20) || printf('%017X', n + {by["capture"]}), kind, refers_to, fidelity, truncated,
                site, run, file, "offset", length, request_offset, metadata_file, metadata_offset, parsed_by, page_kind,
                excluded, at + {ms} {first["capture"]}""",
        f"""INSERT INTO content SELECT n + {by["content"]}, randomblob(16), compared, title, subtitle, authors,
                published, modified, lang, text, text_digest {first["content"]}""",
        f"""INSERT INTO article(n, id, site, key, url, title, published, first_captured_at, last_captured_at, indexed,
                dated_at, current) SELECT n + {by["article"]}, {identity.format(by["article"])}, site,
                {elsewhere.format("key")}, {elsewhere.format("url")}, title, published,
                {later.format("first_captured_at")}, {later.format("last_captured_at")}, indexed + {by["content"]},
                dated_at + {ms}, current + {by["content"]} {first["article"]}""",
        f"""INSERT INTO reading SELECT capture + {by["capture"]}, article + {by["article"]}, at + {ms},
                content + {by["content"]}, seen_at + {by["address"]}, shown_at + {by["address"]}, changed
                FROM reading {of_capture}""",
        f"""INSERT INTO article_address SELECT address + {by["address"]}, article + {by["article"]}, readings
                FROM article_address WHERE article <= {step["article"]}""",
        f"""INSERT INTO list SELECT n + {by["list"]}, {identity.format(by["list"])}, site, kind, heading, tab,
                {elsewhere.format("page_scope")} {first["list"]} AND page_scope != ''""",
        f"""INSERT INTO block SELECT n + {by["block"]}, {identity.format(by["block"])}, {own_list}, size
                {first["block"]}""",
        f"""INSERT INTO entry SELECT n + {by["entry"]}, randomblob(16), title, url,
                address + {by["address"]} * (address IN (SELECT address FROM article_address)), excluded
                {first["entry"]}""",
        f"""INSERT INTO block_entry SELECT block + {by["block"]}, position, rank, entry + {by["entry"]}
                FROM block_entry WHERE block <= {step["block"]}""",
        f"INSERT INTO arrangement SELECT n + {by['arrangement']}, random() {first['arrangement']}",
        f"""INSERT INTO arranged SELECT arrangement + {by["arrangement"]}, {own_list}, xpath, block + {by["block"]},
                more, stands FROM arranged WHERE arrangement <= {step["arrangement"]}""",
        f"""INSERT INTO showing SELECT at + {ms}, capture + {by["capture"]}, arrangement + {by["arrangement"]}
                FROM showing {of_capture}""",
        f"""INSERT INTO span SELECT {own_list}, first_at + {ms}, first_capture + {by["capture"]}, last_at + {ms},
                last_capture + {by["capture"]}, block + {by["block"]}, sightings FROM span
                WHERE first_capture <= {step["capture"]}""",
        # Stories of their own: sketches and bands are as many as of other texts, and as random.
        f"""INSERT INTO story SELECT article + {by["article"]}, article + {by["article"]}, 1,
                randomblob(length(signature)) FROM story WHERE article <= {step["article"]}""",
        f"""INSERT OR IGNORE INTO story_band SELECT random() >> 32, article + {by["article"]} FROM story_band
                WHERE article <= {step["article"]} ORDER BY 1""",
        f"INSERT INTO article_search(rowid, title, text) SELECT n + {by['article']}, title, text FROM temp.text",
    )
    for statement in statements:
        db.conn.execute(statement)
    db.conn.commit()
