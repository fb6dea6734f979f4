"""cstore partners review on a month of the sample."""

import json
import shutil

import polars as pl
import pytest
from mornings import ROOT

from cstore_cli.commands.partners_review import Asked, run
from cstore_cli.errors import InputError
from cstore_cli.ledger.database import open_ledger


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The sample, looking back on a month, reviewed."""
    folder = tmp_path_factory.mktemp("sample")
    for part in ("configs", "sample_data"):
        shutil.copytree(ROOT / part, folder / part)
    config = folder / "configs/partners.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("months: 12", "months: 1"), encoding="utf-8")
    assert reviewed(folder) == 0
    return folder


def reviewed(folder, **more):
    asked = {
        "config": folder / "configs/partners.yaml",
        "date": "2026-11-23",
        "out": folder / "review",
        "dry_run": False,
        "as_json": False,
        "quiet": True,
        "given": {},
    }
    return run(Asked(**(asked | more)))


def test_days_that_come_near_are_warned_of(folder):
    told = json.loads((folder / "review/summary.json").read_text(encoding="utf-8"))

    warned = {(due["partner"], due["what"]): due["warn_days"] for due in told["due"]}
    assert warned == {
        ("swift_heron", "notice"): 30,
        ("northline", "revision"): 90,
        ("northline", "notice"): 90,
        ("paperboat", "notice"): None,
    }


def test_charges_are_those_of_the_months_parcels(folder):
    """October's volume row tells the same sum as its charges do."""
    table = pl.read_csv(folder / "review/review.csv", encoding="utf8")
    amounts = table.group_by("partner", "topic").agg(pl.col("amount").sum())
    by_topic = {(p, t): a for p, t, a in amounts.iter_rows()}

    for partner in ("northline", "swift_heron", "paperboat"):
        charges = by_topic[partner, "charges"]
        assert by_topic[partner, "volume"] == pytest.approx(charges)


def test_revisions_are_told_by_what_they_save(folder):
    savings = pl.read_csv(folder / "review/revisions.csv")["saving"]

    assert len(savings)
    assert savings.to_list() == sorted(savings, reverse=True)
    assert savings[-1] > 0


def test_twice_gives_the_same_bytes(folder):
    first = {p.name: p.read_bytes() for p in (folder / "review").glob("*.*")}
    reviewed(folder)

    assert {p.name: p.read_bytes() for p in (folder / "review").glob("*.*")} == first


def test_a_parcel_without_terms_is_left_out_and_told(folder, tmp_path, capsys):
    """Nobody signed for 40 kg to a store."""
    path = tmp_path / "parcels.csv"
    text = (folder / "sample_data/partner_parcels.csv").read_text(encoding="utf-8")
    header, *rows = text.splitlines()
    columns = header.split(",")
    cells = next(row for row in rows if "2026-10-1" in row).split(",")
    cells[columns.index("parcel_id")], cells[columns.index("weight_kg")] = "X1", "40"
    path.write_text("\n".join([header, *rows, ",".join(cells)]) + "\n")
    given = {"partner_parcels": path}
    out = tmp_path / "out"

    assert reviewed(folder, given=given, out=out) == 6
    told = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert told["parcels_without_terms"] == 1
    reviewed(folder, given=given, out=None, quiet=False)
    said = " ".join(capsys.readouterr().out.split())
    assert "`partners settle --from 2026-10 --to 2026-10` says why" in said


def test_parcels_of_nobody_are_named(folder, tmp_path, capsys):
    path = tmp_path / "parcels.csv"
    text = (folder / "sample_data/partner_parcels.csv").read_text(encoding="utf-8")
    path.write_text(text.replace(",northline,", ",nortline,", 1), encoding="utf-8")

    assert reviewed(folder, given={"partner_parcels": path}, out=None) == 6

    assert ":2: partner: 'nortline' is not in partners" in capsys.readouterr().err


def test_a_ledger_without_parcels_is_warned_of(folder, tmp_path, capsys):
    """What is promised is owed all the same; days to come are told."""
    shutil.copytree(folder / "configs", tmp_path / "configs")
    (tmp_path / "sample_data").symlink_to(folder / "sample_data")
    open_ledger(f"sqlite:///{tmp_path}/ledger.db", create=True)
    config, network = (
        tmp_path / "configs/partners.yaml",
        tmp_path / "configs/network.yaml",
    )
    text = config.read_text(encoding="utf-8")
    line = "  partner_parcels: ../sample_data/partner_parcels.csv\n"
    config.write_text(text.replace(line, ""), encoding="utf-8")
    text = network.read_text(encoding="utf-8")
    ledger = "ledger: sqlite:///../ledger.db"
    network.write_text(text.replace("#ledger: null", ledger), encoding="utf-8")
    out = tmp_path / "out"

    assert reviewed(folder, config=config, out=out) == 0
    assert "no parcel is known of 2026-10-01 to 2026-10-31" in capsys.readouterr().err
    table = pl.read_csv(out / "review.csv")
    [fee] = table.filter(topic="commitment")["amount"]
    assert fee == 90 * 12


def test_a_missing_table_says_where_to_name_it(folder):
    config = folder / "configs/bare.yaml"
    text = (folder / "configs/partners.yaml").read_text(encoding="utf-8")
    line = "  partner_parcels: ../sample_data/partner_parcels.csv\n"
    config.write_text(text.replace(line, ""), encoding="utf-8")
    with pytest.raises(InputError, match="name it under `tables:`"):
        reviewed(folder, config=config)
