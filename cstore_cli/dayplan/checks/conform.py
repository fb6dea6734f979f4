"""A table in the shape of its contract, whatever was made of it by hand."""

import dataframely as dy
import polars as pl

from cstore_cli.tables.read import LINE


def conform(frame: pl.DataFrame, contract: type[dy.Schema]) -> pl.DataFrame:
    """
    The file's line and the contract's columns; what does not fit is null.

    A missing column is null or its default; a figure that is not finite is null.
    """
    line = _typed(frame, LINE, pl.Int64()) if _is_numbered(frame) else pl.lit(None)
    return frame.select(
        line.cast(pl.Int64).alias(LINE),
        *(
            _typed(frame, name, column.dtype).fill_null(
                (column.metadata or {}).get("default")
            )
            if (column.metadata or {}).get("default") is not None
            else _typed(frame, name, column.dtype)
            for name, column in contract.columns().items()
        ),
    )


def _is_numbered(frame: pl.DataFrame) -> bool:
    return LINE in frame.columns and frame[LINE].dtype.is_integer()


def _typed(frame: pl.DataFrame, name: str, dtype: pl.DataType) -> pl.Expr:
    if name not in frame.columns:
        return pl.repeat(None, pl.len(), dtype=dtype).alias(name)
    cells = pl.col(name)
    if frame.schema[name] != dtype:
        cells = cells.cast(dtype, strict=False)
    if dtype.is_float():
        cells = pl.when(cells.is_finite()).then(cells)
    return cells.alias(name)
