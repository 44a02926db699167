"""The safe view of a page: every address led into the archive, everything active taken out.

The tree as parsed is changed in place and written anew, so that a browser reads what was looked at here, and not what
libxml2 and the browser understand differently. The page's Content-Security-Policy stands behind it: what slips through
here is refused there.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from lxml import etree

from archive.document import Document
from archive.replay import lazy
from archive.replay.css import rewrite_css
from archive.replay.srcset import rewrite_srcset

# An absolute http(s) URL to its address in the archive.
Lead = Callable[[str], str]

# Gone with all they hold.
_DROPPED = frozenset(
    ("script", "base", "template", "applet", "param", "bgsound", "portal", "fencedframe", "handler", "listener",
     "noembed", "noframes", "xml", "import", "keygen", "isindex")
)  # fmt: skip
# Gone, what they hold stays: what a browser shows where no script and no plug-in runs.
_UNWRAPPED = frozenset(
    ("noscript", "object", "embed", "xmp", "plaintext", "listing", "seogo-banner", "layer", "ilayer")
)
_STYLE_LINKS = frozenset(("stylesheet", "icon", "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon"))
_SOURCES = frozenset(("img", "image", "source", "video", "audio", "track", "input", "iframe", "frame"))
_LINKS = frozenset(("a", "area"))
_META_KEPT = frozenset(("viewport", "description", "author", "keywords", "color-scheme", "theme-color"))
_GONE_ATTRIBUTES = frozenset(
    ("action", "formaction", "ping", "srcdoc", "manifest", "integrity", "crossorigin", "nonce", "target", "download",
     "attributionsrc", "csp", "allow", "allowfullscreen", "is", "autofocus", "autoplay", "codebase", "classid",
     "archive", "data", "profile", "http-equiv", "cite", "longdesc", "dynsrc", "lowsrc", "imagesrcset", "base",
     "popovertarget", "command", "commandfor", "method", "formmethod", "formtarget", "shadowrootmode", "slot")
)  # fmt: skip
# Presentation attributes of SVG that may hold an url().
_PAINTS = frozenset(
    ("fill", "stroke", "filter", "mask", "clip-path", "cursor", "marker-start", "marker-mid", "marker-end")
)
_ANIMATIONS = frozenset(("animate", "set", "animatetransform", "animatemotion"))
# Elements of which more than the attributes is looked at.
_SPECIAL = _ANIMATIONS | {
    "meta", "link", "style", "video", "audio", "iframe", "button", "input", "select", "textarea",
}  # fmt: skip
# A name that no page can know, so that none has an attribute of it.
_PENDING = f"seogo-{secrets.token_hex(16)}"
_LOOKED_AT = frozenset(("href", "src", "poster", "background", "srcset", "style", "usemap", "id", "name", _PENDING))
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]*")
_TAG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._:-]*")
# A path that needs no resolving, no escaping and no encoding.
_ROOTED = re.compile(r"(?!//)(?!.*/\.)/[A-Za-z0-9!$%&'()*+,\-./:;=?@\[\]_~]{0,2000}")
_ANIMATED_ADDRESS = frozenset(("href", "xlink:href", "src", "from", "to", "values", "by"))
_QUERY_SAFE = "!$%&'()*+,-./:;=?@[]_~"
# Where an empty <a> would be moved out of the table by the browser's parser.
_TABLE_PARTS = frozenset(("table", "thead", "tbody", "tfoot", "tr", "colgroup", "select"))
_set = etree._Element.set
# The class of an empty element that stands for its parent as the target of a fragment.
MARK = "seogo-mark"


def rewrite_page(document: Document, lead: Lead, marks: Mapping[str, Sequence[str]] | None = None) -> None:
    """Turn the document's tree into its safe view, in place.

    `marks` maps xpaths of the tree as parsed to anchors: fragments of the page's address that find those elements.
    """
    root = document.tree
    _mark(root, marks or {})
    waiting: set[str] | None = None
    origin = (document.absolute("/") or "")[:-1]

    def led(href: str) -> str | None:
        # Most links of a page are such, and the general way takes three times as long.
        return lead(origin + href) if origin and _ROOTED.fullmatch(href) else lead_href(document, href, lead)

    for element in list(root.iter()):
        name = element.tag
        if not isinstance(name, str):
            _drop(element)
            continue
        tag, kind = _element_kind(name)
        if not kind or element is root:
            if items := element.items():
                _rewrite_attributes(element, items, tag, led)
        elif kind == "dropped":
            _drop(element)
        elif tag == "noscript":
            waiting = _lazy_addresses(root) if waiting is None else waiting
            (_drop if _repeats_lazy(element, waiting) else _unwrap)(element)
        elif tag in ("object", "embed") and _shows_picture(element, tag):
            _rewrite_element(element, "img", led)
        elif kind == "unwrapped":
            _unwrap(element)
        else:
            _rewrite_element(element, tag, led)


def local_name(element: etree._Element) -> str:
    """An element's name in lower case, without its namespace or prefix; empty where it is no name of an element."""
    return _element_kind(str(element.tag))[0]


# Of all elements and attributes few have a name of their own; the bound is for hostile pages.
@lru_cache(1024)
def _element_kind(tag: str) -> tuple[str, str]:
    """An element's local name, and what becomes of it: `dropped`, `unwrapped`, `special`; empty where its attributes
    are all there is to look at.
    """
    name = tag.rpartition("}")[2]
    if not _TAG_NAME.fullmatch(name):
        return "", "unwrapped"
    name = name.rpartition(":")[2].lower()
    if name in _DROPPED:
        return name, "dropped"
    return name, "unwrapped" if name in _UNWRAPPED else "special" if name in _SPECIAL else ""


@lru_cache(4096)
def _attribute_kind(name: str) -> str:
    """What becomes of an attribute by its name: `gone`, empty where it stays, or how its value is looked at."""
    plain = name.rpartition("}")[2].rpartition(":")[2].lower()
    if plain.startswith("on") or plain in _GONE_ATTRIBUTES or (name[:1] != "{" and not _ATTRIBUTE_NAME.fullmatch(name)):
        return "gone"
    if name in lazy.NAMES:
        return "lazy"
    if plain in _PAINTS:
        return "paint"
    return plain if plain in _LOOKED_AT else ""


def _rewrite_element(element: etree._Element, tag: str, led: Callable[[str], str | None]) -> None:
    if tag == "meta" and not _keeps_meta(element):
        _drop(element)
        return
    if tag == "link" and not _keeps_link(element):
        _drop(element)
        return
    if tag in _ANIMATIONS and (
        (element.get("attributeName") or element.get("attributename") or "").strip().lower() in _ANIMATED_ADDRESS
    ):
        _drop(element)
        return
    if items := element.items():
        _rewrite_attributes(element, items, tag, led)
    if tag == "style":
        element.text = rewrite_css(element.text or "", led)
        for child in list(element):
            element.remove(child)
    elif tag in ("video", "audio"):
        element.set("controls", "")
        element.set("preload", "none")
    elif tag == "iframe":
        element.set("sandbox", "")
        element.set("loading", "lazy")
    elif tag in ("button", "input", "select", "textarea") and element.get("type", "").lower() != "hidden":
        element.set("disabled", "")


def _rewrite_attributes(
    element: etree._Element, items: Sequence[tuple[Any, Any]], tag: str, led: Callable[[str], str | None]
) -> None:
    awake = False
    anchor = ""
    for name, _ in items:
        if _attribute_kind(name) == "lazy" and not awake:
            lazy.awaken(element, tag)
            awake = True
    now: Sequence[tuple[Any, Any]] = element.items() if awake else items
    for name, value in now:
        kind = _attribute_kind(name)
        if not kind or kind == "lazy":
            continue
        if kind == _PENDING:
            anchor = value
        target = _rewritten(value, kind, tag, led)
        if target is None:
            del element.attrib[name]
        elif target is not value:
            # Past lxml.html's own method, which is Python's.
            _set(element, name, target)
    if anchor:
        element.set("id", anchor)


def _rewritten(value: str, kind: str, tag: str, led: Callable[[str], str | None]) -> str | None:
    """The value that an attribute of that kind has in the safe view; None where the attribute goes."""
    if kind == "href":
        stays = value.strip().startswith("#") and tag != "link"
        return value.strip() if stays else None if tag == "use" else led(value)
    if kind in ("src", "poster", "background"):
        return value if _is_inline_image(value, tag) else led(value) if _may_load(tag, kind) else None
    if kind == "srcset":
        return rewrite_srcset(value, led) or None
    if kind in ("style", "paint"):
        # Without a parenthesis nothing is loaded: an escape can spell the name before it, not the parenthesis itself.
        return rewrite_css(value, led) if "(" in value else value
    if kind == "usemap":
        return value if value.startswith("#") else None
    if kind in ("id", "name"):
        return None if value.startswith("block=") else value
    return None


def lead_href(document: Document, href: str, lead: Lead) -> str | None:
    """A link of the page as an address in the archive, its fragment kept; None where it is no http(s) link."""
    address, mark, fragment = href.strip().partition("#")
    if not address:
        return None
    url = document.absolute(address)
    if url is None:
        return None
    target = lead(encode_query(url, document.charset))
    return f"{target}#{quote(fragment, safe='!$&()*+,-./:;=?@_~%')}" if mark and fragment else target


def encode_query(url: str, charset: str) -> str:
    """The URL as a browser would have asked for it: a query's letters in the page's own encoding.

    >>> encode_query("http://a.example/?q=가", "cp949")
    'http://a.example/?q=%B0%A1'
    """
    if charset.startswith(("utf", "UTF")):
        return url
    head, mark, query = url.partition("?")
    if not mark or query.isascii():
        return url
    try:
        raw = query.encode(charset)
    except (UnicodeEncodeError, LookupError):
        return url
    return f"{head}?{quote(raw, safe=_QUERY_SAFE)}"


def _mark(root: etree._Element, marks: Mapping[str, Sequence[str]]) -> None:
    """Note the anchors of elements; the page's own ids that look like anchors are taken out later.

    An element without an id takes its first anchor as id; the others go into empty elements at its beginning, so that
    the page's style sheets still find it by its own id.
    """
    tree = root.getroottree()
    for path, anchors in marks.items():
        try:
            found = tree.xpath(path)
        except etree.XPathError:
            continue
        if not isinstance(found, list) or not found or not isinstance(found[0], etree._Element):
            continue
        element, rest = found[0], list(anchors)
        in_table = local_name(element) in _TABLE_PARTS
        if rest and (in_table or not element.get("id")):
            element.set(_PENDING, rest.pop(0))
        if in_table:
            continue
        for anchor in reversed(rest):
            child = etree.Element("a", {_PENDING: anchor, "class": MARK})
            child.tail, element.text = element.text, None
            element.insert(0, child)


def _shows_picture(element: etree._Element, tag: str) -> bool:
    """Whether a plug-in's element only shows a picture; it then becomes one, without what it holds for want of it."""
    if not (element.get("type") or "").strip().lower().startswith("image/"):
        return False
    source = element.get("data" if tag == "object" else "src")
    if not source:
        return False
    for child in list(element):
        element.remove(child)
    element.text = None
    element.tag = "img"
    element.set("src", source)
    return True


def _keeps_meta(element: etree._Element) -> bool:
    return (element.get("name") or "").strip().lower() in _META_KEPT and element.get("http-equiv") is None


def _keeps_link(element: etree._Element) -> bool:
    return bool(_STYLE_LINKS.intersection((element.get("rel") or "").lower().split()))


def _may_load(tag: str, attribute: str) -> bool:
    return attribute in ("poster", "background") or tag in _SOURCES


def _is_inline_image(value: str, tag: str) -> bool:
    return value.strip()[:11].lower() == "data:image/" and tag not in ("iframe", "frame")


def _lazy_addresses(root: etree._Element) -> set[str]:
    """The addresses that images of the page wait for, as written: a `noscript` that repeats one adds nothing."""
    waiting = set()
    for element in root.iter("img", "source"):
        for name, value in element.attrib.items():
            if str(name).startswith("data-"):
                waiting.add(str(value).strip())
    return waiting


def _repeats_lazy(noscript: etree._Element, waiting: set[str]) -> bool:
    if not waiting:
        return False
    images = list(noscript.iter("img"))
    if not images or any((image.get("src") or "").strip() not in waiting for image in images):
        return False
    return not etree.tostring(noscript, method="text", encoding="unicode", with_tail=False).strip()


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def _unwrap(element: etree._Element) -> None:
    """Take an element out and leave what it holds; each step takes the same time however many siblings there are."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.text:
        if before is None:
            parent.text = (parent.text or "") + element.text
        else:
            before.tail = (before.tail or "") + element.text
    for child in list(element):
        element.addprevious(child)
    _drop(element)
