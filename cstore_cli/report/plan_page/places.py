"""Stores and DCs by number, as the page's script and its map know them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from cstore_cli.report.plan_page.ground import Ground, Points
from cstore_cli.report.plan_page.held import Held
from cstore_cli.report.shown_plan import ShownPlan


@dataclass(frozen=True, eq=False)
class Places:
    """
    Stores in the order of `Held.stores`, then the DCs; ``at`` is in km (n, 2).

    ``number`` gives an id's place; DCs and regions have numbers of their own, in the
    order of ``dcs`` and ``regions``.
    """

    ground: Ground
    stores: pl.DataFrame
    dcs: pl.DataFrame
    regions: pl.DataFrame
    names: list[str]
    at: Points
    number: dict[str, int]
    dc_number: dict[str, int]
    region_number: dict[str, int]


def places_of(shown: ShownPlan, held: Held) -> Places:
    """Number the places of a plan."""
    stores = held.stores
    dcs = shown.inputs.distribution_centers.select(
        "dc_id", "name", "lat", "lon", "dock_doors"
    ).sort("dc_id")
    regions = shown.tables.regions.sort("region_id")
    degrees = pl.concat([stores.select("lat", "lon"), dcs.select("lat", "lon")])
    ground = Ground.around(degrees)
    names = [*stores["store_id"], *dcs["dc_id"]]
    return Places(
        ground,
        stores,
        dcs,
        regions,
        names,
        np.round(ground.at(degrees.to_numpy()), 3),
        {name: k for k, name in reversed(list(enumerate(names)))},
        {name: k for k, name in enumerate(dcs["dc_id"])},
        {name: k for k, name in enumerate(regions["region_id"])},
    )


def numbers(values: pl.Series, number: dict[str, int]) -> list[int]:
    """The numbers of ids; -1 for one that has none."""
    return [number.get(value, -1) for value in values]
