"""The hours customers wish for, seen through the hours that stores are open."""

import numpy as np
import numpy.typing as npt

from cstore_cli.demand.history import Floats

LEAST_SEEN = 100
"""Pick-ups at stores open in an hour without which nothing is told of that hour."""
LEAST_PRIOR, MOST_PRIOR = 20.0, 5000.0
_ROUNDS = 5000
_SAME = 1e-10

Bools = npt.NDArray[np.bool_]


def seen_hours(pickups: Floats, open_share: Floats) -> Bools:
    """
    Return of which hours (24,) something can be told.

    Parameters
    ----------
    pickups
        By opening hours p (P,).
    open_share
        o_ph, the part of hour h that hours p are open (P, 24).

    An hour is told of when 100 pick-ups are from stores open in it, and when stores
    that share hours link it to those of most pick-ups: what is only ever seen apart
    cannot be compared.
    """
    enough = pickups @ open_share >= LEAST_SEEN
    used = (open_share > 0) & enough & (pickups > 0)[:, None]
    linked: Bools = used[int(np.argmax(pickups * used.any(axis=1)))]
    while True:
        wider = used[(used & linked).any(axis=1)].any(axis=0) | linked
        if (wider == linked).all():
            return linked
        linked = wider


def wishes(
    in_hour: Floats,
    pickups: Floats,
    open_share: Floats,
    prior: Floats | None = None,
    prior_pickups: float = 0,
) -> Floats:
    """
    Return the share w_ah of each hour in what the customers of area a wish (n, H).

    Those who wish an hour at which their store is closed come in its open hours, as
    its other customers do; so pick-ups at p are spread as w_ah o_ph / W_ap, with

        W_ap = sum_h w_ah o_ph          part of wishes that hours p let come true   (1)
        N_ap = n_ap / W_ap              customers behind the n_ap pick-ups          (2)
        w_ah = (c_ah + k v_h + w_ah sum_p N_ap (1 - o_ph)) / (sum_p N_ap + k)       (3)

    which is repeated until nothing changes (EM for truncated counts; at its end
    w_ah = (c_ah + k v_h) / (sum_p N_ap o_ph + k), a rate per customer exposed).

    Parameters
    ----------
    in_hour
        c_ah, pick-ups by hour (n, H).
    pickups
        n_ap, pick-ups by opening hours (n, P); each has an hour open with c_ah > 0.
    open_share
        o_ph (P, H).
    prior, prior_pickups
        v_h (H,) and k: an area's profile is the city's v as if k more pick-ups at
        stores always open had shown it.

    References
    ----------
    Turnbull (1976), doi:10.1111/j.2517-6161.1976.tb01597.x.
    """
    areas, hours = in_hour.shape
    wish = np.full((areas, hours), 1 / hours)
    added = in_hour if prior is None else in_hour + prior_pickups * prior
    for _ in range(_ROUNDS):
        behind = customers(wish, pickups, open_share)
        total = behind.sum(axis=1, keepdims=True) + prior_pickups
        better = (added + wish * (behind @ (1 - open_share))) / total
        moved = float(abs(better - wish).max(initial=0))
        wish = better
        if moved < _SAME:
            break
    return wish


def customers(wish: Floats, pickups: Floats, open_share: Floats) -> Floats:
    """Return N_ap (n, P): the customers behind the pick-ups, (1) and (2)."""
    come_true = wish @ open_share.T
    behind = np.zeros_like(pickups)
    np.divide(pickups, come_true, out=behind, where=pickups > 0)
    return behind


def prior_pickups(
    in_hour: Floats, pickups: Floats, open_share: Floats, city: Floats
) -> float:
    """
    Return for how many pick-ups the city's profile counts, from how areas differ.

    Were areas' profiles drawn from a Dirichlet distribution around the city's with k
    pick-ups behind it, Pearson's X^2 of area a, of n_a pick-ups and d_a + 1 hours,
    would be d_a (1 + (n_a - 1) / (k + 1)) in the mean. k is what makes the sums over
    areas agree (method of moments; Mosimann 1962, doi:10.1093/biomet/49.1-2.65), but
    from 20 to 5,000.
    """
    behind = customers(np.broadcast_to(city, in_hour.shape), pickups, open_share)
    expected = city * (behind @ open_share)
    num = in_hour.sum(axis=1)
    freedom = np.maximum(0, (expected > 0).sum(axis=1) - 1)
    off = np.zeros_like(expected)
    np.divide((in_hour - expected) ** 2, expected, out=off, where=expected > 0)
    beyond = off.sum() - freedom[num > 0].sum()
    spread = float((freedom * np.maximum(0, num - 1)).sum())
    if beyond <= 0 or spread == 0:
        return MOST_PRIOR
    return float(np.clip(spread / beyond - 1, LEAST_PRIOR, MOST_PRIOR))
