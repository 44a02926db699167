"""Gzip members, one a record: what is compressed already goes into `stored` blocks, the rest through isal's level 1.

A stored block (RFC 1951, 3.2.4) costs five bytes in 65,535 and no time; the member stays one that every gzip reads.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from isal import isal_zlib

_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_STORED_MAX: Final = 65_535
_LEVEL: Final = 1


def pack(parts: Iterable[tuple[bytes, bool]]) -> Iterator[bytes]:
    """One gzip member over the parts; of each, whether it is stored as it is."""
    yield _HEAD
    crc = size = 0
    packer = None
    for data, stored in parts:
        crc = isal_zlib.crc32(data, crc)
        size += len(data)
        if not stored:
            packer = packer or isal_zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
            yield packer.compress(data)
            continue
        if packer:
            yield packer.flush(zlib.Z_SYNC_FLUSH)
            packer = None
        view = memoryview(data)
        for at in range(0, len(data), _STORED_MAX):
            piece = view[at : at + _STORED_MAX]
            yield struct.pack("<BHH", 0, len(piece), len(piece) ^ 0xFFFF)
            yield bytes(piece) if len(data) > _STORED_MAX else data
    yield packer.flush(zlib.Z_FINISH) if packer else b"\x01\x00\x00\xff\xff"
    yield struct.pack("<II", crc, size & 0xFFFFFFFF)
