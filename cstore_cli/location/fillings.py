"""
Every way to fill one knapsack that earns enough.

The options that earn come first, by what they earn for their load; a table gives the
best that those still to come can add. A part is given up when that falls short.
"""

from dataclasses import dataclass

import numpy as np

from cstore_cli.location.siting import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Items:
    """``gain``, ``load``, and load in whole ``units``, rounded down, (k,) each."""

    gain: Floats
    load: Floats
    units: Ints


def fillings(
    items: Items, room: int, capacity: float, least: float, most: int
) -> Bools | None:
    """
    Return the choices (count, k) that fit and earn ``least``.

    ``capacity`` limits the load and ``room`` the units. None where the choices are more
    than ``most``.
    """
    earns = items.gain > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        key = np.where(earns, items.gain / items.load, items.gain)
    order = np.lexsort((-key, ~earns))
    gains, loads, units = items.gain[order], items.load[order], items.units[order]
    earning = int(earns.sum())
    best = np.zeros((earning + 1, room + 1))  # of items k and after, by room left
    for k in range(earning - 1, -1, -1):
        best[k] = best[k + 1]
        size = int(units[k])
        if size <= room:
            np.maximum(
                best[k + 1, size:],
                best[k + 1, : room + 1 - size] + gains[k],
                out=best[k, size:],
            )
    places = np.maximum(room - units, 0)
    hopeful = (gains + best[0][places] >= least) & (units <= room)
    chosen = np.zeros((1, len(gains)), dtype=bool)
    gain, load, used = np.zeros(1), np.zeros(1), np.zeros(1, dtype=np.int64)
    if best[0, room] < least:
        return chosen[:0]
    for k in np.flatnonzero(hopeful).tolist():
        beyond = best[min(k + 1, earning)]
        more_gain, more_load = gain + gains[k], load + loads[k]
        more_used = used + units[k]
        fits = (more_load <= capacity) & (more_used <= room)
        left = np.maximum(room - more_used, 0)
        takes = np.flatnonzero(fits & (more_gain + beyond[left] >= least))
        skips = np.flatnonzero(gain + beyond[room - used] >= least)
        if len(takes) + len(skips) > most:
            return None
        taking = chosen[takes]
        taking[:, k] = True
        chosen = np.concatenate((chosen[skips], taking))
        gain = np.concatenate((gain[skips], more_gain[takes]))
        load = np.concatenate((load[skips], more_load[takes]))
        used = np.concatenate((used[skips], more_used[takes]))
    found = np.empty_like(chosen)
    found[:, order] = chosen
    return found
