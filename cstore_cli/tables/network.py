"""The standing tables: stores, distribution centres, vehicles, areas, roads."""

import dataframely as dy
import polars as pl

from cstore_cli.tables import columns as c


class Stores(dy.Schema):
    """Open stores; receive_from and receive_by bound the start of a delivery."""

    store_id = c.identity()
    dc_id = c.text(nullable=True)
    chain = c.identity()
    name = c.text(nullable=True)
    lat = c.latitude()
    lon = c.longitude()
    opening_hours = c.text(nullable=True)
    receive_from = c.clock()
    receive_by = c.clock()
    shelf_litres = c.number(min=0)
    chilled = c.flag()
    door_couriers = c.count(min=0)
    service_min = c.number(min=0, max=480)
    address = c.text(optional=True)

    @dy.rule()
    def receive_from_before_receive_by(cls) -> pl.Expr:
        """A window that ends before it begins serves nobody."""
        return pl.col("receive_from") <= pl.col("receive_by")


class DistributionCenters(dy.Schema):
    """Where vans are loaded."""

    dc_id = c.identity()
    name = c.text(nullable=True)
    lat = c.latitude()
    lon = c.longitude()
    opens = c.clock()
    closes = c.clock()
    dock_doors = c.count(min=1)

    @dy.rule()
    def opens_before_closes(cls) -> pl.Expr:
        """A DC that closes before it opens loads nothing."""
        return pl.col("opens") < pl.col("closes")


class Vehicles(dy.Schema):
    """Kinds of van, a row per kind and DC; vehicle numbers run from 1 to count."""

    vehicle_type = c.identity()
    dc_id = c.identity()
    count = c.count(min=0, max=10_000)
    capacity_litres = c.number(min_exclusive=0)
    capacity_kg = c.number(min_exclusive=0)
    chilled = c.flag()
    shift_from = c.clock()
    shift_to = c.clock()
    max_route_min = c.number(min_exclusive=0)
    fixed_cost_twd = c.number(min=0)
    cost_per_km_twd = c.number(min=0)
    cost_per_hour_twd = c.number(min=0)
    max_trips = c.count(min=1)
    break_min = c.number(optional=True, min=0)
    break_after_min = c.number(optional=True, min=0)

    @dy.rule()
    def shift_from_before_shift_to(cls) -> pl.Expr:
        """A shift that ends before it begins drives nowhere."""
        return pl.col("shift_from") < pl.col("shift_to")

    @dy.rule()
    def break_min_needs_break_after_min(cls) -> pl.Expr:
        """Say in break_after_min by when, in minutes after departure, it is due."""
        none = pl.col("break_min").fill_null(0) == 0
        return none | pl.col("break_after_min").is_not_null()


class Areas(dy.Schema):
    """Small zones; plan-day uses their centres for conditions by area."""

    area_id = c.identity()
    lat = c.latitude()
    lon = c.longitude()


class RoadNodes(dy.Schema):
    """Nodes of a road network."""

    node = c.identity()
    lon = c.longitude()
    lat = c.latitude()


class RoadLinks(dy.Schema):
    """
    Directed links of a road network; empty period minutes mean free-flow.

    ``geom_lonlat`` is how the link runs on the map; where it is empty, straight.
    """

    from_node = c.identity()
    to_node = c.identity()
    length_km = c.number(min=0)
    freeflow_min = c.number(min=0)
    am_time_min = c.number(optional=True, min=0)
    pm_time_min = c.number(optional=True, min=0)
    geom_lonlat = c.line()


class TravelLegs(dy.Schema):
    """A given matrix, a row per ordered pair of places; other pairs are unreachable."""

    from_id = c.identity()
    to_id = c.identity()
    distance_km = c.number(min=0)
    duration_min = c.number(min=0)


class FrozenRegions(dy.Schema):
    """Regions kept from an earlier day: assignment.csv with the hub of each region."""

    store_id = c.identity()
    region_id = c.identity()
    hub = c.identity()
