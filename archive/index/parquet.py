"""Articles as Parquet files, one a month, zstd. Needs pyarrow, the extra `parquet`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from archive.errors import ArchiveError
from archive.index.exports import COLUMNS, Row, schema
from archive.index.values import dated_at

if TYPE_CHECKING:
    import pyarrow as pa

_GROUP: Final = 5000


def write(directory: Path, found: Iterable[Row]) -> list[Path]:
    """Write rows, which come in the order of their dates, as `articles-YYYY-MM.parquet`; the files in order.

    A file stands under its name only when it is whole. Raises ArchiveError without pyarrow.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ArchiveError("Parquet needs pyarrow: pip install 'seogo[parquet]'") from error
    directory.mkdir(parents=True, exist_ok=True)
    kind = _schema(pa)
    written = []
    for month, of_month in groupby(found, key=_month):
        path = directory / f"articles-{month}.parquet"
        part = path.with_name(path.name + ".part")
        with pq.ParquetWriter(part, kind, compression="zstd") as writer:
            while group := list(islice(of_month, _GROUP)):
                writer.write_table(pa.Table.from_pylist(group, schema=kind))
        part.replace(path)
        written.append(path)
    return written


def _schema(pa: Any) -> pa.Schema:
    facts = schema()["properties"]
    columns = [
        pa.field(
            column,
            pa.list_(pa.string()) if column == "authors" else pa.string(),
            metadata={"description": facts[column]["description"]},
        )
        for column in COLUMNS
    ]
    return pa.schema(columns, metadata={"schema": json.dumps(schema(), ensure_ascii=False)})


def _month(row: Row) -> str:
    """The month (in UTC) of the date by which articles are sorted, so that each month comes in one piece."""
    instant = dated_at(row["published"], row["first_captured_at"])
    return f"{datetime.fromtimestamp(instant / 1000, UTC):%Y-%m}"
