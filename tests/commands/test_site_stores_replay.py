"""The sample morning replayed on three new sites."""

import dataclasses
import shutil

import polars as pl
import pytest
from mornings import ROOT

from cstore_cli.commands import site_stores_replay
from cstore_cli.commands.site_stores_replay import replay
from cstore_cli.dayplan.plan import plan_day
from cstore_cli.deadline import Deadline
from cstore_cli.errors import InfeasibleError, InputError, NoPlanError, UsageError
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.site_stores import SiteStoresSettings

DAY = "2026-11-23"
ORDERS, STORES = 1200, 60


def sites(*ids):
    """Rows of the sample's sites as new stores."""
    table = pl.read_csv(ROOT / "sample_data/intersections.csv")
    return table.filter(pl.col("site_id").is_in(ids)).select(
        "site_id", pl.lit("new").alias("kind"), "lat", "lon"
    )


THREE = ("S-001", "S-002", "S-003")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The sample, to change."""
    folder = tmp_path_factory.mktemp("sample")
    for part in ("configs", "sample_data"):
        shutil.copytree(ROOT / part, folder / part)
    return folder


def settings(folder, **changes):
    """Settings of site-stores that name those of plan-day."""
    path = folder / "configs/site_stores.yaml"
    found = read_config(path, SiteStoresSettings)
    day = {"replay": str(folder / "configs/plan_day.yaml")}
    return found.model_copy(update=day | changes)


def replayed(settings, chosen, day=DAY, now=None, seconds=60, iterations=2):
    return replay(settings, chosen, day, now, seconds, iterations, 1, quiet=True)


@pytest.fixture(scope="module")
def three(folder):
    """The day replayed on three sites."""
    return replayed(settings(folder), sites(*THREE))


def test_no_parcel_is_lost_in_either_plan(three):
    for network in (three.now, three.chosen):
        told = network.planned + network.unserved + network.deferred
        assert told + three.num_rejected == ORDERS


def test_the_network_now_has_exactly_the_own_stores(three):
    assert three.now.stores == STORES
    assert three.chosen.stores == STORES + 3
    assert three.num_new == 3


def test_nobody_walks_further_because_of_a_store_more(three):
    assert three.chosen.mean_walk_m <= three.now.mean_walk_m


def test_nothing_is_left_out_where_all_stores_stay(three):
    for network in (three.now, three.chosen):
        assert set(network.left_out.values()) == {0}


def test_the_difference_is_chosen_less_now(three):
    now, chosen, difference = three.table.rows(named=True)

    assert [row["network"] for row in (now, chosen, difference)] == [
        *("now", "chosen", "difference")
    ]
    for name in three.table.columns[1:]:
        assert difference[name] == pytest.approx(chosen[name] - now[name])
    assert now["vans"] == three.now.vans > 0
    assert now["km"] == three.now.km > 0


def test_a_replay_comes_out_the_same_again(folder, three):
    again = replayed(settings(folder), sites(*THREE))

    assert again.table.equals(three.table)


def test_rivals_are_in_neither_network(folder):
    """Own chain alone: the stores of the other are gone and so is what they hold."""
    network = folder / "configs/network.yaml"
    text = network.read_text(encoding="utf-8")
    alone = text.replace("[Amberlight, FoxMart]", "[Amberlight]")
    network.write_text(alone, encoding="utf-8")
    try:
        found = replayed(settings(folder), sites(*THREE))
    finally:
        network.write_text(text, encoding="utf-8")

    assert (found.now.stores, found.chosen.stores) == (36, 39)
    assert found.now.left_out == found.chosen.left_out
    assert found.now.left_out["held_parcels"] > 0
    assert found.now.left_out["closures"] == 1
    assert found.now.num_moved > 200


def test_stores_left_out_of_the_choice_are_left_out_of_the_day(folder):
    asked = settings(folder)
    choose = asked.choose.model_copy(update={"existing": "ignore"})
    found = replayed(asked.model_copy(update={"choose": choose}), sites(*THREE))

    assert (found.now.stores, found.chosen.stores) == (STORES, 3)
    assert found.now.left_out["held_parcels"] == 0
    assert found.chosen.left_out["held_parcels"] == 600
    told = found.chosen.planned + found.chosen.unserved + found.chosen.deferred
    assert told == ORDERS


def test_each_plan_has_half_the_time_limit(folder, monkeypatch):
    """A second and what 1200 orders need is kept of it for the check."""
    left_s = []

    def timed(inputs, settings, travel, pool, search, watcher):
        left_s.append(search.deadline.left_s())
        hasty = dataclasses.replace(search, deadline=Deadline(), iterations=1)
        return plan_day(inputs, settings, travel, pool, hasty, watcher)

    monkeypatch.setattr(site_stores_replay, "plan_day", timed)
    replayed(settings(folder), sites(), seconds=60, iterations=None)

    assert left_s == pytest.approx([28.5, 28.5], abs=1)


def test_too_little_time_is_told(folder):
    with pytest.raises(NoPlanError, match=r"network now: .*half of --time-limit"):
        replayed(settings(folder), sites(*THREE), seconds=0.1, iterations=None)


def test_a_yaml_without_replay_says_what_to_write(folder):
    with pytest.raises(UsageError, match=r"`replay: plan_day\.yaml`"):
        replayed(settings(folder, replay=None), sites(*THREE))


def test_a_day_that_is_no_date_is_refused(folder):
    with pytest.raises(UsageError, match="--replay 'yesterday' is not a date"):
        replayed(settings(folder), sites(*THREE), day="yesterday")


def test_a_day_before_all_orders_is_refused(folder):
    """All are placed after its cut-off, so both plans would be empty."""
    said = "2026-11-01: nothing .*1200 orders 1200 are deferred.* 2026-11-22 to 2026-11"
    with pytest.raises(InputError, match=said):
        replayed(settings(folder), sites(*THREE), day="2026-11-01")


def test_a_day_of_another_network_is_refused(folder):
    asked = settings(folder)
    network = asked.network.model_copy(update={"own_chains": ["FoxMart"]})
    said = "own_chains is Amberlight, FoxMart, but FoxMart in the network of site-stor"
    with pytest.raises(InputError, match=said):
        replayed(asked.model_copy(update={"network": network}), sites(*THREE))


def test_a_network_without_a_store_is_refused(folder):
    asked = settings(folder)
    choose = asked.choose.model_copy(update={"existing": "ignore"})
    with pytest.raises(InfeasibleError, match="network chosen has no store"):
        replayed(asked.model_copy(update={"choose": choose}), sites())


def test_an_error_says_on_which_network_it_is(folder):
    """A given matrix that knows no new site: only the chosen network lacks a DC."""
    path = folder / "sample_data/stores.csv"
    ids = [*pl.read_csv(path)["store_id"], "DC-HE", "DC-LU"]
    pairs = [(a, b, 1.0, 2.0) for a in ids for b in ids if a != b]
    columns = ["from_id", "to_id", "distance_km", "duration_min"]
    matrix = pl.DataFrame(pairs, schema=columns, orient="row")
    matrix.write_csv(folder / "matrix.csv")
    day = (folder / "configs/plan_day.yaml").read_text(encoding="utf-8")
    lines = day.replace("tables:", "tables:\n  travel_matrix: ../matrix.csv", 1)
    lines = lines.replace("  source: geodesic", "  source: matrix")
    (folder / "configs/by_matrix.yaml").write_text(lines, encoding="utf-8")
    asked = settings(folder, replay=str(folder / "configs/by_matrix.yaml"))

    with pytest.raises(InputError, match=r"(?s)network chosen: .*'S-001' is reached"):
        replayed(asked, sites(*THREE))
