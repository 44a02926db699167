"""One archived response as a browser may have it: rewritten pages and style sheets, other bodies as they are."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import lxml.html
from lxml import etree

from archive.document import Document, parse_document
from archive.errors import DocumentError
from archive.replay.css import rewrite_stylesheet
from archive.replay.headers import media_type, safe_content_type
from archive.replay.markup import MARK, Lead, lead_href, local_name, rewrite_page
from archive.replay.passages import passages
from archive.replay.sizes import Held, keep_held

PAGES = frozenset(("text/html", "application/xhtml+xml"))
SVG = "image/svg+xml"

_PUBLIC_ID = re.compile(r"[-A-Za-z0-9 /.+:]{1,80}")
_SYSTEM_ID = re.compile(r"[-A-Za-z0-9/.:_]{1,120}")
# libxml2 gives this one to pages that have none.
_INVENTED = "-//W3C//DTD HTML 4.0 Transitional//EN"
_HAS_DOCTYPE = re.compile(rb"<!doctype\s+html", re.I)
# The class of elements that say what the capture compared with does not.
UNLIKE = "seogo-unlike"
# Room for the banner below the page, and the outline of the block that the address names.
_STYLE = f"""
html {{ scroll-padding: 20vh 0 30vh; }}
body::after {{ content: ""; display: block; height: 100px; }}
[id^="block="]:target:not(.{MARK}), :has(> .{MARK}:target) {{
  outline: 4px solid #d6402b !important; outline-offset: 6px !important; border-radius: 2px;
  box-shadow: 0 0 0 6px #fff, 0 0 0 18px #d6402b38 !important;
}}
.{UNLIKE} {{
  outline: 2px dashed #d6402b !important; outline-offset: 2px !important; background-color: #ffe9e2 !important;
}}
"""


@dataclass(frozen=True, slots=True)
class View:
    """A body to send, and the Content-Type it goes out under. `page`: a whole page, with room for a banner."""

    data: bytes
    content_type: str
    page: bool = False


def render(
    data: bytes,
    content_type: str | None,
    url: str,
    lead: Lead,
    *,
    marks: Mapping[str, Sequence[str]] | None = None,
    banner: Callable[[], str] | None = None,
    other_texts: Collection[str] | None = None,
    held: Held | None = None,
) -> View:
    """The safe view of a decoded body. `banner` gives HTML of ours to stand at the page's end, already escaped.

    `held` tells which addresses that `lead` gave lead to a capture; without it all are taken to.
    With `other_texts` the passages that are not among them are outlined.
    """
    kind = media_type(content_type)
    if is_page(data, content_type):
        try:
            document = parse_document(data, url, content_type)
        except DocumentError:
            # A picture or nothing at all under a page's type: shown as text it does no harm, and says what it is.
            return View(data, "application/octet-stream" if b"\0" in data[:1024] else "text/plain; charset=utf-8")
        return View(
            _page(document, data, lead, marks, banner, other_texts, held), "text/html; charset=utf-8", page=True
        )
    if kind == "text/css":
        empty = Document(lxml.html.Element("html"), url, url, "utf-8")
        rewritten = rewrite_stylesheet(data, content_type, lambda href: lead_href(empty, href, lead))
        return View(rewritten, "text/css; charset=utf-8")
    if kind == SVG:
        return _svg(data, url, lead)
    return View(data, safe_content_type(content_type))


def is_page(data: bytes, content_type: str | None) -> bool:
    """Whether a body is shown as a page: by its type, or where it has none, by its first bytes."""
    kind = media_type(content_type)
    return kind in PAGES or (not kind and _looks_like_page(data))


def _looks_like_page(data: bytes) -> bool:
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def _page(
    document: Document,
    data: bytes,
    lead: Lead,
    marks: Mapping[str, Sequence[str]] | None,
    banner: Callable[[], str] | None,
    other_texts: Collection[str] | None,
    held: Held | None,
) -> bytes:
    root = document.tree
    unlike = []
    if other_texts is not None:
        unlike = [passage.element for passage in passages(root) if passage.text not in other_texts]
    rewrite_page(document, lead, marks)
    if held is not None:
        keep_held(root, held)
    for element in unlike:
        if element is not root and local_name(element) != "body":
            element.set("class", f"{element.get('class') or ''} {UNLIKE}".strip())
    head = root.find("head")
    if head is None:
        head = etree.Element("head")
        root.insert(0, head)
    style = etree.Element("style")
    style.text = _STYLE
    head.insert(0, etree.Element("meta", {"charset": "utf-8"}))
    head.append(style)
    body = root.find("body")
    if body is None and root.find("frameset") is None:
        body = etree.SubElement(root, "body")
    # A name that the page cannot know, so that none of its own text is taken for the banner's place.
    place = f"seogo-banner-{secrets.token_hex(16)}"
    if banner is not None and body is not None:
        body.append(etree.Element(place))
    html: bytes = etree.tostring(root, method="html", encoding="utf-8", with_tail=False)
    if banner is not None and body is not None:
        html = html.replace(f"<{place}></{place}>".encode(), banner().encode("utf-8", "replace"), 1)
    return _doctype(document, data).encode("ascii") + html


def _doctype(document: Document, data: bytes) -> str:
    """The page's own document type, which decides how browsers lay it out; none where it had none."""
    info = document.tree.getroottree().docinfo
    public, system = info.public_id or "", info.system_url or ""
    if public == _INVENTED and not _HAS_DOCTYPE.search(data[:4096].replace(b"\0", b"")):
        return ""
    if not info.doctype:
        return ""
    if not public and not system:
        return "<!DOCTYPE html>\n"
    if _PUBLIC_ID.fullmatch(public) and (not system or _SYSTEM_ID.fullmatch(system)):
        tail = f' "{system}"' if system else ""
        return f'<!DOCTYPE html PUBLIC "{public}"{tail}>\n'
    return "<!DOCTYPE html>\n" if system == "about:legacy-compat" else ""


def _svg(data: bytes, url: str, lead: Lead) -> View:
    """A picture in SVG with its links led into the archive; as plain text where it is no XML."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None or local_name(root) != "svg":
        return View(data, "text/plain; charset=utf-8")
    rewrite_page(Document(root, url, url, "utf-8"), lead)
    return View(etree.tostring(root, encoding="utf-8", with_tail=False), SVG)
