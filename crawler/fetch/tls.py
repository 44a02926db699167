"""Whom TLS trusts: the platform's authorities, and those of the setting `CA_FILE` (a PEM file) beside them.

Hosts in the setting `TLS_UNVERIFIED` are taken as they are; what is wrong with them is noted with each exchange.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from OpenSSL import SSL
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.crawler import Crawler
from service_identity import VerificationError
from service_identity.exceptions import CertificateError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet._sslverify import ClientTLSOptions, IOpenSSLTrustRoot
from twisted.internet.ssl import CertificateOptions, TLSVersion, optionsForClientTLS
from zope.interface import implementer  # type: ignore[import-untyped]  # zope has no stubs

from crawler.errors import CrawlerError

_REMEMBERED_HOSTS = 256
# OpenSSL's numbers, as x509_vfy.h has them.
_FAULTS: Final = {
    9: "the certificate is not valid yet",
    10: "the certificate has expired",
    18: "the certificate is self-signed",
    19: "a self-signed certificate is in its chain",
    20: "the certificate's issuer is not known",
    21: "the certificate's issuer is not known",
}
# What OpenSSL calls ECDHE-RSA-AES128-GCM-SHA256; suites of TLS 1.3 have IANA's names there too.
_OPENSSL: Final = re.compile(
    r"(?:((?:EC)?DHE)-(RSA|ECDSA)-)?"
    r"(?:AES(128|256)-(?:(GCM)-)?(SHA|SHA256|SHA384)|CHACHA20-POLY1305)"
)
FAULTS: Final = "seogo_faults"
"""The attribute of a TLS connection's transport that lists what is wrong with a certificate that was taken as it is."""


@implementer(IOpenSSLTrustRoot)
class TrustRoot:
    """The platform's authorities and those of a file. Raises CrawlerError for a file that has none."""

    def __init__(self, ca_file: str | None) -> None:
        self._ca_file = ca_file
        if ca_file is not None:
            self._addCACertsToContext(SSL.Context(SSL.TLS_CLIENT_METHOD))

    def _addCACertsToContext(self, context: SSL.Context) -> None:  # noqa: N802 - Twisted's name
        context.set_default_verify_paths()
        if self._ca_file is None:
            return
        try:
            context.load_verify_locations(self._ca_file)
        except SSL.Error as error:
            missing = "" if Path(self._ca_file).is_file() else " (no such file)"
            raise CrawlerError(
                f"{self._ca_file}{missing} holds no certificates that TLS can use; --ca-file takes a PEM file."
            ) from error


class _AsItIs(ClientTLSOptions):
    """Takes any certificate, and leaves at the transport what is wrong with it."""

    def clientConnectionForTLS(self, tlsProtocol: Any) -> SSL.Connection:  # noqa: N802, N803 - Twisted's names
        connection = super().clientConnectionForTLS(tlsProtocol)
        host = self._hostnameASCII
        wanted = DNS_ID(host) if self._hostnameIsDnsName else IPAddress_ID(host)
        faults: list[str] = []
        setattr(tlsProtocol, FAULTS, faults)

        def note(_: SSL.Connection, certificate: Any, error: int, depth: int, fine: int) -> bool:
            found = [] if fine else [_FAULTS.get(error, f"OpenSSL's error {error}")]
            if depth == 0:
                try:
                    verify_service_identity(extract_patterns(certificate), [wanted], [])
                except (CertificateError, VerificationError):
                    found.append("the certificate is not one for this host")
            faults.extend(fault for fault in found if fault not in faults)
            return True

        connection.set_verify(SSL.VERIFY_PEER, note)
        return connection


class ContextFactory(_ScrapyClientContextFactory):
    """Scrapy's TLS settings with our trust root; one context for each host, not each connection.

    It verifies all hosts but those in `unverified`, where a leading dot takes in all below a name.
    """

    def __init__(self, *args: Any, trust_root: TrustRoot, unverified: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # An implementer of Twisted's interface, which mypy cannot see.
        self._seogo_trust_root: Any = trust_root
        self._seogo_unverified = unverified
        self._creators: dict[bytes, Any] = {}

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802 - Twisted's name
        creator = self._creators.pop(hostname, None)
        if creator is None:
            # Reading the platform's authorities takes longer than a handshake.
            creator = self._creator(hostname.decode("ascii"))
        self._creators[hostname] = creator
        if len(self._creators) > _REMEMBERED_HOSTS:
            del self._creators[next(iter(self._creators))]
        return creator

    def _creator(self, host: str) -> ClientTLSOptions:
        if any(host == name or (name[:1] == "." and f".{host}".endswith(name)) for name in self._seogo_unverified):
            options = CertificateOptions(trustRoot=self._seogo_trust_root, insecurelyLowerMinimumTo=TLSVersion.TLSv1_0)
            # Twisted would leave the level out, without which OpenSSL speaks no TLS 1.0.
            options.getContext().set_cipher_list(b"ALL:@SECLEVEL=0")
            return _AsItIs(options._makeTLSConnection, host)
        return optionsForClientTLS(
            host,
            self._seogo_trust_root,
            extraCertificateOptions=self._get_cert_options_kwargs(),
        )


def context_factory(crawler: Crawler) -> ContextFactory:
    """The context factory that the settings ask for. Raises CrawlerError for an unusable `CA_FILE`."""
    return ContextFactory.from_crawler(
        crawler,
        trust_root=TrustRoot(crawler.settings.get("CA_FILE")),
        unverified=tuple(crawler.settings.getlist("TLS_UNVERIFIED")),
    )


def protocol_name(version: str) -> str:
    """OpenSSL's name of a version as WARC-Protocol has it; empty for one that it has not.

    >>> protocol_name("TLSv1.3"), protocol_name("TLSv1"), protocol_name("unknown")
    ('tls/1.3', 'tls/1.0', '')
    """
    number = version.removeprefix("TLSv")
    if number == version:
        return ""
    return f"tls/{number}" if "." in number else f"tls/{number}.0"


def iana_name(openssl: str) -> str:
    """OpenSSL's name of a cipher suite as IANA registers it; empty for the rare ones that are not told apart here.

    >>> iana_name("ECDHE-RSA-AES128-GCM-SHA256"), iana_name("AES256-SHA")
    ('TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_RSA_WITH_AES_256_CBC_SHA')
    >>> iana_name("TLS_AES_256_GCM_SHA384"), iana_name("ECDHE-ECDSA-CHACHA20-POLY1305"), iana_name("PSK-NULL-SHA")
    ('TLS_AES_256_GCM_SHA384', 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', '')
    """
    if openssl.startswith("TLS_"):
        return openssl
    match = _OPENSSL.fullmatch(openssl)
    if match is None:
        return ""
    exchange, signature, bits, gcm, digest = match.groups()
    if not exchange and not bits:
        return ""
    keys = f"{exchange}_{signature}" if exchange else "RSA"
    cipher = f"AES_{bits}_{gcm or 'CBC'}_{digest}" if bits else "CHACHA20_POLY1305_SHA256"
    return f"TLS_{keys}_WITH_{cipher}"
