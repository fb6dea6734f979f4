"""Holds for the tests of expire-holds: a CSV, a ledger, a config of the test's own."""

import datetime as dt
import hashlib
import json
import subprocess
import sys

import polars as pl
from mornings import ROOT

from cstore_cli.ledger.database import open_ledger
from cstore_cli.ledger.record import record
from cstore_cli.ledger.runs import Run, begin_run
from cstore_cli.tables.events import as_events

NOW = "2026-11-23T09:00:00+08:00"
LATER = "2026-11-24T09:00:00+08:00"
CONFIG = ROOT / "configs/expire_holds.yaml"
SAMPLE = ROOT / "sample_data/held_parcels.csv"


def holds_csv(path, rows):
    """A CSV of holds: parcel_id, store_id, ready_at, extension_days each."""
    lines = ["parcel_id,store_id,ready_at,litres,cod_twd,extension_days"]
    lines += [f"{p},{s},{ready},2.5,0,{days}" for p, s, ready, days in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def config_of(folder, policy="", ledger=None):
    """A config in ``folder`` with a policy as YAML text, perhaps on a ledger."""
    folder.mkdir(exist_ok=True, parents=True)
    named = f"ledger: sqlite:///{ledger}\n" if ledger else ""
    (folder / "network.yaml").write_text(
        f"time_zone: Asia/Taipei\ncurrency: TWD\n{named}", encoding="utf-8"
    )
    path = folder / "expire_holds.yaml"
    path.write_text(f"network: network.yaml\n{policy}", encoding="utf-8")
    return path


def tell(url, run_id, *events, partner="chain"):
    """Tell a ledger of events: (parcel, code, instant, further columns)."""
    rows = [
        {
            "source_event_id": f"{run_id}/{number}",
            "parcel_id": parcel,
            "code": code,
            "event_time": dt.datetime.fromisoformat(at).astimezone(dt.UTC),
            "evidence": "scan",
            "litres": 2.5,
        }
        | more
        for number, (parcel, code, at, more) in enumerate(events)
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    with open_ledger(url, create=True).writing() as connection:
        begin_run(connection, Run(run_id, "test", 0, "{}"))
        record(connection, run_id, partner, as_events(frame))


def ready(parcel, at, store="S1", **more):
    """The event that begins a hold."""
    return (parcel, "ready", at, {"location_id": store, **more})


def cstore(*arguments, env=None, wrapper=(), **more):
    """Run the command in a process of its own."""
    return subprocess.run(
        [*wrapper, sys.executable, "-m", "cstore_cli", *map(str, arguments)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        **more,
    )


def changes(done):
    """The parcels that change by a run's JSON, as (act, parcel)."""
    return [(row["act"], row["parcel_id"]) for row in json.loads(done)["parcels"]]


def fingerprint(folder):
    """Every file below a folder with its bytes' hash and time of change."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
