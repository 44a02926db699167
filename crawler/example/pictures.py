"""Pictures made of numbers: small PNG landscapes, each of its own colours."""

from __future__ import annotations

import hashlib
import math
import struct
import zlib
from functools import lru_cache

WIDTH, HEIGHT = 320, 200
_SKIES = ((214, 196, 168), (176, 203, 214), (226, 178, 140), (160, 176, 200), (205, 214, 190))
_HILLS = ((92, 104, 70), (126, 92, 62), (70, 92, 96), (140, 112, 66), (84, 78, 98))
_SUNS = ((250, 236, 190), (196, 82, 44), (244, 190, 92))


@lru_cache(maxsize=128)
def photograph(name: str, scale: int = 1) -> bytes:
    """A PNG of `WIDTH` by `HEIGHT` times `scale`: a sun over hills drawn from the digest of a name."""
    digest = hashlib.sha256(name.encode()).digest()
    sky, near, sun = _SKIES[digest[0] % 5], _HILLS[digest[1] % 5], _SUNS[digest[2] % 3]
    far = tuple((one + other) // 2 for one, other in zip(sky, near, strict=True))
    sun_x, sun_y, radius = 30 + digest[3], 30 + digest[4] % 70, 14 + digest[5] % 14
    rows = bytearray()
    width, height = WIDTH * scale, HEIGHT * scale
    horizons = [(_ridge(x / scale, 105, digest[6], 22), _ridge(x / scale, 140, digest[7], 14)) for x in range(width)]
    for row in range(height):
        rows.append(0)
        y = row / scale
        lit = bytes(min(255, int(value + y / 4)) for value in sky)
        for column, (back, front) in enumerate(horizons):
            if y > front:
                rows += bytes(near)
            elif y > back:
                rows += bytes(far)
            elif (column / scale - sun_x) ** 2 + (y - sun_y) ** 2 < radius**2:
                rows += bytes(sun)
            else:
                rows += lit
    return _png(width, height, bytes(rows))


def _ridge(x: float, level: int, seed: int, swell: int) -> float:
    return level + swell * math.sin(x / (40 + seed % 40) + seed) + swell / 3 * math.sin(x / 17 + seed)


def _png(width: int, height: int, rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
