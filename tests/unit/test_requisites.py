"""What a page needs to look right."""

from __future__ import annotations

import pytest

from archive.document import parse_document
from cpu_time import within
from crawler.discovery.requisites import Requires, requires, requisites_of_css, take_apart
from crawler.parsing import ParseTask
from crawler.sites.model import Requisites, Site

ICON = '<link rel="icon" href="data:,">'


def needed(html: str, most: int = 99) -> Requires:
    return requires(parse_document(html.encode(), "http://e.example/a/", "text/html; charset=utf-8"), most)


def of(html: str) -> tuple[str, ...]:
    return tuple(url.removeprefix("http://e.example") for url in needed(ICON + html).requisites)


def test_styles_first_then_pictures() -> None:
    html = """<img src="1.png"><link rel="stylesheet" href="/s.css"><link rel="alternate stylesheet" href="/no.css">
    <style>p { background: url('bg.gif') }</style><img data-src="2.png" src="data:image/gif;base64,x">
    <script src="x.js"></script><a href="5.png">x</a><img src="1.png#x">"""
    assert of(html) == ("/s.css", "/a/bg.gif", "/a/1.png", "/a/2.png")


@pytest.mark.parametrize(
    ("html", "urls"),
    [
        ('<p style="background:url(/b.png)">x', ("/b.png",)),
        ('<table background="/t.gif"><tr><td background="/d.gif">x</table>', ("/t.gif", "/d.gif")),
        ('<div data-bg="/lazy.jpg">x</div>', ("/lazy.jpg",)),
        ('<img data-lazy-src="/l.jpg" src="data:image/gif;base64,x">', ("/l.jpg",)),
        ('<svg><image href="/i.png"/><image xlink:href="/j.png"/></svg>', ("/i.png", "/j.png")),
        ('<video poster="/p.jpg" src="/v.mp4"><source src="/w.mp4"></video>', ("/p.jpg",)),
        ('<input type="image" src="/go.gif"><input src="/no.gif">', ("/go.gif",)),
        ('<object type="image/svg+xml" data="/o.svg"></object><embed src="/no.swf">', ("/o.svg",)),
        ('<link rel="preload" as="font" href="/f.woff2"><link rel="preload" as="script" href="/s.js">', ("/f.woff2",)),
        ('<noscript><img src="/n.png"></noscript>', ("/n.png",)),
        ('<picture><source srcset="/w.webp 800w"><img src="/f.jpg"></picture>', ("/w.webp", "/f.jpg")),
    ],
)
def test_wherever_an_address_waits(html: str, urls: tuple[str, ...]) -> None:
    assert of(html) == urls


@pytest.mark.parametrize(
    ("srcset", "best"),
    [
        ("1.png 1x, 2.png 2x, 3.png 3x", "2.png"),
        ("s.png 480w, m.png 1200w, l.png 4000w", "m.png"),
        ("huge.png 9000w", "huge.png"),
        ("a,b.png 1x", "a,b.png"),
        ("x.png nonsense", "x.png"),
    ],
)
def test_of_several_sizes_the_one_for_a_sharp_screen(srcset: str, best: str) -> None:
    assert of(f'<img srcset="{srcset}">') == (f"/a/{best}",)


def test_icons_and_the_one_that_browsers_ask_for() -> None:
    assert needed("<p>x").requisites == ("http://e.example/favicon.ico",)
    assert needed('<link rel="shortcut icon" href="/i.png"><p>x').requisites == ("http://e.example/i.png",)


def test_frames_are_told_apart() -> None:
    found = needed('<iframe src="/f.html"></iframe><iframe src="javascript:x()"></iframe><iframe srcdoc="x">')
    assert found == Requires(("http://e.example/favicon.ico",), ("http://e.example/f.html",))


def test_nothing_but_http_and_never_too_many() -> None:
    assert of('<img src="javascript:alert(1)"><img src="file:///etc/passwd"><img src="http://[::1"><p>x') == ()
    many = "".join(f'<img src="{n}.png">' for n in range(5000))
    assert len(needed(many, 120).requisites) == 120


def test_a_definition_bounds_them_and_soft_blocks_need_none() -> None:
    html = b"<html><body><h1>x</h1><img src=1.png><img src=2.png><img src=3.png></body></html>"

    def found(most: int) -> int:
        site = Site("paper", ("http://e.example/",), requisites=Requisites(page=most))
        return len(take_apart(ParseTask(html, "http://e.example/", "text/html", None, site)).requires.requisites)

    assert (found(2), found(0)) == (2, 0)
    assert len(take_apart(ParseTask(html, "http://e.example/", "text/html", None, None)).requires.requisites) == 4


def test_stylesheets() -> None:
    css = r"""@import 'a.css'; @import url(b.css); p{background:url( "../c.png" )} q{src:url(data:x)} r{src:url(#d)}
    s{background:image-set("e.png" 1x, url(f.png) 2x);src:u\72l(g.woff)} /* url(no.png) */"""
    found = requisites_of_css(css, "http://e.example/css/x.css", 99)
    names = [url.removeprefix("http://e.example/") for url in found]
    assert names == ["css/a.css", "css/b.css", "c.png", "css/e.png", "css/f.png", "css/g.woff"]
    assert len(requisites_of_css(css, "http://e.example/css/x.css", 2)) == 2


def test_hostile_css_is_quick() -> None:
    with within(4):
        requisites_of_css("url(" * 250_000, "http://e.example/", 9)
        requisites_of_css("@import " + " " * 900_000, "http://e.example/", 9)
        requisites_of_css('url("' + "a" * 900_000, "http://e.example/", 9)
        requisites_of_css("image-set(" * 90_000, "http://e.example/", 9)
        requisites_of_css("\\" * 900_000, "http://e.example/", 9)
