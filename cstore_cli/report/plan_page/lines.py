"""Ways on the map joined and made of fewer points, and what lies around places."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""(n, 2), km east and km north."""

_PASS_KM = 0.002
_PASSES = 3
"""Each pass moves a way by 2 m at most: all of them, by 6 m."""


def one_way(legs: Sequence[Points]) -> tuple[Points, NDArray[np.bool_]]:
    """Legs joined end to end, and which of the points are their ends."""
    if not legs:
        return np.empty((0, 2)), np.empty(0, bool)
    parts = [legs[0][:1], *(leg[1:] for leg in legs)]
    ends = np.cumsum([len(part) for part in parts]) - 1
    points = np.concatenate(parts)
    is_end = np.zeros(len(points), bool)
    is_end[ends] = True
    return points, is_end


def thinned(points: Points, keep: NDArray[np.bool_]) -> Points:
    """
    The way (km) without points that it passes within metres anyway.

    Of neighbours only every other one goes in a pass, so that a bend is not lost
    little by little.
    """
    for first in range(_PASSES):
        if len(points) <= 2:  # noqa: PLR2004 (a straight line)
            break
        before, here, after = points[:-2], points[1:-1], points[2:]
        along, off = after - before, here - before
        length = np.hypot(*along.T)
        across = np.abs(along[:, 0] * off[:, 1] - along[:, 1] * off[:, 0])
        past = np.where(length > 0, across / np.maximum(length, 1e-12), np.inf)
        between = (off * along).sum(axis=1) <= length**2
        ahead = (off * along).sum(axis=1) >= 0
        drop = (past < _PASS_KM) & between & ahead & ~keep[1:-1]
        drop[(first + 1) % 2 :: 2] = False
        left = np.concatenate(([True], ~drop, [True]))
        points, keep = points[left], keep[left]
    return points


def hull(points: Points) -> Points:
    """The corners of the convex hull, counter-clockwise (Andrew's monotone chain)."""
    ordered = sorted({(float(x), float(y)) for x, y in points})
    if len(ordered) <= 2:  # noqa: PLR2004 (a point or a line is its own hull)
        return np.array(ordered).reshape(-1, 2)
    halves = [_chain(ordered)[:-1], _chain(ordered[::-1])[:-1]]
    return np.array(halves[0] + halves[1])


def _chain(ordered: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    chain: list[tuple[float, float]] = []
    for x, y in ordered:
        while len(chain) > 1:
            (ax, ay), (bx, by) = chain[-2:]
            if (bx - ax) * (y - ay) > (by - ay) * (x - ax):
                break
            chain.pop()
        chain.append((x, y))
    return chain
