"""
The unit price of each parcel by its rate's steps, as known on a day.

Steps count the parcels of one rate within the calendar period, cut off at the version's
first and last day. incremental: a parcel's own number, in the order of (charged_on,
parcel_id, service), falls into a step. all_units: the count of the whole period does;
until the period is over, the count at the end of the parcel's own month, which is what
can be known when that month is settled.
"""

import datetime as dt

import numpy as np
import polars as pl

from cstore_cli.partners.amounts import rounded, units_of
from cstore_cli.partners.periods import cut, period_start
from cstore_cli.settings.agreement import AgreementVersion

ORDER = ("charged_on", "parcel_id", "service")
_BIG = 2**40
"""More than any number of parcels."""


def priced(
    version: AgreementVersion, parcels: pl.DataFrame, known_on: dt.date
) -> pl.DataFrame:
    """
    Return the parcels with their price as known on a day.

    Parameters
    ----------
    version
        The version of all the parcels.
    parcels
        Those of whole periods up to a month's end, in `ORDER`.
    known_on
        Periods that ended by then are over.

    Returns
    -------
    DataFrame
        With ``step`` (its from_parcel), ``of`` (parcels counted for it), and in units
        ``unit_price`` and, rounded, ``price``.
    """
    keys = ["rate", "period"]
    rows = parcels.with_columns(_by_rate_period(version).alias("period"))
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(keys)
    rows = rows.with_columns(number=number)
    incremental = _rates_where(
        version, [it.prices.kind != "all_units" for it in version.rates]
    )
    month_count = (
        pl.col("number")
        .max()
        .over([*keys, period_start(pl.col("charged_on"), "month")])
    )
    over = _ended(version, rows, known_on)
    counted = (
        pl.when(incremental)
        .then("number")
        .when(over)
        .then(pl.col("number").max().over(keys))
        .otherwise(month_count)
    )
    rows = rows.with_columns(of=counted)
    starts, prices = [], []
    for place, rate in enumerate(version.rates):
        for step in rate.prices.steps:
            starts.append(place * _BIG + step.from_parcel)
            prices.append(units_of(step.price))
    wanted = rows["rate"].cast(pl.Int64).to_numpy() * _BIG + rows["of"].to_numpy()
    found = np.searchsorted(np.array(starts), wanted, "right") - 1
    unit = np.array(prices, dtype=np.int64)
    return rows.drop("period", "number").with_columns(
        step=pl.Series((np.array(starts) % _BIG)[found]),
        unit_price=pl.Series(unit[found]),
        price=pl.Series(rounded(unit, version.rounding)[found]),
    )


def _rates_where(version: AgreementVersion, which: list[bool]) -> pl.Expr:
    places = [place for place in range(len(version.rates)) if which[place]]
    return pl.col("rate").is_in(pl.lit(pl.Series(places, dtype=pl.Int16)).implode())


def _by_rate_period(version: AgreementVersion) -> pl.Expr:
    """The first day of the calendar period by which the parcel's rate counts."""
    day = pl.col("charged_on")
    quarterly = _rates_where(
        version, [it.prices.per == "quarter" for it in version.rates]
    )
    yearly = _rates_where(version, [it.prices.per == "year" for it in version.rates])
    return (
        pl.when(quarterly)
        .then(period_start(day, "quarter"))
        .when(yearly)
        .then(period_start(day, "year"))
        .otherwise(period_start(day, "month"))
    )


def _ended(version: AgreementVersion, rows: pl.DataFrame, known_on: dt.date) -> pl.Expr:
    """Whether the period by which the parcel's rate counts is over on a day."""
    over = pl.lit(value=False)
    for place, rate in enumerate(version.rates):
        mine = rows.filter(pl.col("rate") == place)["period"].unique().sort()
        ended = [
            day
            for day in mine
            if cut(version, max(day, version.valid_from), rate.prices.per)[1]
            <= known_on
        ]
        if ended:
            past = pl.lit(pl.Series(ended, dtype=pl.Date)).implode()
            over = over | ((pl.col("rate") == place) & pl.col("period").is_in(past))
    return over
