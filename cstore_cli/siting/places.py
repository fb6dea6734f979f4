"""Where areas, sites, stores and DCs stand."""

import numpy as np
import polars as pl

from cstore_cli.travel.places import Places


def places_of(frame: pl.DataFrame, column: str) -> Places:
    """Return the rows of a table as places; ``column`` has their ids."""
    return Places(
        tuple(frame[column]), frame["lat"].to_numpy(), frame["lon"].to_numpy()
    )


def together(*places: Places) -> Places:
    """Return all of these as one list of places, no id twice."""
    return Places(
        tuple(name for some in places for name in some.ids),
        np.concatenate([some.lat for some in places]),
        np.concatenate([some.lon for some in places]),
    )
