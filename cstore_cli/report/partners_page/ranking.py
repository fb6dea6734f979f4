"""ranking.html: score bars, how firm the first place is, and what it rests on."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from cstore_cli.partners.rank.rankings import KindRanking, Ranking
from cstore_cli.report.figures import whole
from cstore_cli.report.measure import measure_told
from cstore_cli.report.page.page import page
from cstore_cli.report.partners_rank import (
    MARKS,
    MEANINGS,
    METHODS,
    criterion_told,
    figure_of,
    methods_differ,
    reversal_told,
    trial_told,
    weight_told,
)

NAME = "ranking.html"
_BETTER = {"max": "more is better", "min": "less is better"}


def ranking_page(ranking: Ranking, currency: str) -> bytes:
    """Return ranking.html: scores and sensitivity of each kind, levels, stages."""
    partners = [
        name for one in ranking.kinds for name in one.table["partner"].to_list()
    ]
    return page(
        "partners_ranking.html",
        title=f"Partners ranked on {ranking.day}",
        ranking=ranking,
        currency=currency,
        partners=sorted(dict.fromkeys(partners)),
        kinds=[_kind(one, currency) for one in ranking.kinds],
        levels=list(_levels(ranking.levels)),
        stages=list(_stages(ranking.stages)),
        trial=_unbroken(trial_told(ranking.trial, currency)) if ranking.trial else "",
    )


def _kind(one: KindRanking, currency: str) -> Mapping[str, Any]:
    ranked = one.ranked.to_dicts()
    failed = one.table.filter(pl.col("gate") == "failed")
    swaps = list(_swaps(one))
    sources = {row[f"{it.name}_from"] for row in ranked for it in one.criteria}
    return {
        "name": one.kind,
        "first": ranked[0]["partner"] if ranked else None,
        "ranked": ranked,
        "differ": methods_differ(one),
        "failed": list(failed.select("partner", "gate_reason").iter_rows()),
        "unjudged": [
            (row["partner"], row["gate_reason"]) for row in ranked if row["gate_reason"]
        ],
        "criteria": [
            {
                "name": criterion_told(it.name, currency),
                "better": _BETTER[it.direction],
                "weight": weight_told(weight),
            }
            for it, weight in zip(one.criteria, one.weights, strict=True)
        ],
        "values": [list(_values(one, row)) for row in ranked],
        "meanings": [
            (mark, MEANINGS[source])
            for source, mark in MARKS.items()
            if source in sources
        ],
        "consistency": f"{one.weighing.ratio:.3f}" if one.weighing else "",
        "swaps": swaps,
        "nearest": _nearest(swaps),
        "reversals": [reversal_told(row) for row in one.reversals.to_dicts()],
    }


def _values(one: KindRanking, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the figure and the mark of each criterion."""
    for criterion in one.criteria:
        mark = MARKS.get(row[f"{criterion.name}_from"], "")
        yield figure_of(criterion.name, row[criterion.name]), mark


def _swaps(one: KindRanking) -> Iterator[dict[str, Any]]:
    """Yield, by method and criterion, the weights between which the first stays so."""
    by = one.swaps.group_by("method", "criterion", maintain_order=True)
    for (method, criterion), pair in by:
        down, up = (
            pair.row(by_predicate=pl.col("change") == change, named=True)
            for change in ("down", "up")
        )
        low, high = down["swap_weight"], up["swap_weight"]
        weight = down["weight"]
        turns = [
            (abs(swap["swap_weight"] - weight), swap)
            for swap in (down, up)
            if swap["swap_weight"] is not None
        ]
        yield {
            "method": METHODS[str(method)],
            "criterion": measure_told(str(criterion)),
            "first": down["first"],
            "weight": weight,
            "at": weight_told(weight),
            "low": 0.0 if low is None else low,
            "high": 1.0 if high is None else high,
            "below": "never" if low is None else weight_told(low),
            "becomes_below": down["becomes"] or "",
            "above": "never" if high is None else weight_told(high),
            "becomes_above": up["becomes"] or "",
            "turn": min(turns, key=lambda turn: turn[0], default=None),
        }


def _nearest(swaps: list[dict[str, Any]]) -> str:
    """Return the least change of one weight that puts another first."""
    turns = [(*swap["turn"], swap) for swap in swaps if swap["turn"]]
    if not turns:
        return "No change of one weight puts another first."
    _, turn, swap = min(turns, key=lambda it: it[0])
    way = "above" if turn["change"] == "up" else "below"
    return _unbroken(
        f"The least change of one weight that puts another first ({swap['method']}): "
        f"{swap['criterion']} {way} {weight_told(turn['swap_weight'])}, now "
        f"{swap['at']}; then {turn['becomes']} is first."
    )


def _unbroken(sentence: str) -> str:
    """A sentence whose percent signs stay with their figures."""
    return sentence.replace(" %", "\N{NO-BREAK SPACE}%")


def _levels(levels: pl.DataFrame) -> Iterator[tuple[str, ...]]:
    told = levels.filter((pl.col("samples") > 0) | pl.col("promised").is_not_null())
    for row in told.iter_rows(named=True):
        measure = row["measure"]
        known = row["measured"] is not None
        between = (figure_of(measure, row[end]) for end in ("low", "high"))
        yield (
            row["partner"],
            measure_told(measure),
            figure_of(measure, row["promised"]),
            figure_of(measure, row["measured"]),
            " to ".join(between) if known else "-",
            whole(row["samples"]),
        )


def _stages(stages: pl.DataFrame) -> Iterator[tuple[str, ...]]:
    for row in stages.iter_rows(named=True):
        most = row["most_parcels_per_month"]
        yield (
            row["partner"],
            row["stage"],
            whole(row["years"]),
            "-" if most is None else whole(most),
            whole(row["notice_days"]),
            whole(row["switching_cost"]),
        )
