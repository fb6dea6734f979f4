"""Tests of a matrix that somebody else measured."""

import numpy as np
import polars as pl
import pytest

from cstore_cli.errors import InputError
from cstore_cli.settings.travel import TravelSettings
from cstore_cli.travel.matrix import travel_matrix
from cstore_cli.travel.places import Places

PLACES = Places(("a", "b", "c"), np.zeros(3), np.zeros(3))
SETTINGS = TravelSettings(source="matrix")


def frame(*rows):
    columns = ["from_id", "to_id", "distance_km", "duration_min"]
    return pl.DataFrame(list(rows), schema=columns, orient="row")


def test_missing_pair_is_unreachable():
    """One way known, the other not; other places are left out; a to a is 0."""
    rows = frame(("a", "b", 2.0, 5.0), ("a", "a", 9.0, 9.0), ("z", "a", 1.0, 1.0))

    travel = travel_matrix(PLACES, SETTINGS, matrix=rows)

    assert (travel.distance_km[0, 1], travel.duration_min[0, 1]) == (2, 5)
    assert travel.unreachable_from(0) == ("c",)
    assert travel.unreachable_from(1) == ("a", "c")
    assert travel.duration_min[0, 0] == 0
    assert np.isnan(travel.duration_min[1, 0])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (frame(("a", "b", -2.0, 5.0)), "travel_matrix:2: distance_km: must be"),
        (frame(("a", "b", 2.0, None)), "travel_matrix:2: duration_min: must be"),
        (frame(("a", "b", 2.0, 5.0), ("a", "b", 2.0, 6.0)), "pair comes again"),
        (frame(("a", "b", 2.0, 5.0)).drop("to_id"), "to_id: is missing"),
        (None, "needs travel_matrix"),
    ],
)
def test_unusable_matrix_is_refused(rows, message):
    """Saying why."""
    with pytest.raises(InputError, match=message):
        travel_matrix(PLACES, SETTINGS, matrix=rows)
