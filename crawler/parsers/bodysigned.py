"""The lines that sign an article, before its first and after its last paragraph."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.parsers.outline import Line
from crawler.parsers.text import key

_SIGNED = 4
_LIFE = 400
_IS = re.compile(r"\W{1,3}(?:is|was|reports|covers|writes|ist|arbeitet|est|es|è|är|er|jest|je)\b")


def without_signatures(
    lines: tuple[Line, ...], authors: Sequence[str], publication: Sequence[str] = ()
) -> tuple[Line, ...]:
    """The lines without those at the beginning and end that are the name of an author or of the publication, or a
    role right after one."""
    site = {key(name) for name in publication}
    names = {key(name) for name in authors}
    cut: set[int] = set()
    for ends, step in ((lines[:_SIGNED], 1), (lines[-_SIGNED:], -1)):
        signed = False
        for line in ends[::step]:
            plain = not line.ends and line.tag not in ("h", "li")
            role = signed and step > 0 and line.size < 40 and plain
            named = line.size < 120 and (line.key in names or (line.key in site and line.tag != "h"))
            # "윤보기 소설가": the name, and what they are.
            titled = plain and line.size < 60 and line.key.startswith(tuple(names))
            # "Jane Doe is our correspondent in Kell": no more to come.
            told = step < 0 and any(
                line.text.startswith(name) and _IS.match(line.text[len(name) :]) for name in authors
            )
            signed = named or titled or role or (told and line.size < _LIFE)
            if signed:
                cut.add(line.index)
    return tuple(line for line in lines if line.index not in cut) if len(cut) < len(lines) else lines
