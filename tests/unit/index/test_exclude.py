"""What was taken down is gone everywhere, stays gone, and leaves the rest whole."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from archive_builder import LIST, STORY, exchange, page_of, write
from click.testing import CliRunner
from index_builders import at, body, page_items, ranked

import archive
from archive.commands.exclude import exclude
from archive.commit import Writer, rebuild
from archive.errors import ArchiveDamaged
from archive.index.database import connect
from archive.index.views import VIEWS
from archive.model import Capture, Items, Run
from archive.takedown import take_down
from archive.verify import verify
from archive.warc.tombstones import is_tombstone, tombstone
from warc_reading import iter_records

COPY = "https://mirror.test/copy"
SECRET = "희귀질환"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    captures = write(tmp_path)
    story = page_items(body("재단, 신약 지원", "재단은 희귀질환 신약개발을 지원한다."), ranked("가", "나"), url=STORY)
    with Writer.open(tmp_path, Run("run-2", "mirror", at(70), parser="test/1")) as writer:
        copy = writer.store(exchange(COPY, 71, page_of(story)), parse=True)
        assert copy.kind == "revisit"
        assert copy.refers_to == captures[0].id
        writer.add_items(copy, page_items(story.page.body, key="copy", url=COPY, site="mirror"))
        writer.close("finished", {})
    return tmp_path


def seen(directory: Path) -> str:
    """All that the public tables, search and rankings tell."""
    with archive.open(directory) as opened:
        tables = {name: opened.db.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in VIEWS}
        found = [hit.id for hit in opened.search("신약").hits]
        return repr((tables, found, opened.rankings(), list(opened.history("ranked")), list(opened.rows())))


def clean(directory: Path) -> bool:
    return verify(directory, lambda finding: print(finding)).exit_code == 0


def plain(directory: Path) -> str:
    return "".join(
        gzip.decompress(path.read_bytes()).decode("utf-8", "replace") for path in (directory / "archive").iterdir()
    )


def parse(one: Capture, content: bytes, content_type: str | None) -> Items | None:
    """The story's and the list's pages, as their fixture has them."""
    text = content.decode()
    if one.url in (STORY, COPY):
        title = "재단, 신약 지원 확대" if "확대" in text else "재단, 신약 지원"
        return page_items(body(title, text), key="copy" if one.url == COPY else "1", url=one.url)
    return page_items(None, ranked("가", "신약", "다"), kind="front")


@pytest.mark.parametrize("rewrite", [False, True])
def test_a_url_is_gone_everywhere_and_stays_gone(directory: Path, rewrite: bool) -> None:
    assert SECRET in seen(directory)
    arguments = [STORY, "--reason", "시험", "-a", str(directory), *(["--rewrite"] if rewrite else [])]
    result = CliRunner().invoke(exclude, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    told = seen(directory)
    assert SECRET not in told
    assert "%EC%8B%A0%EC%95%BD" not in told
    assert COPY not in told  # it had the same bytes
    assert LIST in told
    assert clean(directory)
    assert (SECRET in plain(directory)) is not rewrite
    rebuild(directory, parse)
    assert SECRET not in seen(directory)
    assert COPY not in seen(directory)
    assert clean(directory)


def test_the_index_is_the_same_after_a_rebuild(directory: Path) -> None:
    rebuild(directory, parse)
    take_down(directory, STORY, "r")
    before = seen(directory)
    rebuild(directory, parse)
    assert seen(directory) == before


def test_what_comes_later_is_hidden_too(directory: Path) -> None:
    take_down(directory, STORY, "r")
    with Writer.open(directory, Run("run-3", "paper", at(80), parser="test/1")) as writer:
        again = page_items(body("재단", "희귀질환 새 소식"), url=STORY)
        writer.add_items(writer.store(exchange(STORY, 81, page_of(again)), parse=True), again)
        front = page_items(None, ranked("신약", "가"), kind="front")
        writer.add_items(writer.store(exchange(LIST, 82, page_of(front)), parse=True), front)
        writer.close("finished", {})
    assert SECRET not in seen(directory)
    with archive.open(directory) as opened:
        assert [entry.title for one in opened.rankings() for entry in one.entries] == ["가"]
    assert clean(directory)


def test_one_capture(directory: Path) -> None:
    with archive.open(directory) as opened:
        first, last = (one.capture_id for one in opened.versions(opened.articles(site="paper")[0].id))
    done = take_down(directory, last, "r", rewrite=True)
    assert (done.captures, done.files) == (1, 1)
    with archive.open(directory) as opened:
        assert [one.capture_id for one in opened.versions(opened.articles(site="paper")[0].id)] == [first]
    assert clean(directory)


def test_an_article_by_its_id_and_twice(directory: Path) -> None:
    with archive.open(directory) as opened:
        article = opened.articles(site="paper")[0]
    take_down(directory, article.id, "r")
    told = seen(directory)
    take_down(directory, STORY, "r")
    assert seen(directory) == told
    log = (directory / "excluded.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["named"] for line in log] == [article.id, STORY]


def test_what_names_nothing_is_refused(directory: Path) -> None:
    result = CliRunner().invoke(exclude, ["0123456789abcdef", "--reason", "r", "-a", str(directory)])
    assert result.exit_code == 1
    assert not (directory / "excluded.jsonl").exists()


def test_a_killed_exclusion_is_completed_and_a_torn_one_never_was(directory: Path) -> None:
    line = {"at": at(0), "reason": "r", "named": STORY, "url_keys": ["test,news)/a/%ec%8b%a0%ec%95%bd"], "captures": []}
    log = directory / "excluded.jsonl"
    log.write_text(json.dumps(line) + '\n{"at": "20', encoding="utf-8")
    connect(directory / "index.db").close()
    assert SECRET not in seen(directory)
    log.write_text("null\n", encoding="utf-8")
    with pytest.raises(ArchiveDamaged, match="line 1"):
        connect(directory / "index.db")


def test_tombstones_have_every_length(directory: Path) -> None:
    [path] = (directory / "archive").iterdir()
    record = next(one for one in iter_records(path) if one.kind == "response")
    for length in [*range(360, 700), *range(65_500, 66_300, 7), 1_000_000, 3_000_001]:
        object.__setattr__(record, "length", length)
        member = tombstone(record, "이유 " * 40)
        assert len(member) == length
        target = directory / "t.warc.gz"
        target.write_bytes(member)
        [found] = list(iter_records(target))
        assert is_tombstone(found)
        assert found.id == record.id
