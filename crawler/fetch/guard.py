"""Which addresses the crawler may talk to: the public internet, and private networks only when told so.

A name is judged by the address that the connection reached, so that neither a hostile DNS answer nor one that changes
between two lookups leads inside. Literal addresses, in any spelling that a resolver takes for one, are judged before
robots.txt is asked for, and behind a proxy too.
"""

from __future__ import annotations

import socket
import unicodedata
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import unquote, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.utils.spider import DefaultSpider

from crawler.fetch.failures import AddressRefused, BadAddress, SchemeRefused

Address = IPv4Address | IPv6Address

# Where clouds keep credentials for whoever asks from inside. Refused even where private addresses are allowed.
_METADATA = frozenset(
    map(
        ip_address,
        ("169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"),
    )
)
_CGNAT = ip_network("100.64.0.0/10")
_SITE_LOCAL = ip_network("fec0::/10")
# IPv6 ranges that carry an IPv4 address, and the bit where it starts (RFC 6052, 3056; ::/96 is RFC 4291's old form).
_EMBEDDED = (
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("64:ff9b:1::/48"), 0),
    (IPv6Network("2002::/16"), 80),
    (IPv6Network("::/96"), 0),
)
_LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa")
_NAME_DOTS = str.maketrans("。．｡", "...")


@lru_cache(maxsize=1024)
def literal(host: str) -> Address | None:
    """The address that a host spells, however oddly; None for a name.

    >>> literal("0x7f.1"), literal("2130706433"), literal("①②⑦.0.0.1"), literal("example.org")
    (IPv4Address('127.0.0.1'), IPv4Address('127.0.0.1'), IPv4Address('127.0.0.1'), None)
    """
    plain = unicodedata.normalize("NFKC", unquote(host)).translate(_NAME_DOTS).strip().rstrip(".")
    plain = plain.removeprefix("[").removesuffix("]").partition("%")[0]
    try:
        return ip_address(plain)
    except ValueError:
        pass
    if not plain or any(character.isspace() for character in plain):
        return None
    try:
        # inet_aton has the rules of every resolver: fewer than four parts, octal, hexadecimal.
        return IPv4Address(socket.inet_aton(plain))
    except (OSError, UnicodeError, ValueError):
        return None


@lru_cache(maxsize=1024)
def why_not(address: Address, allow_private: bool) -> str | None:
    """Why an address is refused, as the end of a sentence; None when it may be connected to."""
    if isinstance(address, IPv6Address):
        inner = _inner(address)
        if inner is not None and address not in (IPv6Address("::"), IPv6Address("::1")):
            reason = why_not(inner, allow_private)
            return f"stands for {inner}, which {reason}" if reason else None
    if address in _METADATA:
        return "is a cloud's metadata service"
    if address.is_unspecified or address.is_multicast or (isinstance(address, IPv4Address) and address.packed[0] == 0):
        return "is no host's address"
    if address.is_link_local:
        return "is a link-local address"
    if address.is_loopback:
        return None if allow_private else "is this machine"
    if address.is_reserved:
        return "is a reserved address"
    if address.is_private or address in _CGNAT or address in _SITE_LOCAL:
        return None if allow_private else "is in a private network"
    return None if address.is_global else "is a reserved address"


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    for network, shift in _EMBEDDED:
        if address in network:
            return IPv4Address(int(address) >> shift & 0xFFFFFFFF)
    return address.teredo[1] if address.teredo else None


class Guard:
    """Judges URLs before a request, and peers when connected. `allow_private` opens loopback and private networks."""

    def __init__(self, *, allow_private: bool = False) -> None:
        self.allow_private = allow_private

    def check_url(self, url: str) -> None:
        """Raises SchemeRefused, BadAddress or AddressRefused for a URL that no request may go to."""
        try:
            parts = urlsplit(url)
            host = parts.hostname
            _ = parts.port
        except ValueError as error:
            raise BadAddress(f"The address is none: {error}.") from None
        if parts.scheme not in ("http", "https"):
            raise SchemeRefused(f"Only http and https are fetched, not {parts.scheme[:40]!r}.")
        if not host:
            raise BadAddress("The address names no host.")
        address = literal(host)
        if address is not None:
            self._check(address, host)
            return
        try:
            # Where this fails the resolver's thread does too, and nobody hears of it until the exchange's time is over.
            host.encode("idna")
        except UnicodeError:
            raise BadAddress("The host is no name: a part between its dots is empty or too long.") from None
        if not self.allow_private and _is_local(host):
            raise AddressRefused(f"{host} is a name of a private network; --allow-private lets it pass.")

    def check_peer(self, host: str | None) -> None:
        """Raises AddressRefused for the address that a connection reached."""
        address = literal(host or "")
        if address is None:
            raise AddressRefused(f"The connection's peer {host!r} has no address that can be judged.")
        self._check(address, str(address))

    def _check(self, address: Address, host: str) -> None:
        reason = why_not(address, self.allow_private)
        if reason is None:
            return
        spelled = host if host == str(address) else f"{host} ({address})"
        private = why_not(address, allow_private=True) is None
        raise AddressRefused(f"{spelled} {reason}{'; --allow-private lets it pass' if private else ''}.")


def _is_local(host: str) -> bool:
    labels = unicodedata.normalize("NFKC", unquote(host)).translate(_NAME_DOTS).lower().rstrip(".")
    return any(labels == name or labels.endswith(f".{name}") for name in _LOCAL_NAMES)


def guard_of(crawler: Crawler) -> Guard:
    """The guard that the setting `ALLOW_PRIVATE` asks for; what a person types into `scrapy shell` may be private."""
    return Guard(allow_private=crawler.spidercls is DefaultSpider or crawler.settings.getbool("ALLOW_PRIVATE"))


class GuardMiddleware:
    """Refuses URLs that name what must not be asked, before anything else, robots.txt included, is fetched for them."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardMiddleware:
        return cls(guard_of(crawler))

    def process_request(self, request: Request) -> None:
        self._guard.check_url(request.url)
