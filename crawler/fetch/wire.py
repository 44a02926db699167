"""Twisted's HTTP/1.1 client with every byte reported to a recording, and every peer judged before one is sent.

This module stands on private names of Twisted and Scrapy: `HTTPConnectionPool._newConnection`, `_putConnection`,
`HTTP11ClientProtocol._finishResponse`, `_disconnectParser`, `_parser`, `_currentRequest`, `_state`, and
`_LenientHTTP11ClientProtocol`. The versions are pinned, and the fidelity tests fail when one of them changes.
"""

# Twisted's client classes have no annotations.
# mypy: disable-error-code="no-untyped-call, union-attr, misc, attr-defined"

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scrapy.core.downloader.handlers.http11 import (
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
    _TunnelingTCP4ClientEndpoint,
)
from twisted.internet.defer import Deferred, fail
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure
from twisted.web._newclient import Request as TxRequest
from twisted.web.client import HTTPConnectionPool
from twisted.web.http_headers import InvalidHeaderName

from crawler.fetch.failures import FetchFailed, HeaderLimit
from crawler.fetch.guard import Guard
from crawler.fetch.recording import Attempt, Recording, Tls
from crawler.fetch.tls import FAULTS, iana_name, protocol_name


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
    """Scrapy's lenient parser with lines as long as the header limit, which the attempt watches over.

    A header whose name is none (bytes above ASCII, a blank within) is passed over, as browsers do; blanks before the
    colon are no part of the name. Of a body's transfer codings the last alone frames it (RFC 9112, 6.3): `identity`
    says nothing, and `gzip, chunked` is chunks, whose content `archive.http.content_of` decodes.
    """

    MAX_LENGTH = 1 << 30

    def headerReceived(self, name: bytes, value: bytes) -> None:  # noqa: N802 - Twisted's name
        name = name.rstrip(b" \t")
        if name.lower() == b"transfer-encoding":
            value = value.rpartition(b",")[2].strip()
            if value.lower() != b"chunked":
                return
        try:
            super().headerReceived(name, value)
        except InvalidHeaderName:
            return


class WireProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's client protocol, with every byte received given to the attempt first."""

    _attempt: Attempt | None = None
    _tls: Tls | None = None

    def request(self, request: TxRequest) -> Any:
        if isinstance(request, WireRequest) and self._state == "QUIESCENT":
            if request.recording.failure is not None:
                # We cut it before a whole head had arrived: to Twisted a dead connection, and a reason to ask again.
                self.transport.abortConnection()
                return fail(request.recording.failure)
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
            attempt.two_lengths = _two_lengths(self._parser)
            if (rest or attempt.two_lengths) and self._currentRequest is not None:
                # What follows on this connection could be taken for the answer to the next request.
                self._currentRequest.persistent = False
        super()._finishResponse(rest)

    def connectionLost(self, reason: Any = None) -> None:  # noqa: N802 - Twisted's name
        if self._attempt is not None and reason is not None:
            self._attempt.unclean = not reason.check(ConnectionDone)
        super().connectionLost(reason)
        self._attempt = None

    def _cut(self, failure: FetchFailed) -> None:
        self._attempt = None
        self.transport.abortConnection()
        self._disconnectParser(Failure(failure))


def _two_lengths(parser: Any) -> bool:
    """Whether the response gives its length in two ways (RFC 9112, 6.3: a sign of smuggling; the chunks decide)."""
    return parser is not None and all(map(parser.connHeaders.hasHeader, (b"content-length", b"transfer-encoding")))


def _tls_details(transport: Any) -> Tls:
    handle = getattr(transport, "getHandle", lambda: None)()
    version = getattr(handle, "get_protocol_version_name", None)
    if not version:
        return Tls()
    cipher = iana_name(handle.get_cipher_name() or "")
    return Tls(protocol_name(version()), cipher, tuple(getattr(transport, FAULTS, ())))


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
        # A host that hangs up without an answer is asked again when its delay is over, not by the pool at once.
        self.retryAutomatically = False
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
