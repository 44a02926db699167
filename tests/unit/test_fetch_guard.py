from __future__ import annotations

import pytest

from crawler.fetch.failures import AddressRefused, BadAddress, SchemeRefused
from crawler.fetch.guard import Guard, literal

PRIVATE = [
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "①②⑦.0.0.1",
    "127。0。0。1",
    "127.0.0.1.",
    "127%2e0%2e0%2e1",
    "10.0.0.1",
    "172.16.5.4",
    "192.168.1.1",
    "100.64.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[::7f00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fd00::1]",
    "[fec0::1]",
    "localhost",
    "LOCALHOST.",
    "a.localhost",
    "printer.local",
    "metadata.google.internal",
]
NEVER = [
    "169.254.169.254",
    "0xa9fea9fe",
    "[::ffff:169.254.169.254]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "100.100.100.200",
    "0.0.0.0",
    "0",
    "[::]",
    "224.0.0.1",
    "255.255.255.255",
    "[ff02::1]",
]
PUBLIC = ["8.8.8.8", "example.org", "[2606:4700::1111]", "1.1", "localhost.example.org", "10.example.org", "서고.한국"]


@pytest.mark.parametrize("host", PRIVATE + NEVER)
def test_inside_addresses_are_refused_in_every_spelling(host: str) -> None:
    with pytest.raises(AddressRefused) as refusal:
        Guard().check_url(f"http://{host}/latest/meta-data/")
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("host", PRIVATE)
def test_allow_private_opens_private_networks(host: str) -> None:
    Guard(allow_private=True).check_url(f"https://{host}:8080/")


@pytest.mark.parametrize("host", NEVER)
def test_nothing_opens_link_local_and_metadata_addresses(host: str) -> None:
    with pytest.raises(AddressRefused):
        Guard(allow_private=True).check_url(f"http://{host}/")


@pytest.mark.parametrize("host", PUBLIC)
def test_the_public_internet_is_open(host: str) -> None:
    Guard().check_url(f"http://{host}/")


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.org/", "data:text/plain,x", "javascript:alert(1)"]
)
def test_other_schemes_are_refused(url: str) -> None:
    with pytest.raises(SchemeRefused):
        Guard().check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1",
        "http:///path",
        "http://example.org:99999/",
        "http://example.org:x/",
        "http://a..example/",
        "http://a.example../",
        f"http://{'a' * 64}.example/",
    ],
)
def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(BadAddress):
        Guard().check_url(url)


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.1.2.3", "::1", "fe80::1%eth0", "::ffff:192.168.0.1", None, "", "x"])
def test_a_connected_peer_is_judged_by_its_address(peer: str | None) -> None:
    with pytest.raises(AddressRefused):
        Guard().check_peer(peer)
    Guard().check_peer("93.184.216.34")


def test_names_are_no_literals() -> None:
    assert literal("example.org") is None
    assert literal("") is None
    assert literal("127.0.0.1 x") is None
