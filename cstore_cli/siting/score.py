"""
Scores of sites: a weighted sum of what is known of each.

    score_j = 100 sum_k w_k v_jk / sum_k w_k                                (1)

with v_jk the part k of site j brought to 0 (the worst site) up to 1 (the best):
(x - least) / (most - least), or from the other end where less is better. A criterion in
which all sites are alike tells none apart: v is 0 for all. So it is where a part is not
known of a site.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import polars as pl

from cstore_cli.settings.site_score import FLOW_CRITERIA, Criterion
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.access import goods_access_min
from cstore_cli.siting.catchment import catchment_parts
from cstore_cli.siting.demand import Demand, demand_of
from cstore_cli.siting.flow import flow_parts
from cstore_cli.siting.hours import fetch_share_open
from cstore_cli.siting.huff import attractions, huff_parts
from cstore_cli.siting.scores import SWAPS, SiteScores
from cstore_cli.siting.swaps import first_swap, weighted
from cstore_cli.siting.walking import Walks, pairs, walks_of
from cstore_cli.tables.site_inputs import SiteInputs
from cstore_cli.travel.arrays import Bools, Floats, Ints

FULL_SCORE = 100
_ALIKE = 1e-12
PEAKS = ("am_pcu_h", "pm_pcu_h")
"""Shown with the flow that they are the parts of."""


def score_sites(inputs: SiteInputs, settings: SiteStoresSettings) -> SiteScores:
    """
    Score every site, and tell which change of a weight would change the best.

    Raises
    ------
    InputError
        When the tables of the network in use cannot be used.
    """
    demand = demand_of(inputs, settings.demand)
    walks = walks_of(inputs, settings)
    parts = _parts(inputs, settings, demand, walks)
    criteria = tuple(settings.score.criteria)
    values = np.column_stack([normalised(parts[c.name], c.direction) for c in criteria])
    weights = np.array([criterion.weight for criterion in criteria])
    sites = inputs.sites["site_id"]
    far = _unreached(demand, walks, settings.walk.limit_km)
    total = weighted(values, weights)
    order = _best_first(total, sites)
    return SiteScores(
        table=_table(sites, parts, values, criteria)[order]
        .with_row_index("rank", offset=1)
        .cast({"rank": pl.Int64}),
        swaps=_swaps(values, criteria, order, sites, settings.score.top),
        criteria=criteria,
        top=settings.score.top,
        parcels_day=float(demand.parcels_day.sum()),
        num_areas=len(demand.parcels_day),
        num_by_forecast=demand.num_by_forecast,
        num_unreached=int(far.sum()),
        unreached_parcels_day=float(demand.parcels_day[far].sum()),
    )


def normalised(part: Floats, direction: Literal["max", "min"]) -> Floats:
    """Return v of (1) for one part (m,), nan where it is not known."""
    known = part[np.isfinite(part)]
    least, most = known.min(initial=np.inf), known.max(initial=-np.inf)
    if not most - least > _ALIKE * max(abs(most), abs(least)):
        return np.zeros(len(part))
    from_worst = part - least if direction == "max" else most - part
    share: Floats = np.nan_to_num(from_worst / (most - least))
    return share


def _best_first(total: Floats, sites: pl.Series) -> Ints:
    """Rows from the best to the worst; of two alike the lower id first."""
    ranked = pl.DataFrame({"total": total, "site": sites}).with_row_index("row")
    ranked = ranked.sort("total", "site", descending=[True, False])
    return ranked["row"].cast(pl.Int64).to_numpy()


def _parts(
    inputs: SiteInputs, settings: SiteStoresSettings, demand: Demand, walks: Walks
) -> dict[str, Floats]:
    """The parts of the criteria (m,), by column; those of a peak with the flow."""
    score, sites = settings.score, inputs.sites
    is_own = inputs.is_own(settings.network.own_chains).to_numpy()
    pull = attractions(inputs.stores["chain"].to_list(), score.huff)
    parts = {
        **catchment_parts(walks, demand, is_own, settings.walk.limit_km, len(sites)),
        **huff_parts(walks, demand.parcels_day, pull, is_own, score.huff, len(sites)),
        "rent_twd_month": sites["rent_twd_month"].to_numpy(),
        "fetch_share_open": fetch_share_open(
            sites, settings.new_store.opening_hours, score.fetch_share_by_hour
        ),
    }
    wanted: list[str] = list(score.names)
    if FLOW_CRITERIA.intersection(wanted):
        parts |= flow_parts(sites)
        wanted = [*PEAKS, *wanted]
    if "goods_access_min" in wanted:
        parts["goods_access_min"] = goods_access_min(inputs, settings.travel)
    return {name: parts[name] for name in wanted}


def _table(
    sites: pl.Series,
    parts: Mapping[str, Floats],
    values: Floats,
    criteria: Sequence[Criterion],
) -> pl.DataFrame:
    """Sites with score, parts and points, in the order of the table of sites."""
    weights = np.array([criterion.weight for criterion in criteria])
    points = FULL_SCORE * values * (weights / weights.sum())  # (1)
    columns = {
        f"{criterion.name}_points": points[:, k] for k, criterion in enumerate(criteria)
    }
    table = pl.DataFrame({"site_id": sites, **parts, **columns})
    table = table.with_columns(pl.col(pl.Float64).fill_nan(None))
    score = pl.sum_horizontal(*columns).alias("score")
    return table.select("site_id", score, pl.exclude("site_id"))


def _swaps(
    values: Floats,
    criteria: Sequence[Criterion],
    order: Ints,
    sites: pl.Series,
    top: int,
) -> pl.DataFrame:
    """The first swap of each criterion, its weight rising and falling."""
    weights = np.array([criterion.weight for criterion in criteria])
    rows = []
    for k, criterion in enumerate(criteria):
        for change, sign in (("up", 1), ("down", -1)):
            swap = first_swap(values, weights, order, top, k, sign)
            rows.append(
                {
                    "criterion": criterion.name,
                    "change": change,
                    "weight": criterion.weight,
                    "swap_weight": swap and swap.weight,
                    "leaves": swap and ", ".join(sites[i] for i in swap.leaves),
                    "enters": swap and ", ".join(sites[i] for i in swap.enters),
                }
            )
    return pl.DataFrame(rows, schema=SWAPS)


def _unreached(demand: Demand, walks: Walks, limit_km: float) -> Bools:
    """Whether an area (n,) is within a walk of no site and no store."""
    far = np.ones(len(demand.parcels_day), dtype=np.bool_)
    for near in (walks.to_sites, walks.to_stores):
        far[pairs(near, limit_km)[0]] = False
    return far
