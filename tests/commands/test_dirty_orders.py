"""plan-day on orders as partners send them: faulty rows named, others planned."""

import csv

import pytest
from mornings import ROOT, current, rows, write_rows

SHARED = ROOT.parent / "shared/data"
DIRTY = SHARED / "dirty"
NETWORK = "time_zone: Asia/Taipei\ncurrency: TWD\n"
needs_shared = pytest.mark.skipif(
    not DIRTY.is_dir(), reason="the dirty orders in ../shared are absent"
)
pytestmark = needs_shared


@pytest.fixture
def config(tmp_path):
    """The Taipei network as the crow flies, so that a run takes seconds."""

    def write(**source):
        day = (ROOT / "configs/plan_day.yaml").read_text()
        tables = {
            name: f"{SHARED}/taipei_day/{name}.csv"
            for name in ("stores", "distribution_centers", "vehicles")
        }
        lines = [f"  {name}: {path}" for name, path in tables.items()]
        lines += ["  orders:", *(f"    {k}: {v}" for k, v in source.items())]
        head, _, tail = day.partition("\ntables:\n")
        after = [
            line for line in tail.splitlines() if line and not line.startswith(" ")
        ]
        rest = tail[tail.index(after[0]) :]
        (tmp_path / "network.yaml").write_text(NETWORK)
        path = tmp_path / "plan_day.yaml"
        path.write_text("\n".join([head, "tables:", *lines, rest]))
        return path

    return write


def plan_dirty(plan_day, config, name, **source):
    path = DIRTY / f"{name}.csv"
    return plan_day("--config", config(path=path, **source), "-q", "--iterations", 2)


@pytest.fixture
def faults():
    with (DIRTY / "FAULTS.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_fault_is_put_aside_and_every_other_row_planned(
    plan_day, config, faults, tmp_path
):
    done = plan_dirty(plan_day, config, "orders")

    assert done.code == 6, done.err
    plan = current(tmp_path / "out")
    rejected = rows(plan / "rejected_orders.csv")
    bad = {(f["line"], f["column"]) for f in faults if f["bad"] == "True"}
    assert {(r["line"], r["reason"].partition(":")[0]) for r in rejected} == bad
    odd = {f["order_id"] for f in faults if f["bad"] == "False"}
    planned = {row["order_id"].removeprefix("'") for row in rows(plan / "parcels.csv")}
    assert odd <= planned
    assert len(planned) == 4003 - len(rejected)


def test_ids_that_would_run_come_out_harmless_and_survive(
    plan_day, config, faults, tmp_path
):
    """Through --check-only and --carry, as they were."""
    plan_dirty(plan_day, config, "orders")
    plan = current(tmp_path / "out")
    runs = {f["order_id"] for f in faults if "spreadsheet" in f["what"]}
    written = {row["order_id"] for row in rows(plan / "parcels.csv")}
    assert {f"'{name}" for name in runs} <= written
    assert not any(name.startswith(("=", "+", "@")) for name in written)

    dirty = config(path=DIRTY / "orders.csv")
    checked = plan_day("--config", dirty, "--check-only", plan, out=None)
    assert checked.code == 0, checked.err

    tomorrow = ("--date", "2026-11-24", "--now", "2026-11-24T09:00:00+08:00")
    left = {
        row["order_id"]
        for row in rows(plan / "parcels.csv")
        if row["status"] in {"unserved", "deferred"}
    }
    later = rows(SHARED / "taipei_day/orders.csv")[9000:9009]
    write_rows(tmp_path / "later.csv", later)
    call = ("--config", dirty, "--orders", tmp_path / "later.csv", "--carry", plan)
    call += tomorrow
    carried = plan_day(*call, "-q", "--iterations", 2, out=tmp_path / "next")
    assert carried.code in {0, 6}, carried.err
    again = rows(current(tmp_path / "next") / "parcels.csv")
    new = {row["order_id"] for row in later}
    assert {row["order_id"] for row in again} == left | new


@pytest.mark.parametrize(
    ("name", "line"), [("ragged", 51), ("nul", 21), ("cut-short", 200)]
)
def test_a_line_that_does_not_split_is_lost_alone(
    plan_day, config, tmp_path, name, line
):
    done = plan_dirty(plan_day, config, f"orders-{name}")

    assert done.code == 6, done.err
    assert f"orders-{name}.csv:{line}:" in done.err
    rejected = rows(current(tmp_path / "out") / "rejected_orders.csv")
    assert [int(row["line"]) for row in rejected] == [line]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("quote-left-open", "orders-quote-left-open.csv:31: a quote is left open"),
        ("empty", "is empty"),
        ("column-missing", "order_id: column is missing"),
        ("column-misspelt", 'did you mean "custmer_lat"'),
        ("semicolons", "delimiter: ';'"),
        ("big5", "encoding: big5"),
        ("utf16", "encoding: utf-16"),
    ],
)
def test_a_file_whose_structure_is_lost_is_refused(
    plan_day, config, tmp_path, name, told
):
    done = plan_dirty(plan_day, config, f"orders-{name}")

    assert done.code == 3
    assert told in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "out/current.json").exists()


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("semicolons", {"delimiter": "';'"}),
        ("big5", {"encoding": "big5"}),
        ("utf16", {"encoding": "utf-16"}),
    ],
)
def test_a_dialect_that_the_yaml_names_is_read(
    plan_day, config, tmp_path, name, source
):
    done = plan_dirty(plan_day, config, f"orders-{name}", **source)

    assert done.code in {0, 6}, done.err
    plan = current(tmp_path / "out")
    assert len(rows(plan / "rejected_orders.csv")) == 0
    assert len(rows(plan / "parcels.csv")) == 199


def test_a_header_alone_is_an_empty_day(plan_day, config):
    done = plan_dirty(plan_day, config, "orders-header-only")

    assert done.code == 0
    assert "no orders" in done.err
