"""A request to replay, and the pages of ours that answer one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from archive.replay import pages
from archive.replay.words import words_for

_FRAMES = frozenset(("iframe", "frame"))
_PAGE_POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; media-src 'self'; base-uri 'none'"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with what decides an answer: our origin as the client sees it, the language, what it is asked for."""

    request: Request
    origin: str
    browse: str
    words: Mapping[str, str]
    purpose: str
    # Whether scripts can be replayed here.
    scripted: bool = False

    @classmethod
    def of(cls, request: Request, browse: str, *, scripted: bool = False) -> Asked:
        """What a request asks. Its Host header was checked at the door."""
        words = words_for(request.headers.get("accept-language", ""))
        # Browsers say what they need a resource for; who does not say it is taken for someone who wants a page.
        purpose = request.headers.get("sec-fetch-dest", "document")
        return cls(request, f"http://{request.headers['host'].lower()}", browse, words, purpose, scripted)

    @property
    def wants_page(self) -> bool:
        """Whether the answer becomes a page or frame, and not a part of one."""
        return self.purpose == "document" or self.purpose in _FRAMES

    @property
    def framed(self) -> bool:
        """Whether the answer fills a frame."""
        return self.purpose in _FRAMES

    @property
    def window(self) -> bool:
        """Whether a browser says that it fills a window with the answer."""
        return self.request.headers.get("sec-fetch-dest") == "document"


def html_page(
    html: str, status: int = 200, *, framed: bool = False, frame_source: str = "'none'", forms: bool = False
) -> Response:
    """A page of ours. `framed`: it may stand in a frame; `frame_source`: what may stand in its frames; `forms`: it has
    such, which lead to us.
    """
    form_action = "'self'" if forms else "'none'"
    policy = f"{_PAGE_POLICY}; frame-src {frame_source}; form-action {form_action}"
    if not framed:
        policy += "; frame-ancestors 'none'"
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Vary": "Accept-Language, Sec-Fetch-Dest",
    }
    return HTMLResponse(html, status, headers=headers)


def note_page(asked: Asked, status: int, title: str, text: str, *, url: str = "", href: str = "") -> Response:
    """A page that says one thing: `title` names a text of `words`. Quiet where it is asked for as part of a page."""
    if not asked.wants_page:
        return PlainTextResponse(f"{text}\n", status, headers={"X-Content-Type-Options": "nosniff"})
    framed = asked.purpose in _FRAMES
    links = [{"href": href, "label": url}] if href else []
    html = pages.note(
        asked.words, asked.words[title], text, url="" if href else url, links=links, browse=asked.browse, bare=framed
    )
    return html_page(html, status, framed=framed)
