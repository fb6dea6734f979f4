"""The text of cells to values, by the kind of their column."""

from functools import partial
from typing import Any

import polars as pl

_TRUE = ("true", "yes", "y", "1", "t")
_FALSE = ("false", "no", "n", "0", "f")
# Offsets reach from -12:00 to +14:00.
_OFFSET = r"(?:[zZ]|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)$"
_ISO = (
    r"^\d{4}-\d{2}-\d{2}[T ]"
    r"(?:(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?|24:00(?::00(?:\.0+)?)?)"
    rf"(?:$|{_OFFSET})"
)

# What most files hold: seconds, maybe thousandths or millionths, and an offset of
# minutes, Z or none.
_PLAIN_ISO = (
    r"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]"
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]{fraction}"
    r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?$"
)
_FRACTION_DIGITS = (0, 6, 3)

Parsed = tuple[pl.Series, pl.Series, tuple[str, str]]
"""Values (null where unreadable), whether each cell reads, (fault, mend) where not."""


def parsed(
    cells: pl.Series, about: dict[str, Any], dtype: Any, decimal: str, time_zone: str
) -> Parsed:
    """
    Values of text ``cells`` of the kind ``about["kind"]``; an empty cell is null.

    Instants come back in UTC; without offset they are read in ``time_zone``, where a
    time that occurs twice means the first and one that never occurs is unreadable.
    """
    kind = about["kind"]
    if kind != "text":
        cells = cells.str.strip_chars()
    cells = pl.select(pl.when(cells != "").then(cells)).to_series()
    match kind:
        case "text":
            return cells, pl.repeat(True, len(cells), eager=True), ("", "")
        case "code":
            values = cells.str.to_lowercase()
            ok = cells.is_null() | values.is_in(about["known"])
            known = ", ".join(about["known"])
            return values, ok, ("not one of the known values", f"known: {known}")
        case "number":
            values = _number(cells, decimal)
            expected = ("not a number", f"digits and {decimal!r}, no unit")
        case "count":
            values = cells.cast(pl.Int64, strict=False)
            expected = ("not a whole number", "digits only")
        case "flag":
            lower = cells.str.to_lowercase()
            values = pl.select(
                pl.when(lower.is_in(_TRUE))
                .then(pl.lit(value=True))
                .when(lower.is_in(_FALSE))
                .then(pl.lit(value=False))
            ).to_series()
            expected = ("neither true nor false", "write true or false")
        case "clock":
            values = _clock(cells)
            expected = ("not a time of day", "write HH:MM")
        case "day":
            values = _day(cells)
            expected = ("not a date", "write YYYY-MM-DD, such as 2026-11-23")
        case "instant":
            values = _instants(cells, time_zone)
            expected = (
                "not an instant that exists",
                "write ISO 8601, such as 2026-11-23T09:00:00+08:00",
            )
        case _:
            raise ValueError(f"unknown kind {kind!r}")
    return values.cast(dtype), cells.is_null() | values.is_not_null(), expected


def _number(cells: pl.Series, decimal: str) -> pl.Series:
    """A point is no decimal mark where the comma is one: 1.234 may mean 1234."""
    if decimal == ",":
        cells = pl.select(pl.when(~cells.str.contains(".", literal=True)).then(cells))[
            cells.name
        ]
        cells = cells.str.replace(",", ".", literal=True)
    return cells.cast(pl.Float64, strict=False)


def _clock(cells: pl.Series) -> pl.Series:
    hours = cells.str.extract(r"^(\d{1,2}):[0-5]\d(?::00)?$").cast(pl.Int64)
    minutes = cells.str.extract(r"^\d{1,2}:([0-5]\d)(?::00)?$").cast(pl.Int64)
    values = hours * 60 + minutes
    return pl.select(pl.when(values <= 48 * 60).then(values)).to_series()


def _day(cells: pl.Series) -> pl.Series:
    plain = cells.str.extract(r"^(\d{4}-\d{2}-\d{2})$")
    return plain.str.to_date("%Y-%m-%d", strict=False)


def _instants(cells: pl.Series, time_zone: str) -> pl.Series:
    """Of the plain shapes quickly (ten times so); the others one way for all shapes."""
    plain = (partial(_plain_instant, digits=digits) for digits in _FRACTION_DIGITS)
    first, *others = (*plain, _instant)
    values = first(cells, time_zone)
    for way in others:
        rest = (values.is_null() & cells.is_not_null()).arg_true()
        if not len(rest):
            break
        values = values.scatter(rest, way(cells[rest], time_zone))
    return values


def _plain_instant(cells: pl.Series, time_zone: str, digits: int) -> pl.Series:
    """
    `_instant` of cells like 2026-11-23T09:00:00+08:00; null for every other.

    The seconds have so many ``digits`` after the point, and no point if none.
    """
    fraction = rf"\.[0-9]{{{digits}}}" if digits else ""
    plain = cells.str.contains(_PLAIN_ISO.format(fraction=fraction))
    plain = plain.fill_null(value=False)
    if not plain.any():
        dtype = pl.Datetime("us", "UTC")
        return pl.repeat(None, len(cells), dtype=dtype, eager=True)
    if not plain.all():
        cells = pl.select(pl.when(plain).then(cells)).to_series()
    end = 19 + (digits + 1 if digits else 0)
    offset = cells.str.slice(end + 1, 2).cast(pl.Int64, strict=False) * 60
    offset += cells.str.slice(end + 4, 2).cast(pl.Int64, strict=False)
    clock = cells.str.head(19).str.replace(" ", "T", literal=True)
    naive = clock.str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us")
    if digits:
        parts = cells.str.slice(20, digits).cast(pl.Int64, strict=False)
        naive = naive + (parts * 10 ** (6 - digits)).cast(pl.Duration("us"))
    sign = cells.str.slice(end, 1)
    frame = pl.DataFrame({"naive": naive, "sign": sign, "offset": offset.fill_null(0)})
    west, local = pl.col("sign") == "-", pl.col("sign") == ""
    east = pl.when(west).then(-pl.col("offset")).otherwise(pl.col("offset"))
    values = (pl.col("naive") - pl.duration(minutes=east)).dt.replace_time_zone("UTC")
    if (sign == "").any():
        values = (
            pl.when(local).then(_local(pl.col("naive"), time_zone)).otherwise(values)
        )
    return frame.select(values.alias("text")).to_series()


def _local(naive: pl.Expr, time_zone: str) -> pl.Expr:
    """The instant in UTC when the zone's clocks show this first; null if never."""
    return naive.dt.replace_time_zone(
        time_zone, ambiguous="earliest", non_existent="null"
    ).dt.convert_time_zone("UTC")


def _instant(cells: pl.Series, time_zone: str) -> pl.Series:
    frame = pl.DataFrame({"text": cells})
    text = pl.col("text").str.replace(" ", "T", literal=True)
    text = pl.when(pl.col("text").str.contains(_ISO)).then(text)
    # Midnight at the day's end is ISO 8601 too: T24:00 is the next midnight.
    ends_day = text.str.contains("T24:00")
    text = text.str.replace("T24:00", "T00:00", literal=True)
    bare = text.str.replace(_OFFSET, "")
    naive = pl.coalesce(
        bare.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us"),
        bare.str.to_datetime("%Y-%m-%dT%H:%M", strict=False, time_unit="us"),
    )
    naive = pl.when(ends_day).then(naive + pl.duration(days=1)).otherwise(naive)
    parts = r"T.*([+-])(\d{2}):?(\d{2})?$"
    sign = text.str.extract(parts, 1)
    hours = text.str.extract(parts, 2).cast(pl.Int64)
    minutes = text.str.extract(parts, 3).cast(pl.Int64).fill_null(0)
    offset = pl.when(sign == "-").then(-1).otherwise(1) * (hours * 60 + minutes)
    offset = pl.when(text.str.contains("[zZ]$")).then(0).otherwise(offset)
    with_offset = (naive - pl.duration(minutes=offset)).dt.replace_time_zone("UTC")
    local = _local(naive, time_zone)
    instant = pl.when(offset.is_null()).then(local).otherwise(with_offset)
    return frame.select(instant.alias("text")).to_series()
