"""Stores and DCs by number, as the page's script and its map know them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from cstore_cli.report.page.flat import Flat
from cstore_cli.report.plan_page.held import Held
from cstore_cli.report.plan_page.lines import Points, hull
from cstore_cli.report.shown_plan import ShownPlan


@dataclass(frozen=True, eq=False)
class Places:
    """
    Stores in the order of `Held.stores`, then the DCs; ``at`` is in km (n, 2).

    ``number`` gives an id's place; DCs and regions have numbers of their own, in the
    order of ``dcs`` and ``regions``. ``outlines[k]`` is the hull of region k's stores.
    """

    flat: Flat
    stores: pl.DataFrame
    dcs: pl.DataFrame
    regions: pl.DataFrame
    names: list[str]
    at: Points
    number: dict[str, int]
    dc_number: dict[str, int]
    region_number: dict[str, int]
    outlines: list[Points]


def places_of(shown: ShownPlan, held: Held) -> Places:
    """Number the places of a plan."""
    stores = held.stores
    dcs = shown.inputs.distribution_centers.select(
        "dc_id", "name", "lat", "lon", "dock_doors"
    ).sort("dc_id")
    regions = shown.tables.regions.sort("region_id")
    degrees = pl.concat([stores.select("lat", "lon"), dcs.select("lat", "lon")])
    flat = Flat(degrees["lat"], degrees["lon"])
    region_number = {name: k for k, name in enumerate(regions["region_id"])}
    names = [*stores["store_id"], *dcs["dc_id"]]
    return Places(
        flat,
        stores,
        dcs,
        regions,
        names,
        np.round(flat.at(degrees.to_numpy()), 3),
        {name: k for k, name in reversed(list(enumerate(names)))},
        {name: k for k, name in enumerate(dcs["dc_id"])},
        region_number,
        _outlines(shown, flat, region_number),
    )


def _outlines(
    shown: ShownPlan, flat: Flat, region_number: dict[str, int]
) -> list[Points]:
    stores = shown.tables.assignment.select("store_id", "region_id").join(
        shown.inputs.stores.select("store_id", "lat", "lon"), on="store_id"
    )
    of = np.array(numbers(stores["region_id"], region_number), int)
    at = flat.at(stores.select("lat", "lon").to_numpy())
    return [hull(at[of == k]) for k in region_number.values()]


def numbers(values: pl.Series, number: dict[str, int]) -> list[int]:
    """The numbers of ids; -1 for one that has none."""
    return [number.get(value, -1) for value in values]
