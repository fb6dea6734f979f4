"""The files of a ranking by name, and its summary."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from cstore_cli.partners.rank.rankings import SWAPS, KindRanking, Ranking
from cstore_cli.tables.write import csv_bytes, json_bytes

DIGITS = 6
FILES = ("ranking.csv", "service_levels.csv", "sensitivity.csv", "summary.json")


def rank_files(ranking: Ranking, summary: Mapping[str, Any]) -> dict[str, bytes]:
    """Return name: bytes of each file; summary.json comes last."""
    tables = [one.table for one in ranking.kinds]
    swaps = [pl.DataFrame(schema=SWAPS), *(one.swaps for one in ranking.kinds)]
    table = pl.concat(tables, how="diagonal") if tables else pl.DataFrame()
    return {
        "ranking.csv": csv_bytes(_rounded(table)),
        "service_levels.csv": csv_bytes(_rounded(ranking.levels)),
        "sensitivity.csv": csv_bytes(_rounded(pl.concat(swaps))),
        "summary.json": json_bytes(summary),
    }


def rank_summary(ranking: Ranking, currency: str) -> dict[str, Any]:
    """Return what a person or program wants to know without reading the tables."""
    trial = ranking.trial
    return {
        "date": ranking.day.isoformat(),
        "currency": currency,
        "parcels_measured": ranking.num_parcels,
        "measured_since": ranking.since.isoformat(),
        "basket_parcels_per_month": round(ranking.basket_parcels, DIGITS),
        "kinds": {one.kind: _of_kind(one) for one in ranking.kinds},
        "stages": _rounded(ranking.stages).to_dicts(),
        "trial": None
        if trial is None
        else {
            "partner": trial.partner,
            "rank": trial.rank,
            "of": trial.of,
            "parcels_per_month": round(trial.most, DIGITS),
            "share_of_basket": round(trial.share, DIGITS),
            "cost_per_month": None if trial.cost is None else round(trial.cost, 2),
            "notice_days": trial.notice_days,
            "switching_cost": trial.switching_cost,
        },
        "notes": list(ranking.notes),
    }


def _of_kind(one: KindRanking) -> dict[str, Any]:
    weighing = one.weighing
    first = one.ranked.head(1)
    return {
        "first": None if first.is_empty() else first.item(0, "partner"),
        "ranking": _rounded(
            one.ranked.select(
                *("partner", "stage", "topsis", "topsis_rank"),
                *("weighted_sum", "weighted_sum_rank"),
            )
        ).to_dicts(),
        "not_ranked": dict(
            one.table.filter(pl.col("gate") == "failed")
            .select("partner", "gate_reason")
            .iter_rows()
        ),
        "criteria": [
            {
                "name": criterion.name,
                "direction": criterion.direction,
                "weight": round(weight, DIGITS),
            }
            for criterion, weight in zip(one.criteria, one.weights, strict=True)
        ],
        "ahp": None
        if weighing is None
        else {
            "consistency_ratio": round(weighing.ratio, DIGITS),
            "lambda_max": round(weighing.lambda_max, DIGITS),
        },
        "swaps": _rounded(one.swaps.drop("kind")).to_dicts(),
        "rank_reversals": one.reversals.drop("kind").to_dicts(),
    }


def _rounded(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with figures to the millionth: further digits are noise."""
    return frame.with_columns(pl.col(pl.Float64).round(DIGITS))
