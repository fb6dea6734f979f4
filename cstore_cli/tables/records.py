"""CSV bytes to records that know their physical line; no meaning yet."""

import codecs
import csv
import gc
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.values import TableSource

_WORKBOOK = b"PK\x03\x04"
_OTHER_DELIMITERS = (";", "\t", "|", ",")
_NO_LIMIT = 2**31 - 1
_OTHER_ENCODINGS = ("big5", "cp950", "gb18030", "shift_jis")


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
    text = _decoded(path, source)
    if not text.strip():
        raise InputError(
            f"{path}: is empty; expected a header line and a row per record "
            "(a header alone is a table without rows)."
        )
    csv.field_size_limit(_NO_LIMIT)
    has_nul = "\0" in text
    lines = text.split("\n")
    reader = csv.reader(_with_ends(lines), delimiter=source.delimiter, strict=True)
    header = _header(reader, path, source, lines[0])
    cells: list[list[str]] = []
    starts: list[int] = []
    broken: list[tuple[Fault, str]] = []
    while True:
        start = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            # What goes wrong lines later began with a quote that was never closed.
            if "unexpected end" in str(error) or reader.line_num > start:
                raise InputError(
                    f"{path}:{start}: a quote is left open in this record; everything "
                    'after it is lost. Close it, or double a quote meant as text ("").'
                ) from None
            broken.append(_broken(path, start, lines, start, _why(error)))
            continue
        if not record or (len(record) == 1 and not record[0].strip(" \r")):
            continue
        if len(record) != len(header):
            what = f"has {len(record)} cells, the header {len(header)}"
            broken.append(_broken(path, start, lines, reader.line_num, what))
        elif has_nul and any("\0" in cell for cell in record):
            what = "holds NUL characters"
            broken.append(_broken(path, start, lines, reader.line_num, what))
        else:
            cells.append(record)
            starts.append(start)
    return Records(header, cells, starts, broken)


def _quoted(delimiter: str) -> str:
    """As YAML reads it: a tab only between double quotes."""
    return '"\\t"' if delimiter == "\t" else repr(delimiter)


def _with_ends(lines: list[str]) -> Iterator[str]:
    yield from (line + "\n" for line in lines[:-1])
    if lines[-1]:
        yield lines[-1]


def _why(error: csv.Error) -> str:
    """What csv says of a line, in words that need no programmer."""
    if "new-line" in str(error):
        return "holds a carriage return outside quotes"
    return "has text after a closing quote (a quote meant as text is doubled)"


def _broken(
    path: Path, start: int, lines: list[str], end: int, what: str
) -> tuple[Fault, str]:
    raw = "\n".join(lines[start - 1 : end]).rstrip("\r")
    return Fault(str(path), start, "", f"the line {what}", "mend the line"), raw


def _header(
    reader: Iterator[list[str]], path: Path, source: TableSource, first_line: str
) -> tuple[str, ...]:
    try:
        header = tuple(name.strip() for name in next(reader))
    except csv.Error as error:
        what = "has a quote left open"
        if "unexpected end" not in str(error):
            what = _why(error)
        raise InputError(f"{path}:1: the header {what}; mend it.") from None
    if not any(header):
        raise InputError(f"{path}:1: is blank; the header stands in the first line.")
    if len(header) == 1:
        for other in _OTHER_DELIMITERS:
            if other != source.delimiter and first_line.count(other) > 1:
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
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise InputError(f"{path}:1: columns stand twice: {', '.join(twice)}.")
    return header


def read_bytes(path: Path) -> bytes:
    """
    The file's bytes; those of a .gz unpacked.

    Raises
    ------
    InputError
        When there is no such file or it cannot be read.
    """
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if path.suffix == ".gz" else data
    except FileNotFoundError:
        raise InputError(
            f"{path}: no such file. Check the path in the YAML or the option."
        ) from None
    except IsADirectoryError:
        raise InputError(f"{path}: is a folder; expected a CSV file.") from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: cannot be read ({error}).") from error


def _decoded(path: Path, source: TableSource) -> str:
    data = read_bytes(path)
    encoding = codecs.lookup(source.encoding).name
    if data.startswith(_WORKBOOK):
        raise InputError(
            f"{path}: is an Excel workbook (or another zip), not a CSV file. Save it "
            "as CSV UTF-8."
        )
    utf_16 = data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    if utf_16 and not encoding.startswith("utf-16"):
        raise InputError(
            f"{path}: is UTF-16, not {source.encoding}. Say `encoding: utf-16` under "
            "this table in the YAML."
        )
    try:
        text = io.TextIOWrapper(io.BytesIO(data), encoding, newline="\n").read()
        return text.removeprefix("\ufeff")
    except UnicodeError as error:
        position = getattr(error, "start", 0)
        line = data.count(b"\n", 0, position) + 1
        fits = [name for name in _OTHER_ENCODINGS if _fits(data, name)]
        hint = f" It reads as {fits[0]}: say `encoding: {fits[0]}`" if fits else " Say"
        raise InputError(
            f"{path}:{line}: is not {source.encoding}.{hint}"
            f"{'' if fits else ' `encoding:`'} under this table in the YAML."
        ) from None


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeError:
        return False
    return True
