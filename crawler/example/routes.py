"""Which address answers what. Pure: one request, one edition, one answer; the same question gets the same bytes."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from urllib.parse import parse_qsl

from crawler.example import feeds, pages
from crawler.example.content import CATEGORIES, Article, articles, find
from crawler.example.pages import Listing, View
from crawler.example.pictures import photograph
from crawler.example.ranking import PERIODS

FAIR = "2001"
"""The article that only a redirect leads to."""
WITHDRAWN = "1190"
"""Answers 200 with a page that says there is no such article (a soft 404); linked from an article."""

_STATIC = Path(__file__).parent / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_FIRST_EDITION = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
_ROBOTS_REFUSED = ("/member/login.html", "/member/join.html", "/member/terms.html", "/search.html")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the routes see it. `target` is path and query as sent; header names are in lower case."""

    target: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: its body already in `Content-Encoding`, sent in chunks when `chunked`."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    chunked: bool = False


def answer(request: Request, view: View) -> Answer:
    """The answer to a GET or HEAD; everything unknown is a 404 page."""
    path, _, query = request.target.partition("?")
    found = _find(path, dict(parse_qsl(query)), view) or _message(
        404, "페이지를 찾을 수 없습니다", f"{path} 는 없는 주소입니다.", view
    )
    return _conditional(_compressed(found, request), request)


def _find(path: str, query: Mapping[str, str], view: View) -> Answer | None:
    if path in _PAGES:
        return _PAGES[path](query, view)
    if path in _ROBOTS_REFUSED:
        return _message(200, "회원 전용", "회원만 볼 수 있는 화면입니다.", view)
    if path.startswith("/en/"):
        return _english(path, view)
    if path.startswith("/img/photo/") and path.endswith(".png"):
        return _photograph(path.removeprefix("/img/photo/").removesuffix(".png"))
    if path.startswith(("/static/", "/img/")):
        return _static(path.rpartition("/")[2])
    return None


def _front(query: Mapping[str, str], view: View) -> Answer:
    found = _html(pages.front_page(view), view, chunked=True, squeeze=True)
    cookies = (("Set-Cookie", "visit=1; Path=/"), ("Set-Cookie", f"edition={view.edition}; Path=/; HttpOnly"))
    return replace(found, headers=(*found.headers, *cookies))


def _article(query: Mapping[str, str], view: View, *, mobile: bool = False) -> Answer:
    key = query.get("no", "")
    if key == WITHDRAWN:
        return _message(200, "기사가 없습니다", "삭제되었거나 존재하지 않는 기사입니다.", view)
    found = find(key, view.edition)
    if found is None:
        return _message(404, "기사를 찾을 수 없습니다", "주소를 다시 확인해 주십시오.", view)
    return _article_answer(found, view, mobile=mobile)


def _mobile(query: Mapping[str, str], view: View) -> Answer:
    return _article(query, view, mobile=True)


def _article_answer(article: Article, view: View, *, mobile: bool = False) -> Answer:
    """Number by number another framing: length and gzip, chunked, plain, gzip in chunks; another validator."""
    turn = article.number % 4
    return _html(
        pages.article_page(article, view, mobile=mobile),
        view,
        charset=article.category.charset,
        say_charset=article.category.charset == "utf-8" or article.number % 2 == 1,
        chunked=turn in (1, 3),
        squeeze=turn in (0, 3),
        validator=("etag", "date", "both", "none")[article.number // 4 % 4],
    )


def _moved_article(query: Mapping[str, str], view: View) -> Answer:
    found = find(query.get("idxno", ""), view.edition)
    return _redirect(301, found.path) if found else _message(404, "기사를 찾을 수 없습니다", "옛 주소입니다.", view)


def _fair(query: Mapping[str, str], view: View) -> Answer:
    found = find(FAIR, view.edition)
    assert found is not None
    return _redirect(302, found.path)


def _list(query: Mapping[str, str], view: View) -> Answer | None:
    number = query.get("page", "1")
    if not (number.isascii() and number.isdecimal() and 0 < int(number[:6]) < 100_000):
        return None
    listing, charset = _listing(query, view)
    if listing is None:
        return None
    text = pages.list_page(listing, int(number), view, charset=charset)
    return _html(text, view, charset=charset, squeeze=charset == "utf-8", say_charset=int(number) % 2 == 1)


def _listing(query: Mapping[str, str], view: View) -> tuple[Listing | None, str]:
    if "reporter" in query:
        listing = pages.reporter_listing(query["reporter"], view.edition)
        return (listing if listing.articles else None), "utf-8"
    if "cat" not in query:
        return pages.whole_listing(view.edition), "utf-8"
    category = next((category for category in CATEGORIES.values() if category.code == query["cat"]), None)
    if category is None or category.code == "en":
        return None, "utf-8"
    return pages.category_listing(category, view.edition), category.charset


def _english(path: str, view: View) -> Answer | None:
    if path == "/en/":
        listing = pages.category_listing(CATEGORIES["english"], view.edition)
        return _html(pages.list_page(listing, 1, view, lang="en"), view)
    found = next((article for article in articles(view.edition) if article.path == path), None)
    return _article_answer(found, view) if found else None


def _ranking(query: Mapping[str, str], view: View) -> Answer | None:
    wanted = query.get("period", "day")
    period = next((period for period in PERIODS if period == wanted), None)
    return _html(pages.ranking_page(period, view), view, chunked=True) if period else None


def _about(query: Mapping[str, str], view: View) -> Answer:
    text = "먹거리를 만들고 나르고 파는 사람들의 이야기를 싣습니다. 이 신문은 시험용으로 지어낸 것입니다."
    return _message(200, "회사소개", text, view)


def _photograph(name: str) -> Answer | None:
    key, _, scale = name.partition("@")
    if find(key, edition=1_000_000) is None or scale not in ("", "2x"):
        return None
    return _file(photograph(key, 2 if scale else 1), "image/png")


def _static(name: str) -> Answer | None:
    path = _STATIC / name
    kind = _TYPES.get(path.suffix)
    if kind is None or not path.is_file():
        return None
    return _file(path.read_bytes(), kind)


def _robots(query: Mapping[str, str], view: View) -> Answer:
    return _file(feeds.robots(view), "text/plain; charset=utf-8")


def _sitemap(query: Mapping[str, str], view: View) -> Answer:
    return _file(feeds.sitemap(view), "application/xml; charset=utf-8")


def _rss(query: Mapping[str, str], view: View) -> Answer:
    return _file(feeds.rss(view), "application/rss+xml; charset=utf-8")


_PAGES: Mapping[str, Callable[[Mapping[str, str], View], Answer | None]] = {
    "/": _front,
    "/news/view.html": _article,
    "/m/view.html": _mobile,
    "/news/articleView.html": _moved_article,
    "/news/list.html": _list,
    "/news/ranking.html": _ranking,
    "/s/fair": _fair,
    "/company/about.html": _about,
    "/robots.txt": _robots,
    "/sitemap.xml": _sitemap,
    "/rss.xml": _rss,
}


def _html(
    text: str,
    view: View,
    *,
    charset: str = "utf-8",
    say_charset: bool = True,
    chunked: bool = False,
    squeeze: bool = False,
    validator: str = "none",
    status: int = 200,
) -> Answer:
    # Korean systems that say EUC-KR mean CP949, and write what it lacks as character references.
    body = text.encode("cp949" if charset == "euc-kr" else charset, "xmlcharrefreplace")
    headers = [("Content-Type", f"text/html; charset={charset}" if say_charset else "text/html")]
    if validator in ("etag", "both"):
        headers.append(("ETag", _etag(body)))
    if validator in ("date", "both"):
        printed = _FIRST_EDITION + timedelta(hours=view.edition - 1)
        headers.append(("Last-Modified", format_datetime(printed, usegmt=True)))
    if squeeze:
        headers.append(("Vary", "Accept-Encoding"))
    return Answer(status, tuple(headers), body, chunked)


def _message(status: int, heading: str, text: str, view: View) -> Answer:
    return _html(pages.message_page(heading, text, view), view, status=status)


def _redirect(status: int, path: str) -> Answer:
    body = f'<html><body>Moved: <a href="{path.replace("&", "&amp;")}">here</a></body></html>\n'.encode()
    return Answer(status, (("Location", path), ("Content-Type", "text/html; charset=utf-8")), body)


def _file(data: bytes, kind: str) -> Answer:
    headers = [("Content-Type", kind), ("ETag", _etag(data))]
    if kind.startswith("text/css"):
        headers.append(("Vary", "Accept-Encoding"))
    return Answer(200, (*headers, ("Cache-Control", "max-age=600")), data)


def _etag(data: bytes) -> str:
    return f'"{hashlib.sha256(data).hexdigest()[:20]}"'


def _compressed(found: Answer, request: Request) -> Answer:
    accepted = request.headers.get("accept-encoding", "").lower()
    if ("Vary", "Accept-Encoding") not in found.headers or "gzip" not in accepted or not found.body:
        return found
    body = gzip.compress(found.body, 6, mtime=0)
    return replace(found, body=body, headers=(*found.headers, ("Content-Encoding", "gzip")))


def _conditional(found: Answer, request: Request) -> Answer:
    """A 304 where the request names the version that is still current; If-None-Match goes before a date."""
    kept = dict(found.headers)
    named, since = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
    if found.status != 200:
        return found
    if named is not None and "ETag" in kept:
        current = kept["ETag"] in [tag.strip().removeprefix("W/") for tag in named.split(",")]
    elif named is None and since is not None and "Last-Modified" in kept:
        current = not _is_later(kept["Last-Modified"], since)
    else:
        return found
    if not current:
        return found
    names = ("ETag", "Last-Modified", "Vary", "Cache-Control")
    return Answer(304, tuple(pair for pair in found.headers if pair[0] in names), b"")


def _is_later(ours: str, theirs: str) -> bool:
    try:
        return parsedate_to_datetime(ours) > parsedate_to_datetime(theirs)
    except (ValueError, TypeError):
        return True
