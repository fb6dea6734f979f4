"""Sums of a settlement's lines by partner, version, month and charge."""

from collections.abc import Iterable, Iterator

import polars as pl

from cstore_cli.partners.periods import named
from cstore_cli.partners.settle.charge_lines import parcel_lines
from cstore_cli.partners.settle.settlement import KINDS, SettledMonth

_AT_ONCE = 200_000
"""Parcels whose lines are in memory together."""
SCHEMA = {
    "partner": pl.String,
    "agreement": pl.String,
    "version": pl.Int64,
    "month": pl.String,
    "kind": pl.String,
    "charge": pl.String,
    "lines": pl.Int64,
    "quantity": pl.Int64,
    "amount": pl.Int64,
}


def slices(month: SettledMonth) -> Iterator[pl.DataFrame]:
    """Yield the lines of a month's parcels, some parcels at a time, in order."""
    for part in month.parcels.iter_slices(_AT_ONCE):
        yield parcel_lines(month, part)


def totals_of(months: Iterable[SettledMonth]) -> pl.DataFrame:
    """Return the sums of all lines, in units."""
    return pl.concat([pl.DataFrame(schema=SCHEMA), *map(_totals, months)])


def _totals(month: SettledMonth) -> pl.DataFrame:
    parts = [
        lines.group_by("kind", "charge", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("lines"),
            pl.col("quantity").sum(),
            pl.col("amount").sum(),
        )
        .with_columns(pl.col("kind", "charge").cast(pl.String))
        for lines in slices(month)
    ]
    own = [
        (line.kind, line.charge, 1, line.quantity, line.amount) for line in month.lines
    ]
    names = ("kind", "charge", "lines", "quantity", "amount")
    schema = {name: SCHEMA[name] for name in names}
    parts.append(pl.DataFrame(own, schema=schema, orient="row"))
    version = month.version
    return (
        pl.concat(parts)
        .group_by("kind", "charge", maintain_order=True)
        .agg(pl.col("lines", "quantity", "amount").sum())
        .sort(pl.col("kind").cast(pl.Enum(KINDS)), "charge")
        .select(
            pl.lit(version.partner).alias("partner"),
            pl.lit(version.agreement).alias("agreement"),
            pl.lit(version.version, dtype=pl.Int64).alias("version"),
            pl.lit(named(month.last, "month")).alias("month"),
            *names,
        )
    )
