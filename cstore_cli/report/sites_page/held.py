"""What the page's script looks up: candidates with all their parts, and catchments."""

from typing import Any

import polars as pl

from cstore_cli.report.sites_page.parts import parts_told
from cstore_cli.report.sites_page.shown import ShownSites

_DIGITS = 6


def held(shown: ShownSites) -> dict[str, Any]:
    """
    Return ``parts``, ``sites``, ``areas`` and ``total``, the candidates there are.

    Tables are columns of equal length, with figures as in the CSVs; an area's ``site``
    is the site_id that serves it.
    """
    parts = parts_told(shown)
    names = [part["name"] for part in parts]
    points = [
        f"{name}_points" for name, p in zip(names, parts, strict=True) if p["most"]
    ]
    candidates = shown.candidates.select(
        *("site_id", "name", "rank", "score", "chosen", *names, *points)
    )
    areas = shown.areas.filter(pl.col("site_id").is_not_null()).select(
        "area_id", "name", "site_id", "walk_m", "parcels_day"
    )
    return {
        "parts": parts,
        "sites": _columns(candidates),
        "areas": _columns(areas),
        "total": len(shown.scores.table),
    }


def _columns(table: pl.DataFrame) -> dict[str, list[Any]]:
    rounded = table.with_columns(pl.col(pl.Float64).round(_DIGITS))
    return {name: _plain(rounded[name]) for name in rounded.columns}


def _plain(column: pl.Series) -> list[Any]:
    """Whole figures without their point: a third of the page's size."""
    if column.dtype != pl.Float64:
        return column.to_list()
    return [
        int(value) if value is not None and value.is_integer() else value
        for value in column
    ]
