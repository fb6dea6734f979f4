"""An analysis of demand made by hand: three areas, five days known, two to come."""

import datetime as dt

import numpy as np
import polars as pl

from cstore_cli.demand.customers.who import PickupHours, Potential, Segments
from cstore_cli.demand.drivers import SCHEMA
from cstore_cli.demand.history import Anomaly, History
from cstore_cli.demand.results import Backtest
from cstore_cli.report.demand_page.shown import ShownDemand

MONDAY = dt.date(2026, 11, 23)
PAST, AHEAD = 5, 2
NAN = np.nan
ORDERS = [[10, 11, NAN, 13, 14], [20, 21, 22, 23, 24], [NAN] * PAST]
MEANS = {"A": (12.5, 13.25), "B": (25.0, 26.0), "N": (5.0, 5.5)}


def forecast(names, means):
    rows = [
        {
            "area_id": name,
            "date": MONDAY + dt.timedelta(days=step),
            "mean": mean,
            "p10": mean * 0.5,
            "p50": mean - 0.125,
            "p90": mean * 2,
            "model": "cross_section" if name == names[2] else "global",
            "history_days": 0 if name == names[2] else PAST,
            "period_days": 1,
        }
        for name, row in zip(names, means, strict=True)
        for step, mean in enumerate(row)
    ]
    total = [
        {
            "area_id": "*",
            "date": MONDAY + dt.timedelta(days=step),
            "mean": sum(column),
            "p10": sum(column) * 0.75,
            "p50": sum(column),
            "p90": sum(column) * 1.25,
            "model": "sum",
            "history_days": PAST,
            "period_days": 1,
        }
        for step, column in enumerate(zip(*means, strict=True))
    ]
    return pl.DataFrame([*rows, *total])


def backtest():
    errors = {"chosen": 14.6, "seasonal_naive": 18.6, "global": 14.1}
    rows = [
        {
            "level": level,
            "part": part,
            "model": model,
            "periods": 10,
            "wape_pct": error,
            "to_seasonal_naive_pct": 100 * (error / 18.6 - 1),
            "mape_pct": error + 1,
            "bias_pct": -0.5,
            "pinball": 1.0,
            "coverage_80_pct": 81.5 if model == "chosen" else None,
        }
        for level, part in (("areas", "all"), ("areas", "days 1-2"), ("total", "all"))
        for model, error in errors.items()
    ]
    origins = (dt.date(2026, 11, 9), dt.date(2026, 11, 16))
    return Backtest(pl.DataFrame(rows), origins, origins[1:])


def drivers(name="income"):
    words = {"in_words": f"more per person where {name} is higher"}
    told = [
        {"driver": name, "of": "level", "importance": 7.5, "importance_sd": 0.75},
        {"driver": "weekday", "of": "course", "importance": 2.0, "importance_sd": 0.25},
        {"driver": "special day", "of": "course"},
    ]
    return pl.DataFrame([{**row, **words} for row in told], schema=SCHEMA)


def segments(names):
    table = pl.DataFrame(
        {
            "area_id": names,
            "segment": ["A", "A", "B"],
            "orders_per_1000": [6.5, 6.25, 2.0],
            "potential_share": [0.4, 0.4, 0.3],
        }
    )
    described = pl.DataFrame(
        {
            "segment": ["A", "B"],
            "areas": [2, 1],
            "people": [6000.0, 2500.0],
            "orders_per_1000": [6.3, 2.0],
            "potential_share": [0.4, 0.3],
            "description": ["A: 2 areas", "B: 1 area"],
        }
    )
    return Segments(table, described, pl.DataFrame(), "2 segments, say.", "day")


def made_demand(names=("A", "B", "N"), *, driver="income", places=True, **parts):
    """The analysis; ``parts`` replace some of it."""
    areas = pl.DataFrame({"area_id": list(names), "name": ["Alder", None, "Nook"]})
    if places:
        areas = areas.with_columns(
            lat=pl.Series([24.0, 24.1, None]), lon=pl.Series([120.0, 120.1, None])
        )
    days = [MONDAY + dt.timedelta(days=k - PAST) for k in range(PAST + AHEAD)]
    history = History(
        area_ids=tuple(names),
        dates=tuple(days),
        orders=np.array(ORDERS, dtype=float),
        ahead={},
        lagged={},
        coded=frozenset(),
        period_days=1,
        anomalies=(Anomaly("a gap", 1234, "A", "left out"),),
    )
    bands = pl.DataFrame(
        {"band": ["young"], "people": [900.0], "online": [700.0], "potential": [500.0]}
    )
    hours = pl.DataFrame(
        {
            "area_id": ["*"] * 24,
            "hour": list(range(24)),
            "share": [0.0625] * 16 + [None] * 8,
        }
    )
    gain = pl.DataFrame(
        {
            "area_id": ["A", "*"],
            "pickups": [57, 57],
            "share_closed_hours": [0.1, 0.1],
            "parcels_day_closed_hours": [1.25, 1.25],
            "reason": [None, None],
        },
        schema_overrides={"reason": pl.String},
    )
    return ShownDemand(
        **{
            "areas": areas,
            "history": history,
            "table": forecast(names, [*MEANS.values()]),
            "backtest": backtest(),
            "season": 7,
            "drivers": drivers(driver),
            "segments": segments(names),
            "potential": Potential(pl.DataFrame(), bands, pl.DataFrame()),
            "pickup_hours": PickupHours(hours, gain, 10.0, ("Some were left out.",)),
            **parts,
        }
    )
