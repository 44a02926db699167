"""The public tables, column by column. They change only by migration; everything else in index.db is Seogo's own.

`python -m archive.index.contract` prints them as Markdown.
"""

from __future__ import annotations

TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "captures": (
        "One row per response, revisit or resource of an http(s) URL.",
        {
            "id": "UUID of the WARC-Record-ID",
            "url": "address as requested",
            "url_key": "SURT of the address, as CDXJ indexes have it",
            "captured_at": "instant of the exchange, `2026-11-23T03:28:46.123Z`",
            "status": "HTTP status; null where none could be read",
            "mime": "media type as the server named it",
            "digest": "`sha1:BASE32` of the payload without chunked framing",
            "kind": "`response`, `revisit` (payload or validator unchanged) or `resource`",
            "refers_to": "id of the capture that a revisit repeats",
            "fidelity": "`wire` (bytes as they came), `reconstructed` or `imported`",
            "truncated": "why the record was cut: `length`, `time`, `disconnect`, `unspecified`; null where whole",
            "site": "name of the site's definition, or of the host",
            "run_id": "run that stored it",
            "warc_file": "final name of the WARC file; it may still end in `.open`",
            "offset": "where the record's gzip member begins, in bytes",
            "length": "length of the member, in bytes",
            "request_offset": "where the request's member begins, in the same file",
            "metadata_file": "WARC file with the page's items as JSON",
            "metadata_offset": "where that record's member begins",
            "parsed_by": "parser version; null while a parse is owed, empty where there is nothing to parse",
        },
    ),
    "articles": (
        "One row per story, as its last capture shows it.",
        {
            "id": "hash of site and key",
            "site": "site of the article",
            "key": "what names the article on its site",
            "url": "address under which it is shown",
            "title": "headline",
            "published": "ISO 8601 as the page gives it",
            "first_captured_at": "first capture that shows the article",
            "last_captured_at": "last capture that shows the article",
        },
    ),
    "article_urls": (
        "Every address of an article.",
        {
            "article_id": "article",
            "url": "address without fragment, tracking parameters, userinfo; its query sorted",
        },
    ),
    "article_versions": (
        "A capture that changed an article: its normalised headline or text differ from the capture before.",
        {
            "id": "the capture's id",
            "article_id": "article",
            "capture_id": "capture with this version",
            "captured_at": "instant of that capture",
            "title": "headline",
            "subtitle": "standfirst",
            "authors": "JSON array of names",
            "published": "ISO 8601 as the page gives it",
            "modified": "ISO 8601 as the page gives it",
            "lang": "language of the page",
            "text": "paragraphs of the body, an empty line between them",
            "text_digest": "hash of the normalised text",
        },
    ),
    "lists": (
        "A ranked list or section with an identity over time.",
        {
            "id": "hash of all other columns",
            "site": "site of the list",
            "kind": "`ranked` or `section`",
            "heading": "heading without times and counts",
            "tab": "name of the tab, or empty",
            "page_scope": "url key of the page it belongs to; empty where it stands across the site",
        },
    ),
    "blocks": ("One content of a list.", {"id": "hash of the list's id and the entries", "list_id": "list"}),
    "block_entries": (
        "The entries of a block.",
        {
            "block_id": "block",
            "position": "place in the block, from 1",
            "rank": "rank as the page shows it; null in sections",
            "title": "text of the entry",
            "url": "address it leads to",
            "article_id": "article last captured at that address; null where there is none",
        },
    ),
    "sightings": (
        "A block on a capture.",
        {
            "list_id": "list",
            "block_id": "block",
            "capture_id": "capture",
            "captured_at": "instant of the capture",
            "xpath": "where on the page it stood",
        },
    ),
    "ranking_history": (
        "A row per entry and stretch: successive captures of a ranked list in which the entry keeps its rank. A capture"
        " on which the list is absent or empty neither ends nor lengthens a stretch.",
        {
            "list_id": "list",
            "site": "site of the list",
            "heading": "heading of the list",
            "tab": "tab of the list",
            "first_seen": "first capture of the stretch",
            "last_seen": "last capture of the stretch",
            "sightings": "number of captures",
            "rank": "rank",
            "title": "text of the entry when last seen",
            "url": "address it leads to",
            "article_id": "article last captured at that address",
            "capture_id": "first capture of the stretch",
        },
    ),
    "section_history": (
        "The same for sections, by position.",
        {
            "list_id": "list",
            "site": "site of the list",
            "heading": "heading of the list",
            "first_seen": "first capture of the stretch",
            "last_seen": "last capture of the stretch",
            "sightings": "number of captures",
            "position": "position",
            "title": "text of the entry when last seen",
            "url": "address it leads to",
            "article_id": "article last captured at that address",
            "capture_id": "first capture of the stretch",
        },
    ),
    "story_groups": (
        "Near-duplicates.",
        {"group_id": "group", "article_id": "article", "similarity": "how alike, from 0 to 1"},
    ),
    "repeats": (
        "Copies on a page that were dropped.",
        {
            "capture_id": "capture",
            "kind": "`body`, `paragraph`, `block` or `item`",
            "of": "xpath of what it repeats",
            "xpath": "xpath of the copy",
            "text": "its first 80 characters",
        },
    ),
    "runs": (
        "A row for each run that started.",
        {
            "id": "run",
            "job": "name of the job, or empty",
            "site": "site that was crawled",
            "started_at": "instant",
            "finished_at": "instant; null while it runs; of a killed run, once the next begins, its last capture's or"
            " outcome's",
            "outcome": "how it ended: `finished`, or `unfinished` where it was stopped or killed",
            "counts": "JSON object of numbers",
        },
    ),
    "outcomes": (
        "How each URL of a run ended: a row for each, of its last attempt. Earlier attempts are in `captures`.",
        {
            "run_id": "run",
            "url": "address",
            "at": "instant",
            "outcome": "`stored`, `unchanged`, `redirect`, `http-error`, `bad-http`, `soft-block`, `truncated`;"
            " else why there is no capture or no parse. Of a WARC file that was taken in, at `urn:seogo:file:NAME`:"
            " `imported`, and `import-damaged` for what of it could not be read",
            "reason": "more of it, or empty",
            "capture_id": "capture; null where there is none",
        },
    ),
}


def markdown() -> str:
    """The contract as Markdown, with the queries that go beyond it."""
    parts = ["# The index\n\nSQLite; views unless said otherwise, readable with any tool. Ids come from content.\n"]
    for name, (meaning, columns) in TABLES.items():
        rows = "".join(f"| `{column}` | {text} |\n" for column, text in columns.items())
        parts.append(f"## {name}\n\n{meaning}\n\n| column | meaning |\n|---|---|\n{rows}")
    parts.append(_SEARCH)
    return "\n".join(parts)


_SEARCH = """## article_search

FTS5 without content over the latest version of each article; columns `title` and `text`; `rowid` is `article.n`. Its
tokens are overlapping pairs of CJK characters (and the last character of a run alone), and whole words of other
scripts, lower case; blanks between Hangul syllables are dropped. So a Korean word is the phrase of its pairs:

```sql
-- 희귀질환
SELECT a.id, a.title FROM article_search s JOIN article a ON a.n = s.rowid
WHERE article_search MATCH '"희귀 귀질 질환"' ORDER BY bm25(article_search, 8.0, 1.0) LIMIT 20;

-- any run of CJK characters as :word
WITH RECURSIVE pair(at, text) AS (
    SELECT 1, substr(:word, 1, 2)
    UNION ALL SELECT at + 1, substr(:word, at + 1, 2) FROM pair WHERE at < length(:word) - 1)
SELECT a.id, a.title FROM article_search s JOIN article a ON a.n = s.rowid
WHERE article_search MATCH (SELECT '"' || group_concat(text, ' ') || '"' FROM pair) LIMIT 20;
```
"""


if __name__ == "__main__":
    print(markdown(), end="")
