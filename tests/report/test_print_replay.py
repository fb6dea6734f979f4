"""Tests of a replayed day as a planner reads it."""

import datetime as dt
import io
from dataclasses import replace

import pytest
from rich.console import Console

from cstore_cli.report.sites_replay import print_replay
from cstore_cli.siting.replay import NetworkDay, Replay

NOW = NetworkDay(
    stores=60,
    vans=7,
    km=198.8,
    van_hours=15.8,
    money=11755.4,
    planned=1097,
    unserved=1,
    deferred=102,
    mean_walk_m=374.5,
    num_moved=137,
    left_out={"held_parcels": 0, "collections": 0, "closures": 0, "locks": 0},
)
CHOSEN = replace(
    NOW, stores=63, vans=8, km=204.0, van_hours=16.3, money=12748.0, mean_walk_m=373.6
)


def shown(now=NOW, chosen=CHOSEN, num_new=3, num_rejected=0, width=100):
    file = io.StringIO()
    day = Replay(dt.date(2026, 11, 23), now, chosen, num_new, num_rejected)
    print_replay(Console(file=file, width=width), day, "TWD")
    return file.getvalue()


def cells(text, network):
    return next(
        line.split()[1:] for line in text.splitlines() if line.startswith(network)
    )


@pytest.mark.parametrize("width", [80, 140])
def test_both_networks_and_their_difference_are_shown(width):
    text = shown(width=width)

    assert cells(text, "now") == [
        *("60", "7", "198.8", "15.8", "11,755"),
        *("1,097", "1", "102", "374.5"),
    ]
    assert cells(text, "chosen")[:3] == ["63", "8", "204.0"]
    assert cells(text, "difference") == [
        *("3", "1", "5.2", "0.5", "993"),
        *("0", "0", "0", "-0.9"),
    ]


def test_what_the_sites_cost_a_day_is_one_sentence():
    assert "With the 3 new stores a day takes 1 van more and 5.2 km more\n" in shown()


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (NOW, "as many vans and as many km\n"),
        (replace(NOW, vans=5, km=190.0), "2 vans less and 8.8 km less\n"),
        (replace(NOW, planned=1098), "as many km, for 1 parcel more\n"),
        (replace(NOW, planned=1000), "as many km, for 97 parcels less\n"),
    ],
)
def test_the_sentence_says_more_less_or_as_many(chosen, said):
    assert said in shown(chosen=chosen)


def test_one_store_is_not_called_stores():
    assert "With the 1 new store a day" in shown(num_new=1)


def test_new_stores_without_the_old_ones_are_told_so():
    alone = replace(CHOSEN, stores=3)

    assert "With the 3 new stores alone a day" in shown(chosen=alone)


def test_what_is_left_out_of_both_is_told_once():
    left = {**NOW.left_out, "collections": 5}
    text = shown(replace(NOW, left_out=left), replace(CHOSEN, left_out=left))

    assert "; of stores in neither network, left out: collections 5." in text


def test_what_was_assumed_and_left_out_is_told():
    left = {**NOW.left_out, "held_parcels": 1600, "locks": 2}
    text = shown(chosen=replace(CHOSEN, left_out=left, num_moved=1200), num_rejected=4)

    assert "now 137, chosen 1,200" in text
    assert "network chosen, left out: held parcels 1,600, locks 2;" in text
    assert "network now, left out" not in text
    assert "orders with faults, in neither: 4" in text


def test_without_pick_ups_no_walk_is_shown():
    nobody = replace(NOW, mean_walk_m=None)

    assert cells(shown(nobody, nobody), "difference")[-1] == "-"
