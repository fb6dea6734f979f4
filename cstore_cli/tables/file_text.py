"""A file's bytes and text: unpacked, decoded, refused in words when it is neither."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cstore_cli.errors import InputError
from cstore_cli.settings.values import TableSource

_WORKBOOK = b"PK\x03\x04"
_OTHER_ENCODINGS = ("big5", "cp950", "gb18030", "shift_jis")
_UTF_8 = "utf-8"


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
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, error) from error


def read_text(path: Path, source: TableSource) -> str:
    """
    The file's text, without the mark at its start.

    Raises
    ------
    InputError
        When it cannot be read, or is a workbook or in another encoding.
    """
    data = read_bytes(path)
    _refuse_other_kinds(data, path, source)
    try:
        name = _encoding(source)
        text = io.TextIOWrapper(io.BytesIO(data), name, newline="\n").read()
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


@contextmanager
def opened_utf_8(path: Path, source: TableSource) -> Iterator[IO[bytes]]:
    """
    The file as UTF-8 without the mark at its start, to be read bit by bit.

    A file in UTF-8 is not decoded here: what is not UTF-8 is for the reader to find.

    Raises
    ------
    InputError
        As `read_text`; also when reading on fails.
    """
    try:
        if _encoding(source) != _UTF_8:
            yield io.BytesIO(read_text(path, source).encode())
            return
        packed = path.suffix == ".gz"
        with io.BytesIO(read_bytes(path)) if packed else path.open("rb") as stream:
            _refuse_other_kinds(stream.read(len(_WORKBOOK)), path, source)
            stream.seek(0)
            if stream.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
                stream.seek(0)
            yield stream
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> InputError:
    """The refusal of a file that the machine does not hand out."""
    if isinstance(error, FileNotFoundError):
        return InputError(
            f"{path}: no such file. Check the path in the YAML or the option."
        )
    if isinstance(error, IsADirectoryError):
        return InputError(f"{path}: is a folder; expected a CSV file.")
    return InputError(f"{path}: cannot be read ({error}).")


def _encoding(source: TableSource) -> str:
    return codecs.lookup(source.encoding).name


def _refuse_other_kinds(start: bytes, path: Path, source: TableSource) -> None:
    if start.startswith(_WORKBOOK):
        raise InputError(
            f"{path}: is an Excel workbook (or another zip), not a CSV file. Save it "
            "as CSV UTF-8."
        )
    utf_16 = start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    if utf_16 and not _encoding(source).startswith("utf-16"):
        raise InputError(
            f"{path}: is UTF-16, not {source.encoding}. Say `encoding: utf-16` under "
            "this table in the YAML."
        )


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeError:
        return False
    return True
