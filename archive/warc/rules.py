"""What WARC 1.1 (ISO 28500:2017) says of the fields of records, as a table.

The rules are those of its sections 5 and 6, with the leniencies of the community's annotations that writers rely on;
`WARC-Protocol` and `WARC-Cipher-Suite` are its adopted extensions. Other fields, and further values where the standard
leaves them open, are extensions that a reader takes as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from archive.warc.headers import Headers

_WARCINFO: Final = frozenset(("warcinfo",))
_REVISIT: Final = frozenset(("revisit",))
_CONTINUATION: Final = frozenset(("continuation",))
NO_PAYLOAD: Final = _WARCINFO | {"metadata"}
"""Types of records for which the standard names no payload, nor a digest of one."""

TYPES: Final = frozenset(("response", "resource", "request", "metadata", "conversion")) | (
    _WARCINFO | _REVISIT | _CONTINUATION
)
_IDENTICAL: Final = re.compile(r"<?http://netpreserve\.org/warc/1\.[01]/revisit/identical-payload-digest/?>?")

_WORD: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_NAME: Final = re.compile(_WORD)
_DATE: Final = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?Z)?)?)?")
_ID: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^<>\s]+>")
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]*")
_DIGEST: Final = re.compile(rf"{_WORD}:[A-Za-z0-9+/_=-]+")
_ADDRESS: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f.:]+")
_NUMBER: Final = re.compile(r"\d+")
_MEDIA: Final = re.compile(rf'{_WORD}/{_WORD}[ \t]*(?:;[ \t]*{_WORD}=(?:{_WORD}|"(?:[^"\\\x00-\x1f\x7f]|\\.)*"))*')
_TEXT: Final = re.compile(r"[^\x00-\x1f\x7f]+")
_CAPTURED: Final = frozenset(("response", "resource", "request", "metadata", "revisit"))


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of one field: what its value must match, on which record types it must and may stand, whether often."""

    name: str
    value: re.Pattern[str]
    required: frozenset[str] = frozenset()
    allowed: frozenset[str] = TYPES
    repeatable: bool = False


_TABLE: Final = (
    Rule("WARC-Type", _NAME, required=TYPES),
    Rule("WARC-Record-ID", _ID, required=TYPES),
    Rule("WARC-Date", _DATE, required=TYPES),
    Rule("Content-Length", _NUMBER, required=TYPES),
    Rule("Content-Type", _MEDIA),
    Rule("WARC-Concurrent-To", _ID, allowed=_CAPTURED, repeatable=True),
    Rule("WARC-Block-Digest", _DIGEST),
    # A revisit's payload is the one that it repeats.
    Rule("WARC-Payload-Digest", _DIGEST, allowed=TYPES - NO_PAYLOAD),
    Rule("WARC-IP-Address", _ADDRESS, allowed=_CAPTURED),
    Rule("WARC-Refers-To", _ID, allowed=frozenset(("metadata", "revisit", "conversion"))),
    Rule("WARC-Refers-To-Target-URI", _URI, allowed=_REVISIT),
    Rule("WARC-Refers-To-Date", _DATE, allowed=_REVISIT),
    Rule("WARC-Target-URI", _URI, required=TYPES - {"warcinfo", "metadata"}, allowed=TYPES - _WARCINFO),
    Rule("WARC-Truncated", _NAME),
    Rule("WARC-Warcinfo-ID", _ID, allowed=TYPES - _WARCINFO),
    Rule("WARC-Filename", _TEXT, allowed=_WARCINFO),
    Rule("WARC-Profile", _URI, required=_REVISIT, allowed=_REVISIT),
    Rule("WARC-Identified-Payload-Type", _MEDIA, allowed=TYPES - NO_PAYLOAD),
    Rule("WARC-Segment-Number", _NUMBER, required=_CONTINUATION),
    Rule("WARC-Segment-Origin-ID", _ID, required=_CONTINUATION, allowed=_CONTINUATION),
    Rule("WARC-Segment-Total-Length", _NUMBER, allowed=_CONTINUATION),
    Rule("WARC-Protocol", re.compile(r"[a-z0-9.-]+(?:/\d+(?:\.\d+)?)?"), allowed=_CAPTURED, repeatable=True),
    Rule("WARC-Cipher-Suite", _NAME, allowed=_CAPTURED),
)
_NEEDED: Final = frozenset(("WARC-Record-ID", "WARC-Date", "WARC-Target-URI"))
RULES: Final = {rule.name.lower(): rule for rule in _TABLE}
# Nearly all names are written as the standard writes them.
_AS_WRITTEN: Final = {rule.name: rule for rule in _TABLE}
_REQUIRED: Final = {kind: tuple(rule.name for rule in _TABLE if kind in rule.required) for kind in TYPES}


def missing(headers: Headers) -> str | None:
    """The first field that a reader cannot do without and the record lacks, or its unknown type; None without one."""
    kind = headers.get("WARC-Type")
    if kind is None:
        return "no WARC-Type"
    if kind not in TYPES:
        return f"unknown WARC-Type {kind[:40]!r}"
    return next((f"no {name}" for name in _REQUIRED[kind] if name in _NEEDED and not headers.get(name)), None)


def problems(headers: Headers) -> list[str]:
    """Everything in which the fields break the standard's rules, in words; empty when nothing does."""
    lack = missing(headers)
    if lack:
        return [lack]
    kind = headers.get("WARC-Type") or ""
    found: list[str] = []
    seen: set[str] = set()
    for name, value in headers.fields:
        rule = _AS_WRITTEN.get(name) or RULES.get(name.lower())
        if rule is None:
            continue
        if rule.name in seen and not rule.repeatable:
            found.append(f"{rule.name} stands twice")
        seen.add(rule.name)
        if not rule.value.fullmatch(value):
            found.append(f"{rule.name} {value[:60]!r} is malformed")
        if kind not in rule.allowed:
            found.append(out_of_place(rule.name, kind))
    found += [f"no {name}" for name in _REQUIRED[kind] if name not in seen]
    return found + _of_several(headers, kind, seen)


def out_of_place(name: str, kind: str) -> str:
    """The problem of a field on a record of a type that has no such field."""
    return f"{name} does not belong into a {kind} record"


def _of_several(headers: Headers, kind: str, seen: set[str]) -> list[str]:
    """Rules that look at more than one field."""
    found: list[str] = []
    if _IDENTICAL.fullmatch(headers.get("WARC-Profile") or "") and "WARC-Payload-Digest" not in seen:
        found.append("a revisit for an identical payload without WARC-Payload-Digest")
    segment = headers.get("WARC-Segment-Number") or ""
    if segment.isdecimal() and (int(segment[:18]) > 1) != (kind == "continuation"):
        found.append(f"WARC-Segment-Number {segment[:18]} on a {kind} record: one is first, the rest are continuations")
    return found
