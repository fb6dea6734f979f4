"""The exact clock behind written minutes, on a made-up road of 10.4 minutes a leg."""

import numpy as np
import pytest

from cstore_cli.dayplan.checks.visits import Window, visits
from cstore_cli.travel.clock import DcClock
from cstore_cli.travel.matrix import TravelMatrix
from cstore_cli.travel.places import Places

PLACES = ["DC", "S1", "S2", "S3", "S4"]
LEG_MIN = 10.4


def roads(leg_min):
    """A matrix in which every leg takes so long, even that to where it starts."""
    places = Places(tuple(PLACES), np.zeros(5), np.zeros(5))
    there = np.isfinite(np.full((5, 5), leg_min))
    return TravelMatrix(places, np.ones((5, 5)), np.full((5, 5), leg_min), there)


def all_day(leg_min=LEG_MIN, changes=(), *later_min, service=None):
    """The clock of a day on which legs take so long before and after the changes."""
    matrices = tuple(roads(minutes) for minutes in (leg_min, *later_min))
    factors = service or [1.0] * len(matrices)
    return DcClock(changes, matrices, np.outer(factors, np.ones(5)))


def stop(kind, place, arrives=None, starts=None, leaves=None):
    times = {"arrives": arrives, "starts": starts, "leaves": leaves}
    return {"kind": kind, "location_id": place, "batch": "early", "trip": 1} | times


def drive(*rows, service=0.0, opens=0, loading=0, clock=None):
    windows = {place: Window(opens, 1000, service) for place in PLACES[1:]}
    return list(visits(rows, clock or all_day(), windows, loading))


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

    assert visit.leg is None
    assert visit.leave == 600


def test_a_leg_over_a_change_is_driven_at_both_speeds():
    """Left at 09:50 for 30 minutes of road: 10 of them, then 20 at half the speed."""
    halved = all_day(30.0, (600,), 60.0)

    visit = drive(
        stop("depart", "DC", leaves=590), stop("deliver", "S1"), clock=halved
    )[1]

    assert visit.earliest == pytest.approx(640)
    assert visit.leg.minutes == pytest.approx(50)


def test_service_over_a_change_is_done_at_both_paces():
    """From 09:54: 6 of 8 minutes until 10:00, the other two at half the pace."""
    rain = all_day(4.0, (600,), 4.0, service=[1.0, 2.0])

    visit = drive(
        stop("depart", "DC", leaves=590),
        stop("deliver", "S1"),
        service=8,
        clock=rain,
    )[1]

    assert visit.leave_possible == pytest.approx(604)
    assert visit.service_min == pytest.approx(10)


def test_a_written_minute_stands_for_every_leaving_within_it():
    """
    A van that leaves S1 within 09:50 drives 30 minutes to 10:20 before a change there,
    or as much longer as it left later, at half the speed: less than a minute.
    """
    slower = all_day(30.0, (620,), 60.0)

    leg = drive(
        stop("depart", "DC", leaves=560),
        stop("deliver", "S1", 590, 590, 590),
        stop("deliver", "S2"),
        clock=slower,
    )[2].leg

    assert leg.minutes == pytest.approx(30)
    assert leg.min_minutes <= 30
    assert 31 <= leg.max_minutes <= 32


def test_a_leg_far_from_any_change_takes_its_minutes():
    leg = drive(
        stop("depart", "DC", leaves=600),
        stop("deliver", "S1", 611, 611, 611),
        stop("deliver", "S2"),
        clock=all_day(LEG_MIN, (700,), 60.0),
    )[2].leg

    assert leg.min_minutes == leg.max_minutes == pytest.approx(LEG_MIN)


def test_without_a_way_for_the_rest_of_the_day_no_time_passes():
    visit = drive(
        stop("depart", "DC", leaves=600),
        stop("deliver", "S1"),
        clock=all_day(30.0, (610,), np.nan),
    )[1]

    assert np.isnan(visit.leg.arrive)
    assert visit.earliest == 600
