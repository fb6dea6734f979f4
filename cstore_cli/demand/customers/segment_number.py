"""How many segments: groups that stand apart and come out again."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score
from threadpoolctl import threadpool_limits

from cstore_cli.demand.history import Floats

Labels = npt.NDArray[np.int64]

STABLE = 0.8
"""Agreement from which on a grouping is called stable."""
APART = 0.25
"""Silhouette below which groups shade into each other (Kaufman and Rousseeuw 1990)."""
AREAS_PER_SEGMENT = 3
"""A segment takes so many areas: there are at most n / 3."""
_STARTS = 5
_RESAMPLES = 10
_RESAMPLED = 0.8
_SAMPLE = 2000
_DECIMALS = 6


@dataclass(frozen=True, eq=False)
class Grouping:
    """
    Areas in ``number`` groups, ``labels`` (n,).

    ``silhouette`` is 1 where groups stand far apart, 0 where they touch; None where
    too few are alike to tell. ``agreement``: see `groupings`.
    """

    number: int
    labels: Labels
    silhouette: float | None
    agreement: float | None

    @property
    def smallest(self) -> int:
        """Areas in the smallest group."""
        return int(np.unique(self.labels, return_counts=True)[1].min())


def groupings(scaled: Floats, fewest: int, most: int, seed: int) -> list[Grouping]:
    """
    Group the points (n, k) into each number of groups that n allows; maybe none.

    The silhouette is that of at most 2,000 points. The agreement is the mean adjusted
    Rand index between these groups and those found from 80 % of the points (at most
    2,000), drawn 10 times: 1 where the same groups come out, 0 as by chance.

    References
    ----------
    Rousseeuw (1987), doi:10.1016/0377-0427(87)90125-7; Hubert and Arabie (1985),
    doi:10.1007/BF01908075; resampling as in Ben-Hur, Elisseeff and Guyon (2002).
    """
    num = len(scaled)
    kinds, kind_of = np.unique(scaled, axis=0, return_inverse=True)
    kind = np.asarray(kind_of, dtype=np.int64).reshape(-1)
    limit = min(num // AREAS_PER_SEGMENT, len(kinds))
    rng = np.random.default_rng(seed)
    looked_at = _drawn(rng, num, min(num, _SAMPLE))
    part = min(int(_RESAMPLED * num), _SAMPLE)
    samples = [_drawn(rng, num, part) for _ in range(_RESAMPLES)]
    found = []
    # One thread: sums of several end in different last digits from run to run.
    with threadpool_limits(limits=1):
        for number in range(min(fewest, limit), min(most, limit) + 1):
            if number > 1:
                labels = _fit(scaled, number, seed).labels_.astype(np.int64)
                shown, seen = scaled[looked_at], labels[looked_at]
                again = [
                    (labels[looked_at], _fit(scaled[s], number, seed).predict(shown))
                    for s in samples
                    if len(np.unique(kind[s])) >= number
                ]
                found.append(
                    Grouping(
                        number,
                        labels,
                        _silhouette(shown, seen),
                        _agreement(again),
                    )
                )
    return found


def chosen(found: list[Grouping]) -> tuple[Grouping, str]:
    """
    Return the grouping to use and why, in a sentence.

    It is the one with the largest silhouette of the numbers that pass: all groups have
    3 areas or more, and they come out again (agreement at least 0.8). Where none
    passes, the second is not asked for, then neither. Ties: the fewest groups.
    """
    sized = [g for g in found if g.smallest >= AREAS_PER_SEGMENT]
    stable = [g for g in sized if g.agreement is not None and g.agreement >= STABLE]
    best = max(stable or sized or found, key=lambda g: (g.silhouette or -1, -g.number))
    few, many = found[0].number, found[-1].number
    if few == many:
        why = f"{best.number} segments, the only number tried ({_apart(best)})"
        passed = ". They"
    else:
        why = (
            f"{best.number} segments: of the numbers tried ({few} to {many}), the "
            f"groups of this one stand apart most ({_apart(best)})"
        )
        passed = ", of those that"
    if stable:
        return best, (
            f"{why}{passed} come out again on resampled areas (agreement "
            f"{STABLE:g} or more) with {AREAS_PER_SEGMENT} areas or more in each."
            f"{_shading(best)}"
        )
    agreement = "unknown" if best.agreement is None else f"{best.agreement:.2f}"
    again = f"on resampled areas other groups come out (agreement {agreement})"
    small = f"each has a group of fewer than {AREAS_PER_SEGMENT} areas"
    care = again if sized else small
    return best, f"{why}. Read them with care: {care}.{_shading(best)}"


def _shading(grouping: Grouping) -> str:
    if grouping.silhouette is None or grouping.silhouette >= APART:
        return ""
    return (
        " Areas shade into each other: borders between groups are drawn, not found; "
        "`number` under `segments:` in the YAML asks for others."
    )


def _apart(grouping: Grouping) -> str:
    if grouping.silhouette is None:
        return "silhouette unknown"
    return f"silhouette {grouping.silhouette:.2f}; 1 is far apart, 0 touching"


def _drawn(rng: np.random.Generator, num: int, size: int) -> Labels:
    return np.sort(rng.permutation(num)[:size])


def _fit(scaled: Floats, number: int, seed: int) -> KMeans:
    return KMeans(number, n_init=_STARTS, random_state=seed).fit(scaled)


def _silhouette(scaled: Floats, labels: Labels) -> float | None:
    if not 1 < len(np.unique(labels)) < len(labels):
        return None
    return round(float(silhouette_score(scaled, labels)), _DECIMALS)


def _agreement(again: list[tuple[Labels, Labels]]) -> float | None:
    if not again:
        return None
    mean = np.mean([adjusted_rand_score(first, second) for first, second in again])
    return round(float(mean), _DECIMALS)
