"""
A CSV file to a typed table: every fault named, good rows kept, bad rows put aside.

Four sieves, in this order: a line that does not split, a cell that does not read as
its column's kind, a row that breaks a rule of its contract, a row whose key a good row
above has. A row is rejected for the first sieve that stops it, with all faults of it.
"""

import difflib
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.values import TableSource, unit_factor
from cstore_cli.tables.blocks import BLOCK_BYTES, Block, block_of, read_blocks
from cstore_cli.tables.cells import parsed
from cstore_cli.tables.first_rows import FirstRows
from cstore_cli.tables.formula_guard import unguarded, unguarded_name
from cstore_cli.tables.records import Records

LINE = "line"
_SHOWN_VALUES = 12
_SHOWN_NAMES = 40
_SHOWN_CHARS = 60
_HINTS = 100
"""Near misses are sought for this many values; a wrong file has no more to learn."""
_REJECTED_COLUMNS = (LINE, "reason", "text")


@dataclass(frozen=True)
class Known:
    """Values that a column may hold because another table or the config lists them."""

    values: Collection[str]
    where: str


@dataclass(frozen=True)
class Table:
    """
    What was read of a file.

    ``frame`` holds the typed good rows with their physical ``line``; ``raw`` the same
    rows as text, null where empty, in the file's columns; ``rejected`` the others with
    line and reason.
    """

    frame: pl.DataFrame
    raw: pl.DataFrame
    rejected: pl.DataFrame
    faults: tuple[Fault, ...]

    @property
    def num_read(self) -> int:
        """Rows of the file, good and bad."""
        return len(self.frame) + len(self.rejected)


def read_table(
    source: TableSource,
    contract: type[dy.Schema],
    time_zone: str,
    *,
    key: str | None = None,
    known: Mapping[str, Known] | None = None,
    own_file: bool = False,
) -> Table:
    """
    Read ``source`` against ``contract``.

    Parameters
    ----------
    source, contract
        The file with its peculiarities, and what its columns must hold.
    time_zone
        Zone of instants without offset.
    key
        Column whose values must not repeat; the first row with a value is kept.
    known
        Column: the values it may hold.
    own_file
        Written by cstore: the apostrophe before formula-like cells is taken off.

    Raises
    ------
    InputError
        When the file is missing or its structure is lost (see `read_records`), or a
        column of the contract is missing.
    """
    batches = read_batches(
        source, contract, time_zone, key=key, known=known, own_file=own_file
    )
    return joined(list(batches))


def read_batches(
    source: TableSource,
    contract: type[dy.Schema],
    time_zone: str,
    *,
    key: str | None = None,
    known: Mapping[str, Known] | None = None,
    own_file: bool = False,
    batch_bytes: int = BLOCK_BYTES,
) -> Iterator[Table]:
    """
    `read_table` bit by bit, for files that had better not stand in memory whole.

    Together the batches, each of about ``batch_bytes`` of the file and one at least,
    hold what `read_table` gives. A refusal may come after some of them: act on nothing
    before the last.
    """
    blocks = read_blocks(Path(source.path), source, batch_bytes)
    yield from typed_blocks(
        blocks, source, contract, time_zone, key=key, known=known, own_file=own_file
    )


def typed(
    records: Records,
    source: TableSource,
    contract: type[dy.Schema],
    time_zone: str,
    *,
    key: str | None = None,
    known: Mapping[str, Known] | None = None,
    own_file: bool = False,
) -> Table:
    """`read_table` from records that are read already."""
    [table] = typed_blocks(
        [block_of(records)],
        source,
        contract,
        time_zone,
        key=key,
        known=known,
        own_file=own_file,
    )
    return table


def typed_blocks(
    blocks: Iterable[Block],
    source: TableSource,
    contract: type[dy.Schema],
    time_zone: str,
    *,
    key: str | None = None,
    known: Mapping[str, Known] | None = None,
    own_file: bool = False,
) -> Iterator[Table]:
    """`read_batches` from blocks of a file that are read already."""
    typing = _Typing(source, contract, time_zone, key, known or {}, own_file)
    return (typing.table(block) for block in blocks)


class _Typing:
    """Types the blocks of a file in turn, remembering what concerns later ones."""

    def __init__(
        self,
        source: TableSource,
        contract: type[dy.Schema],
        time_zone: str,
        key: str | None,
        known: Mapping[str, Known],
        own_file: bool,
    ) -> None:
        self._source, self._contract, self._time_zone = source, contract, time_zone
        self._key, self._own_file = key, own_file
        self._known = {name: _Strangers(allowed) for name, allowed in known.items()}
        self._first_rows = FirstRows()

    def table(self, block: Block) -> Table:
        source, contract, path = self._source, self._contract, self._source.path
        raw, lines = block.cells, block.lines
        if self._own_file:
            held = [cells.name for cells in raw if cells.str.starts_with("'").any()]
            raw = raw.with_columns(unguarded(pl.col(name)) for name in held)
            raw.columns = [unguarded_name(name) for name in raw.columns]
        raw = _our_names(raw, source, contract)
        cells, cell_faults = _typed_cells(raw, lines, source, contract, self._time_zone)
        bad = _rows_of(cell_faults, lines)
        rule_faults = _broken_rules(cells, lines, bad, path, contract)
        for name, strangers in self._known.items():
            if name in cells.columns:
                rule_faults += strangers.among(cells[name], lines, bad, path)
        bad = bad | _rows_of(rule_faults, lines)
        repeated = self._repeated(cells.filter(~bad), lines.filter(~bad))
        faults = sorted([*cell_faults, *rule_faults, *repeated])
        bad = bad | _rows_of(repeated, lines)
        good = ~bad
        rejected = _rejected(raw.filter(bad), lines.filter(bad), faults, block.broken)
        return Table(
            frame=cells.filter(good)
            .select(contract.column_names())
            .insert_column(0, lines.filter(good)),
            raw=raw.filter(good),
            rejected=rejected,
            faults=tuple(sorted([*faults, *(fault for fault, _ in block.broken)])),
        )

    def _repeated(self, cells: pl.DataFrame, lines: pl.Series) -> list[Fault]:
        """Faults of the rows, good so far: a faulty one does not shadow a later one."""
        if self._key is None:
            return []
        again = self._first_rows.repeated(cells[self._key], lines)
        return [
            Fault(
                self._source.path,
                line,
                self._key,
                f"{_shown(value)} is repeated (first in line {first})",
                "the first is kept",
            )
            for value, line, first in again.iter_rows()
        ]


def joined(tables: Sequence[Table]) -> Table:
    """The batches of a file as one table."""
    if len(tables) == 1:
        return tables[0]
    return Table(
        frame=pl.concat(table.frame for table in tables),
        raw=pl.concat(table.raw for table in tables),
        rejected=pl.concat(table.rejected for table in tables),
        faults=tuple(fault for table in tables for fault in table.faults),
    )


def whole(table: Table, what: str) -> pl.DataFrame:
    """
    The frame of a table that must have no fault.

    Raises
    ------
    InputError
        With every fault.
    """
    if table.faults:
        raise InputError(f"{what}: {len(table.faults)} fault(s):", table.faults)
    return table.frame


def _our_names(
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
    names = dict(
        zip(kept.columns, _cleared(kept, mapped.values()).columns, strict=True)
    )
    return raw.rename(names | mapped)


def _cleared(raw: pl.DataFrame, taken: Collection[str]) -> pl.DataFrame:
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


def _typed_cells(
    raw: pl.DataFrame,
    lines: pl.Series,
    source: TableSource,
    contract: type[dy.Schema],
    time_zone: str,
) -> tuple[pl.DataFrame, list[Fault]]:
    faults: list[Fault] = []
    ours = contract.columns()
    frame = raw.select(name for name in raw.columns if name in ours)
    for name, column in contract.columns().items():
        about: dict[str, Any] = column.metadata or {}
        if name not in raw.columns:
            frame = frame.with_columns(
                pl.lit(about.get("default"), dtype=column.dtype).alias(name)
            )
            continue
        cells = raw[name]
        codes = source.codes.get(name)
        if codes:
            cells = cells.str.strip_chars().replace(codes)
        values, ok, expected = parsed(
            cells, about, column.dtype, source.decimal_mark, time_zone
        )
        if name in source.units:
            # Times 1, by 1000, not times 0.001: 2300 g are 2.3 kg and not a hair more.
            factor = unit_factor(name, source.units[name])
            values = values * factor.numerator / factor.denominator
        if about.get("default") is not None:
            values = values.fill_null(about["default"])
        frame = frame.with_columns(values.alias(name))
        what, mend = expected
        faults += [
            Fault(
                source.path, lines[row], name, f"{_shown(cells[row])} is {what}", mend
            )
            for row in (~ok).arg_true().to_list()
        ]
    return frame, faults


def _shown(value: str) -> str:
    """A cell as a message quotes it."""
    return repr(value if len(value) <= _SHOWN_CHARS else value[:_SHOWN_CHARS] + "...")


def _broken_rules(
    cells: pl.DataFrame,
    lines: pl.Series,
    bad: pl.Series,
    path: str,
    contract: type[dy.Schema],
) -> list[Fault]:
    """Faults of the rows that read well but break a rule of the contract."""
    # The contract with the line number as a column, so that failures know their row.
    line_column = {LINE: dy.Int64(nullable=False)}
    numbered: Any = type(contract.__name__, (contract,), line_column)
    names = [LINE, *contract.column_names()]
    frame = cells.clone().insert_column(0, lines.alias(LINE)).filter(~bad).select(names)
    details = numbered.filter(frame)[1].details()
    faults = []
    for rule in details.columns[len(names) :]:
        broken = details.filter(pl.col(rule).cast(pl.String) == "invalid")
        name, _, test = rule.partition("|")
        values = broken[name].to_list() if test else [None] * len(broken)
        for line, value in zip(broken[LINE].to_list(), values, strict=True):
            faults.append(_rule_fault(path, line, name, test, value, contract))
    return list(dict.fromkeys(faults))


def _rule_fault(
    path: str, line: int, name: str, test: str, value: Any, contract: type[dy.Schema]
) -> Fault:
    if not test:  # a rule over several columns: its docstring is the mend
        said = (getattr(contract, name).__doc__ or "").strip().rstrip(".")
        return Fault(path, line, "", f"breaks the rule {name}", said)
    column: Any = contract.columns()[name]
    if test == "nullability":
        return Fault(path, line, name, "is empty", "fill it in")
    if value is not None and not math.isfinite(value):
        return Fault(path, line, name, f"{value} is not a figure", "write a number")
    low = column.min if column.min is not None else column.min_exclusive
    high = column.max if column.max is not None else column.max_exclusive
    bounds = {
        "min": f"at least {low:g}" if low is not None else "",
        "min_exclusive": f"more than {low:g}" if low is not None else "",
        "max": f"at most {high:g}" if high is not None else "",
        "max_exclusive": f"less than {high:g}" if high is not None else "",
    }
    mend = "is it the longitude?" if name.endswith("lat") and abs(value) > 90 else ""  # noqa: PLR2004
    return Fault(path, line, name, f"{value:g} must be {bounds[test]}", mend)


class _Strangers:
    """Finds values that are not among the known ones, and what they were to be."""

    def __init__(self, allowed: Known) -> None:
        self._allowed = allowed
        self._mends: dict[str, str] = {}

    def among(
        self, column: pl.Series, lines: pl.Series, bad: pl.Series, path: str
    ) -> list[Fault]:
        values = list(self._allowed.values)
        strange = column.is_not_null() & ~column.is_in(values) & ~bad
        faults = []
        for row in strange.arg_true().to_list():
            value = column[row]
            if value not in self._mends:
                near = len(self._mends) < _HINTS
                self._mends[value] = _known_mend(value, self._allowed, near=near)
            what = f"{_shown(value)} is not in {self._allowed.where}"
            mend = self._mends[value]
            faults.append(Fault(path, lines[row], column.name, what, mend))
        return faults


def _known_mend(value: str, allowed: Known, *, near: bool) -> str:
    if near and len(value) <= _SHOWN_CHARS:
        nearest = difflib.get_close_matches(value, allowed.values, 1, 0.85)
        if nearest:
            return f'did you mean "{nearest[0]}"?'
    few = len(allowed.values) <= _SHOWN_VALUES
    return f"known: {', '.join(allowed.values)}" if few else ""


def _rows_of(faults: Sequence[Fault], lines: pl.Series) -> pl.Series:
    return lines.is_in(list({fault.line for fault in faults})).alias("bad")


def _rejected(
    raw: pl.DataFrame,
    lines: pl.Series,
    faults: Sequence[Fault],
    broken: Sequence[tuple[Fault, str]],
) -> pl.DataFrame:
    """Rows put aside: line, reason, then cells, or the text that did not split."""
    reasons: dict[int, list[str]] = {}
    for fault in [*faults, *(fault for fault, _ in broken)]:
        mend = f" ({fault.mend})" if fault.mend else ""
        column = f"{fault.column}: " if fault.column else ""
        reasons.setdefault(fault.line or 0, []).append(f"{column}{fault.what}{mend}")
    split = _cleared(raw, _REJECTED_COLUMNS).insert_column(0, lines.alias(LINE))
    unsplit = pl.DataFrame(
        {
            LINE: [fault.line for fault, _ in broken],
            "text": [text.replace("\0", "\u2400") for _, text in broken],
        },
        schema={LINE: pl.Int64, "text": pl.String},
    )
    rows = pl.concat([split, unsplit], how="diagonal").sort(LINE)
    reason = pl.Series(
        "reason", ["; ".join(reasons[line]) for line in rows[LINE]], dtype=pl.String
    )
    return rows.insert_column(1, reason)
