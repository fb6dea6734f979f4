"""
Hubs of balanced districts, found by prices and swaps.

For p hubs S with prices z_j in km, added to the distance of whoever goes to j,

    g(S, z) = sum_i w_i min_{j in S} (d_ij + z_j) - sum_j (H z_j^+ - L z_j^-)      (1)

is at most the work-km of every division among S whose districts keep
L <= work <= H: the limits are priced, and work may be spread over several hubs. The
best z make (1) the optimum of that transportation problem. They are found by matrix
scaling: the work that goes to j, if i spreads in proportion to exp(-(d_ij + z_j) / T),
falls as z_j rises, and z_j is moved until it is within the limits, or is 0 if it is
within them anyway. Hubs are swapped, one for one, while (1) falls; then some are thrown
elsewhere at random (seeded) and swapped again. Operations are counted, not seconds.

References
----------
Prices: Chizat et al. (2018), Scaling algorithms for unbalanced optimal transport
problems, doi:10.1090/mcom/3303. All swaps valued at once: Schubert and Rousseeuw
(2021), Fast and eager k-medoids clustering, doi:10.1016/j.is.2021.101804.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cstore_cli.deadline import Deadline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

ROUGH = (0.5, 0.1)
"""T while hubs are sought, as shares of the mean distance to the nearest hub."""
FINE = (1.0, 0.5, 0.2, 0.1, 0.05, 0.025, 0.0125)
"""T when points are divided among hubs."""
SCALINGS = 15
"""Price updates at each T."""
OVERSHOOT = 1.5
"""Power to which each update is raised: more than 1 converges sooner."""
TRIALS = 60
"""Promising swaps that are priced before a round is given up."""
ROUNDS = 200
"""Swaps at most."""
MOST_KICKS, KICKED_PAIRS = 40, 15_000_000
"""Times that some hubs are thrown elsewhere: at most, and times points x candidates."""
MOST_THROWN = 6
"""Hubs thrown at once, at most."""
SMALLEST, MOST_LOG = 1e-30, 60


@dataclass(frozen=True, eq=False)
class Division:
    """
    What is divided: n points, m candidate hubs, p = ``num_districts``.

    ``work_h`` (n,) is what the limits ``low`` and ``high`` (L and H, hours) count;
    ``weight`` (n,) is w, the same but for a trace where there is no work;
    ``distance_km`` (n, m) is d, prohibitive but finite where ``reachable`` is False;
    candidate j stands at point ``point_of[j]``.
    """

    work_h: Floats
    weight: Floats
    distance_km: Floats
    reachable: Bools
    point_of: Ints
    num_districts: int
    low: float
    high: float

    def to_hubs(self, hubs: Ints) -> Floats:
        """Kilometres (n, p) to these candidates; a hub reaches only itself."""
        km: Floats = self.distance_km[:, hubs]
        km[self.point_of[hubs]] = np.inf
        km[self.point_of[hubs], np.arange(len(hubs))] = 0
        return km

    def reached(self, hubs: Ints) -> Bools:
        """Which points (n, p) may go to these candidates; a hub only to itself."""
        return self.reachable[:, hubs] & np.isfinite(self.to_hubs(hubs))


@dataclass(frozen=True, eq=False)
class PricedHubs:
    """Candidates ``hubs`` (p,), their prices z, and (1)."""

    hubs: Ints
    price_km: Floats
    value: float


def first_hubs(division: Division, deadline: Deadline) -> PricedHubs:
    """Hubs added greedily, then swapped while (1) falls."""
    return swapped(division, _greedy(division), deadline)


def kicked(
    division: Division, best: PricedHubs, good_enough: float, deadline: Deadline
) -> PricedHubs:
    """Throw some hubs elsewhere and swap again, until (1) is ``good_enough``."""
    num_candidates, p = len(division.point_of), division.num_districts
    most = min(p, num_candidates - p, MOST_THROWN)
    num_kicks = min(MOST_KICKS, KICKED_PAIRS // division.distance_km.size)
    rng = np.random.default_rng(0)
    for _ in range(max(1, num_kicks) if most else 0):
        if best.value <= good_enough or deadline.left_s() == 0:
            break
        num_thrown = int(rng.integers(1, most + 1))
        thrown = rng.choice(p, num_thrown, replace=False)
        elsewhere = np.setdiff1d(np.arange(num_candidates), best.hubs)
        hubs = best.hubs.copy()
        hubs[thrown] = rng.choice(elsewhere, num_thrown, replace=False)
        trial = swapped(division, hubs, deadline)
        if trial.value < best.value:
            best = trial
    return best


def swapped(division: Division, start: Ints, deadline: Deadline) -> PricedHubs:
    """Swap one hub for another candidate while (1) falls."""
    best = price(division, start)
    for _ in range(ROUNDS):
        better = _first_better(division, best, deadline)
        if better is None:
            break
        best = better
    return best


def price(
    division: Division, hubs: Ints, coolings: tuple[float, ...] = ROUGH
) -> PricedHubs:
    """Price ``hubs`` by scaling; (1) bounds them however good the prices are."""
    km = division.to_hubs(hubs)
    mean_km = division.weight @ km.min(axis=1) / division.weight.sum()
    price_km = np.zeros(len(hubs))
    for cooling in coolings:
        temperature = cooling * mean_km if mean_km > 0 else 1.0
        priced_km = km + price_km
        pull = np.exp((priced_km.min(axis=1)[:, None] - priced_km) / temperature)
        unpriced = np.exp(np.clip(price_km / temperature, -MOST_LOG, MOST_LOG))
        scale = np.ones(len(hubs))
        for _ in range(SCALINGS):
            load = np.maximum((division.work_h / (pull @ scale)) @ pull, SMALLEST)
            wanted = np.minimum(
                np.maximum(unpriced, division.low / load), division.high / load
            )
            scale = np.maximum(scale * (wanted / scale) ** OVERSHOOT, SMALLEST)
        price_km = price_km - temperature * np.log(scale)
    value = division.weight @ (km + price_km).min(axis=1)
    value -= _limit_cost(division, price_km).sum()  # (1)
    return PricedHubs(hubs, price_km, float(value))


def _limit_cost(division: Division, price_km: Floats) -> Floats:
    """H z^+ - L z^- of each hub."""
    cost: Floats = np.where(price_km > 0, division.high, division.low) * price_km
    return cost


def _greedy(division: Division) -> Ints:
    """Add the candidate that shortens the way to the nearest hub most, p times."""
    km, weight = division.distance_km, division.weight
    nearest_km = np.full(len(weight), km.max())
    hubs: list[int] = []
    for _ in range(division.num_districts):
        total = weight @ np.minimum(km, nearest_km[:, None])
        total[hubs] = np.inf
        hubs.append(int(total.argmin()))
        nearest_km = np.minimum(nearest_km, km[:, hubs[-1]])
    return np.array(hubs, dtype=np.int64)


def _first_better(
    division: Division, now: PricedHubs, deadline: Deadline
) -> PricedHubs | None:
    for going, coming in _promising(division, now):
        if deadline.left_s() == 0:
            return None
        hubs = now.hubs.copy()
        hubs[going] = coming
        trial = price(division, hubs)
        if trial.value < now.value - 1e-9 * abs(now.value):
            return trial
    return None


def _promising(division: Division, now: PricedHubs) -> list[tuple[int, int]]:
    """
    Swaps (place in ``hubs`` that goes, candidate that comes), best first.

    Valued by (1) at today's prices, the newcomer at the price of the hub it goes to
    today: too low, never too high, so what does not look better is not. For each hub
    that goes, the best newcomer of each district.
    """
    weight, p = division.weight, division.num_districts
    everyone = np.arange(len(weight))
    priced_km = division.to_hubs(now.hubs) + now.price_km
    own = priced_km.argmin(axis=1)
    first_km = priced_km[everyone, own]
    priced_km[everyone, own] = np.inf
    second_km = priced_km.min(axis=1)

    home = own[division.point_of]
    coming_km = division.distance_km + now.price_km[home]
    kept_km = np.minimum(coming_km, first_km[:, None])
    orphan_km = np.minimum(coming_km, second_km[:, None]) - kept_km
    members = np.zeros((p, len(weight)))
    members[own, everyone] = weight
    limit_cost = _limit_cost(division, now.price_km)
    change = (
        (weight @ kept_km - weight @ first_km)
        + members @ orphan_km
        + (limit_cost[:, None] - limit_cost[home])
    )
    change[:, now.hubs] = np.inf

    best = np.full((p, p), np.inf)
    comer = np.zeros((p, p), dtype=np.int64)
    for district in range(p):
        there = np.flatnonzero(home == district)
        if len(there):
            best[:, district] = change[:, there].min(axis=1)
            comer[:, district] = there[change[:, there].argmin(axis=1)]
    pairs = np.argsort(best, axis=None, kind="stable")[:TRIALS]
    return [(int(k // p), int(comer.flat[k])) for k in pairs if best.flat[k] < 0]
