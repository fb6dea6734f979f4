"""Lines of CSV text to records that know their physical line; no meaning yet."""

import csv
import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.values import TableSource
from cstore_cli.tables.file_text import read_text

_OTHER_DELIMITERS = (";", "\t", "|", ",")
_NO_LIMIT = 2**31 - 1


@dataclass(frozen=True)
class Records:
    """
    ``cells[k]`` is the k-th record that splits into the header's columns.

    ``lines[k]`` is the physical line where it starts (header = 1). ``broken`` holds
    the records that do not split, with their text as it stood.
    """

    header: tuple[str, ...]
    cells: list[list[str]]
    lines: list[int]
    broken: list[tuple[Fault, str]]


class SpansLinesError(Exception):
    """A record of lines that were thought to be one each goes on in the next."""


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """
    No search for cyclic garbage meanwhile.

    A million rows of cells have no cycles; looking for some took half of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@collector_at_rest()
def read_records(path: Path, source: TableSource) -> Records:
    """
    Split a CSV file into records.

    A record that does not split (too few or many cells, a NUL) is put aside as a line.

    Raises
    ------
    InputError
        When the file is missing, unreadable, empty, in another encoding or with
        another delimiter than its source says, or a quote is left open.
    """
    text = read_text(path, source)
    refuse_empty(text, path)
    lines = text.split("\n")
    header, taken = split_header(_with_ends(lines), path, source)
    del lines[:taken]
    numbers = range(taken + 1, taken + 1 + len(lines))
    records, _ = split(lines, numbers, header, path, source)
    return records


def refuse_empty(text: str, path: Path) -> None:
    """
    Refuse a file that holds nothing but blanks.

    Raises
    ------
    InputError
        With what a table needs.
    """
    if not text.strip():
        raise InputError(
            f"{path}: is empty; expected a header line and a row per record "
            "(a header alone is a table without rows)."
        )


@collector_at_rest()
def split(
    lines: Sequence[str],
    numbers: Sequence[int],
    header: tuple[str, ...],
    path: Path,
    source: TableSource,
    *,
    goes_on: bool = False,
    alone: bool = False,
) -> tuple[Records, int]:
    """
    The records of ``lines``, and how many of the lines they took.

    ``lines`` is text between line ends (the last one empty if the text ends with one),
    ``numbers`` the physical number of each. If the text ``goes_on`` after them, a
    record that does not end here is not taken. Lines ``alone`` do not follow one
    another, so no record may reach into the next.

    Raises
    ------
    InputError
        When a quote is left open.
    SpansLinesError
        When it would be, or a record is longer than its line, of lines ``alone``.
    """
    csv.field_size_limit(_NO_LIMIT)
    has_nul = any("\0" in line for line in lines)
    reader = csv.reader(_with_ends(lines), delimiter=source.delimiter, strict=True)
    records = Records(header, [], [], [])
    while True:
        start = reader.line_num
        fault = ""
        try:
            record = next(reader)
        except StopIteration:
            return records, len(lines)
        except csv.Error as error:
            record, fault = [], str(error)
        reaches_on = reader.line_num > start + 1
        cut_off = "unexpected end" in fault
        if alone and (reaches_on or cut_off):
            raise SpansLinesError
        if cut_off and goes_on:
            return records, start
        # What goes wrong lines later began with a quote that was never closed.
        if cut_off or (fault and reaches_on):
            raise InputError(
                f"{path}:{numbers[start]}: a quote is left open in this record; "
                "everything after it is lost. Close it, or double a quote meant as "
                'text ("").'
            )
        if not fault and len(record) < 2 and not "".join(record).strip(" \r"):  # noqa: PLR2004
            continue
        what = _why(fault) if fault else _misfit(record, header, has_nul=has_nul)
        if not what:
            records.cells.append(record)
            records.lines.append(numbers[start])
            continue
        text = "\n".join(lines[start : reader.line_num]).rstrip("\r")
        about = Fault(
            str(path), numbers[start], "", f"the line {what}", "mend the line"
        )
        records.broken.append((about, text))


def split_header(
    lines: Iterable[str], path: Path, source: TableSource
) -> tuple[tuple[str, ...], int]:
    """
    The header that ``lines``, with their ends, begin with, and how many it took.

    Raises
    ------
    InputError
        When no table can stand under it.
    """
    csv.field_size_limit(_NO_LIMIT)
    taken: list[str] = []
    kept = (taken.append(line) or line for line in lines)  # type: ignore[func-returns-value]
    reader = csv.reader(kept, delimiter=source.delimiter, strict=True)
    try:
        header = tuple(name.strip() for name in next(reader))
    except csv.Error as error:
        what = "has a quote left open"
        if "unexpected end" not in str(error):
            what = _why(str(error))
        raise InputError(f"{path}:1: the header {what}; mend it.") from None
    if not any(header):
        raise InputError(f"{path}:1: is blank; the header stands in the first line.")
    if len(header) == 1:
        for other in _OTHER_DELIMITERS:
            if other != source.delimiter and taken[0].count(other) > 1:
                raise InputError(
                    f"{path}:1: the header is one cell; its columns stand between "
                    f"{other!r}, not {source.delimiter!r}. Say `delimiter: "
                    f"{_quoted(other)}` under this table in the YAML."
                )
    bare = [str(place) for place, name in enumerate(header, 1) if not name]
    if len(bare) > 1:
        raise InputError(
            f"{path}:1: columns {', '.join(bare)} have no name. Name them, or delete "
            "them if they are empty."
        )
    twice = sorted(name for name, times in Counter(header).items() if times > 1)
    if twice:
        raise InputError(f"{path}:1: columns stand twice: {', '.join(twice)}.")
    return header, len(taken)


def _quoted(delimiter: str) -> str:
    """As YAML reads it: a tab only between double quotes."""
    return '"\\t"' if delimiter == "\t" else repr(delimiter)


def _with_ends(lines: Sequence[str]) -> Iterator[str]:
    yield from (line + "\n" for line in lines[:-1])
    if lines and lines[-1]:
        yield lines[-1]


def _misfit(record: list[str], header: tuple[str, ...], *, has_nul: bool) -> str:
    """Why a record is none of the header's; empty if it is."""
    if len(record) != len(header):
        return f"has {len(record)} cells, the header {len(header)}"
    if has_nul and any("\0" in cell for cell in record):
        return "holds NUL characters"
    return ""


def _why(fault: str) -> str:
    """What csv says of a line, in words that need no programmer."""
    if "new-line" in fault:
        return "holds a carriage return outside quotes"
    return "has text after a closing quote (a quote meant as text is doubled)"
