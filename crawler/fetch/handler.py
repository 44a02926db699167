"""The download handler: Scrapy's HTTP/1.1 handler with every byte recorded, peers judged, and limits kept."""

from __future__ import annotations

from time import monotonic

from OpenSSL import SSL
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, TunnelError
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    NotSupported,
    StopDownload,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from service_identity import VerificationError
from service_identity.exceptions import CertificateError
from twisted.internet.error import ConnectError, DNSLookupError
from twisted.internet.error import ConnectionClosed as TxConnectionClosed
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError, ResponseFailed
from twisted.web.http import _DataLoss, _MalformedChunkedDataError

from crawler.fetch.failures import (
    BadAddress,
    BadHttp,
    BodyLimit,
    ConnectFailed,
    Disconnected,
    FetchFailed,
    HostUnknown,
    ProxyFailed,
    SchemeRefused,
    TimedOut,
    TlsFailed,
    TooSlow,
)
from crawler.fetch.guard import guard_of
from crawler.fetch.limits import Limits
from crawler.fetch.recording import Recording
from crawler.fetch.tls import context_factory
from crawler.fetch.wire import WirePool

TURN = "turn"
"""Where a request may carry its turn, which is told by `sent()` that the request is written, by `over()` that it never
will be; taken out by the handler."""

_META_KEY = "_recording"
_TICK = 1.0


class WireDownloadHandler(HTTP11DownloadHandler):
    """HTTP/1.1, plain, over TLS and through proxies. Failures are FetchFailed; `take` gives what was recorded."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor  # installs one when imported: not before Scrapy has chosen

        self._limits = Limits.of(crawler.settings)
        per_host = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._wire_pool = WirePool(reactor, guard_of(crawler), per_host)
        self._pool = self._wire_pool
        self._contextFactory = context_factory(crawler)  # type: ignore[assignment]  # implements it, by zope's rules
        self._recordings: set[Recording] = set()
        self._clock = LoopingCall(self._enforce_pace)

    async def download_request(self, request: Request) -> Response:
        """The response, or the FetchFailed that says why there is none. The recording stays with the request."""
        recording = Recording(request.url, self._limits, bool(request.meta.get("proxy")))
        request.meta[_META_KEY] = recording
        turn = request.meta.pop(TURN, None)
        if turn is not None:
            recording.on_sent = turn.sent
        # Scrapy asks the pool for a connection before its first suspension: nothing can come between.
        self._wire_pool.recording = recording
        self._recordings.add(recording)
        if not self._clock.running:
            self._clock.start(_TICK, now=False)
        try:
            response = await super().download_request(request)
        except StopDownload:
            raise
        except Exception as error:
            raise recording.failure or failure_of(error, recording) from error
        finally:
            if turn is not None and not recording.attempts:
                turn.over()
            recording.close()
            self._recordings.discard(recording)
        if recording.failure is not None:
            # A body that only the close ends looks whole to Twisted when we are the ones who closed.
            raise recording.failure
        return response

    def _enforce_pace(self) -> None:
        if not self._recordings:
            self._clock.stop()
            return
        now = monotonic()
        for recording in tuple(self._recordings):
            if recording.attempts:
                _check_pace(recording, now)

    async def close(self) -> None:
        """Closes the pool's connections."""
        if self._clock.running:
            self._clock.stop()
        await super().close()


def take(request: Request) -> Recording | None:
    """The recording of a request's latest fetch; None for what was not fetched by this handler. Taken once."""
    recording = request.meta.pop(_META_KEY, None)
    return recording if isinstance(recording, Recording) else None


def _check_pace(recording: Recording, now: float) -> None:
    attempt, limits = recording.attempts[-1], recording.limits
    if attempt.complete:
        return
    if not attempt.head_done:
        if now - attempt.begun > limits.header_seconds:
            recording.cut(TimedOut(f"The header was not whole after {limits.header_seconds:g} seconds."))
        return
    since, size = attempt.pace
    if now - since < limits.rate_seconds:
        return
    if attempt.body_size - size < limits.rate_bytes:
        recording.cut(
            TooSlow(f"The body brought less than {limits.rate_bytes} bytes in {limits.rate_seconds:g} seconds.")
        )
    attempt.pace = (now, attempt.body_size)


def failure_of(error: Exception, recording: Recording) -> FetchFailed:
    """What a failure of Scrapy's, Twisted's or OpenSSL's means, as one of ours."""
    causes = _causes(error)
    for cause in causes:
        if isinstance(cause, FetchFailed):
            return cause
    failure = _of_tls(causes) or _of_connection(error, causes, recording) or _of_message(error, causes, recording)
    return failure or FetchFailed(
        f"The fetch failed in a way that has no name yet: {type(error).__name__}: {_line(error)}."
    )


def _of_tls(causes: list[BaseException]) -> FetchFailed | None:
    for cause in causes:
        if isinstance(cause, (VerificationError, CertificateError)):
            return TlsFailed("The certificate is not one for this host.")
        if isinstance(cause, SSL.Error) and not isinstance(cause, (SSL.SysCallError, SSL.ZeroReturnError)):
            details = cause.args[0] if cause.args and isinstance(cause.args[0], list) else []
            said = "; ".join(str(item[-1]) for item in details) or "no details"
            return TlsFailed(
                f"The TLS handshake failed: {said}; --ca-file adds an authority, and tls = 'unverified' in a definition"
                " takes its site as it is."
            )
    return None


def _of_connection(error: Exception, causes: list[BaseException], recording: Recording) -> FetchFailed | None:
    if isinstance(error, TunnelError):
        return ProxyFailed(f"The proxy would not open a tunnel: {_line(error)}.")
    if isinstance(error, (NotSupported, UnsupportedURLSchemeError)):
        return SchemeRefused(f"Only http and https are fetched: {_line(error)}.")
    if recording.attempts:
        return None
    name: type[FetchFailed] | None = None
    if isinstance(error, CannotResolveHostError) or any(isinstance(cause, DNSLookupError) for cause in causes):
        name, said = HostUnknown, "The host's name has no address"
    elif isinstance(error, DownloadConnectionRefusedError):
        name, said = ConnectFailed, "The host refused the connection"
    elif any(isinstance(cause, (ConnectError, TxConnectionClosed)) for cause in causes):
        name, said = ConnectFailed, "No connection came about"
    elif isinstance(error, (ValueError, UnicodeError)):
        name, said = BadAddress, "The address is none"
    if name is None:
        return None
    if recording.proxied:
        return ProxyFailed(f"The proxy could not be reached: {_line(error)}.")
    return name(f"{said}: {_line(error)}.")


def _of_message(error: Exception, causes: list[BaseException], recording: Recording) -> FetchFailed | None:
    if isinstance(error, DownloadTimeoutError):
        return TimedOut("The exchange was not finished in time.")
    if isinstance(error, DownloadCancelledError):
        return BodyLimit(f"The body is above the limit: {_line(error)}.")
    # ParseError is for status lines; ValueError and KeyError come from Content-Length and Transfer-Encoding.
    for cause in causes:
        if isinstance(cause, (ParseError, _MalformedChunkedDataError, ValueError, KeyError)):
            return BadHttp(f"The answer is no HTTP that can be read: {type(cause).__name__}: {_line(cause)}.")
    if recording.attempts and recording.attempts[-1].answered and not recording.attempts[-1].speaks_http:
        return BadHttp("The answer is no HTTP that can be read: it has no status line.")
    if any(isinstance(cause, (ResponseFailed, TxConnectionClosed, _DataLoss, ConnectError)) for cause in causes):
        return Disconnected("The connection was closed before the answer was whole.")
    return None


def _causes(error: BaseException) -> list[BaseException]:
    """An exception with all that Twisted and `raise … from` wrapped into it."""
    found: list[BaseException] = []
    pending: list[BaseException] = [error]
    while pending:
        current = pending.pop(0)
        if any(current is known for known in found):
            continue
        found.append(current)
        if current.__cause__ is not None:
            pending.append(current.__cause__)
        reasons = getattr(current, "reasons", None) or ()
        pending.extend(reason.value for reason in reasons if isinstance(reason, Failure) and reason.value is not None)
    return found


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
