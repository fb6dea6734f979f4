"""stops.csv and routes.csv, made from the vans' timed routes."""

from collections import Counter
from collections.abc import Sequence

import polars as pl

from cstore_cli.dayplan.clients import StoreClient
from cstore_cli.dayplan.regions import Regions
from cstore_cli.dayplan.van_routes import VanRoute
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.tables.plan import table_of


def stops_table(
    orders: pl.DataFrame,
    collections: pl.DataFrame,
    routes: Sequence[VanRoute],
    loading_min: int,
) -> pl.DataFrame:
    """stops.csv: a stop that delivers and collects is two rows, in that order."""
    goods = {
        "deliver": orders.select("litres", "weight_kg", "cod_twd").rows(),
        "collect": collections.select(
            "litres", "weight_kg", pl.lit(0.0).alias("cod_twd")
        ).rows(),
    }
    rows: list[tuple[object, ...]] = []
    for route in routes:
        for sequence, number, kind, trip, stop in route.rows():
            key = (route.route_id, number, sequence, trip.batch, kind)
            if stop is None:
                rows.append(
                    (*key, route.dc_id, *_at_dc(route, number, kind, loading_min))
                )
                continue
            collects = kind == "collect"
            clients = stop.collected if collects else stop.clients
            # After a delivery the van is there already.
            there = collects and stop.clients
            rows.append(
                (
                    *key,
                    stop.store_id,
                    int(stop.arrives),
                    int(stop.starts),
                    int(stop.drives_on if collects else stop.leaves),
                    *_figures(clients, goods[kind], collects=collects),
                    0.0 if there else round(stop.leg_km, 3),
                    0.0 if there else round(stop.leg_min, 2),
                )
            )
    return table_of("stops", rows)


def _at_dc(
    route: VanRoute, number: int, kind: str, loading_min: int
) -> tuple[float, ...]:
    """Clocks, loads and leg of a row at the DC; a reload ends when its trip departs."""
    nothing = (0, 0, 0.0, 0.0, 0.0)
    trip = route.trips[number - 1]
    if kind == "depart":
        return (trip.departs, trip.departs, trip.departs, *nothing, 0.0, 0.0)
    back = trip if kind == "end" else route.trips[number - 2]
    home = int(back.returns)
    leg = (round(back.last_leg_km, 3), round(back.last_leg_min, 2))
    if kind == "end":
        return (home, home, home, *nothing, *leg)
    loads = max(home, trip.departs - loading_min)
    return (home, loads, trip.departs, *nothing, *leg)


def _figures(
    clients: Sequence[StoreClient],
    goods: Sequence[tuple[float, float, float]],
    *,
    collects: bool,
) -> tuple[float, ...]:
    """Parcels dropped and collected, litres, kg, cash on delivery."""
    own = [goods[row] for client in clients for row in client.parcels]
    litres, kg, cod = (sum(figures) for figures in zip(*own, strict=True))
    counts = (0, len(own)) if collects else (len(own), 0)
    return (*counts, round(litres, 2), round(kg, 3), round(cod, 2))


def routes_table(
    stops: pl.DataFrame,
    routes: Sequence[VanRoute],
    regions: Regions,
    inputs: DayInputs,
) -> pl.DataFrame:
    """routes.csv: what each route delivers, where, how far and for how much."""
    region_of = regions.region_of
    sums = {
        key[0]: group for key, group in stops.group_by("route_id", maintain_order=True)
    }
    rows = []
    for route in routes:
        van = inputs.vehicles.row(route.vehicle, named=True)
        own = sums[route.route_id].filter(pl.col("kind") != "collect")
        visits = Counter(region_of[stop.store_id].region_id for stop in route.stops)
        region = min(visits, key=lambda name: (-visits[name], name))
        rows.append(
            (
                route.route_id,
                route.dc_id,
                van["vehicle_type"],
                route.vehicle_no,
                region,
                route.departs,
                int(route.returns),
                len(route.trips),
                len(route.stops),
                own["dropped_parcels"].sum(),
                round(own["litres"].sum(), 2),
                round(own["kg"].sum(), 3),
                round(own["cod_twd"].sum(), 2),
                round(route.km, 3),
                round(route.minutes, 1),
                round(route_cost(route, inputs), 2),
            )
        )
    return table_of("routes", rows)


def route_cost(route: VanRoute, inputs: DayInputs) -> float:
    """Money of a route: fixed, kilometres and hours."""
    van = inputs.vehicles.row(route.vehicle, named=True)
    return float(
        van["fixed_cost_twd"]
        + van["cost_per_km_twd"] * route.km
        + van["cost_per_hour_twd"] * route.minutes / 60
    )
