"""A plan edited by hand is checked again; a legal edit can be published."""

import json
import shutil

import pytest
from mornings import current, rows, write_rows


@pytest.fixture
def edited(sample_plan, tmp_path):
    """A copy of the sample plan to edit: apply(table, change) writes it back."""
    folder = tmp_path / "edited"
    shutil.copytree(sample_plan, folder)

    def apply(name, change):
        table = rows(folder / f"{name}.csv")
        table = change(table) or table
        write_rows(folder / f"{name}.csv", table)
        return folder

    return apply


def deliveries(stops):
    return [stop for stop in stops if stop["kind"] == "deliver"]


def earlier(clock, minutes):
    total = int(clock[:2]) * 60 + int(clock[3:]) - minutes
    return f"{total // 60:02d}:{total % 60:02d}"


def test_an_untouched_plan_keeps_every_rule(plan_day, sample_plan):
    done = plan_day("--check-only", sample_plan, out=None)

    assert done.code == 0
    assert "keeps every rule" in done.err


def test_an_untouched_plan_published_has_the_same_sheets(
    plan_day, sample_plan, tmp_path
):
    done = plan_day("--publish", sample_plan)

    assert done.code == 0, done.err
    published = current(tmp_path / "out")
    assert sheets(published) == sheets(sample_plan)


def sheets(plan):
    """The bytes of all that is made for people, but the page with its remedies."""
    return {
        path.relative_to(plan): path.read_bytes()
        for path in plan.rglob("*")
        if path.suffix in {".html", ".gpx", ".geojson"} and path.name != "plan.html"
    }


def moved_stop(stops):
    """The first delivery goes to the end of another route."""
    stop = deliveries(stops)[0]
    other = next(s["route_id"] for s in stops if s["route_id"] != stop["route_id"])
    stop["route_id"] = other


def raised_load(stops):
    stop = deliveries(stops)[0]
    stop["litres"] = str(float(stop["litres"]) + 5000)


def shifted_time(stops):
    stop = deliveries(stops)[2]
    stop["arrives"] = earlier(stop["arrives"], 20)


def deleted_row(stops):
    gone = deliveries(stops)[1]
    return [stop for stop in stops if stop is not gone]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (moved_stop, "sequence"),
        (raised_load, "litres"),
        (shifted_time, "arrives"),
        (deleted_row, "sequence"),
    ],
)
def test_an_edit_that_breaks_a_rule_is_named(plan_day, edited, change, column):
    folder = edited("stops", change)

    done = plan_day("--check-only", folder, out=None)

    assert done.code == 3
    assert "stops.csv:" in done.err
    assert column in done.err


def test_a_store_overfilled_is_named(plan_day, edited):
    """Twenty parcels are sent to a store where they were not meant to go."""

    def overfill(parcels):
        picked = [
            p
            for p in parcels
            if p["status"] == "planned" and p["channel"] == "store_pickup"
        ]
        target = picked[0]["store_id"]
        for parcel in picked[1:150]:
            parcel["store_id"] = target

    done = plan_day("--check-only", edited("parcels", overfill), out=None)

    assert done.code == 3
    assert "shelf" in done.err


def test_a_parcel_deleted_is_named(plan_day, edited):
    folder = edited("parcels", lambda parcels: parcels[1:])

    done = plan_day("--check-only", folder, out=None)

    assert done.code == 3
    assert "parcels.csv" in done.err


def test_a_legal_edit_publishes(plan_day, edited, tmp_path):
    """A route goes to a van that stands idle; what is derived is made anew."""

    def other_van(routes):
        small = [route for route in routes if route["vehicle_type"] == "van_small"]
        idle = {"1", "2", "3", "4", "5"} - {
            route["vehicle_no"]
            for route in small
            if route["dc_id"] == small[0]["dc_id"]
        }
        small[0]["vehicle_no"] = max(idle)

    folder = edited("routes", other_van)

    done = plan_day("--publish", folder)

    assert done.code == 0, done.err
    published = current(tmp_path / "out")
    assert rows(published / "routes.csv") == rows(folder / "routes.csv")
    assert (published / "parcels.csv").read_bytes() == (
        folder / "parcels.csv"
    ).read_bytes()
    summary = json.loads((published / "summary.json").read_text())
    assert summary["edited"]
    assert summary["searches"] == []


def test_an_illegal_edit_does_not_publish(plan_day, edited, tmp_path):
    done = plan_day("--publish", edited("stops", raised_load))

    assert done.code == 3
    assert not (tmp_path / "out/current.json").exists()


def test_json_of_a_sound_plan_is_its_summary(plan_day, sample_plan):
    """One document on stdout; what is said goes to stderr."""
    done = plan_day("--check-only", sample_plan, "--json", out=None)

    written = json.loads((sample_plan / "summary.json").read_text())
    told = json.loads(done.out)
    assert done.code == 0
    for key in ("balance", "channels", "objective", "routes", "rounds"):
        assert told[key] == written[key]
    assert "keeps every rule" in done.err


def test_json_of_a_plan_with_faults_names_each(plan_day, edited):
    def lighter(stops):
        deliveries(stops)[0]["kg"] = "0.001"

    folder = edited("stops", lighter)

    done = plan_day("--check-only", folder, "--json", out=None)

    told = json.loads(done.out)
    assert done.code == 3
    assert told["sound"] is False
    assert told["plan"] == str(folder)
    [fault, *_] = told["faults"]
    assert fault["file"] == "stops.csv"
    assert fault["what"] in done.err
