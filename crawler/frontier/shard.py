"""Which of several crawlers a host belongs to: by its site, so that no two of them visit one site's machines.

A site is what stands before the public suffix: `m.news.example.co.kr` and `example.co.kr` are one. The list of suffixes
is the one that tldextract brings along; nothing is fetched for it, and all crawlers have to run the same version.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from crawler.errors import BadInput

MOST_SHARDS = 10_000

_SHARD = re.compile(r"([1-9][0-9]{0,4})/([1-9][0-9]{0,4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `number` of `of` parts, from 1."""

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read `2/3`. Raises BadInput.

        >>> Shard.parse("2/3")
        Shard(number=2, of=3)
        """
        found = _SHARD.fullmatch(text.strip())
        shard = cls(int(found[1]), int(found[2])) if found else None
        if shard is None or shard.number > shard.of or shard.of > MOST_SHARDS:
            raise BadInput(f"{text!r} is no shard: write one like 2/3, the second of three (at most {MOST_SHARDS})")
        return shard

    def has(self, host: str) -> bool:
        """Whether the hosts of this host's site are this shard's."""
        return shard_of(host, self.of) == self.number

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def shard_of(host: str, of: int) -> int:
    """The number of the shard, from 1 to `of`, that a host belongs to; the same on every machine."""
    digest = hashlib.blake2b(group_of(host).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % of + 1


@functools.lru_cache(maxsize=10_000)
def group_of(host: str) -> str:
    """The site of a host: its name below the public suffix; an address stands for itself.

    >>> group_of("m.news.example.co.kr"), group_of("127.0.0.1"), group_of("localhost")
    ('example.co.kr', '127.0.0.1', 'localhost')
    """
    name = host.lower().rstrip(".")
    return _registered(name) or name


def _registered(name: str) -> str:
    return _extractor()(name)


@functools.cache
def _extractor() -> Callable[[str], str]:
    from tldextract import TLDExtract  # costs a third of a second, which only a crawl of several pays

    extract = TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)
    return lambda name: extract(name).top_domain_under_public_suffix
