"""plan-day on the sample city: what it writes, and how it ends."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from browser import chromium_path
from mornings import MORNING, ROOT, current, rows, write_rows

from cstore_cli.tables.folder import folder_locked

BALANCE = ("planned", "deferred", "unserved", "rejected", "already_planned")
CONFIG = ROOT / "configs/plan_day.yaml"


def same_files(one, other):
    """Whether two plans hold the same files with the same bytes, run log aside."""
    return contents(one) == contents(other)


def contents(plan):
    return {
        path.relative_to(plan): path.read_bytes()
        for path in plan.rglob("*")
        if path.is_file() and path.name not in {"run_log.json", "drivers.pdf"}
    }


def test_rows_balance(sample_plan):
    """Read and carried in = planned, deferred, unserved, rejected, already planned."""
    balance = json.loads((sample_plan / "summary.json").read_text())["balance"]

    assert balance["read"] == 1200
    assert balance["read"] + balance["carried_in"] == sum(balance[k] for k in BALANCE)


def test_every_order_has_one_row(sample_plan):
    orders = rows(ROOT / "sample_data/orders.csv")
    parcels = rows(sample_plan / "parcels.csv")

    assert sorted(p["order_id"] for p in parcels) == sorted(
        o["order_id"] for o in orders
    )


def test_a_plan_holds_every_file_of_its_contract(sample_plan):
    names = {path.name for path in sample_plan.iterdir()} - {"drivers.pdf"}

    assert names == {
        *("parcels.csv", "routes.csv", "stops.csv", "rounds.csv", "regions.csv"),
        *("assignment.csv", "store_arrivals.csv", "unserved.csv", "handover.csv"),
        *("rejected_orders.csv", "rejected_held_parcels.csv"),
        *("summary.json", "run_log.json", "store_lists"),
        *("plan.html", "drivers", "rounds", "routes.geojson", "gpx"),
    }


def test_each_van_round_and_store_has_its_sheet(sample_plan):
    routes = rows(sample_plan / "routes.csv")
    rounds = {r["round_id"] for r in rows(sample_plan / "rounds.csv")}
    stores = {p.stem for p in (sample_plan / "store_lists").glob("*.csv")}

    assert names(sample_plan / "drivers", ".html") == {r["route_id"] for r in routes}
    assert names(sample_plan / "gpx", ".gpx") == {r["route_id"] for r in routes}
    assert names(sample_plan / "rounds", ".html") == rounds
    assert names(sample_plan / "store_lists", ".html") >= stores


def names(folder, ending):
    return {path.stem for path in folder.iterdir() if path.suffix == ending}


@pytest.mark.browser
def test_the_drivers_sheets_are_printed_where_there_is_a_browser(sample_plan):
    chromium_path()

    assert (sample_plan / "drivers.pdf").read_bytes().startswith(b"%PDF-")


def test_a_plan_without_a_browser_says_so(plan_day):
    done = plan_day()

    assert "no drivers.pdf" in done.err.lower()
    assert "Chromium" in done.err


def test_a_plan_is_readable_in_a_spreadsheet(sample_plan):
    """UTF-8 with BOM, so that Chinese shows; times as HH:MM."""
    assert (sample_plan / "routes.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert all(
        len(r["departs"]) == 5 and r["departs"][2] == ":"
        for r in rows(sample_plan / "routes.csv")
    )


def test_gaps_have_their_right_names(sample_plan):
    """The bound over all routes says by what relaxation it holds."""
    text = (sample_plan / "summary.json").read_text()

    assert '"gap"' not in text
    for search in json.loads(text)["searches"]:
        assert 0 < search["bound_all_routes"] <= search["money"]
        assert search["relaxation"].startswith("legs assigned and connected")


def test_iterations_give_the_same_bytes(plan_day, tmp_path):
    for out in (tmp_path / "one", tmp_path / "other"):
        assert plan_day("-q", out=out).code in {0, 6}

    assert same_files(current(tmp_path / "one"), current(tmp_path / "other"))


def test_a_second_run_plans_the_same_orders_again(plan_day, tmp_path):
    """It supersedes the first for everything that has not left the DC."""
    for _ in range(2):
        assert plan_day("-q").code in {0, 6}

    pointer = json.loads((tmp_path / "out/current.json").read_text())
    assert pointer["plan"] == "plans/2026-11-23-02"
    assert same_files(
        tmp_path / "out/plans/2026-11-23-01", tmp_path / "out/plans/2026-11-23-02"
    )


def test_the_next_day_takes_back_what_was_left_and_leaves_what_was_planned(
    plan_day, tmp_path
):
    plan_day("-q")
    first = current(tmp_path / "out")
    left = {
        row["order_id"]
        for row in rows(first / "parcels.csv")
        if row["status"] in {"deferred", "unserved"}
    }

    tomorrow = ("--date", "2026-11-24", "--now", "2026-11-24T09:00:00+08:00")
    done = plan_day(*tomorrow, "--carry", first, "-q")

    assert done.code in {0, 6}
    second = rows(current(tmp_path / "out") / "parcels.csv")
    again = {r["order_id"] for r in second if r["status"] == "already_planned"}
    assert again == {r["order_id"] for r in second} - left
    assert left <= {r["order_id"] for r in second}


def test_a_dry_run_writes_nothing(plan_day, tmp_path):
    done = plan_day("--dry-run")

    assert done.code in {0, 6}
    assert not (tmp_path / "out").exists()
    assert "No plan was written" in done.out


def test_quiet_success_says_nothing(plan_day):
    done = plan_day("-q", "--strict")

    assert (done.out, done.err) == ("", "")


def test_json_is_the_summary_and_nothing_else(plan_day, tmp_path):
    done = plan_day("--json")

    summary = (current(tmp_path / "out") / "summary.json").read_text()
    assert done.out == summary


def test_no_orders_is_an_empty_plan_with_a_warning(plan_day, tmp_path):
    header = (ROOT / "sample_data/orders.csv").read_text().splitlines()[0]
    (tmp_path / "orders.csv").write_text(header + "\n")

    done = plan_day("--orders", tmp_path / "orders.csv", "-q")

    assert done.code == 0
    assert "no orders" in done.err


def test_a_header_alone_plans_what_is_carried_in(plan_day, sample_plan, tmp_path):
    header = (ROOT / "sample_data/orders.csv").read_text().splitlines()[0]
    (tmp_path / "orders.csv").write_text(header + "\n")

    tomorrow = ("--date", "2026-11-24", "--now", "2026-11-24T09:00:00+08:00")
    done = plan_day(
        "--orders", tmp_path / "orders.csv", "--carry", sample_plan, *tomorrow
    )

    assert done.code in {0, 6}
    parcels = rows(current(tmp_path / "out") / "parcels.csv")
    left = [
        r["order_id"]
        for r in rows(sample_plan / "parcels.csv")
        if r["status"] in {"deferred", "unserved"}
    ]
    assert sorted(r["order_id"] for r in parcels) == sorted(left)


def test_nothing_that_can_be_planned_is_exit_4(plan_day, tmp_path):
    """No vans, and every order wants a store."""
    lines = (ROOT / "sample_data/vehicles.csv").read_text().splitlines()
    count = lines[0].split(",").index("count")
    none = [line.split(",") for line in lines]
    for cells in none[1:]:
        cells[count] = "0"
    (tmp_path / "vehicles.csv").write_text("\n".join(map(",".join, none)) + "\n")
    pickups = [
        order
        for order in rows(ROOT / "sample_data/orders.csv")
        if order["service"] == "pickup" and float(order["length_cm"]) < 25
    ]
    write_rows(tmp_path / "o.csv", pickups[:9])

    done = plan_day(
        "--vehicles", tmp_path / "vehicles.csv", "--orders", tmp_path / "o.csv"
    )

    assert done.code == 4
    assert "None of the parcels can be planned" in done.err
    assert not (tmp_path / "out/current.json").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--config", "nowhere.yaml"), 3, "no such file"),
        (("--date", "yesterday"), 2, "2026-11-23"),
        (("--now", "soon"), 2, "2026-11-23T09:00:00+08:00"),
        (("--orders", "nowhere.csv"), 3, "nowhere.csv: no such file"),
        (("--orders", "."), 3, "folder"),
        (("--carry", "nowhere"), 3, "nowhere"),
        (("--check-only", "nowhere"), 3, "no such folder"),
        (("--iterations", "0"), 2, "--iterations"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(plan_day, arguments, code, told):
    done = plan_day(*arguments)

    assert done.code == code
    assert told in done.err
    assert "Traceback" not in done.err


def test_an_output_folder_must_be_named(plan_day):
    done = plan_day(out=None)

    assert done.code == 2
    assert "--out" in done.err


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("walk_limit_km: far", "walk_limit_km"),
        ("walk_limt_km: 1", 'did you mean "walk_limit_km"'),
    ],
)
def test_a_faulty_setting_is_named_with_its_line(plan_day, tmp_path, key, told):
    text = CONFIG.read_text().replace(
        "network.yaml", str(ROOT / "configs/network.yaml")
    )
    text = text.replace("../sample_data", str(ROOT / "sample_data"))
    name = key.partition(":")[0]
    kept = [line for line in text.splitlines() if not line.startswith(f"{name}:")]
    config = tmp_path / "plan_day.yaml"
    config.write_text("\n".join([*kept, key, ""]))

    done = plan_day("--config", config)

    assert done.code == 3
    assert told in done.err
    assert "Traceback" not in done.err


def test_the_second_of_two_runs_ends_at_once(plan_day, tmp_path):
    with folder_locked(tmp_path / "out", "plan-day"):
        done = plan_day()

    assert done.code == 11
    assert "another plan-day" in done.err


def test_a_full_disk_is_named_and_publishes_nothing(plan_day, tmp_path, monkeypatch):
    plan_day("-q")
    before = (tmp_path / "out/current.json").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    done = plan_day("-q")

    assert done.code == 7
    assert "the disk is full" in done.err
    assert (tmp_path / "out/current.json").read_bytes() == before


def test_a_file_open_in_another_program_is_named(plan_day, tmp_path, monkeypatch):
    """As Excel holds files open: the pointer's replacing is refused."""
    plan_day("-q")
    before = (tmp_path / "out/current.json").read_bytes()

    def held(self, target):
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(Path, "replace", held)
    done = plan_day("-q")

    assert done.code == 7
    assert "current.json" in done.err
    assert "Excel" in done.err
    assert (tmp_path / "out/current.json").read_bytes() == before


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_it_with_130_and_leaves_no_process(tmp_path, sent):
    """So does a service manager's SIGTERM."""
    command = [sys.executable, "-m", "cstore_cli", "plan-day", *MORNING]
    process = subprocess.Popen(
        [*command, "--out", str(tmp_path / "out"), "--time-limit", "60", "-q"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(5)
    if sent == signal.SIGINT:
        os.killpg(process.pid, sent)  # a terminal sends it to the whole group
    else:
        process.send_signal(sent)

    _, said = process.communicate(timeout=20)

    assert process.returncode == 130
    assert said.strip() == "cstore: Interrupted; nothing was published."
    assert not (tmp_path / "out/current.json").exists()


def test_no_file_of_a_plan_holds_a_whole_phone(plan_day, tmp_path):
    """Neither among the rejected nor, were it put there by hand, when published."""
    orders = rows(ROOT / "sample_data/orders.csv")
    for order in orders:
        order["phone"] = "0912345678"
    orders[0]["weight_kg"] = "heavy"
    write_rows(tmp_path / "orders.csv", orders)
    call = ("-q", "--orders", tmp_path / "orders.csv")

    plan_day(*call)
    plan = current(tmp_path / "out")
    parcels = rows(plan / "parcels.csv")
    assert rows(plan / "rejected_orders.csv")[0]["phone"] == "09****78"
    for parcel in parcels:
        parcel["phone"] = "0912345678"
    write_rows(plan / "parcels.csv", parcels)
    plan_day(*call, "--publish", plan, out=tmp_path / "edited")

    published = contents(current(tmp_path / "edited"))
    assert not [name for name, data in published.items() if b"0912345678" in data]


def test_a_network_to_start_from_works(cstore, tmp_path, monkeypatch):
    assert cstore("init", tmp_path / "mine").code == 0
    monkeypatch.chdir(tmp_path / "mine")

    done = cstore("plan-day", *MORNING, "--out", "out", "--iterations", "4", "-q")

    assert done.code in {0, 6}
    again = cstore("init", tmp_path / "mine")
    assert again.code == 2
    assert "exists already" in again.err


def test_the_solver_that_the_yaml_names_is_used(plan_day, tmp_path, monkeypatch):
    from cstore_cli import milp

    text = CONFIG.read_text().replace(
        "network.yaml", str(ROOT / "configs/network.yaml")
    )
    config = tmp_path / "plan_day.yaml"
    sample = str(ROOT / "sample_data")
    config.write_text(text.replace("../sample_data", sample) + "\nsolver: cbc\n")
    asked = set()
    solve = milp.solve

    def seen(problem, limits, *rest):
        asked.add(limits.solver)
        return solve(problem, limits, *rest)

    monkeypatch.setattr(milp, "solve", seen)
    done = plan_day("--config", config, "-q")

    assert done.code == 0, done.err
    assert asked == {"cbc"}


def test_check_names_nothing_in_a_sound_network(cstore):
    done = cstore("check", CONFIG, *MORNING)

    assert done.code == 0
    assert "no faults" in done.err
    assert done.out == ""


def test_check_names_every_faulty_row(cstore, tmp_path):
    folder = tmp_path / "net"
    shutil.copytree(ROOT / "configs", folder / "configs")
    shutil.copytree(ROOT / "sample_data", folder / "sample_data")
    orders = rows(folder / "sample_data/orders.csv")
    orders[3]["weight_kg"] = "heavy"
    orders[8]["service"] = "drone"
    write_rows(folder / "sample_data/orders.csv", orders)

    done = cstore("check", folder / "configs/plan_day.yaml", *MORNING)

    assert done.code == 3
    assert "orders.csv:5: weight_kg" in done.err
    assert "orders.csv:10: service" in done.err
