"""Signatures of texts (MinHash): how much of two texts is the same, told from 64 bytes of each.

Of each of the 64 hashes one byte is kept, which tells nearly as much (b-bit minwise hashing, Li and König 2010): an
article costs a fifth of what whole hashes would.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import eq
from typing import Final

from rensa import RMinHash

# Below so many tokens (about as many syllables) texts are alike by chance or by form: captions, notices.
LEAST_TOKENS: Final = 80
SIZE: Final = 64
"""Bytes of a signature."""
_SEED: Final = 20261123
# Bytes of two hashes that differ are equal this often.
_BY_CHANCE: Final = 1 / 256
# Signatures of another kind cannot be compared with these.
SKETCH: Final = f"rminhash-{getattr(RMinHash, 'ALGORITHM_VERSION', 0)}-{SIZE}x8"


def signature(tokens: Sequence[str]) -> bytes | None:
    """What is compared of a text, given as search tokens; None for one too short to be judged."""
    if len(tokens) < LEAST_TOKENS:
        return None
    sketch = RMinHash(num_perm=SIZE, seed=_SEED)
    sketch.update(list(map("".join, zip(tokens, tokens[1:], tokens[2:], strict=False))))
    return bytes(value & 0xFF for value in sketch.digest())


def similarity(one: bytes, other: bytes) -> float:
    """How much of two texts is the same, from 0 to 1, as far as their signatures tell."""
    same: int = sum(map(eq, one, other))
    return max(0.0, (same / SIZE - _BY_CHANCE) / (1 - _BY_CHANCE))
