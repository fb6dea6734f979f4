"""What demand is told from: areas, their orders over time, when parcels are fetched."""

import dataframely as dy
import polars as pl

from cstore_cli.tables import columns as c


class DemandAreas(dy.Schema):
    """Small zones; every further column says what an area is like."""

    area_id = c.identity()
    name = c.text(optional=True)
    lat = c.number(optional=True, min=-90, max=90)
    lon = c.number(optional=True, min=-180, max=180)


class Transactions(dy.Schema):
    """
    Orders of an area in the day, or the week, that begins on a date.

    Left empty where they are not known, as in rows of dates to come.
    """

    date = c.day()
    area_id = c.identity()
    orders = c.number(nullable=True, min=0)

    @dy.rule()
    def orders_are_whole(cls) -> pl.Expr:
        """There is no part of an order, such as 7.5."""
        orders = pl.col("orders")
        return (orders == orders.floor()).fill_null(value=True)


class Pickups(dy.Schema):
    """When customers fetched their parcels."""

    area_id = c.identity()
    picked_up_at = c.instant()
    store_id = c.text(optional=True)


class PickupStores(dy.Schema):
    """When the stores are open at which parcels are fetched."""

    store_id = c.identity()
    opening_hours = c.text(optional=True)
