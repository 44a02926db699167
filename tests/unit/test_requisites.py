"""What a page needs to look right."""

from __future__ import annotations

import time

from archive.document import parse_document
from crawler.discovery.requisites import MAX_PER_PAGE, requisites_of, requisites_of_css


def of(html: str) -> tuple[str, ...]:
    return requisites_of(parse_document(html.encode(), "http://e.example/a/", "text/html; charset=utf-8"))


def test_styles_first_then_pictures() -> None:
    html = """<img src="1.png"><link rel="stylesheet" href="/s.css"><link rel="alternate stylesheet" href="/no.css">
    <style>p { background: url('bg.gif') }</style><img data-src="2.png" src="data:image/gif;base64,x">
    <img srcset="3.png 1x, 4.png 2x"><script src="x.js"></script><a href="5.png">x</a><img src="1.png#x">"""
    assert of(html) == (
        "http://e.example/s.css",
        "http://e.example/a/bg.gif",
        "http://e.example/a/1.png",
        "http://e.example/a/2.png",
        "http://e.example/a/3.png",
    )


def test_nothing_but_http_and_never_too_many() -> None:
    assert of('<img src="javascript:alert(1)"><img src="file:///etc/passwd"><img src="http://[::1"><p>x') == ()
    assert len(of("".join(f'<img src="{n}.png">' for n in range(5000)))) == MAX_PER_PAGE


def test_stylesheets() -> None:
    css = "@import 'a.css'; @import url(b.css); p{background:url( \"../c.png\" )} q{src:url(data:x)} r{src:url(#d)}"
    assert requisites_of_css(css, "http://e.example/css/x.css")[:3] == (
        "http://e.example/css/a.css",
        "http://e.example/css/b.css",
        "http://e.example/c.png",
    )


def test_hostile_css_is_quick() -> None:
    begun = time.monotonic()
    requisites_of_css("url(" * 250_000, "http://e.example/")
    requisites_of_css("@import " + " " * 900_000, "http://e.example/")
    requisites_of_css('url("' + "a" * 900_000, "http://e.example/")
    assert time.monotonic() - begun < 3
