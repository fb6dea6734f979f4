"""Regions of a real day: even, near the best there are, and what is odd explained."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DAY = ROOT.parent / "shared/data/taipei_day"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DAY.is_dir(), reason="../shared/data/taipei_day is absent"),
]


@pytest.fixture(scope="module")
def plan(planned, tmp_path_factory):
    """The folder of the day's plan; no clock decides anything in it."""
    out = tmp_path_factory.mktemp("regions")
    return planned("taipei_day.yaml", out, "--iterations", "1")[0]


def test_work_is_within_15_percent_of_the_mean_of_the_dc(plan, rows):
    work_h = defaultdict(list)
    for row in rows(plan, "regions"):
        work_h[row["dc_id"]].append(float(row["work_h"]))
    for of_dc in work_h.values():
        mean = sum(of_dc) / len(of_dc)
        assert max(abs(work / mean - 1) for work in of_dc) <= 0.15 + 1e-3


def test_regions_are_within_1_percent_of_the_bound_in_each_dc(plan, rows, capsys):
    gaps = json.loads((plan / "summary.json").read_text())["regions_gap"]
    with capsys.disabled():
        print(f" {gaps}", end="")
    assert set(gaps) == {row["dc_id"] for row in rows(plan, "regions")}
    assert all(gap <= 0.01 for gap in gaps.values())


def test_stores_nearer_to_another_hub_have_a_reason(plan, rows):
    hub_of = {row["region_id"]: row["hub"] for row in rows(plan, "regions")}
    listed = 0
    for row in rows(plan, "assignment"):
        if row["nearer_hub"]:
            listed += 1
            assert row["nearer_hub"] != hub_of[row["region_id"]]
            assert any(
                word in row["reason"]
                for word in (" is full: ", " needs it: ", " is of ")
            ), row
    summary = json.loads((plan / "summary.json").read_text())
    assert listed == summary["stores_nearer_to_another_hub"] > 0


def test_hubs_have_couriers_and_room(plan, rows):
    for row in rows(plan, "regions"):
        assert int(row["couriers"]) > 0
        assert int(row["hub_door_parcels"]) <= int(row["door_parcels"])
        assert float(row["hub_room_litres"]) >= 0
