"""A crawl of other people's machines says whom they may ask, or does not begin."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from crawler.errors import BadInput
from crawler.spiders.contact import check_contact, is_foreign
from crawler.spiders.plan import plan_of

NEWS = "https://www.news-of-somebody.org/"


@pytest.mark.parametrize(
    ("url", "foreign"),
    [
        ("http://127.0.0.1:8003/", False),
        ("http://localhost/", False),
        ("http://[::1]/", False),
        ("http://192.168.1.5/", False),
        ("http://2130706433/", False),
        ("http://[::ffff:10.0.0.1]/", False),
        ("https://www.yakup.com/", True),
        ("http://8.8.8.8/", True),
        ("http://localhost.example.org/", True),
    ],
)
def test_whose_machine(url: str, foreign: bool) -> None:
    assert is_foreign(url) == foreign


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def found(host: str, *_: Any) -> list[Any]:
        if not addresses:
            raise socket.gaierror(socket.EAI_AGAIN, "no name server answers")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]

    monkeypatch.setattr("crawler.spiders.contact.socket.getaddrinfo", found)


@pytest.mark.parametrize("addresses", [(), ("93.184.216.34",), ("127.0.0.1", "93.184.216.34")])
def test_a_foreign_site_is_not_crawled_without_a_contact(
    monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...]
) -> None:
    resolving(monkeypatch, *addresses)
    with pytest.raises(BadInput, match=r"www.news-of-somebody.org is somebody else.*--contact.*SEOGO_CONTACT") as said:
        check_contact(plan_of(["http://127.0.0.1:8003/", NEWS]))
    assert said.value.exit_code == 2
    with pytest.raises(BadInput):
        check_contact(plan_of([NEWS], contact="", proxy="http://proxy.somebody.org:3128/"))
    with pytest.raises(BadInput):
        check_contact(plan_of(["http://8.8.8.8/"]))
    check_contact(plan_of([NEWS], contact="mailto:desk@example.org"))
    check_contact(plan_of([NEWS], proxy="http://127.0.0.1:3128/"))


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/", "http://10.1.2.3/", "http://printer/", "http://nothing.invalid/", "http://0x7f.1/"],
)
def test_nobody_else_is_reached(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch)
    check_contact(plan_of([url]))


def test_a_public_name_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "127.0.0.1", "::1")
    check_contact(plan_of([NEWS]))
