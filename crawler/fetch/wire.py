"""HTTP/1.1 as it went over the wire: what was written to and read from the connection, inside TLS.

A recording belongs to one Scrapy request. It has one attempt, or two: Twisted sends an idempotent request again by
itself when the pooled connection it chose turns out dead.

This module stands on private names of Twisted and Scrapy: `HTTPConnectionPool._newConnection`, `_putConnection`,
`HTTP11ClientProtocol._finishResponse`, `_disconnectParser`, `_parser`, `_currentRequest`, `_state`, and
`_LenientHTTP11ClientProtocol`. The versions are pinned, and the fidelity tests fail when one of them changes.
"""

# Twisted's client classes have no annotations.
# mypy: disable-error-code="no-untyped-call, union-attr, misc, attr-defined"

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable
from time import monotonic
from typing import IO, Any

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
    _TunnelingTCP4ClientEndpoint,
)
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure
from twisted.web._newclient import Request as TxRequest
from twisted.web.client import HTTPConnectionPool

from archive import times
from archive.model import Exchange, Truncation
from crawler.fetch.failures import FetchFailed, HeaderLimit, Unfinished
from crawler.fetch.guard import Guard
from crawler.fetch.limits import Limits

_BLANK_LINE = re.compile(rb"\n\r?\n")


class Attempt:
    """One request on one connection, and the bytes that came back.

    `head` runs up to and with the blank line; interim (1xx) responses before it are counted in `interim` and dropped.
    `excess` is how many bytes came behind the end of the message.
    """

    def __init__(self, limits: Limits, ip: str | None) -> None:
        self.started_at = times.now()
        self.begun = monotonic()
        self.ip = ip
        self.tls = ""
        self.sent: list[bytes] = []
        self.head = b""
        self.head_done = False
        self.body_size = 0
        self.interim: list[int] = []
        self.excess = 0
        self.complete = False
        self.unclean = False
        self.closed = False
        self.pace = (self.begun, 0)
        self._limits = limits
        self._body: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=limits.spool_bytes)  # noqa: SIM115 - outlives this
        self._unread = bytearray()
        self._searched = 0
        self._lines = 0
        self._interim_size = 0

    @property
    def answered(self) -> bool:
        """Whether any byte of an answer arrived, interim responses aside."""
        return bool(self.head or self._unread or self.body_size)

    @property
    def speaks_http(self) -> bool:
        """Whether what arrived began as a status line begins."""
        return self.head_done or self._unread[:5].upper() == b"HTTP/"

    def receive(self, data: bytes) -> None:
        """Takes what the connection brought. Raises HeaderLimit."""
        if self.closed:
            return
        if self.head_done:
            self._body.write(data)
            self.body_size += len(data)
            return
        self._unread += data
        self._split()

    def _split(self) -> None:
        while True:
            # A blank line may straddle two reads: its first newline can be two bytes back.
            end = _BLANK_LINE.search(self._unread, max(0, self._searched - 2))
            stop = end.end() if end else len(self._unread)
            self._lines += self._unread.count(b"\n", self._searched, stop)
            self._searched = stop
            if self._interim_size + stop > self._limits.header_bytes or self._lines > self._limits.header_lines:
                raise HeaderLimit(
                    f"The header has more than {self._limits.header_bytes} bytes or {self._limits.header_lines} lines."
                )
            if end is None:
                return
            head = bytes(self._unread[:stop])
            del self._unread[:stop]
            self._searched = 0
            code = _interim_code(head)
            if code is None:
                self.head, self.head_done = head, True
                self._body.write(self._unread)
                self.body_size = len(self._unread)
                self._unread.clear()
                return
            self.interim.append(code)
            self._interim_size += stop

    def finish(self, excess: int) -> None:
        """The message is over; the last `excess` bytes received are no part of it."""
        if self.closed or self.complete:
            return
        self.complete = True
        self.excess = excess
        if excess:
            self.body_size -= excess
            self._body.seek(self.body_size)
            self._body.truncate()

    def exchange(self, url: str, failure: FetchFailed | None, notes: Iterable[str] = ()) -> Exchange:
        """What was recorded, with the body as bytes or, above the limit, as an open file which the caller closes."""
        if not self.head_done and self.speaks_http:
            self.head = bytes(self._unread)
        elif not self.head_done:
            # No status line: as HTTP/0.9 had it, all of it is body.
            self._body.write(self._unread)
            self.body_size += len(self._unread)
        self._unread.clear()
        self._body.seek(0)
        body: bytes | IO[bytes] = self._body
        if self.body_size <= self._limits.spool_bytes:
            body = self._body.read()
            self._body.close()
        request, head = b"".join(self.sent), self.head
        # Tracebacks and Twisted's parser can hold an attempt in a cycle; its bytes go now, not at the next collection.
        self.sent, self.head = [], b""
        return Exchange(
            url=url,
            started_at=self.started_at,
            request=request,
            response_head=head,
            response_body=body,
            fidelity="wire",
            ip=self.ip,
            truncated=self._truncated(failure),
            notes=(*self._notes(), *notes),
        )

    def _truncated(self, failure: FetchFailed | None) -> Truncation | None:
        if isinstance(failure, Unfinished):
            # First: where only the close ends a body, one that we cut looks complete.
            return failure.truncated
        if self.complete:
            # Without a length only the close ends a body: one that was no orderly close may have come too early.
            return "disconnect" if self.unclean else None
        return "unspecified" if failure else "length"

    def _notes(self) -> Iterable[str]:
        if self.tls:
            yield self.tls
        for code in self.interim[:10]:
            yield f"interim-response-left-out {code}"
        if self.excess:
            yield f"excess {self.excess} bytes behind the message"

    def discard(self) -> None:
        """Lets go of the bytes of an attempt that nobody asked an exchange of."""
        self._body.close()


def _interim_code(head: bytes) -> int | None:
    """The status of a 1xx head, read as Twisted reads it, so that both leave out the same bytes."""
    parts = head.split(b"\n", 1)[0].removesuffix(b"\r").split(b" ", 2)
    try:
        code = int(parts[1])
    except (IndexError, ValueError):
        return None
    return code if 100 <= code < 200 else None


class Recording:
    """All that one Scrapy request did on the wire; `failure` is why we cut it, where we did."""

    def __init__(self, url: str, limits: Limits, proxied: bool) -> None:
        self.url = url
        self.limits = limits
        self.proxied = proxied
        self.attempts: list[Attempt] = []
        self.failure: FetchFailed | None = None
        self._cut: Callable[[Failure], None] | None = None

    def begin(self, ip: str | None, cut: Callable[[Failure], None]) -> Attempt:
        """A new attempt, on a connection that `cut` ends."""
        attempt = Attempt(self.limits, None if self.proxied else ip)
        self.attempts.append(attempt)
        self._cut = cut
        return attempt

    def cut(self, failure: FetchFailed) -> None:
        """Ends the exchange under way; the request fails with `failure`."""
        if self.failure is None and self._cut is not None:
            self.failure = failure
            self._cut(Failure(failure))

    def close(self) -> None:
        """Scrapy is through with the request: what arrives from now on is not of it."""
        self._cut = None
        for attempt in self.attempts:
            attempt.closed = True

    def exchanges(self, failure: FetchFailed | None) -> list[Exchange]:
        """The exchanges that brought at least a byte, in order. An attempt that brought none becomes a note."""
        found: list[Exchange] = []
        silent = 0
        for attempt in self.attempts:
            if attempt.answered:
                notes = (f"sent-again after {silent} unanswered on a dead connection",) if silent else ()
                found.append(attempt.exchange(self.url, failure, notes))
            else:
                silent += 1
                attempt.discard()
        self.attempts.clear()
        return found


class _Tee:
    """The transport as the request's writer sees it: keeps what is written, passes everything on."""

    def __init__(self, transport: Any, sent: list[bytes]) -> None:
        self._transport = transport
        self._sent = sent

    def write(self, data: bytes) -> None:
        self._sent.append(data)
        self._transport.write(data)

    def writeSequence(self, sequence: Iterable[bytes]) -> None:  # noqa: N802 - Twisted's name
        self.write(b"".join(sequence))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class WireRequest(TxRequest):
    """A Twisted request that knows its recording and keeps the bytes that it writes."""

    recording: Recording

    def writeTo(self, transport: Any) -> Any:  # noqa: N802 - Twisted's name
        return super().writeTo(_Tee(transport, self.recording.attempts[-1].sent))


class WireParser(_LenientHTTPClientParser):
    """Scrapy's lenient parser with lines as long as the header limit, which the attempt watches over."""

    MAX_LENGTH = 1 << 30


class WireProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's client protocol, with every byte received given to the attempt first."""

    _attempt: Attempt | None = None
    _tls: str | None = None

    def request(self, request: TxRequest) -> Any:
        if isinstance(request, WireRequest) and self._state == "QUIESCENT":
            self._attempt = request.recording.begin(self._peer(), self._cut)
        deferred = super().request(request)
        if self._parser is not None:
            # The parser's class is not Twisted's to choose but by this; WireParser adds no state.
            self._parser.__class__ = WireParser
        return deferred

    def _peer(self) -> str | None:
        host = getattr(self.transport.getPeer(), "host", None)
        return host if isinstance(host, str) else None

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        attempt = self._attempt
        if attempt is not None:
            if self._tls is None:
                # The handshake is surely over only once data arrives.
                self._tls = _tls_details(self.transport)
            attempt.tls = self._tls
            try:
                attempt.receive(data)
            except HeaderLimit as failure:
                if self._currentRequest is not None:
                    self._currentRequest.recording.cut(failure)
                return
        super().dataReceived(data)

    def _finishResponse(self, rest: bytes) -> None:  # noqa: N802 - Twisted's name
        attempt, self._attempt = self._attempt, None
        if attempt is not None:
            attempt.finish(len(rest))
            if rest and self._currentRequest is not None:
                # What follows on this connection could be taken for the answer to the next request.
                self._currentRequest.persistent = False
        super()._finishResponse(rest)

    def connectionLost(self, reason: Any = None) -> None:  # noqa: N802 - Twisted's name
        if self._attempt is not None and reason is not None:
            self._attempt.unclean = not reason.check(ConnectionDone)
        super().connectionLost(reason)
        self._attempt = None

    def _cut(self, failure: Failure) -> None:
        self._attempt = None
        self.transport.abortConnection()
        self._disconnectParser(failure)


def _tls_details(transport: Any) -> str:
    handle = getattr(transport, "getHandle", lambda: None)()
    version = getattr(handle, "get_protocol_version_name", None)
    return f"tls {version()} {handle.get_cipher_name()}" if version else ""


class WireFactory(_LenientHTTP11ClientFactory):
    """Builds protocols for peers that the guard lets pass: checked when connected, before a byte is sent."""

    guard: Guard | None = None

    def buildProtocol(self, addr: Any) -> WireProtocol:  # noqa: N802 - Twisted's name
        if self.guard is not None:
            self.guard.check_peer(getattr(addr, "host", None))
        return WireProtocol(self._quiescentCallback)


class _Bound:
    """A pooled connection lent to one recording."""

    def __init__(self, connection: Any, recording: Recording) -> None:
        self._connection = connection
        self._recording = recording

    def request(self, request: TxRequest) -> Any:
        request.__class__ = WireRequest
        request.recording = self._recording
        return self._connection.request(request)


class WirePool(HTTPConnectionPool):
    """A connection pool whose next connection is lent to `recording`; set it right before the agent's request.

    The agent asks for its connection synchronously, so that no two requests can take each other's recording.
    """

    recording: Recording | None = None

    def __init__(self, reactor: Any, guard: Guard, per_host: int) -> None:
        super().__init__(reactor, persistent=True)
        self.maxPersistentPerHost = per_host
        self._guard = guard

    def getConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:  # noqa: N802 - Twisted's name
        recording, self.recording = self.recording, None
        assert recording is not None
        return super().getConnection(key, endpoint).addCallback(lambda connection: _Bound(connection, recording))

    def _newConnection(self, key: Any, endpoint: Any) -> Deferred[Any]:  # noqa: N802 - Twisted's name
        factory = WireFactory(lambda protocol: self._putConnection(key, protocol), repr(endpoint))
        # A proxy is where the user sends us; what it connects to is not ours to see.
        through_proxy = key[0] == b"http-proxy" or isinstance(endpoint, _TunnelingTCP4ClientEndpoint)
        factory.guard = None if through_proxy else self._guard
        connected: Deferred[Any] = endpoint.connect(factory)
        return connected
