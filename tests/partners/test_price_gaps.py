"""Each parcel that a version is for has one price, or is said not to be carried."""

import tempfile
from itertools import product
from pathlib import Path

import pytest
from agreement_files import faults_of, rate, version
from hypothesis import given, settings
from hypothesis import strategies as st

SIZES = {"small": 60, "large": 120}


def test_a_gap_between_two_weight_bands(tmp_path):
    light, heavy = rate("light", to_kg=5), rate("heavy", over_kg=6)
    found = faults_of(tmp_path, version(rates=[light, heavy]))

    assert [text.split(": ", 2)[2] for text in found] == [
        f"rates: no rate prices store_delivery in {zone}, over 5 kg and up to 6 kg "
        "(add a rate, or name it under not_carried)"
        for zone in ("east", "west")
    ]


def test_a_weight_of_5_kg_belongs_to_the_band_up_to_5(tmp_path):
    light, heavy = rate("light", to_kg=5), rate("heavy", over_kg=5)

    assert faults_of(tmp_path, version(rates=[light, heavy])) == []


def test_a_zone_that_has_prices_for_light_parcels_alone(tmp_path):
    rates = [rate("all", zones=["west"]), rate("light", zones=["east"], to_kg=5)]
    (found,) = faults_of(tmp_path, version(rates=rates))

    assert "no rate prices store_delivery in east, over 5 kg (" in found


def test_what_is_not_carried_is_no_gap(tmp_path):
    rates = [rate("all", zones=["west"]), rate("light", zones=["east"], to_kg=5)]
    heavy = {"zones": ["east"], "over_kg": 5}

    assert faults_of(tmp_path, version(rates=rates, not_carried=[heavy])) == []


def test_what_is_not_carried_may_lie_beyond_all_prices(tmp_path):
    """From 20 to 30 kg nothing is told, which is no gap: it is above all prices."""
    light, heavy = rate(to_kg=20), {"over_kg": 30}

    assert faults_of(tmp_path, version(rates=[light], not_carried=[heavy])) == []


def test_what_is_not_carried_has_no_price(tmp_path):
    """Else the version says two things of a parcel of 6 kg."""
    (found,) = faults_of(tmp_path, version(not_carried=[{"over_kg": 5}]))

    assert "not_carried: store prices store_delivery in west, over 5 kg" in found


def test_a_size_class_without_a_price(tmp_path):
    rates = [
        rate("small", zones=["west"], sizes=["small"]),
        rate("any_size", zones=["east"]),
    ]
    (found,) = faults_of(tmp_path, version(sizes=SIZES, rates=rates))

    assert "no rate prices store_delivery in west, of any weight, large" in found


def test_services_need_not_be_in_the_same_zones(tmp_path):
    """Doors may be served in the west alone."""
    door = rate("door", services=["door_delivery"], zones=["west"])

    assert faults_of(tmp_path, version(rates=[rate(), door])) == []


def test_two_rates_of_equal_precedence_are_told_once(tmp_path):
    """They meet in both zones; one fault names the pair."""
    (found,) = faults_of(tmp_path, version(rates=[rate(), rate("light", to_kg=1)]))

    assert "rates.1.name: store and light both price store_delivery in " in found
    assert "up to 1 kg (give one of them the higher precedence)" in found


def test_the_higher_precedence_settles_it(tmp_path):
    rates = [rate(), rate("light", to_kg=1, precedence=1)]

    assert faults_of(tmp_path, version(rates=rates)) == []


bands = st.lists(st.sampled_from([0, 1, 2, 3, None]), min_size=2, max_size=2).filter(
    lambda edges: edges[0] is not None and (edges[1] is None or edges[0] < edges[1])
)
zones = st.sampled_from([["west"], ["east"], ["west", "east"]])
sizes = st.sampled_from([[], ["small"], ["large"]])
drawn_rates = st.lists(st.tuples(bands, zones, sizes, st.integers(0, 1)), max_size=4)
WEIGHTS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 9.0)


@settings(max_examples=120, deadline=None)
@given(drawn_rates.filter(bool))
def test_faults_are_those_of_trying_parcels(drawn):
    """
    Of every half kilogram, zone and size between the first and the last that any rate
    names, a parcel has a price, one only, or the version is at fault.
    """
    rates = [
        rate(f"r{k}", over_kg=low, to_kg=high, zones=zone, sizes=size, precedence=above)
        for k, ((low, high), zone, size, above) in enumerate(drawn)
    ]
    low = min(edges[0] for edges, *_ in drawn)
    high = max(edges[1] or 99 for edges, *_ in drawn)
    known_zones = {name for _, zone, *_ in drawn for name in zone}
    known_sizes = {name for *_, size, _ in drawn for name in size or SIZES}
    sound = True
    for weight, zone, size in product(WEIGHTS, known_zones, known_sizes):
        if not low < weight <= high:
            continue
        met = [
            above
            for (over, to), its_zones, its_sizes, above in drawn
            if over < weight <= (to or 99)
            and zone in its_zones
            and size in (its_sizes or SIZES)
        ]
        sound = sound and bool(met) and met.count(max(met)) == 1
    with tempfile.TemporaryDirectory() as folder:
        found = faults_of(Path(folder), version(sizes=SIZES, rates=rates))

    assert (found == []) == sound


@pytest.mark.parametrize("weight", [{"to_kg": 0.5}, {"over_kg": 20}])
def test_no_weight_below_or_above_what_is_named_is_a_gap(weight, tmp_path):
    """A partner that takes no parcels over half a kilogram need not say so."""
    assert faults_of(tmp_path, version(rates=[rate(**weight)])) == []
