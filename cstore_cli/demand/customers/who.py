"""Who the customers are and when they fetch: the results."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, eq=False)
class Potential:
    """
    Potential customers: people who buy online and would fetch at a store.

    ``areas``: area_id, potential_customers, potential_share (of its people); null where
    the people of a band are not known. ``bands``: band, people, online, potential.
    ``groups``: income_group (fifths of the areas, 1 the lowest; null: income not
    known), income_from, income_to, areas, then as ``bands``; empty without income.
    """

    areas: pl.DataFrame
    bands: pl.DataFrame
    groups: pl.DataFrame


@dataclass(frozen=True, eq=False)
class Segments:
    """
    Groups of areas that are alike, A, B, ...: the most orders per person first.

    ``table``: area_id, segment, orders_per_1000 (a ``period``), potential_share.
    ``described``: segment, areas, people, orders_per_1000, potential_share,
    description. ``tried``: number (of segments), silhouette, agreement, smallest
    (areas in the smallest segment), chosen; empty where there was nothing to choose.
    ``why`` says in a sentence why so many.
    """

    table: pl.DataFrame
    described: pl.DataFrame
    tried: pl.DataFrame
    why: str
    period: str


@dataclass(frozen=True, eq=False)
class PickupHours:
    """
    When customers would fetch, were all stores always open.

    ``hours``: area_id ("*" is the city), hour (local, 0 to 23), share; null where no
    store was open in that hour, so that nobody can tell. The others add up to 1.

    ``gain``: area_id, pickups (those counted), share_closed_hours,
    parcels_day_closed_hours, reason. That is, parcels a day whose customers would come
    in hours in which the stores they use now are closed: they would be fetched sooner
    or at a better time. It is not a number of further orders. Null, with the reason,
    where it cannot be told.

    ``prior_pickups`` is how many pick-ups the city's profile counts for in that of an
    area. ``notes`` are sentences on what was left out.
    """

    hours: pl.DataFrame
    gain: pl.DataFrame
    prior_pickups: float
    notes: tuple[str, ...]
