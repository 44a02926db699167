"""The standard's rules of fields, row by row: on which record types a field must, may and must not stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from warc_makers import every_kind, exchange, items, run

from archive.commit import Writer
from archive.warc import files
from archive.warc.headers import Headers
from archive.warc.reader import Record, scan
from archive.warc.rules import RULES, TYPES, missing, problems

ID = "<urn:uuid:00000000-0000-4000-8000-000000000001>"
PAGE = "http://example.com/"
NOW = "2026-11-23T03:28:46.123456789Z"
SHA1 = "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

# Field -> good values, bad values, and a letter for each type: must, may (`.`) or must not (`x`) stand there. In order:
# warcinfo response resource request metadata revisit conversion continuation.
ORDER = ("warcinfo", "response", "resource", "request", "metadata", "revisit", "conversion", "continuation")
FIELDS: dict[str, tuple[list[str], list[str], str]] = {
    "WARC-Record-ID": ([ID, "<http://example.com/1>"], ["urn:uuid:1", "<urn:a b>", "<nothing>"], "mmmmmmmm"),
    "WARC-Date": ([NOW, "2026-11-23T03:28:46Z", "2026-11", "2026"], ["yesterday", "20261123032846"], "mmmmmmmm"),
    "Content-Length": (["0", "12"], ["-1", "1.5", "abc"], "mmmmmmmm"),
    "Content-Type": (["application/http;msgtype=response", 'a/b; c="d e"'], ["html", "a/b;c"], "........"),
    "WARC-Concurrent-To": ([ID], [PAGE], "x.....xx"),
    "WARC-Block-Digest": ([SHA1, "sha256:" + "0" * 64], ["sha1", "sha1:", ":abc"], "........"),
    "WARC-Payload-Digest": ([SHA1], ["3I42H3S6"], "x...x..."),
    "WARC-IP-Address": (["127.0.0.1", "2001:db8::1", "::ffff:1.2.3.4"], ["example.com", "1.2.3", "12345"], "x.....xx"),
    "WARC-Refers-To": ([ID], [PAGE], "xxxx...x"),
    "WARC-Refers-To-Target-URI": ([PAGE], ["/path", "<http://example.com/>"], "xxxxx.xx"),
    "WARC-Refers-To-Date": ([NOW], ["today"], "xxxxx.xx"),
    "WARC-Target-URI": ([PAGE, "urn:x:y"], ["/path", "http://a b/", "<http://a/>"], "xmmm.mmm"),
    "WARC-Truncated": (["length", "time", "disconnect", "unspecified", "other"], ["too long"], "........"),
    "WARC-Warcinfo-ID": ([ID], ["1"], "x......."),
    "WARC-Filename": (["a.warc.gz", "가 나.warc"], ["a\x00b", "\x7f"], ".xxxxxxx"),
    "WARC-Profile": ([MODIFIED, "urn:my:own"], ["mine"], "xxxxxmxx"),
    "WARC-Identified-Payload-Type": (["text/html"], ["html"], "x...x..."),
    "WARC-Segment-Number": (["1"], ["one", "-1"], ".......m"),
    "WARC-Segment-Origin-ID": ([ID], ["1"], "xxxxxxxm"),
    "WARC-Segment-Total-Length": (["902345"], ["-1", "much"], "xxxxxxx."),
    "WARC-Protocol": (["http/1.1", "h2", "tls/1.3"], ["HTTP/1.1 200", "h2, tls/1.3"], "x.....xx"),
    "WARC-Cipher-Suite": (["TLS_AES_128_GCM_SHA256"], ["a b"], "x.....xx"),
}
TWICE = {"WARC-Concurrent-To", "WARC-Protocol"}


def sound(kind: str) -> dict[str, str]:
    """A record of a type with what it must have and nothing else."""
    fields = {name: good[0] for name, (good, _, use) in FIELDS.items() if use[ORDER.index(kind)] == "m"}
    return {"WARC-Type": kind, **fields} | ({"WARC-Segment-Number": "2"} if kind == "continuation" else {})


def found(fields: dict[str, str], *more: tuple[str, str]) -> list[str]:
    return problems(Headers((*fields.items(), *more)))


def test_every_rule_and_every_type_has_its_row() -> None:
    assert {name.lower() for name in FIELDS} | {"warc-type"} == set(RULES)
    assert set(ORDER) == TYPES
    assert {rule.name for rule in RULES.values() if rule.repeatable} == TWICE


@pytest.mark.parametrize("kind", ORDER)
@pytest.mark.parametrize("name", FIELDS)
def test_a_field_on_a_record_type(name: str, kind: str) -> None:
    good, bad, use = FIELDS[name]
    if (name, kind) == ("WARC-Segment-Number", "continuation"):
        good = ["2", "17"]
    letter = use[ORDER.index(kind)]
    fields = sound(kind)
    assert found(fields) == []
    without = {key: value for key, value in fields.items() if key != name}
    assert found(without) == ([f"no {name}"] if letter == "m" else [])
    misplaced = [f"{name} does not belong into a {kind} record"] if letter == "x" else []
    for value in good:
        assert found({**without, name: value}) == found({**without, name.lower(): value}) == misplaced, value
    for value in bad:
        assert found({**without, name: value}) == [f"{name} {value!r} is malformed", *misplaced], value
    twice = [] if name in TWICE else [f"{name} stands twice"]
    assert set(found({**without, name: good[0]}, (name.upper(), good[0]))) == {*twice, *misplaced}


@pytest.mark.parametrize(
    ("kind", "fields", "problem"),
    [
        ("response", {"WARC-Type": ""}, "unknown WARC-Type ''"),
        ("response", {"WARC-Type": "screenshot"}, "unknown WARC-Type 'screenshot'"),
        ("response", {"WARC-Type": "Response"}, "unknown WARC-Type 'Response'"),
        ("response", {"WARC-Target-URI": ""}, "no WARC-Target-URI"),
        ("revisit", {"WARC-Profile": IDENTICAL}, "a revisit for an identical payload without WARC-Payload-Digest"),
        ("revisit", {"WARC-Profile": IDENTICAL, "WARC-Payload-Digest": SHA1}, None),
        ("response", {"WARC-Segment-Number": "2"}, "WARC-Segment-Number 2 on a response record"),
        ("continuation", {"WARC-Segment-Number": "1"}, "WARC-Segment-Number 1 on a continuation record"),
        ("response", {"Seogo-Fidelity": "wire", "X": "\x00"}, None),
    ],
)
def test_rules_of_several_fields_and_of_values(kind: str, fields: dict[str, str], problem: str | None) -> None:
    said = found({**sound(kind), **fields})
    assert len(said) == (problem is not None)
    assert problem is None or said[0].startswith(problem)


def test_a_reader_can_do_with_less() -> None:
    fields = sound("revisit")
    del fields["WARC-Profile"]
    assert missing(Headers(tuple(fields.items()))) is None
    del fields["WARC-Date"]
    assert missing(Headers(tuple(fields.items()))) == "no WARC-Date"
    assert missing(Headers(())) == "no WARC-Type"


def test_records_of_every_kind_that_are_written_here_keep_the_rules(tmp_path: Path) -> None:
    with Writer.open(tmp_path, run()) as writer:
        for one in every_kind().values():
            if one.response_head or one.response_body:
                writer.store(one, parse=False)
        page = writer.store(exchange("http://example.com/a", b"<p>page</p>"), parse=True)
        writer.store(exchange("http://example.com/b", b"<p>page</p>"), parse=False)
        writer.add_items(page, items(page.url, "title"))
        writer.close("finished", {})
    kinds = set()
    for name in files.names(tmp_path):
        for record in scan(files.locate(tmp_path, name)):
            assert isinstance(record, Record)
            kinds.add(record.kind)
            assert problems(record.headers) == [], record.headers
    assert kinds == {"warcinfo", "response", "request", "revisit", "metadata", "resource"}
