"""A real day whose vans, dock doors, second trips and shelves bind; with `-m real`."""

import csv
import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DAY = ROOT.parent / "shared/data/tight_day"
SECONDS = 180
LOADING_MIN = 10
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DAY.is_dir(), reason="../shared/data/tight_day is absent"),
]


@pytest.fixture(scope="module")
def plan(planned, tmp_path_factory):
    """The folder of the day's plan; the command has checked what it publishes."""
    out = tmp_path_factory.mktemp("tight")
    return planned("tight_day.yaml", out, "--time-limit", str(SECONDS))[0]


def show(capsys, **counts):
    with capsys.disabled():
        print(f" {counts}", end="")


def departures(plan, rows):
    """DC: minutes after midnight at which trips leave it, in order."""
    dc_of = {route["route_id"]: route["dc_id"] for route in rows(plan, "routes")}
    found = {dc_id: [] for dc_id in sorted(set(dc_of.values()))}
    for row in rows(plan, "stops"):
        if row["kind"] in {"depart", "reload"}:
            hours, minutes = row["leaves"].split(":")
            found[dc_of[row["route_id"]]].append(int(hours) * 60 + int(minutes))
    return {dc_id: sorted(leaves) for dc_id, leaves in found.items()}


def test_rows_balance(plan, rows):
    balance = json.loads((plan / "summary.json").read_text())["balance"]
    statuses = Counter(row["status"] for row in rows(plan, "parcels"))
    came = balance["read"] + balance["carried_in"]
    assert came == sum(statuses.values()) + balance["rejected"]
    assert statuses == {
        k: balance[k] for k in ("planned", "deferred", "unserved") if balance[k]
    }


def test_every_van_of_each_dc_goes_and_parcels_are_left_for_want_of_more(
    plan, rows, capsys
):
    vans = Counter()
    with (DAY / "vehicles.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            vans[row["dc_id"]] += int(row["count"])
    used = Counter(row["dc_id"] for row in rows(plan, "routes"))
    reasons = Counter(row["reason_code"] for row in rows(plan, "unserved"))
    show(capsys, vans=dict(used), no_van_left=reasons["no_van_left"])
    assert used == vans
    assert reasons["no_van_left"] > 0


def test_the_one_door_is_taken_back_to_back_and_never_twice(plan, rows, capsys):
    """A trip takes the door for ten minutes before it leaves."""
    back_to_back = {}
    for dc_id, leaves in departures(plan, rows).items():
        gaps = [after - before for before, after in pairwise(leaves)]
        assert min(gaps) >= LOADING_MIN, dc_id
        back_to_back[dc_id] = sum(gap == LOADING_MIN for gap in gaps)
    show(capsys, waited_for_the_door=back_to_back)
    assert min(back_to_back.values()) > 0


def test_vans_of_each_dc_reload(plan, rows, capsys):
    """A reload counts a trip more in its route, and none has more than two."""
    again = Counter(row["dc_id"] for row in rows(plan, "routes") if row["trips"] == "2")
    reloads = sum(row["kind"] == "reload" for row in rows(plan, "stops"))
    show(capsys, second_trips=dict(again))
    assert {row["trips"] for row in rows(plan, "routes")} <= {"1", "2"}
    assert sum(again.values()) == reloads
    assert again.keys() == departures(plan, rows).keys()


def test_shelves_send_parcels_elsewhere_and_are_never_over_for_it(plan, rows, capsys):
    parcels = rows(plan, "parcels")
    redirected = sum(row["redirected"] == "true" for row in parcels)
    no_room = sum(row["reason_code"] == "no_shelf_room" for row in parcels)
    show(capsys, redirected=redirected, no_shelf_room=no_room)
    assert redirected > 0
    assert no_room > 0
    for row in rows(plan, "store_arrivals"):
        if float(row["arriving_litres"]) > 0:
            over = float(row["shelf_after_litres"]) - float(row["shelf_litres"])
            assert over <= 0.01, row
