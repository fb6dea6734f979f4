"""
When each courier is where, on the clock of `visits`.

Rounds' departures are cut to the minute too: the exact one is the earliest that is not
before the written one and not before the vans that brought the parcels have left.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from cstore_cli.settings.plan_day import CourierSettings
from cstore_cli.travel.arrays import Floats
from cstore_cli.travel.geodesic import MIN_PER_H, straight_km

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Door:
    """A row of rounds.csv; ``earliest`` is when the courier can be at the door."""

    row: Row
    earliest: float


@dataclass(frozen=True, slots=True)
class CourierRound:
    """A round's doors in order; ``earliest_back`` is when the courier can be back."""

    doors: Sequence[Door]
    departs: float
    earliest_back: float
    returns: float

    @property
    def head(self) -> Row:
        """The first row, which speaks for the round."""
        return self.doors[0].row

    @property
    def round_id(self) -> str:
        """The round's id."""
        return str(self.head["round_id"])


def courier_rounds(
    rounds: pl.DataFrame,
    goods: pl.DataFrame,
    stores: pl.DataFrame,
    carried: pl.DataFrame,
    courier: CourierSettings,
) -> Iterator[CourierRound]:
    """
    Go along every round; to and from an unknown place the way takes no time.

    Parameters
    ----------
    rounds
        rounds.csv.
    goods, stores
        Where the doors are, and the stores.
    carried
        When the van stops of parcels are left.
    courier
        How couriers walk and work.
    """
    doors_of: dict[str, list[Row]] = {}
    rows = _with_legs(rounds, goods, stores, carried, courier)
    for door in rows.iter_rows(named=True):
        doors_of.setdefault(str(door["round_id"]), []).append(door)
    for doors in doors_of.values():
        departs = max(
            float(doors[0]["departs"] or 0), *(row["stop_leave"] or 0 for row in doors)
        )
        at, seen = departs, []
        for row in doors:
            earliest = at + row["way_min"]
            seen.append(Door(row, earliest))
            at = max(earliest, float(row["arrives"] or 0)) + courier.service_min
        back = at + doors[-1]["back_min"]
        yield CourierRound(
            doors=seen,
            departs=departs,
            earliest_back=back,
            returns=max(back, float(doors[0]["returns"] or 0)),
        )


def _with_legs(
    rounds: pl.DataFrame,
    goods: pl.DataFrame,
    stores: pl.DataFrame,
    carried: pl.DataFrame,
    courier: CourierSettings,
) -> pl.DataFrame:
    """Rows by sequence, with minutes from the place before and back to the store."""
    doors = goods.filter("delivery").select(
        "order_id",
        pl.col("customer_lat").alias("lat"),
        pl.col("customer_lon").alias("lon"),
    )
    bases = stores.select("store_id", pl.col("lat", "lon").name.prefix("store_"))
    left = carried.filter("delivery").select("order_id", "route_id", "stop_leave")
    rows = rounds.sort("sequence", nulls_last=True, maintain_order=True)
    for table, key in (
        (doors, "order_id"),
        (bases, "store_id"),
        (left.unique("order_id", keep="first", maintain_order=True), "order_id"),
    ):
        rows = rows.join(table, on=key, how="left", maintain_order="left")
    rows = rows.with_columns(
        pl.col(axis)
        .shift(1)
        .over("round_id")
        .fill_null(pl.col(f"store_{axis}"))
        .alias(f"from_{axis}")
        for axis in ("lat", "lon")
    )
    return rows.with_columns(
        pl.Series("way_min", _minutes(rows, "from_", courier)),
        pl.Series("back_min", _minutes(rows, "store_", courier)),
    )


def _minutes(rows: pl.DataFrame, start: str, courier: CourierSettings) -> Floats:
    lat1, lon1, lat2, lon2 = (
        rows[name].to_numpy() for name in (f"{start}lat", f"{start}lon", "lat", "lon")
    )
    km = straight_km(lat1, lon1, lat2, lon2)
    way: Floats = km * courier.circuity / courier.speed_kmh * MIN_PER_H
    return np.nan_to_num(way, nan=0.0)
