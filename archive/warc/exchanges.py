"""An exchange as records: the response, or a revisit where the archive has its payload already, and the request."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from archive.model import Capture, Exchange
from archive.warc import compose
from archive.warc.rows import FIDELITY

_ADDRESS: Final = re.compile(r"[0-9A-Fa-f.:]{2,45}")


def records(
    exchange: Exchange,
    message: compose.Message,
    capture_id: str,
    url: str,
    date: str,
    warcinfo_id: str,
    original: Capture | None,
) -> list[Iterable[compose.Part]]:
    """The records in the order in which they are appended; without a request there is one alone.

    With `original` the first is a revisit of it whose block is the response's head. The payload digest is left out
    where tools disagree on what the payload is: there the index carries it.
    """
    common = [
        ("WARC-Date", date),
        ("WARC-Target-URI", url),
        ("WARC-Warcinfo-ID", compose.urn(warcinfo_id)),
        *([("WARC-IP-Address", exchange.ip)] if exchange.ip and _ADDRESS.fullmatch(exchange.ip) else []),
        *_transport(exchange),
    ]
    headers = [
        ("WARC-Type", "revisit" if original else "response"),
        ("WARC-Record-ID", compose.urn(capture_id)),
        *common,
        *([("WARC-Truncated", str(exchange.truncated))] if exchange.truncated else []),
        *_payload_digest(message, original),
        *(_refers_to(original, message.head.status) if original else []),
        (FIDELITY, exchange.fidelity),
        *(("Seogo-Note", compose.one_line(note)) for note in exchange.notes),
        ("Content-Type", "application/http;msgtype=response"),
    ]
    answer: Iterable[compose.Part] = (
        compose.record(headers, [(message.head_bytes, False)])
        if original
        else compose.response_record(headers, message)
    )
    if not exchange.request:
        return [answer]
    request, redacted = compose.redact(exchange.request)
    asked = [
        ("WARC-Type", "request"),
        ("WARC-Record-ID", compose.urn(compose.new_id())),
        *common,
        ("WARC-Concurrent-To", compose.urn(capture_id)),
        *(("Seogo-Redacted", name) for name in redacted),
        ("Content-Type", "application/http;msgtype=request"),
    ]
    return [answer, compose.record(asked, [(request, False)])]


def _transport(exchange: Exchange) -> list[tuple[str, str]]:
    """The protocols, the inner one first, and the cipher: extensions of the standard, at
    https://iipc.github.io/warc-specifications/.

    HTTP/1.1 without TLS is what a reader takes a record for that says nothing.
    """
    layers = [exchange.protocol, exchange.tls] if exchange.tls else [exchange.protocol]
    said = [("WARC-Protocol", compose.one_line(name)) for name in layers if layers != ["http/1.1"]]
    suite = compose.one_line(exchange.cipher_suite)
    return [*said, ("WARC-Cipher-Suite", suite)] if suite else said


def _payload_digest(message: compose.Message, original: Capture | None) -> list[tuple[str, str]]:
    digest = original.digest if original else message.digest if message.tools_agree else None
    return [("WARC-Payload-Digest", digest)] if digest else []


def _refers_to(original: Capture, status: int | None) -> list[tuple[str, str]]:
    return [
        ("WARC-Profile", compose.NOT_MODIFIED if status == 304 else compose.IDENTICAL),
        ("WARC-Refers-To", compose.urn(original.id)),
        ("WARC-Refers-To-Target-URI", original.url),
        ("WARC-Refers-To-Date", original.captured_at),
    ]
