"""
Measure forecasts of demand against what came, beside others.

    python tests/bench/demand.py AREAS TRANSACTIONS --horizon H --freq D or W
        [--config FILE] [--peers statsforecast,gbm] [--rounds N]
        [--protocol rolling|oj|m4] [--truth FILE]

Prints a JSON object per model: cstore analyze-demand itself, naive, seasonal naive,
mean, geometric mean, and the peers: AutoETS (also of logs) and Theta of statsforecast,
a global gradient-boosting model (gbm). ``demand_scores`` says what the scores are;
seconds are of all rounds, the tables being read. Tables are taken as faultless, .gz
too.

``rolling`` forecasts the last N horizons; then areas without history apart, a tenth of
the areas being taken for such at the last of them. ``oj`` and ``m4`` are the published
protocols, on what demand_tables.py writes, beside the published figures; oj is scored
on whole orders. FILE is the command's YAML: the one beside AREAS, if none is named; its
columns known ahead and its season hold for all models.
"""

import argparse
import json
import time
from functools import partial
from pathlib import Path

import polars as pl
import yaml
from demand_cstore import cstore
from demand_gbm import gbm
from demand_models import (
    Forecaster,
    for_all_areas,
    geometric_mean,
    mean,
    naive,
    seasonal_naive,
)
from demand_peers import auto_ets, auto_ets_of_logs, theta
from demand_rounds import OJ_ROUNDS, PUBLISHED, Round, hidden, m4, oj, rolling
from demand_scores import mase, scores, with_truth

SEASON = {"D": 7, "W": 52}
PEERS: dict[str, dict[str, Forecaster]] = {
    "statsforecast": {
        "AutoETS": auto_ets,
        "AutoETS of logs": auto_ets_of_logs,
        "Theta": theta,
    },
    "gbm": {"gbm": gbm},
}
SIMPLE: dict[str, Forecaster] = {
    "naive": naive,
    "seasonal naive": seasonal_naive,
    "mean": mean,
    "geometric mean": geometric_mean,
}
HIDDEN = 10
"""One area in so many is taken for one without history."""

DISTRIBUTIONS = ("cstore", "gbm")
"""Models that forecast quantiles, not a point."""


def main() -> None:
    chosen = _arguments()
    settings, network = _settings(chosen.config, chosen.areas)
    ahead = tuple((settings.get("transactions") or {}).get("known_ahead") or ())
    season = settings.get("season") or SEASON[chosen.freq]
    areas = pl.read_csv(chosen.areas, schema_overrides={"area_id": pl.String})
    rows = read(chosen.transactions)
    if chosen.protocol == "oj":
        rounds = oj(rows, ahead, chosen.rounds or OJ_ROUNDS)
    elif chosen.protocol == "m4":
        rounds = m4(rows, read(chosen.truth))
    else:
        num = chosen.rounds or 3
        rounds = rolling(rows, ahead, chosen.horizon, chosen.freq, num)

    models = {"cstore": partial(cstore, settings=settings, network=network)} | SIMPLE
    if rows["orders"].min() <= 0:
        del models["geometric mean"]
    for peer in chosen.peers:
        models |= PEERS[peer]
    for figures in PUBLISHED[chosen.protocol]:
        _print(figures | {"published": True})
    asked = (chosen.horizon, ahead, season, chosen.freq)
    whole, by_mase = chosen.protocol == "oj", chosen.protocol == "m4"
    for name, model in models.items():
        row = {"model": name, "areas": "with history", "rounds": len(rounds)}
        told = name in DISTRIBUTIONS
        _print(row | measured(model, areas, rounds, asked, whole, by_mase, told))
    if chosen.protocol == "rolling":
        known = rounds[-1].truth["area_id"].unique().sort().to_list()
        last = [hidden(rounds[-1], known[HIDDEN // 2 :: HIDDEN])]
        for name, model in models.items():
            row = {"model": name, "areas": "without history", "rounds": 1}
            told = name in DISTRIBUTIONS
            _print(row | measured(model, areas, last, asked, distribution=told))


def measured(
    model: Forecaster,
    areas: pl.DataFrame,
    rounds: list[Round],
    asked: tuple[int, tuple[str, ...], int, str],
    whole: bool = False,
    by_mase: bool = False,
    distribution: bool = False,
) -> dict[str, object]:
    """Return the scores over all rounds and the seconds, or why there are none."""
    told, began = [], time.perf_counter()
    try:
        for one in rounds:
            forecast = for_all_areas(model(areas, one.history, *asked), areas)
            told.append(with_truth(forecast, one.truth))
    except (RuntimeError, ValueError, ImportError) as fault:
        return {"failed": str(fault)}
    seconds = time.perf_counter() - began
    rows = pl.concat(told)
    found = {"rows": len(rows)} | scores(rows, whole, distribution)
    if by_mase:
        found["MASE"] = mase(rows, rounds[0].history)
    return found | {"seconds": round(seconds, 2)}


def read(path: Path) -> pl.DataFrame:
    """Return a table of transactions, date and orders as what they are."""
    types = {"area_id": pl.String, "date": pl.Date, "orders": pl.Int64}
    return pl.read_csv(path, schema_overrides=types)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("areas", type=Path, metavar="AREAS")
    parser.add_argument("transactions", type=Path, metavar="TRANSACTIONS")
    parser.add_argument("--horizon", type=int, required=True)
    parser.add_argument("--freq", choices=["D", "W"], required=True)
    parser.add_argument("--config", type=Path, metavar="FILE")
    parser.add_argument("--peers", default="")
    parser.add_argument("--rounds", type=int, metavar="N")
    parser.add_argument(
        "--protocol", choices=["rolling", "oj", "m4"], default="rolling"
    )
    parser.add_argument("--truth", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    chosen.peers = [peer for peer in chosen.peers.split(",") if peer]
    if unknown := set(chosen.peers) - set(PEERS):
        parser.error(f"unknown peers: {', '.join(sorted(unknown))}")
    if (chosen.protocol == "m4") != (chosen.truth is not None):
        parser.error("--truth FILE goes with --protocol m4")
    if chosen.protocol == "oj" and (chosen.horizon, chosen.freq) != (3, "W"):
        parser.error("--protocol oj is --horizon 3 --freq W")
    return chosen


def _settings(config: Path | None, areas: Path) -> tuple[dict, dict | None]:
    """Return the command's settings and the network's, as YAML has them."""
    beside = areas.with_name("analyze_demand.yaml")
    path = config or (beside if beside.exists() else None)
    if path is None:
        return {}, None
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    text = (path.parent / settings["network"]).read_text(encoding="utf-8")
    network = yaml.safe_load(text)
    return settings, {key: network[key] for key in ("time_zone", "currency")}


def _print(row: dict[str, object]) -> None:
    short = {k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()}
    print(json.dumps(short), flush=True)


if __name__ == "__main__":
    main()
