"""Parts of a score as the page names them."""

from dataclasses import asdict, dataclass
from typing import Any

from cstore_cli.report.sites_page.shown import ShownSites
from cstore_cli.siting.scores import SiteScores


@dataclass(frozen=True)
class Part:
    """Its words, the unit of its figures ("%" of a share), and their digits."""

    words: str
    unit: str
    digits: int = 0


_PARTS = {
    "am_pcu_h": Part("flow in the morning", "pcu/h"),
    "pm_pcu_h": Part("flow in the evening", "pcu/h"),
    "flow_pcu_h": Part("passing flow", "pcu/h"),
    "directions": Part("directions it comes from", "", 2),
    "pm_share": Part("share of the evening", "%"),
    "goods_access_min": Part("drive from the DC", "min", 1),
    "people_in_walk": Part("people within a walk", ""),
    "parcels_in_walk": Part("parcels within a walk", "a day", 1),
    "fetch_share_open": Part("fetched while open", "%"),
    "rent_twd_month": Part("rent", "a month"),
    "rivals_in_walk": Part("rivals within a walk", ""),
    "own_stores_in_walk": Part("own stores within a walk", ""),
    "huff_parcels_day": Part("parcels by Huff", "a day", 1),
    "huff_share": Part("share by Huff", "%"),
    "huff_taken_parcels_day": Part("taken from own stores by Huff", "a day", 1),
    "huff_net_parcels_day": Part("gained by Huff", "a day", 1),
}


def words_of(name: str) -> str:
    """Return a part in words; one without any by its name."""
    return _PARTS[name].words if name in _PARTS else name


def huff_told(scores: SiteScores) -> str:
    """Return what "by Huff" means, where a part is."""
    if not any(name.startswith("huff_") for name in scores.table.columns):
        return ""
    return (
        "By Huff: customers share themselves among the stores they can walk to, more "
        "to one that is nearer or attracts more (Huff's model). Parcels by Huff are "
        "those a site would get if it alone were opened; gained are those less what "
        "own stores lose to it."
    )


def parts_told(shown: ShownSites) -> list[dict[str, Any]]:
    """
    Return each part in the table of scores.

    Of each: name, words, unit, digits, weight, most, alike. ``most`` are the points of
    the best site in it; weight and most are null for parts that are shown but not
    weighed. ``alike``: all sites are, so that nobody gets points.
    """
    weights: dict[str, float] = {one.name: one.weight for one in shown.scores.criteria}
    whole = sum(weights.values())
    told = []
    for name in shown.scores.table.columns:
        part = _PARTS.get(name)
        if part is None:
            continue
        weight = weights.get(name)
        row = {"name": name, **asdict(part), "weight": weight, "most": None}
        row["alike"] = weight is not None and shown.scores.is_alike(name)
        if name == "rent_twd_month":
            row["unit"] = f"{shown.currency} a month"
        if weight is not None and whole:
            row["most"] = 100 * weight / whole
        told.append(row)
    return told
