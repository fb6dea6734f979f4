"""Rows that hold from one instant up to another."""

from datetime import UTC, datetime

import polars as pl


def in_force(frame: pl.DataFrame, when: datetime) -> pl.DataFrame:
    """Rows with from <= when < to; all three are instants with a zone or offset."""
    if when.utcoffset() is None:
        raise ValueError(f"{when} has no offset")
    for column in ("from", "to"):
        kind = frame.schema[column]
        if not (isinstance(kind, pl.Datetime) and kind.time_zone):
            raise ValueError(f"{column} is {kind}, not an instant with a zone")
    instant = when.astimezone(UTC)
    start, end = (pl.col(c).dt.convert_time_zone("UTC") for c in ("from", "to"))
    return frame.filter(start <= instant, end > instant)
