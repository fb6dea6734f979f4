"""Scores of sites: the best with every part, and the weights that would change them."""

from collections.abc import Callable

import polars as pl
from rich.console import Console

from cstore_cli.report.figures import tenths, whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.sentence import print_sentence
from cstore_cli.siting.scores import SiteScores

_NONE = "-"


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _hundredths(value: float) -> str:
    return f"{value:,.2f}"


_SHOWN: dict[str, tuple[str, Callable[[float], str]]] = {
    "am_pcu_h": ("AM\npcu/h", whole),
    "pm_pcu_h": ("PM\npcu/h", whole),
    "flow_pcu_h": ("flow\npcu/h", whole),
    "directions": ("direc-\ntions", _hundredths),
    "pm_share": ("PM\nshare", _percent),
    "goods_access_min": ("goods\nmin", tenths),
    "people_in_walk": ("people\nin walk", whole),
    "parcels_in_walk": ("parcels\nin walk", tenths),
    "fetch_share_open": ("fetched\nopen", _percent),
    "rent_twd_month": ("rent\na month", whole),
    "rivals_in_walk": ("rivals\nin walk", whole),
    "own_stores_in_walk": ("own\nin walk", whole),
    "huff_parcels_day": ("Huff\nparcels", tenths),
    "huff_share": ("Huff\nshare", _percent),
    "huff_taken_parcels_day": ("Huff\ntaken", tenths),
    "huff_net_parcels_day": ("Huff\nnet", tenths),
}
"""Part of a score: its heading, and how its figures read."""


_FILE = "site_scores.csv"


def print_scores(console: Console, scores: SiteScores) -> None:
    """Print the best sites with their points and figures, and what would swap them."""
    _print_headline(console, scores)
    _print_points(console, scores)
    _print_figures(console, scores)
    _print_swaps(console, scores)


def _print_headline(console: Console, scores: SiteScores) -> None:
    by_people = scores.num_areas - scores.num_by_forecast
    print_sentence(
        console,
        f"{whole(len(scores.table))} sites scored; {whole(scores.num_areas)} areas "
        f"have {whole(scores.parcels_day)} parcels a day (by forecast "
        f"{whole(scores.num_by_forecast)} areas, by people {whole(by_people)})",
    )
    if scores.num_unreached:
        print_sentence(
            console,
            "Within a walk of no site and no store: areas "
            f"{whole(scores.num_unreached)}, parcels a day "
            f"{tenths(scores.unreached_parcels_day)}",
        )


def _print_points(console: Console, scores: SiteScores) -> None:
    weighed = _weighed(scores)
    alike = {name for name in weighed if scores.is_alike(name)}
    rows = [
        (
            whole(row["rank"]),
            row["site_id"],
            tenths(row["score"]),
            *(
                "all alike" if name in alike else tenths(row[f"{name}_points"])
                for name in weighed
            ),
        )
        for row in scores.best.iter_rows(named=True)
    ]
    print_grid(
        console,
        "Best sites: points of each criterion, together the score",
        (
            *figures(""),
            *words("site"),
            *figures("score", *(_SHOWN[name][0] for name in weighed)),
        ),
        rows,
        file=_FILE,
    )


def _weighed(scores: SiteScores) -> list[str]:
    """Criteria that count, those that count most first."""
    weighed = [criterion for criterion in scores.criteria if criterion.weight]
    return [c.name for c in sorted(weighed, key=lambda c: -c.weight)]


def _print_figures(console: Console, scores: SiteScores) -> None:
    known = [name for name in scores.table.columns if name in _SHOWN]
    parts = list(dict.fromkeys([*_weighed(scores), *known]))
    rows = [
        (
            whole(row["rank"]),
            row["site_id"],
            *(_cell(name, row[name]) for name in parts),
        )
        for row in scores.best.iter_rows(named=True)
    ]
    headings = (_SHOWN[name][0] for name in parts)
    print_grid(
        console,
        "Best sites: what the points are for",
        (*figures(""), *words("site"), *figures(*headings)),
        rows,
        file=_FILE,
    )


def _cell(name: str, value: float | None) -> str:
    return _NONE if value is None else _SHOWN[name][1](value)


def _print_swaps(console: Console, scores: SiteScores) -> None:
    of = {
        change: scores.swaps.filter(pl.col("change") == change).rows(named=True)
        for change in ("down", "up")
    }
    rows = [
        (
            low["criterion"],
            f"{low['weight']:g}",
            *_swap(low),
            *_swap(high),
        )
        for low, high in zip(of["down"], of["up"], strict=True)
    ]
    print_grid(
        console,
        f"Weights beyond which other sites are the best {len(scores.best)}",
        (
            *words("criterion"),
            *figures("weight", "below"),
            *words("leaves", "enters"),
            *figures("above"),
            *words("leaves", "enters"),
        ),
        rows,
    )


def _swap(row: dict[str, object]) -> tuple[str, str, str]:
    if row["swap_weight"] is None:
        return "never", "", ""
    return f"{row['swap_weight']:.4g}", str(row["leaves"]), str(row["enters"])
