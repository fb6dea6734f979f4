"""plan-day with a ledger: what it takes from it, what it leaves in it."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import textwrap

import polars as pl
import pytest
import sqlalchemy as sa
from mornings import MORNING, ROOT, current, rows

from cstore_cli.ledger.database import open_ledger
from cstore_cli.ledger.record import record
from cstore_cli.ledger.runs import Run, begin_run
from cstore_cli.ledger.schema import contact, event, parcel_state, run
from cstore_cli.tables.events import as_events

SHORT = ("--iterations", 4)
TOMORROW = ("--date", "2026-11-24", "--now", "2026-11-24T09:00:00+08:00")


@pytest.fixture
def network(with_ledger, tmp_path):
    """The sample network with a ledger: its plan_day.yaml and the ledger's URL."""
    return with_ledger(tmp_path / "network")


def asked(ledger_url, *columns, where=()):
    ledger = open_ledger(ledger_url)
    with ledger.reading() as connection:
        return connection.execute(sa.select(*columns).where(*where)).all()


def told(ledger_url, run_id, partner, *events):
    """Tell the ledger of events: parcel, code, instant and more."""
    frame = pl.DataFrame(
        [
            {
                "source_event_id": f"{run_id}/{k}",
                "parcel_id": parcel,
                "code": code,
                "event_time": dt.datetime.fromisoformat(at),
                "evidence": "scan",
            }
            | more
            for k, (parcel, code, at, more) in enumerate(events)
        ]
    )
    ledger = open_ledger(ledger_url, create=True)
    with ledger.writing() as connection:
        begin_run(connection, Run(run_id, "test", 0, "{}"))
        record(connection, run_id, partner, as_events(frame))


@pytest.fixture
def planned(cstore, network, tmp_path):
    """Plan the morning with the ledger."""
    config, _ = network

    def plan(*arguments, out=tmp_path / "out", morning=MORNING):
        return cstore(
            "plan-day", "--config", config, *morning, *SHORT, "--out", out, *arguments
        )

    return plan


def test_what_is_planned_is_recorded_under_the_run(planned, network, tmp_path):
    done = planned()

    assert done.code == 0, done.err
    assert "the ledger knows of no parcel on a shelf" in done.err
    parcels = rows(current(tmp_path / "out") / "parcels.csv")
    _, url = network
    (plan,) = asked(url, run.c.run_id, run.c.plan_name, run.c.plan_date)
    assert plan == ("plan-2026-11-23-01", "2026-11-23-01", "2026-11-23")
    ours = dict(
        asked(
            url,
            event.c.parcel_id,
            event.c.code,
            where=[event.c.evidence == "inference"],
        )
    )
    wanted = {
        row["order_id"]: "planned" if row["status"] == "planned" else "unplanned"
        for row in parcels
    }
    assert ours == wanted
    states = dict(asked(url, parcel_state.c.parcel_id, parcel_state.c.planned_store))
    assert states == {
        row["order_id"]: row["store_id"] or None if row["status"] == "planned" else None
        for row in parcels
    }


def test_a_second_run_of_the_date_supersedes_the_first(planned, network, tmp_path):
    """It plans the same orders again, and the ledger names its run."""
    assert planned().code == 0
    again = planned()

    assert again.code == 0, again.err
    parcels = rows(current(tmp_path / "out") / "parcels.csv")
    assert {row["status"] for row in parcels} <= {"planned", "deferred", "unserved"}
    _, url = network
    runs = {r for (r,) in asked(url, parcel_state.c.planned_run) if r}
    assert runs == {"plan-2026-11-23-02"}


def test_the_next_day_carries_what_was_left_and_knows_what_was_planned(
    planned, tmp_path
):
    """The same orders come again by mistake: what was planned is not planned twice."""
    assert planned().code == 0
    first = rows(current(tmp_path / "out") / "parcels.csv")

    done = planned(morning=TOMORROW)

    assert done.code in (0, 6), done.err
    second = {r["order_id"]: r for r in rows(current(tmp_path / "out") / "parcels.csv")}
    for row in first:
        status = second[row["order_id"]]["status"]
        assert (status == "already_planned") == (row["status"] == "planned")


def test_what_is_loaded_is_not_planned_again_on_its_day(planned, network, tmp_path):
    assert planned().code == 0
    first = rows(current(tmp_path / "out") / "parcels.csv")
    loaded = next(r["order_id"] for r in first if r["status"] == "planned")
    _, url = network
    told(url, "scan", "carrier", (loaded, "out_to_store", "2026-11-23T10:00+08:00", {}))

    assert planned().code == 0

    second = {r["order_id"]: r for r in rows(current(tmp_path / "out") / "parcels.csv")}
    assert second[loaded]["status"] == "already_planned"
    assert [
        r["order_id"] for r in second.values() if r["status"] == "already_planned"
    ] == [loaded]


def test_shelves_are_those_of_the_ledger(planned, network, tmp_path):
    _, url = network
    ready = {"location_id": "AM-001", "litres": 7.5}
    store = rows(ROOT / "sample_data/stores.csv")[0]["store_id"]
    ready["location_id"] = store
    told(url, "scan", "chain", ("H1", "ready", "2026-11-20T10:00+08:00", ready))

    assert planned().code == 0

    found = rows(current(tmp_path / "out") / "store_arrivals.csv")
    held = {row["store_id"]: float(row["held_litres"]) for row in found}
    assert held[store] == pytest.approx(7.5)
    assert sum(held.values()) == pytest.approx(7.5)


def test_an_expired_hold_is_fetched_by_the_next_plan(
    cstore, planned, network, tmp_path
):
    """Until a scan says that it has left the store."""
    config, url = network
    store = rows(ROOT / "sample_data/stores.csv")[0]["store_id"]
    ready = {"location_id": store, "litres": 7.5}
    told(
        url,
        "scan",
        "chain",
        ("H1", "ready", "2026-11-10T10:00+08:00", ready),
        ("H2", "ready", "2026-11-22T10:00+08:00", ready),
    )
    expire = ("expire-holds", "--config", config.with_name("expire_holds.yaml"))
    assert cstore(*expire, *MORNING[2:], "-q").code == 0

    assert planned().code == 0

    fetched = [
        row
        for row in rows(current(tmp_path / "out") / "parcels.csv")
        if row["task"] == "return"
    ]
    assert [(row["order_id"], row["store_id"]) for row in fetched] == [("H1", store)]
    assert fetched[0]["status"] == "planned"
    assert fetched[0]["route_id"]
    told(
        url, "van", "carrier", ("H1", "return_in_transit", "2026-11-23T15:00+08:00", {})
    )

    assert planned(morning=TOMORROW).code in (0, 6)

    second = rows(current(tmp_path / "out") / "parcels.csv")
    assert [row for row in second if row["task"] == "return"] == []


def test_names_go_to_the_contacts_alone(planned, network, tmp_path):
    config, url = network
    orders = config.parent.parent / "sample_data/orders.csv"
    frame = pl.read_csv(orders, infer_schema=False)
    names = pl.Series("recipient", [f"Chen {k}" for k in range(len(frame))])
    frame.with_columns(names, phone=pl.lit("0912345678")).write_csv(orders)

    assert planned().code == 0

    assert len(asked(url, contact.c.phone)) == len(frame)
    text = json.dumps([list(map(str, row)) for row in asked(url, *event.c)])
    assert "0912345678" not in text
    assert "Chen" not in text


def test_a_dry_run_leaves_no_ledger(planned, network, tmp_path):
    _, url = network
    assert planned(out=tmp_path / "other").code == 0
    before = asked(url, sa.func.count(event.c.event_id))

    assert planned("--dry-run").code == 0

    assert asked(url, sa.func.count(event.c.event_id)) == before


def stopped(config, out, where):
    """Run plan-day in a process of its own that kills itself at ``where``."""
    script = textwrap.dedent(f"""
        import os, signal, sys
        from cstore_cli.tables import plan_folder
        from cstore_cli.commands import plan_day_publish
        def stop(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
        {where} = stop
        from cstore_cli.app import app
        app(sys.argv[1:], prog_name="cstore")
    """)
    command = [sys.executable, "-c", script, "plan-day", "--config", str(config)]
    return subprocess.run(
        [*command, *MORNING, "--iterations", "4", "--out", str(out), "-q"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )


def test_killed_between_commit_and_pointer_the_next_start_finishes(
    planned, network, tmp_path
):
    config, url = network
    out = tmp_path / "out"
    killed = stopped(config, out, "plan_folder._point")
    assert killed.returncode == -signal.SIGKILL
    assert asked(url, run.c.plan_name) == [("2026-11-23-01",)]
    assert not (out / "current.json").exists()

    done = planned(morning=TOMORROW)

    assert "2026-11-23-01: published now" in done.err
    published = json.loads((out / "current.json").read_text())["published"]
    assert published["2026-11-23"] == "plans/2026-11-23-01"


def test_killed_before_the_commit_nothing_is_planned(planned, network, tmp_path):
    config, url = network
    out = tmp_path / "out"
    killed = stopped(config, out, "plan_day_publish.recorder")
    assert killed.returncode == -signal.SIGKILL

    done = planned()

    assert done.code == 0, done.err
    assert "published now" not in done.err
    assert len(asked(url, run.c.run_id)) == 1


def orders_of(config, keep):
    """Write the sample orders anew, those that ``keep`` says."""
    orders = config.parent.parent / "sample_data/orders.csv"
    frame = pl.read_csv(orders, infer_schema=False)
    frame.filter(keep).write_csv(orders)


def test_a_rerun_of_the_same_instant_takes_the_first_plan_s_place(
    planned, network, tmp_path
):
    """What the first left for want of vans the second plans, and it stays planned."""
    config, url = network
    vehicles = config.parent.parent / "sample_data/vehicles.csv"
    few = tmp_path / "few.csv"
    few.write_text("\n".join(vehicles.read_text().splitlines()[:2]) + "\n")
    assert planned("--vehicles", few).code in (0, 6)

    assert planned().code == 0

    parcels = rows(current(tmp_path / "out") / "parcels.csv")
    held = dict(asked(url, parcel_state.c.parcel_id, parcel_state.c.planned_run))
    for row in parcels:
        wanted = "plan-2026-11-23-02" if row["status"] == "planned" else None
        assert held[row["order_id"]] == wanted


def test_an_order_that_the_rerun_lacks_is_free_again(planned, network, tmp_path):
    """It was in the first plan only: nobody brings it, so tomorrow may."""
    config, _ = network
    assert planned().code == 0
    first = rows(current(tmp_path / "out") / "parcels.csv")
    lacking = next(r["order_id"] for r in first if r["status"] == "planned")
    whole = (config.parent.parent / "sample_data/orders.csv").read_bytes()
    orders_of(config, pl.col("order_id") != lacking)
    assert planned().code == 0
    (config.parent.parent / "sample_data/orders.csv").write_bytes(whole)

    assert planned(morning=TOMORROW).code in (0, 6)

    third = {r["order_id"]: r for r in rows(current(tmp_path / "out") / "parcels.csv")}
    assert third[lacking]["status"] == "planned"


def test_a_hand_in_does_not_make_its_order_planned(planned, network, tmp_path):
    """Its parcel is fetched today and delivered when its order is planned."""
    config, _ = network
    order = rows(ROOT / "sample_data/orders.csv")[0]["order_id"]
    store = rows(ROOT / "sample_data/stores.csv")[0]["store_id"]
    handed = tmp_path / "collections.csv"
    handed.write_text(
        "parcel_id,location_id,kind,litres,ready_at,reason\n"
        f"{order},{store},hand_in,2,2026-11-22T10:00:00+08:00,\n"
    )
    orders_of(config, pl.col("order_id") != order)
    assert planned("--collections", handed).code == 0
    (config.parent.parent / "sample_data/orders.csv").write_bytes(
        (ROOT / "sample_data/orders.csv").read_bytes()
    )

    assert planned(morning=TOMORROW).code in (0, 6)

    second = {r["order_id"]: r for r in rows(current(tmp_path / "out") / "parcels.csv")}
    assert second[order]["status"] != "already_planned"


def test_a_carried_order_keeps_its_phone(planned, network, tmp_path):
    """The plan that carries it shows it masked; the contact has all of it."""
    config, url = network
    orders = config.parent.parent / "sample_data/orders.csv"
    frame = pl.read_csv(orders, infer_schema=False)
    frame.with_columns(phone=pl.lit("0912345678")).write_csv(orders)
    assert planned().code == 0
    first = rows(current(tmp_path / "out") / "parcels.csv")
    left = [r["order_id"] for r in first if r["status"] in ("deferred", "unserved")]
    assert left
    orders_of(config, pl.col("order_id") == "nobody's")

    assert planned(morning=TOMORROW).code in (0, 6)

    phones = {phone for (phone,) in asked(url, contact.c.phone)}
    assert phones == {"0912345678"}


def test_a_recording_that_fails_leaves_the_name_free(planned, network, tmp_path):
    """Another writer holds the ledger for longer than the run waits."""
    _, url = network
    assert planned().code == 0
    ledger = open_ledger(url)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("cstore_cli.ledger.database._BUSY_S", 0)
        with ledger.writing():
            assert planned().code == 11

    assert planned().code == 0
    assert current(tmp_path / "out").name == "2026-11-23-02"
