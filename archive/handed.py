"""Values that processes hand to each other: pickled as msgpack inside, in a tenth of the time."""

from __future__ import annotations

import threading
from dataclasses import fields
from typing import Any

import msgspec

_ENCODER = msgspec.msgpack.Encoder()
# msgspec crashes the process where several threads build the decoder of one type at once.
_BUILDING = threading.Lock()
_DECODERS: dict[type[Handed], msgspec.msgpack.Decoder[Handed]] = {}


class Handed:
    """What a frozen dataclass inherits that is pickled often; the types of its fields are such that msgspec knows."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        try:
            return _restored, (type(self), _ENCODER.encode(self))
        except (UnicodeEncodeError, OverflowError):
            # Lone surrogates, and integers of more than 64 bits.
            return type(self), tuple(getattr(self, field.name) for field in fields(self))  # type: ignore[arg-type]  # a dataclass


def _restored(kind: type[Handed], data: bytes) -> Handed:
    return _decoder(kind).decode(data)


def _decoder(kind: type[Handed]) -> msgspec.msgpack.Decoder[Handed]:
    with _BUILDING:
        if kind not in _DECODERS:
            _DECODERS[kind] = msgspec.msgpack.Decoder(kind)
        return _DECODERS[kind]
