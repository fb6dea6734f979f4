"""cstore partners share on the sample and on tables of its own."""

import json
import shutil

import polars as pl
import pytest
from mornings import ROOT

from cstore_cli.commands.partners_share import Asked, run
from cstore_cli.errors import InputError, UsageError


@pytest.fixture
def folder(tmp_path):
    """The sample, to change."""
    for part in ("configs", "sample_data"):
        shutil.copytree(ROOT / part, tmp_path / part)
    return tmp_path


def shared(folder, **more):
    asked = {
        "config": folder / "configs/partners.yaml",
        "computed": None,
        "now": None,
        "seconds": 20.0,
        "iterations": None,
        "seed": 1,
        "out": folder / "shared",
        "dry_run": False,
        "as_json": False,
        "quiet": True,
        "given": {},
    }
    return run(Asked(**(asked | more)))


def table(folder, *rows):
    path = folder / "mine.csv"
    path.write_text("\n".join(["members,cost_twd,bound_twd", *rows]) + "\n")
    return {"coalitions": path}


def summary(folder):
    return json.loads((folder / "shared/summary.json").read_text(encoding="utf-8"))


def test_the_sample_shows_all_three_verdicts(folder):
    """Its four partners save 8,600 of 48,000 TWD a day."""
    assert shared(folder) == 0

    told = summary(folder)
    assert told["saving"] == "8600.0000"
    verdicts = {split["rule"]: split["core"] for split in told["splits"]}
    assert verdicts == {
        "shapley": "undecided",
        "nucleolus": "in",
        "proportional": "out",
        "equal": "out",
    }
    assert told["splits"][2]["coalition"] == "northline+swift_heron+paperboat"


def test_shares_in_the_table_add_up_to_the_cent(folder):
    shared(folder)

    split = pl.read_csv(folder / "shared/split.csv")
    for _, rows in split.group_by("rule"):
        assert round(sum(rows["cost_twd"]), 2) == 39_400


def test_twice_gives_the_same_bytes(folder):
    shared(folder)
    first = {p.name: p.read_bytes() for p in (folder / "shared").glob("*.*")}
    shared(folder)

    assert {p.name: p.read_bytes() for p in (folder / "shared").glob("*.*")} == first


def test_the_coalitions_written_can_be_read_again(folder):
    shared(folder)
    split = (folder / "shared/split.csv").read_bytes()
    shutil.copy(folder / "shared/coalitions.csv", folder / "again.csv")
    shared(folder, given={"coalitions": folder / "again.csv"})

    assert (folder / "shared/split.csv").read_bytes() == split


def test_a_dry_run_writes_nothing(folder):
    assert shared(folder, dry_run=True) == 0
    assert not (folder / "shared").exists()


def test_who_would_leave_is_told(folder, capsys):
    shared(folder, quiet=False, out=None)

    told = " ".join(capsys.readouterr().out.split())
    assert "Together the 4 members pay 39,400 TWD, each alone 48,000" in told
    assert "all but tidewheel" in told


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["a,5,", "b,5,", "a+b,9,10"], "bound_is_below_cost"),
        (["a,5,", "b,5,"], r"the whole alliance \(a\+b\) has no cost"),
        (["a,5,", "a+b,9,"], ":3: members: 'b' has no cost of its own"),
        (["nora,5,", "bo,5,", "norra+bo,9,"], ':4: .*did you mean "nora"'),
        (["a,5,", "b,5,", "a+b,9,", "b+a,8,"], r"'b\+a' is the coalition of line 4"),
        (["a,5,", "b,5,", "a+a,9,"], "stands twice"),
        (["a,5,"], "has 1 members"),
        (["a,-5,", "b,5,", "a+b,3,"], "-5"),
    ],
)
def test_faulty_tables_are_refused(folder, rows, said):
    with pytest.raises(InputError, match=said):
        shared(folder, given=table(folder, *rows))


def test_computed_needs_settings_of_a_day(folder):
    config = folder / "configs/partners.yaml"
    text = config.read_text(encoding="utf-8").replace("plan_day: plan_day.yaml", "")
    config.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"`plan_day: plan_day\.yaml`"):
        shared(folder, computed="2026-11-23")


def test_a_day_that_is_none_names_the_option(folder):
    with pytest.raises(UsageError, match="--computed 'yesterday' is not a date"):
        shared(folder, computed="yesterday")


def test_an_order_has_one_owner(folder):
    config = folder / "configs/partners.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[riverbuy]", "[riverbuy, hilltop]"))
    with pytest.raises(
        InputError, match="'hilltop' belongs to hilltop and to riverbuy"
    ):
        shared(folder, computed="2026-11-23")


def test_a_day_without_orders_of_a_member_is_refused(folder):
    config = folder / "configs/partners.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("[riverbuy]", "[owlpost]"))
    with pytest.raises(
        InputError, match=r"riverbuy has no order on 2026-11-23 .*owlpost"
    ):
        shared(folder, computed="2026-11-23")


def test_a_day_is_planned_for_each_coalition(folder):
    """Two platforms of the sample: three plans, each parcel in those of its owner."""
    config = folder / "configs/partners.yaml"
    text = config.read_text(encoding="utf-8")
    text = text.replace("    lanternmart: [lanternmart]\n", "")
    config.write_text(text, encoding="utf-8")
    assert shared(folder, computed="2026-11-23", iterations=1) == 0

    told, days = summary(folder), pl.read_csv(folder / "shared/coalitions.csv")
    counts = ("planned", "unserved", "deferred")
    parcels = days.select(pl.sum_horizontal(counts)).to_series().to_list()
    assert days["members"].to_list() == ["hilltop", "riverbuy", "hilltop+riverbuy"]
    assert parcels == [378, 221, 599]
    assert told["orders_of_nobody"] == 601
    assert all(days["bound_twd"] <= days["cost_twd"])
    assert days["cost_twd"][2] <= days["cost_twd"][0] + days["cost_twd"][1]
