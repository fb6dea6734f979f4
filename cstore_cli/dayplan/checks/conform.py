"""A table in the shape of its contract, whatever was made of it by hand."""

import dataframely as dy
import polars as pl
from polars.datatypes import DataTypeClass

from cstore_cli.tables.columns import LINE

_FLAGS = {"true": True, "false": False}


def conform(frame: pl.DataFrame, contract: type[dy.Schema]) -> pl.DataFrame:
    """
    The file's line and the contract's columns; what does not fit is null.

    A missing column is null or its default; a figure that is not finite is null.
    """
    numbered = LINE in frame.columns and frame[LINE].dtype.is_integer()
    columns = [_typed(frame, LINE, pl.Int64()) if numbered else _nulls(frame, LINE)]
    for name, column in contract.columns().items():
        cells = _typed(frame, name, column.dtype)
        default = (column.metadata or {}).get("default")
        columns.append(cells if default is None else cells.fill_null(default))
    return pl.DataFrame(columns)


def _typed(
    frame: pl.DataFrame, name: str, dtype: pl.DataType | DataTypeClass
) -> pl.Series:
    if name not in frame.columns:
        return _nulls(frame, name, dtype)
    cells = frame[name]
    try:
        if cells.dtype == pl.String and dtype == pl.Boolean:
            flags = cells.str.to_lowercase()
            cells = flags.replace_strict(_FLAGS, default=None, return_dtype=pl.Boolean)
        elif cells.dtype != dtype:
            cells = cells.cast(dtype, strict=False)
    except pl.exceptions.PolarsError:
        return _nulls(frame, name, dtype)
    if dtype.is_float():
        cells = cells.set(~cells.is_finite(), None)
    return cells


def _nulls(
    frame: pl.DataFrame, name: str, dtype: pl.DataType | DataTypeClass = pl.Int64
) -> pl.Series:
    return pl.repeat(None, len(frame), dtype=dtype, eager=True).alias(name)
