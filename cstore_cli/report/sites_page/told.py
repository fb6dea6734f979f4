"""What the page says in words and tables, each figure as it reads."""

from typing import Any

import polars as pl

from cstore_cli.report.figures import percent, tenths, whole
from cstore_cli.report.sites import STATUS, gap_said, is_over_room
from cstore_cli.report.sites_page.parts import words_of
from cstore_cli.report.sites_page.shown import MOST_LISTED, ShownSites
from cstore_cli.report.sites_replay import FIGURES, assumed, replay_cell, replay_told
from cstore_cli.siting.plan import DcPlan
from cstore_cli.siting.replay import Replay

_NONE = "-"


def headline_figures(shown: ShownSites) -> list[tuple[str, str]]:
    """Return the figures to see first: value and what it is."""
    totals, money = shown.plan.totals, shown.currency
    walk, share = totals["mean_walk_m"], totals["within_share"]
    return [
        (whole(totals["new_stores"]), "new stores"),
        (whole(totals["existing_stores"]), "own stores kept"),
        (tenths(totals["parcels_day"]), "parcels a day"),
        (_NONE if walk is None else f"{whole(walk)} m", "mean walk to the store"),
        (
            _NONE if share is None else percent(share),
            f"of parcels within {totals['within_km']:g} km on foot",
        ),
        (whole(totals["rent_twd_month"]), f"{money} rent a month, new stores"),
        (whole(totals["cost_twd_day"]["total"]), f"{money} a day, walking included"),
    ]


def store_rows(stores: pl.DataFrame) -> list[dict[str, Any]]:
    """Return a row per store as it reads, as many as a table holds."""
    return [
        {
            "id": row["site_id"],
            "rank": _known(row.get("rank"), whole),
            "score": _known(row.get("score"), tenths),
            "areas": whole(row["areas"]),
            "parcels": tenths(row["parcels_day"]),
            "capacity": _known(row["capacity_parcels_day"], whole),
            "over": row["over"],
            "walk": _known(row["mean_walk_m"], whole),
            "rent": _known(row["rent_twd_month"], whole),
            "running": _known(row["running_cost_twd_day"], whole),
            "dc": row["dc_id"],
            "dc_km": _known(row["dc_km"], tenths),
        }
        for row in stores.head(MOST_LISTED)
        .with_columns(over=is_over_room())
        .iter_rows(named=True)
    ]


def left_out(shown: ShownSites) -> list[tuple[str, str, str]]:
    """Return why areas are not served: the reason, areas, parcels a day."""
    left = shown.plan.assignment.filter(pl.col("status") != "served")
    counts = left.group_by("status").agg(pl.len(), pl.col("parcels_day").sum())
    return [
        (STATUS[status], whole(count), tenths(parcels))
        for status, count, parcels in sorted(counts.rows())
    ]


def beyond(shown: ShownSites) -> list[tuple[str, str, str]]:
    """Return areas that no site can serve: area, parcels a day, radius needed in km."""
    rows = shown.plan.assignment.filter(pl.col("status") == "beyond_every_site").sort(
        "parcels_day", "area_id", descending=[True, False]
    )
    return [
        (
            row["area_id"],
            tenths(row["parcels_day"]),
            "no way"
            if row["needs_radius_km"] is None
            else f"{row['needs_radius_km']:.3f}",
        )
        for row in rows.head(MOST_LISTED).iter_rows(named=True)
    ]


def dc_told(dcs: DcPlan, currency: str) -> dict[str, Any]:
    """Return the DCs chosen, and how good the choice is."""
    used = dcs.centers.sort("parcels_day", "dc_id", descending=[True, False])
    proof = "proven the least" if dcs.gap == 0 else f"gap {gap_said(dcs.gap)}"
    return {
        "proof": f"{whole(dcs.cost_twd_day)} {currency} a day, {proof}.",
        "rows": [
            (row["dc_id"], whole(row["stores"]), tenths(row["parcels_day"]))
            for row in used.head(MOST_LISTED).iter_rows(named=True)
        ],
    }


def replayed(replay: Replay) -> dict[str, Any]:
    """Return a replayed day: its date, headings, rows and what they mean."""
    return {
        "date": str(replay.date),
        "headings": [_one_line(words) for words, _ in FIGURES.values()],
        "rows": [
            (row["network"], [replay_cell(name, row[name]) for name in FIGURES])
            for row in replay.table.iter_rows(named=True)
        ],
        "said": [f"{replay_told(replay)}.", f"{assumed(replay)}."],
    }


def swap_rows(shown: ShownSites) -> list[dict[str, Any]]:
    """Return each criterion with the weights at which other sites are the best."""
    swaps = shown.scores.swaps
    rows: dict[str, dict[str, Any]] = {}
    for row in swaps.iter_rows(named=True):
        told = rows.setdefault(row["criterion"], {"weight": f"{row['weight']:g}"})
        weight = row["swap_weight"]
        told[row["change"]] = "never" if weight is None else f"{weight:.4g}"
        told[f"{row['change']}_swap"] = (
            "" if weight is None else f"{row['enters']} for {row['leaves']}"
        )
    return [
        {"criterion": words_of(name), "name": name, **told}
        for name, told in rows.items()
    ]


def _known(value: float | None, shown: Any) -> str:
    return _NONE if value is None else str(shown(value))


def _one_line(words: str) -> str:
    """A heading of the terminal on one line."""
    return words.replace("-\n", "").replace("\n", " ")
