"""How a request ends without a complete, usable answer: one class and one word for each way.

The word goes to the column `outcomes.outcome`, the message, one sentence, to `outcomes.reason`.

FetchFailed              error            what none of the others names
├── Unreachable                           no connection, so nothing was sent
│   ├── BadAddress       bad-url          the URL's host or path is none
│   ├── HostUnknown      dns              the name has no address
│   ├── ConnectFailed    connect          refused, no route, or closed at once
│   ├── ProxyFailed      proxy            the proxy could not be reached or would not open the tunnel
│   └── TlsFailed        tls              no common version or cipher, or a certificate that does not hold
├── Unfinished                            an exchange that was cut; what arrived is a capture
│   ├── TimedOut         timeout          not finished in time
│   ├── TooSlow          too-slow         kept alive by a trickle
│   ├── Disconnected     disconnect       closed or reset before the end
│   ├── BadHttp          bad-http         bytes that are no HTTP response
│   ├── HeaderLimit      header-limit     more header than any page needs
│   └── BodyLimit        too-large        a body above the limit
├── Undecodable                           a whole exchange whose content cannot be had
│   ├── DecodeLimit      decode-limit     a decompression bomb
│   ├── BadEncoding      bad-encoding     broken or unknown content coding
│   └── CutEncoding      truncated-encoding  a content coding that ends too early
└── Refused                               we would not
    ├── AddressRefused   refused-address  loopback, private, link-local, metadata
    ├── SchemeRefused    refused-scheme   neither http nor https
    ├── OutOfScope       offsite          the spider may not go there
    ├── RobotsRefused    robots           robots.txt says no, or cannot be read
    ├── BadRedirect      bad-redirect     a Location that is no address to go to
    └── RedirectLimit    redirect-limit   too many in a row

They are IgnoreRequest to Scrapy: the outcome tells a person what happened, a traceback would tell nothing more.
"""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest

from archive.model import Truncation


class FetchFailed(IgnoreRequest):
    """A request without a complete, usable answer. `outcome` is the word, the message the reason."""

    outcome = "error"


class Unreachable(FetchFailed):
    """No connection came about."""

    outcome = "connect"


class BadAddress(Unreachable):
    """The URL's host or path is none."""

    outcome = "bad-url"


class HostUnknown(Unreachable):
    """The name has no address."""

    outcome = "dns"


class ConnectFailed(Unreachable):
    """Refused, no route, or closed at once."""

    outcome = "connect"


class ProxyFailed(Unreachable):
    """The proxy could not be reached or would not open the tunnel."""

    outcome = "proxy"


class TlsFailed(Unreachable):
    """No common TLS version or cipher, or a certificate that does not hold."""

    outcome = "tls"


class Unfinished(FetchFailed):
    """An exchange that was cut. `truncated` is the value of WARC-Truncated for what arrived."""

    outcome = "disconnect"
    truncated: Truncation = "disconnect"


class TimedOut(Unfinished):
    """Not finished in time."""

    outcome = "timeout"
    truncated = "time"


class TooSlow(Unfinished):
    """Kept alive by a trickle of bytes."""

    outcome = "too-slow"
    truncated = "time"


class Disconnected(Unfinished):
    """Closed or reset before the end of the message."""


class BadHttp(Unfinished):
    """Bytes that are no HTTP response."""

    outcome = "bad-http"
    truncated = "unspecified"


class HeaderLimit(Unfinished):
    """More header than any page needs."""

    outcome = "header-limit"
    truncated = "length"


class BodyLimit(Unfinished):
    """A body above the limit."""

    outcome = "too-large"
    truncated = "length"


class Undecodable(FetchFailed):
    """A whole exchange whose content cannot be had."""

    outcome = "bad-encoding"


class DecodeLimit(Undecodable):
    """A decompression bomb."""

    outcome = "decode-limit"


class BadEncoding(Undecodable):
    """A broken or unknown content coding."""


class CutEncoding(Undecodable):
    """A content coding that ends too early: half a page would be taken for one that was rewritten."""

    outcome = "truncated-encoding"


class Refused(FetchFailed):
    """We would not send this request, or not follow this redirect."""

    outcome = "refused"


class AddressRefused(Refused):
    """Loopback, private, link-local, metadata and the like."""

    outcome = "refused-address"


class SchemeRefused(Refused):
    """Neither http nor https."""

    outcome = "refused-scheme"


class OutOfScope(Refused):
    """The spider may not go there."""

    outcome = "offsite"


class RobotsRefused(Refused):
    """robots.txt says no, or cannot be read."""

    outcome = "robots"


class BadRedirect(Refused):
    """A Location that is no address to go to."""

    outcome = "bad-redirect"


class RedirectLimit(Refused):
    """Too many redirects in a row."""

    outcome = "redirect-limit"
