"""
Parcels unserved on a day with few dock doors and full shelves, beside PyVRP's.

    python tests/bench/tight_day.py [--config FILE] [--seconds S]

Prints a JSON object per DC and one for all. PyVRP knows neither docks nor shelves: it
gets the very problem of each DC, whole, on as many cores (a seed each) and as many
seconds as cstore searched it. Its trips are then given dock doors and dropped where
none is free in time (dock_repair.py), and clients are dropped where the shelf has no
room. The answer that leaves fewest parcels counts. Ours are counted in the plan as it
was checked, whole minutes and exact clocks included, which PyVRP is spared.
"""

import argparse
import json
import os
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from day import plan
from dock_repair import drop_without_door
from pyvrp_tours import pyvrp_tours

from cstore_cli.dayplan.intake import intake
from cstore_cli.dayplan.shelf import shelves
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.plan_day import PlanDaySettings

ROOT = Path(__file__).resolve().parents[2]
CORES = os.cpu_count() or 1


def drop_without_room(clients, served, pickup_litres, room):
    """The clients still served: at each shelf those with most parcels per litre."""
    at_store = defaultdict(list)
    for k in served:
        at_store[clients[k].store_id].append(k)
    kept = set()
    for store_id, there in at_store.items():
        left = room[store_id] + 1e-6
        litres = {
            k: sum(pickup_litres[row] for row in clients[k].parcels) for k in there
        }
        for k in sorted(there, key=lambda k: litres[k] / len(clients[k].parcels)):
            if litres[k] <= left:
                left -= litres[k]
                kept.add(k)
    return kept


def parcels_of(clients, numbers):
    """How many parcels these clients have."""
    return sum(len(clients[k].parcels) for k in numbers)


def compare(task, seconds, dc, loading_min, pickup_litres, room, planned_rows):
    """What PyVRP and cstore leave of one DC's deliveries."""
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as pool:
        run = partial(pyvrp_tours, task.problem, seconds)
        answers = list(pool.map(run, range(CORES)))
    brought = {k for k, client in enumerate(task.clients) if not client.collects}
    found = []
    for tours in answers:
        routed = {k for _, trips, _ in tours for trip in trips for k in trip} & brought
        loaded = brought & drop_without_door(
            task.problem,
            tours,
            dc["dock_doors"],
            round(loading_min * 60),
            round(dc["opens"] * 60),
        )
        kept = drop_without_room(task.clients, loaded, pickup_litres, room)
        found.append(
            {
                "unserved": parcels_of(task.clients, brought - kept),
                "no_van": parcels_of(task.clients, brought - routed),
                "no_door": parcels_of(task.clients, routed - loaded),
                "no_room": parcels_of(task.clients, loaded - kept),
                "trips": sum(len(trips) for _, trips, _ in tours),
            }
        )
    rows = [row for k in brought for row in task.clients[k].parcels]
    return {
        "dc_id": task.dc_id,
        "clients": len(brought),
        "parcels": len(rows),
        "seconds": round(seconds, 1),
        "cstore_unserved": sum(row not in planned_rows for row in rows),
        "pyvrp": min(found, key=lambda answer: answer["unserved"]),
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    config = ROOT / "tests/real/tight_day.yaml"
    parser.add_argument("--config", type=Path, default=config)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--date", default="2026-11-23")
    asked = parser.parse_args()
    settings = read_config(asked.config, PlanDaySettings)
    _, searched, summary, faults, day, inputs = plan(
        settings, {}, asked.date, asked.seconds
    )
    parcels = day.tables.parcels[: len(inputs.orders)]
    planned_rows = {
        row for row, status in enumerate(parcels["status"]) if status == "planned"
    }
    pickup_litres = [
        litres if channel == "store_pickup" else 0.0
        for litres, channel in zip(
            intake(inputs, settings)["litres"], parcels["channel"], strict=True
        )
    ]
    shelf = shelves(inputs, settings.dwell)
    room = dict(zip(shelf["store_id"], shelf["room"], strict=True))
    dcs = {dc["dc_id"]: dc for dc in inputs.distribution_centers.iter_rows(named=True)}
    lines = [
        compare(
            one.task,
            one.seconds,
            dcs[one.task.dc_id],
            settings.loading_min,
            pickup_litres,
            room,
            planned_rows,
        )
        for one in searched
    ]
    for line in lines:
        print(json.dumps(line), flush=True)
    total = {
        "dc_id": "*",
        "cstore_unserved": sum(line["cstore_unserved"] for line in lines),
        "pyvrp_unserved": sum(line["pyvrp"]["unserved"] for line in lines),
        "cstore_faults": len(faults),
        "cstore_unserved_in_plan": summary["balance"]["unserved"],
    }
    print(json.dumps(total))


if __name__ == "__main__":
    main()
