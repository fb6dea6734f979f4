"""
A whole day through plan-day: seconds per stage, memory, counts, objective, gaps.

    python tests/bench/day.py DIR [--config FILE] [--seconds S] [--peers pyvrp]

Tables found in DIR (orders.csv, stores.csv, ...) win over those of the config. A JSON
object per line: first cstore's day, then a line per DC and peer. The peer gets the very
problem of each DC, whole, on as many cores (a seed each) and as many seconds as cstore
searched it, and the better of its answers counts; money at equal service compares.
"""

import argparse
import datetime as dt
import json
import os
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pyvrp
from pyvrp.stop import MaxRuntime

from cstore_cli.dayplan import van_search
from cstore_cli.dayplan.check import check
from cstore_cli.dayplan.day_plan import Watcher
from cstore_cli.dayplan.files import plan_files, with_clocks
from cstore_cli.dayplan.plan import plan_day
from cstore_cli.dayplan.routes import MONEY
from cstore_cli.dayplan.summary import summary_of
from cstore_cli.deadline import Deadline
from cstore_cli.engine import executor
from cstore_cli.routing.pyvrp_data import translate
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.network import TABLES
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.plan_folder import publish, read_plan, stage
from cstore_cli.tables.read_day import read_day
from cstore_cli.travel.of_day import DayTravel

ROOT = Path(__file__).resolve().parents[2]
CORES = os.cpu_count() or 1


def pyvrp_alone(problem, seconds, seed):
    """Cost of PyVRP's best answer to the problem, and how many it leaves out."""
    data = translate(problem).data
    # Its own largest penalty is next to nothing beside costs in 1e-5 of the currency.
    params = pyvrp.SolveParams(penalty=pyvrp.PenaltyParams(max_penalty=1e9))
    stop = MaxRuntime(seconds)
    result = pyvrp.solve(data, stop, seed=seed, display=False, params=params)
    best = result.best
    return (result.cost(), best.num_missing_clients(), best.num_routes())


def plan(settings, given, date, seconds):
    """
    The day planned and published in a folder of its own, with what was measured.

    Seconds per stage, the route searches (task, result, seconds), the summary, the
    checker's faults, the plan and what it was made from.
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

    find_routes = van_search.find_routes

    def recorded(task, *rest):
        started = time.perf_counter()
        result = find_routes(task, *rest)
        searched.append((task, result, time.perf_counter() - started))
        return result

    van_search.find_routes = recorded
    now = dt.datetime.fromisoformat(f"{date}T09:00:00+08:00")
    read = read_day(settings, now.date(), now, given=given)
    travel = DayTravel(read.inputs, settings)
    deadline = Deadline.after(seconds - (time.perf_counter() - began))
    search = van_search.Search(deadline, None, 1)
    watcher = Watcher(enter, lambda _: None)
    with executor(CORES) as pool:
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
        for task, result, seconds in searched:
            with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as pool:
                answers = pool.map(
                    pyvrp_alone,
                    [task.problem] * CORES,
                    [seconds] * CORES,
                    range(CORES),
                )
                cost, missing, routes = min(answers)
            line = {
                "solver": peer,
                "dc_id": task.dc_id,
                "clients": len(task.clients),
                "seconds": round(seconds, 1),
                "money": cost / MONEY,
                "unserved_clients": missing,
                "routes": routes,
                "cstore_money": result.cost / MONEY,
                "cstore_unserved_clients": len(result.unserved),
                "cstore_over_peer": round(result.cost / cost, 5),
            }
            print(json.dumps(line))


if __name__ == "__main__":
    main()
