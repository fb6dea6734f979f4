"""Segments: groups of areas that are alike."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from cstore_cli.demand.area_features import AreaFeatures
from cstore_cli.demand.customers.alike import points
from cstore_cli.demand.customers.segment_number import (
    AREAS_PER_SEGMENT,
    Grouping,
    Labels,
    chosen,
    groupings,
)
from cstore_cli.demand.customers.segment_words import differences, figure
from cstore_cli.demand.customers.who import Segments
from cstore_cli.demand.history import Floats
from cstore_cli.settings.analyze_demand import SegmentsSettings

_THOUSAND = 1000
_LETTERS = 26
_POTENTIAL = "potential customers share"


def segments(
    features: AreaFeatures,
    area_ids: Sequence[str],
    settings: SegmentsSettings,
    seed: int,
    *,
    orders: Floats | None = None,
    potential_share: Floats | None = None,
    period: str = "day",
) -> Segments:
    """
    Group the n areas by k-means on what they are like, ask for and might ask for.

    Every feature counts alike, in standard deviations; categories do not count.

    Parameters
    ----------
    features
        Of each area.
    area_ids
        Of the n areas.
    settings, seed
        From how many to how many segments; of all random draws.
    orders
        Mean orders of each area a ``period`` (n,), nan where unknown.
    potential_share
        Potential customers of each area as a share of its people (n,), nan: unknown.
    period
        What ``orders`` are counted by: day or week.

    References
    ----------
    MacQueen (1967), k-means; see `groupings` for the number of segments.
    """
    people = np.nan_to_num(features.people)
    told = bool((people != 1).any())  # whether the table tells people
    per_1000 = _per_1000(orders, people if told else np.zeros(len(people)))
    share = np.full(len(people), np.nan) if potential_share is None else potential_share
    more = {f"orders per 1000 people a {period}": per_1000, _POTENTIAL: share}
    at = points(features, more)
    fewest, most = settings.number
    found = groupings(at.scaled, fewest, most, seed) if at.names else []
    if found:
        best, why = chosen(found)
        labels = best.labels
    else:
        best, labels = None, np.zeros(len(people), dtype=np.int64)
        why = _why_one(len(people))
    labels = _ordered(labels, per_1000, share, people)
    names = [_name(label) for label in range(labels.max() + 1)] if len(labels) else []
    rows = []
    for label, name in enumerate(names):
        here = labels == label
        heads = float(people[here].sum()) if told else None
        inside = differences(at, here, people) if found else "all areas"
        rows.append(
            {
                "segment": name,
                "areas": int(here.sum()),
                "people": heads,
                "orders_per_1000": _mean(per_1000[here], people[here]),
                "potential_share": _mean(share[here], people[here]),
                "description": f"{name}: {_size(int(here.sum()), heads)}. {inside}",
            }
        )
    return Segments(
        table=pl.DataFrame(
            {
                "area_id": list(area_ids),
                "segment": [names[label] for label in labels],
                "orders_per_1000": per_1000,
                "potential_share": share,
            },
            schema_overrides={"area_id": pl.String, "segment": pl.String},
        ).with_columns(pl.col(pl.Float64).fill_nan(None)),
        described=pl.DataFrame(rows, schema=_DESCRIBED),
        tried=_tried(found, best),
        why=why,
        period=period,
    )


_DESCRIBED = {
    "segment": pl.String,
    "areas": pl.Int64,
    "people": pl.Float64,
    "orders_per_1000": pl.Float64,
    "potential_share": pl.Float64,
    "description": pl.String,
}
_TRIED = {
    "number": pl.Int64,
    "silhouette": pl.Float64,
    "agreement": pl.Float64,
    "smallest": pl.Int64,
    "chosen": pl.Boolean,
}


def _per_1000(orders: Floats | None, people: Floats) -> Floats:
    rate = np.full(len(people), np.nan)
    if orders is not None:
        np.divide(_THOUSAND * orders, people, out=rate, where=people > 0)
    return rate


def _why_one(num_areas: int) -> str:
    if num_areas < 2 * AREAS_PER_SEGMENT:
        return (
            f"One segment: {num_areas} areas are too few to group (a segment takes "
            f"{AREAS_PER_SEGMENT})."
        )
    return "One segment: the areas are all alike in what the tables say of them."


def _mean(values: Floats, people: Floats) -> float | None:
    """Return the mean weighted by people; None where nothing is known."""
    known = np.isfinite(values)
    if not known.any():
        return None
    weight = people[known]
    return float(np.average(values[known], weights=weight if weight.any() else None))


def _ordered(labels: Labels, per_1000: Floats, share: Floats, people: Floats) -> Labels:
    """Number groups anew: most orders per person, else potential, first; then size."""

    def place(label: int) -> tuple[float, float, int, int]:
        here = labels == label
        orders = _mean(per_1000[here], people[here])
        might = _mean(share[here], people[here])
        return (
            -np.inf if orders is None else round(orders, 9),
            -np.inf if might is None else round(might, 9),
            int(here.sum()),
            -int(np.flatnonzero(here)[0]),
        )

    old = sorted(np.unique(labels).tolist(), key=place, reverse=True)
    new_of = {label: number for number, label in enumerate(old)}
    return np.array([new_of[label] for label in labels.tolist()], dtype=np.int64)


def _name(number: int) -> str:
    """Return A to Z, then AA, AB, ..."""
    before, last = divmod(number, _LETTERS)
    letter = chr(ord("A") + last)
    return _name(before - 1) + letter if before else letter


def _size(num_areas: int, people: float | None) -> str:
    areas = f"{num_areas:,} area{'' if num_areas == 1 else 's'}"
    return areas if people is None else f"{areas}, {figure(people)} people"


def _tried(found: list[Grouping], best: Grouping | None) -> pl.DataFrame:
    rows = [
        {
            "number": grouping.number,
            "silhouette": grouping.silhouette,
            "agreement": grouping.agreement,
            "smallest": grouping.smallest,
            "chosen": grouping is best,
        }
        for grouping in found
    ]
    return pl.DataFrame(rows, schema=_TRIED)
