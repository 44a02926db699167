"""Response headers of replay: what of the archived ones goes out, and what keeps a page inside the archive."""

from __future__ import annotations

import re
from collections.abc import Iterable

PREFIX = "X-Archive-Orig-"

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}")
_MEDIA_TYPE = re.compile(r"\s*([a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60})\s*(?:;.*)?", re.I | re.S)
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([a-z0-9_.:-]{1,40})""", re.I)
_NOT_VISIBLE = re.compile(r"[^\x20-\x7e]+")
# Cookies belong to those who were asked, not to those who read; message framing is the present message's own.
_DROPPED = frozenset(
    ("set-cookie", "set-cookie2", "content-length", "transfer-encoding", "connection", "keep-alive", "trailer",
     "upgrade", "proxy-authenticate", "proxy-authorization", "authorization", "www-authenticate", "clear-site-data")
)  # fmt: skip
_MAX_HEADERS = 100
_MAX_VALUE = 2000

# Types that a browser would run or lay out with links of its own; shown as their source instead.
_AS_TEXT = re.compile(r".*[/+]xml|(?:application|text)/(?:x-)?(?:java|ecma|live)script.*|text/xsl.*|multipart/.*")


def archived_headers(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The archived headers under PREFIX, in order, visible ASCII only; cookies and message framing left out."""
    kept: list[tuple[str, str]] = []
    for name, value in headers:
        if len(kept) == _MAX_HEADERS:
            break
        if _NAME.fullmatch(name) and name.lower() not in _DROPPED:
            kept.append((PREFIX + name, _NOT_VISIBLE.sub("?", value)[:_MAX_VALUE]))
    return kept


def media_type(content_type: str | None) -> str:
    """The type of an archived Content-Type header in lower case, without parameters; empty when malformed.

    >>> media_type("Text/HTML; charset=euc-kr")
    'text/html'
    """
    found = _MEDIA_TYPE.fullmatch(content_type or "")
    return found.group(1).lower() if found else ""


def safe_content_type(content_type: str | None) -> str:
    """The Content-Type under which a body goes out: the archived one, or plain text for scripts and XML, which a
    browser would otherwise run or style; octets where the archived one is malformed.
    """
    plain = plain_content_type(content_type)
    kind, mark, rest = plain.partition(";")
    return f"text/plain{mark}{rest}" if _AS_TEXT.fullmatch(kind) and kind != "image/svg+xml" else plain


def plain_content_type(content_type: str | None) -> str:
    """The archived Content-Type with its charset and no other parameter; octets where it is malformed."""
    kind = media_type(content_type)
    if not kind:
        return "application/octet-stream"
    charset = _CHARSET.search(content_type or "")
    return f"{kind}; charset={charset.group(1)}" if charset else kind


def content_security_policy(origin: str, *, raw: bool = False) -> str:
    """The policy of an archived response. `origin` is ours as the browser sees it.

    `sandbox` without a token: no script, form, plug-in, popup, and an origin of its own that shares no storage with
    anything. `'self'` is spelled out, since such a document is not the same origin as the server it came from.
    """
    if raw:
        return "sandbox; default-src 'none'; frame-ancestors 'none'"
    return (
        f"sandbox; default-src 'none'; img-src {origin} data:; style-src {origin} 'unsafe-inline'; "
        f"font-src {origin} data:; media-src {origin} data:; frame-src {origin}; "
        "form-action 'none'; base-uri 'none'"
    )


def guard_headers(origin: str, *, raw: bool = False) -> list[tuple[str, str]]:
    """The headers that go with every archived response, raw ones included."""
    return [
        ("Content-Security-Policy", content_security_policy(origin, raw=raw)),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("X-DNS-Prefetch-Control", "off"),
        ("Permissions-Policy", "browsing-topics=(), interest-cohort=()"),
    ]
