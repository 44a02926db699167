"""Site definitions: what is written comes out, and every mistake is one sentence with file and key."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crawler.discovery.scope import article_key
from crawler.errors import DefinitionError
from crawler.sites.loader import load, names

GOOD = """
name = "paper"
zone = "Asia/Seoul"
seeds = ["https://www.paper.example/"]
[[articles]]
path = "/news/{key}.html"
[[layouts]]
valid_until = 2026-04-23
selectors = { body = ".old", ignore = [".ad"] }
[[layouts.ranked]]
container = "#rank"
item = "li"
[[layouts]]
valid_from = 2026-04-23
"""


def written(folder: Path, text: str) -> str:
    path = folder / "paper.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_definition_comes_out_as_written(tmp_path: Path) -> None:
    site = load(written(tmp_path, GOOD))
    assert (site.name, site.hosts, site.zone) == ("paper", ("www.paper.example",), "Asia/Seoul")
    assert site.layouts[0].valid_until == date(2026, 4, 23)
    assert site.layout(datetime(2026, 4, 22, tzinfo=UTC)).selectors.ignore == (".ad",)
    assert site.layout(datetime(2026, 4, 23, tzinfo=UTC)).ranked == ()
    assert site.digest.startswith("sha256:")


def test_layouts_change_at_midnight_of_the_site(tmp_path: Path) -> None:
    site = load(written(tmp_path, GOOD))
    old, new = site.layouts
    assert site.layout(datetime(2026, 4, 22, 14, 59, tzinfo=UTC)) == old
    assert site.layout(datetime(2026, 4, 22, 15, 0, tzinfo=UTC)) == new
    assert site.layout(None) == new


def test_a_host_in_letters_is_known_as_addresses_write_it(tmp_path: Path) -> None:
    site = load(written(tmp_path, "name = 'x'\nseeds = ['https://한국.example/']\n"))
    assert site.hosts == ("한국.example", "xn--3e0b707e.example")


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    first = load(written(tmp_path, GOOD))
    assert load(written(tmp_path, GOOD)).digest == first.digest
    assert load(written(tmp_path, GOOD + "# a remark\n")).digest != first.digest


def test_bundled_definitions_load() -> None:
    assert {"example", "yakup"} <= set(names())
    for name in names():
        assert load(name).name == name


def test_one_article_of_yakup_has_one_key() -> None:
    site = load("yakup")
    addresses = (
        "https://www.yakup.com/news/index.html?mode=view&cat=12&nid=322683",
        "https://www.yakup.com/news/index.html?nid=322683&mode=view&utm_source=x",
        "https://m.yakup.com/news/index.html?mode=view&nid=322683",
    )
    assert {article_key(site, address) for address in addresses} == {"322683"}
    assert article_key(site, "https://www.yakup.com/news/index.html?cat=12&cat2=121&page=1") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = 'x\n", "line 1"),
        ("name = 'x'\nname = 'y'\n", "line 2"),
        ("name = 'x'\n", "seeds"),
        ("seeds = ['http://x.example/']\n", "name"),
        ("name = 'X y'\nseeds = ['http://x.example/']\n", "name"),
        ("name = 'x'\nseeds = 'http://x.example/'\n", "seeds"),
        ("name = 'x'\nseeds = ['ftp://x.example/']\n", "seeds[0]"),
        ("name = 'x'\nseeds = []\n", "seeds"),
        ("name = 'x'\nseeds = ['http://x.example/', 'http://x.example/']\n", "seeds[1]"),
        ("name = 'x'\nseeds = ['http://x.example/']\ncolour = 'red'\n", "colour"),
        ("name = 'x'\nseeds = ['http://x.example/']\ndigest = 'a'\n", "digest"),
        ("name = 'x'\nseeds = ['http://x.example/']\nzone = 'Asia/Atlantis'\n", "zone"),
        ("name = 'x'\nseeds = ['http://x.example/']\nzone = '../../etc/passwd'\n", "zone"),
        ("name = 'x'\nseeds = ['http://x.example/']\ndelay = 'slow'\n", "delay"),
        ("name = 'x'\nseeds = ['http://x.example/']\ndelay = -1\n", "delay"),
        ("name = 'x'\nseeds = ['http://x.example/']\nhosts = ['a b']\n", "hosts[0]"),
        ("name = 'x'\nseeds = ['http://x.example/']\n[[articles]]\npath = '/news'\n", "articles[0]"),
        ("name = 'x'\nseeds = ['http://x.example/']\n[[articles]]\npath = '/{id}'\n", "articles[0]"),
        ("name = 'x'\nseeds = ['http://x.example/']\n[[lists]]\nquery = { a = 1 }\npath = '/'\n", "lists[0].query"),
        ("name = 'x'\nseeds = ['http://x.example/']\n[[lists]]\npath = '/'\nkey = 'n'\n", "lists[0].key"),
        ("name = 'x'\nseeds = ['http://x.example/']\n[[deny]]\npath = '/'\n[[deny]]\npath = '/'\n", "deny[1]"),
        ("name = 'x'\nseeds = ['http://x.example/']\n[[layouts]]\nselectors = { body = 'p[' }\n", "selectors.body"),
        ("name = 'x'\nseeds = ['http://x.example/']\n[[layouts]]\nselectors = { body = 'p:nth-child(2)' }\n", "body"),
        ("name = 'x'\nseeds = ['http://x.example/']\n[[layouts]]\nselectors = { bodi = 'p' }\n", "selectors.bodi"),
        ("name = 'x'\nseeds = ['http://x.example/']\n[[layouts]]\n[[layouts]]\n", "layouts[1].valid_from"),
        ("\ufeffname = ", "TOML"),
        ("[" * 5000, "TOML"),
    ],
)
def test_mistakes_are_told_with_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(DefinitionError) as caught:
        load(path)
    assert str(caught.value).startswith(path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["nosuch", "No Such", "./none.toml", "/etc", "/dev/zero", "a\0b.toml", "../../etc/passwd"]
)
def test_what_is_no_definition_is_told(name: str) -> None:
    with pytest.raises(DefinitionError):
        load(name)


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DefinitionError, match="no TOML"):
        load(str(path))
