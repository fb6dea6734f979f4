"""partners rank from the command line: on the sample, and when things go wrong."""

import datetime as dt
import json
import shutil

import polars as pl
import pytest
import yaml
from histories import HOUR_US, frame, told
from mornings import ROOT

from cstore_cli.ledger.database import open_ledger
from cstore_cli.ledger.record import record
from cstore_cli.ledger.runs import Run, begin_run

FILES = {
    *("ranking.csv", "service_levels.csv", "sensitivity.csv", "summary.json"),
    "ranking.html",
}
DAY = "2026-11-23"


@pytest.fixture
def rank(cstore, tmp_path):
    """Rank the sample's partners into OUT."""

    def run(*arguments, out=tmp_path / "out"):
        where = ("--out", out) if out else ()
        return cstore("partners", "rank", "--date", DAY, *where, *arguments)

    return run


@pytest.fixture
def sample(tmp_path):
    """A copy of the sample, whose settings a test may change; its partners.yaml."""
    for part in ("configs", "sample_data"):
        shutil.copytree(ROOT / part, tmp_path / part)

    def change(edit, name="partners"):
        path = tmp_path / f"configs/{name}.yaml"
        settings = yaml.safe_load(path.read_text())
        edit(settings)
        path.write_text(yaml.safe_dump(settings, sort_keys=False, allow_unicode=True))
        return tmp_path / "configs/partners.yaml"

    return change


def written(out):
    return {path.name for path in out.iterdir() if path.name != ".lock"}


def test_sample_is_ranked_and_written(rank, tmp_path):
    done = rank()

    assert done.code == 0, done.err
    out = tmp_path / "out"
    assert written(out) == FILES
    table = pl.read_csv(out / "ranking.csv")
    carriers = table.filter(kind="logistics")
    assert carriers["topsis_rank"].to_list() == [1, 2, 3, 4]
    summary = json.loads((out / "summary.json").read_text())
    assert summary["kinds"]["logistics"]["first"] == carriers["partner"][0]
    assert summary["trial"]["partner"] == "tidewheel"
    assert summary["parcels_rejected"] == 0


def test_swap_weights_hold_when_ranked_again(rank, sample, tmp_path):
    """Each weight given anew just beyond its swap puts the one foretold first."""
    rank()
    swaps = pl.read_csv(tmp_path / "out/sensitivity.csv").filter(
        pl.col("swap_weight").is_not_null(), kind="logistics", method="topsis"
    )

    for swap in swaps.head(3).iter_rows(named=True):
        beyond = swap["swap_weight"] + (0.001 if swap["change"] == "up" else -0.001)

        def weigh(settings, swap=swap, beyond=beyond):
            criteria = settings["rank"]["kinds"]["logistics"]["criteria"]
            total = sum(one["weight"] for one in criteria)
            [own] = [one for one in criteria if one["name"] == swap["criterion"]]
            own["weight"] = (total - own["weight"]) * beyond / (1 - beyond)

        config = sample(weigh)
        rank("--config", config, out=tmp_path / "again")
        table = pl.read_csv(tmp_path / "again/ranking.csv")
        assert table.filter(kind="logistics")["partner"][0] == swap["becomes"]
        shutil.copy(ROOT / "configs/partners.yaml", config)


def test_run_twice_gives_the_same_bytes(rank, tmp_path):
    rank()
    first = {name: (tmp_path / "out" / name).read_bytes() for name in FILES}

    rank()

    assert {name: (tmp_path / "out" / name).read_bytes() for name in FILES} == first


def test_dry_run_writes_nothing_and_json_is_the_summary(rank, tmp_path):
    done = rank("--dry-run", "--json")

    assert done.code == 0
    assert not (tmp_path / "out").exists()
    assert set(json.loads(done.out)["kinds"]) == {"logistics", "store_chain"}


def test_quiet_run_says_nothing(rank):
    done = rank("-q")

    assert (done.code, done.out, done.err) == (0, "", "")


def test_report_fits_80_columns(rank, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    done = rank(out=None)

    tables = [line for line in done.out.splitlines() if "  " in line or "─" in line]
    assert max(map(len, tables)) <= 80


def test_bad_rows_are_left_out_and_told(rank, tmp_path):
    """One of a partner that nobody knows, one without a day: exit 6."""
    lines = (ROOT / "sample_data/partner_parcels.csv").read_text().splitlines()
    head, first, second = lines[0], lines[1], lines[2]
    bad = [
        first.replace("northline", "northlin"),
        second.replace("2025-10-01,", ",", 1),
    ]
    path = tmp_path / "parcels.csv"
    path.write_text("\n".join([head, *bad, *lines[3:]]) + "\n")

    done = rank("--partner-parcels", path)

    assert done.code == 6
    assert f"{path}:2: partner" in done.err
    assert f"{path}:3: charged_on" in done.err
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert summary["parcels_rejected"] == 2


def test_nobody_through_the_gates_is_exit_4_and_says_why(rank, sample):
    def close(settings):
        for kind in settings["rank"]["kinds"].values():
            kind["gates"] = [{"of": "rating", "at_least": 5}]

    done = rank("--config", sample(close))

    assert done.code == 4
    assert "rating is 4.4, below 5" in done.out
    assert "No logistics partner passed the gates." in done.out


def test_contradicting_judgements_are_refused(rank, sample, tmp_path):
    def contradict(settings):
        [first, *_] = settings["rank"]["kinds"]["store_chain"]["judgements"]
        first["of"], first["over"], first["times"] = first["over"], first["of"], 9

    done = rank("--config", sample(contradict))

    assert done.code == 3
    assert "consistency ratio" in done.err
    assert "cooled_stores over site_score 9 times" in done.err
    assert not (tmp_path / "out/ranking.csv").exists()


def test_places_count_once_sites_are_scored(rank, tmp_path):
    """Both chains have stores by the one site there is a score of."""
    stores = pl.read_csv(ROOT / "sample_data/stores.csv")
    sites = (
        stores.unique("chain", keep="first", maintain_order=True)
        .sort("chain")
        .select(site_id="store_id", score=pl.Series([30.0, 60.0]), lat="lat", lon="lon")
    )
    sites.write_csv(tmp_path / "site_scores.csv")

    without, done = rank("--json"), rank("--site-scores", tmp_path / "site_scores.csv")

    assert "site_score is known of nobody: it moves no rank." in without.out
    assert done.code == 0, done.err
    table = pl.read_csv(tmp_path / "out/ranking.csv").filter(kind="store_chain")
    assert set(table["site_score_from"]) == {"sites"}


def test_no_volumes_and_no_basket_is_refused(rank, sample):
    config = sample(lambda settings: settings["tables"].pop("volumes"))

    done = rank("--config", config)

    assert done.code == 3
    assert "No volumes table" in done.err


def test_basket_of_the_settings_needs_no_volumes(rank, sample):
    def give(settings):
        del settings["tables"]["volumes"]
        row = {"zone": "west", "service": "store_delivery", "weight_kg": 2}
        settings["rank"]["basket"] = [row | {"parcels": 40}]

    done = rank("--config", sample(give))

    assert done.code == 0, done.err
    assert "prices of 40 parcels a month" in done.out


def test_ledger_is_measured_where_no_table_is_named(rank, sample, tmp_path):
    """Forty parcels of Northline at stores, each told two hours after."""
    sample(lambda settings: settings["tables"].pop("partner_parcels"))
    config = sample(
        lambda settings: settings.update(ledger="sqlite:///../ledger.db"), "network"
    )
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.db", create=True)
    start = dt.datetime(2026, 11, 10, tzinfo=dt.UTC).timestamp() * 1_000_000
    with ledger.writing() as connection:
        run = Run("r1", "test", int(start + 2 * HOUR_US), "{}")
        begin_run(connection, run)
        record(
            connection,
            "r1",
            "northline",
            frame(
                [
                    told(
                        f"e{k}",
                        "ready",
                        0,
                        parcel_id=f"P{k}",
                        event_time_us=int(start),
                    )
                    for k in range(40)
                ]
            ),
        )

    done = rank("--config", config)

    assert done.code == 0, done.err
    levels = pl.read_csv(tmp_path / "out/service_levels.csv")
    delay = levels.filter(partner="northline", measure="feed_delay_h")
    assert delay.select("measured", "samples").row(0) == (2.0, 40)


def test_ledger_that_is_not_there_is_exit_10(rank, sample):
    sample(lambda settings: settings["tables"].pop("partner_parcels"))
    config = sample(
        lambda settings: settings.update(ledger="sqlite:///../none.db"), "network"
    )

    assert rank("--config", config).code == 10


def test_check_finds_what_rank_would_refuse(cstore, sample):
    """A fact misspelt and judgements in a circle, both at once."""

    def spoil(settings):
        kinds = settings["rank"]["kinds"]
        kinds["logistics"]["criteria"][-1]["name"] = "ratign"
        kinds["store_chain"]["judgements"][-1]["times"] = 9
        kinds["store_chain"]["judgements"][0]["times"] = 9

    done = cstore("check", sample(spoil), "--date", DAY)

    assert done.code == 3
    assert "rank.kinds.logistics.criteria.9.name: 'ratign' is no fact" in done.err
    assert "rank.kinds.store_chain.judgements: The judgements contradict" in done.err
