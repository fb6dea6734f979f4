"""How far customers walk, and who is sent to another store than the chosen one."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.dayplan.checks.day import PlanDay
from cstore_cli.dayplan.checks.saying import faulty
from cstore_cli.errors import Fault
from cstore_cli.travel.geodesic import straight_km

_M_PER_KM = 1000
_ROUNDING_M = 1.0


def redirections_are_told(day: PlanDay) -> Iterator[Fault]:
    """``redirected`` is true of pick-up parcels away from their chosen store only."""
    away = (
        (pl.col("channel") == "store_pickup")
        & (pl.col("chosen_store") != pl.col("store_id"))
    ).fill_null(value=False)
    yield from faulty(
        "parcels.csv",
        day.parcels.filter("planned", "delivery", "known").filter(
            pl.col("redirected").fill_null(value=False) != away
        ),
        "redirected",
        "{order_id} chose {chosen_store} and goes to {store_id} as {channel}, but "
        "redirected is {redirected}",
    )


def walks_are_measured(day: PlanDay) -> Iterator[Fault]:
    """``walk_m`` is the straight line of pick-up parcels; others have none."""
    pickup = _pickup(day)
    yield from faulty(
        "parcels.csv",
        pickup.filter(
            ~((pl.col("walk_m") - pl.col("metres")).abs() <= _ROUNDING_M).fill_null(
                value=False
            )
        ),
        "walk_m",
        "{order_id} to {store_id} is {metres} m, not {walk_m}",
    )
    yield from faulty(
        "parcels.csv",
        day.parcels.filter(
            "planned",
            pl.col("walk_m").is_not_null(),
            (pl.col("channel") != "store_pickup").fill_null(value=True),
        ),
        "walk_m",
        "{order_id} is {channel}: nobody walks, but walk_m is {walk_m}",
        "empty the cell",
    )


def no_one_is_sent_too_far(day: PlanDay) -> Iterator[Fault]:
    """A store that the customer did not choose is within walking distance."""
    limit_m = day.settings.walk_limit_km * _M_PER_KM
    yield from faulty(
        "parcels.csv",
        _pickup(day).filter(
            pl.col("chosen_store").ne_missing(pl.col("store_id")),
            pl.col("metres") > limit_m + _ROUNDING_M,
        ),
        "store_id",
        f"{{order_id}} did not choose {{store_id}}, {{metres}} m away; the walk limit "
        f"is {limit_m:g} m",
    )


def _pickup(day: PlanDay) -> pl.DataFrame:
    """Planned pick-up parcels at known stores, with the ``metres`` to walk."""
    rows = day.parcels.filter(
        "at_store",
        "known",
        pl.col("channel") == "store_pickup",
        pl.col("store_lat").is_not_null(),
    )
    km = straight_km(
        *(
            rows[name].to_numpy()
            for name in ("customer_lat", "customer_lon", "store_lat", "store_lon")
        )
    )
    return rows.with_columns(pl.Series("metres", km * _M_PER_KM, dtype=pl.Float64))
