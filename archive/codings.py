"""Content codings taken off, within bounds: gzip, deflate, brotli, zstd."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final, cast

import brotli
from isal import igzip_lib, isal_zlib

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Its stub takes the class for an instance of it.
_Broken: Final = cast("type[Exception]", igzip_lib.IsalError)

MAX_DECODED: Final = 32 << 20
MAX_RATIO: Final = 200
MAX_CODINGS: Final = 4
# Below this size a high ratio is a page of blanks, not a bomb.
RATIO_FLOOR: Final = 1 << 20
# RFC 9659: a decoder of the `zstd` content coding supports windows of up to 8 MiB, and need not support larger ones.
ZSTD_WINDOW_LOG: Final = 23


class DecodeError(ValueError):
    """A content coding that cannot be undone: broken data, an unknown coding, or output beyond the limits.

    `outcome` is what a page comes to that ends in it.
    """

    outcome = "bad-encoding"


class DecodeLimit(DecodeError):
    """Output beyond the limits: a decompression bomb."""

    outcome = "decode-limit"


class CutContent(DecodeError):
    """A content coding that ends too early."""

    outcome = "truncated-encoding"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A payload without its codings. `notes` say what was odd: `truncated-encoding`, `not-encoded`."""

    data: bytes
    notes: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """False when the coded data ended too early; `data` is what came out until there."""
        return "truncated-encoding" not in self.notes


def decode_content(payload: bytes, codings: Iterable[str], limit: int = MAX_DECODED, ratio: int = MAX_RATIO) -> Decoded:
    """Undoes content codings, given in the order in which they were applied.

    Output of more than `limit` bytes, or of more than `ratio` times the payload once past 1 MiB, raises DecodeError;
    so do broken data, unknown codings of what is no plain text, and more than four layers. Data that ends too early
    gives what there is.
    """
    layers = [coding.strip().lower() for coding in codings]
    layers = [coding for coding in layers if coding not in ("", "identity")]
    if len(layers) > MAX_CODINGS:
        raise DecodeError(f"{len(layers)} content codings, at most {MAX_CODINGS} are undone")
    allowed = min(limit, max(RATIO_FLOOR, ratio * len(payload)))
    notes: list[str] = []
    data = payload
    for coding in reversed(layers):
        if not data:
            break
        if coding not in _DECODERS:
            if not _looks_plain(data):
                raise DecodeError(f"unknown content coding {coding[:40]!r}")
            notes.append("not-encoded")
            continue
        data, note = _DECODERS[coding](data, allowed)
        if note:
            notes.append(note)
    return Decoded(data, tuple(dict.fromkeys(notes)))


def _bomb(allowed: int) -> DecodeLimit:
    return DecodeLimit(f"more than {allowed} bytes after decoding")


def _looks_plain(data: bytes) -> bool:
    """Whether bytes that fail as compressed data are text: a server that declares a coding it did not apply."""
    return data[:512].lstrip()[:1] in (b"<", b"{", b"[") and b"\0" not in data[:512]


def _inflate(data: bytes, allowed: int, wbits: int) -> tuple[bytes, str]:
    out: list[bytes] = []
    total = 0
    while data:
        inflater = isal_zlib.decompressobj(wbits)
        try:
            piece = inflater.decompress(data, allowed - total + 1)
        except _Broken as error:
            if out:
                break  # trailing bytes behind a whole member, as browsers and gzip(1) take it
            raise DecodeError(f"broken compressed data ({error})") from None
        total += len(piece)
        if total > allowed:
            raise _bomb(allowed)
        out.append(piece)
        if not inflater.eof:
            return b"".join(out), "truncated-encoding"
        if wbits <= zlib.MAX_WBITS:
            break
        data = inflater.unused_data
        if data[:3] != b"\x1f\x8b\x08":
            break
    return b"".join(out), ""


def _gzip(data: bytes, allowed: int) -> tuple[bytes, str]:
    if b"\x1f\x8b"[: len(data)] != data[:2]:
        if _looks_plain(data):
            return data, "not-encoded"
        raise DecodeError("no gzip data")
    return _inflate(data, allowed, 16 + zlib.MAX_WBITS)


def _deflate(data: bytes, allowed: int) -> tuple[bytes, str]:
    # RFC 9110 means zlib data; many servers send raw deflate.
    try:
        return _inflate(data, allowed, zlib.MAX_WBITS)
    except DecodeLimit:
        raise
    except DecodeError:
        pass
    try:
        return _inflate(data, allowed, -zlib.MAX_WBITS)
    except DecodeError:
        if _looks_plain(data):
            return data, "not-encoded"
        raise


def _drain(step: Callable[[bytes, int], bytes], finished: Callable[[], bool], data: bytes, allowed: int) -> bytes:
    """Calls a decompressor that takes a bound on its output until nothing more comes out."""
    out = [step(data, allowed + 1)]
    total = len(out[0])
    while out[-1] and total <= allowed and not finished():
        out.append(step(b"", allowed + 1 - total))
        total += len(out[-1])
    if total > allowed:
        raise _bomb(allowed)
    return b"".join(out)


def _brotli(data: bytes, allowed: int) -> tuple[bytes, str]:
    decompressor = brotli.Decompressor()
    try:
        out = _drain(
            lambda piece, limit: decompressor.process(piece, output_buffer_limit=limit),
            decompressor.is_finished,
            data,
            allowed,
        )
    except brotli.error as error:
        if _looks_plain(data):
            return data, "not-encoded"
        raise DecodeError(f"broken compressed data ({error})") from None
    return out, "" if decompressor.is_finished() else "truncated-encoding"


def _zstd(data: bytes, allowed: int) -> tuple[bytes, str]:
    out: list[bytes] = []
    while data:
        decompressor = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG})
        try:
            out.append(_drain(decompressor.decompress, partial(getattr, decompressor, "eof"), data, allowed))
        except zstd.ZstdError as error:
            if out:
                break
            if _looks_plain(data):
                return data, "not-encoded"
            raise DecodeError(f"broken compressed data ({error})") from None
        allowed -= len(out[-1])
        if not decompressor.eof:
            return b"".join(out), "truncated-encoding"
        data = decompressor.unused_data
    return b"".join(out), ""


_DECODERS: Final[dict[str, Callable[[bytes, int], tuple[bytes, str]]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
