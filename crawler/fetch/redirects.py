"""Redirects: followed to http and https only, so many in a row, and without credentials into another origin."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware as ScrapyRedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from w3lib.url import safe_url_string

from crawler.fetch import outcomes
from crawler.fetch.failures import BadRedirect, RedirectLimit
from crawler.fetch.limits import Limits

_STATUSES = frozenset({301, 302, 303, 307, 308})
_CREDENTIALS = (b"Authorization", b"Cookie")
_PORTS = {"http": 80, "https": 443}


class RedirectMiddleware(ScrapyRedirectMiddleware):
    """Scrapy's, with the reason written down wherever a redirect is not followed."""

    def handle_referer(self, request: Request, response: Response) -> None:
        """No Referer is sent: an archive has no need of one, and the policy would be the server's to choose."""
        request.headers.pop("Referer", None)

    def _engine_started(self) -> None:
        """Scrapy looks for its Referer middleware here, which is switched off."""

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:
        if (
            response.status not in _STATUSES
            or b"Location" not in response.headers
            or request.meta.get("dont_redirect")
            or request.meta.get("handle_httpstatus_all")
            or response.status in request.meta.get("handle_httpstatus_list", ())
        ):
            return response
        limits = Limits.of(self.crawler.settings)
        try:
            url = target(request.url, response.headers[b"Location"] or b"", limits.redirect_url)
            return self._follow(request, response, url)
        except (BadRedirect, RedirectLimit) as failure:
            outcomes.record(self.crawler, request, failure)
            raise

    def _follow(self, request: Request, response: Response, url: str) -> Request:
        changes_method = (response.status in (301, 302) and request.method == "POST") or (
            response.status == 303 and request.method not in ("GET", "HEAD")
        )
        if changes_method:
            redirected = self._redirect_request_using_get(request, response, url)
        else:
            redirected = self._build_redirect_request(request, response, url=url)
        redirected.meta.pop("capture", None)
        if _origin(request.url) != _origin(url):
            for name in _CREDENTIALS:
                redirected.headers.pop(name, None)
        try:
            return self._redirect(redirected, request, response.status)
        except IgnoreRequest:
            raise RedirectLimit(
                f"{request.meta.get('redirect_times', 0)} redirects in a row, the last to {url[:200]}; "
                "no more are followed."
            ) from None


def target(url: str, location: bytes, longest: int) -> str:
    """The address that a Location names, without credentials. Raises BadRedirect.

    >>> target("http://example.org/a/b", b"../c#d", 8192)
    'http://example.org/c#d'
    """
    if not location.strip():
        raise BadRedirect("The redirect's Location is empty.")
    if len(location) > longest:
        raise BadRedirect(f"The redirect's Location has {len(location)} bytes, above the limit of {longest}.")
    try:
        joined = urljoin(url, safe_url_string(location))
        parts = urlsplit(joined)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadRedirect(f"The redirect's Location {_shown(location)} is no address: {error}.") from None
    if parts.scheme not in _PORTS:
        raise BadRedirect(f"The redirect leads to {_shown(location)}; only http and https are followed.")
    if not host:
        raise BadRedirect(f"The redirect's Location {_shown(location)} names no host.")
    fragment = parts.fragment or urlsplit(url).fragment
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=fragment))


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def _shown(location: bytes) -> str:
    return ascii(location[:100].decode("utf-8", "replace"))
