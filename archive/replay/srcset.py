"""`srcset`: several addresses of one picture in one attribute."""

from __future__ import annotations

from collections.abc import Callable

_SPACE = " \t\n\r\f"


def parse_srcset(value: str) -> list[tuple[str, str]]:
    """The candidates as (address, descriptor), as the HTML standard splits them: commas may stand in an address.

    >>> parse_srcset("a,b.png 1x, data:image/png;base64,AA== 2x,c.png")
    [('a,b.png', '1x'), ('data:image/png;base64,AA==', '2x'), ('c.png', '')]
    """
    candidates: list[tuple[str, str]] = []
    at, end = 0, len(value)
    while True:
        while at < end and value[at] in _SPACE + ",":
            at += 1
        if at >= end:
            return candidates
        start = at
        while at < end and value[at] not in _SPACE:
            at += 1
        address = value[start:at]
        if address.endswith(","):
            candidates.append((address.rstrip(","), ""))
            continue
        start, depth = at, 0
        while at < end and (value[at] != "," or depth):
            depth += (value[at] == "(") - (value[at] == ")" and depth > 0)
            at += 1
        candidates.append((address, " ".join(value[start:at].split())))
        at += 1


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
