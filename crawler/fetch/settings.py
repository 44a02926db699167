"""Scrapy settings that fetching needs, the reason beside each. `crawler/settings.py` takes them over as they are."""

from __future__ import annotations

from typing import Any, Final

FETCH_SETTINGS: Final[dict[str, Any]] = {
    # Everything that leaves the machine goes through the recording handler; other schemes have none at all.
    "DOWNLOAD_HANDLERS": {
        "http": "crawler.fetch.handler.WireDownloadHandler",
        "https": "crawler.fetch.handler.WireDownloadHandler",
        "data": None,
        "file": None,
        "ftp": None,
        "s3": None,
    },
    # From the engine (low) to the downloader (high).
    "DOWNLOADER_MIDDLEWARES": {
        # Outermost: sees only failures that nobody retries.
        "crawler.fetch.outcomes.OutcomeMiddleware": 10,
        # Before robots: no robots.txt is asked of an address that is refused.
        "crawler.fetch.guard.GuardMiddleware": 30,
        "crawler.fetch.robots.RobotsMiddleware": 100,
        "crawler.fetch.retries.RetryMiddleware": 550,
        "crawler.fetch.redirects.RedirectMiddleware": 600,
        # Scrapy's place for it.
        "crawler.fetch.proxies.ProxyMiddleware": 750,
        # Behind retries and redirects, so that each address is asked with its own validators; before what is stored is
        # looked at by anyone else, so that a 304 is the page that it confirms.
        "crawler.fetch.conditional.ConditionalMiddleware": 900,
        # Nearest the downloader: stores the bytes before anyone changes or drops them.
        "crawler.fetch.middleware.CaptureMiddleware": 950,
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
        "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
        # Content is decoded where it is captured, with our limits.
        "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
        # Markup is for the parsers' processes, not for the event loop; a page with a refresh is a page.
        "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
        # A 304 must stay a 304: a revisit, not a copy out of a cache.
        "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
        # A crawl's counts are of durable rows, in the index; these would cost as much as a capture's digests.
        "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
        # Credentials by spider attribute, for every host alike: a definition has none.
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
        # Cookies make captures depend on each other, and the middleware fetches the public suffix list by itself.
        "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    },
    "COOKIES_ENABLED": False,
    "HTTPCACHE_ENABLED": False,
    # A referrer policy is the server's to set and ours to obey; without a Referer there is nothing to obey.
    "REFERER_ENABLED": False,
    "ROBOTSTXT_OBEY": True,
    # Scrapy's default is not to verify, and to take any version.
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "DOWNLOAD_TLS_MIN_VERSION": "TLSv1.2",
    "DOWNLOAD_WARNSIZE": 0,
    # A cut body is retried and, in the end, an outcome; what arrived is stored all the same.
    "DOWNLOAD_FAIL_ON_DATALOSS": True,
    # Scrapy's default resolver knows IPv4 alone. This one has no timeout of its own; the exchange's holds.
    "DNS_RESOLVER": "scrapy.resolver.CachingHostnameResolver",
    # Refusals, header and decoding limits come out the same the second time.
    "RETRY_EXCEPTIONS": [
        "crawler.fetch.failures.HostUnknown",
        "crawler.fetch.failures.ConnectFailed",
        "crawler.fetch.failures.ProxyFailed",
        "crawler.fetch.failures.TimedOut",
        "crawler.fetch.failures.TooSlow",
        "crawler.fetch.failures.Disconnected",
    ],
    "RETRY_TIMES": 2,
    # The outcome says it; an error with every URL would bury what matters.
    "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
    # Nobody listens for a debugger on a port of an archive's crawler.
    "TELNETCONSOLE_ENABLED": False,
    # Ours. Private networks only when a person says so (crawl --allow-private, or the site's definition).
    "ALLOW_PRIVATE": False,
    # Ours. A PEM file of authorities beside the platform's (crawl --ca-file).
    "CA_FILE": None,
    # Ours. Hosts whose certificates and TLS versions are taken as they are; .example.org with all below it (a
    # definition's `tls`).
    "TLS_UNVERIFIED": [],
    # Ours. Changes to crawler/fetch/limits.py for this run.
    "FETCH_LIMITS": {},
    # Those of them that Scrapy keeps go into its own settings.
    "ADDONS": {"crawler.fetch.limits.ScrapyLimits": 0},
}
