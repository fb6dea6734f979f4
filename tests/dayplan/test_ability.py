"""When stores take a delivery, and which of them can at all."""

import pytest
from days import closure, day, hhmm, leg, settings, store

from cstore_cli.dayplan.ability import Window, ability, windows
from cstore_cli.travel.of_day import DayTravel


def window(closures, **more):
    """The window of S1, open 10:00 to 16:00 and busy for 6 minutes."""
    inputs = day(stores=[store("S1", **more), store("S2")], closures=closures)
    return windows(inputs)["S1"]


def usable(inputs, **more):
    """Ids of the stores that can be used."""
    chosen = settings(**more)
    found = ability(inputs, chosen, DayTravel(inputs, chosen), windows(inputs))
    return inputs.stores["store_id"].filter(found.usable).to_list()


def test_without_closures_the_window_is_the_stores_own():
    assert window([closure("S2", "09:00", "18:00")]) == Window(600, 960)


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [
        ("09:00", "11:00", Window(660, 960)),
        ("15:00", "23:00", Window(600, 894)),
        ("12:00", "13:00", Window(780, 960)),
        ("14:00", "14:30", Window(600, 834)),
        ("17:00", "18:00", Window(600, 960)),
        ("09:00", "09:30", Window(600, 960)),
    ],
)
def test_a_closure_leaves_the_longest_part(start, end, left):
    """A service that starts must end before the closure begins."""
    assert window([closure("S1", start, end)]) == left


def test_several_closures_each_take_their_part():
    shut = [closure("S1", "10:00", "11:00"), closure("S1", "12:06", "15:30")]
    assert window(shut) == Window(660, 720)


def test_a_store_closed_all_day_has_no_window():
    left = window([closure("S1", "00:00", "23:00")])
    assert left.start_min > left.end_min


def test_stores_that_are_shut_or_too_briefly_open_are_not_used():
    stores = [
        store("open"),
        store("shut"),
        store("instant", receive_from=hhmm("10:00"), receive_by=hhmm("10:00")),
    ]
    inputs = day(stores=stores, closures=[closure("shut", "00:00", "23:00")])
    assert usable(inputs) == ["open"]


def test_only_own_chains_are_used_where_some_are_named():
    inputs = day(stores=[store("S1"), store("S2", chain="OK")])
    assert usable(inputs) == ["S1", "S2"]
    assert usable(inputs, own_chains=["OK", "Hi-Life"]) == ["S2"]


def test_a_store_without_a_way_there_and_back_is_not_used():
    legs = [
        *(leg("DC", name, 5) for name in ("both", "there")),
        *(leg(name, "DC", 5) for name in ("both", "back")),
    ]
    stores = [store(name) for name in ("there", "both", "back", "none")]
    inputs = day(stores=stores, matrix=legs)
    assert usable(inputs, travel={"source": "matrix"}) == ["both"]
