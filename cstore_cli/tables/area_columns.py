"""Columns of areas against their cells and against what the YAML says of them."""

from collections.abc import Iterator, Mapping

import polars as pl

from cstore_cli.errors import Fault
from cstore_cli.settings.analyze_demand import AnalyzeDemandSettings
from cstore_cli.tables.columns import LINE
from cstore_cli.tables.free_columns import YAML, FreeColumn, no_column, odd_cells

TOTAL = "*"
"""The area of a forecast's rows that are totals."""
_DEFAULT_PEOPLE = "population"

Free = Mapping[str, FreeColumn]


def odd_areas(
    path: str,
    areas: pl.DataFrame,
    raw: pl.DataFrame,
    free: Free,
    settings: AnalyzeDemandSettings,
) -> Iterator[Fault]:
    """Yield the cells of areas that are not what their column holds."""
    for line in areas.filter(pl.col("area_id") == TOTAL)[LINE]:
        what = f"{TOTAL!r} stands for all areas together"
        yield Fault(path, line, "area_id", what, "leave totals out")
    counted = {settings.areas.people, *_counts(free, settings)}
    for name, column in free.items():
        yield from odd_cells(path, areas[LINE], raw[name], column)
        if name in counted and column.kind == "number":
            low = (column.values < 0).fill_null(value=False)
            cells = zip(areas[LINE].filter(low), column.values.filter(low), strict=True)
            for line, value in cells:
                what = f"{value:g} must be at least 0"
                yield Fault(path, line, name, what, "leave it empty where unknown")


def _counts(free: Free, settings: AnalyzeDemandSettings) -> list[str]:
    """Columns that count people or homes."""
    if settings.areas.counts is not None:
        return settings.areas.counts
    return [name for name in free if name.startswith("age_")]


def strange_columns(
    path: str, raw: pl.DataFrame, free: Free, settings: AnalyzeDemandSettings
) -> Iterator[Fault]:
    """Yield the columns named in the YAML that areas do not have, or not as figures."""
    for k, name in enumerate(settings.areas.leave_out):
        if name not in raw.columns:
            yield no_column(f"areas.leave_out.{k}", name, path, raw.columns)
    for place, name in _figures_named(settings):
        if name not in free:
            if name != _DEFAULT_PEOPLE or place != "areas.people":
                yield no_column(place, name, path, list(free))
        elif name in settings.areas.leave_out:
            what = f"{name!r} stands under areas.leave_out too"
            yield Fault(YAML, None, place, what, "take it out of one of them")
        elif free[name].kind != "number":
            what = f"column {name!r} of {path} does not hold figures"
            yield Fault(YAML, None, place, what, "digits only, no unit")


def _figures_named(settings: AnalyzeDemandSettings) -> Iterator[tuple[str, str]]:
    """Yield the columns of areas that must hold figures, with the setting."""
    yield "areas.people", settings.areas.people
    for k, name in enumerate(settings.areas.counts or ()):
        yield f"areas.counts.{k}", name
    for name in settings.people.online_share:
        yield f"people.online_share.{name}", name
    for name in settings.people.fetch_share:
        yield f"people.fetch_share.{name}", name
    if settings.people.income is not None:
        yield "people.income", settings.people.income
