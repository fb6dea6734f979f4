"""All tables of a day, read against their contracts: the day's inputs."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.carry import carried_records
from cstore_cli.tables.day import (
    Closures,
    Collections,
    Conditions,
    HeldParcels,
    Locks,
)
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.tables.network import (
    Areas,
    DistributionCenters,
    FrozenRegions,
    RoadLinks,
    RoadNodes,
    Stores,
    TravelLegs,
    Vehicles,
)
from cstore_cli.tables.orders import Orders
from cstore_cli.tables.read import Table, typed
from cstore_cli.tables.reader import Reader, empty_table, sources_of
from cstore_cli.tables.rules import Known

_NEEDED = ("orders", "stores", "distribution_centers", "vehicles")


@dataclass(frozen=True, eq=False)
class DayRead:
    """The inputs, what was rejected per table, and the counts of the row balance."""

    inputs: DayInputs
    rejected: dict[str, pl.DataFrame]
    faults: tuple[Fault, ...]
    num_read: int
    num_carried_in: int

    def counts(self) -> dict[str, int]:
        """How many orders came, and how many of them were rejected."""
        return {
            "read": self.num_read,
            "carried_in": self.num_carried_in,
            "rejected": len(self.rejected["orders"]),
        }


def read_day(
    settings: PlanDaySettings,
    date: dt.date,
    now: dt.datetime,
    *,
    given: Mapping[str, Path],
    carry: Path | None = None,
    already_planned: frozenset[str] = frozenset(),
) -> DayRead:
    """
    Read every table that the settings or ``given`` paths name.

    Bad order and held-parcel rows are put aside; any other table must be whole.

    Parameters
    ----------
    settings
        Where the tables stand and what their codes mean.
    date, now
        The day, and the instant it is planned at.
    given
        Table name: a path that wins over the settings' (their dialect still holds).
    carry
        Folder of an earlier plan whose deferred and unserved orders come back.
    already_planned
        Ids of orders in plans of earlier days.

    Raises
    ------
    InputError
        With the faults of all tables at once.
    """
    tables = (settings.network.tables, settings.tables)
    sources = sources_of(*tables, given, date)
    reader = Reader(sources, settings.network.time_zone, _NEEDED)
    stores = reader.whole("stores", Stores, key="store_id")
    dcs = reader.whole("distribution_centers", DistributionCenters, key="dc_id")
    dc_ids = reader.ids("distribution_centers", "dc_id")
    store_ids = reader.ids("stores", "store_id")
    reader.refuse_unknown("stores", stores, "dc_id", dc_ids)
    vehicles = reader.whole("vehicles", Vehicles, known=dc_ids)
    reader.refuse_twice("vehicles", vehicles, ("dc_id", "vehicle_type"))
    areas = reader.optional("areas", Areas, key="area_id")
    conditions = reader.whole("conditions", Conditions)
    at_store = reader.ids("stores", "store_id", "location_id")
    closures = reader.whole("closures", Closures, known=at_store)
    held = reader.filtered("held_parcels", HeldParcels, "parcel_id", store_ids)
    classes = Known(tuple(settings.goods_classes), "goods_classes of the YAML")
    known = {**store_ids, "goods_class": classes}
    orders = reader.filtered("orders", Orders, "order_id", known)
    carried = _carried(reader, carry, known, settings.network.time_zone)
    inputs = DayInputs(
        date=date,
        now=now,
        time_zone=settings.network.time_zone,
        already_planned=already_planned,
        stores=stores,
        distribution_centers=dcs,
        vehicles=vehicles,
        held_parcels=held.frame,
        collections=reader.whole(
            "collections", Collections, key="parcel_id", known=at_store
        ),
        conditions=conditions,
        closures=closures,
        locks=reader.whole("locks", Locks, known=store_ids),
        areas=areas,
        road_nodes=reader.optional("road_nodes", RoadNodes, key="node"),
        road_links=reader.optional("road_links", RoadLinks),
        travel_matrix=reader.optional("travel_matrix", TravelLegs),
        frozen_regions=reader.optional("frozen_regions", FrozenRegions, key="store_id"),
        **_together(orders, carried),
    )
    reader.refuse()
    num_carried = len(inputs.orders) - len(orders.frame) + len(carried.rejected)
    return DayRead(
        inputs=inputs,
        rejected={
            "orders": pl.concat(
                [carried.rejected, orders.rejected], how="diagonal_relaxed"
            ),
            "held_parcels": held.rejected,
        },
        faults=(*carried.faults, *orders.faults, *held.faults),
        num_read=orders.num_read,
        num_carried_in=num_carried,
    )


def _carried(
    reader: Reader, plan: Path | None, known: Mapping[str, Known], time_zone: str
) -> Table:
    """Orders that an earlier plan left."""
    if plan is None:
        return empty_table(Orders)
    try:
        records, source = carried_records(plan)
        return typed(
            records,
            source,
            Orders,
            time_zone,
            key="order_id",
            known=known,
            own_file=True,
        )
    except InputError as error:
        reader.say(str(error))
        return empty_table(Orders)


def _together(orders: Table, carried: Table) -> dict[str, pl.DataFrame]:
    """Yesterday's orders first; one that came again today counts as today's."""
    again = carried.frame["order_id"].is_in(orders.frame["order_id"].implode())
    raws = [carried.raw.filter(~again), orders.raw]
    frames = [carried.frame.filter(~again), orders.frame]
    return {
        "orders": pl.concat(
            [
                frame.drop("line").with_columns(pl.lit(is_carried).alias("carried"))
                for frame, is_carried in zip(frames, (True, False), strict=True)
            ]
        ),
        "orders_raw": pl.concat(raws, how="diagonal"),
    }
