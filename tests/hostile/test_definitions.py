"""Definitions that are wrong, huge or hostile: each fails as it is loaded, in one sentence with file and key (case 87).

And case 42: no selector that loads is slow, however many elements a page has.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lxml import etree

from cpu_time import within
from crawler.errors import DefinitionError
from crawler.parsers import parse_page
from crawler.sites import css
from crawler.sites.loader import load, load_all
from crawler.sites.model import Layout, ListSelectors, Selectors, Site

HEAD = "name = 'paper'\nseeds = ['https://paper.example/']\n"
LAYOUT = HEAD + "[[layouts]]\n"


def refused(folder: Path, text: str | bytes) -> str:
    path = folder / "paper.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with within(2), pytest.raises(DefinitionError) as caught:
        load(str(path))
    said = str(caught.value)
    assert said.startswith(f"{path}: ")
    assert "\n" not in said
    assert len(said) < 1000
    return said.removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    ("text", "key", "word"),
    [
        # wrong types
        ("name = 3\nseeds = ['https://paper.example/']\n", "name", "str"),
        (HEAD + "delay = '1'\n", "delay", "float"),
        (HEAD + "delay = nan\n", "delay", "3600"),
        (HEAD + "max_pages = true\n", "max_pages", "int"),
        (HEAD + "max_pages = 0\n", "max_pages", "1"),
        (HEAD + "allow_private = 'yes'\n", "allow_private", "bool"),
        (HEAD + "articles = 'x'\n", "articles", "array"),
        (HEAD + "[[articles]]\npath = 5\nkey = 'n'\n", "articles[0].path", "str"),
        (HEAD + "[[articles]]\nkey = 'n'\n", "articles[0]", "path"),
        (LAYOUT + "valid_from = 'soon'\n", "layouts[0].valid_from", "date"),
        (LAYOUT + "selectors = { ignore = '.ad' }\n", "layouts[0].selectors.ignore", "array"),
        # unknown keys
        (HEAD + "sead = []\n", "sead", "did you mean seeds?"),
        (HEAD + "[[articles]]\npaht = '/{key}'\n", "articles[0].paht", "did you mean path?"),
        (LAYOUT + "selectors = { titel = 'h1' }\n", "layouts[0].selectors.titel", "did you mean title?"),
        (LAYOUT + "[[layouts.ranked]]\ncontainer = 'ol'\nitems = 'li'\n", "layouts[0].ranked[0].items", "mean item?"),
        # names, hosts, zones, URLs that reach elsewhere
        ("name = '../paper'\nseeds = ['https://paper.example/']\n", "name", "letters"),
        ("name = 'yakup'\nseeds = ['https://paper.example/']\n", "name", "another name"),
        (HEAD + "zone = '../../../etc/passwd'\n", "zone", "Asia/Seoul"),
        (HEAD + "zone = '/etc/localtime'\n", "zone", "Asia/Seoul"),
        (HEAD + "zone = 'Asia'\n", "zone", "Asia/Seoul"),
        (HEAD + "zone = 'a\\u0000b'\n", "zone", "Asia/Seoul"),
        (HEAD + "hosts = ['https://paper.example']\n", "hosts[0]", "without scheme"),
        (HEAD + "hosts = ['.example']\n", "hosts[0]", "top-level"),
        (HEAD + "hosts = ['a.example', 'A.example']\n", "hosts[1]", "hosts[0]"),
        (HEAD + "sidebar = ['file:///etc/passwd']\n", "sidebar[0]", "http"),
        (HEAD + "sidebar = ['https://a:b@paper.example/']\n", "sidebar[0]", "password"),
        (HEAD + "sidebar = ['https://paper.example:99999/']\n", "sidebar[0]", "http"),
        # rules
        (HEAD + "[[articles]]\npath = 'news/{key}'\n", "articles[0].path", "/"),
        (HEAD + "[[articles]]\npath = '/{key}/{key}'\n", "articles[0].path", "twice"),
        (HEAD + "[[articles]]\npath = '/***{key}'\n", "articles[0].path", "wildcards"),
        (HEAD + "[[lists]]\npath = '/{key}'\n", "lists[0].path", "[[articles]]"),
        # layouts
        (LAYOUT + "valid_from = 2026-01-02\nvalid_until = 2026-01-02\n", "layouts[0].valid_until", "after"),
        (LAYOUT + "valid_until = 2026-01-02\n[[layouts]]\nvalid_from = 2026-01-01\n", "layouts[1].valid_from", "above"),
        (LAYOUT + "valid_from = 2026-01-02\n[[layouts]]\nvalid_from = 2027-01-01\n", "layouts[1].valid_from", "above"),
        # selectors
        (LAYOUT + "selectors = { body = '' }\n", "layouts[0].selectors.body", "no CSS selector"),
        (LAYOUT + "selectors = { body = 'div[' }\n", "layouts[0].selectors.body", "no CSS selector"),
        (LAYOUT + "selectors = { body = 'div::text' }\n", "layouts[0].selectors.body", "elements"),
        (LAYOUT + "selectors = { ignore = ['.a', 'x|y'] }\n", "layouts[0].selectors.ignore[1]", "namespace"),
        (LAYOUT + "selectors = { title = 'h1::before' }\n", "layouts[0].selectors.title", "::text"),
        (LAYOUT + "[[layouts.ranked]]\nitem = 'li'\n", "layouts[0].ranked[0]", "container"),
        (LAYOUT + "[[layouts.ranked]]\ncontainer = 'ol'\nitem = 'li:nth-child(2)'\n", "ranked[0].item", "slow"),
    ],
)
def test_a_mistake_names_its_key(tmp_path: Path, text: str, key: str, word: str) -> None:
    said = refused(tmp_path, text)
    assert key in said.partition(": ")[0]
    assert word in said


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"name = 'paper'\nseeds = [\n", "line 2"),
        (b"name = 'paper'\n\nseeds == 1\n", "line 3"),
        (b"name = 'paper'\nname = 'paper'\n", "line 2"),
        (b"# one\n# two\nname = '\xff'\n", "line 3"),
        (b"name = 'a\0b'\n", "line 1"),
        (b"x = 1\n[x]\n", "line 2"),
    ],
)
def test_broken_syntax_names_its_line(tmp_path: Path, text: bytes, line: str) -> None:
    assert line in refused(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "x = " + "[" * 50_000 + "]" * 50_000,
        HEAD + "title = '" + "x" * 2_000_000 + "'\n",
        HEAD + "title = '" + "x" * 500_000 + "'\n",
        HEAD + 'title = "a\\u001b[2J"\n',
        HEAD + "hosts = [" + ", ".join(f"'h{n}.example'" for n in range(2000)) + "]\n",
        HEAD + "[[deny]]\npath = '/x'\n" * 20_000,
        HEAD + "[[deny]]\npath = '/" + "a*" * 10_000 + "'\n",
        HEAD + "[[deny]]\npath = '/" + "(a+)+" * 100_000 + "'\n",
        LAYOUT + f"selectors = {{ body = '{'div ' * 10_000}p' }}\n",
        LAYOUT + f"selectors = {{ body = '{'a,' * 200}b' }}\n",
        LAYOUT + f"selectors = {{ body = '{'a:not(' * 80}b{')' * 80}' }}\n",
        LAYOUT + f"selectors = {{ ignore = [{', '.join(repr(f'.c{n}') for n in range(1000))}] }}\n",
        "\n".join(f"k{n} = {n}" for n in range(50_000)),
    ],
    ids=range(14),
)
def test_huge_definitions_are_refused_at_once(tmp_path: Path, text: str) -> None:
    refused(tmp_path, text)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo.toml"
    os.mkfifo(fifo)
    for name in (str(fifo), str(tmp_path), "/dev/zero", "a\0b.toml", str(tmp_path / "none.toml")):
        with pytest.raises(DefinitionError):
            load(name)


@pytest.mark.parametrize("name", ["..", ".", "a/b", "yakup/../example", "%2e%2e", "YAKUP", "yakup\n", "", "x" * 5000])
def test_a_name_reaches_only_what_is_bundled(name: str) -> None:
    with pytest.raises(DefinitionError):
        load(name)


def test_a_misspelt_name_is_guessed() -> None:
    with pytest.raises(DefinitionError, match="did you mean yakup"):
        load("yakupp")


def test_two_sites_of_one_name_are_refused(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "paper.toml").write_text(HEAD.replace("//paper", f"//{folder}"))
    first, second = str(tmp_path / "one" / "paper.toml"), str(tmp_path / "two" / "paper.toml")
    with pytest.raises(DefinitionError, match=r"two/paper\.toml: name: 'paper' is taken by .*one/paper\.toml"):
        load_all([first, second])
    assert len(load_all([first, first])) == 1


FLAT = "<html><body><div>" + "<p class=a><b>x</b></p>" * 50_000 + "</div></body></html>"
DEEP = "<html><body>" + "<div class=a>" * 2000 + "x" + "</div>" * 2000
MANY = "<html><body>" + ("<div class=a>" * 200 + "x" + "</div>" * 200) * 120


@pytest.mark.parametrize("page", [FLAT, DEEP, MANY], ids=["flat", "deep", "many"])
def test_no_selector_that_loads_is_slow(page: str) -> None:
    root = etree.fromstring(page, etree.HTMLParser(huge_tree=True))
    for selector in ("p, b, div", "div p b", "* * * *", "p + p", ".a .a .a .a, .a > b", ":not(.b) :is(p, b, div)"):
        with within(3):
            css.elements(root, selector)


def test_case_42_a_page_of_200_000_siblings_is_parsed_by_selectors_in_linear_time() -> None:
    selectors = Selectors(title="div p, div b")
    layout = Layout(selectors=selectors, sections=(ListSelectors(container="p, b", item="b"),))
    site = Site(name="paper", seeds=("https://paper.example/",), layouts=(layout,))
    page = ("<html><body><div>" + "<p class=a>x</p>" * 200_000 + "</div></body></html>").encode()
    with within(6):
        parse_page(page, "https://paper.example/", site=site)
