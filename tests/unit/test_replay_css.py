"""Style sheets and srcset: every address led into the archive."""

from __future__ import annotations

import pytest

from archive.replay.css import rewrite_css, rewrite_stylesheet
from archive.replay.srcset import parse_srcset, rewrite_srcset
from cpu_time import within


def lead(href: str) -> str | None:
    return None if href.startswith("javascript:") else f"/web/{href}"


@pytest.mark.parametrize(
    ("css", "rewritten"),
    [
        ("a{b:url(x.png)}", 'a{b:url("/web/x.png")}'),
        ("a{b:URL( 'x.png' )}", 'a{b:url("/web/x.png")}'),
        ('a{b:url("x\\"y.png")}', 'a{b:url("/web/x%22y.png")}'),
        ("a{b:url(x\\29 y)}", 'a{b:url("/web/x)y")}'),
        ("@import 'a.css' screen;", '@import "/web/a.css" screen;'),
        ("@import url(a.css);", '@import url("/web/a.css");'),
        ("a{b:url(data:image/png;base64,AA==)}", 'a{b:url("data:image/png;base64,AA==")}'),
        ("a{b:u\\72L( x.png )}", 'a{b:url("/web/x.png")}'),
        ("a{b:\\75 \\r\\6c(x.png)}", 'a{b:url("/web/x.png")}'),
        ("@\\69mport'a.css'", '@import "/web/a.css"'),
        (
            "a{b:image-set('x.png' 1x type('image/png'), url(y.png) 2x)}",
            'a{b:image-set("/web/x.png" 1x type(\'image/png\'), url("/web/y.png") 2x)}',
        ),
        ("a{filter:url(#f)}", 'a{filter:url("#f")}'),
        ("a{b:url(javascript:x)}", 'a{b:url("data:,")}'),
        ("/* url(no.png) */a{content:'url(no.png)'}", "/* url(no.png) */a{content:'url(no.png)'}"),
        ('a{b:url("</style><script>")}', 'a{b:url("/web/%3C/style>%3Cscript>")}'),
    ],
)
def test_addresses_in_css_are_rewritten(css: str, rewritten: str) -> None:
    assert rewrite_css(css, lead) == rewritten


def test_a_style_sheet_in_euc_kr_comes_out_in_utf_8() -> None:
    data = '@charset "euc-kr"; body{font-family:"돋움";background:url(가.png)}'.encode("cp949")
    assert (
        rewrite_stylesheet(data, "text/css", lead).decode() == ' body{font-family:"돋움";background:url("/web/가.png")}'
    )


def test_hostile_css_takes_linear_time() -> None:
    with within(4):
        for css in (
            "url(" * 200_000,
            "/*" * 200_000,
            "'" * 200_001,
            "@import " * 100_000,
            "url('" + "\\" * 200_001,
            "image-set(" * 50_000,
            "image-set('" * 50_001,
        ):
            rewrite_css(css, lead)


def test_srcset_is_split_as_browsers_do() -> None:
    assert parse_srcset(" a.png,  b,c.png 2x ,d.png 100w,") == [("a.png", ""), ("b,c.png", "2x"), ("d.png", "100w")]
    assert rewrite_srcset("a.png 1x, javascript:x 2x, c, d.png", lead) == "/web/a.png 1x, /web/c, /web/d.png"
