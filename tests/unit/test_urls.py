from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.urls import is_http, same_page, url_key
from cpu_time import within

# The right column is what the web archives' own canonicaliser answers.
KEYS = [
    (
        "https://www.yakup.com/news/index.html?mode=view&cat=12&nid=1",
        "com,yakup)/news/index.html?cat=12&mode=view&nid=1",
    ),
    ("http://example.com", "com,example)/"),
    ("http://EXAMPLE.com:80/Foo/Bar/?B=2&a=1", "com,example)/foo/bar?a=1&b=2"),
    ("https://example.com:8443/x", "com,example:8443)/x"),
    ("http://www2.example.com/../a/./b//c/", "com,example)/../a/b/c"),
    ("http://example.com/?", "com,example)/"),
    ("http://u:p@example.com/a#frag", "com,example)/a"),
    ("http://example.com/한글?q=한 글", "com,example)/%ed%95%9c%ea%b8%80?q=%ed%95%9c%20%ea%b8%80"),
    ("http://한국.kr/", "kr,xn--3e0b707e)/"),
    ("http://127.0.0.1:8080/a", "1,0,0,127:8080)/a"),
    ("http://2130706433/", "1,0,0,127)/"),
    ("http://[::1]:80/a", "::1)/a"),
    ("http://example.com/a?jsessionid=0123456789abcdef0123456789abcdef&x=1", "com,example)/a?x=1"),
    ("http://example.com/(aaaaaaaaaaaaaaaaaaaaaaaa)/x/y.aspx?Q", "com,example)/x/y.aspx?q"),
    ("http://example.com/a%2520b%23c", "com,example)/a%20b%23c"),
    ("http://https://example.com/x", "com,example)/x"),
    ("http://example.com/a?b=2&b=1&a", "com,example)/a?a&b=1&b=2"),
    ("http://www.example.com./a", "com,example)/a"),
    ("mailto:foo@example.com", "mailto:foo@example.com"),
    ("http://example.com/%zz", "com,example)/%25zz"),
]


@pytest.mark.parametrize(("url", "key"), KEYS)
def test_key(url: str, key: str) -> None:
    assert url_key(url) == key


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("HTTP://u:p@Example.com:80/a/../B?id=3&utm_source=x#c", "http://example.com/B?id=3"),
        ("https://example.com?fbclid=1", "https://example.com/"),
        ("http://example.com/a%2F?b=2&a=1", "http://example.com/a%2F?b=2&a=1"),
        ("http://example.com/x/%2e%2E/y/.", "http://example.com/y/"),
        ("http://한국.kr/기사", "http://xn--3e0b707e.kr/%EA%B8%B0%EC%82%AC"),
        ("mailto:foo@example.com", "mailto:foo@example.com"),
        ("http://[::1", "http://[::1"),
    ],
)
def test_same_page(url: str, same: str) -> None:
    assert same_page(url) == same


@given(st.text())
def test_any_text_has_a_key_in_printable_ascii(url: str) -> None:
    key = url_key(url)
    assert key.isascii()
    assert not any(character <= " " for character in key)


@given(st.text(), st.text())
def test_same_page_settles_at_once(path: str, query: str) -> None:
    once = same_page(f"https://Example.com/{path}?{query}")
    assert same_page(once) == once


PLAIN_OR_NOT = "abZ019./-_:?&=%2eE~!'()*;,@+$#\"<>[] \\^`{|}é"


@given(
    st.sampled_from(["example.com", "127.0.0.1", "e", "a.", "-x.com", "x..y", "[::1]"]),
    st.sampled_from(["", ":80", ":443", ":8080", ":080", ":99999", ":"]),
    st.text(PLAIN_OR_NOT, max_size=12) | st.sampled_from(["a/../b", "./x", "a//b/", "%2e%2e/a", ".x", "a/.", ".."]),
    st.lists(st.sampled_from(["utm_source=x", "UTM_x=1", "fbclid", "id=3", "a", "=", ""]) | st.text(PLAIN_OR_NOT)),
)
def test_plain_addresses_are_read_as_all_others(host: str, port: str, path: str, query: list[str]) -> None:
    rest = f"://{host}{port}/{path}{'?' * bool(query)}{'&'.join(query)}"
    # No address in capitals is plain.
    assert same_page(f"http{rest}").removeprefix("http") == same_page(f"HTTP{rest}").removeprefix("http").removeprefix(
        "HTTP"
    )


@given(st.text(alphabet="abc/.%2eE?&=#@:[]한 "))
def test_pages_that_are_the_same_have_one_key(tail: str) -> None:
    url = f"http://www.example.com/{tail}"
    assert url_key(f"http://EXAMPLE.com:80/{tail}") == url_key(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://e.com/" + "%25" * 300_000,
        "http://e.com/" + "/(aaaaaaaaaaaaaaaaaaaaaaaa)" * 40_000 + ".aspx",
        "http://e.com/?" + "cfid=" * 200_000,
        "http://" + "9" * 1_000_000,
        "http://" + "a." * 500_000,
        "http://e.com" + "/.." * 300_000,
    ],
)
def test_a_megabyte_of_address_takes_no_time(url: str) -> None:
    with within(2):
        url_key(url)
        same_page(url)


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("http://example.com", True),
        ("HTTPS://example.com/x", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("http://", False),
        ("http://[::1", False),
        ("http://example.com/a\0b", False),
        ("http://example.com/a b", False),
        ("urn:seogo:run:1", False),
    ],
)
def test_is_http(url: str, answer: bool) -> None:
    assert is_http(url) is answer
