"""A calm table: a rule under the header, words to the left, figures to the right."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cstore_cli.report.plain import plain
from cstore_cli.report.sentence import print_sentence

# Columns that are shown however narrow the terminal is.
_FEWEST = 2
# Words may be folded: down to the narrowest before a row runs past the terminal, and to
# the comfortable before columns move closer together.
_NARROWEST, _COMFORTABLE = 8, 24

Row = Sequence[str]


@dataclass(frozen=True)
class Column:
    """A column of ``figures`` keeps its width: no digit is ever cut or wrapped."""

    name: str
    figures: bool = False


def words(*names: str) -> tuple[Column, ...]:
    """Columns of ids, names and sentences."""
    return tuple(Column(name) for name in names)


def figures(*names: str) -> tuple[Column, ...]:
    """Columns of numbers and times; a name may take several lines."""
    return tuple(Column(name, figures=True) for name in names)


def print_grid(
    console: Console,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Row],
    total: Row = (),
    *,
    file: str = "",
) -> None:
    """
    Print a table of plain text, or nothing when it has no rows.

    ``total`` is its last row, set apart where it adds up several. Where ``file`` has
    the same columns, the last ones are left out on a terminal too narrow for them, and
    are named with it; else rows rather run past the terminal.
    """
    body = [[plain(cell) for cell in row] for row in rows]
    if not body:
        return
    last = [plain(cell) for cell in total] if len(body) > 1 else []
    cells = list(zip(*body, *([last] if last else []), strict=True))
    close = [_width(*pair, str.split) for pair in zip(columns, cells, strict=True)]
    most = console.width if file else sys.maxsize
    columns, left_out = _fitting(columns, close, most)
    cells, close = cells[: len(columns)], close[: len(columns)]
    body, last = [row[: len(columns)] for row in body], last[: len(columns)]
    roomy = [_width(*pair, str.splitlines) for pair in zip(columns, cells, strict=True)]
    fits = _needed(columns, roomy, _COMFORTABLE, 2) <= console.width
    widths = roomy if fits else close
    table = Table(
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1 if fits else 0, 0, 0),  # beside the one that stands for a line
        border_style="dim",
    )
    for column, width in zip(columns, widths, strict=True):
        table.add_column(
            _header(column.name, on_its_lines=fits),
            justify="right" if column.figures else "left",
            width=width if column.figures else None,
            overflow="fold",
        )
    for row in body:
        table.add_row(*row)
    if last:
        table.add_section()
        table.add_row(*last, style="bold")
    needed = _needed(columns, close, _NARROWEST, 1)
    table.width = needed if needed > console.width else None
    console.print()
    console.print(plain(title, "bold"))
    console.print(table, crop=False)
    if left_out:
        names = ", ".join(" ".join(column.name.split()) for column in left_out)
        print_sentence(console, f"No room here, but in {file}: {names}")


def _fitting(
    columns: Sequence[Column], widths: Sequence[int], most: int
) -> tuple[Sequence[Column], Sequence[Column]]:
    """The first columns that fit into ``most`` cells, and those left out."""
    shown = len(columns)
    while shown > _FEWEST:
        if _needed(columns[:shown], widths[:shown], _NARROWEST, 1) <= most:
            break
        shown -= 1
    return columns[:shown], columns[shown:]


def _header(name: str, on_its_lines: bool) -> Text:
    lines = name.splitlines() if on_its_lines else [" ".join(name.split())]
    return Text("\n").join(map(plain, lines))


def _width(
    column: Column, cells: Iterable[Text], parts: Callable[[str], list[str]]
) -> int:
    """Cells across: the widest cell, or the widest part of the column's name."""
    name = map(cell_len, parts(column.name))
    return max([*name, *(cell.cell_len for cell in cells)])


def _needed(
    columns: Sequence[Column], widths: Sequence[int], words_at_most: int, between: int
) -> int:
    """The table's width with its columns of words folded to a width."""
    return between * (len(columns) - 1) + sum(
        width if column.figures else min(width, words_at_most)
        for column, width in zip(columns, widths, strict=True)
    )
