"""The safe view of a page: every address led into the archive, everything active taken out.

The tree as parsed is changed in place and written anew, so that a browser reads what was looked at here, and not what
libxml2 and the browser understand differently. The page's Content-Security-Policy stands behind it: what slips through
here is refused there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
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
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]*")
_TAG_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._:-]*")
_ANIMATED_ADDRESS = frozenset(("href", "xlink:href", "src", "from", "to", "values", "by"))
_QUERY_SAFE = "!$%&'()*+,-./:;=?@[]_~"
_ASCII = re.compile(r"[\x00-\x7f]*")
_PENDING = "seogo-pending"
# Where an empty <a> would be moved out of the table by the browser's parser.
_TABLE_PARTS = frozenset(("table", "thead", "tbody", "tfoot", "tr", "colgroup", "select"))
# The class of an empty element that stands for its parent as the target of a fragment.
MARK = "seogo-mark"


def rewrite_page(document: Document, lead: Lead, marks: Mapping[str, Sequence[str]] | None = None) -> None:
    """Turn the document's tree into its safe view, in place.

    `marks` maps xpaths of the tree as parsed to anchors: fragments of the page's address that find those elements.
    """
    root = document.tree
    for element in root.iter(etree.Element):
        element.attrib.pop(_PENDING, "")
    _mark(root, marks or {})
    waiting = _lazy_addresses(root)
    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            _drop(element)
            continue
        tag = local_name(element)
        if element is root:
            _rewrite_element(element, tag, document, lead)
        elif tag in _DROPPED or (tag == "noscript" and _repeats_lazy(element, waiting)):
            _drop(element)
        elif tag in ("object", "embed") and _shows_picture(element, tag):
            _rewrite_element(element, "img", document, lead)
        elif tag in _UNWRAPPED or not _TAG_NAME.fullmatch(element.tag.rpartition("}")[2]):
            _unwrap(element)
        else:
            _rewrite_element(element, tag, document, lead)


def local_name(element: etree._Element) -> str:
    """An element's name in lower case, without its namespace or prefix."""
    tag = str(element.tag)
    return tag.rpartition("}")[2].rpartition(":")[2].lower()


def _rewrite_element(element: etree._Element, tag: str, document: Document, lead: Lead) -> None:
    def led(href: str) -> str | None:
        return lead_href(document, href, lead)

    if tag == "meta" and not _keeps_meta(element):
        _drop(element)
        return
    if tag == "link" and not _keeps_link(element):
        _drop(element)
        return
    if tag in ("animate", "set", "animatetransform", "animatemotion") and (
        (element.get("attributeName") or element.get("attributename") or "").strip().lower() in _ANIMATED_ADDRESS
    ):
        _drop(element)
        return
    names = element.keys()
    if names:
        lazy.awaken(element, tag)
        names = element.keys()
    for name in names:
        _rewrite_attribute(element, str(name), tag, led)
    anchor = element.attrib.pop(_PENDING, "") if names else ""
    if anchor:
        element.set("id", str(anchor))
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


def _rewrite_attribute(element: etree._Element, name: str, tag: str, led: Callable[[str], str | None]) -> None:
    value = str(element.attrib[name])
    plain = name.rpartition("}")[2].rpartition(":")[2].lower()
    if (
        plain.startswith("on")
        or plain in _GONE_ATTRIBUTES
        or (name[:1] != "{" and not _ATTRIBUTE_NAME.fullmatch(name))
        or (plain in ("id", "name") and value.startswith("block="))
    ):
        del element.attrib[name]
        return
    target: str | None
    if plain == "href":
        stays = value.strip().startswith("#") and tag != "link"
        target = value.strip() if stays else led(value)
        if tag == "use" and not stays:
            target = None
    elif plain in ("src", "poster", "background"):
        target = value if _is_inline_image(value, tag) else led(value) if _may_load(tag, plain) else None
    elif plain == "srcset":
        target = rewrite_srcset(value, led) or None
    elif plain == "style":
        target = rewrite_css(value, led)
    elif plain in _PAINTS:
        target = rewrite_css(value, led) if "(" in value else value
    elif plain == "usemap":
        target = value if value.startswith("#") else None
    else:
        return
    if target is None:
        del element.attrib[name]
    elif target != value:
        element.attrib[name] = target


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
    head, mark, query = url.partition("?")
    if not mark or _ASCII.fullmatch(query) or charset.startswith(("utf", "UTF")):
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
    images = list(noscript.iter("img"))
    text = "".join(str(part) for part in noscript.itertext()).strip()
    return bool(images) and not text and all((image.get("src") or "").strip() in waiting for image in images)


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
