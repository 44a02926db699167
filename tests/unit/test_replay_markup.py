"""The safe view of a page: what is led into the archive, what is taken out, what keeps its place."""

from __future__ import annotations

import pytest

from archive.replay.view import render
from cpu_time import within

URL = "http://paper.test/news/1"


def safe(html: str | bytes, *, content_type: str = "text/html; charset=utf-8", **options: object) -> str:
    data = html if isinstance(html, bytes) else html.encode()
    return render(data, content_type, URL, lambda url: f"/web/1/{url}", **options).data.decode()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="/b?c=1#d">x</a>', '<a href="/web/1/http://paper.test/b?c=1#d">x</a>'),
        ('<a href="#top">x</a>', '<a href="#top">x</a>'),
        ('<a href="javascript:evil()">x</a>', "<a>x</a>"),
        ('<a href=" java\tscript:evil()">x</a>', "<a>x</a>"),
        ('<a href="mailto:a@b.example" target="_top" ping="/p">x</a>', "<a>x</a>"),
        ('<img src="a.png" onerror="x()">', '<img src="/web/1/http://paper.test/news/a.png">'),
        ('<img src="data:image/gif;base64,AA==">', '<img src="data:image/gif;base64,AA==">'),
        ('<img data-src="//cdn.example/a.jpg">', 'src="/web/1/http://cdn.example/a.jpg"'),
        ('<img src="blank.gif" data-original="/real.jpg">', 'src="/web/1/http://paper.test/real.jpg"'),
        ('<img srcset="a.png 1x, b.png 2x">', 'srcset="/web/1/http://paper.test/news/a.png 1x, /web/1/'),
        ('<div data-bg="/big.jpg">x</div>', "style='background-image:url(\"/web/1/http://paper.test/big.jpg\")'"),
        ('<p style="background:url(/x.png)">x</p>', 'url("/web/1/http://paper.test/x.png")'),
        ('<table background="/t.png"><tr><td>x', 'background="/web/1/http://paper.test/t.png"'),
        ('<link rel="stylesheet" href="/s.css">', 'href="/web/1/http://paper.test/s.css"'),
        ('<iframe src="/frame"></iframe>', 'src="/web/1/http://paper.test/frame" sandbox'),
        ("<noscript><p>plain</p></noscript>", "<p>plain</p>"),
        ('<object data="/x.swf"><p>instead</p></object>', "<p>instead</p>"),
        (
            '<object data="/x.svg" type="image/svg+xml"><script>no</script><p>instead</p></object>after',
            '<img type="image/svg+xml" src="/web/1/http://paper.test/x.svg">after',
        ),
        (
            '<video src="/v.mp4" autoplay></video>',
            '<video src="/web/1/http://paper.test/v.mp4" controls',
        ),
        ('<svg><a xlink:href="/x"><text>t</text></a></svg>', 'href="/web/1/http://paper.test/x"'),
    ],
)
def test_addresses_are_led_into_the_archive(html: str, expected: str) -> None:
    assert expected in safe(html)


@pytest.mark.parametrize(
    ("html", "gone"),
    [
        ("<script>evil()</script><p>x", "evil"),
        ("<svg><script>evil()</script></svg>", "evil"),
        ("<svg><animate attributeName=href to=javascript:evil() /></svg>", "evil"),
        ('<svg><use href="http://evil.test/s.svg#a"/></svg>', "evil"),
        ('<p onclick="evil()" ONLOAD="evil()">x', "evil"),
        ('<form action="http://evil.test/"><button formaction="http://evil.test/2">x</button></form>', "evil"),
        ('<meta http-equiv="refresh" content="0;url=http://evil.test/">', "evil"),
        ('<meta http-equiv="Content-Security-Policy" content="evil">', "evil"),
        ('<base href="/x" target="evil">', "evil"),
        ('<embed src="http://evil.test/x.swf"><applet code="evil"></applet>', "evil"),
        ('<link rel="preconnect" href="http://evil.test/"><link rel="dns-prefetch" href="//evil.test">', "evil"),
        ('<link rel="prefetch" href="http://evil.test/"><link rel="manifest" href="/evil.json">', "evil"),
        ('<iframe srcdoc="<script>evil()</script>"></iframe>', "evil"),
        ("<template shadowrootmode=open><p>evil</p></template>", "evil"),
        ("<p>x<!-- evil --><!--[if IE]><script src=evil></script><![endif]-->", "evil"),
        ('<img src="x" attributionsrc="http://evil.test/" crossorigin integrity="evil">', "evil"),
        ('<a id="block=evil" name="block=evil">x</a>', "evil"),
        ('<noscript><img src="/a.jpg"></noscript><img data-src="/a.jpg">', "noscript"),
        ('<x"y onclick=evil()>', "evil"),
    ],
)
def test_what_acts_is_taken_out(html: str, gone: str) -> None:
    assert gone not in safe(html)


def test_an_image_that_waits_and_its_noscript_copy_are_shown_once() -> None:
    html = safe('<img data-src="/a.jpg"><noscript><img src="/a.jpg"></noscript>')
    assert html.count('src="/web/1/http://paper.test/a.jpg"') == 1


def test_the_base_of_the_page_counts() -> None:
    assert '/web/1/http://other.test/d/x.png"' in safe('<base href="http://other.test/d/"><img src="x.png">')


def test_a_page_keeps_its_charset_and_asks_in_it() -> None:
    data = '<meta charset="euc-kr"><title>한글</title><a href="/s?q=신약">가</a>'.encode("cp949")
    html = safe(data, content_type="text/html")
    assert "한글" in html
    assert html.index('<meta charset="utf-8">') < html.index("<title>")
    assert "/s?q=%BD%C5%BE%E0" in html


@pytest.mark.parametrize(
    ("doctype", "kept"),
    [
        ("<!DOCTYPE html>", "<!DOCTYPE html>"),
        (
            '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">',
            '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">',
        ),
        ("", ""),
    ],
)
def test_the_document_type_decides_the_layout_and_is_kept(doctype: str, kept: str) -> None:
    html = safe(f"{doctype}<html><body>x</body></html>")
    assert html.startswith(kept + "\n<html>" if kept else "<html>")


def test_blocks_become_targets_and_ids_of_the_page_stay() -> None:
    html = safe(
        '<div><ol id="rank"><li>a</li></ol><section>b</section></div>',
        marks={"/html/body/div/ol": ["block=one"], "/html/body/div/section": ["block=two"], "/nowhere[": ["block=x"]},
    )
    assert '<ol id="rank"><a class="seogo-mark" id="block=one"></a><li>' in html
    assert '<section id="block=two">' in html


def test_the_banner_stands_in_the_page_where_the_page_cannot_say() -> None:
    html = safe("<body><p>seogo-banner</p><seogo-banner>x</seogo-banner></body>", banner=lambda: "<b>OURS</b>")
    assert html.count("<b>OURS</b>") == 1
    assert html.endswith("<b>OURS</b></body></html>")
    assert "<seogo-banner>" not in html


def test_other_bodies_go_out_as_they_are_or_as_text() -> None:
    def lead(url: str) -> str:
        return f"/web/1/{url}"

    assert render(b"alert(1)", "text/javascript", URL, lead).content_type == "text/plain"
    assert (
        render(b"<rss/>", "application/rss+xml; charset=utf-8", URL, lead).content_type == "text/plain; charset=utf-8"
    )
    assert render(b"\x89PNG\r\n", "image/png", URL, lead).content_type == "image/png"
    assert render(b"GIF89a=1//", "text/html", URL, lead).content_type == "text/plain; charset=utf-8"
    assert render(b"x", "evil\r\nX: y", URL, lead).content_type == "application/octet-stream"
    picture = render(
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"'
        b' onload="evil()"><script>evil()</script><a href="http://live.test/">&e;</a></svg>',
        "image/svg+xml",
        URL,
        lead,
    )
    assert picture.content_type == "image/svg+xml"
    assert b"evil" not in picture.data
    assert b"passwd" not in picture.data
    assert b'href="/web/1/http://live.test/"' in picture.data


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000,
        "<noscript>" * 5_000 + "x",
        "<img data-src=a.png>" + "<noscript>" * 2_000 + "<img src=a.png>",
        "<p><noscript>a</noscript>" * 20_000,
        "<script></script>" * 50_000,
        '<a href="' + "x" * 1_000_000 + '">',
        "<img srcset='" + "a 1x," * 100_000 + "'>",
        "<style>" + "url(" * 100_000 + "</style>",
    ],
)
def test_hostile_pages_take_bounded_time(html: str) -> None:
    with within(5):
        safe(html)
