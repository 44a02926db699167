"""A small archive for the tests of replay and browse: pages written by hand, put in through the archive's own door."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from archive.commit import Writer
from archive.model import (
    Block,
    Body,
    Capture,
    Exchange,
    Items,
    ListIdentity,
    Page,
    RankedItem,
    RankedList,
    Run,
    Section,
    SectionItem,
)
from archive.replay.hosts import App

Client = Callable[..., httpx.Response]
HOST = "http://paper.test"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
HTML = "text/html; charset=utf-8"


def instant(text: str) -> datetime:
    """`2026-11-20T09:00:00` as an aware UTC instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Builder:
    """Writes exchanges, with items where given, into an archive directory; a context manager."""

    def __init__(self, directory: Path) -> None:
        run = Run(id="11111111-1111-4111-8111-111111111111", site="paper", started_at="2026-11-20T00:00:00.000Z")
        self._writer = Writer.open(directory, run)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close("finished", {})

    def add(
        self,
        url: str,
        body: bytes | str,
        at: str,
        *,
        content_type: str | None = HTML,
        status: str = "200 OK",
        headers: Sequence[tuple[str, str]] = (),
        items: Items | None = None,
    ) -> Capture:
        """Store one exchange as a server would have sent it."""
        data = body.encode("utf-8") if isinstance(body, str) else body
        fields = [*([("Content-Type", content_type)] if content_type else []), *headers]
        head = f"HTTP/1.1 {status}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields)
        head += f"Content-Length: {len(data)}\r\n\r\n"
        exchange = Exchange(
            url, instant(at), b"GET / HTTP/1.1\r\n\r\n", head.encode("latin-1", "replace"), data, "wire", ip="192.0.2.1"
        )
        capture = self._writer.store(exchange, parse=items is not None)
        if items is not None:
            self._writer.add_items(capture, items)
        return capture


def article(
    url: str,
    key: str | None,
    title: str,
    paragraphs: Sequence[str],
    *,
    ranked: Sequence[tuple[int, str, str]] = (),
    section: Sequence[tuple[str, str]] = (),
    ranked_xpath: str = "/html/body/aside/ol",
) -> Items:
    """The items of a page: an article when it has a key, with a ranked list and a section beside it."""
    body = Body(
        title,
        authors=("한가람",),
        published="2026-11-20T06:00:00+09:00",
        blocks=tuple(Block("p", text) for text in paragraphs),
        xpath="/html/body/main",
    )
    lists, identities = [], []
    if ranked:
        rows = tuple(RankedItem(*row) for row in ranked)
        lists.append(RankedList("많이 본 기사", None, f"{HOST}/rank", ranked_xpath, rows))
        identities.append(ListIdentity("ranked", "많이 본 기사", "", ""))
    sections = []
    if section:
        sections.append(
            Section("사람들", f"{HOST}/people", "/html/body/section", tuple(SectionItem(*s) for s in section))
        )
        identities.append(ListIdentity("section", "사람들", "", ""))
    page = Page(
        url=url,
        canonical_url=None,
        kind="article" if key else "front",
        lang="ko",
        parser="test/1",
        body=body if key else None,
        ranked_lists=tuple(lists),
        sections=tuple(sections),
    )
    return Items(page, "paper", key, url if key else None, tuple(identities))


FIRST = f"{HOST}/news/1?mode=view"
SECOND = f"{HOST}/news/2?mode=view"
FRONT = f"{HOST}/"
KOREAN_OLD = f"{HOST}/old/euckr.html"

_TEXT_ONE = (
    "가람바이오가 개발하는 신약 후보 물질이 임상 2상에 들어갔다고 20일 밝혔다.",
    "회사는 내년 하반기까지 환자 백이십 명을 모집할 계획이다.",
)
_TEXT_ONE_LATER = (*_TEXT_ONE, "회사는 이날 오후 모집 기관을 네 곳으로 늘린다고 덧붙였다.")
_TEXT_TWO = ("약국가에서는 겨울철 <상비약> 수요가 예년보다 이르게 늘었다.", "도매업계는 재고를 점검하고 있다.")


def article_page(title: str, paragraphs: Sequence[str], ranks: Sequence[tuple[int, str, str]]) -> str:
    """An article's HTML with what a safe view must rewrite or remove."""
    rows = "".join(f'<li><a href="{url}">{rank}. {name}</a></li>' for rank, name, url in ranks)
    text = "".join(f"<p>{paragraph.replace('<', '&lt;')}</p>" for paragraph in paragraphs)
    return f"""<!DOCTYPE html><html lang="ko"><head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="/style.css"><script src="/app.js"></script>
<style>header{{background:url('/img/logo.png')}}</style></head>
<body onload="steal()"><header><a href="/"><img src="/img/logo.png" alt="로고"></a></header>
<main><h1>{title}</h1><img class="lazy" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="/img/photo.png"
srcset="/img/photo.png 1x, /img/photo@2x.png 2x" alt="사진">{text}
<a href="{SECOND}#comments" target="_blank" onclick="x()">다음 기사</a> <a href="javascript:evil()">누르기</a></main>
<aside><h2>많이 본 기사</h2><ol id="rank">{rows}</ol></aside>
<section><h2>사람들</h2><ul><li><a href="/people/1">새 사무국장</a></li></ul></section>
<script>fetch('/api')</script></body></html>"""


def client(app: App, origin: str) -> Client:
    """A function that asks an application for a path, with headers by keyword; redirects are not followed."""
    transport = httpx.ASGITransport(app=app)

    async def ask(path: str, method: str, params: Any, headers: dict[str, str]) -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url=origin) as session:
            return await session.request(method, path, params=params, headers=headers)

    def call(path: str, *, method: str = "GET", params: Any = None, **headers: str) -> httpx.Response:
        return asyncio.run(ask(path, method, params, headers))

    return call


def build(directory: Path) -> dict[str, Capture]:
    """Fill the archive; the captures by name."""
    before = ((1, "신약 임상 2상 진입", FIRST), (2, "겨울 상비약 수요", SECOND))
    after = ((1, "겨울 상비약 수요", SECOND), (2, "신약 임상 2상 진입", FIRST))
    people = (("새 사무국장", f"{HOST}/people/1"),)
    one, one_later, two = (
        "가람바이오 신약, 임상 2상 진입",
        "가람바이오 신약, 임상 2상 환자 모집",
        "겨울 상비약 수요 늘어",
    )

    made: dict[str, Capture] = {}
    with Builder(directory) as add:
        made["css"] = add.add(
            f"{HOST}/style.css",
            '@import "more.css"; h1{color:#123;background:url(img/logo.png)}',
            "2026-11-20T00:00:01",
            content_type="text/css",
        )
        for name in ("logo", "photo"):
            made[name] = add.add(
                f"{HOST}/img/{name}.png", PNG + name.encode(), "2026-11-20T00:00:02", content_type="image/png"
            )
        made["one"] = add.add(
            FIRST,
            article_page(one, _TEXT_ONE, before),
            "2026-11-20T00:01:00.250",
            headers=[("Set-Cookie", "id=1"), ("X-Frame-Options", "DENY"), ("Content-Security-Policy", "default-src *")],
            items=article(FIRST, "1", one, _TEXT_ONE, ranked=before, section=people),
        )
        made["two"] = add.add(
            SECOND,
            article_page(two, _TEXT_TWO, before),
            "2026-11-20T00:02:00",
            items=article(SECOND, "2", two, _TEXT_TWO, ranked=before, section=people),
        )
        made["one again"] = add.add(
            FIRST,
            article_page(one, _TEXT_ONE, before),
            "2026-11-20T06:01:00",
            items=article(FIRST, "1", one, _TEXT_ONE, ranked=before, section=people),
        )
        made["one later"] = add.add(
            FIRST,
            article_page(one_later, _TEXT_ONE_LATER, after),
            "2026-11-21T00:01:00",
            items=article(FIRST, "1", one_later, _TEXT_ONE_LATER, ranked=after, section=people),
        )
        made["euckr"] = add.add(
            KOREAN_OLD,
            '<html><head><meta http-equiv="Content-Type" content="text/html; charset=euc-kr">'
            "<title>옛 기사</title></head>"
            '<body><p>오래된 한글 기사</p><a href="/search?q=신약">찾기</a></body></html>'.encode("cp949"),
            "2026-11-20T00:03:00",
            content_type="text/html",
        )
        made["moved"] = add.add(
            f"{HOST}/moved", "", "2026-11-20T00:04:00", status="302 Found", headers=[("Location", "/news/1?mode=view")]
        )
        made["to https"] = add.add(
            f"{HOST}/secure",
            "",
            "2026-11-20T00:05:00",
            status="301 Moved",
            headers=[("Location", "https://paper.test/secure")],
        )
        made["secure"] = add.add("https://paper.test/secure", "<p>safe and sound", "2026-11-20T00:05:00.500")
        made["not found"] = add.add(
            f"{HOST}/nothing", "<h1>없는 기사</h1>", "2026-11-20T00:06:00", status="404 Not Found"
        )
    return made
