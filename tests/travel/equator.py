"""Places and roads along the equator, where a degree has a known length."""

import numpy as np
import polars as pl

from cstore_cli.travel.geodesic import straight_km
from cstore_cli.travel.places import Places

KM = 1 / float(straight_km(0, 0, 0, 1))
"""Degrees of longitude to a kilometre along the equator."""


def row(*km, name="p"):
    """Places along the equator."""
    lon = np.array(km, dtype=float) * KM
    return Places(tuple(f"{name}{k}" for k in range(len(km))), np.zeros(len(km)), lon)


def nodes(*km):
    lon = np.array(km, dtype=float) * KM
    ids = [str(k) for k in range(len(km))]
    return pl.DataFrame({"node": ids, "lon": lon, "lat": np.zeros(len(km))})


def links(*rows):
    """Each (from, to, km)."""
    start, end, km = zip(*rows, strict=True)
    return pl.DataFrame(
        {
            "from_node": [str(k) for k in start],
            "to_node": [str(k) for k in end],
            "length_km": [float(k) for k in km],
            "freeflow_min": [1.0] * len(rows),
        }
    )
