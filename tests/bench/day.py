"""
A whole day through plan-day: seconds per stage, memory, counts, objective, gaps.

    python tests/bench/day.py DIR [--config FILE] [--seconds S] [--peers pyvrp]

Tables found in DIR (orders.csv, stores.csv, ...) win over those of the config. A JSON
object per line: first cstore's day, then a line per DC and peer. The peer gets the very
problem of each DC, whole, on as many cores (a seed each) and as many seconds as cstore
searched the DC. Its routes are driven on the same exact clock as cstore's, where what
breaks is put elsewhere or left, and the best of its answers counts. ``unserved`` are
parcels, ``late`` minutes times parcels; money compares where both are equal. cstore's
are those of its first look at the DC, collections and all; the peer brings only.
"""

import argparse
import datetime as dt
import json
import math
import os
import resource
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from pyvrp_tours import pyvrp_tours

from cstore_cli.dayplan import dc_search
from cstore_cli.dayplan.check import check
from cstore_cli.dayplan.clients import StoreClient
from cstore_cli.dayplan.day_plan import Watcher
from cstore_cli.dayplan.dc_search import DcRoutes
from cstore_cli.dayplan.drive import DcDay, Duty
from cstore_cli.dayplan.files import plan_files, with_clocks
from cstore_cli.dayplan.insertion import Driven, money
from cstore_cli.dayplan.mend import mend
from cstore_cli.dayplan.plan import plan_day
from cstore_cli.dayplan.routes import DcProblem
from cstore_cli.dayplan.summary import summary_of
from cstore_cli.deadline import Deadline
from cstore_cli.engine import executor
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.network import TABLES
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.plan_folder import publish, read_plan, stage
from cstore_cli.tables.read_day import read_day
from cstore_cli.travel.of_day import DayTravel

ROOT = Path(__file__).resolve().parents[2]
CORES = os.cpu_count() or 1


@dataclass(frozen=True, eq=False)
class Searched:
    """A DC's first problem, what its vans have to keep, what was found, how long."""

    task: DcProblem
    day: DcDay
    found: DcRoutes
    seconds: float


def levels(
    day: DcDay, driven: list[Driven], clients: Sequence[StoreClient]
) -> dict[str, Any]:
    """What routes leave of the clients, how late they are, and their money."""
    late, served = 0.0, set[StoreClient]()
    for one in driven:
        for trip in one.trips:
            for stop in trip.stops:
                served |= {*stop.clients, *stop.collected}
                late += sum(
                    max(0.0, stop.leaves - client.due_min) * len(client.parcels)
                    for client in stop.clients
                )
    return {
        "unserved": sum(len(c.parcels) for c in clients if c not in served),
        "late": round(late, 1),
        "money": round(sum(money(day, one) for one in driven), 2),
        "routes": len(driven),
    }


def pyvrp_alone(one: Searched) -> dict[str, Any]:
    """PyVRP's routes of the first problem of a DC, driven: the best of its seeds."""
    task = one.task
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as pool:
        run = partial(pyvrp_tours, task.problem, one.seconds)
        answers = list(pool.map(run, range(CORES)))
    worth = {
        k: float(client.penalty or math.inf)
        for k, client in enumerate(task.problem.clients)
    }
    found = []
    for tours in answers:
        duties = [
            Duty(task.vans[kind].vehicle, task.vans[kind].batch, trips)
            for kind, trips, _ in tours
        ]
        found.append(levels(one.day, mend(one.day, duties, (), worth), task.clients))
    return min(found, key=lambda r: (r["unserved"], r["late"], r["money"]))


def plan(settings, given, date, seconds):
    """
    The day planned and published in a folder of its own, with what was measured.

    Seconds per stage, the search of each DC, the summary, the checker's faults, the
    plan and what it was made from.
    """
    taken, searched = {}, []
    began = last = time.perf_counter()
    stages = ["read"]

    def enter(name):
        nonlocal last
        now = time.perf_counter()
        taken[stages[-1]] = taken.get(stages[-1], 0) + now - last
        stages.append(name)
        last = now

    run = dc_search.DcRouteSearch.run

    def recorded(search):
        started = time.perf_counter()
        found = run(search)
        seconds = time.perf_counter() - started
        brought = [client for client in search.clients if not client.collects]
        task = search._problem(brought, None)
        searched.append(Searched(task, search._day(task), found, seconds))
        return found

    dc_search.DcRouteSearch.run = recorded
    now = dt.datetime.fromisoformat(f"{date}T09:00:00+08:00")
    read = read_day(settings, now.date(), now, given=given)
    travel = DayTravel(read.inputs, settings)
    deadline = Deadline.after(seconds - (time.perf_counter() - began))
    search = dc_search.Search(deadline, None, 1)
    watcher = Watcher(enter, lambda _: None)
    with executor(CORES, "cstore_cli.dayplan.plan") as pool:
        day = plan_day(read.inputs, settings, travel, pool, search, watcher)
    enter("write")
    counts = {"read": read.num_read, "carried_in": read.num_carried_in}
    counts["rejected"] = len(read.rejected["orders"])
    summary = summary_of(day, counts)
    with tempfile.TemporaryDirectory() as folder:
        shown = with_clocks(day.tables.parcels, "parcels")
        files = plan_files(day.tables, shown, read.rejected, summary)
        staged = stage(Path(folder), read.inputs.date, files)
        enter("check")
        faults = check(read_plan(staged.folder), read.inputs, settings, travel)
        enter("publish")
        publish(staged)
    enter("end")
    return taken, searched, summary, faults, day, read.inputs


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dir", type=Path)
    config = ROOT / "configs/plan_day.yaml"
    parser.add_argument("--config", type=Path, default=config)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--date", default="2026-11-23")
    parser.add_argument("--peers", default="")
    asked = parser.parse_args()
    settings = read_config(asked.config, PlanDaySettings)
    given = {}
    for name in TABLES:
        for path in (asked.dir / f"{name}.csv", asked.dir / f"{name}.csv.gz"):
            if path.exists():
                given[name] = path
    taken, searched, summary, faults, _, _ = plan(
        settings, given, asked.date, asked.seconds
    )
    usage = [
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    line = {
        "solver": "cstore",
        "seconds": {name: round(spent, 2) for name, spent in taken.items()},
        "outside_search": round(sum(taken.values()) - taken.get("routes", 0), 2),
        "peak_mb": round(max(usage) / 1024),
        "faults": len(faults),
        **{k: summary[k] for k in ("balance", "channels", "objective", "searches")},
    }
    print(json.dumps(line))
    for peer in [name for name in asked.peers.split(",") if name]:
        if peer != "pyvrp":
            parser.error(f"unknown peer {peer!r}; known: pyvrp")
        for one in searched:
            mine = levels(one.found.day, one.found.driven, one.found.task.clients)
            its = pyvrp_alone(one)
            line = {
                "solver": peer,
                "dc_id": one.task.dc_id,
                "clients": len(one.task.clients),
                "seconds": round(one.seconds, 1),
                "cstore": mine,
                "peer": its,
                "cstore_over_peer": round(mine["money"] / its["money"], 5)
                if its["money"]
                else None,
            }
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
