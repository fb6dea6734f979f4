"""Tests of drives from some places to others."""

import numpy as np
import polars as pl
import pytest
from equator import links, nodes, row

from cstore_cli.errors import InputError
from cstore_cli.settings.travel import TravelSettings
from cstore_cli.travel.drives import drives
from cstore_cli.travel.matrix import travel_matrix
from cstore_cli.travel.places import Places

ORIGINS, TARGETS = row(0, 4.2, name="o"), row(0.2, 2, 9, name="t")
ROADS = {"nodes": nodes(0, 2, 4), "links": links((0, 1, 2), (1, 2, 2.5), (1, 0, 3))}
GIVEN = {
    "matrix": pl.DataFrame(
        {
            "from_id": ["o0", "o0", "o1", "t0"],
            "to_id": ["t0", "t2", "t1", "o0"],
            "distance_km": [1.0, 2.0, 3.0, 4.0],
            "duration_min": [5.0, 6.0, 7.0, 8.0],
        }
    )
}


@pytest.mark.parametrize(
    ("source", "tables"), [("geodesic", {}), ("roads", ROADS), ("matrix", GIVEN)]
)
def test_drives_are_a_part_of_the_matrix_of_all_places(source, tables):
    settings = TravelSettings(source=source)
    together = Places(
        (*ORIGINS.ids, *TARGETS.ids),
        np.concatenate([ORIGINS.lat, TARGETS.lat]),
        np.concatenate([ORIGINS.lon, TARGETS.lon]),
    )

    km, minutes = drives(ORIGINS, TARGETS, settings, **tables)

    every = travel_matrix(together, settings, **tables)
    np.testing.assert_array_equal(km, every.distance_km[:2, 2:])
    np.testing.assert_array_equal(minutes, every.duration_min[:2, 2:])
    assert np.isnan(km).any() == (source != "geodesic")


def test_place_is_at_itself():
    """Its own legs to the road are not driven twice."""
    here = row(0.3, 4)

    km, minutes = drives(here, here, TravelSettings(source="roads"), **ROADS)

    assert km.diagonal().tolist() == minutes.diagonal().tolist() == [0, 0]


@pytest.mark.parametrize("source", ["roads", "matrix"])
def test_source_needs_its_table(source):
    with pytest.raises(InputError, match=f"source: {source}, which needs"):
        drives(ORIGINS, TARGETS, TravelSettings(source=source))


@pytest.mark.parametrize(
    ("source", "tables"), [("geodesic", {}), ("roads", ROADS), ("matrix", GIVEN)]
)
def test_no_places_have_no_drives(source, tables):
    settings = TravelSettings(source=source)

    assert drives(row(), TARGETS, settings, **tables)[0].shape == (0, 3)
    assert drives(ORIGINS, row(), settings, **tables)[1].shape == (2, 0)
    assert drives(row(), row(), settings, **tables)[1].shape == (0, 0)
