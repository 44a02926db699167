"""Pictures made of numbers: small PNG files, each of its own colours."""

from __future__ import annotations

import hashlib
import struct
import zlib
from functools import lru_cache


@lru_cache(maxsize=256)
def photograph(name: str, width: int = 320, height: int = 200) -> bytes:
    """A PNG whose sky, hills and sun come from the digest of a name; the same name gives the same bytes."""
    digest = hashlib.sha256(name.encode()).digest()
    sky, ground, sun = (tuple(90 + value % 150 for value in digest[at : at + 3]) for at in (0, 3, 6))
    sun_x, sun_y, radius = digest[9] * width // 256, 20 + digest[10] % 60, 14 + digest[11] % 22
    slope = (digest[12] - 128) / 512
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        fade = y / height / 2
        lit = bytes(int(value * (1 - fade) + 255 * fade) for value in sky)
        dark = bytes(int(value * (0.75 - fade / 2)) for value in ground)
        horizon = height * 0.62
        for x in range(width):
            if y > horizon + (x - width / 2) * slope:
                rows += dark
            elif (x - sun_x) ** 2 + (y - sun_y) ** 2 < radius**2:
                rows += bytes(sun)
            else:
                rows += lit
    return _png(width, height, bytes(rows))


def _png(width: int, height: int, rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
