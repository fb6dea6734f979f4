"""The tables of one day beside its orders."""

import dataframely as dy
import polars as pl

from cstore_cli.tables import columns as c


class HeldParcels(dy.Schema):
    """Parcels waiting at stores this morning."""

    parcel_id = c.identity()
    store_id = c.identity()
    ready_at = c.instant()
    litres = c.number(min=0)
    cod_twd = c.number(optional=True, default=0.0, min=0)
    extension_days = c.count(optional=True, default=0, min=0)
    channel = c.text(optional=True)
    goods_class = c.text(optional=True)

    @dy.rule()
    def ready_in_our_time(cls) -> pl.Expr:
        """No parcel became ready before 1900 or after 2199: no calendar knows it."""
        return pl.col("ready_at").dt.year().is_between(c.FIRST_YEAR, c.LAST_YEAR)


class Conditions(dy.Schema):
    """Factors on speed and service while they are in force (from <= t < to)."""

    from_ = c.instant(alias="from")
    to = c.instant()
    area = c.identity()
    weather = c.text(nullable=True)
    speed_factor = c.number(min_exclusive=0, max=10)
    service_factor = c.number(min_exclusive=0, max=10)
    note = c.text(optional=True)

    @dy.rule()
    def from_before_to(cls) -> pl.Expr:
        """A condition that ends before it begins is never in force."""
        return pl.col("from") < pl.col("to")


class Closures(dy.Schema):
    """Stores or road links out of use for a while."""

    location_id = c.text(optional=True)
    from_node = c.text(optional=True)
    to_node = c.text(optional=True)
    from_ = c.instant(alias="from")
    to = c.instant()
    reason = c.text(nullable=True)

    @dy.rule()
    def names_a_store_or_a_link(cls) -> pl.Expr:
        """A closure closes a location, or the link between two nodes."""
        link = pl.col("from_node").is_not_null() & pl.col("to_node").is_not_null()
        return pl.col("location_id").is_not_null() ^ link

    @dy.rule()
    def from_before_to(cls) -> pl.Expr:
        """A closure that ends before it begins closes nothing."""
        return pl.col("from") < pl.col("to")


class Collections(dy.Schema):
    """Parcels to fetch from stores: returns and hand-ins."""

    parcel_id = c.identity()
    location_id = c.identity()
    kind = c.code("return", "hand_in")
    litres = c.number(min=0)
    weight_kg = c.number(optional=True, min=0)
    ready_at = c.instant()
    reason = c.text(nullable=True)


class Locks(dy.Schema):
    """Stores fixed to a van, a route or a batch."""

    store_id = c.identity()
    vehicle_no = c.text(optional=True)
    route_id = c.text(optional=True)
    batch = c.text(optional=True)
    reason = c.text(nullable=True)
