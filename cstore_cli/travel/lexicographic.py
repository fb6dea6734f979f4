"""
Time first, then distance, in one exact floating-point weight.

    weight = ticks * 2**metre_bits + metres        both whole numbers          (1)

A sum of weights compares by time first and by metres where the times are equal, and
splits back into both, as long as no path is as long as 2**metre_bits metres and every
sum stays below 2**53, up to which float64 holds whole numbers exactly. So a plain
shortest-path search finds the fastest paths, and the shortest among them, and no
path need be walked to know its length. ``metre_bits`` is chosen for the network:
a path visits a node once, hence is no longer than the longest link out of each.
"""

import numpy as np

from cstore_cli.travel.arrays import Floats, Ints

TICKS_PER_MIN = 10_000
M_PER_KM = 1_000
EXACT_BITS = 53


def metre_bits(start: Ints, length_km: Floats, num_nodes: int) -> int:
    """Bits that hold the metres of any path over links (m,) out of ``start``."""
    longest_m = np.zeros(num_nodes)
    np.maximum.at(longest_m, start, np.round(length_km * M_PER_KM))
    return int(longest_m.sum()).bit_length()


def encode(duration_min: Floats, distance_km: Floats, bits: int) -> Floats:
    """Weights (1), to 0.0001 minute and 1 metre."""
    ticks = np.round(duration_min * TICKS_PER_MIN)
    return np.ldexp(ticks, bits) + np.round(distance_km * M_PER_KM)


def decode(weight: Floats, bits: int) -> tuple[Floats, Floats]:
    """
    Return minutes and km of sums of weights; inf, no path, reads nan.

    Raises
    ------
    OverflowError
        When a sum is beyond what float64 holds exactly.
    """
    found = np.isfinite(weight)
    whole = np.where(found, weight, 0)
    if whole.max(initial=0) >= 2**EXACT_BITS:
        limit_h = 2 ** (EXACT_BITS - bits) / TICKS_PER_MIN / 60
        raise OverflowError(f"a path takes longer than {limit_h:.0f} h")
    ticks = np.floor(np.ldexp(whole, -bits))
    metres = whole - np.ldexp(ticks, bits)
    return (
        np.where(found, ticks / TICKS_PER_MIN, np.nan),
        np.where(found, metres / M_PER_KM, np.nan),
    )
