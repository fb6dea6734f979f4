"""The exact clock behind written minutes, on a made-up road of 10.4 minutes a leg."""

from types import SimpleNamespace

import numpy as np
import pytest

from cstore_cli.dayplan.checks.visits import Ways, Window, visits

PLACES = ["DC", "S1", "S2", "S3", "S4"]
LEG_MIN = 10.4


def ways():
    minutes = np.full((5, 5), LEG_MIN)
    matrix = SimpleNamespace(distance_km=np.ones((5, 5)), duration_min=minutes)
    travel = SimpleNamespace(matrix=matrix, service_factor=np.ones(5))
    return {"early": Ways(travel, {place: i for i, place in enumerate(PLACES)})}


def stop(kind, place, arrives=None, starts=None, leaves=None):
    times = {"arrives": arrives, "starts": starts, "leaves": leaves}
    return {"kind": kind, "location_id": place, "batch": "early", "trip": 1} | times


def drive(*rows, service=0.0, opens=0, loading=0):
    windows = {place: Window(opens, 1000, service) for place in PLACES[1:]}
    return list(visits(rows, ways(), windows, loading))


def test_cut_minutes_do_not_add_up():
    """Four legs of 10.4 min are 41.6 min, though each looks like 10 when cut."""
    rows = [stop("depart", "DC", leaves=600)]
    rows += [
        stop("deliver", f"S{n}", *[600 + 10 * n] * 3)  # what cutting twice would write
        for n in (1, 2, 3, 4)
    ]

    last = drive(*rows)[-1]

    assert last.earliest == pytest.approx(641.6)
    assert last.row["arrives"] + 1 < last.earliest


def test_a_written_time_after_the_possible_one_is_believed():
    visit = drive(
        stop("depart", "DC", leaves=600), stop("deliver", "S1", 615, 620, 630)
    )[1]

    assert (visit.arrive, visit.start, visit.leave) == (615, 620, 630)


def test_a_written_time_before_the_possible_one_is_not():
    visit = drive(
        stop("depart", "DC", leaves=600),
        stop("deliver", "S1", 610, 610, 610),
        service=5,
        opens=620,
    )[1]

    assert (visit.arrive, visit.start, visit.leave) == pytest.approx((610.4, 620, 625))


def test_collecting_where_it_just_delivered_takes_no_service():
    both = drive(
        stop("depart", "DC", leaves=600),
        stop("deliver", "S1"),
        stop("collect", "S1"),
        service=5,
    )

    assert both[2].follows
    assert both[2].leave == both[1].leave == pytest.approx(615.4)


def test_delivering_twice_at_a_place_takes_service_twice():
    """The road from a place to itself takes the matrix's minutes, here 10.4."""
    twice = drive(
        stop("depart", "DC", leaves=600),
        stop("deliver", "S1"),
        stop("deliver", "S1"),
        service=5,
    )

    assert not twice[2].follows
    assert twice[2].leave == pytest.approx(600 + 2 * (LEG_MIN + 5))


def test_a_reload_takes_the_loading_and_starts_the_next_trip():
    reload = drive(stop("depart", "DC", leaves=600), stop("reload", "DC"), loading=15)[
        1
    ]

    assert reload.tour == 2
    assert reload.leave == pytest.approx(625.4)


def test_an_unknown_place_costs_no_time_and_has_no_leg():
    visit = drive(stop("depart", "DC", leaves=600), stop("deliver", "S9"))[1]

    assert visit.leg_km is None
    assert visit.leave == 600
