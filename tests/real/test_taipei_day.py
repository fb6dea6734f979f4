"""A whole real day within its time limit; minutes, so only with `-m real`."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DAY = ROOT.parent / "shared/data/taipei_day"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DAY.is_dir(), reason="../shared/data/taipei_day is absent"),
]


def plan(out, *stop):
    command = [sys.executable, "-m", "cstore_cli", "plan-day", "-q"]
    config = ["--config", "tests/real/taipei_day.yaml", "--out", str(out)]
    morning = ["--date", "2026-11-23", "--now", "2026-11-23T09:00:00+08:00"]
    began = time.monotonic()
    done = subprocess.run(
        [*command, *config, *morning, *stop],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 6}, done.stderr
    folder = out / json.loads((out / "current.json").read_text())["plan"]
    return folder, time.monotonic() - began


def test_the_day_is_planned_in_time(tmp_path):
    """Within 180 s + 2, all but the search within 15, 97 % of what fits served."""
    folder, seconds = plan(tmp_path, "--time-limit", "180")

    summary = json.loads((folder / "summary.json").read_text())
    spent = json.loads((folder / "run_log.json").read_text())["seconds"]
    balance = summary["balance"]
    came = balance["read"] + balance["carried_in"]
    assert seconds < 182
    assert seconds - spent["routes"] <= 15 * max(1.0, os.getloadavg()[0] / 2)
    assert came == sum(balance.values()) - came
    assert balance["unserved"] <= 0.03 * 12_723


def test_iterations_give_the_same_bytes(tmp_path):
    one, _ = plan(tmp_path / "one", "--iterations", "200")
    other, _ = plan(tmp_path / "other", "--iterations", "200")

    for path in sorted(one.rglob("*.*")):
        if path.name != "run_log.json":
            twin = other / path.relative_to(one)
            assert path.read_bytes() == twin.read_bytes(), path.name
