"""partners allocate from the command line: on the sample, and when it cannot be."""

import json
import shutil
import subprocess
import sys

import polars as pl
import pytest
import yaml
from mornings import ROOT

FILES = {
    *("allocation.csv", "allocation_costs.csv", "marginal.csv", "summary.json"),
    "allocation.html",
}
DAY = ("--date", "2026-11-20")


@pytest.fixture
def allocate(cstore, tmp_path):
    """Split the sample's volumes into OUT."""

    def run(*arguments, out=tmp_path / "out"):
        where = ("--out", out) if out else ()
        return cstore("partners", "allocate", *DAY, *where, *arguments)

    return run


@pytest.fixture
def network(tmp_path):
    """A copy of the sample network, whose settings a test may change."""
    for part in ("configs", "sample_data"):
        shutil.copytree(ROOT / part, tmp_path / part)

    def change(edit):
        path = tmp_path / "configs/partners.yaml"
        settings = yaml.safe_load(path.read_text())
        edit(settings)
        path.write_text(yaml.safe_dump(settings, sort_keys=False))
        return path

    return change


@pytest.fixture(scope="module")
def sample_split(tmp_path_factory):
    """What the sample's volumes are split into, to read."""
    out = tmp_path_factory.mktemp("split")
    command = ["-m", "cstore_cli", "partners", "allocate", *DAY, "--out", str(out)]
    done = subprocess.run(
        [sys.executable, *command, "-q"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return out


@pytest.fixture
def january(tmp_path):
    """Arguments that leave only January of the sample's volumes."""
    volumes = pl.read_csv(ROOT / "sample_data/volumes.csv")
    path = tmp_path / "january.csv"
    volumes.filter(pl.col("month") == "2027-01").write_csv(path)
    return "--volumes", path


def written(out):
    return {path.name for path in out.iterdir() if path.name != ".lock"}


def table(path):
    money = {"cost": pl.Decimal(38, 4), "total": pl.Decimal(38, 4)}
    return pl.read_csv(path, schema_overrides=money)


def test_all_tables_are_written_and_add_up(sample_split):
    out = sample_split
    assert written(out) == FILES
    summary = json.loads((out / "summary.json").read_text())
    split = table(out / "allocation.csv")
    volumes = pl.read_csv(ROOT / "sample_data/volumes.csv")
    assert split["parcels"].sum() == volumes["parcels"].sum() == summary["parcels"]
    assert split["today"].sum() == volumes["parcels"].sum()
    costs = table(out / "allocation_costs.csv")
    assert str(costs["total"].sum()) == summary["cost"]
    assert summary["bound"] <= float(summary["cost"])
    assert float(summary["saving"]) > 0


def test_what_hangs_on_the_split_is_told_as_intervals(sample_split):
    marginal = pl.read_csv(sample_split / "marginal.csv")
    assert dict(marginal["kind"].value_counts().iter_rows()) == {
        "commitment": 2,
        "one_more_parcel": 4,
    }
    told = marginal.drop_nulls("low")
    assert (told["low"] <= told["high"]).all()
    assert marginal.filter(pl.col("low").is_null())["note"].null_count() == 0


def test_twice_gives_the_same_bytes(allocate, january, tmp_path):
    allocate(*january)
    again = tmp_path / "again"

    allocate(*january, out=again)

    for path in again.glob("*.*"):
        assert path.read_bytes() == (tmp_path / "out" / path.name).read_bytes()


def test_a_dry_run_writes_nothing_and_json_is_the_summary(allocate, january, tmp_path):
    done = allocate(*january, "--dry-run", "--json")

    assert done.code == 0, done.err
    assert json.loads(done.out)["parcels"] > 0
    assert not (tmp_path / "out").exists()


def test_the_report_fits_eighty_columns(allocate, january, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    done = allocate(*january, out=None)

    grids = [line for line in done.out.splitlines() if not line.startswith("Note")]
    assert max(map(len, grids)) <= 80
    assert "Who carries the parcels" in done.out
    assert "than today's split under the same terms" in done.out


def test_too_little_room_ends_with_both_totals(allocate, network, tmp_path):
    def small(settings):
        for stage in settings["stages"].values():
            stage["most_parcels_per_month"] = 10

    done = allocate("--config", network(small))

    assert done.code == 4
    assert "but the partners together may carry 40 of them" in done.err
    assert not list((tmp_path / "out").glob("*.csv"))


def test_rules_that_name_nobody_are_faults(allocate, network):
    def strange(settings):
        settings["allocate"]["shares"][0]["partner"] = "northlin"
        settings["allocate"]["numbers"][0]["zone"] = "south"

    done = allocate("--config", network(strange))

    assert done.code == 3
    assert "allocate.shares.0.partner: 'northlin' is not in partners" in done.err
    assert 'did you mean "northline"?' in done.err
    assert "allocate.numbers.0.zone: 'south' is not in zones" in done.err


def test_check_finds_rules_that_name_nobody(cstore, network):
    def strange(settings):
        settings["allocate"]["shares"][0]["partner"] = "northlin"
        settings["allocate"]["numbers"][0]["zone"] = "south"
        settings["rank"]["basket"] = [
            {"zone": "wset", "service": "return", "weight_kg": 1, "parcels": 4}
        ]

    done = cstore("check", network(strange))

    assert done.code == 3
    assert "allocate.shares.0.partner: 'northlin' is not in partners" in done.err
    assert "allocate.numbers.0.zone: 'south' is not in zones" in done.err
    assert "rank.basket.0.zone: 'wset' is none of the zones" in done.err


def test_bad_rows_are_named(allocate, tmp_path):
    path = tmp_path / "volumes.csv"
    path.write_text(
        "month,zone,service,weight_kg,size,parcels,partner\n"
        "2026-13,west,store_delivery,1,small,10,northline\n"
        "2026-12,wets,store_delivery,1,small,10,northline\n"
        "2026-12,west,by_air,1,small,10,nobody\n"
    )

    done = allocate("--volumes", path)

    assert done.code == 3
    for told in (
        ":2: month: '2026-13' is no month",
        ":3: zone: 'wets'",
        "(known: west, east, hills)",
        "known: northline",
        ":4: service: 'by_air'",
        "'nobody'",
    ):
        assert told in done.err


def test_no_parcel_is_told_and_no_fault(allocate, tmp_path):
    path = tmp_path / "volumes.csv"
    path.write_text(
        "month,zone,service,weight_kg,parcels\n2026-12,west,store_delivery,1,0\n"
    )

    done = allocate("--volumes", path)

    assert done.code == 0
    assert "nothing to split and nothing was written" in done.err
    assert json.loads(allocate("--volumes", path, "--json").out)["parcels"] == 0


def test_months_that_have_begun_are_warned_of(allocate, january):
    """The volumes may be those of an earlier plan."""
    done = allocate(*january, "--date", "2027-01-10", out=None)

    assert done.code == 0
    assert "2027-01 of the volumes had begun by 2027-01-10" in done.err
