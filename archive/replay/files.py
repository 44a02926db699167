"""Captures that are no pages, in a browser's window: a picture, a text, or what the file is and a way to save it.

A PDF is never shown in place: the browser's viewer would follow its links and run its scripts outside our policy.
"""

from __future__ import annotations

import posixpath
import re
from urllib.parse import quote, unquote, urlsplit

from archive.charset import decode
from archive.model import Capture
from archive.replay import addresses, pages
from archive.replay.asked import Asked
from archive.replay.headers import media_type
from archive.replay.store import Store
from archive.replay.view import View

# Of a text file so much is shown; the rest is in its bytes.
MAX_TEXT = 256 << 10

_PICTURES = frozenset(
    ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/svg+xml", "image/bmp", "image/x-icon",
     "image/vnd.microsoft.icon")
)  # fmt: skip
_TEXTS = re.compile(r"text/.*|application/(?:.*\+)?(?:json|xml|ndjson)")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


def shown_by_browsers(content_type: str) -> bool:
    """Whether a browser shows raw bytes of that type by itself, inside the sandbox they come with."""
    kind = media_type(content_type)
    return kind in _PICTURES or bool(_TEXTS.fullmatch(kind))


def needs_page(asked: Asked, content_type: str) -> bool:
    """Whether what is no page is shown on one of ours: in a window always, in a frame where it would be refused.

    Clients that do not say what they need it for get the bytes.
    """
    return asked.window or (asked.wants_page and asked.framed and not shown_by_browsers(content_type))


def facts(
    store: Store, asked: Asked, capture: Capture, shown: View, earlier: Capture | None, later: Capture | None
) -> str:
    """The page that shows a file."""
    kind = media_type(shown.content_type)
    text = None
    if _TEXTS.fullmatch(kind):
        text = decode(shown.data[:MAX_TEXT], shown.content_type).text
    form = "picture" if kind in _PICTURES else "text" if text is not None else kind.partition("/")[0]
    return pages.file(
        asked.words,
        capture,
        form=form if form in ("picture", "text", "audio", "video") else "other",
        kind=kind,
        size=len(shown.data),
        text=text,
        cut=len(shown.data) > MAX_TEXT,
        raw=addresses.capture_bytes(capture.id),
        earlier=earlier,
        later=later,
        browse=asked.browse,
        zone=store.zone(capture.site),
        bare=not asked.window,
    )


def attachment(url: str) -> str:
    """A Content-Disposition that saves a file under the last part of its address.

    >>> attachment("http://a.example/files/신약 report.pdf?x=1")
    "attachment; filename=\"report.pdf\"; filename*=UTF-8''%EC%8B%A0%EC%95%BD%20report.pdf"
    """
    name = posixpath.basename(unquote(urlsplit(url).path, errors="replace"))[-100:] or "file"
    plain = _NOT_IN_NAMES.sub("-", name).strip("-.") or "file"
    full = quote(name.replace("\0", "").lstrip("."), safe="") or plain
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"
