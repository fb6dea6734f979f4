"""Partners as ranked: the order, why, how firm it is, and what a start would cost."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
from rich.console import Console

from cstore_cli.partners.rank.rankings import KindRanking, Ranking, Trial
from cstore_cli.report.figures import percent, tenths, whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.measure import measure_told
from cstore_cli.report.sentence import print_sentence

_NONE = "-"
_MOST_SHOWN = 5
METHODS = {"topsis": "TOPSIS", "weighted_sum": "sum"}
_SHARES = ("on_time", "lost", "damaged", "uncollected")
MARKS = {
    "offer": "o",
    "promised": "p",
    "all_partners": "a",
    "unknown": "?",
}
MEANINGS = {
    "offer": "offered, not signed",
    "promised": "promised; too few parcels to measure",
    "all_partners": "of all partners together; too few parcels, nothing promised",
    "unknown": "not known; counted as the worst of the others",
}


def print_ranking(console: Console, ranking: Ranking, currency: str) -> None:
    """Print each kind's ranking, then service levels, stages and what a trial gives."""
    print_sentence(
        console,
        f"Partners on {ranking.day}: prices of {whole(ranking.basket_parcels)} parcels "
        f"a month, levels of {whole(ranking.num_parcels)} parcels since "
        f"{ranking.since}",
        "bold",
    )
    for one in ranking.kinds:
        _print_order(console, one)
        _print_values(console, one, currency)
        _print_firmness(console, one)
    _print_levels(console, ranking.levels)
    _print_stages(console, ranking.stages, currency)
    if ranking.trial is not None:
        print_sentence(console, trial_told(ranking.trial, currency))
    for note in ranking.notes:
        print_sentence(console, f"Note: {note}")


def _print_order(console: Console, one: KindRanking) -> None:
    rows = [
        (
            whole(row["topsis_rank"]),
            row["partner"],
            row["stage"],
            f"{row['topsis']:.3f}",
            f"{row['weighted_sum']:.3f}",
            whole(row["weighted_sum_rank"]),
        )
        for row in one.ranked.iter_rows(named=True)
    ]
    columns = (
        *figures(""),
        *words("partner", "stage"),
        *figures("TOPSIS\n0 to 1", "weighted\nsum", "its\nrank"),
    )
    print_grid(console, f"Ranking, {one.kind}", columns, rows)
    if differ := methods_differ(one):
        print_sentence(console, differ)
    failed = one.table.filter(pl.col("gate") == "failed")
    print_grid(
        console,
        f"Not ranked, {one.kind}",
        words("partner", "why"),
        failed.select("partner", "gate_reason").iter_rows(),
    )
    for row in one.ranked.filter(pl.col("gate_reason").is_not_null()).iter_rows(
        named=True
    ):
        said = f"{row['partner']} passed gates that could not be judged"
        print_sentence(console, f"{said}: {row['gate_reason']}")


def methods_differ(one: KindRanking) -> str:
    """Return who is first by each method where that is not the same, or nothing."""
    by_sum = one.ranked.filter(pl.col("weighted_sum_rank") == 1)["partner"].to_list()
    nearest = one.ranked.head(1)["partner"].to_list()
    if set(nearest) <= set(by_sum):
        return ""
    return (
        f"The two methods differ: {nearest[0]} is nearest to the best there is, "
        f"{by_sum[0]} has the most points."
    )


def _print_values(console: Console, one: KindRanking, currency: str) -> None:
    """Print a row per criterion, a column per partner of the best."""
    shown = one.ranked.head(_MOST_SHOWN)
    if shown.is_empty():
        return
    marks: set[str] = set()
    rows = []
    for criterion, weight in zip(one.criteria, one.weights, strict=True):
        cells = []
        for row in shown.iter_rows(named=True):
            source = row[f"{criterion.name}_from"]
            marks |= {source} & set(MARKS)
            mark = MARKS.get(source, " ")
            cells.append(f"{figure_of(criterion.name, row[criterion.name])} {mark}")
        better = "more" if criterion.direction == "max" else "less"
        name = criterion_told(criterion.name, currency)
        rows.append((name, better, f"{weight:.1%}".replace("%", " %"), *cells))
    more = len(one.ranked) - len(shown)
    print_grid(
        console,
        f"What they are ranked by, {one.kind}"
        + (f": the best {len(shown)}, {more} more in ranking.csv" if more else ""),
        (
            *words("criterion", "better"),
            *figures("weight", *shown["partner"].to_list()),
        ),
        rows,
        file="ranking.csv",
    )
    for source, mark in MARKS.items():
        if source in marks:
            print_sentence(console, f"{mark}: {MEANINGS[source]}")
    if one.weighing is not None:
        print_sentence(
            console,
            f"Weights out of judgements in pairs: consistency ratio "
            f"{one.weighing.ratio:.3f} (0.1 at most)",
        )


def criterion_told(name: str, currency: str) -> str:
    """Return a criterion with the unit of its money."""
    units = {"price": f"{currency} a parcel", "deposit": currency}
    return f"{name}, {units[name]}" if name in units else measure_told(name)


def figure_of(name: str, value: float | None) -> str:
    """Return a criterion's or a service level's value in its unit; "-": not known."""
    if value is None:
        return _NONE
    if name in (*_SHARES, "coverage"):
        return percent(value)
    shown: dict[str, Callable[[float], str]] = {
        "price": lambda price: f"{price:,.2f}",
        "deposit": whole,
        "payment_days": whole,
        "exchange": lambda level: ("none", "csv", "epcis")[int(level)],
        "feed_delay_h": tenths,
        "site_score": tenths,
    }
    return shown[name](value) if name in shown else f"{value:g}"


def _print_firmness(console: Console, one: KindRanking) -> None:
    """Print which weights would put another first, and whose removal turns others."""
    if len(one.ranked) < 2:  # noqa: PLR2004  # one alone is first, come what may
        return
    rows = []
    for (method, name), pair in one.swaps.group_by(
        "method", "criterion", maintain_order=True
    ):
        down, up = (
            pair.filter(pl.col("change") == change).row(0, named=True)
            for change in ("down", "up")
        )
        if down["swap_weight"] is not None or up["swap_weight"] is not None:
            rows.append(
                (
                    measure_told(str(name)),
                    METHODS[str(method)],
                    weight_told(down["weight"]),
                    *_swap(down),
                    *_swap(up),
                )
            )
    print_grid(
        console,
        f"Weights beyond which another is first, {one.kind}",
        (
            *words("criterion", "by"),
            *figures("weight", "below"),
            *words("first"),
            *figures("above"),
            *words("first"),
        ),
        rows,
    )
    if not rows:
        print_sentence(console, "No change of one weight puts another first.")
    elif len(rows) < one.swaps.height // 2:
        print_sentence(console, "No change of another single weight does.")
    for row in one.reversals.iter_rows(named=True):
        print_sentence(console, reversal_told(row))
    if one.reversals.is_empty():
        print_sentence(
            console, "No rank reversal: leaving one out turns no others round."
        )


def reversal_told(row: Mapping[str, Any]) -> str:
    """Return whose absence would turn others round, and how, of a row of reversals."""
    return (
        f"Rank reversal ({METHODS[row['method']]}): without {row['removed']} the "
        f"others would stand {row['after']}, with it {row['before']}"
    )


def weight_told(weight: float) -> str:
    """26.7 %."""
    return f"{weight:.1%}".replace("%", " %")


def _swap(row: dict[str, object]) -> tuple[str, str]:
    weight = row["swap_weight"]
    if not isinstance(weight, float):
        return "never", ""
    return weight_told(weight), str(row["becomes"])


def _print_levels(console: Console, levels: pl.DataFrame) -> None:
    told = levels.filter((pl.col("samples") > 0) | pl.col("promised").is_not_null())
    rows = []
    for row in told.iter_rows(named=True):
        measure = row["measure"]
        between = _NONE
        if row["measured"] is not None:
            between = " to ".join(
                figure_of(measure, row[key]) for key in ("low", "high")
            )
        rows.append(
            (
                row["partner"],
                measure_told(measure),
                figure_of(measure, row["promised"]),
                figure_of(measure, row["measured"]),
                between,
                whole(row["samples"]),
            )
        )
    print_grid(
        console,
        "Service levels, promised and measured",
        (
            *words("partner", "measure"),
            *figures("promised", "measured", "95 % sure between", "parcels"),
        ),
        rows,
    )


def _print_stages(console: Console, stages: pl.DataFrame, currency: str) -> None:
    rows = [
        (
            row["partner"],
            row["stage"],
            whole(row["years"]),
            _NONE
            if row["most_parcels_per_month"] is None
            else whole(row["most_parcels_per_month"]),
            whole(row["notice_days"]),
            whole(row["switching_cost"]),
        )
        for row in stages.iter_rows(named=True)
    ]
    columns = (
        *words("partner", "stage"),
        *figures("whole\nyears", "parcels a\nmonth, most", "notice,\ndays"),
        *figures(f"leaving it\ntoday, {currency}"),
    )
    print_grid(console, "Stages", columns, rows)


def trial_told(trial: Trial, currency: str) -> str:
    """Return what a trial with the best newcomer would allow and cost."""
    cost = "" if trial.cost is None else f" for about {whole(trial.cost)} {currency}"
    return (
        f"A low-cost start: of those on trial {trial.partner} is the best (rank "
        f"{trial.rank} of {trial.of}). Its trial allows {whole(trial.most)} parcels a "
        f"month{cost}, {percent(trial.share)} of those expected; it can be ended with "
        f"{trial.notice_days} days' notice, at {whole(trial.switching_cost)} "
        f"{currency}."
    )
