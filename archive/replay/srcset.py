"""`srcset`: several addresses of one picture in one attribute."""

from __future__ import annotations

import re
from collections.abc import Callable

_ADDRESS = re.compile(r"[^ \t\n\r\f,][^ \t\n\r\f]*")


def parse_srcset(value: str) -> list[tuple[str, str]]:
    """The candidates as (address, descriptor), as the HTML standard splits them: commas may stand in an address.

    >>> parse_srcset("a,b.png 1x, data:image/png;base64,AA== 2x,c.png")
    [('a,b.png', '1x'), ('data:image/png;base64,AA==', '2x'), ('c.png', '')]
    """
    candidates: list[tuple[str, str]] = []
    at = 0
    while found := _ADDRESS.search(value, at):
        address, at = found.group(), found.end()
        if address.endswith(","):
            candidates.append((address.rstrip(","), ""))
            continue
        end = _end_of_descriptor(value, at)
        candidates.append((address, " ".join(value[at:end].split())))
        at = end + 1
    return candidates


def _end_of_descriptor(value: str, at: int) -> int:
    """Where the comma behind a descriptor stands, or the value ends; commas in parentheses are its own."""
    end = value.find(",", at)
    end = len(value) if end < 0 else end
    if value.find("(", at, end) < 0:
        return end
    depth = 0
    while at < len(value) and (value[at] != "," or depth):
        depth += (value[at] == "(") - (value[at] == ")" and depth > 0)
        at += 1
    return at


def rewrite_srcset(value: str, lead: Callable[[str], str | None]) -> str:
    """The attribute with each address replaced by what `lead` makes of it; candidates that lead nowhere are dropped.

    At most 100 candidates are kept: no picture has more.
    """
    kept = []
    for address, descriptor in parse_srcset(value)[:100]:
        target = address if address[:5].lower() == "data:" else lead(address)
        if target:
            # A comma at an address's end would be read as the next candidate's beginning.
            target = target.replace(" ", "%20")
            kept.append(f"{target[:-1] + '%2C' if target.endswith(',') else target} {descriptor}".strip())
    return ", ".join(kept)
