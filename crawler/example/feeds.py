"""What the paper offers to machines: robots.txt, a sitemap, an RSS feed."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, tostring
from zoneinfo import ZoneInfo

from crawler.example.content import CATEGORIES, PAPER, Article, articles
from crawler.example.pages import View, category_path, zoned

FEED_ITEMS = 20
ZONE = ZoneInfo("Asia/Seoul")
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


def robots(view: View) -> bytes:
    """Refuses the member area and the search, both linked from every page."""
    return f"""# {PAPER}
User-agent: *
Disallow: /member/
Disallow: /search.html
Allow: /

Sitemap: {view.origin}/sitemap.xml
""".encode()


def sitemap(view: View) -> bytes:
    """The front page, the categories and all listed articles."""
    root = Element("urlset", xmlns=_SITEMAP)
    for path in ("/", *(category_path(category) for category in CATEGORIES.values())):
        SubElement(SubElement(root, "url"), "loc").text = view.origin + path
    for article in articles(view.edition):
        url = SubElement(root, "url")
        SubElement(url, "loc").text = view.origin + article.path
        SubElement(url, "lastmod").text = zoned(article.modified or article.published)
    return _xml(root)


def rss(view: View) -> bytes:
    """RSS 2.0 with the newest articles."""
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    SubElement(channel, "title").text = PAPER
    SubElement(channel, "link").text = f"{view.origin}/"
    SubElement(channel, "description").text = "먹거리를 만드는 사람들의 신문"
    SubElement(channel, "language").text = "ko"
    for article in articles(view.edition)[:FEED_ITEMS]:
        item = SubElement(channel, "item")
        SubElement(item, "title").text = article.title
        SubElement(item, "link").text = view.origin + article.path
        SubElement(item, "guid", isPermaLink="false").text = f"onsaemi-{article.key}"
        SubElement(item, "category").text = article.category.name
        SubElement(item, "description").text = article.summary
        SubElement(item, "pubDate").text = format_datetime(_instant(article))
    return _xml(root)


def _instant(article: Article) -> datetime:
    when = article.published
    if isinstance(when, datetime):
        return when.replace(tzinfo=ZONE)
    return datetime(when.year, when.month, when.day, tzinfo=ZONE)


def _xml(root: Element) -> bytes:
    data: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return data
