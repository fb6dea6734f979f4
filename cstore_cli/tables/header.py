"""A file's header against a contract: our names for its columns, what is missing."""

import difflib
from collections.abc import Collection, Sequence

import dataframely as dy
import polars as pl

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.values import TableSource

_SHOWN_NAMES, _SHOWN_CHARS = 40, 60


def our_names(
    raw: pl.DataFrame, source: TableSource, contract: type[dy.Schema]
) -> pl.DataFrame:
    """Columns under our names; a missing one is an InputError with a near miss."""
    theirs = {name: ours for ours, name in source.columns.items()}
    strays = [
        Fault(
            source.path,
            None,
            name,
            f"`{setting}` names this column, which the table does not have",
            _near(name, list(contract.columns()), "Rename it in the YAML"),
        )
        for setting in ("columns", "units", "codes")
        for name in getattr(source, setting)
        if name not in contract.columns()
    ]
    if strays:
        raise InputError(f"{source.path}: the YAML does not fit this table.", strays)
    absent = [name for name in theirs if name not in raw.columns]
    present = {theirs.get(name, name) for name in raw.columns}
    missing = [
        name
        for name, column in contract.columns().items()
        if name not in present and not (column.metadata or {}).get("optional")
    ]
    faults = [
        Fault(
            source.path,
            1,
            name,
            "the YAML maps this column, but the file has none of that name",
            _near(name, raw.columns),
        )
        for name in absent
    ]
    ours = contract.columns()
    spare = [name for name in raw.columns if name not in ours]
    faults += [
        Fault(source.path, 1, name, "column is missing", _near(name, spare))
        for name in missing
        if source.columns.get(name) not in absent
    ]
    if faults:
        raise InputError(f"{source.path}: the header does not fit.", faults)
    mapped = {name: ours for name, ours in theirs.items() if name != ours}
    kept = raw.select(name for name in raw.columns if name not in mapped)
    names = dict(zip(kept.columns, cleared(kept, mapped.values()).columns, strict=True))
    return raw.rename(names | mapped)


def cleared(raw: pl.DataFrame, taken: Collection[str]) -> pl.DataFrame:
    """The columns whose names are taken get the prefix ``file_``."""
    names: dict[str, str] = {}
    for name in raw.columns:
        new = name
        while new in taken or (new != name and new in raw.columns):
            new = f"file_{new}"
        names[name] = new
    return raw.rename(names)


def _near(
    name: str,
    candidates: Sequence[str],
    how: str = "Rename it, or map it under `columns:` in the YAML",
) -> str:
    near = difflib.get_close_matches(name, candidates, n=1, cutoff=0.7)
    if near:
        return f'did you mean "{near[0]}"? {how}'
    shown = [known[:_SHOWN_CHARS] for known in candidates[:_SHOWN_NAMES]]
    more = len(candidates) - len(shown)
    others = f" and {more} more" if more else ""
    return f"the file has: {', '.join(shown)}{others}" if candidates else "add it"
