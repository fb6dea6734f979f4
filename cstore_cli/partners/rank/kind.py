"""The partners of one kind: who passes, in which order, and how firm that is."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from cstore_cli.partners.rank.ahp import weights_of
from cstore_cli.partners.rank.gates import unmet
from cstore_cli.partners.rank.order import METHODS, best_first, ranks_of, reversals
from cstore_cli.partners.rank.rankings import BETWEEN, REVERSALS, SWAPS, KindRanking
from cstore_cli.partners.rank.swaps import first_swap
from cstore_cli.partners.rank.values import Known, Value
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.settings.partners_rank import MEASURED, Kind, RankedKind

Floats = npt.NDArray[np.float64]


def rank_kind(
    settings: PartnersSettings, known: Known, kind: Kind, asked: RankedKind
) -> KindRanking:
    """Rank the partners of one kind by what is ``known`` of them."""
    names = [criterion.name for criterion in asked.criteria]
    weighing = weights_of(asked)
    weights = np.array(weighing.weights)
    own = [name for name, one in settings.partners.items() if one.kind == kind]
    values = {
        partner: [known.value(name, partner) for name in names] for partner in own
    }
    reasons, unjudged = _judged(known, asked, own, values)
    passed = [partner for partner in own if not reasons[partner]]
    matrix = _matrix([values[partner] for partner in passed], asked)
    signs = np.array(
        [1.0 if one.direction == "max" else -1.0 for one in asked.criteria]
    )
    scores = (
        {method: score(matrix, weights, signs) for method, score in METHODS.items()}
        if passed
        else {}
    )
    rows = []
    for partner in own:
        row: dict[str, object] = {
            "kind": kind,
            "partner": partner,
            "stage": settings.partners[partner].stage,
            "gate": "failed" if reasons[partner] else "passed",
            "gate_reason": "; ".join(reasons[partner] or unjudged[partner]) or None,
        }
        for method in METHODS:
            row[method] = row[f"{method}_rank"] = None
        if partner in passed:
            place = passed.index(partner)
            for method, of_method in scores.items():
                row[method] = float(of_method[place])
                row[f"{method}_rank"] = ranks_of(of_method)[place]
        for name, value in zip(names, values[partner], strict=True):
            row[name], row[f"{name}_from"] = value.figure, value.source
        rows.append(row)
    return KindRanking(
        kind=kind,
        criteria=tuple(asked.criteria),
        weights=tuple(weights.tolist()),
        weighing=weighing if asked.judgements else None,
        table=_table(rows, names),
        swaps=_swaps(kind, asked, passed, matrix, weights, signs),
        reversals=_reversals(kind, passed, matrix, weights, signs),
    )


def _judged(
    known: Known,
    asked: RankedKind,
    own: Sequence[str],
    values: dict[str, list[Value]],
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return why partners are not ranked, and what of them could not be judged."""
    reasons, unjudged = {}, {}
    price = next(
        (k for k, one in enumerate(asked.criteria) if one.name == "price"), None
    )
    for partner in own:
        measured: dict[str, tuple[float, int]] = {
            measure: level
            for measure in MEASURED
            if (level := known.level(measure, partner)) is not None
        }
        reasons[partner], unjudged[partner] = unmet(
            asked.gates, known.partners[partner], measured, known.enough
        )
        if price is not None and values[partner][price].figure is None:
            version = known.versions.get(partner)
            reasons[partner].append(
                "no agreement or offer is open"
                if version is None
                else f"{version.agreement} prices none of the basket"
            )
    return reasons, unjudged


def _matrix(values: Sequence[Sequence[Value]], asked: RankedKind) -> Floats:
    """Return the values (partners, criteria); what nobody knows is as the worst."""
    matrix = np.array(
        [
            [np.nan if one.figure is None else one.figure for one in row]
            for row in values
        ],
        dtype=float,
    ).reshape(len(values), len(asked.criteria))
    for k, criterion in enumerate(asked.criteria):
        column = matrix[:, k]
        there = column[~np.isnan(column)]
        worst = 0.0
        if len(there):
            worst = there.min() if criterion.direction == "max" else there.max()
        column[np.isnan(column)] = worst
    return matrix


def _table(rows: Sequence[dict[str, object]], names: Sequence[str]) -> pl.DataFrame:
    schema: dict[str, type[pl.DataType]] = {
        **dict.fromkeys(("kind", "partner", "stage", "gate", "gate_reason"), pl.String),
    }
    for method in METHODS:
        schema |= {method: pl.Float64, f"{method}_rank": pl.Int64}
    for name in names:
        schema |= {name: pl.Float64, f"{name}_from": pl.String}
    first = next(iter(METHODS))
    return pl.DataFrame(rows, schema=schema).sort(
        f"{first}_rank", nulls_last=True, maintain_order=True
    )


def _swaps(
    kind: Kind,
    asked: RankedKind,
    passed: Sequence[str],
    matrix: Floats,
    weights: Floats,
    signs: Floats,
) -> pl.DataFrame:
    rows = []
    for method, score in METHODS.items() if passed else ():
        first = passed[best_first(score(matrix, weights, signs))[0]]
        for k, criterion in enumerate(asked.criteria):
            for change, sign in (("down", -1), ("up", 1)):
                swap = first_swap(method, matrix, weights, signs, k, sign)
                rows.append(
                    (
                        kind,
                        method,
                        criterion.name,
                        float(weights[k]),
                        change,
                        None if swap is None else swap.weight,
                        first,
                        None if swap is None else passed[swap.becomes],
                    )
                )
    return pl.DataFrame(rows, schema=SWAPS, orient="row")


def _reversals(
    kind: Kind,
    passed: Sequence[str],
    matrix: Floats,
    weights: Floats,
    signs: Floats,
) -> pl.DataFrame:
    def told(order: Sequence[int]) -> str:
        return BETWEEN.join(passed[k] for k in order)

    rows = [
        (kind, method, passed[one.removed], told(one.before), told(one.after))
        for method in METHODS
        for one in reversals(method, matrix, weights, signs)
    ]
    return pl.DataFrame(rows, schema=REVERSALS, orient="row")
