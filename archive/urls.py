"""Addresses: the key under which the index and CDXJ keep a URL, and the form in which two spellings are one page."""

from __future__ import annotations

import re
import socket
from functools import lru_cache
from typing import Final
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

TRACKING: Final = frozenset(
    (
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid"),
        *("igsh", "igshid", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "vero_id", "vero_conv", "wickedid"),
        *("_ga", "_gl", "_hsenc", "_hsmi", "oly_enc_id", "oly_anon_id", "s_cid", "spm_id_from"),
    )
)

# RFC 3986, appendix B.
_PARTS = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$", re.DOTALL)
_HTTP_TWICE = re.compile(r"^(?:https?://)+(?=https?://)")
_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_WWW = re.compile(rb"www\d*\.")
_NUMBERS = re.compile(rb"(?:0[0-7]*|[1-9]\d*)(?:\.\d+){0,3}")
_PORTS: Final = {"http": "80", "https": "443"}

# What the canonicaliser of web archives leaves unescaped: printable ASCII but for the blank, `#` and `%`.
_KEY_SAFE: Final = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"
# More layers of %25 are no spelling of an address; without a bound they cost quadratic time.
_UNESCAPE_PASSES: Final = 8
# Session ids are looked for in addresses of a length that people meet; the patterns are not linear.
_SESSION_LENGTH: Final = 4096
# Most addresses are plain: nothing in them is to be lower-cased, escaped, resolved or dropped, but for tracking.
_PLAIN: Final = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::(?!443\b)[1-9]\d{2,4})?"
    r"(?:/(?!\.)[A-Za-z0-9!$&'()*+,\-.:;=@_~]*)+(?:\?[A-Za-z0-9!$'()*+,\-./:;=@_~%]+(?:&[A-Za-z0-9!$'()*+,\-./:;=@_~%]+)*)?"
)
_PLAIN_LENGTH: Final = 1000
# The longest host that is kept in memory; DNS has none that is longer.
_HOST_LENGTH: Final = 255
_ASPX_SESSIONS: Final = (
    re.compile(rb"^(.*/)\((?:[a-z]\([0-9a-z]{24}\))+\)/([^?]+\.aspx.*)$"),
    re.compile(rb"^(.*/)\([0-9a-z]{24}\)/([^?]+\.aspx.*)$"),
)
_QUERY_SESSIONS: Final = tuple(
    re.compile(rb"^(.*)(?:" + pattern + rb")(?:&(.*))?$", re.IGNORECASE)
    for pattern in (
        rb"jsessionid=[0-9a-zA-Z]{32}",
        rb"phpsessid=[0-9a-zA-Z]{32}",
        rb"sid=[0-9a-zA-Z]{32}",
        rb"aspsessionid[a-zA-Z]{8}=[a-zA-Z]{24}",
        rb"cfid=[^&]+&cftoken=[^&]+",
    )
)


def url_key(url: str) -> str:
    """The SURT of an address as CDXJ indexes of web archives have it; ASCII, never raises.

    The host is lower-cased and reversed, `www.` and a default port are dropped, the path is lower-cased and cleaned of
    dot segments, the query's parameters are sorted, session ids, userinfo and fragment are dropped.

    >>> url_key("https://www.Yakup.com/news/index.html?nid=1&cat=12#top")
    'com,yakup)/news/index.html?cat=12&nid=1'
    """
    text = re.sub(r"[\r\n\t]", "", url.strip())
    if not _HAS_SCHEME.match(text):
        text = f"http://{text}"
    scheme, netloc, path, query = _split(_HTTP_TWICE.sub("", text))
    if scheme in _PORTS and not netloc:
        netloc, _, path = path.lstrip("/").partition("/")
        path = f"/{path}"
    host, port = _host_and_port(netloc)
    labels = _key_host(host) if len(host) <= _HOST_LENGTH else _key_host.__wrapped__(host)
    if not labels:
        return f"{scheme}:{_escape(_unescape(path)).decode('ascii').lower()}{_key_query(query)}"
    key = ",".join(reversed(labels.decode("ascii").split(".")))
    if port not in ("", _PORTS.get(scheme, "")):
        key = f"{key}:{port}"
    return f"{key}){_key_path(path)}{_key_query(query)}"


def site_name(url: str) -> str:
    """The name of a site without a definition: the address's host without `www.`; empty where there is none.

    >>> site_name("https://www.Example.com:8080/a")
    'example.com'
    """
    try:
        return (urlsplit(url).hostname or "").lower().rstrip(".").removeprefix("www.")
    except ValueError:
        return ""


def same_page(url: str) -> str:
    """An address without what does not choose the page: fragment, tracking parameters, userinfo, default port.

    Scheme and host are lower-cased, dot segments resolved, blanks and letters beyond ASCII escaped; path and order of
    the query stay. An address that is none comes back stripped. Applying it twice changes nothing.

    >>> same_page("HTTP://u:p@Example.com:80/a/../B?id=3&utm_source=x#c")
    'http://example.com/B?id=3'
    """
    if is_plain(url):
        query_of_it = url.partition("?")[2]
        if not query_of_it or not any(_is_tracking(part.partition("=")[0]) for part in query_of_it.split("&")):
            return url
    text = re.sub(r"[\r\n\t]", "", url.strip())
    scheme, netloc, path, query = _split(text)
    host, port = _host_and_port(netloc)
    name = _ascii_host(host)
    if scheme not in _PORTS or not name or name.startswith("[") != name.endswith("]"):
        return text
    if port not in ("", _PORTS[scheme]):
        name = f"{name}:{port}"
    kept = [part for part in (query or "").split("&") if part and not _is_tracking(part.partition("=")[0])]
    tail = f"?{_quote('&'.join(kept))}" if kept else ""
    return f"{scheme}://{name}{_dot_segments(_quote(path))}{tail}"


def is_plain(url: str) -> bool:
    """Whether an http or https address is written as most are: nothing in it to be lower-cased (but for `url_key`),
    escaped, resolved or dropped, tracking parameters aside.

    >>> is_plain("https://example.com/news/view?id=3"), is_plain("https://example.com/a b")
    (True, False)
    """
    return len(url) <= _PLAIN_LENGTH and _PLAIN.fullmatch(url) is not None


def is_http(url: str) -> bool:
    """Whether the address is an http or https one with a host, and nothing that cannot stand in an address.

    >>> is_http("https://example.com/"), is_http("javascript:alert(1)"), is_http("http://[::1")
    (True, False, False)
    """
    if is_plain(url):
        return True
    scheme, netloc, _, _ = _split(url)
    if scheme not in _PORTS or any(character <= " " or character == "\x7f" for character in url):
        return False
    host, _ = _host_and_port(netloc)
    return bool(host) and host.startswith("[") == host.endswith("]")


def _split(url: str) -> tuple[str, str, str, str | None]:
    match = _PARTS.match(url)
    assert match is not None  # every part is optional
    return (match[1] or "").lower(), match[2] or "", match[3], match[4]


def _host_and_port(netloc: str) -> tuple[str, str]:
    hostport = netloc.rpartition("@")[2]
    host, colon, port = hostport.rpartition(":")
    if colon and (not port or (port.isascii() and port.isdigit())) and (not host.startswith("[") or host[-1:] == "]"):
        return host, port.lstrip("0") or ("0" if port else "")
    return hostport, ""


def _ascii_host(host: str) -> str:
    lowered = host.lower()
    if lowered.isascii():
        return lowered if not re.search(r"[\x00-\x20\x7f<>\"\\^`{|}]", lowered) else ""
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


@lru_cache(maxsize=1024)
def _key_host(host: str) -> bytes:
    raw = _unescape(host.removeprefix("[").removesuffix("]"))
    if not raw.isascii():
        try:
            raw = raw.decode("utf-8", "ignore").encode("idna")
        except UnicodeError:
            raw = raw.strip()
    raw = raw.replace(b"..", b".").strip(b".").lower()
    if raw.isdigit():
        # Longer than 4,300 digits int() refuses; the last ten decide the lower four bytes no more than the first.
        return socket.inet_ntoa((int(raw[:4000]) & 0xFFFFFFFF).to_bytes(4, "big")).encode()
    if _NUMBERS.fullmatch(raw):
        try:
            return socket.inet_ntoa(socket.inet_aton(raw.decode("ascii"))).encode()
        except OSError:
            pass
    escaped = _escape(raw).lower()
    www = _WWW.match(escaped)
    return escaped[www.end() :] if www else escaped


def _key_path(path: str) -> str:
    segments = _unescape(path).split(b"/")[1:]
    kept: list[bytes] = []
    for segment in segments:
        if segment == b"..":
            kept = kept[:-1] if kept else [segment]
        elif segment != b".":
            kept.append(segment)
    cleaned = b"/" + b"".join(segment + b"/" for segment in kept[:-1] if segment) + (kept[-1] if kept else b"")
    lowered = _escape(cleaned).lower()
    if b".aspx" in lowered and len(lowered) <= _SESSION_LENGTH:
        for pattern in _ASPX_SESSIONS:
            match = pattern.match(lowered)
            lowered = match[1] + match[2] if match else lowered
    return (lowered[:-1] if len(lowered) > 1 and lowered.endswith(b"/") else lowered).decode("ascii")


def _key_query(query: str | None) -> str:
    if not query:
        return ""
    raw = _escape(_unescape(query))
    if len(raw) <= _SESSION_LENGTH:
        for pattern in _QUERY_SESSIONS:
            match = pattern.match(raw)
            raw = match[1] + (match[2] or b"") if match else raw
    lowered = raw.lower().decode("ascii")
    if not lowered:
        return ""
    if len(lowered) > 1:
        lowered = "&".join(sorted(lowered.split("&"), key=lambda part: part.split("=", 1)))
    return f"?{lowered}"


def _unescape(text: str) -> bytes:
    raw = text.encode("utf-8", "surrogatepass")
    for _ in range(_UNESCAPE_PASSES):
        unquoted = unquote_to_bytes(raw)
        if unquoted == raw:
            break
        raw = unquoted
    return raw


def _escape(raw: bytes) -> bytes:
    return quote_from_bytes(raw, safe=_KEY_SAFE).encode("ascii")


def _quote(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe=_KEY_SAFE.replace('"', "") + "%")


def _dot_segments(path: str) -> str:
    kept: list[str] = []
    # `%2e` is a dot (WHATWG URL); other escapes stay as they are.
    segments = [
        segment
        if "%2" not in segment.lower() or segment.lower().replace("%2e", ".") not in (".", "..")
        else segment.lower().replace("%2e", ".")
        for segment in path.split("/")[1:]
    ]
    for segment in segments:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    if segments[-1:] in (["."], [".."]):
        kept.append("")
    return "/" + "/".join(kept)


def _is_tracking(name: str) -> bool:
    lowered = name.lower()
    return lowered.startswith("utm_") or lowered in TRACKING
