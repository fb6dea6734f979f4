"""plan-day --previous: what moves against an earlier plan, told and written."""

import json
import shutil

import pytest
from mornings import ROOT, current, rows, write_rows

KINDS = ("van", "region", "store", "arrival")


def moved_of(folder):
    """The block of summary.json, once moved.csv has as many rows."""
    told = json.loads((folder / "summary.json").read_text())["moved"]
    written = rows(folder / "moved.csv")
    for kind in KINDS:
        assert told[kind] == sum(row["what"] == kind for row in written)
    return told


def test_the_same_morning_again_moves_nothing(plan_day, sample_plan, tmp_path):
    """Planned as the sample plan was; --check-only takes its folder as any other."""
    done = plan_day("--previous", sample_plan, "--iterations", 20)

    assert done.code == 0, done.err
    folder = current(tmp_path / "out")
    told = moved_of(folder)
    assert [told[kind] for kind in KINDS] == [0, 0, 0, 0]
    assert told["money_difference"] == 0
    assert f"What moves against {sample_plan.name}" in done.out
    assert plan_day("--check-only", folder, out=None).code == 0


def test_a_folder_of_plans_stands_for_the_plan_that_holds(
    plan_day, sample_plan, tmp_path
):
    """The one before this run, though this run publishes there; with no small vans."""
    out = tmp_path / "out"
    shutil.copytree(sample_plan.parents[1], out)
    vans = rows(ROOT / "sample_data/vehicles.csv")
    small = [van for van in vans if van["vehicle_type"] == "van_small"]
    for van in small:
        van["count"] = "0"
    write_rows(tmp_path / "vehicles.csv", vans)

    done = plan_day(
        "--previous", out, "--vehicles", tmp_path / "vehicles.csv", "--json"
    )

    assert done.code == 6, done.err  # the cool vans alone cannot bring all
    folder = current(out)
    assert folder.name != sample_plan.name
    told = moved_of(folder)
    assert told == json.loads(done.out)["moved"]
    assert told["previous"] == sample_plan.name
    money = sum(float(route["cost"]) for route in rows(sample_plan / "routes.csv"))
    assert told["before"]["money"] == pytest.approx(money, abs=0.01)
    gone = {
        f"{route['dc_id']} van_small {route['vehicle_no']}"
        for route in rows(sample_plan / "routes.csv")
        if route["vehicle_type"] == "van_small"
    }
    moves = rows(folder / "moved.csv")
    assert gone
    assert any(set(move["before"].split(" + ")) & gone for move in moves)
    assert not any(set(move["after"].split(" + ")) & gone for move in moves)


@pytest.fixture
def other_van(sample_plan, tmp_path):
    """The sample plan edited: a route goes to a van that stands idle; its stores."""
    folder = tmp_path / "edited"
    shutil.copytree(sample_plan, folder)
    table = rows(folder / "routes.csv")
    small = [route for route in table if route["vehicle_type"] == "van_small"]
    own = [r["vehicle_no"] for r in small if r["dc_id"] == small[0]["dc_id"]]
    small[0]["vehicle_no"] = max({"1", "2", "3", "4", "5"} - set(own))
    write_rows(folder / "routes.csv", table)
    stores = {
        stop["location_id"]
        for stop in rows(folder / "stops.csv")
        if stop["route_id"] == small[0]["route_id"]
        and stop["kind"] in ("deliver", "collect")
    }
    return folder, stores


def test_an_edit_tells_what_it_moves(plan_day, sample_plan, other_van, tmp_path):
    """Checked only, and published: the stores of the route whose van was changed."""
    folder, stores = other_van

    only = plan_day("--check-only", folder, "--previous", sample_plan, out=None)
    done = plan_day("--publish", folder, "--previous", sample_plan, "-q")

    assert only.code == done.code == 0, done.err
    line = next(x for x in only.out.splitlines() if x.startswith("stores that change"))
    assert line.split()[4] == str(len(stores))
    assert done.out == ""
    published = current(tmp_path / "out")
    assert moved_of(published)["van"] == len(stores)
    assert {row["id"] for row in rows(published / "moved.csv")} == stores


def nothing(folder):
    pass


def a_file(folder):
    folder.write_text("order_id\n")


def no_plan(folder):
    folder.mkdir()


def broken_pointer(folder):
    folder.mkdir()
    (folder / "current.json").write_text("{")


def pointer_to_nothing(folder):
    folder.mkdir()
    pointer = {"date": "2026-11-23", "plan": "plans/2026-11-23-07", "published": {}}
    (folder / "current.json").write_text(json.dumps(pointer))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (nothing, "no such folder"),
        (a_file, "no such folder"),
        (no_plan, "before: holds no plan"),
        (broken_pointer, "current.json: is not a pointer"),
        (pointer_to_nothing, "2026-11-23-07: no such folder"),
    ],
)
def test_what_is_not_a_plan_is_refused_before_planning(plan_day, tmp_path, make, told):
    make(tmp_path / "before")

    done = plan_day("--previous", tmp_path / "before")

    assert done.code == 3
    assert told in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "out/plans").exists()


def test_a_cell_that_cannot_be_read_is_named(plan_day, sample_plan, tmp_path):
    folder = tmp_path / "edited"
    shutil.copytree(sample_plan, folder)
    table = rows(folder / "stops.csv")
    table[3]["arrives"] = "soon"
    write_rows(folder / "stops.csv", table)

    done = plan_day("--previous", folder)

    assert done.code == 3
    assert "stops.csv:5" in done.err
    assert "arrives" in done.err
