"""The DOM door: charsets, addresses, limits."""

from __future__ import annotations

import pytest

from archive.document import MAX_BYTES, parse_document
from archive.errors import DocumentError

URL = "https://paper.example/news/1"
KOREAN = "정부가 오늘 새로운 의약품 정책을 발표했다고 관계자는 말했다. 이번 조치는 다음 달부터 시행된다."
JAPANESE = "政府は新しい医薬品の政策を発表した。この措置は来月から実施されるという。記者会見で明らかにした。"
CHINESE = "政府今天发布了新的药品政策，这是我国在这个领域的一个重要发展，有关人士对记者说，他们将会继续工作。"
FRENCH = "Le ministère a annoncé une réforme élargie, très attendue, à l’été prochain — « déjà ça », dit-il."


def text_of(data: bytes, content_type: str | None = None) -> str:
    return "".join(parse_document(data, URL, content_type).tree.itertext())


def page(text: str, meta: str = "", lang: str = "") -> str:
    return f"<html lang='{lang}'><head>{meta}<title>t</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "codec"),
    [(KOREAN, "cp949"), (JAPANESE, "cp932"), (JAPANESE, "euc_jp"), (CHINESE, "gbk"), (FRENCH, "cp1252")],
)
@pytest.mark.parametrize("declared", [None, "utf-8", "iso-8859-1", "right"])
def test_legacy_encodings_are_read_whatever_is_declared(text: str, codec: str, declared: str | None) -> None:
    label = codec if declared == "right" else declared
    meta = f"<meta charset={label}>" if label else ""
    assert text in text_of(page(text * 3, meta).encode(codec))


@pytest.mark.parametrize("label", ["euc-kr", "ks_c_5601-1987", "KSC5601", "EUC-KR", "cp949"])
def test_korean_labels_mean_what_browsers_mean(label: str) -> None:
    # 똠 and 뙤 are in CP949 but not in EUC-KR proper.
    text = KOREAN + " 똠방각하와 뙤약볕."
    assert text in text_of(page(text, f"<meta charset='{label}'>").encode("cp949"))


def test_utf8_wins_over_a_wrong_declaration_and_says_so() -> None:
    document = parse_document(page(KOREAN, "<meta charset=euc-kr>").encode(), URL, "text/html; charset=shift_jis")
    assert document.charset == "utf-8"
    assert "charset-mismatch" in document.notes
    assert KOREAN in "".join(document.tree.itertext())


def test_header_and_meta_disagree_and_the_bytes_decide() -> None:
    data = page(KOREAN, "<meta charset=euc-kr>").encode("cp949")
    assert KOREAN in text_of(data, "text/html; charset=windows-1252")


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_wide_encodings_with_and_without_a_mark(codec: str) -> None:
    assert KOREAN in text_of(page(KOREAN).encode(codec))


def test_one_broken_sequence_does_not_make_utf8_another_encoding() -> None:
    document = parse_document(page(KOREAN * 5).encode() + b"<p>\xff\xfe caf\xe9", URL, None)
    assert document.charset == "utf-8"
    assert "charset-damaged" in document.notes
    assert KOREAN in "".join(document.tree.itertext())


def test_nul_bytes_are_noted_and_dropped() -> None:
    document = parse_document(b"<p>one\0two</p>" + b"x" * 2000, URL, None)
    assert document.notes == ("nul-bytes",)
    assert "onetwo" in "".join(document.tree.itertext())


@pytest.mark.parametrize("label", ["utf-7", "klingon", "rot13", "base64"])
def test_labels_that_are_no_page_encodings_are_ignored(label: str) -> None:
    assert KOREAN in text_of(page(KOREAN, f"<meta charset={label}>").encode())


@pytest.mark.parametrize("data", [b"", b"  \n ", b"\0\0", b"%PDF-1.7 ...", b"\xff\xd8\xff\xe0", b"<!-- only -->"])
def test_bytes_without_a_page_are_an_error_that_names_the_url(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"paper\.example"):
        parse_document(data, URL, "text/html")


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        (" ../c?b=1&a=2#top ", "https://paper.example/c?b=1&a=2"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("https://user:secret@h.example/p", "https://h.example/p"),
        ("http://e.example\\@evil.example/", "http://e.example/@evil.example/"),
        ("/a b\n.html", "https://paper.example/a%20b.html"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("mailto:a@b.example", None),
        ("#here", None),
        ("http://[::1", None),
        ("http://h.example:99999999/", None),
        ("", None),
        (None, None),
        ("x" * 10_000, None),
        ("/a/../b", "https://paper.example/b"),
    ],
)
def test_addresses(href: str | None, expected: str | None) -> None:
    assert parse_document(b"<p>x", URL, None).absolute(href) == expected


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("/b/", "https://paper.example/b/c"),
        ("javascript:x", "https://paper.example/news/c"),
        ("http://o.example/", "http://o.example/c"),
    ],
)
def test_base(base: str, expected: str) -> None:
    assert parse_document(f"<base href='{base}'><p>x".encode(), URL, None).absolute("c") == expected


def test_xpath_leads_back_to_the_element() -> None:
    document = parse_document(b"<div><p>a</p><p id=b>b</p></div>", URL, None)
    (element,) = document.tree.xpath("//p[@id='b']")
    assert document.xpath_of(element) == "/html/body/div/p[2]"


def test_no_more_than_the_limit_is_parsed() -> None:
    document = parse_document(b"<p>a</p>" + b"x" * MAX_BYTES + b"<p id=late>b</p>", URL, None)
    assert document.notes == ("tree-truncated",)
    assert not document.tree.xpath("//p[@id='late']")


def test_depth_is_cut_and_noted() -> None:
    assert "tree-truncated" in parse_document(b"<div>" * 100_000 + b"deep", URL, None).notes


def test_nothing_is_fetched_and_no_entity_is_read(tmp_path: object) -> None:
    data = b"<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><p>a&x;b</p>"
    assert "a&x;b" in text_of(data)


def test_a_page_without_a_body_tag_has_its_content_in_the_body_in_order() -> None:
    page = b"<!doctype html><title>T</title><article><h1>A</h1><p>x</p></article>tail<p>end"
    tree = parse_document(page, "https://news.example/", None).tree
    assert [child.tag for child in tree.find("body")] == ["article", "p"]
    assert "".join(tree.find("body").itertext()) == "Axtailend"
    assert [child.tag for child in tree.find("head")] == ["title"]
