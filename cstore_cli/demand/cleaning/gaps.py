"""Where the grid of areas and dates has no row, and what that is taken to mean."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from cstore_cli.demand.cleaning.examples import few, many
from cstore_cli.demand.history import Anomaly, Floats

Bools = npt.NDArray[np.bool_]

_MANY_GAPS = 0.05
"""Share of cells without a row from which on a file without a 0 looks suspicious."""


def filled_gaps(
    orders: Floats,
    has_row: Bools,
    area_ids: Sequence[str],
    dates: Sequence[str],
    unit: str,
    *,
    zero: bool,
    told: list[Anomaly],
) -> Floats:
    """
    Orders (n, past), 0 where an area has no row in its time, if that means ``zero``.

    ``dates`` are the past periods', of a ``unit`` each; a date on which no area has a
    row stays unknown. ``has_row`` may be true where orders are unknown.
    """
    shared = has_row.any(axis=0)
    inside = _from_first_to_last(has_row) & shared
    gaps = inside & ~has_row
    nowhere = np.flatnonzero(~shared)
    if len(nowhere):
        where = few([dates[t] for t in nowhere.tolist()])
        told.append(
            Anomaly(
                f"{unit}s missing for all areas",
                len(nowhere),
                where,
                "taken as unknown",
            )
        )
    if gaps.any():
        lacking = gaps.sum(axis=1)
        where = few(
            [f"{area_ids[i]} ({many(lacking[i], unit)})" for i in _largest(lacking)]
        )
        treated = "taken as 0 orders" if zero else "taken as unknown"
        told.append(
            Anomaly(
                f"{unit}s without a row of single areas",
                int(gaps.sum()),
                where,
                treated,
            )
        )
    share = gaps.sum() / max(inside.sum(), 1)
    if not zero and share > _MANY_GAPS and not (orders == 0).any():
        told.append(
            Anomaly(
                "no 0 in the whole table",
                int(gaps.sum()),
                f"{share:.0%} of areas and {unit}s have no row, and no row says 0",
                "taken as unknown; if rows with 0 orders were not written, say "
                "`no_row_means: zero` under `transactions:` in the YAML",
            )
        )
    told.extend(_ended(has_row, area_ids, unit))
    return np.where(gaps & zero, 0.0, orders)


def _from_first_to_last(has_row: Bools) -> Bools:
    begun = np.logical_or.accumulate(has_row, axis=1)
    goes_on = np.logical_or.accumulate(has_row[:, ::-1], axis=1)[:, ::-1]
    inside: Bools = begun & goes_on
    return inside


def _largest(counts: npt.NDArray[np.int64]) -> list[int]:
    """Return the places that are not 0, the largest first."""
    order = np.argsort(-counts, kind="stable")
    return [int(i) for i in order if counts[i]]


def _ended(has_row: Bools, area_ids: Sequence[str], unit: str) -> Iterator[Anomaly]:
    """Yield the areas that have no row on the newest dates."""
    since = np.argmax(has_row[:, ::-1], axis=1) * has_row.any(axis=1)
    if since.any():
        where = few(
            [f"{area_ids[i]} ({many(since[i], unit)})" for i in _largest(since)]
        )
        treated = "forecast from what they were before; take closed areas out of areas"
        yield Anomaly(
            "areas whose rows end early", int((since > 0).sum()), where, treated
        )
