"""PyVRP's routes given dock doors, on vans that drive 10 out and 10 home."""

from types import SimpleNamespace

import numpy as np
from dock_repair import drop_without_door

from cstore_cli.routing.problem import FOREVER, Client, Problem

LEGS = np.full((4, 4), 10) - 10 * np.eye(4, dtype=int)
ONE_EACH = [(0, ((0,),), 0), (0, ((1,),), 0), (0, ((2,),), 0)]


def problem(latest, **given):
    """Clients 0, 1, 2 whose service begins at these times at the latest."""
    van = {
        "count": 3,
        "capacity": (1,),
        "start_depot": 0,
        "end_depot": 0,
        "tw_early": 0,
        "tw_late": 1000,
        "latest_start": 1000,
        "max_duration": FOREVER,
        "profile": 0,
        "pool": None,
        "reload_duration": 0,
        "trip_windows": (),
    }
    clients = [Client(k + 1, (1,), tw_late=late) for k, late in enumerate(latest)]
    kind = SimpleNamespace(**(van | given))
    return Problem(tuple(clients), (kind,), (LEGS,), (LEGS,))


def test_one_door_loads_one_trip_after_the_other():
    """Loaded at 5, 10 and 15; the last is 10 later at a client that closes then."""
    assert drop_without_door(problem([15, 20, 25]), ONE_EACH, 1, 5, 0) == {0, 1, 2}
    assert drop_without_door(problem([15, 20, 24]), ONE_EACH, 1, 5, 0) == {0, 1}
    assert drop_without_door(problem([15, 20, 24]), ONE_EACH, 2, 5, 0) == {0, 1, 2}


def test_who_must_leave_first_is_loaded_first():
    assert drop_without_door(problem([25, 20, 15]), ONE_EACH, 1, 5, 0) == {0, 1, 2}


def test_a_door_is_free_before_a_trip_that_leaves_late():
    """Client 0 means to leave at 40; 1 is loaded before it, whoever is taken first."""
    tours = [(0, ((0,),), 40), (0, ((1,),), 0)]

    assert drop_without_door(problem([50, 90]), tours, 1, 5, 0) == {0, 1}


def test_loading_begins_when_the_dock_opens():
    assert drop_without_door(problem([15]), ONE_EACH[:1], 1, 5, 0) == {0}
    assert drop_without_door(problem([15]), ONE_EACH[:1], 1, 5, 1) == set()


def test_a_second_trip_is_loaded_once_its_van_is_back():
    """Left at 5, back at 25, loaded at 30, at the client at 40."""
    tours = [(0, ((0,), (1,)), 0)]

    assert drop_without_door(problem([99, 99]), tours, 1, 5, 0) == {0, 1}
    assert drop_without_door(problem([39, 40]), tours, 1, 5, 0) == {0, 1}
    assert drop_without_door(problem([38, 39]), tours, 1, 5, 0) == {0}


def test_a_second_trip_leaves_in_its_windows_and_within_the_longest_duration():
    """Leaving at 60 the van is home at 80, 75 after it first left."""
    tours = [(0, ((0,), (1,)), 0)]
    wave = {"trip_windows": ((60, 70),)}

    assert drop_without_door(problem([98, 99], **wave), tours, 1, 5, 0) == {0, 1}
    short = problem([98, 99], **wave, max_duration=74)
    assert drop_without_door(short, tours, 1, 5, 0) == {0}
    missed = problem([98, 99], trip_windows=((20, 25),))
    assert drop_without_door(missed, tours, 1, 5, 0) == {0}
