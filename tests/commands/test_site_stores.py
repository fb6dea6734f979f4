"""site-stores from the command line: on the sample city, and when things go wrong."""

import json
import shutil
import subprocess
import sys

import polars as pl
import pytest
import yaml
from mornings import ROOT

FILES = {
    "site_scores.csv",
    "chosen_sites.csv",
    "area_assignment.csv",
    "sites.html",
    "summary.json",
}


@pytest.fixture
def site_stores(cstore, tmp_path):
    """Site stores of the sample city into OUT."""

    def run(*arguments, out=tmp_path / "out"):
        where = ("--out", out) if out else ()
        return cstore("site-stores", *where, *arguments)

    return run


@pytest.fixture
def network(tmp_path):
    """A copy of the sample network, whose files a test may spoil."""
    for part in ("configs", "sample_data"):
        shutil.copytree(ROOT / part, tmp_path / part)

    def change(edit):
        path = tmp_path / "configs/site_stores.yaml"
        settings = yaml.safe_load(path.read_text())
        edit(settings)
        path.write_text(yaml.safe_dump(settings))
        return path

    return change


def written(out):
    return {path.name for path in out.iterdir() if path.name != ".lock"}


def test_all_tables_are_written_and_add_up(site_stores, tmp_path):
    done = site_stores()

    assert done.code == 0, done.err
    out = tmp_path / "out"
    assert written(out) == FILES
    summary = json.loads((out / "summary.json").read_text())
    assert summary["objective"]["proven"]
    assert summary["objective"]["gap"] == 0
    chosen = pl.read_csv(out / "chosen_sites.csv")
    assignment = pl.read_csv(out / "area_assignment.csv")
    assert chosen.filter(pl.col("kind") == "new").height == 5
    given = chosen.filter(pl.col("kind") != "dc")["parcels_day"].sum()
    assert given == pytest.approx(assignment["parcels_day"].sum())
    assert "Proven: no choice of " in done.out


def test_sites_and_areas_keep_all_their_columns(site_stores, tmp_path):
    site_stores()

    for name, table, kind in (
        ("site_scores.csv", "intersections.csv", "site"),
        ("area_assignment.csv", "areas.csv", "area"),
    ):
        ours = pl.read_csv(tmp_path / "out" / name, infer_schema=False)
        theirs = pl.read_csv(ROOT / "sample_data" / table, infer_schema=False)
        assert len(ours) == len(theirs)
        for column in theirs.columns:
            shown = column if column in ours.columns else f"{kind}_{column}"
            kept = ours.join(theirs, on=theirs.columns[0], how="left", suffix="_was")
            was = kept[f"{column}_was"] if f"{column}_was" in kept.columns else None
            taken = f"{kind}_{column}"
            if taken in ours.columns:
                shown = taken
            if was is not None and column != theirs.columns[0]:
                assert kept[shown].to_list() == was.to_list(), column


def test_twice_gives_the_same_bytes(site_stores, tmp_path):
    site_stores("--stores", "2:6:2")
    first = {p.name: p.read_bytes() for p in (tmp_path / "out").glob("*.*")}
    again = tmp_path / "again"

    site_stores("--stores", "2:6:2", out=again)

    for path in again.glob("*.*"):
        assert path.read_bytes() == first[path.name], path.name


def test_a_range_writes_the_curve_and_a_number_takes_it_away(site_stores, tmp_path):
    done = site_stores("--stores", "1:5:2")

    assert done.code == 0, done.err
    curve = pl.read_csv(tmp_path / "out/curve.csv")
    assert curve["stores"].to_list() == [1, 3, 5]
    assert curve["proven"].all()
    assert (curve["objective"].diff().drop_nulls() < 0).all()

    site_stores("--stores", "3")
    assert written(tmp_path / "out") == FILES


def test_a_dry_run_and_no_out_write_nothing(site_stores, tmp_path):
    assert site_stores("--dry-run").code == 0
    assert site_stores(out=None).code == 0
    assert not (tmp_path / "out").exists()


def test_json_is_the_summary_and_nothing_else(site_stores, tmp_path):
    done = site_stores("--json")

    assert done.out == (tmp_path / "out/summary.json").read_text()


def test_quiet_says_nothing(site_stores):
    done = site_stores("--quiet")

    assert (done.code, done.out, done.err) == (0, "", "")


def test_a_replay_tells_vans_and_kilometres(site_stores, network, tmp_path):
    config = network(lambda s: s.update(replay="plan_day.yaml"))

    done = site_stores(
        "--config", config, "--replay", "2026-11-23", "--time-limit", "20"
    )

    assert done.code == 0, done.err
    replay = pl.read_csv(tmp_path / "out/replay.csv")
    assert replay["network"].to_list() == ["now", "chosen", "difference"]
    assert "5 new stores a day takes" in done.out


def test_a_replay_without_plan_day_settings_says_so_at_once(site_stores, tmp_path):
    done = site_stores("--replay", "2026-11-23")

    assert done.code == 2
    assert "replay:" in done.err
    assert not (tmp_path / "out/summary.json").exists()


@pytest.mark.parametrize("stores", ["many", "5:1:2", "1:5:0", "-3", "1:5", ""])
def test_a_number_of_stores_that_is_none_is_a_usage_error(site_stores, stores):
    done = site_stores("--stores", stores)

    assert done.code == 2
    assert "5:60:5" in done.err


def test_covering_without_a_radius_is_a_usage_error(site_stores):
    done = site_stores("--model", "covering")

    assert done.code == 2
    assert "radius_km" in done.err


def test_infeasible_is_4_with_totals_and_the_nearest_ask(site_stores, tmp_path):
    done = site_stores("--stores", "200")

    assert done.code == 4
    assert "200 stores are asked for" in done.err
    assert "Nearest: stores: " in done.err
    assert not (tmp_path / "out/summary.json").exists()


def test_all_faults_of_the_tables_come_at_once(site_stores, network, tmp_path):
    config = network(
        lambda s: s["choose"].update(
            must_keep=["S-001", "S-9999"], budget_twd_month=10.0
        )
    )
    path = tmp_path / "sample_data/intersections.csv"
    lines = path.read_text().splitlines()
    head = lines[0].split(",")
    spoiled = [line.split(",") for line in lines[1:]]
    spoiled[2][head.index("rent_twd_month")] = "-5"
    spoiled[3][head.index("lat")] = "NaN"
    spoiled[4][0] = spoiled[5][0]
    path.write_text("\n".join([lines[0], *(",".join(row) for row in spoiled)]) + "\n")

    done = site_stores("--config", config)

    assert done.code == 3
    for said in ("csv:4: rent_twd_month", "csv:5: lat", "S-9999", "budget_twd_month"):
        assert said in done.err, said
    assert "csv:7: site_id" in done.err


def test_a_site_both_kept_and_barred_is_a_fault(site_stores, network):
    config = network(
        lambda s: s["choose"].update(must_keep=["S-001"], must_not=["S-001"])
    )

    done = site_stores("--config", config)

    assert done.code == 3
    assert "'S-001' is in must_keep as well" in done.err


def test_a_second_run_at_once_ends_at_11(site_stores, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    hold = (
        "import sys, filelock; lock = filelock.FileLock(sys.argv[1]); lock.acquire();"
        "print(1, flush=True); sys.stdin.read()"
    )
    held = subprocess.Popen(
        [sys.executable, "-c", hold, out / ".lock"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        held.stdout.readline()
        done = site_stores()
    finally:
        held.communicate()

    assert done.code == 11
    assert "another site-stores is at work" in done.err


def test_it_is_not_loaded_for_help():
    """The help of the whole stays quick: no solver, no arrays."""
    code = (
        "import sys; from cstore_cli.app import app\n"
        "try: app(['site-stores', '--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('numpy', 'polars', 'pulp') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_cbc_that_stops_at_a_gap_writes_a_bound(site_stores, network, tmp_path):
    def edit(settings):
        settings["choose"] = {
            "model": "fixed_charge",
            "existing": "ignore",
            "solver": "cbc",
            "gap": 0.01,
        }
        settings["new_store"]["capacity_parcels_day"] = 300

    done = site_stores("--config", network(edit))

    assert done.code == 0, done.err
    told = json.loads((tmp_path / "out/summary.json").read_text())["objective"]
    assert told["proven"]
    assert told["bound"] <= told["value"]
    assert 0 <= told["gap"] <= 0.011


def test_no_store_that_pays_is_a_plan_with_none(site_stores, network, tmp_path):
    def edit(settings):
        settings["choose"] = {
            "model": "fixed_charge",
            "existing": "ignore",
            "lost_parcel_twd": 1,
        }

    done = site_stores("--config", network(edit))

    assert done.code == 0, done.err
    assert pl.read_csv(tmp_path / "out/chosen_sites.csv").is_empty()


def test_the_range_shown_is_not_beyond_the_best(site_stores, tmp_path):
    """On the sample a budget binds from 6 stores on, and 10 are worse than 2."""
    site_stores("--stores", "2:10:2")

    summary = json.loads((tmp_path / "out/summary.json").read_text())
    curve = pl.read_csv(tmp_path / "out/curve.csv")
    assert summary["curve"]["best_stores"] == 6
    assert summary["curve"]["shown_stores"] <= 6
    assert curve["objective"].arg_min() == 2


def test_a_replay_is_told_the_sites_own_hours(site_stores, network, monkeypatch):
    from cstore_cli.commands import site_stores_replay
    from cstore_cli.errors import NoPlanError

    given = []

    def stop(settings, chosen, *_, **__):
        given.append(chosen)
        raise NoPlanError("seen enough")

    monkeypatch.setattr(site_stores_replay, "replay", stop)
    config = network(lambda s: s.update(replay="plan_day.yaml"))

    done = site_stores("--config", config, "--replay", "2026-11-23")

    assert done.code == 5
    assert {"name", "opening_hours"} <= set(given[0].columns)


def test_a_site_with_the_id_of_a_dc_is_a_fault(site_stores, network, tmp_path):
    config = network(lambda _: None)
    path = tmp_path / "sample_data/distribution_centers.csv"
    path.write_text(path.read_text().replace("DC-HE", "S-001"))

    done = site_stores("--config", config)

    assert done.code == 3
    assert "'S-001' is a dc_id too" in done.err


def test_a_range_of_too_many_numbers_is_a_usage_error(site_stores):
    assert site_stores("--stores", "1:300000:1").code == 2


def test_a_budget_may_say_how_many(site_stores, network, tmp_path):
    config = network(lambda s: s["choose"].update(stores=None))

    done = site_stores("--config", config)

    assert done.code == 0, done.err
    told = json.loads((tmp_path / "out/summary.json").read_text())
    assert told["objective"]["proven"] is True
    assert told["totals"]["rent_twd_month"] <= 600_000


def test_any_number_is_what_pays(site_stores, tmp_path):
    done = site_stores("--model", "fixed_charge", "--stores", "any")

    assert done.code == 0, done.err
    told = json.loads((tmp_path / "out/summary.json").read_text())
    assert told["totals"]["new_stores"] == 0
    total = told["totals"]["cost_twd_day"]["total"]
    assert told["objective"]["value"] == pytest.approx(total)


def test_a_chain_of_no_store_is_a_fault(site_stores, network, tmp_path):
    config = network(lambda _: None)
    path = tmp_path / "configs/network.yaml"
    path.write_text(path.read_text().replace("Amberlight", "Amberlite", 1))

    done = site_stores("--config", config)

    assert done.code == 3
    assert "'Amberlite' is the chain of no store" in done.err


def test_areas_without_parcels_are_warned_of(site_stores, network, tmp_path):
    config = network(lambda _: None)
    path = tmp_path / "sample_data/areas.csv"
    frame = pl.read_csv(path).with_columns(population=pl.lit(0))
    frame.write_csv(path)

    done = site_stores("--config", config)

    assert done.code == 0
    assert "no area has a parcel" in done.err


def test_a_replay_without_time_leaves_the_sites(site_stores, network, tmp_path):
    config = network(lambda s: s.update(replay="plan_day.yaml"))

    done = site_stores("--config", config, "--replay", "2026-11-23", "--time-limit", 5)

    if done.code == 5:
        assert written(tmp_path / "out") == FILES
    else:
        assert (tmp_path / "out/replay.csv").exists()
