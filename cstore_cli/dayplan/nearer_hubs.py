"""Stores that are nearer to another hub than to their own, and why they stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cstore_cli.dayplan.region import Region
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.geodesic import straight_km
from cstore_cli.travel.matrix import TravelMatrix
from cstore_cli.travel.of_day import DayTravel

_SAME_KM = 1e-3


@dataclass(frozen=True)
class ToHub:
    """
    The way from a store to its hub, None where there is none.

    ``nearer_hub`` is the nearest hub if that is another one; ``reason`` why.
    """

    hub_km: float | None
    nearer_hub: str | None = None
    reason: str | None = None


def ways_to_hubs(
    regions: Sequence[Region],
    work_h: Mapping[str, float],
    within: Mapping[str, float] | None,
    inputs: DayInputs,
    travel: DayTravel,
    batch: str,
) -> dict[str, ToHub]:
    """
    Store id: its way to its hub, and why the nearest hub is not its own.

    ``within`` says for each DC how far off the mean a region's work may be; None for
    frozen regions. Among hubs of its own DC a store's way is that of its vans; to those
    of other DCs, which none of its vans drives to, it is a straight line.
    """
    found = {}
    for dc_id in sorted({region.dc_id for region in regions}):
        own = [region for region in regions if region.dc_id == dc_id]
        mean_h = sum(region.work_h for region in own) / len(own)
        share = None if within is None else within.get(dc_id)
        matrix = travel.of(dc_id, batch).matrix
        km = among(matrix)
        index = {place: i for i, place in enumerate(matrix.places.ids)}
        linked = matrix.reachable[0] & matrix.reachable[:, 0]
        for region in own:
            hub = index[region.hub]
            for store in region.stores:
                i = index[store]
                if not (linked[i] and linked[hub]):
                    found[store] = ToHub(None, None, "No van can come and go.")
                    continue
                nearest = min(
                    (other for other in own if linked[index[other.hub]]),
                    key=lambda other: (km[i, index[other.hub]], other is not region),
                )
                way = float(km[i, hub])
                if way - km[i, index[nearest.hub]] <= _SAME_KM:
                    found[store] = ToHub(way)
                    continue
                reason = _why_not(region, nearest, work_h[store], mean_h, share)
                found[store] = ToHub(way, nearest.hub, reason)
    return found | _of_other_dcs(regions, found, inputs)


def among(matrix: TravelMatrix) -> NDArray[np.float64]:
    """Kilometres between places; by the DC, place 0, where no road links them."""
    km = matrix.distance_km
    by_dc = km[:, :1] + km[0]
    direct: NDArray[np.float64] = np.where(np.isfinite(km), km, by_dc)
    np.fill_diagonal(direct, 0)
    return direct


def _why_not(
    region: Region,
    nearer: Region,
    work_h: float,
    mean_h: float,
    share: float | None,
) -> str:
    """Why a store of ``region`` is not in the region of a nearer hub."""
    if share is None:
        return f"Frozen in {region.region_id}."
    if mean_h == 0:
        return "No store has work today; regions have like numbers of stores."
    most, least = (1 + share) * mean_h, (1 - share) * mean_h
    with_it, without = nearer.work_h + work_h, region.work_h - work_h
    if with_it > most:
        return (
            f"{nearer.region_id} is full: {with_it:.2f} h with this store, "
            f"{most:.2f} h at most."
        )
    if without < least:
        return (
            f"{region.region_id} needs it: {without:.2f} h without this store, "
            f"{least:.2f} h at least."
        )
    return "The search for even regions ended with it here."


def _of_other_dcs(
    regions: Sequence[Region], found: Mapping[str, ToHub], inputs: DayInputs
) -> dict[str, ToHub]:
    """Stores whose own hub is the nearest of their DC, but not of all."""
    told = {}
    places = {
        store: (lat, lon)
        for store, lat, lon in inputs.stores.select(
            "store_id", "lat", "lon"
        ).iter_rows()
    }
    for region in regions:
        others = [other for other in regions if other.dc_id != region.dc_id]
        stores = [store for store in region.stores if found[store].reason is None]
        if not others or not stores:
            continue
        lat, lon = np.array([places[store] for store in stores]).T
        hub_lat, hub_lon = np.array(
            [places[other.hub] for other in (region, *others)]
        ).T
        km = straight_km(lat[:, None], lon[:, None], hub_lat, hub_lon)
        for store, row in zip(stores, km, strict=True):
            nearest = int(row[1:].argmin())
            if row[0] - row[1 + nearest] <= _SAME_KM:
                continue
            other = others[nearest]
            told[store] = ToHub(
                found[store].hub_km,
                other.hub,
                f"{other.region_id} is of {other.dc_id}, this store of "
                f"{region.dc_id}: {row[1 + nearest]:.2f} km, not {row[0]:.2f} km, "
                "in a straight line.",
            )
    return told
