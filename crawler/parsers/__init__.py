"""The parsers: pure functions from a page's bytes to its parts."""

from __future__ import annotations

from crawler.parsers.page import PARSER_VERSION, parse_page

__all__ = ["PARSER_VERSION", "parse_page"]
