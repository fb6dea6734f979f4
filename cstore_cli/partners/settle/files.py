"""The files of a settlement: its lines bit by bit, its sums, what was set aside."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from cstore_cli.partners.amounts import decimals_of, money_of, money_text
from cstore_cli.partners.settle.charge_lines import LINE_COLUMNS
from cstore_cli.partners.settle.settlement import KINDS, SettledMonth, Settlement
from cstore_cli.partners.settle.totals import slices
from cstore_cli.tables.write import BOM, csv_bytes, csv_part

FILES = (
    "charges.csv",
    "settlement.csv",
    "differences.csv",
    "rejected_partner_parcels.csv",
    "summary.json",
)
"""All there may be; those that a run does not make are not left over from another."""
CHARGE_COLUMNS = (
    *("line_id", "partner", "agreement", "version", "parcel_id", "service", "zone"),
    *("kind", "charge", "step", "quantity", "unit_price", "amount", "charged_on"),
    "why",
)


def charge_parts(settlement: Settlement) -> Iterator[bytes]:
    """Yield charges.csv part by part: each month's parcels, then its other lines."""
    yield BOM + ",".join(CHARGE_COLUMNS).encode() + b"\n"
    for month in settlement.months:
        number = 0
        for lines in slices(month):
            yield csv_part(_told(month, lines, number), header=False)
            number += len(lines)
        yield csv_part(_told(month, month_lines(month), number), header=False)


def month_lines(month: SettledMonth) -> pl.DataFrame:
    """Return the lines of no single parcel in the columns of parcels' lines."""
    rows = [
        (
            *(None, None, None, line.kind, line.charge, None),
            *(line.quantity, line.unit_price, line.amount, line.charged_on, line.why),
        )
        for line in month.lines
    ]
    schema: dict[str, Any] = {
        **dict.fromkeys(LINE_COLUMNS, pl.String),
        **dict.fromkeys(("step", "quantity", "unit_price", "amount"), pl.Int64),
        "kind": pl.Enum(KINDS),
        "charged_on": pl.Date,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _told(month: SettledMonth, lines: pl.DataFrame, before: int) -> pl.DataFrame:
    """
    Return lines as they are written.

    Words that repeat stay categories: what guards a spreadsheet against formulas then
    looks at ids alone.
    """
    version = month.version
    stem = f"{version.agreement}-{version.version}-{month.last:%Y%m}-"
    prices = lines["unit_price"].unique().drop_nulls()
    told = {price: money_of(price) for price in prices}
    number = pl.int_range(before + 1, before + 1 + pl.len()).cast(pl.String)
    return lines.with_columns(
        (pl.lit(stem) + number.str.zfill(7)).alias("line_id"),
        pl.lit(version.partner).cast(pl.Categorical).alias("partner"),
        pl.lit(version.agreement).cast(pl.Categorical).alias("agreement"),
        pl.lit(version.version).alias("version"),
        pl.col("unit_price").replace_strict(told, return_dtype=pl.String, default=None)
        if told
        else pl.lit(None, dtype=pl.String).alias("unit_price"),
        money_text(pl.col("amount"), decimals_of(version)).alias("amount"),
    ).select(CHARGE_COLUMNS)


def settlement_bytes(settlement: Settlement) -> bytes:
    """Return settlement.csv: the sums, and at its end that of each partner."""
    decimals = {
        (it.version.agreement, it.version.version): decimals_of(it.version)
        for it in settlement.months
    }
    totals = settlement.totals
    amounts = [
        money_of(amount, decimals[agreement, version])
        for agreement, version, amount in totals.select(
            "agreement", "version", "amount"
        ).iter_rows()
    ]
    told = totals.with_columns(pl.Series("amount", amounts, dtype=pl.String))
    sums = [
        (
            partner,
            "total",
            money_of(settlement.total_of(partner), _most(settlement, partner)),
        )
        for partner in settlement.partners()
    ]
    last = pl.DataFrame(
        sums,
        schema=dict.fromkeys(("partner", "kind", "amount"), pl.String),
        orient="row",
    )
    return csv_bytes(pl.concat([told, last], how="diagonal"))


def _most(settlement: Settlement, partner: str) -> int:
    """The most decimals that a line of the partner has."""
    mine = [it.version for it in settlement.months if it.version.partner == partner]
    return max(map(decimals_of, mine))
