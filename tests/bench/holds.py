"""
How fast holds expire: seconds and memory of the whole command, from a cold start.

    python tests/bench/holds.py --rows N [--backend csv|sqlite|both]

15 % of the parcels have lapsed. A JSON object per line. Writing the table or the ledger
is not counted.
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import polars as pl

from cstore_cli.tables.events import as_events

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-11-23T09:00:00+08:00"
LAPSING = 0.15
LAPSED_DAYS = (9, 30)
WAITING_DAYS = (0, 6)
ROWS_AT_ONCE = 1_000_000


def held(first, num):
    """Parcels on hold, shaped as taipei_day/held_parcels.csv, from number ``first``."""
    rng = np.random.default_rng(first)
    days = np.where(
        rng.random(num) < LAPSING,
        rng.uniform(*LAPSED_DAYS, num),
        rng.uniform(*WAITING_DAYS, num),
    )
    wall_clock = pl.lit(NOW[:19]).str.to_datetime()
    drawn = pl.DataFrame(
        {
            "number": np.arange(first, first + num),
            "store": rng.integers(100_000, 999_999, num),
            "ago": (days * 86_400).astype(int),
            "litres": np.round(rng.gamma(2, 3, num) + 0.3, 2),
            "cod": np.where(rng.random(num) < 0.3, rng.integers(50, 5000, num), 0),
        }
    )
    return drawn.select(
        parcel_id=pl.format("H{}", pl.col("number").cast(pl.String).str.zfill(8)),
        store_id=pl.format("SE-{}", "store"),
        ready_at=(wall_clock - pl.duration(seconds="ago")).dt.to_string(
            f"%Y-%m-%dT%H:%M:%S{NOW[19:]}"
        ),
        litres="litres",
        cod_twd="cod",
        extension_days=pl.lit(0),
    )


def parts(rows):
    """The table a million rows at a time."""
    for first in range(0, rows, ROWS_AT_ONCE):
        yield held(first, min(ROWS_AT_ONCE, rows - first))


def expire(arguments):
    """Let expire-holds run; see `measured`."""
    asked = ["--now", NOW, "--allow-mass", "bench", "--quiet"]
    return measured(["expire-holds", *arguments, *asked])


def verify(config):
    """Let track verify run; see `measured`."""
    return measured(["track", "verify", "--config", str(config), "--quiet"])


def measured(arguments):
    """Seconds by the clock and of processor, and peak in MB, of the whole command."""
    command = [sys.executable, "-m", "cstore_cli", *arguments]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}")
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_mb": round(usage.ru_maxrss / 1024),
    }


def csv(rows, folder, config):
    """A CSV alone; a second run, where nothing is left to do, is told beside it."""
    table, out = folder / "held_parcels.csv", folder / "out"
    with table.open("wb") as file:
        for number, part in enumerate(parts(rows)):
            file.write(part.write_csv(include_header=not number).encode())
    arguments = [*config, "--holds", str(table), "--out", str(out)]
    for run in ("first", "again"):
        line = expire(arguments)
        memory = (out / "holds_state.csv").read_bytes()
        yield {"run": run, "expired": memory.count(b",expired,"), **line}


def sqlite(rows, folder, config):
    """A ledger in SQLite, then `track verify` over all of its parcels."""
    file = folder / "ledger.db"
    (folder / "network.yaml").write_text(
        f"time_zone: Asia/Taipei\ncurrency: TWD\nledger: sqlite:///{file}\n"
    )
    for command in ("expire_holds", "track"):
        (folder / f"{command}.yaml").write_text("network: network.yaml\n")
    # In a process of its own: what a parent once took counts as its children's peak.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(write_ledger, file, rows).result()
    arguments = config or ["--config", str(folder / "expire_holds.yaml")]
    for run in ("first", "again"):
        line = expire(arguments)
        yield {"run": run, "expired": marked(file), **line}
    yield {"run": "verify", **verify(folder / "track.yaml")}


def write_ledger(file, rows):
    """Tell a new ledger how each parcel came to its shelf."""
    from cstore_cli.ledger.database import open_ledger
    from cstore_cli.ledger.record import record
    from cstore_cli.ledger.runs import Run, begin_run

    ledger = open_ledger(f"sqlite:///{file}", create=True)
    for number, part in enumerate(parts(rows)):
        with ledger.writing() as connection:
            begin_run(connection, Run(f"scans-{number}", "bench", 0, "{}"))
            for events in life(part).iter_slices(100_000):
                record(connection, f"scans-{number}", "chain", events)


def marked(file):
    """How many holds are marked as expired."""
    connection = sqlite3.connect(file)
    chosen = "SELECT count(*) FROM parcel_state WHERE state = 'hold_expired'"
    (count,) = connection.execute(chosen).fetchone()
    connection.close()
    return count


def life(holds):
    """The events that brought held parcels to their shelves: four each."""
    ready = pl.col("ready_at").str.to_datetime(time_zone="UTC")
    steps = ("created", "at_dc", "out_to_store", "ready")
    events = [
        holds.select(
            source_event_id=pl.format("{}/{}", pl.lit(code), "parcel_id"),
            parcel_id="parcel_id",
            code=pl.lit(code),
            event_time=ready - pl.duration(hours=3 * (len(steps) - 1 - k)),
            evidence=pl.lit("scan"),
            location_id="store_id" if code == "ready" else pl.lit(None, pl.String),
            litres="litres",
        )
        for k, code in enumerate(steps)
    ]
    return as_events(pl.concat(events)).sort("parcel_id", "event_time")


BACKENDS = {"csv": csv, "sqlite": sqlite}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--backend", choices=[*BACKENDS, "both"], default="both")
    parser.add_argument("--config", type=Path)
    parser.add_argument("--folder", type=Path, help="where to work; default: temporary")
    asked = parser.parse_args()
    names = list(BACKENDS) if asked.backend == "both" else [asked.backend]
    config = ["--config", str(asked.config.resolve())] if asked.config else []
    for name in names:
        with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
            for line in BACKENDS[name](asked.rows, Path(folder), config):
                told = {"backend": name, "rows": asked.rows, **line}
                print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
