"""The bytes of a JSON document to plain values, hostile ones refused by name."""

import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

from cstore_cli.errors import Fault, InputError

_DEEPEST = 50
_LONGEST_TEXT = 100_000
_MOST_DIGITS = 300
"""A float can hold as much; no figure of a parcel needs it."""
_SHOWN = 60

Path = tuple[str | int, ...]


def path_text(path: Path) -> str:
    """``epcisBody.eventList[1].bizStep``."""
    parts = (f"[{p}]" if isinstance(p, int) else f".{p[:_SHOWN]}" for p in path)
    return "".join(parts).lstrip(".")


class _Twice:
    """Stands for an object that has a key twice."""

    def __init__(self, keys: list[str]) -> None:
        self.keys = keys


class _NoFigure:
    """Stands for a number that is none, or that no figure can hold."""

    def __init__(self, text: str) -> None:
        self.text = text


def parse(data: bytes, *, file: str) -> dict[str, Any]:
    """
    Parse a JSON object.

    Raises
    ------
    InputError
        When it is not UTF-8, not JSON or no object; and, each with its path, for keys
        that stand twice, numbers that are none (NaN, 1e999), text that is no Unicode,
        holds NUL or is longer than any, and values nested too deep.
    """
    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_once,
            parse_float=_finite,
            parse_int=_whole,
            parse_constant=_NoFigure,
        )
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{file}:{line}: is not UTF-8 (byte {error.start + 1}). Save it as UTF-8."
        ) from None
    except json.JSONDecodeError as error:
        raise InputError(
            f"{file}:{error.lineno}: column {error.colno}: is not JSON "
            f"({error.msg[0].lower()}{error.msg[1:]}). Ask the partner for the whole "
            "document again."
        ) from None
    except RecursionError:
        raise InputError(
            f"{file}: values are nested too deep; {_DEEPEST} levels are the most."
        ) from None
    if not isinstance(value, dict | _Twice):
        raise InputError(f"{file}: holds no JSON object; expected {{...}}.")
    faults = [
        Fault(file, None, path_text(path), what, mend)
        for path, what, mend in _faults(value)
    ]
    if faults or isinstance(value, _Twice):
        raise InputError(f"{file}: {len(faults)} fault(s) in the JSON:", faults)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Twice:
    fields = dict(pairs)
    if len(fields) == len(pairs):
        return fields
    times = Counter(name for name, _ in pairs)
    return _Twice([name for name in fields if times[name] > 1])


def _finite(text: str) -> float | _NoFigure:
    value = float(text)
    return value if math.isfinite(value) else _NoFigure(text)


def _whole(text: str) -> int | _NoFigure:
    return int(text) if len(text) <= _MOST_DIGITS else _NoFigure(text)


def _faults(document: Any) -> Iterator[tuple[Path, str, str]]:
    """Path, fault and mend of each value that must not be."""
    left: list[tuple[Path, Any]] = [((), document)]
    while left:
        path, value = left.pop()
        if isinstance(value, dict | list) and len(path) >= _DEEPEST:
            yield path, f"is nested deeper than {_DEEPEST} levels", "flatten it"
        elif isinstance(value, dict):
            for name in value:
                yield from ((path, *fault) for fault in _text_faults(name, "a key"))
            left += [((*path, name), inner) for name, inner in reversed(value.items())]
        elif isinstance(value, list):
            left += [((*path, k), value[k]) for k in reversed(range(len(value)))]
        elif isinstance(value, str):
            yield from ((path, *fault) for fault in _text_faults(value, "text"))
        elif isinstance(value, _Twice):
            for name in value.keys:
                yield (*path, name), "stands twice", "keep one of them"
        elif isinstance(value, _NoFigure):
            shown = value.text[:_SHOWN]
            yield path, f"{shown} is no number that can be used", "write a number"


def _text_faults(text: str, kind: str) -> Iterator[tuple[str, str]]:
    if len(text) > _LONGEST_TEXT:
        what = f"{kind} of {len(text)} characters; {_LONGEST_TEXT} are the most"
        yield what, "shorten it"
    if "\0" in text:
        yield f"{kind} that holds NUL", "take it out"
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        yield f"{kind} that holds half a character (a lone surrogate)", "mend it"
