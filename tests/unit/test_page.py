"""A page, taken apart: pages of our own making in the shapes that real sites have."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from archive.model import Page
from crawler.parsers import PARSER_VERSION, parse_page
from crawler.sites.model import Layout, Selectors, Site

URL = "https://paper.example/news/view?id=1"
TITLE = "섬마을 약국, 배를 타고 문을 연다"
TEXT = [
    "가온군이 섬마을을 도는 이동 약국을 다음 달부터 운영한다고 5일 밝혔다. 약사 두 명이 배를 타고 섬 열두 곳을 돈다.",
    "섬 주민은 지금까지 약을 사려면 배로 한 시간을 나가야 했다. 군은 한 달에 두 번 이상 섬마다 배를 댈 계획이다.",
    "홍판서 가온군 보건소장은 “약을 파는 것보다 먹는 법을 알리는 일이 먼저”라며 “복약 상담을 먼저 하겠다”고 말했다.",
    "군의회는 예산이 한 해 3억원을 넘는 만큼 성과를 해마다 보고하라는 조건을 달았다. 첫 보고는 내년 3월이다.",
]
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in TEXT)
BREAKS = "<br><br>\n".join(TEXT)
HEAD = (
    f"<h1>{TITLE}</h1><div class=info><span>임꺽정 기자</span> "
    "<em>입력 2026.03.05 16:20</em> <em>수정 2026.03.06 08:00</em></div>"
)
MENU = "<div id=gnb><ul><li><a href=/a>정책</a></li><li><a href=/b>산업</a></li><li><a href=/c>사회</a></li></ul></div>"


def html(body: str, head: str = "", title: str = f"{TITLE} - 가온일보") -> bytes:
    start = f"<!doctype html><html lang=ko><head><meta charset=utf-8><title>{title}</title>{head}</head>"
    return f"{start}<body>{MENU}{body}</body></html>".encode()


def parse(body: str, head: str = "", **more: object) -> Page:
    return parse_page(html(body, head), URL, **more)  # type: ignore[arg-type] # keywords of parse_page


def paragraphs(page: Page) -> list[str]:
    assert page.body is not None, page.kind
    return list(page.body.paragraphs)


SHAPES = {
    "p": f"<div class=view>{PARAGRAPHS}</div>",
    "br": f"<div>{BREAKS}</div>",
    "br in nested spans": f"<div><span><font><span>{BREAKS}</span></font></span></div>",
    "spans": "<div>" + "<br><br>".join(f"<span style='font-size:1em'>{text}</span>" for text in TEXT) + "</div>",
    "table": f"<table><tr><td>{BREAKS}</td></tr></table>",
    "nested tables": f"<table><tr><td><table><tr><td>{PARAGRAPHS}</td></tr></table></td></tr></table>",
    "divs": "<section>" + "".join(f"<div class=block><p>{text}</p></div>" for text in TEXT) + "</section>",
    "bare body": BREAKS,
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_shapes_of_a_body(shape: str) -> None:
    page = parse(HEAD + shape)
    assert page.kind == "article"
    assert page.body is not None
    assert paragraphs(page) == TEXT
    assert page.body.title == TITLE
    assert page.body.authors == ("임꺽정",)
    assert page.body.published == "2026-03-05T16:20:00+09:00"
    assert page.body.modified == "2026-03-06T08:00:00+09:00"
    assert page.lang == "ko"
    assert "zone-from-language" in page.notes
    assert page.parser == PARSER_VERSION


COPIES = {
    "hidden after": f"<div class=view>{PARAGRAPHS}</div><div style='display:none'>{PARAGRAPHS}</div>",
    "hidden before": f"<div style='display: none'><div>{PARAGRAPHS}</div></div><div class=view>{PARAGRAPHS}</div>",
    "print copy": f"<div class=view>{PARAGRAPHS}</div><div id=print_area>{BREAKS}</div>",
    "audio copy": f"<div class=view>{PARAGRAPHS}</div><div class=tts_text>{BREAKS}</div>",
    "flat again": f"<div class=view>{PARAGRAPHS}{PARAGRAPHS}</div>",
}


@pytest.mark.parametrize("body", COPIES.values(), ids=COPIES.keys())
def test_a_second_copy_is_dropped_and_recorded(body: str) -> None:
    page = parse(HEAD + body)
    assert paragraphs(page) == TEXT
    assert page.repeats
    assert {repeat.kind for repeat in page.repeats} <= {"body", "paragraph"}
    assert all(repeat.text and repeat.xpath.startswith("/html/body") for repeat in page.repeats)


def test_the_copy_before_the_headline_is_the_one_dropped() -> None:
    page = parse(f"<div class=mobile_only>{PARAGRAPHS}</div>{HEAD}<section class=view>{PARAGRAPHS}</section>")
    assert page.body is not None
    assert page.body.xpath == "/html/body/section"
    assert [repeat.kind for repeat in page.repeats] == ["body"]


def test_a_lead_shown_twice_is_recorded_once() -> None:
    page = parse(f"{HEAD}<div class=preview><p>{TEXT[0]}</p></div><div class=view>{PARAGRAPHS}</div>")
    assert paragraphs(page) == TEXT
    assert [repeat.kind for repeat in page.repeats] == ["paragraph"]


def test_a_refrain_stays() -> None:
    refrain = "“우리는 약이 없어서 아픈 것이 아니라, 약이 닿지 않아서 아픕니다.”"
    told = [TEXT[0], refrain, TEXT[1], TEXT[2], refrain, TEXT[3]]
    page = parse(HEAD + "<div class=view>" + "".join(f"<p>{text}</p>" for text in told) + "</div>")
    assert paragraphs(page) == told
    assert page.repeats == ()


NOISE = [
    "임꺽정 기자 lim@example.com",
    "[가온일보 임꺽정 기자 lim@example.com]",
    "ⓒ 가온일보, 무단 전재 및 재배포 금지",
    "<a href=/reporter/3>기자가 쓴 기사 더보기</a>",
    "사진=가온군 제공",
    "▶ 제보는 카카오톡 @가온일보",
    "<a href=/n/9>[관련기사] 섬마을 병원선 다시 뜬다</a>",
    "ADVERTISEMENT",
]


@pytest.mark.parametrize("line", NOISE)
def test_what_is_no_paragraph(line: str) -> None:
    page = parse(
        HEAD + f"<div class=view><p>{TEXT[0]}</p><p>{TEXT[1]}</p><p>{TEXT[2]}</p><p>{TEXT[3]}</p><p>{line}</p></div>"
    )
    assert paragraphs(page) == TEXT


@pytest.mark.parametrize(
    "box",
    [
        "<div class=share_box><p>이 기사를 공유합니다. 마음에 드셨다면 널리 알려 주시기 바랍니다.</p></div>",
        "<figure><img src=/p.jpg><figcaption>배 한 척이 섬으로 간다. 가온군 제공</figcaption></figure>",
        "<div class=newsletter><p>매일 아침 소식을 받아 보세요. 언제든 그만둘 수 있습니다.</p></div>",
        "<aside><h4>함께 보면 좋은 기사</h4><ul><li><a href=/1>병원선이 다시 뜨는 날, 섬의 하루</a></li></ul></aside>",
    ],
)
def test_boxes_inside_the_body_stay_out(box: str) -> None:
    inner = f"<p>{TEXT[0]}</p><p>{TEXT[1]}</p>{box}<p>{TEXT[2]}</p><p>{TEXT[3]}</p>"
    assert paragraphs(parse(HEAD + f"<div class=view>{inner}</div>")) == TEXT


def test_subheads_lists_and_quotes_keep_their_order_and_type() -> None:
    inner = (
        f"<p>{TEXT[0]}</p><h2>배 한 척에 약사 두 명</h2><p>{TEXT[1]}</p>"
        "<ul><li>하나, 모르면 모른다고 한다.</li><li>둘, 약 이름을 적지 않는다.</li></ul>"
        f"<blockquote>{TEXT[2]}</blockquote><p>{TEXT[3]}</p>"
    )
    page = parse(HEAD + f"<div class=view>{inner}</div>")
    assert page.body is not None
    assert [block.type for block in page.body.blocks] == ["p", "h", "p", "li", "li", "quote", "p"]


def test_structured_data_kicker_standfirst_images_and_tags() -> None:
    head = (
        f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{TITLE}",'
        '"datePublished":"2026-03-05T16:20:11+09:00","author":[{"@type":"Person","name":"임꺽정"}],'
        '"keywords":"약국, 섬"}</script><link rel=canonical href="/news/1">'
    )
    deck = "약사 두 명이 섬 열두 곳을 한 달에 두 번 돈다"
    above = f"<p class=kicker>섬 의료</p><h1>{TITLE}</h1><p class=subtitle>{deck}</p>"
    body = f"{above}<div class=view>{PARAGRAPHS}<img src=/a.jpg alt=배></div>"
    page = parse(body, head)
    assert page.body is not None
    assert page.canonical_url == "https://paper.example/news/1"
    assert page.body.kicker == "섬 의료"
    assert page.body.subtitle == deck
    assert page.body.published == "2026-03-05T16:20:11+09:00"
    assert page.body.tags == ("약국", "섬")
    assert [image.url for image in page.body.images] == ["https://paper.example/a.jpg"]
    assert paragraphs(page) == TEXT


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("<h1>Just a moment...</h1><div id=cf-challenge>Enable JavaScript and cookies to continue</div>", "challenge"),
        ("<h1>페이지를 찾을 수 없습니다</h1><p>요청하신 기사가 삭제되었거나 주소가 바뀌었습니다.</p>", "missing"),
        ("<h1>로그인</h1><form><input name=id><input type=password name=pw></form>", "login"),
        (
            "<h1>Before you continue</h1><p>We value your privacy. We use cookies.</p><button>Accept all</button>",
            "consent",
        ),
        (f"<h1>{TITLE}</h1><p>이 기사는 구독자 전용입니다. 로그인 후 이용하세요.</p>", "paywall"),
        ("<script>alert('삭제된 기사입니다.'); history.back();</script>", "missing"),
    ],
)
def test_soft_blocks_are_no_articles(body: str, note: str) -> None:
    head = "<title>x</title><meta property='og:type' content='article'>"
    page = parse_page(f"<html><head>{head}</head><body>{body}</body></html>".encode(), URL)
    assert page.kind == "soft-block"
    assert page.body is None
    assert f"soft-block-{note}" in page.notes


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("<h1>Sorry, you have been blocked</h1><p>You are unable to access paper.example</p>", "challenge"),
        ("<h1>Press & Hold to confirm you are a human (and not a bot).</h1>", "challenge"),
        ("<h1>La tua privacy è la nostra priorità</h1><p>Noi e i nostri partner usiamo i cookie.</p>", "consent"),
        ("<h1>503 Service Temporarily Unavailable</h1><hr>nginx", "missing"),
        ("<h1>We'll be back soon</h1><p>The site is under maintenance. Please try again later.</p>", "missing"),
        ("<h1>시스템 점검 중입니다</h1><p>이용에 불편을 드려 죄송합니다.</p>", "missing"),
        ("<h1>451: Unavailable due to legal reasons</h1><p>Access cannot be granted at this time.</p>", "missing"),
        ("<h1>港が三カ月閉鎖</h1><p>この記事は有料会員限定です。</p><p>残り1234文字</p>", "paywall"),
        ("<h1>Hafen gesperrt</h1><p>Jetzt weiterlesen mit dem Abo.</p><a href=/login>Anmelden</a>", "paywall"),
    ],
)
def test_soft_blocks_say_so_without_any_data(body: str, note: str) -> None:
    page = parse_page(f"<html><title>x</title><body>{body}</body></html>".encode(), URL)
    assert page.kind == "soft-block"
    assert f"soft-block-{note}" in page.notes


@pytest.mark.parametrize(
    "headline", ["Harbour bridge under maintenance until May", "Ferry service unavailable on Monday"]
)
def test_a_short_article_about_a_closure_is_no_soft_block(headline: str) -> None:
    text = (
        "<p>The harbour authority said on Monday that the bridge closes for three months. Trucks go by the south.</p>"
        "<p>Cracks had been found in the oldest piles, it said, and the council hears the traders next week.</p>"
    )
    head = f"<title>{headline}</title><meta property='og:type' content='article'>"
    page = parse_page(f"<html>{head}<body><h1>{headline}</h1><div>{text}</div></body></html>".encode(), URL)
    assert page.kind == "article"


def test_an_article_about_captchas_is_an_article() -> None:
    told = "The captcha said 'verify you are human' and the page was not found, the reporter wrote of visit {}."
    text = "".join(f"<p>{told.format(i)}</p>" for i in range(12))
    head = "<html><title>Captcha woes</title><body><h1>Captcha woes and 404 blues</h1><p>4 March 2026</p>"
    assert parse_page(f"{head}<article>{text}</article>".encode(), URL).kind == "article"


CARDS = "".join(
    f"<li><a href=/n/{i}><b>제목이 꽤 긴 기사 번호 {i}, 무슨 일이었나</b></a><p>요약 문장이 한 줄. 번호 {i}.</p></li>"
    for i in range(20)
)


def test_lists_and_front_pages() -> None:
    data = html(f"<h2>전체기사</h2><ul class=list>{CARDS}</ul>", title="산업 - 가온일보")
    assert parse_page(data, "https://paper.example/news/list?page=2").kind == "list"
    assert parse_page(data, "https://paper.example/").kind == "front"
    assert parse_page(html("<p>회사 소개.</p>", title="소개"), "https://paper.example/about").kind == "other"


def test_links_are_absolute_unique_and_web_only() -> None:
    page = parse(
        "<a href=/x>a</a><a href='/x#y'>b</a><a href='javascript:1'>c</a><a href='//o.example/'>d</a>"
        + HEAD
        + PARAGRAPHS
    )
    assert page.links == (
        "https://paper.example/a",
        "https://paper.example/b",
        "https://paper.example/c",
        "https://paper.example/x",
        "https://o.example/",
    )


def test_a_definition_selects_parts_and_its_zone_is_used() -> None:
    junk = f"<div class=junk><p>{'광고 문장입니다. ' * 60}</p></div>"
    body = f"<h1>엉뚱한 것</h1><h3 class=real>{TITLE}</h3><i class=who>글 임꺽정</i>{junk}"
    body += f"<div id=text>{PARAGRAPHS}</div>"
    layout = Layout(selectors=Selectors(body="#text", title=".real", authors=".who", ignore=(".junk",)))
    site = Site(name="paper", seeds=(), zone="Asia/Seoul", layouts=(layout,))
    page = parse(body, "<meta property='article:published_time' content='2026-03-05 09:00'>", site=site)
    assert page.body is not None
    assert (page.body.title, page.body.authors) == (TITLE, ("임꺽정",))
    assert page.body.published == "2026-03-05T09:00:00+09:00"
    assert "zone-from-definition" in page.notes
    assert paragraphs(page) == TEXT


def test_the_layout_in_force_at_capture_time_is_used() -> None:
    old = Layout(valid_until=date(2020, 1, 1), selectors=Selectors(title=".old"))
    new = Layout(valid_from=date(2020, 1, 1), selectors=Selectors(title=".new"))
    site = Site(name="paper", seeds=(), layouts=(old, new))
    body = f"<b class=old>옛 제목입니다</b><b class=new>새 제목입니다</b><div>{PARAGRAPHS}</div><div>{HEAD}</div>"
    titles = []
    for year in (2019, 2021):
        page = parse(body, site=site, captured_at=datetime(year, 6, 1, tzinfo=UTC))
        assert page.body is not None
        titles.append(page.body.title)
    assert titles == ["옛 제목입니다", "새 제목입니다"]


def test_same_bytes_same_result_whatever_came_before() -> None:
    data = html(HEAD + COPIES["print copy"])
    first = parse_page(data, URL).to_dict()
    parse_page(html("<p>다른 페이지.</p>"), "https://other.example/")
    assert parse_page(data, URL).to_dict() == first


ARTICLE = {"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n\n".join(TEXT)}
STATE = {"props": {"pageProps": {"article": {"contentHtml": PARAGRAPHS}}}}


@pytest.mark.parametrize(
    ("hidden", "note"),
    [
        (f"<noscript>{PARAGRAPHS}</noscript>", "body-from-noscript"),
        (f"<template>{PARAGRAPHS}</template>", "body-from-template"),
        (f'<script type="application/ld+json">{json.dumps(ARTICLE)}</script>', "body-from-jsonld"),
        (f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(STATE)}</script>', "body-from-state"),
    ],
)
def test_bodies_that_no_element_shows_come_from_known_sources_and_are_marked(hidden: str, note: str) -> None:
    page = parse(f"<h1>{TITLE}</h1><div id=app></div>{hidden}", "<meta property='og:type' content='article'>")
    assert note in page.notes
    assert paragraphs(page) == TEXT


def test_a_standfirst_without_a_name_below_the_byline() -> None:
    deck = "섬마을 열두 곳에는 약국이 없어서, 약사 두 명이 배를 타고 돌며 혈압약을 나눠 준다고 주민들은 말했다."
    text = "".join(f"<p>{number}번째 섬에서는 {line}</p>" for number in range(1, 6) for line in TEXT)
    above = f"<h1>{TITLE}</h1><div class=c1><span>임꺽정 기자</span></div><p class=c2>{deck}</p>"
    page = parse(f"<article>{above}<div class=c3>{text}</div></article>")
    assert page.body is not None
    assert page.body.subtitle == deck
