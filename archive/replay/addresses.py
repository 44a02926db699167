"""Replay's addresses: `/web/TIMESTAMP/URL` and its kin, taken apart and put together.

An archived URL stands inside an address as it is, query included. What comes in is refused before it is looked up when
it is no absolute http(s) URL, so that an address built here always begins with `/web/` or `/capture/`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote, unquote_to_bytes, urlsplit

MAX_URL = 8192
RAW = "id_"
# Under which name of the machine our page around a scripted capture is shown; the scripts run under another.
SCRIPTED_HOST = "127.0.0.1"

_SCHEME = re.compile(r"(https?):/{1,2}(?=[^/])", re.I)
_ESCAPED = re.compile(rb"https?%3a", re.I)
_BARE_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?(?=[/?]|$)", re.I)
_FORBIDDEN = re.compile(r"""[\x00-\x20\x7f\\<>"]|%00""")
_PLAIN = re.compile(r"[A-Za-z0-9!$%&'()*+,\-./:;=?@\[\]_~]*")
# Every printable ASCII character that may stand in a URL; `#` would end the path, so it is not among them.
_URL_SAFE = "!$%&'()*+,-./:;=?@[]_~"


class BadAddress(ValueError):
    """An address that names no capture. The text is for people and holds nothing of the request."""


def parse_timestamp(digits: str) -> datetime:
    """The UTC instant that 4 to 14 digits name; missing parts are the first possible. Raises BadAddress.

    >>> parse_timestamp("20261123").isoformat()
    '2026-11-23T00:00:00+00:00'
    """
    if not (digits.isascii() and digits.isdigit() and 4 <= len(digits) <= 14 and len(digits) % 2 == 0):
        raise BadAddress("A timestamp has 4, 6, 8, 10, 12 or 14 digits: YYYYMMDDhhmmss.")
    padded = digits + "00000101000000"[len(digits) :]
    try:
        return datetime.strptime(padded, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        raise BadAddress("The timestamp names no day or time of the calendar.") from None


def target_url(path: bytes, query: bytes) -> str:
    """The archived URL in what follows an address's prefix, given as it came over the wire. Raises BadAddress.

    >>> target_url(b"http:/a.example/b", b"c=1")
    'http://a.example/b?c=1'

    Programs that escape all of it are understood too:

    >>> target_url(b"http%3A%2F%2Fa.example%2Fb%3Fc%3D1", b"")
    'http://a.example/b?c=1'
    """
    if _ESCAPED.match(path):
        path = unquote_to_bytes(path)
    raw = path + (b"&" if b"?" in path else b"?") + query if query else path
    if len(raw) > MAX_URL:
        raise BadAddress(f"The address is longer than {MAX_URL} bytes.")
    text = quote(raw, safe=_URL_SAFE + "#")
    if _FORBIDDEN.search(raw.decode("latin-1")):
        raise BadAddress("The address holds characters that no URL has.")
    scheme = _SCHEME.match(text)
    if scheme:
        url = f"{scheme.group(1).lower()}://{text[scheme.end() :]}"
    elif _BARE_HOST.match(text):
        url = f"http://{text}"
    else:
        raise BadAddress("The address holds no http or https URL.")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise BadAddress("The URL's host or port is malformed.") from None
    if not parts.hostname or "@" in parts.netloc or "%" in parts.netloc:
        raise BadAddress("The URL's host is malformed.")
    return parts._replace(path=parts.path or "/", fragment="").geturl()


def embed(url: str) -> str:
    """A URL as it stands inside an address: ASCII, nothing that ends a path, a header or an attribute.

    >>> embed('http://a.example/가?b="c"')
    'http://a.example/%EA%B0%80?b=%22c%22'
    """
    return url if _PLAIN.fullmatch(url) else quote(url, safe=_URL_SAFE)


def memento(timestamp: str, url: str, modifier: str = "") -> str:
    """The address of a URL near an instant of fourteen digits; with modifier RAW its bytes."""
    return f"/web/{timestamp}{modifier}/{embed(url)}"


def leading_to(timestamp: str) -> Callable[[str], str]:
    """`memento` for many URLs near one instant."""
    prefix = f"/web/{timestamp}/"
    plain = _PLAIN.fullmatch
    return lambda url: prefix + url if plain(url) else prefix + quote(url, safe=_URL_SAFE)


def timegate(url: str) -> str:
    """The address that picks a capture by Accept-Datetime."""
    return f"/web/{embed(url)}"


def calendar(url: str) -> str:
    """The address of the page that lists the captures of a URL by day."""
    return f"/web/*/{embed(url)}"


def timemap(url: str, form: str = "link", page: int = 1) -> str:
    """The address of a TimeMap in a form (`link`, `json`); pages are counted from 1."""
    return f"/web/timemap/{form}/{f'{page}/' if page > 1 else ''}{embed(url)}"


def capture(capture_id: str, *, against: str = "") -> str:
    """The address of one capture, whatever else was captured in the same second.

    `against` is the id of another: what this one says and that one does not is outlined.
    """
    return f"/capture/{quote(capture_id, safe='')}/" + (f"?against={quote(against, safe='')}" if against else "")


def capture_bytes(capture_id: str) -> str:
    """The address of one capture's bytes."""
    return f"/capture/{quote(capture_id, safe='')}/{RAW}"


def scripted(origin: str, timestamp: str, url: str) -> str:
    """The address of a capture with its scripts, under the one name that shows them. `origin` is ours."""
    return f"{named(origin, SCRIPTED_HOST)}/scripted/{timestamp}/{embed(url)}"


def named(origin: str, name: str) -> str:
    """Our origin under another name of the machine.

    >>> named("http://localhost:8002", "127.0.0.1")
    'http://127.0.0.1:8002'
    """
    _, colon, port = origin.removeprefix("http://").rpartition(":")
    return f"http://{name}:{port}" if colon and port.isdigit() else f"http://{name}"


def comparison(one: str, other: str, view: str = "") -> str:
    """The address of the page that compares two captures; `view` is `text` or `pages`."""
    query = f"a={quote(one, safe='')}&b={quote(other, safe='')}"
    return f"/compare?{query}&view={view}" if view else f"/compare?{query}"


def block_anchor(block_id: str) -> str:
    """The fragment, without `#`, that outlines a block on the page of a capture on which it was seen."""
    return f"block={quote(block_id, safe='')}"
