"""The command under measure, run as anyone would run it."""

import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl
import yaml
from demand_grid import FIGURES, grid_of
from demand_tables import NETWORK

DONE = (0, 6)
PERIOD = {"D": "day", "W": "week"}


def cstore(
    areas, history, horizon, known_ahead, season, freq, settings=None, network=None
) -> pl.DataFrame:
    """
    Return forecast.csv of ``cstore analyze-demand`` on tables in a folder of its own.

    ``settings`` are those of the command, as read from YAML; paths in them are not
    followed.
    """
    grid = grid_of(history, horizon, (), freq)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        areas.write_csv(here / "areas.csv")
        history.write_csv(here / "transactions.csv")
        (here / "network.yaml").write_text(yaml.safe_dump(network or NETWORK))
        chosen = dict(settings or {}) | {"network": "network.yaml", "horizon": horizon}
        chosen.pop("tables", None)
        chosen["season"] = season
        chosen["transactions"] = dict(chosen.get("transactions") or {}) | {
            "period": PERIOD[freq],
            "known_ahead": list(known_ahead),
        }
        (here / "analyze_demand.yaml").write_text(yaml.safe_dump(chosen))
        command = [sys.executable, "-m", "cstore_cli", "analyze-demand", "--quiet"]
        for name, value in {
            "config": "analyze_demand.yaml",
            "areas": "areas.csv",
            "transactions": "transactions.csv",
            "date": grid.dates[-horizon].isoformat(),
            "out": "out",
        }.items():
            command += [f"--{name}", value]
        done = subprocess.run(
            command, cwd=here, capture_output=True, text=True, check=False
        )
        if done.returncode not in DONE:
            raise RuntimeError(f"exit {done.returncode}: {done.stderr.strip()[-500:]}")
        types = {"area_id": pl.String, "date": pl.Date}
        types |= dict.fromkeys(FIGURES, pl.Float64)
        told = pl.read_csv(here / "out" / "forecast.csv", schema_overrides=types)
    return told.select("area_id", "date", *FIGURES)
