"""Records whose every byte is ours: warcio writes them, digests included.

A module of its own, because warcio costs a tenth of a second to load, and those who only read need none of it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

from warcio.warcwriter import WARCWriter


class _Writer(WARCWriter):  # type: ignore[misc]  # warcio has no types
    """warcio's writer, but for the payload digest of a record that by the standard has no payload."""

    NO_PAYLOAD_DIGEST_TYPES = (*WARCWriter.NO_PAYLOAD_DIGEST_TYPES, "metadata")


def write(kind: str, uri: str | None, headers: Mapping[str, str], content_type: str, block: bytes) -> bytes:
    """A WARC 1.1 record, uncompressed."""
    out = io.BytesIO()
    writer = _Writer(out, gzip=False, warc_version="1.1")
    made = writer.create_warc_record(
        uri, kind, io.BytesIO(block), len(block), content_type, warc_headers_dict=dict(headers)
    )
    writer.write_record(made)
    return out.getvalue()
