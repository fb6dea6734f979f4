"""partners settle from the command line: on the sample, and when things go wrong."""

import csv
import datetime as dt
import io
import json
import shutil
import subprocess
import sys
from decimal import Decimal

import polars as pl
import pytest
import yaml
from mornings import ROOT

from cstore_cli.ledger.database import open_ledger
from cstore_cli.ledger.record import record
from cstore_cli.ledger.runs import Run, begin_run
from cstore_cli.tables.events import as_events

INVOICE = ROOT / "sample_data" / "invoice_paperboat_2026-10.csv"
OCTOBER = ("--month", "2026-10")


@pytest.fixture
def settle(cstore, tmp_path):
    """Settle the sample's partners into OUT."""

    def run(*arguments, out=tmp_path / "out"):
        where = ("--out", out) if out else ()
        return cstore("partners", "settle", *where, *arguments)

    return run


@pytest.fixture
def network(tmp_path):
    """A copy of the sample network, whose files a test may spoil."""
    for part in ("configs", "sample_data"):
        shutil.copytree(ROOT / part, tmp_path / part)
    return tmp_path


def rows_of(path):
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def total_of(rows):
    return sum(Decimal(row["amount"]) for row in rows)


def test_lines_sums_and_summary_agree(settle, tmp_path):
    """To the last decimal, of all partners over four months."""
    done = settle("--from", "2026-07", "--to", "2026-10", "-q")

    assert (done.code, done.out, done.err) == (0, "", "")
    out = tmp_path / "out"
    lines = rows_of(out / "charges.csv")
    sums = rows_of(out / "settlement.csv")
    summary = json.loads((out / "summary.json").read_text())
    partners = summary["partners"]
    assert set(partners) == {"northline", "swift_heron", "paperboat"}
    for partner, told in partners.items():
        mine = [row for row in lines if row["partner"] == partner]
        assert total_of(mine) == Decimal(told["total"])
        [last] = [
            row for row in sums if (row["partner"], row["kind"]) == (partner, "total")
        ]
        assert Decimal(last["amount"]) == Decimal(told["total"])
    assert total_of(lines) == Decimal(summary["total"])
    assert len({row["line_id"] for row in lines}) == len(lines)


def test_storm_lowers_what_is_promised(settle, tmp_path):
    """Northline's 90 of July are owed for 25 of 31 days: 72 of them, and 72 came."""
    settle("--month", "2026-07", "--partner", "northline", "-q")

    lines = rows_of(tmp_path / "out" / "charges.csv")
    prices = [
        row for row in lines if row["kind"] == "price" and row["service"] != "return"
    ]
    assert 72 <= len(prices) < 90
    assert not [row for row in lines if row["kind"] == "shortfall"]


def test_sample_invoice_is_explained(settle, tmp_path):
    """Every error that was written into it, and no other; the sums add up."""
    done = settle(*OCTOBER, "--partner", "paperboat", "--invoice", INVOICE)

    assert done.code == 0, done.err
    assert "priced at another tier" in done.out
    found = rows_of(tmp_path / "out" / "differences.csv")
    assert sorted(row["cause"] for row in found) == sorted(
        [
            *["tier"] * 6,
            "charged_twice",
            "not_ours",
            "missing_line",
            "surcharge_not_due",
            "surcharge_amount",
            "missing_compensation",
        ]
    )
    told = json.loads((tmp_path / "out" / "summary.json").read_text())["invoice"]
    difference = Decimal(told["invoiced"]) - Decimal(told["expected"])
    assert sum(Decimal(row["difference"]) for row in found) == difference
    assert Decimal(told["difference"]) == difference


def test_an_invoice_of_somebody_else_is_asked_about(settle):
    """All 72 lines but that of the month are of parcels that Paperboat carried."""
    theirs = settle(*OCTOBER, "--partner", "northline", "--invoice", INVOICE)
    own = settle(*OCTOBER, "--partner", "paperboat", "--invoice", INVOICE)

    assert "71 of its lines" in theirs.out
    assert "Is it this partner's invoice?" in " ".join(theirs.out.split())
    assert "of its lines" not in own.out


def test_same_bytes_in_another_process(settle, tmp_path):
    """Run again over the old files, in a process with other hashes."""
    arguments = (*OCTOBER, "--partner", "paperboat", "--invoice", INVOICE, "-q")
    settle(*arguments)
    out = tmp_path / "out"
    before = {it.name: it.read_bytes() for it in out.iterdir() if it.name != ".lock"}

    command = ["-m", "cstore_cli", "partners", "settle", "--out", out, *arguments]
    again = subprocess.run([sys.executable, *map(str, command)], cwd=ROOT, check=True)

    assert again.returncode == 0
    after = {it.name: it.read_bytes() for it in out.iterdir() if it.name != ".lock"}
    assert after == before


def test_rows_in_another_order_are_charged_the_same(settle, network, tmp_path):
    """Tiers count by day and id, whatever the order of the table."""
    settle(*OCTOBER, "-q")
    table = network / "sample_data" / "partner_parcels.csv"
    header, *rows = table.read_text("utf-8-sig").splitlines()
    table.write_text("\n".join([header, *reversed(rows)]) + "\n")

    settle(*OCTOBER, "-q", "--partner-parcels", table, out=tmp_path / "other")

    charges = [tmp_path / name / "charges.csv" for name in ("out", "other")]
    assert charges[0].read_bytes() == charges[1].read_bytes()


def test_faulty_rows_are_set_aside(settle, network, tmp_path):
    """Each with its reason; the others are charged, exit 6."""
    table = network / "sample_data" / "partner_parcels.csv"
    header, *rows = table.read_text("utf-8-sig").splitlines()
    here = [row for row in rows if ",paperboat,store_delivery,2026-10-" in row]
    bad = [
        here[0],
        here[1].replace(",paperboat,", ",nobody,").replace("PB", "XX", 1),
        here[2].replace("2026-10-", "2026-99-").replace("PB", "XY", 1),
        here[3].replace("store_delivery", "by_air").replace("PB", "XZ", 1),
    ]
    table.write_text("\n".join([header, *rows, *bad]) + "\n")

    settle(*OCTOBER, "-q", out=tmp_path / "clean")
    done = settle(*OCTOBER, "--partner-parcels", table)

    assert done.code == 6
    rejected = rows_of(tmp_path / "out" / "rejected_partner_parcels.csv")
    assert [int(row["line"]) for row in rejected] == [
        len(rows) + 2 + k for k in range(4)
    ]
    for row, reason in zip(
        rejected,
        ("is repeated", "no partner", "not a date", "not one of"),
        strict=True,
    ):
        assert reason in row["reason"]
    charges = [tmp_path / name / "charges.csv" for name in ("out", "clean")]
    assert charges[0].read_bytes() == charges[1].read_bytes()


def test_a_parcel_of_last_year_is_not_charged_again(settle, network, tmp_path):
    table = network / "sample_data" / "partner_parcels.csv"
    header, *rows = table.read_text("utf-8-sig").splitlines()
    row = next(r for r in rows if ",paperboat,store_delivery,2026-10-" in r)
    day = row.split(",")[header.split(",").index("charged_on")]
    again = row.replace(day, "2025-12-31")
    table.write_text("\n".join([header, again, *rows]) + "\n")

    done = settle(*OCTOBER, "--partner-parcels", table)

    assert done.code == 6
    (rejected,) = rows_of(tmp_path / "out" / "rejected_partner_parcels.csv")
    assert "first in line 2" in rejected["reason"]


def test_dry_run_writes_nothing(settle, tmp_path):
    """It tells all the same."""
    done = settle(*OCTOBER, "--dry-run", "--json")

    assert json.loads(done.out)["partners"]["paperboat"]["parcels"] == 49
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "--month 2026-10, or --from"),
        (("--month", "2026-13"), 2, "--month '2026-13' is not a month"),
        (("--from", "2026-13", "--to", "2026-13"), 2, "--from '2026-13' is not"),
        (("--month", "2026-10", "--to", "2026-11"), 2, "exclude each other"),
        (("--from", "2026-10-02", "--to", "2026-10-31"), 2, "whole months"),
        (("--from", "2026-11", "--to", "2026-10"), 2, "is before"),
        ((*OCTOBER, "--partner", "paperbote"), 2, "paperboat"),
        ((*OCTOBER, "--invoice", INVOICE), 2, "name it with --partner"),
        ((*OCTOBER, "--partner-parcels", "no.csv"), 3, "no.csv"),
        ((*OCTOBER, "--partner", "tidewheel"), 3, "Signed: none"),
        (("--month", "2026-01", "--partner", "paperboat"), 3, "2026-04-01 to 2027"),
    ],
)
def test_what_makes_no_sense_is_refused(settle, arguments, code, said):
    """With what to write instead."""
    done = settle(*arguments)

    assert done.code == code
    assert said in done.err


def test_a_month_without_parcels_is_warned_of(settle, network):
    """What is promised is charged all the same; the table may be an old one."""
    table = network / "sample_data" / "partner_parcels.csv"
    table.write_text(table.read_text(encoding="utf-8").split("\n")[0] + "\n")

    done = settle(*OCTOBER, "--partner-parcels", table, out=None)

    assert done.code == 0
    assert "Warning: northline: no parcel in 2026-10; what is owed without" in done.err
    assert "Warning: paperboat: no parcel in 2026-10" in done.err


def test_a_month_that_may_not_be_over_is_warned_of(settle):
    """The sample's parcels end on 22 November; a fee for promises would come early."""
    done = settle("--month", "2026-11", out=None)

    assert done.code == 0
    assert "Warning: the last parcel known is of 2026-11-22" in done.err
    assert done.out.startswith("2026-11: ")


def test_whoever_is_owed_nothing_is_named_with_it(settle, network):
    """No due date stands by itself, as if it were of the partner above."""
    table = network / "sample_data" / "partner_parcels.csv"
    table.write_text(table.read_text(encoding="utf-8").split("\n")[0] + "\n")

    done = settle(*OCTOBER, "--partner-parcels", table, out=None)

    assert "paperboat: nothing is owed." in done.out
    assert done.out.count("Due ") == 2


def test_a_range_without_agreements_is_warned_of(settle):
    done = settle("--month", "2036-10", out=None)

    assert done.code == 0
    assert "nobody has a signed agreement in force from 2036-10-01" in done.err


def test_a_range_may_be_told_by_its_days(settle):
    """From the first of a month to the last of one."""
    done = settle("--from", "2026-10-01", "--to", "2026-10-31", "--json", out=None)

    assert json.loads(done.out)["to"] == "2026-10-31"


def test_faulty_invoice_names_every_line(settle, tmp_path):
    """And compares nothing: money is not guessed."""
    path = tmp_path / "invoice.csv"
    path.write_text(
        "line_id,parcel_id,service,charge,charged_on,amount\n"
        "1,P1,store_delivery,store,2026-10-01,39\n"
        "1,P2,store_delivery,store,2026-10-01,39\n"
        "3,P3,store_delivery,store,2026-10-01,much\n"
    )

    done = settle(*OCTOBER, "--partner", "paperboat", "--invoice", path)

    assert done.code == 3
    assert f"{path}:3" in done.err
    assert f"{path}:4" in done.err
    path.write_text("line_id,charge,charged_on,amount\n1,store,2026-10-01,39.00001\n")
    done = settle(*OCTOBER, "--partner", "paperboat", "--invoice", path)
    assert done.code == 3
    assert "more than 4 decimals" in done.err


def test_parcels_come_from_the_ledger_where_no_table_is_named(settle, network):
    """One parcel brought to a store, one brought back; weights as they were told."""
    told = [
        {
            "source_event_id": f"{parcel}/{code}",
            "parcel_id": parcel,
            "code": code,
            "event_time": dt.datetime(2026, 10, 5, hour, tzinfo=dt.UTC),
            "evidence": "scan",
            "location_id": "AL-1001",
            "weight_kg": 1.5,
        }
        for parcel, codes in {
            "A": ("out_to_store", "ready", "collected"),
            "B": ("return_in_transit", "return_at_dc"),
        }.items()
        for hour, code in enumerate(codes, 1)
    ]
    ledger = open_ledger(f"sqlite:///{network / 'ledger.db'}", create=True)
    with ledger.writing() as connection:
        begin_run(connection, Run("one", "test", 0, "{}"))
        record(connection, "one", "paperboat", as_events(pl.DataFrame(told)))
    config = network / "configs" / "partners.yaml"
    settings = yaml.safe_load(config.read_text())
    del settings["tables"]["partner_parcels"]
    config.write_text(yaml.safe_dump(settings))
    general = network / "configs" / "network.yaml"
    shared = yaml.safe_load(general.read_text())
    shared["ledger"] = f"sqlite:///{network / 'ledger.db'}"
    general.write_text(yaml.safe_dump(shared))

    done = settle(
        *OCTOBER, "--partner", "paperboat", "--config", config, "--json", out=None
    )

    assert done.code == 0, done.err
    told = json.loads(done.out)["partners"]["paperboat"]
    assert told["by_kind"] == {"price": str(42 + 40)}


def test_formulas_in_ids_stay_text(settle, tmp_path):
    """A spreadsheet runs nothing that a partner wrote."""
    table = tmp_path / "parcels.csv"
    table.write_text(
        "parcel_id,partner,service,charged_on,zone,weight_kg\n"
        "=1+1,paperboat,store_delivery,2026-10-05,west,1\n"
    )

    done = settle(*OCTOBER, "--partner", "paperboat", "--partner-parcels", table, "-q")

    assert done.code == 0, done.err
    [line] = rows_of(tmp_path / "out" / "charges.csv")
    assert line["parcel_id"] == "'=1+1"
