"""The days or weeks that transactions count, and the dates that cannot be right."""

import datetime as dt
from collections.abc import Iterator

import polars as pl

from cstore_cli.demand.cleaning.examples import few, many
from cstore_cli.demand.history import Anomaly
from cstore_cli.errors import InputError
from cstore_cli.settings.analyze_demand import AnalyzeDemandSettings

DAYS_PER_WEEK = 7
_LONGEST_GAP_DAYS = 400
_FEW = 0.01
"""Rows before a long gap are a mistake below this share of all."""
_MOSTLY = 0.95
"""Rows on one day of the week from which on the others are a mistake."""

_ORDERS = pl.col("orders")


def without_far_dates(rows: pl.DataFrame, told: list[Anomaly]) -> pl.DataFrame:
    """Leave out a few rows that stand long before all others."""
    dates = rows.filter(_ORDERS.is_not_null())["date"].sort()
    gaps = dates.diff().dt.total_days() > _LONGEST_GAP_DAYS
    starts = [k for k in gaps.arg_true() if k < _FEW * len(dates)]
    if not starts:
        return rows
    first = dates[starts[-1]]
    far = dates.head(starts[-1]).unique().sort()
    what = "rows dated long before all others"
    treated = f"left out: the others begin on {first}; a mistyped year?"
    told.append(Anomaly(what, starts[-1], few(far), treated))
    return rows.filter(pl.col("date") >= first)


def without_days_not_over(
    rows: pl.DataFrame, day: dt.date, period_days: int, told: list[Anomaly]
) -> pl.DataFrame:
    """
    Take orders of periods that are not over before ``day`` for unknown.

    What else such rows hold, known ahead, stays.
    """
    open_yet = _not_over(day, period_days) & _ORDERS.is_not_null()
    late = rows.filter(open_yet)
    if late.is_empty():
        return rows
    where = few(late["date"].unique().sort())
    unit = "day" if period_days == 1 else "week"
    treated = f"left out: their {unit} was not over before {day}, or a date is mistyped"
    told.append(Anomaly("orders of a time not over", len(late), where, treated))
    return rows.with_columns(pl.when(~open_yet).then(_ORDERS).alias("orders"))


def _not_over(day: dt.date, period_days: int) -> pl.Expr:
    return pl.col("date") + pl.duration(days=period_days) > day


def period_of(rows: pl.DataFrame, settings: AnalyzeDemandSettings, day: dt.date) -> int:
    """
    Days of a period: 7 where all dates are whole weeks apart, else 1.

    Raises
    ------
    InputError
        When some dates do not fit a week, but nearly all do, or the settings say so.
    """
    said = settings.transactions.period
    sound = rows.filter(_ORDERS.is_null() | (pl.col("date") < day))["date"]
    if said == "day" or sound.n_unique() <= 1:
        return DAYS_PER_WEEK if said == "week" else 1
    weekdays = sound.dt.weekday()
    usual = weekdays.mode().sort()[0]
    fits = weekdays == usual
    if fits.all():
        return DAYS_PER_WEEK
    if said is None and fits.mean() < _MOSTLY:
        return 1
    strange = sound.filter(~fits)
    others = "`period: week` stands" if said else "the others are whole weeks apart"
    raise InputError(
        f"{many(len(strange), 'row')} of transactions do not fit the weeks that begin "
        f"on the weekday of {sound.filter(fits)[0]}: {few(strange.unique().sort())}; "
        f"yet {others}. Mend the dates, or say `period: day` under `transactions:` in "
        "the YAML."
    )


def stale(newest: dt.date, day: dt.date, period_days: int) -> Iterator[Anomaly]:
    """Yield how old the newest orders are, where later ones could be there."""
    missing = (day - newest).days // period_days - 1
    if missing > 0:
        unit = "day" if period_days == 1 else "week"
        begins = newest + dt.timedelta(days=period_days)
        treated = f"the forecast begins on {begins}, so a part of it is past already"
        where = f"{newest}, {many((day - newest).days, 'day')} before {day}"
        yield Anomaly(f"{unit}s since the newest orders", missing, where, treated)
