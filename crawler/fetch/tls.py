"""Whom TLS trusts: the platform's authorities, and those of the setting `CA_FILE` (a PEM file) beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from OpenSSL import SSL
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.crawler import Crawler
from twisted.internet._sslverify import IOpenSSLTrustRoot
from twisted.internet.ssl import optionsForClientTLS
from zope.interface import implementer  # type: ignore[import-untyped]  # zope has no stubs

from crawler.errors import CrawlerError

_REMEMBERED_HOSTS = 256


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


class ContextFactory(_ScrapyClientContextFactory):
    """Scrapy's TLS settings, always verifying, with our trust root; one context for each host, not each connection."""

    def __init__(self, *args: Any, trust_root: TrustRoot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seogo_trust_root = trust_root
        self._creators: dict[bytes, Any] = {}

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802 - Twisted's name
        creator = self._creators.pop(hostname, None)
        if creator is None:
            # Reading the platform's authorities takes longer than a handshake.
            creator = optionsForClientTLS(
                hostname.decode("ascii"),
                self._seogo_trust_root,  # type: ignore[arg-type]  # an implementer, which mypy cannot see
                extraCertificateOptions=self._get_cert_options_kwargs(),
            )
        self._creators[hostname] = creator
        if len(self._creators) > _REMEMBERED_HOSTS:
            del self._creators[next(iter(self._creators))]
        return creator


def context_factory(crawler: Crawler) -> ContextFactory:
    """The context factory that the settings ask for. Raises CrawlerError for an unusable `CA_FILE`."""
    return ContextFactory.from_crawler(crawler, trust_root=TrustRoot(crawler.settings.get("CA_FILE")))
