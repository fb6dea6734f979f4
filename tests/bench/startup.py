"""
How soon commands start: median seconds, and as a ratio to importing typer and rich.

    python tests/bench/startup.py [--runs N]

A JSON object per line.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def seconds(command, runs):
    """Median seconds of whole processes, after one that is not counted."""
    taken = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken[1:])


def a_thousand_holds():
    """Holds of the sample network, each told again under another id."""
    header, *rows = (ROOT / "sample_data/held_parcels.csv").read_text().splitlines()
    many = [f"{copy}{row}" for copy in "AB" for row in rows][:1000]
    return "\n".join([header, *many]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    cstore = [sys.executable, "-m", "cstore_cli"]
    base = seconds([sys.executable, "-c", "import typer, rich"], runs)
    with tempfile.TemporaryDirectory() as folder:
        header = (ROOT / "sample_data/orders.csv").read_text().splitlines()[0]
        nothing = Path(folder) / "orders.csv"
        nothing.write_text(header + "\n")
        held = Path(folder) / "held_parcels.csv"
        held.write_text(a_thousand_holds())
        day = ["--date", "2026-11-23", "--now", "2026-11-23T09:00:00+08:00"]
        calls = {
            "--help": [*cstore, "--help"],
            "plan-day --help": [*cstore, "plan-day", "--help"],
            "expire-holds --help": [*cstore, "expire-holds", "--help"],
            "expire-holds, 1,000 rows": [
                *[*cstore, "expire-holds", "--holds", str(held), *day[2:]],
                *["--dry-run", "-q", "--allow-mass", "timed"],
            ],
            "track --help": [*cstore, "track", "--help"],
            "check": [*cstore, "check", "configs/plan_day.yaml", *day],
            "plan-day, no orders": [
                *[*cstore, "plan-day", *day, "--dry-run", "-q"],
                *["--orders", str(nothing)],
            ],
        }
        for name, call in calls.items():
            taken = seconds(call, runs)
            line = {"command": name, "seconds": round(taken, 3)}
            print(json.dumps({**line, "ratio": round(taken / base, 2)}))


if __name__ == "__main__":
    main()
