"""Whom the owners of a site may ask: a crawl of other people's machines tells them, or does not begin."""

from __future__ import annotations

import socket
from typing import Final

from crawler.discovery.scope import host_of
from crawler.errors import BadInput
from crawler.fetch.guard import literal, why_not
from crawler.spiders.plan import Plan

# Names that are nobody's (RFC 6761), and those of networks of one's own.
_NOBODYS: Final = ("invalid", "test", "example", "localhost", "local", "internal", "home.arpa")


def check_contact(plan: Plan) -> None:
    """Refuse a crawl of foreign sites without a contact. Raises BadInput.

    Behind a proxy on this machine it is the proxy's owner who knows what is reached.
    """
    if plan.contact or (plan.proxy and not is_foreign(plan.proxy)):
        return
    for url in plan.seeds:
        if is_foreign(url) and _is_somebodys(host_of(url)):
            raise BadInput(
                f"{host_of(url)} is somebody else's machine and no contact is set: say how its owner reaches you, with"
                " --contact mailto:you@example.org or in SEOGO_CONTACT"
            )


def is_foreign(url: str) -> bool:
    """Whether a URL leads, as it is written, to somebody else's machine: neither loopback nor a private address.

    >>> is_foreign("http://127.1:8003/"), is_foreign("http://10.0.0.7/"), is_foreign("https://www.example.org/")
    (False, False, True)
    """
    host = host_of(url)
    address = literal(host)
    if address is not None:
        return why_not(address, allow_private=False) is None
    return not (host == "localhost" or host.endswith(".localhost"))


def _is_somebodys(name: str) -> bool:
    """Whether a name is that of a public machine, also where the resolver cannot tell now."""
    if "." not in name or any(name == one or name.endswith(f".{one}") for one in _NOBODYS):
        return literal(name) is not None
    try:
        found = {str(row[4][0]) for row in socket.getaddrinfo(name, None)}
    except (OSError, UnicodeError):
        return True
    addresses = [literal(one) for one in found]
    return any(address is not None and why_not(address, allow_private=False) is None for address in addresses)
