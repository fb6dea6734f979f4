"""
What is asked of the sites, as the figures of a siting problem.

Sites of the problem are the candidates, in the order of their table, then the own
stores that stay. A point is an area. What serving costs, and going without (w parcels a
day, d km on foot, r km to the nearest rival):

    model          served       going without    with rivals: capture
    p_median       w d          not allowed      w r, walked to the rival
    covering       0            w                the same
    fixed_charge   w d t        w times loss     the same; t = cost of a km

With rivals a customer walks to the nearest store, whoever owns it: a site further than
r serves nobody there (ReVelle 1986, The maximum capture or sphere of influence location
problem, J. Regional Science 26:343-358).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from cstore_cli.location.siting import SitingProblem
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.demand import demand_of
from cstore_cli.siting.places import places_of
from cstore_cli.tables.site_inputs import SiteInputs
from cstore_cli.travel.arrays import Bools, Floats, Ints
from cstore_cli.travel.near import Near, within
from cstore_cli.travel.walks import walks

DAYS_PER_MONTH = 365 / 12
SAME = 1e-9
"""Share of a walk by which two are the same."""


@dataclass(frozen=True, eq=False)
class Asked:
    """
    ``problem`` and what its numbers mean.

    ``places`` has a row per site of the problem: site_id, kind (new or existing), lat,
    lon, rent_twd_month, running_cost_twd_day, capacity_parcels_day (null for any).
    ``parcels_day`` (n,) of each area; ``rival_km`` (n,), infinite where rivals do not
    count; ``beside_own`` (m,) marks candidates too near an own store.
    """

    problem: SitingProblem
    places: pl.DataFrame
    areas: pl.Series
    parcels_day: Floats
    rival_km: Floats
    beside_own: pl.Series

    def reached(self, usable: Bools) -> Bools:
        """Whether each area (n,) has an option among the ``usable`` sites (m,)."""
        reached = np.zeros(self.problem.num_points, dtype=np.bool_)
        reached[self.problem.point[usable[self.problem.site]]] = True
        return reached


def asked_of(inputs: SiteInputs, settings: SiteStoresSettings) -> Asked:
    """
    Put what the settings ask of the tables into figures.

    Raises
    ------
    InputError
        When the tables of the network in use cannot be used.
    """
    choose = settings.choose
    places = _places(inputs, settings)
    areas = places_of(inputs.areas, "area_id")
    roads = (inputs.road_nodes, inputs.road_links)
    radius_km = np.inf if choose.radius_km is None else choose.radius_km
    near = walks(areas, places_of(places, "site_id"), settings.walk, radius_km, *roads)
    rival_km = _rival_km(inputs, settings)
    parcels = demand_of(inputs, settings.demand).parcels_day
    point = near.point
    ours = near.km <= rival_km[point]
    starts = np.concatenate(
        [[0], np.cumsum(np.bincount(point[ours], None, len(areas)))]
    )
    point, site, km = point[ours], near.index[ours], near.km[ours]
    cost, unserved = _costs(settings, parcels, point, km, rival_km)
    is_new = (places["kind"] == "new").to_numpy()
    named = places["site_id"]
    close = _too_near(places, choose.min_spacing_km)
    beside = close[~is_new[close[:, 1]], 0]
    beside_own = np.zeros(len(places), dtype=np.bool_)
    beside_own[beside] = True
    charged = choose.model == "fixed_charge"
    rent, running = places["rent_twd_month"], places["running_cost_twd_day"]
    fixed = (rent / DAYS_PER_MONTH + running).to_numpy()
    capacity = places["capacity_parcels_day"].fill_null(np.inf).to_numpy()
    stores = choose.stores
    problem = SitingProblem(
        start=starts.astype(np.int64),
        site=site,
        cost=cost,
        unserved_cost=unserved,
        fixed_cost=fixed if charged else np.zeros(len(places)),
        demand=parcels,
        capacity=capacity if charged else np.full(len(places), np.inf),
        must_open=~is_new | named.is_in(choose.must_keep).to_numpy(),
        may_open=~(named.is_in(choose.must_not).to_numpy() | beside_own),
        num_open=None if stores is None else stores + int((~is_new).sum()),
        spend=rent.to_numpy(),
        budget=np.inf if choose.budget_twd_month is None else choose.budget_twd_month,
        too_near=close[is_new[close[:, 1]]],
    )
    return Asked(
        problem=problem,
        places=places,
        areas=inputs.areas["area_id"],
        parcels_day=parcels,
        rival_km=rival_km,
        beside_own=pl.Series(beside_own),
    )


def _places(inputs: SiteInputs, settings: SiteStoresSettings) -> pl.DataFrame:
    """Return the candidates, then the own stores that stay."""
    new = settings.new_store
    columns = ("site_id", "kind", "lat", "lon", "rent_twd_month")
    sites = inputs.sites.with_columns(kind=pl.lit("new")).select(
        *columns,
        running_cost_twd_day=pl.lit(new.running_cost_twd_day),
        capacity_parcels_day=pl.col("capacity_parcels_day").fill_null(
            new.capacity_parcels_day
        ),
    )
    if settings.choose.existing == "ignore":
        return sites
    own = inputs.stores.filter(inputs.is_own(settings.network.own_chains))
    held = pl.lit(settings.existing_capacity_parcels_day, dtype=pl.Float64)
    stores = own.rename({"store_id": "site_id"}).with_columns(
        kind=pl.lit("existing"), rent_twd_month=pl.lit(0.0)
    )
    return pl.concat(
        [
            sites,
            stores.select(
                *columns,
                running_cost_twd_day=pl.lit(0.0),
                capacity_parcels_day=pl.col("capacity_parcels_day").fill_null(held),
            ),
        ]
    )


def _rival_km(inputs: SiteInputs, settings: SiteStoresSettings) -> Floats:
    """
    Return the walk (n,) from each area to the nearest rival, if rivals count.

    It is a hair longer than it is: who is as far as a rival keeps the customer.
    """
    none = np.full(len(inputs.areas), np.inf)
    rivals = inputs.stores.filter(~inputs.is_own(settings.network.own_chains))
    if settings.choose.rivals == "ignore" or rivals.is_empty():
        return none
    near: Near = walks(
        places_of(inputs.areas, "area_id"),
        places_of(rivals, "store_id"),
        settings.walk,
        np.inf,
        inputs.road_nodes,
        inputs.road_links,
    )
    has = np.diff(near.start) > 0
    none[has] = near.km[near.start[:-1][has]] * (1 + SAME)
    return none


def _costs(
    settings: SiteStoresSettings,
    parcels: Floats,
    point: Ints,
    km: Floats,
    rival_km: Floats,
) -> tuple[Floats, Floats]:
    """Return the cost of each option, and of going without (n,)."""
    choose = settings.choose
    match choose.model:
        case "covering":
            return np.zeros(len(km)), parcels
        case "p_median":
            cost, unserved = parcels[point] * km, np.full(len(parcels), np.inf)
            captured = np.isfinite(rival_km)
            unserved[captured] = parcels[captured] * rival_km[captured]
        case "fixed_charge":
            cost = parcels[point] * km * choose.walk_cost_twd_per_km
            lost = np.inf if choose.lost_parcel_twd is None else choose.lost_parcel_twd
            unserved = np.full(len(parcels), np.inf)
            unserved[parcels > 0] = parcels[parcels > 0] * lost
    unserved[parcels == 0] = 0.0
    return cost, unserved


def _too_near(places: pl.DataFrame, spacing_km: float | None) -> Ints:
    """Return pairs (k, 2) of a candidate and a later place nearer than allowed."""
    if spacing_km is None:
        return np.zeros((0, 2), dtype=np.int64)
    lat, lon = places["lat"].to_numpy(), places["lon"].to_numpy()
    near = within(lat, lon, lat, lon, spacing_km)
    first = near.point
    is_new = (places["kind"] == "new").to_numpy()
    take = (near.index > first) & is_new[first] & (near.km < spacing_km)
    return np.column_stack([first[take], near.index[take]])
