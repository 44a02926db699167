"""What one request put on the wire and got back, as bytes: no Twisted here, only what its protocol reports.

A recording belongs to one Scrapy request and has one attempt: Twisted's own sending again, past all delays, is off, and
what is asked again is a request of its own.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import IO

from archive import times
from archive.model import Exchange, Truncation
from crawler.fetch.failures import FetchFailed, HeaderLimit, Unfinished
from crawler.fetch.limits import Limits

_BLANK_LINE = re.compile(rb"\n\r?\n")


@dataclass(frozen=True, slots=True)
class Tls:
    """How a connection was protected: `tls/1.3`, IANA's name of the cipher suite, what is wrong with the certificate.

    The names are empty where they are not known.
    """

    protocol: str = ""
    cipher_suite: str = ""
    faults: tuple[str, ...] = ()


class Attempt:
    """One request on one connection, and the bytes that came back.

    `head` runs up to and with the blank line; interim (1xx) responses before it are counted in `interim` and dropped.
    `excess` is how many bytes came behind the end of the message.
    """

    def __init__(self, limits: Limits, ip: str | None) -> None:
        self.started_at = times.now()
        self.begun = monotonic()
        self.ip = ip
        self.tls = Tls()
        self.sent: list[bytes] = []
        self.head = b""
        self.head_done = False
        self.body_size = 0
        self.interim: list[int] = []
        self.excess = 0
        self.complete = False
        self.unclean = False
        self.two_lengths = False
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

    def exchange(self, url: str, failure: FetchFailed | None) -> Exchange:
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
            notes=tuple(self._notes()),
            tls=self.tls.protocol,
            cipher_suite=self.tls.cipher_suite,
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
        if self.tls.faults:
            yield f"unverified: {'; '.join(self.tls.faults)}"
        for code in self.interim[:10]:
            yield f"interim-response-left-out {code}"
        if self.two_lengths:
            yield "content-length-ignored for transfer-encoding"
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
    """All that one Scrapy request did on the wire; `failure` is why we cut it, where we did.

    `on_sent` is called as each attempt begins to be written.
    """

    def __init__(self, url: str, limits: Limits, proxied: bool) -> None:
        self.url = url
        self.limits = limits
        self.proxied = proxied
        self.attempts: list[Attempt] = []
        self.failure: FetchFailed | None = None
        self.on_sent: Callable[[], None] | None = None
        self._cut: Callable[[FetchFailed], None] | None = None

    def begin(self, ip: str | None, cut: Callable[[FetchFailed], None]) -> Attempt:
        """A new attempt, on a connection that `cut` ends."""
        attempt = Attempt(self.limits, None if self.proxied else ip)
        self.attempts.append(attempt)
        self._cut = cut
        if self.on_sent is not None:
            self.on_sent()
        return attempt

    def cut(self, failure: FetchFailed) -> None:
        """Ends the exchange under way; the request fails with `failure`."""
        if self.failure is None and self._cut is not None:
            self.failure = failure
            self._cut(failure)

    def close(self) -> None:
        """Scrapy is through with the request: what arrives from now on is not of it."""
        self._cut = None
        for attempt in self.attempts:
            attempt.closed = True

    def exchanges(self, failure: FetchFailed | None) -> list[Exchange]:
        """The exchanges that brought at least a byte, in order."""
        found: list[Exchange] = []
        for attempt in self.attempts:
            if attempt.answered:
                found.append(attempt.exchange(self.url, failure))
            else:
                attempt.discard()
        self.attempts.clear()
        return found
