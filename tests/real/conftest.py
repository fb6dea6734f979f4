"""Real days planned by the command itself, and their tables as they were written."""

import csv
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def planned():
    """Plan the day of a config here into ``out``: the plan's folder, seconds taken."""

    def run(config, out, *stop):
        command = [sys.executable, "-m", "cstore_cli", "plan-day", "-q"]
        files = ["--config", f"tests/real/{config}", "--out", str(out)]
        morning = ["--date", "2026-11-23", "--now", "2026-11-23T09:00:00+08:00"]
        began = time.monotonic()
        done = subprocess.run(
            [*command, *files, *morning, *stop],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode in {0, 6}, done.stderr
        folder = out / json.loads((out / "current.json").read_text())["plan"]
        return folder, time.monotonic() - began

    return run


@pytest.fixture(scope="session")
def rows():
    """Read the rows of a table of a plan."""

    def read(plan, table):
        path = plan / f"{table}.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    return read
