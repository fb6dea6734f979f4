"""
A CSV file bit by bit: blocks of text cells that know their line, whatever its size.

A line is plain if it has no quote, no NUL, no carriage return but that of its end, and
as many delimiters as the header. Plain lines are split by polars, the others one by one
by the csv module, as `read_records` splits all; where a record reaches over a line end,
its whole block is. So a block holds what `read_records` finds in those lines.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import polars as pl

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.values import TableSource
from cstore_cli.tables.file_text import opened_utf_8, read_text
from cstore_cli.tables.records import (
    Records,
    SpansLinesError,
    collector_at_rest,
    refuse_empty,
    split,
    split_header,
)

BLOCK_BYTES = 2**25
_BOM = "\ufeff".encode()
_NEWLINE, _RETURN = b"\n\r"


@dataclass(frozen=True)
class Block:
    """
    Rows of a file that follow one another.

    ``cells`` are text, null where empty, in the file's columns; ``lines`` is where each
    row starts. ``broken`` holds the records that do not split, with their text.
    """

    cells: pl.DataFrame
    lines: pl.Series
    broken: list[tuple[Fault, str]]


@collector_at_rest()
def block_of(records: Records) -> Block:
    """The records as a block."""
    columns = list(zip(*records.cells, strict=True)) or [()] * len(records.header)
    cells = pl.DataFrame(
        {
            name: pl.Series(list(column), dtype=pl.String)
            for name, column in zip(records.header, columns, strict=True)
        }
    )
    cells = cells.with_columns(
        pl.when(pl.col(name) != "").then(pl.col(name)) for name in cells.columns
    )
    lines = pl.Series("line", records.lines, dtype=pl.Int64)
    return Block(cells, lines, records.broken)


def read_blocks(path: Path, source: TableSource, num_bytes: int) -> Iterator[Block]:
    """
    Split a CSV file into blocks of about ``num_bytes``; one at least.

    Raises
    ------
    InputError
        As `read_records`, but a fault of the file is found when its block is reached.
    """
    with opened_utf_8(path, source) as stream:
        try:
            yield from blocks_of(stream, path, source, num_bytes)
        except UnicodeDecodeError:
            read_text(path, source)  # refuses, with the line and what it reads as
            raise


def blocks_of(
    stream: IO[bytes], path: Path, source: TableSource, num_bytes: int = BLOCK_BYTES
) -> Iterator[Block]:
    """`read_blocks` of what stands in a file, in UTF-8 without the mark."""
    yield from _Splitter(path, source, stream).blocks(num_bytes)


class _Splitter:
    """Where in the file we are, and the header of its rows."""

    def __init__(self, path: Path, source: TableSource, stream: IO[bytes]) -> None:
        self._path, self._source, self._stream = path, source, stream
        self._lines_read = 0
        try:
            lines = (line.decode() for line in iter(stream.readline, b""))
            self._header, self._lines_read = split_header(lines, path, source)
        except (InputError, StopIteration):
            refuse_empty(read_text(path, source), path)
            raise

    def blocks(self, num_bytes: int) -> Iterator[Block]:
        left, goes_on = b"", True
        first = True
        while goes_on:
            num = max(num_bytes, len(left))
            data = self._stream.read(num)
            goes_on = len(data) == num
            data = left + data + self._stream.readline()
            block, left = self._block(data, goes_on=goes_on)
            if first or len(block.lines) or block.broken:
                yield block
            first = False

    def _block(self, data: bytes, *, goes_on: bool) -> tuple[Block, bytes]:
        """The block of whole lines, and those of a record that does not end in them."""
        if not data.isascii():
            data.decode()
        delimiter = self._source.delimiter.encode()
        left = b""
        block = None
        if len(self._header) > 1 and len(delimiter) == 1:
            block = self._plainly(data, delimiter[0])
        if block is None:
            lines = data.decode().split("\n")
            records, taken = self._split(lines, goes_on=goes_on)
            block = block_of(records)
            left = "\n".join(lines[taken:]).encode()
        self._lines_read += data.count(b"\n") - left.count(b"\n")
        return block, left

    def _split(self, lines: list[str], *, goes_on: bool) -> tuple[Records, int]:
        first = self._lines_read + 1
        numbers = range(first, first + len(lines))
        return split(
            lines, numbers, self._header, self._path, self._source, goes_on=goes_on
        )

    def _plainly(self, data: bytes, delimiter: int) -> Block | None:
        """The block of lines that are a record each; None if one is no line alone."""
        text = np.frombuffer(data, np.uint8)
        ends = np.flatnonzero(text == _NEWLINE)
        if not data.endswith(b"\n") and data:
            ends = np.append(ends, len(text))
        odd = _odd_lines(data, ends, delimiter, len(self._header) - 1)
        numbers = self._lines_read + 1 + np.arange(len(ends))
        if not odd.any():
            return self._cut(data, numbers)
        try:
            others, _ = split(
                _lines_at(data, ends, odd),
                numbers[odd].tolist(),
                self._header,
                self._path,
                self._source,
                alone=True,
            )
        except SpansLinesError:
            return None
        lengths = np.diff(ends + 1, prepend=0)
        lengths[-1:] -= not data.endswith(b"\n")
        plain = self._cut(text[np.repeat(~odd, lengths)].tobytes(), numbers[~odd])
        return plain and _together(plain, block_of(others))

    def _cut(self, data: bytes, numbers: npt.NDArray[np.int64]) -> Block | None:
        if data.startswith(_BOM):
            return None  # polars would drop it
        names = [str(place) for place in range(len(self._header))]
        cells = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
        if len(numbers):
            cells = pl.read_csv(
                data,
                has_header=False,
                separator=self._source.delimiter,
                quote_char=None,
                schema=cells.schema,
            )
        cells.columns = list(self._header)
        return Block(cells, pl.Series("line", numbers, dtype=pl.Int64), [])


def _odd_lines(
    data: bytes, ends: npt.NDArray[np.int64], delimiter: int, num: int
) -> npt.NDArray[np.bool_]:
    """Whether each line is not plain."""
    text = np.frombuffer(data, np.uint8)
    marks = np.searchsorted(np.flatnonzero(text == delimiter), ends)
    odd: npt.NDArray[np.bool_] = np.diff(marks, prepend=0) != num
    for sign in b'"\0\r':
        if sign in data:
            places = np.flatnonzero(text == sign)
            if sign == _RETURN:  # one at the very end of the file is lone as well
                after = text[np.minimum(places + 1, len(text) - 1)]
                places = places[after != _NEWLINE]
            odd[np.searchsorted(ends, places)] = True
    return odd


def _lines_at(
    data: bytes, ends: npt.NDArray[np.int64], which: npt.NDArray[np.bool_]
) -> list[str]:
    """The text of some lines, in a form that `split` takes: their ends are no part."""
    starts = np.append(0, ends[:-1] + 1)[which]
    cut = zip(starts.tolist(), ends[which].tolist(), strict=True)
    return [data[start:end].decode() for start, end in cut] + [""]


def _together(plain: Block, others: Block) -> Block:
    cells = pl.concat([plain.cells, others.cells])
    lines = pl.concat([plain.lines, others.lines])
    order = lines.arg_sort()
    return Block(cells[order], lines[order], others.broken)
