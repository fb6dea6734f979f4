"""All tables that demand is told from, and whether they fit what is asked."""

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from cstore_cli.errors import Fault
from cstore_cli.settings.analyze_demand import AnalyzeDemandSettings
from cstore_cli.settings.yaml_file import did_you_mean
from cstore_cli.tables.area_columns import odd_areas, strange_columns
from cstore_cli.tables.columns import LINE
from cstore_cli.tables.demand import (
    DemandAreas,
    Pickups,
    PickupStores,
    Transactions,
)
from cstore_cli.tables.demand_inputs import DemandInputs
from cstore_cli.tables.free_columns import YAML, FreeColumn, free_column
from cstore_cli.tables.header import cleared
from cstore_cli.tables.opening_hours import unread_hours
from cstore_cli.tables.read_transactions import read_transactions
from cstore_cli.tables.reader import Reader, sources_of


def read_demand(
    settings: AnalyzeDemandSettings,
    day: dt.date,
    given: Mapping[str, Path],
    *,
    strict: bool,
) -> DemandInputs:
    """
    Read areas and transactions and, where named, pickups with the stores' hours.

    Areas and stores must be whole. Faulty rows of transactions and pickups are put
    aside, a repeated row of an area and date too; ``strict`` refuses them. ``day``
    stands in for ``{date}`` in a path.

    Raises
    ------
    InputError
        With the faults of all tables at once, and what they lack for what is asked.
    """
    sources = sources_of(settings.network.tables, settings.tables, given, day)
    marks = {name: source.decimal_mark for name, source in sources.items()}
    reader = Reader(sources, settings.network.time_zone, ("areas", "transactions"))
    areas, free = _areas(reader, marks.get("areas", "."), settings)
    rows, named = read_transactions(
        reader, marks.get("transactions", "."), settings.transactions
    )
    pickups = stores = None
    if "pickups" in sources:
        pickups = reader.filtered("pickups", Pickups, None)
        stores = _stores(reader)
    filled = {"areas": areas, "transactions": rows.frame, "stores": stores}
    if pickups is not None:
        filled["pickups"] = pickups.frame
    for name, frame in filled.items():
        if frame is not None and frame.is_empty() and reader.was_read(name):
            reader.say(f"{reader.path(name)}: has no good row; one at least is needed.")
    if strict:
        reader.blame(rows.faults)
        reader.blame(pickups.faults if pickups else ())
    reader.refuse()
    figures, categories, texts = (
        tuple(name for name, column in free.items() if column.kind == kind)
        for kind in ("number", "category", "text")
    )
    used = {*Transactions.column_names(), *named}
    return DemandInputs(
        areas=_with(areas, {name: free[name] for name in (*figures, *categories)}),
        numeric=figures,
        categories=categories,
        transactions=_with(rows.frame, named),
        rejected=rows.rejected,
        num_read=rows.num_read,
        unused=tuple(name for name in rows.raw.columns if name not in used),
        pickups=pickups.frame if pickups else None,
        rejected_pickups=pickups.rejected if pickups else pl.DataFrame(),
        stores=stores,
        texts=texts,
        areas_raw=reader.raw("areas"),
    )


def _areas(
    reader: Reader, decimal_mark: str, settings: AnalyzeDemandSettings
) -> tuple[pl.DataFrame, dict[str, FreeColumn]]:
    """Return the areas, and their further columns but those that are left out."""
    areas = reader.whole("areas", DemandAreas, key="area_id")
    if areas.is_empty():
        return areas, {}
    path = reader.path("areas")
    raw = cleared(reader.raw("areas"), (LINE,))
    known = DemandAreas.column_names()
    names = (name for name in raw.columns if name not in known)
    free = {name: free_column(raw[name], decimal_mark) for name in names}
    reader.blame(strange_columns(path, raw, free, settings))
    reader.blame(_strange_codes(reader, settings))
    left_out = settings.areas.leave_out
    kept = {name: column for name, column in free.items() if name not in left_out}
    reader.blame(odd_areas(path, areas, raw, kept, settings))
    return areas, kept


def _strange_codes(reader: Reader, settings: AnalyzeDemandSettings) -> Iterator[Fault]:
    """Yield the areas that a code is said to be now, but that there are not."""
    known = reader.told_ids("areas", "area_id")
    for code, area in settings.transactions.renamed.items():
        if area not in known:
            what = f"{area!r} is no area_id of {reader.path('areas')}"
            place = f"transactions.renamed.{code}"
            yield Fault(YAML, None, place, what, did_you_mean(area, known))


def _stores(reader: Reader) -> pl.DataFrame | None:
    """Return the stores, whose hours must be hours."""
    stores = reader.optional("stores", PickupStores, key="store_id")
    if stores is not None:
        reader.blame(unread_hours(reader.path("stores"), stores))
    return stores


def _with(frame: pl.DataFrame, columns: Mapping[str, FreeColumn]) -> pl.DataFrame:
    return frame.with_columns(
        column.values.alias(name) for name, column in columns.items()
    )
