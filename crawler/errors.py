"""Errors of the crawler.

CrawlerError                    anything a person can be told in one sentence
├── DefinitionError             a site definition that is missing, malformed or contradicts itself (exit 2)
├── BadUrl                      an address that is none, or not one to crawl (exit 2)
├── BadInput                    a file or an option's value that cannot be used (exit 2)
└── ParseFailed                 a page whose parse did not come to an end
    ├── ParseTimeout            it took too long
    ├── ParseMemory             it took too much memory
    └── ParseCrashed            its worker died, or the parser has a defect
"""

from __future__ import annotations


class CrawlerError(Exception):
    """Anything of the crawler that a person can be told in one sentence: what, where, what to do."""

    exit_code = 1


class DefinitionError(CrawlerError):
    """A site definition that is missing, malformed or contradicts itself; the message names file and key."""

    exit_code = 2


class BadUrl(CrawlerError):
    """An address that is none, or not one to crawl."""

    exit_code = 2


class BadInput(CrawlerError):
    """A file or an option's value that cannot be used."""

    exit_code = 2


class ParseFailed(CrawlerError):
    """A page whose parse did not come to an end. `outcome` is the word that `outcomes` records."""

    outcome = "parse-failed"


class ParseTimeout(ParseFailed):
    """The parse took too long."""

    outcome = "parse-timeout"


class ParseMemory(ParseFailed):
    """The parse took too much memory."""

    outcome = "parse-memory"


class ParseCrashed(ParseFailed):
    """The parse's worker died, or the parser has a defect."""

    outcome = "parse-crash"
