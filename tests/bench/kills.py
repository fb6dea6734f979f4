"""
A ledger under kill -9: what was acknowledged is there, and nothing is there twice.

    python tests/bench/kills.py [--kills N] [--seed S]

Two kinds of process work on one ledger in turn: one records scans, one is
`cstore expire-holds`; each is killed after a random part of the time it usually takes,
and sometimes left alone. Each says when it has committed. Afterwards:

    lost      acknowledged events or runs that are not in the ledger
    doubled   holds that are marked by more than one event, or events with other than
              one notice, or notices without their mark
    differs   standings that differ from those of a ledger that nobody killed

A JSON object.
"""

import argparse
import datetime as dt
import json
import random
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from cstore_cli.ledger.database import open_ledger
from cstore_cli.ledger.schema import event, notice, parcel_state, run

ROOT = Path(__file__).resolve().parents[2]
START = dt.datetime(2026, 11, 1, 1, tzinfo=dt.UTC)
PER_DAY = 150

_CHILD = """
import sys, json
import polars as pl
from cstore_cli.app import app
import cstore_cli.commands.expire_holds_run
import cstore_cli.commands.expire_holds_ledger
from cstore_cli.ledger.database import open_ledger
from cstore_cli.ledger.record import record
from cstore_cli.ledger.runs import Run, begin_run
from cstore_cli.tables.events import as_events

def scans(url, run_id, rows):
    at = pl.col("event_time").str.to_datetime(time_zone="UTC")
    frame = as_events(pl.DataFrame(rows).with_columns(at))
    with open_ledger(url, create=True).writing() as connection:
        begin_run(connection, Run(run_id, "scans", 0, "{}"))
        record(connection, run_id, "chain", frame)

for line in sys.stdin:
    job = json.loads(line)
    print("begun", flush=True)
    if "rows" in job:
        scans(job["url"], job["run_id"], job["rows"])
        print("done", flush=True)
    else:
        try:
            app(job["call"], prog_name="cstore")
        except SystemExit as ended:
            print("done" if not ended.code else f"code {ended.code}", flush=True)
"""


class Child:
    """A process that has imported everything and does what it is told."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, "-c", _CHILD],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, job, kill_after_s=None):
        """Whether the job was acknowledged; killed meanwhile when asked to."""
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "begun\n"
        if kill_after_s is None:
            said = self._process.stdout.readline()
            assert said == "done\n", said
            return True
        time.sleep(kill_after_s)
        self._process.kill()
        said = self._process.stdout.read()
        self.end()
        return "done\n" in said

    def end(self):
        self._process.kill()
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def config(folder, url):
    """The shipped policy on a ledger of the folder's own."""
    (folder / "network.yaml").write_text(
        f"time_zone: Asia/Taipei\ncurrency: TWD\nledger: {url}\n"
    )
    path = folder / "expire_holds.yaml"
    path.write_text("network: network.yaml\n")
    return path


def scans_of(day, number, draw):
    """Scans of a day: parcels that become ready, and earlier ones that are fetched."""
    at = START + dt.timedelta(days=day)
    rows = []
    for k in range(PER_DAY):
        parcel = f"P{day:03d}-{k:03d}"
        ready = at + dt.timedelta(minutes=draw.randrange(600))
        rows.append((parcel, "ready", ready))
        if draw.random() < 0.5:
            fetched = ready + dt.timedelta(hours=draw.randrange(1, 160))
            rows.append((parcel, "collected", fetched))
    return [
        {
            "source_event_id": f"{number}/{parcel}/{code}",
            "parcel_id": parcel,
            "code": code,
            "event_time": when.isoformat(),
            "evidence": "scan",
            "location_id": f"S{int(parcel[-3:]) % 7}",
            "litres": 2.0,
        }
        for parcel, code, when in rows
    ]


def jobs_of(folder, url, kills, draw):
    """A day's scans, then a run of expire-holds, day after day."""
    path = config(folder, url)
    for number in range(kills):
        day = number // 2
        if number % 2 == 0:
            rows = scans_of(day, number, draw)
            yield {"url": url, "run_id": f"scans-{number:04d}", "rows": rows}
        else:
            now = (START + dt.timedelta(days=day, hours=12)).isoformat()
            yield {
                "call": [
                    *("expire-holds", "--config", str(path), "--now", now, "-q"),
                    *("--allow-mass", "kill loop"),
                ]
            }


def kill_loop(folder, kills, seed):
    """Kill as often as asked; what was lost, doubled or differs afterwards."""
    draw = random.Random(seed)
    killed_url = f"sqlite:///{folder / 'killed.db'}"
    calm_url = f"sqlite:///{folder / 'calm.db'}"
    for name in ("killed", "calm"):
        (folder / name).mkdir()
    jobs = list(jobs_of(folder / "killed", killed_url, kills, draw))
    usual_s = _calmly(jobs, folder / "calm", calm_url)
    open_ledger(killed_url, create=True)
    acknowledged, missing = [], []
    # The next child imports what it needs while this one works.
    child, following = Child(), Child()
    for job in jobs:
        done = child.do(job, draw.uniform(0, 1.1 * usual_s["rows" in job]))
        (acknowledged if done else missing).append(job)
        child, following = following, Child()
    lost = _lost(killed_url, acknowledged)
    doubled = _doubled(killed_url)
    # What was not acknowledged is told again, as a partner or a cron job would.
    for job in missing:
        if "rows" in job:
            child.do({**job, "run_id": job["run_id"] + "-again"})
    child.do([job for job in jobs if "call" in job][-1])
    for one in (child, following):
        one.end()
    return {
        "kills": kills,
        "before_it_was_done": len(missing),
        "acknowledged": len(acknowledged),
        "lost": lost,
        "doubled": doubled + _doubled(killed_url),
        "differs": _standings(killed_url) != _standings(calm_url),
        "expired": sum(row[1] == "hold_expired" for row in _standings(killed_url)),
    }


def _calmly(jobs, folder, url):
    """Do all jobs on a ledger that nobody kills; the longest seconds of each kind."""
    calm, usual_s = Child(), {True: 0.0, False: 0.0}
    for job in jobs:
        began = time.perf_counter()
        calm.do(_on(job, folder, url))
        kind = "rows" in job
        usual_s[kind] = max(usual_s[kind], time.perf_counter() - began)
    calm.end()
    return usual_s


def _on(job, folder, url):
    """The same job on another ledger."""
    if "rows" in job:
        return {**job, "url": url}
    call = list(job["call"])
    call[call.index("--config") + 1] = str(config(folder, url))
    return {"call": call}


def _lost(url, acknowledged):
    """Acknowledged recordings that are not all there."""
    with open_ledger(url).reading() as connection:
        runs = set(connection.execute(sa.select(run.c.run_id)).scalars())
        events = set(connection.execute(sa.select(event.c.source_event_id)).scalars())
    lost = 0
    for job in acknowledged:
        if "rows" in job:
            told = {row["source_event_id"] for row in job["rows"]}
            lost += job["run_id"] not in runs or not told <= events
    return lost


def _doubled(url):
    """Marks, events and notices that do not stand one to one."""
    with open_ledger(url).reading() as connection:
        marked = connection.execute(
            sa.select(parcel_state.c.parcel_id, parcel_state.c.state_event_id).where(
                parcel_state.c.state == "hold_expired"
            )
        ).all()
        expiries = connection.execute(
            sa.select(event.c.parcel_id, event.c.source_event_id).where(
                event.c.code == "hold_expired"
            )
        ).all()
        notices = connection.execute(
            sa.select(notice.c.parcel_id, notice.c.source_event_id)
        ).all()
        corrupt = connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok"
    parcels = [parcel for parcel, _ in expiries]
    return (
        len(parcels)
        - len(set(parcels))
        + len(set(expiries) ^ set(notices))
        + len(notices)
        - len(set(notices))
        + len(set(marked) - set(expiries))
        + corrupt
    )


def _standings(url):
    """State, hold and place of every parcel."""
    columns = [
        parcel_state.c[name]
        for name in ("parcel_id", "state", "since_us", "ready_at_us", "shelf_store")
    ]
    with open_ledger(url).reading() as connection:
        chosen = sa.select(*columns).order_by(parcel_state.c.parcel_id)
        return [tuple(row) for row in connection.execute(chosen)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(kill_loop(Path(folder), asked.kills, asked.seed)))


if __name__ == "__main__":
    main()
