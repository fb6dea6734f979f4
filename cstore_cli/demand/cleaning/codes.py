"""Codes in transactions that no area has: renamed, changed, or unknown."""

from collections.abc import Collection, Mapping

import polars as pl

from cstore_cli.demand.cleaning.examples import few
from cstore_cli.demand.history import Anomaly

_MOST_BETWEEN = 3
"""Periods that may lie between an area's last row and the first of its new code."""
_LEAST_ROWS = 3
_MOST_AT_ONCE = 30
"""More codes that end, or start, on one day were renumbered: no guess finds its own."""
_HIGH = 0.95
"""Figures above this quantile of their code count as if they were it."""
_ALIKE = 2.0
"""By what factor the levels of two codes of one area may differ."""

_AREA = pl.col("area_id")


def renamed(
    rows: pl.DataFrame, new_names: Mapping[str, str], told: list[Anomaly]
) -> pl.DataFrame:
    """Give rows the codes that areas have now; rows that then meet are added up."""
    old = rows.filter(_AREA.is_in(list(new_names)))
    if old.is_empty():
        return rows
    rows = rows.with_columns(_AREA.replace(dict(new_names)))
    meet = pl.struct("date", "area_id").is_duplicated()
    several = rows.filter(meet)
    if several.is_empty():
        return rows
    key = ("date", "area_id")
    where = few(
        [f"{d} {a}" for d, a in several.select(key).unique(maintain_order=True).rows()]
    )
    what = "rows of one area and date under several codes"
    told.append(Anomaly(what, len(several), where, "their orders were added up"))
    orders = pl.when(pl.col("orders").is_not_null().any()).then(pl.col("orders").sum())
    others = [n for n in rows.columns if n not in {*key, "orders"}]
    return rows.group_by(key, maintain_order=True).agg(
        orders, *(pl.col(name).drop_nulls().first() for name in others)
    )


def of_areas(
    rows: pl.DataFrame,
    areas: Collection[str],
    period_days: int,
    told: list[Anomaly],
) -> tuple[pl.DataFrame, dict[str, str]]:
    """
    Return the rows of known areas, a code that took another's place joined to it.

    It did if it alone starts when that area alone ends, neither at an end of the
    history, and their mean orders are within a factor of 2. The codes so joined come
    with the areas that they are.
    """
    known = _AREA.is_in(list(areas))
    strange = rows.filter(~known)
    if strange.is_empty():
        return rows, {}
    pairs = _pairs(rows.filter(pl.col("orders").is_not_null()), known, period_days)
    alone = ~pl.col("code").is_duplicated() & ~pl.col("area_id").is_duplicated()
    changed = pairs.filter(alone)
    if len(changed):
        each = changed.select("area_id", "code", "since").rows()
        where = ", ".join(f"{area} is {code} since {day}" for area, code, day in each)
        treated = (
            "joined, as the one ends where the other begins, on one level; if they are "
            "two, give areas a row of the new code"
        )
        told.append(Anomaly("area code changed", len(changed), where, treated))
    unclear = pairs.filter(~alone)
    if len(unclear):
        codes = unclear["code"].unique().sort()
        where = few(
            [
                f"{code} for {area}"
                for code, area in unclear.select("code", "area_id").rows()
            ]
        )
        what = "codes that may be new ones of several areas"
        treated = "left out: say which under `renamed:` of `transactions:` in the YAML"
        told.append(Anomaly(what, len(codes), where, treated))
    others = strange.filter(~_AREA.is_in(changed["code"].implode()))
    if len(others):
        counts = others.group_by("area_id").len().sort("area_id").rows()
        where = few([f"{code} ({count} rows)" for code, count in counts])
        what = "rows of codes that are no area"
        told.append(
            Anomaly(
                what,
                len(others),
                where,
                "left out: add them to areas, or say what they are now under "
                "`renamed:` of `transactions:` in the YAML",
            )
        )
    now = dict(changed.select("code", "area_id").rows())
    return rows.with_columns(_AREA.replace(now)).filter(known), now


def _pairs(rows: pl.DataFrame, known: pl.Expr, period_days: int) -> pl.DataFrame:
    """Areas that end and codes that start right after, at the same level."""
    orders, date = pl.col("orders"), pl.col("date")
    first, last = rows["date"].min(), rows["date"].max()
    spans = rows.group_by("area_id").agg(
        date.min().alias("since"),
        date.max().alias("until"),
        orders.clip(upper_bound=orders.quantile(_HIGH)).mean().alias("level"),
        pl.len().alias("num"),
    )
    spans = spans.filter(pl.col("num") >= _LEAST_ROWS)
    ended = spans.filter(known & (pl.col("until") < last)).filter(_few_on("until"))
    started = spans.filter(~known & (pl.col("since") > first)).filter(_few_on("since"))
    starts = [
        pl.col("until") + pl.duration(days=period_days * k)
        for k in range(1, _MOST_BETWEEN + 2)
    ]
    level, new = pl.col("level"), pl.col("level_right")
    return (
        ended.with_columns(pl.concat_list(starts).alias("since"))
        .explode("since")
        .join(started.with_columns(code="area_id"), on="since")
        .filter(level <= _ALIKE * new, new <= _ALIKE * level)
        .select("area_id", "code", "since")
        .sort("area_id", "code")
    )


def _few_on(date: str) -> pl.Expr:
    """Whether no more than can be told apart have this date in common."""
    return pl.len().over(date) <= _MOST_AT_ONCE
