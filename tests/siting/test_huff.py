"""Tests of the Huff model."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstore_cli.settings.site_score import HuffSettings
from cstore_cli.siting.huff import attractions, huff_parts
from cstore_cli.siting.walking import Walks
from cstore_cli.travel.near import Near

PLAIN = HuffSettings(distance_exponent=2, min_km=0.1, radius_km=2)
KM = st.sampled_from([0.01, 0.3, 0.5, 1.0, 1.5, 2.0, 2.5])


def near(km):
    """Walks of a matrix (n, m) of kilometres; nan: none."""
    km = np.array(km, dtype=float).reshape(len(km), -1)
    rows = [np.argsort(row, kind="stable") for row in km]
    rows = [row[np.isfinite(km[i, row])] for i, row in enumerate(rows)]
    start = np.cumsum([0, *map(len, rows)])
    index = np.concatenate([*rows, np.zeros(0)]).astype(int)
    return Near(
        start, index, np.concatenate([km[i, row] for i, row in enumerate(rows)])
    )


def parts(to_stores, to_sites, parcels, is_own, attraction=None, settings=PLAIN):
    """Parts of the first site."""
    num = np.array(to_sites).shape[1]
    walks = Walks(near(to_sites), near(to_stores), near([[]] * num))
    own = np.array(is_own, dtype=bool)
    pull = np.ones(len(own)) if attraction is None else np.array(attraction)
    found = huff_parts(walks, np.array(parcels, float), pull, own, settings, num)
    return {name.removeprefix("huff_"): part[0] for name, part in found.items()}


def test_three_alike_share_alike():
    """
    90 parcels, an own store and a rival 1 km away, as is the site.

    Each had 45 and now has 30: the site takes 15 from each.
    """
    found = parts([[1, 1]], [[1]], [90], [True, False])

    assert found == pytest.approx(
        {
            "parcels_day": 30,
            "share": 1 / 3,
            "taken_parcels_day": 15,
            "net_parcels_day": 15,
        }
    )


def test_pull_falls_with_the_square_of_the_walk():
    """
    Own store at 1 km, rival of attraction 3 at 2 km, the site at 0.5 km.

    Pulls 1, 3/4 and 4, together 23/4: of 460 parcels the site gets 320. The own store
    had 460 * 4/7 and keeps 80.
    """
    found = parts([[1, 2]], [[0.5]], [460], [True, False], [1, 3])

    assert found["parcels_day"] == pytest.approx(320)
    assert found["taken_parcels_day"] == pytest.approx(460 * 4 / 7 - 80)


def test_area_without_a_store_is_all_gain():
    """Nobody loses it: it could walk to none."""
    found = parts([[np.nan]], [[1.9]], [50], [True])

    assert found["parcels_day"] == found["net_parcels_day"] == 50
    assert found["taken_parcels_day"] == 0


def test_what_is_beyond_the_radius_pulls_nobody():
    """Neither the store at 2.1 km nor, for the second area, the site."""
    found = parts([[2.1], [1]], [[1], [2.1]], [50, 70], [True])

    assert found["parcels_day"] == found["net_parcels_day"] == 50
    assert found["share"] == 1


def test_no_walk_is_shorter_than_the_shortest():
    """A store at its customers' door does not pull without end: 1/0.1^2 = 100."""
    found = parts([[0.2]], [[0.001]], [125], [False])

    assert found["parcels_day"] == pytest.approx(125 * 100 / (100 + 25))


def test_site_that_reaches_no_parcel_has_no_share():
    assert np.isnan(parts([[1]], [[5]], [10], [True])["share"])


def test_chains_not_named_have_attraction_1():
    settings = HuffSettings(attraction={"Big": 2.5})

    assert attractions(["Big", "Other"], settings).tolist() == [2.5, 1]


@st.composite
def towns(draw):
    """Walks of few areas to few stores and one site."""
    n, m = draw(st.integers(1, 4)), draw(st.integers(0, 4))
    to_stores = [draw(st.lists(KM, min_size=m, max_size=m)) for _ in range(n)]
    to_site = [[draw(KM)] for _ in range(n)]
    parcels = draw(st.lists(st.integers(0, 90), min_size=n, max_size=n))
    is_own = draw(st.lists(st.booleans(), min_size=m, max_size=m))
    pull = draw(st.lists(st.sampled_from([0.0, 0.5, 1, 3]), min_size=m, max_size=m))
    return to_stores, to_site, parcels, is_own, pull


def sales(km, attraction):
    """Shares of the stores of one area, the plain way."""
    pulls = [
        a / max(d, PLAIN.min_km) ** 2 if d <= PLAIN.radius_km else 0
        for d, a in zip(km, attraction, strict=True)
    ]
    return [pull / sum(pulls) if sum(pulls) else 0 for pull in pulls]


@given(towns())
def test_parts_match_sharing_out_before_and_after(town):
    """Each area by itself, with and without the site."""
    to_stores, to_site, parcels, is_own, pull = town
    found = parts(to_stores, to_site, parcels, is_own, pull)

    gets = loses = 0.0
    for km, (site_km,), amount in zip(to_stores, to_site, parcels, strict=True):
        before = sales(km, pull)
        *after, new = sales([*km, site_km], [*pull, 1])
        gets += amount * new
        loses += amount * sum(
            b - a for b, a, own in zip(before, after, is_own, strict=True) if own
        )
    assert found["parcels_day"] == pytest.approx(gets, abs=1e-9)
    assert found["taken_parcels_day"] == pytest.approx(loses, abs=1e-9)
    assert -1e-9 <= found["net_parcels_day"] <= found["parcels_day"] + 1e-9
