"""
A CSV file to a typed table: every fault named, good rows kept, bad rows put aside.

Four sieves, in this order: a line that does not split, a cell that does not read as
its column's kind, a row that breaks a rule of its contract, a row whose key a good row
above has. A row is rejected for the first sieve that stops it, with all faults of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.values import TableSource, unit_factor
from cstore_cli.tables.blocks import BLOCK_BYTES, Block, block_of, read_blocks
from cstore_cli.tables.cells import parsed
from cstore_cli.tables.columns import LINE
from cstore_cli.tables.first_rows import FirstRows
from cstore_cli.tables.formula_guard import unguarded, unguarded_name
from cstore_cli.tables.header import cleared, our_names
from cstore_cli.tables.records import Records
from cstore_cli.tables.rules import Known, Strangers, broken_rules, shown

_REJECTED_COLUMNS = (LINE, "reason", "text")


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
        self._known = {name: Strangers(allowed) for name, allowed in known.items()}
        self._first_rows = FirstRows()

    def table(self, block: Block) -> Table:
        source, contract, path = self._source, self._contract, self._source.path
        raw, lines = block.cells, block.lines
        if self._own_file:
            held = [cells.name for cells in raw if cells.str.starts_with("'").any()]
            raw = raw.with_columns(unguarded(pl.col(name)) for name in held)
            raw.columns = [unguarded_name(name) for name in raw.columns]
        raw = our_names(raw, source, contract)
        cells, cell_faults = _typed_cells(raw, lines, source, contract, self._time_zone)
        bad = _rows_of(cell_faults, lines)
        rule_faults = broken_rules(cells, lines, bad, path, contract)
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
                f"{shown(value)} is repeated (first in line {first})",
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


def put_aside(table: Table, faults: Sequence[Fault]) -> Table:
    """The table without the rows of further faults, which join its rejected ones."""
    lines = table.frame[LINE]
    bad = _rows_of(faults, lines)
    further = _rejected(table.raw.filter(bad), lines.filter(bad), faults, ())
    return Table(
        frame=table.frame.filter(~bad),
        raw=table.raw.filter(~bad),
        rejected=pl.concat([table.rejected, further], how="diagonal").sort(LINE),
        faults=tuple(sorted([*table.faults, *faults])),
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
            Fault(source.path, lines[row], name, f"{shown(cells[row])} is {what}", mend)
            for row in (~ok).arg_true().to_list()
        ]
    return frame, faults


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
    split = cleared(raw, _REJECTED_COLUMNS).insert_column(0, lines.alias(LINE))
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
