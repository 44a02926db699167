"""What people read: widths, cuts, tables."""

from __future__ import annotations

from crawler.report import shortened, table, width


def test_hangul_takes_two_columns() -> None:
    lines = table([("약업신문", "a"), ("x", "b")])
    assert [width(line[: line.index(mark)]) for line, mark in zip(lines, "ab", strict=True)] == [10, 10]


def test_cuts_fit_their_columns() -> None:
    for columns in range(2, 12):
        assert width(shortened("가나다라마바사", columns)) <= columns
    assert shortened("abc", 3) == "abc"


def test_nothing_steers_the_terminal() -> None:
    assert "\x1b" not in shortened("\x1b[2Jhello\nworld\x07", 60)
    assert shortened("a\n b\t c", 60) == "a b c"


def test_no_rows() -> None:
    assert table([]) == []
