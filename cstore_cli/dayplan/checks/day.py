"""One day's plan beside what it was made from: what the rules look at, made once."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import polars as pl

from cstore_cli.dayplan.checks.conform import conform
from cstore_cli.dayplan.checks.courier_rounds import CourierRound, courier_rounds
from cstore_cli.dayplan.checks.goods import goods
from cstore_cli.dayplan.checks.shelves import shelves
from cstore_cli.dayplan.checks.visits import Visit, Window, visits
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.columns import LINE
from cstore_cli.tables.day import Closures, Collections, HeldParcels, Locks
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.tables.network import (
    DistributionCenters,
    FrozenRegions,
    Stores,
    Vehicles,
)
from cstore_cli.tables.orders import Orders
from cstore_cli.tables.plan import CONTRACTS, PlanTables
from cstore_cli.travel.of_day import DayTravel

Row = Mapping[str, Any]
AT_STORES = ("store_pickup", "store_door")
STOP = ("route_id", "trip", "stop_sequence")


def plan_day_of(
    plan: PlanTables, inputs: DayInputs, settings: PlanDaySettings, travel: DayTravel
) -> "PlanDay":
    """The plan and its inputs, each table in the shape of its contract."""
    frozen = inputs.frozen_regions
    return PlanDay(
        plan=PlanTables(
            **{
                field.name: conform(getattr(plan, field.name), CONTRACTS[field.name])
                for field in fields(PlanTables)
            }
        ),
        inputs=replace(
            inputs,
            orders=conform(inputs.orders, Orders),
            stores=conform(inputs.stores, Stores),
            distribution_centers=conform(
                inputs.distribution_centers, DistributionCenters
            ),
            vehicles=conform(inputs.vehicles, Vehicles),
            held_parcels=conform(inputs.held_parcels, HeldParcels),
            collections=conform(inputs.collections, Collections),
            closures=conform(inputs.closures, Closures),
            locks=conform(inputs.locks, Locks),
            frozen_regions=None if frozen is None else conform(frozen, FrozenRegions),
        ),
        settings=settings,
        travel=travel,
    )


@dataclass(frozen=True, eq=False)
class PlanDay:
    """What the rules look at."""

    plan: PlanTables
    inputs: DayInputs
    settings: PlanDaySettings
    travel: DayTravel

    @cached_property
    def goods(self) -> pl.DataFrame:
        """What is asked for: a row per order and per collection."""
        return goods(self.inputs, self.settings)

    @cached_property
    def stores(self) -> pl.DataFrame:
        """The stores table with the DC of each and the region the plan gives it."""
        dc_of = pl.DataFrame(
            {
                "store_id": list(self.travel.dc_of),
                "store_dc": list(self.travel.dc_of.values()),
            },
            schema={"store_id": pl.String, "store_dc": pl.String},
        )
        region_of = self.plan.assignment.select(
            "store_id", pl.col("region_id").alias("store_region")
        ).unique("store_id", keep="first")
        hubs = self.plan.regions["hub"].drop_nulls().to_list()
        return (
            self.inputs.stores.join(
                dc_of, on="store_id", how="left", maintain_order="left"
            )
            .join(region_of, on="store_id", how="left", maintain_order="left")
            .with_columns(pl.col("store_id").is_in(hubs).alias("is_hub"))
        )

    @cached_property
    def parcels(self) -> pl.DataFrame:
        """
        The plan's parcels with what was asked for and what their store is.

        ``known``: there is such an order or collection; ``by_van``: planned on a van;
        ``at_store``: planned to arrive at a store, by van or by its seller.
        """
        rows = self.plan.parcels.with_columns(
            (pl.col("task") == "deliver").fill_null(value=True).alias("delivery")
        )
        asked = self.goods.with_columns(pl.lit(value=True).alias("known"))
        stores = self.stores.select(
            "store_id",
            "store_dc",
            "store_region",
            "chain",
            "is_hub",
            pl.col("chilled").alias("store_chilled"),
            pl.col("lat").alias("store_lat"),
            pl.col("lon").alias("store_lon"),
        )
        planned = (pl.col("status") == "planned").fill_null(value=False)
        to_store = pl.col("channel").is_in(AT_STORES).fill_null(value=False)
        brought = (pl.col("inbound") == "store").fill_null(value=False)
        return (
            rows.join(
                asked, on=["order_id", "delivery"], how="left", maintain_order="left"
            )
            .join(stores, on="store_id", how="left", maintain_order="left")
            .with_columns(
                pl.col("known").fill_null(value=False),
                planned.alias("planned"),
                (planned & (~pl.col("delivery") | (to_store & ~brought))).alias(
                    "by_van"
                ),
                (planned & pl.col("delivery") & to_store).alias("at_store"),
            )
        )

    @cached_property
    def routes(self) -> dict[str, Row]:
        """Route id: its row, the first where an id repeats."""
        return _by_key(self.plan.routes, "route_id")

    @cached_property
    def dcs(self) -> dict[str, Row]:
        """DC id: its row."""
        return _by_key(self.inputs.distribution_centers, "dc_id")

    @cached_property
    def vehicles(self) -> dict[tuple[str, str], Row]:
        """DC and vehicle type: their row."""
        rows = self.inputs.vehicles.iter_rows(named=True)
        return {(row["dc_id"], row["vehicle_type"]): row for row in rows}

    def vehicle_of(self, route_id: str) -> Row | None:
        """The kind of van that drives a route; None where either is unknown."""
        route = self.routes.get(route_id)
        if route is None:
            return None
        return self.vehicles.get((route["dc_id"], route["vehicle_type"]))

    @cached_property
    def driven(self) -> dict[str, tuple[Visit, ...]]:
        """Route id: its visits in order of sequence, with their exact times."""
        windows = {
            row["store_id"]: Window(
                row["receive_from"], row["receive_by"], row["service_min"]
            )
            for row in self.inputs.stores.iter_rows(named=True)
        }
        rows_of: dict[str, list[Row]] = {}
        for row in self.plan.stops.sort(
            "sequence", nulls_last=True, maintain_order=True
        ).iter_rows(named=True):
            rows_of.setdefault(str(row["route_id"]), []).append(row)
        dc_of = {route_id: row["dc_id"] for route_id, row in self.routes.items()}
        clocks = {
            dc_id: self.travel.clock(dc_id)
            for dc_id in self.dcs
            if dc_id in dc_of.values()
        }
        return {
            route_id: tuple(
                visits(
                    rows,
                    clocks.get(str(dc_of.get(route_id))),
                    windows,
                    self.settings.loading_min,
                )
            )
            for route_id, rows in rows_of.items()
        }

    @cached_property
    def stops(self) -> pl.DataFrame:
        """The visits as a table, by STOP; the first where a sequence repeats."""
        seen = [visit for route in self.driven.values() for visit in route]
        first_leave = {
            (visit.row["route_id"], visit.tour): visit
            for visit in reversed(seen)
            if visit.kind in ("depart", "reload")
        }
        departs = [first_leave.get((v.row["route_id"], v.tour)) for v in seen]
        return pl.DataFrame(
            {
                "route_id": [visit.row["route_id"] for visit in seen],
                "trip": [visit.row["trip"] for visit in seen],
                "stop_sequence": [visit.row["sequence"] for visit in seen],
                "stop_line": [visit.row[LINE] for visit in seen],
                "stop_kind": [visit.row["kind"] for visit in seen],
                "stop_place": [visit.row["location_id"] for visit in seen],
                "stop_batch": [visit.row["batch"] for visit in seen],
                "stop_leaves": [visit.row["leaves"] for visit in seen],
                "stop_leave": [visit.leave for visit in seen],
                "stop_leaves_at_most": [visit.leaves_at_most for visit in seen],
                "trip_departs": [v.leave if v else None for v in departs],
                "trip_departs_at_most": [
                    v.leaves_at_most if v else None for v in departs
                ],
            },
            schema={
                "route_id": pl.String,
                "trip": pl.Int64,
                "stop_sequence": pl.Int64,
                "stop_line": pl.Int64,
                "stop_kind": pl.String,
                "stop_place": pl.String,
                "stop_batch": pl.String,
                "stop_leaves": pl.Int64,
                "stop_leave": pl.Float64,
                "stop_leaves_at_most": pl.Float64,
                "trip_departs": pl.Float64,
                "trip_departs_at_most": pl.Float64,
            },
        ).unique(STOP, keep="first", maintain_order=True)

    @cached_property
    def carried(self) -> pl.DataFrame:
        """The parcels planned on a van, with their stop where there is one."""
        return self.parcels.filter("by_van").join(
            self.stops, on=STOP, how="left", maintain_order="left"
        )

    @cached_property
    def rounds(self) -> tuple[CourierRound, ...]:
        """The couriers' rounds, with their exact times."""
        return tuple(
            courier_rounds(
                self.plan.rounds,
                self.goods,
                self.stores,
                self.carried,
                self.settings.courier,
            )
        )

    @cached_property
    def shelves(self) -> pl.DataFrame:
        """The shelf of each store: what stands there and what this plan brings."""
        return shelves(self.inputs, self.settings, self.stores, self.parcels)


def _by_key(frame: pl.DataFrame, key: str) -> dict[str, Row]:
    return {str(row[key]): row for row in frame.reverse().iter_rows(named=True)}
