"""
What each parcel is charged beside its price, a column per charge, in units.

Percentages of the price are of the price after promotion, as charged. Parcels of days
on which a clause suspends surcharges have none.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from cstore_cli.partners.amounts import (
    percent_of,
    percent_units,
    rounded,
    step_of,
    units_of,
)
from cstore_cli.partners.periods import period_start
from cstore_cli.settings.agreement import AgreementVersion, Surcharge
from cstore_cli.settings.agreement_clause import AgreementClause

SURCHARGE = "surcharge:"
"""Before a surcharge's name in the name of its column; null where it is not due."""
Places = npt.NDArray[np.bool_]


def with_charges(
    version: AgreementVersion, clauses: Sequence[AgreementClause], rows: pl.DataFrame
) -> pl.DataFrame:
    """
    Return priced parcels with what is charged beside the price.

    Returns
    -------
    DataFrame
        With ``promoted`` (not above 0, null: none), a column per surcharge (null: not
        due), and ``compensation`` (not above 0, null: none).
    """
    rounding = version.rounding
    price = rows["price"].to_numpy()
    percents = np.array([*(percent_units(it.percent) for it in version.promotions), 0])
    place = rows["promotion"].fill_null(len(percents) - 1).to_numpy()
    promoted = -percent_of(price, percents[place], rounding)
    after = price + promoted
    columns = [_where(rows["promotion"].is_not_null().to_numpy(), promoted, "promoted")]
    calm = ~_on_days(rows, clauses, "surcharges")
    for surcharge in version.surcharges:
        amount, due = _surcharged(version, surcharge, rows, after)
        columns.append(_where(due & calm, amount, SURCHARGE + surcharge.name))
    return _with_compensation(version, rows.with_columns(columns))


def after_promotion() -> pl.Expr:
    """The price after promotion, as charged."""
    return pl.col("price") + pl.col("promoted").fill_null(0)


def surcharge_columns(version: AgreementVersion) -> list[str]:
    """Return the columns of a version's surcharges."""
    return [SURCHARGE + it.name for it in version.surcharges]


def days_beyond(surcharge: Surcharge) -> pl.Expr:
    """The days of storage that are charged."""
    return (pl.col("storage_days") - surcharge.free_days).clip(lower_bound=0)


def _where(due: Places, amount: npt.NDArray[np.int64], name: str) -> pl.Series:
    frame = pl.DataFrame({"due": due, "amount": amount.astype(np.int64)})
    return frame.select(pl.when("due").then("amount").alias(name)).to_series()


def _on_days(
    rows: pl.DataFrame, clauses: Sequence[AgreementClause], term: str
) -> Places:
    return rows.select(suspended(clauses, term).alias("off"))["off"].to_numpy()


def suspended(clauses: Sequence[AgreementClause], term: str) -> pl.Expr:
    """Whether a clause suspends a term on the parcel's day."""
    days = [it for it in clauses if term in it.suspends]
    if not days:
        return pl.col("charged_on").is_null()
    return pl.any_horizontal(
        pl.col("charged_on").is_between(it.valid_from, it.valid_to) for it in days
    )


def due_when(surcharge: Surcharge) -> pl.Expr:
    """
    Whether what a surcharge is for happened to a parcel.

    returned: rows of the service `return`, and those nobody collected; ``services`` of
    the surcharge chooses where a table has both.
    """
    match surcharge.when:
        case "always":
            return pl.col("charged_on").is_not_null()
        case "cod":
            return pl.col("cod") > 0
        case "returned":
            back = pl.col("service") == "return"
            return back | (pl.col("outcome") == "uncollected")
        case "redirected":
            return pl.col("redirected")
        case "storage":
            return pl.col("storage_days") > surcharge.free_days


def holds_for(version: AgreementVersion, surcharge: Surcharge) -> pl.Expr:
    """Whether a surcharge is for the parcel's service and day."""
    first = surcharge.valid_from or version.valid_from
    last = surcharge.valid_to or version.valid_to
    holds = pl.col("charged_on").is_between(first, last)
    if surcharge.services:
        holds = holds & pl.col("service").is_in(surcharge.services)
    return holds


def _surcharged(
    version: AgreementVersion,
    surcharge: Surcharge,
    rows: pl.DataFrame,
    after: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], Places]:
    """What a surcharge comes to for each parcel, and whether it is due."""
    due = rows.select(
        (holds_for(version, surcharge) & due_when(surcharge)).alias("due")
    )
    rounding = version.rounding
    if surcharge.percent_of_price is not None:
        percent = percent_units(surcharge.percent_of_price)
        amount = percent_of(after, percent, rounding)
    elif surcharge.percent_of_cod is not None:
        percent = percent_units(surcharge.percent_of_cod)
        amount = percent_of(rows["cod"].fill_null(0).to_numpy(), percent, rounding)
    else:
        each = units_of(surcharge.amount or 0)
        times = np.ones(len(rows), dtype=np.int64)
        if surcharge.when == "storage":
            times = rows.select(days_beyond(surcharge)).to_series().to_numpy()
        amount = rounded(each * times, rounding)
    return amount, due["due"].to_numpy()


def _with_compensation(version: AgreementVersion, rows: pl.DataFrame) -> pl.DataFrame:
    """
    Add what the partner pays for parcels lost or damaged, whose value is known.

    Its share of the value, at most so much for a parcel; then, in the order of the
    parcels, until the month's cap is used up.
    """
    risk = version.risk
    name = "compensation"
    if risk is None:
        return rows.with_columns(pl.lit(None, dtype=pl.Int64).alias(name))
    harmed = (
        pl.col("outcome").is_in(["lost", "damaged"]) & pl.col("value").is_not_null()
    )
    lines = (
        rows.with_row_index("row").filter(harmed).select("row", "charged_on", "value")
    )
    share = percent_units(risk.partner_share)
    paid = []
    left: dict[object, int] = {}
    months = lines.select(period_start(pl.col("charged_on"), "month")).to_series()
    for month, value in zip(months, lines["value"], strict=True):
        amount = percent_of(int(value), share, version.rounding)
        if risk.most_per_parcel is not None:
            amount = min(amount, _floor(units_of(risk.most_per_parcel), version))
        if risk.most_per_month is not None:
            most = _floor(units_of(risk.most_per_month), version)
            amount = min(amount, left.setdefault(month, most))
            left[month] -= amount
        paid.append(-amount)
    found = lines.select("row").with_columns(pl.Series(name, paid, dtype=pl.Int64))
    return (
        rows.with_row_index("row")
        .join(found, on="row", how="left", maintain_order="left")
        .drop("row")
    )


def _floor(units: int, version: AgreementVersion) -> int:
    """Return a cap in whole amounts of the version's decimals."""
    return units // step_of(version.rounding) * step_of(version.rounding)
