"""
How fast parcels are settled: seconds and memory of the whole command, started cold.

    python tests/bench/settle.py --rows N [--months 1..6]

N parcels of the months up to October 2026, carried by three partners under the
agreements of the sample, are charged line by line, reading and writing included. A JSON
object per line; making the parcels is not counted.
"""

import argparse
import json
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import polars as pl
from holds import measured

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "configs" / "partners.yaml"
STORES = ROOT / "sample_data" / "stores.csv"
YEAR, LAST_MONTH = 2026, 10
PARTNERS = ("northline", "swift_heron", "paperboat")
HILLS = ("AL-1032", "FX-1035", "FX-1042", "AL-1060")
ROWS_AT_ONCE = 1_000_000
SEED = 7


def carried(first, num, months):
    """Parcels as in the sample's partner_parcels.csv, from number ``first``."""
    rng = np.random.default_rng((SEED, first))
    stores = pl.read_csv(STORES)["store_id"]
    flat = stores.filter(~stores.is_in(HILLS))  # where all three partners go
    service = rng.choice(
        ["store_delivery", "door_delivery", "return"], num, p=[0.7, 0.2, 0.1]
    )
    outcome = rng.choice(
        ["delivered", "uncollected", "lost", "damaged"],
        num,
        p=[0.95, 0.044, 0.003, 0.003],
    )
    due = pl.datetime(YEAR, pl.col("month"), pl.col("day"), 17)
    told = "%Y-%m-%dT%H:%M"
    drawn = pl.DataFrame(
        {
            "number": np.arange(first, first + num),
            "partner": rng.choice(PARTNERS, num),
            "service": service,
            "month": rng.integers(LAST_MONTH + 1 - months, LAST_MONTH + 1, num),
            "day": rng.integers(1, 31, num),
            "store": flat.gather(rng.integers(0, len(flat), num)),
            "weight_kg": np.round(rng.uniform(0.1, 5, num), 2),
            "side": rng.integers(5, 30, num),
            "value_twd": rng.integers(100, 5000, num),
            "has_cod": rng.random(num) < 0.3,
            "redirected": rng.random(num) < 0.02,
            "storage_days": rng.integers(0, 8, num),
            "outcome": outcome,
            "early_min": rng.integers(-60, 600, num),
            "told_min": rng.integers(5, 900, num),
        }
    )
    done = due - pl.duration(minutes="early_min")
    return drawn.select(
        parcel_id=pl.format("P{}", pl.col("number").cast(pl.String).str.zfill(8)),
        partner="partner",
        service="service",
        charged_on=due.dt.to_string("%Y-%m-%d"),
        zone=pl.lit(None, dtype=pl.String),
        location_id="store",
        weight_kg="weight_kg",
        length_cm="side",
        width_cm="side",
        height_cm=pl.lit(20),
        value_twd="value_twd",
        cod_twd=pl.when("has_cod").then("value_twd").otherwise(0),
        redirected="redirected",
        storage_days="storage_days",
        outcome="outcome",
        due_at=due.dt.to_string(told),
        done_at=done.dt.to_string(told),
        told_at=(done + pl.duration(minutes="told_min")).dt.to_string(told),
    )


def write(file, rows, months):
    """The table, a million rows at a time."""
    with file.open("wb") as stream:
        for first in range(0, rows, ROWS_AT_ONCE):
            part = carried(first, min(ROWS_AT_ONCE, rows - first), months)
            stream.write(part.write_csv(include_header=not first).encode())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--months", type=int, choices=range(1, 7), default=1)
    parser.add_argument("--folder", type=Path, help="where to work; default: temporary")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder = Path(name)
        table, out = folder / "partner_parcels.csv", folder / "out"
        # In a process of its own: what a parent once took counts as its child's peak.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            pool.submit(write, table, asked.rows, asked.months).result()
        first = f"{YEAR}-{LAST_MONTH + 1 - asked.months:02}"
        arguments = ["--from", first, "--to", f"{YEAR}-{LAST_MONTH}", "--quiet"]
        arguments += ["--config", str(CONFIG)]
        arguments += ["--partner-parcels", str(table), "--out", str(out)]
        line = measured(["partners", "settle", *arguments])
        summary = json.loads((out / "summary.json").read_text())
        lines = sum(1 for _ in (out / "charges.csv").open("rb")) - 1
        told = {
            "rows": asked.rows,
            "months": asked.months,
            "lines": lines,
            "total": summary["total"],
            **line,
        }
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
