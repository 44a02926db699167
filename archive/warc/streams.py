"""The bytes of WARC files as they are read: gzip members, zstd frames or plain text, one record after another."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from typing import BinaryIO, Final, Literal, Protocol, cast

from isal import igzip_lib

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Form = Literal["gzip", "zstd", "plain"]
GZIP: Final = b"\x1f\x8b\x08"
ZSTD: Final = b"\x28\xb5\x2f\xfd"
# A skippable frame at the beginning of the file, with the dictionary of all that follows, itself packed or not:
# https://iipc.github.io/warc-specifications/specifications/warc-zstd/
_DICTIONARY: Final = b"\x5d\x2a\x4d\x18"
_DICTIONARY_BEGINS: Final = b"\x37\xa4\x30\xec"
MAX_DICTIONARY: Final = 16 << 20
_CHUNK: Final = 64 << 10
# The stubs give IsalError as an instance.
_DAMAGE: Final = (cast("type[Exception]", igzip_lib.IsalError), zstd.ZstdError, EOFError)
_ZSTD_OPTIONS: Final[dict[int, int]] = {zstd.DecompressionParameter.window_log_max: 27}


class StreamError(ValueError):
    """Bytes that are no member of the file's form, or whose checksum is wrong."""


class StreamEnds(StreamError):
    """The file ends inside a member."""


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


def form_of(file: BinaryIO, name: str) -> Form:
    """How a file is packed, from its first bytes; where these are damaged, from its name."""
    start = os.pread(file.fileno(), 8, 0)
    if start.startswith(GZIP[:2]):
        return "gzip"
    if start.startswith(ZSTD) or (start[1:4] == b"\x2a\x4d\x18" and start[0] & 0xF0 == 0x50):
        return "zstd"
    if start.startswith(b"WARC/"):
        return "plain"
    return "gzip" if ".gz" in name else "zstd" if ".zst" in name else "plain"


class Stream:
    """Reads one member after another; `read` gives decompressed bytes and nothing at the member's end.

    A plain file is one member to its end. `position` is the file's offset behind the last member that ended, or of the
    next byte of a plain file. Memory is bounded by what `read` is asked for.
    """

    def __init__(self, file: BinaryIO, form: Form, offset: int) -> None:
        self.form: Form = form
        # Set by the reader: whether the record it reads has sound bounds, whatever its fields say.
        self.sound = False
        # Set when the bytes themselves are damaged: nothing more can be read on from here.
        self.failed = False
        self._file = file
        self._buffer = b""
        self._at = offset
        self._inflater: _Inflater | None = None
        file.seek(offset)

    @property
    def position(self) -> int:
        """The file's offset of the first byte that was not consumed."""
        return self._at - len(self._buffer)

    def begin(self) -> bool:
        """Starts on the next member; False at the end of the file. Raises StreamError."""
        if not self._buffer and not self._more():
            return False
        if self.form == "gzip":
            if not GZIP.startswith(self._buffer[:3]) and not self._buffer.startswith(GZIP):
                raise self._damaged("bytes that are no gzip member")
            self._inflater = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
        elif self.form == "zstd":
            found = os.fstat(self._file.fileno())
            packed_with = _dictionary(self._file.fileno(), found.st_dev, found.st_ino, found.st_mtime_ns)
            if isinstance(packed_with, str):
                raise self._damaged(packed_with)
            self._inflater = zstd.ZstdDecompressor(packed_with, options=_ZSTD_OPTIONS)
        return True

    def read(self, size: int) -> bytes:
        """At least one and at most `size` bytes; none at the member's end. Raises StreamError."""
        if self._inflater is None:
            if not self._buffer and not self._more():
                return b""
            out, self._buffer = self._buffer[:size], self._buffer[size:]
            return out
        while not self._inflater.eof:
            data = b""
            if self._inflater.needs_input:
                if not self._buffer and not self._more():
                    self.failed = True
                    raise StreamEnds("the file ends inside the record")
                data, self._buffer = self._buffer, b""
            try:
                out = self._inflater.decompress(data, size)
            except _DAMAGE as error:
                raise self._damaged(f"the compressed data is damaged ({error})") from None
            if self._inflater.eof:
                self._buffer = self._inflater.unused_data
            if out:
                return out
        return b""

    def unread(self, data: bytes) -> None:
        """Gives back the last bytes that `read` gave, of a plain file."""
        self._buffer = data + self._buffer

    def _damaged(self, reason: str) -> StreamError:
        self.failed = True
        return StreamError(reason)

    def _more(self) -> bool:
        try:
            self._buffer = self._file.read(_CHUNK)
        except OSError as error:
            raise self._damaged(f"the disk does not give it back ({error.strerror})") from error
        self._at += len(self._buffer)
        return bool(self._buffer)


@lru_cache(maxsize=1)
def _dictionary(descriptor: int, *_file: int) -> zstd.ZstdDict | str | None:
    """The dictionary that a zstd file begins with, None without one, or what is wrong with it."""
    start = os.pread(descriptor, 8, 0)
    if not start.startswith(_DICTIONARY):
        return None
    size = int.from_bytes(start[4:], "little")
    data = os.pread(descriptor, min(size, MAX_DICTIONARY), 8)
    if size > MAX_DICTIONARY or len(data) < size:
        return f"a zstd dictionary of {size} bytes, which is cut or above {MAX_DICTIONARY >> 20} MiB"
    try:
        if data.startswith(ZSTD):
            unpacker = zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)
            data = unpacker.decompress(data, MAX_DICTIONARY)
            if not unpacker.eof:
                return f"a zstd dictionary that is cut or above {MAX_DICTIONARY >> 20} MiB"
        if not data.startswith(_DICTIONARY_BEGINS):
            return "a zstd dictionary that is none"
        return zstd.ZstdDict(data)
    except (*_DAMAGE, ValueError) as error:
        return f"a zstd dictionary that is damaged ({error})"


def next_member(file: BinaryIO, form: Form, start: int) -> int | None:
    """The offset, from `start` on, of the next bytes that begin a WARC record; None when there are none."""
    mark = {"gzip": GZIP, "zstd": ZSTD, "plain": b"WARC/1."}[form]
    size = os.fstat(file.fileno()).st_size
    at = start
    while at < size:
        chunk = os.pread(file.fileno(), _CHUNK + len(mark) - 1, at)
        found = chunk.find(mark)
        while found >= 0:
            if _begins_record(file, form, at + found):
                return at + found
            found = chunk.find(mark, found + 1)
        at += _CHUNK
    return None


def _begins_record(file: BinaryIO, form: Form, offset: int) -> bool:
    if form == "plain":
        before = os.pread(file.fileno(), min(offset, 2), max(offset - 2, 0))
        return before in (b"", b"\r\n", b"\n\n") or before.endswith(b"\n")
    stream = Stream(file, form, offset)
    try:
        return stream.begin() and (stream.read(5) + stream.read(5))[:5] == b"WARC/"
    except StreamError:
        return False
