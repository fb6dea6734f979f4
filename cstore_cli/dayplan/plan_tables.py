"""The plan's tables, made from the day's parcels, routes, rounds and regions."""

from collections import Counter
from collections.abc import Sequence

import polars as pl

from cstore_cli.dayplan.regions import Regions
from cstore_cli.dayplan.round_search import Round
from cstore_cli.dayplan.van_routes import VanRoute
from cstore_cli.dayplan.van_tables import routes_table, stops_table
from cstore_cli.settings.plan_day import CourierSettings, PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.tables.own_columns import shown_name, with_phone_masked
from cstore_cli.tables.plan import CONTRACTS, PlanTables, table_of

TimedRound = tuple[Round, int]
"""A round and its departure, in minutes after midnight."""


def plan_tables(
    orders: pl.DataFrame,
    collections: pl.DataFrame,
    shelves: pl.DataFrame,
    regions: Regions,
    routes: Sequence[VanRoute],
    rounds: Sequence[TimedRound],
    inputs: DayInputs,
    settings: PlanDaySettings,
) -> PlanTables:
    """
    Tables of the plan.

    ``orders`` are the working orders, in the order of ``inputs.orders_raw``, with a
    status each: planned ones have ``at_store`` where a store has part in it. Parcels
    are the orders and after them the ``collections``.
    """
    stops = stops_table(orders, collections, routes, settings.loading_min)
    parcels = _parcels(orders, regions, routes, inputs)
    fetched = _collected(collections, regions, routes)
    arrivals = _store_arrivals(parcels, orders, shelves, regions, routes)
    return PlanTables(
        parcels=pl.concat([parcels, fetched], how="diagonal"),
        routes=routes_table(stops, routes, regions, inputs),
        stops=stops,
        rounds=_rounds(orders, rounds),
        regions=_regions(parcels, regions, arrivals, inputs, settings.courier),
        assignment=_assignment(regions),
        store_arrivals=arrivals,
    )


def own_columns(raw: pl.DataFrame) -> pl.DataFrame:
    """The order's own columns as shown: prefixed on a clash, the phone masked."""
    shown = with_phone_masked(raw.drop("order_id"))
    return shown.rename({name: shown_name(name) for name in shown.columns})


def _parcels(
    orders: pl.DataFrame,
    regions: Regions,
    routes: Sequence[VanRoute],
    inputs: DayInputs,
) -> pl.DataFrame:
    carried = [
        (
            row,
            route.route_id,
            route.dc_id,
            trip.batch,
            number,
            sequence,
            int(stop.leaves),
        )
        for route in routes
        for sequence, number, kind, trip, stop in route.rows()
        if kind == "deliver" and stop is not None
        for client in stop.clients
        for row in client.parcels
    ]
    by_van = pl.DataFrame(
        carried,
        schema={
            "row": pl.UInt32,
            "route_id": pl.String,
            "dc_id": pl.String,
            "batch": pl.String,
            "trip": pl.Int64,
            "stop_sequence": pl.Int64,
            "ready_by": pl.Int64,
        },
        orient="row",
    )
    region_of = regions.region_of
    region_ids = {store: region.region_id for store, region in region_of.items()}
    dc_ids = {store: region.dc_id for store, region in region_of.items()}
    planned = pl.col("status") == "planned"
    at_store = pl.when(planned).then(pl.col("at_store"))
    pickup = planned & (pl.col("channel") == "store_pickup")
    late = (pl.col("ready_by") - pl.col("pickup_from")).clip(lower_bound=0)
    plan = (
        orders.with_row_index("row")
        .join(by_van, on="row", how="left", maintain_order="left")
        .with_columns(
            pl.lit("deliver").alias("task"),
            pl.when(pl.col("channel") != "any")
            .then(pl.col("channel"))
            .alias("channel"),
            pl.when(pickup)
            .then(pl.col("redirected"))
            .otherwise(pl.lit(value=False))
            .alias("redirected"),
            pl.when(pickup).then(pl.col("walk_m").round(1)).alias("walk_m"),
            pl.when(pickup & pl.col("pickup_from").is_not_null())
            .then(late.fill_null(0).cast(pl.Float64))
            .when(planned & pl.col("ready_by").is_not_null())
            .then(0.0)
            .alias("late_min"),
            at_store.alias("store_id"),
            _named(at_store, region_ids).alias("region_id"),
            _named(at_store, dc_ids).alias("dc_id"),
        )
        .select(CONTRACTS["parcels"].column_names())
    )
    return plan.hstack(own_columns(inputs.orders_raw))


def _collected(
    collections: pl.DataFrame, regions: Regions, routes: Sequence[VanRoute]
) -> pl.DataFrame:
    """Rows of what is collected; its store is told also where nobody fetches it."""
    by_van = pl.DataFrame(
        [
            (row, route.route_id, trip.batch, number, sequence)
            for route in routes
            for sequence, number, kind, trip, stop in route.rows()
            if kind == "collect" and stop is not None
            for client in stop.collected
            for row in client.parcels
        ],
        schema={
            "row": pl.UInt32,
            "route_id": pl.String,
            "batch": pl.String,
            "trip": pl.Int64,
            "stop_sequence": pl.Int64,
        },
        orient="row",
    )
    region_of = regions.region_of
    region_ids = {store: region.region_id for store, region in region_of.items()}
    dc_ids = {store: region.dc_id for store, region in region_of.items()}
    contract = CONTRACTS["parcels"].columns()
    plan = (
        collections.with_row_index("row")
        .join(by_van, on="row", how="left", maintain_order="left")
        .with_columns(
            pl.lit(value=False).alias("redirected"),
            _named(pl.col("store_id"), region_ids).alias("region_id"),
            _named(pl.col("store_id"), dc_ids).alias("dc_id"),
        )
    )
    return plan.select(
        pl.col(name)
        if name in plan.columns
        else pl.lit(None, dtype=column.dtype).alias(name)
        for name, column in contract.items()
    )


def _named(store: pl.Expr, names: dict[str, str]) -> pl.Expr:
    return store.replace_strict(names, default=None, return_dtype=pl.String)


def _rounds(orders: pl.DataFrame, rounds: Sequence[TimedRound]) -> pl.DataFrame:
    wanted = orders.select("order_id", "litres", "weight_kg", "cod_twd").rows()
    numbers: Counter[str] = Counter()
    rows = []
    for tour, departs in rounds:
        numbers[tour.store_id] += 1
        head = (
            f"{tour.store_id}-{numbers[tour.store_id]:02d}",
            tour.store_id,
            tour.courier_no,
            departs,
            int(departs + tour.minutes),
        )
        for number, (row, reached) in enumerate(
            zip(tour.parcels, tour.reached_min, strict=True), start=1
        ):
            order_id, litres, kg, cod = wanted[row]
            figures = (round(litres, 2), kg, cod)
            rows.append((*head, number, order_id, int(departs + reached), *figures))
    return table_of("rounds", rows)


def _assignment(regions: Regions) -> pl.DataFrame:
    rows = []
    for store, region in sorted(regions.region_of.items()):
        way = regions.to_hub[store]
        km = None if way.hub_km is None else round(way.hub_km, 3)
        rows.append((store, region.region_id, km, way.nearer_hub, way.reason))
    return table_of("assignment", rows)


def _regions(
    parcels: pl.DataFrame,
    regions: Regions,
    arrivals: pl.DataFrame,
    inputs: DayInputs,
    settings: CourierSettings,
) -> pl.DataFrame:
    planned = parcels.filter(
        (pl.col("status") == "planned") & pl.col("region_id").is_not_null()
    )
    counts = Counter(planned["region_id"])
    doors = Counter(planned.filter(pl.col("channel") == "store_door")["region_id"])
    at_hub = {row["store_id"]: row for row in arrivals.iter_rows(named=True)}
    own = dict(inputs.stores.select("store_id", "door_couriers").iter_rows())
    rows = []
    for region in sorted(regions.regions, key=lambda r: r.region_id):
        hub = at_hub[region.hub]
        room = hub["shelf_litres"] - hub["shelf_after_litres"]
        rows.append(
            (
                region.region_id,
                region.dc_id,
                region.hub,
                len(region.stores),
                round(region.work_h, 3),
                counts[region.region_id],
                doors[region.region_id],
                max(own[region.hub], settings.hub_couriers),
                hub["door_parcels"],
                round(max(0.0, room), 2),
            )
        )
    return table_of("regions", rows)


def _store_arrivals(
    parcels: pl.DataFrame,
    orders: pl.DataFrame,
    shelves: pl.DataFrame,
    regions: Regions,
    routes: Sequence[VanRoute],
) -> pl.DataFrame:
    dc_ids = {store: region.dc_id for store, region in regions.region_of.items()}
    first: dict[str, int] = {}
    for route in routes:
        for stop in route.stops:
            arrives = int(stop.arrives)
            first[stop.store_id] = min(first.get(stop.store_id, arrives), arrives)
    coming = (
        parcels.select("store_id", "status", "channel")
        .hstack(orders.select("litres"))
        .filter((pl.col("status") == "planned") & pl.col("store_id").is_not_null())
        .group_by("store_id")
        .agg(
            (pl.col("channel") == "store_pickup").sum().alias("pickup_parcels"),
            (pl.col("channel") == "store_door").sum().alias("door_parcels"),
            pl.col("litres")
            .filter(pl.col("channel") == "store_pickup")
            .sum()
            .alias("arriving"),
        )
    )
    before = pl.col("held") - pl.col("fetched")
    after = before + pl.col("arriving")
    risk = (
        pl.when(pl.col("held") > pl.col("shelf_litres"))
        .then(pl.lit("over_before"))
        .when(pl.col("held") + pl.col("arriving") > pl.col("shelf_litres"))
        .then(pl.lit("possible"))
        .otherwise(pl.lit("no"))
    )
    return (
        shelves.join(coming, on="store_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("store_id").replace_strict(dc_ids).alias("dc_id"),
            pl.col("pickup_parcels", "door_parcels", "arriving").fill_null(0),
            pl.col("store_id")
            .replace_strict(first, default=None, return_dtype=pl.Int64)
            .alias("arrives"),
        )
        .select(
            "store_id",
            "dc_id",
            "arrives",
            pl.col("pickup_parcels", "door_parcels").cast(pl.Int64),
            "shelf_litres",
            pl.col("held").round(2).alias("held_litres"),
            pl.col("fetched").round(2).alias("fetched_litres"),
            before.round(2).alias("shelf_before_litres"),
            pl.col("arriving").round(2).alias("arriving_litres"),
            after.round(2).alias("shelf_after_litres"),
            risk.alias("overflow_risk"),
        )
        .sort("store_id")
    )
