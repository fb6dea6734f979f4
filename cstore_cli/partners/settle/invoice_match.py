"""
The lines of a partner's invoice beside ours: which of them speak of the same charge.

A line of a parcel is known by parcel, service and charge; whatever rate a price names,
a parcel and service have one price. A line of no parcel is known by its charge, first
on the same day, then in the order of days, that of the same amount before others. What
is left of the invoice's lines after the one that fits best is charged again.
"""

from collections.abc import Collection, Iterable
from typing import Any

import polars as pl

from cstore_cli.partners.settle.charge_lines import parcel_lines
from cstore_cli.partners.settle.files import month_lines
from cstore_cli.partners.settle.settlement import SettledMonth
from cstore_cli.settings.agreement import AgreementVersion

_KEY = ("parcel_id", "service", "slot")
_TEXT = ("service", "kind", "charge", "why")


def expected_lines(months: Iterable[SettledMonth]) -> pl.DataFrame:
    """Return our lines, with the place of their ``month`` among the months."""
    parts = []
    for place, month in enumerate(months):
        for lines in (parcel_lines(month), month_lines(month)):
            text = lines.with_columns(pl.col(*_TEXT).cast(pl.String))
            parts.append(
                text.select(
                    "parcel_id",
                    "service",
                    "kind",
                    "charge",
                    "step",
                    "amount",
                    "charged_on",
                    "why",
                    pl.lit(place).alias("month"),
                )
            )
    return pl.concat(parts).with_columns(_slot())


def _slot() -> pl.Expr:
    price = pl.col("kind") == "price"
    return pl.when(price).then(pl.lit("price")).otherwise("charge").alias("slot")


def matched_lines(
    expected: pl.DataFrame,
    invoice: pl.DataFrame,
    versions: Iterable[AgreementVersion],
) -> pl.DataFrame:
    """
    Return a row per pair of lines, and per line that has no pair.

    Parameters
    ----------
    expected
        As `expected_lines` returns them.
    invoice
        Under `Invoice`, ``amount`` in units.
    versions
        The partner's: they tell which charges are rates.

    Returns
    -------
    DataFrame
        Of our line kind, charge, step, why, month, ``expected`` (null: none), of theirs
        line_id, ``named`` (its charge), ``invoiced`` (null: none); ``again``: how many
        lines of the invoice speak of the same charge before it.
    """
    rates = {rate.name for version in versions for rate in version.rates}
    theirs = invoice.select(
        "line_id",
        "parcel_id",
        "service",
        pl.col("charge").alias("named"),
        pl.col("charged_on").alias("invoiced_on"),
        pl.col("amount").alias("invoiced"),
    ).with_row_index("row")
    ours = expected.rename({"amount": "expected"})
    of_parcel = pl.col("parcel_id").is_not_null()
    parcels = _parcels(ours.filter(of_parcel), theirs.filter(of_parcel), rates)
    others = _others(ours.filter(~of_parcel), theirs.filter(~of_parcel))
    return pl.concat([parcels, others], how="diagonal_relaxed")


def _parcels(ours: pl.DataFrame, theirs: pl.DataFrame, rates: set[str]) -> pl.DataFrame:
    alike = ["parcel_id", "named"]
    # A name may be a rate's in one version and a surcharge's in another.
    known = ours.select("parcel_id", pl.col("charge").alias("named"), "slot")
    is_rate = pl.col("named").is_in(list(rates))
    by_name = pl.when(is_rate).then(pl.lit("price")).otherwise("named")
    theirs = theirs.join(
        known.unique(alike, keep="first", maintain_order=True),
        on=alike,
        how="left",
        maintain_order="left",
    ).with_columns(pl.coalesce("slot", by_name).alias("slot"))
    theirs = _with_service(theirs, ours)
    amounts = ours.select(*_KEY, "expected")
    fits = pl.col("invoiced") == pl.col("expected")
    theirs = (
        theirs.join(amounts, on=_KEY, how="left", nulls_equal=True)
        .with_columns(fits.fill_null(value=False).alias("fits"))
        .sort(*_KEY, "fits", "row", descending=[False, False, False, True, False])
        .with_columns(again=pl.int_range(pl.len()).over(_KEY))
        .drop("expected", "fits")
    )
    ours = ours.with_columns(again=pl.lit(0, dtype=pl.Int64))
    return ours.join(
        theirs, on=[*_KEY, "again"], how="full", coalesce=True, nulls_equal=True
    )


def _with_service(theirs: pl.DataFrame, ours: pl.DataFrame) -> pl.DataFrame:
    """
    Fill in a service left out: that of a line of ours which nothing else speaks of.

    Of a parcel with several services the line with that charge and amount comes first,
    then that with that charge; where none is left, the parcel's first service.
    """
    told = theirs.filter(pl.col("service").is_not_null())
    left = theirs.filter(pl.col("service").is_null()).drop("service")
    ours = ours.rename({"charge": "named", "expected": "invoiced"}).select(
        *_KEY, "named", "invoiced"
    )
    ours = ours.join(left, on="parcel_id", how="semi").with_row_index("place")
    free = ours.join(told, on=_KEY, how="anti", maintain_order="left")
    parts = [told]
    for also in (("named", "invoiced"), ("named",), ("slot",)):
        keys = ["parcel_id", *also]
        number = pl.int_range(pl.len()).over(keys).alias("number")
        found = left.with_columns(number).join(
            free.with_columns(number).select(*keys, "number", "service", "place"),
            on=[*keys, "number"],
        )
        parts.append(found.select(theirs.columns))
        left = left.join(found, on="row", how="anti", maintain_order="left")
        free = free.join(found, on="place", how="anti", maintain_order="left")
    first = pl.col("service").sort().first()
    by_charge = ours.group_by("parcel_id", "slot").agg(first.alias("by_charge"))
    by_parcel = ours.group_by("parcel_id").agg(first.alias("by_parcel"))
    rest = (
        left.join(by_charge, on=["parcel_id", "slot"], how="left")
        .join(by_parcel, on="parcel_id", how="left")
        .with_columns(pl.coalesce("by_charge", "by_parcel").alias("service"))
    )
    return pl.concat([*parts, rest.select(theirs.columns)]).sort("row")


def _others(ours: pl.DataFrame, theirs: pl.DataFrame) -> pl.DataFrame:
    """Pair the few lines of no parcel, one by one, those that fit best first."""
    left = ours.sort("charged_on", "charge").to_dicts()
    unpaired = theirs.sort("invoiced_on", "row").to_dicts()
    rows: list[dict[str, Any]] = []
    for alike in (("day", "amount"), ("day",), ("amount",), ()):
        waiting, unpaired = unpaired, []
        for line in waiting:
            pair = next((it for it in left if _same(it, line, alike)), None)
            if pair is None:
                unpaired.append(line)
            else:
                left.remove(pair)
                rows.append({**line, **pair, "again": 0})
    known = {it["charge"] for it in rows}
    rows += [{**it, "again": int(it["named"] in known)} for it in unpaired]
    rows += [{**it, "again": 0} for it in left]
    schema: dict[str, Any] = {**theirs.schema, **ours.schema, "again": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _same(
    ours: dict[str, object], theirs: dict[str, object], alike: Collection[str]
) -> bool:
    return (
        ours["charge"] == theirs["named"]
        and ("day" not in alike or ours["charged_on"] == theirs["invoiced_on"])
        and ("amount" not in alike or ours["expected"] == theirs["invoiced"])
    )
