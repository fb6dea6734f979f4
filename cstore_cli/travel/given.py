"""A matrix that somebody else measured."""

import numpy as np
import polars as pl

from cstore_cli.travel.arrays import Floats
from cstore_cli.travel.faults import Rule, broken, refuse, refuse_columns_missing
from cstore_cli.travel.places import Places

TABLE = "travel_matrix"


def given_legs(places: Places, matrix: pl.DataFrame) -> tuple[Floats, Floats]:
    """
    Return km and minutes (n, n) from rows from_id, to_id, distance_km, duration_min.

    A pair without a row is nan; rows of other places are left out.

    Raises
    ------
    InputError
        When a pair comes twice, or a distance or duration is missing or negative.
    """
    refuse_columns_missing(
        TABLE, matrix, ("from_id", "to_id", "distance_km", "duration_min")
    )
    rows = matrix.select(
        *(pl.col(c).cast(pl.String) for c in ("from_id", "to_id")),
        *(
            pl.col(c).cast(pl.Float64, strict=False)
            for c in ("distance_km", "duration_min")
        ),
    )
    refuse(
        TABLE,
        broken(
            TABLE,
            rows,
            [
                Rule(c, pl.col(c).is_finite() & (pl.col(c) >= 0), "must be from 0")
                for c in ("distance_km", "duration_min")
            ]
            + [
                Rule(
                    "to_id",
                    pl.struct("from_id", "to_id").is_first_distinct(),
                    "the pair comes again",
                )
            ],
        ),
    )
    index = pl.DataFrame(
        {"id": places.ids, "i": range(len(places))},
        schema={"id": pl.String, "i": pl.Int64},
    )
    rows = rows.join(index, left_on="from_id", right_on="id").join(
        index.rename({"i": "j"}), left_on="to_id", right_on="id"
    )
    i, j = rows["i"].to_numpy(), rows["j"].to_numpy()
    km = np.full((len(places), len(places)), np.nan)
    minutes = km.copy()
    km[i, j] = rows["distance_km"].to_numpy()
    minutes[i, j] = rows["duration_min"].to_numpy()
    return km, minutes
