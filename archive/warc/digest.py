"""Digests as WARC files name them: `sha1:` and base32."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from typing import Final

_ALGORITHMS: Final = {"sha1": 20, "sha256": 32, "sha512": 64, "md5": 16}


def digest_of(*pieces: bytes | memoryview) -> str:
    """The labelled digest over the pieces one after another.

    >>> digest_of(b"")
    'sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ'
    """
    return digest_of_all(pieces)


def digest_of_all(pieces: Iterable[bytes | memoryview], algorithm: str = "sha1") -> str:
    """`digest_of` for pieces that come from a file, with any algorithm that `parse_digest` knows."""
    hashed = hashlib.new(algorithm, usedforsecurity=False)
    for piece in pieces:
        hashed.update(piece)
    return f"{algorithm}:{base64.b32encode(hashed.digest()).decode('ascii').rstrip('=')}"


def algorithm_of(label: str) -> str | None:
    """The algorithm of a labelled digest as hashlib names it; None for one that WARC files are not known to use.

    >>> algorithm_of("SHA-256:x")
    'sha256'
    """
    name = label.strip().partition(":")[0].lower().replace("-", "")
    return name if name in _ALGORITHMS else None


def parse_digest(label: str) -> tuple[str, bytes] | None:
    """The algorithm (as hashlib names it) and the raw value of a digest in base32, base16 or base64.

    None when it is none or its algorithm is not one that WARC files are known to use; other tools' files mix them.

    >>> parse_digest("SHA-1:DA39A3EE5E6B4B0D3255BFEF95601890AFD80709") == parse_digest(digest_of(b""))
    True
    """
    _, colon, value = label.strip().partition(":")
    algorithm = algorithm_of(label)
    if not colon or algorithm is None:
        return None
    size = _ALGORITHMS[algorithm]
    padded = value.rstrip("=")
    for length, decode in (
        (size * 2, base64.b16decode),
        (-(-size * 8 // 5), base64.b32decode),
        (-(-size * 8 // 6), base64.urlsafe_b64decode),
    ):
        if len(padded) == length:
            text = padded if decode is base64.urlsafe_b64decode else padded.upper()
            text = text.replace("+", "-").replace("/", "_")
            pad = "=" * (-len(text) % (8 if decode is base64.b32decode else 4))
            try:
                raw = decode((text if decode is base64.b16decode else text + pad).encode("ascii"))
            except (binascii.Error, ValueError):
                return None
            return (algorithm, raw) if len(raw) == size else None
    return None
