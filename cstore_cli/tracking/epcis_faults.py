"""Errors of a JSON schema to faults that name the field in question."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cstore_cli.errors import Fault
from cstore_cli.settings.yaml_file import did_you_mean
from cstore_cli.tracking.epcis_parse import Path, path_text

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_SHOWN = 60
_FEW = 8
_MISSING = "is missing"

_Said = tuple[Path, str, str]
"""Path of the field, what is wrong with it, how to mend it."""


def found(
    errors: Sequence["ValidationError"], document: Any, file: str
) -> tuple[Fault, ...]:
    """
    The faults behind ``errors``, one per field, in the document's order.

    An error that stops at an object, since none of several alternatives fits it, is
    followed to the alternative that was meant. What has no ``type`` fits the rules of
    every type or of none, so that only the missing type is told of it.
    """
    what_of: dict[Path, tuple[str, str]] = {}
    for error in sorted(errors, key=_stops):
        for path, what, mend in _meant(error, what_of):
            what_of.setdefault(path, (what, mend))
    untyped = {path[:-1] for path in what_of if _is_untyped(path, what_of[path][0])}
    kept = (
        (path, *what)
        for path, what in what_of.items()
        if path[-1:] == ("type",) or untyped.isdisjoint(_folders(path))
    )
    places = _Places(document)
    return tuple(
        Fault(file, None, path_text(path), what, mend)
        for path, what, mend in sorted(kept, key=lambda fault: places.of(fault[0]))
    )


def _is_untyped(path: Path, what: str) -> bool:
    """Whether the document or an event has no type."""
    return path[-1:] == ("type",) and what == _MISSING and path[-3:-2] in _HOLDERS


_HOLDERS = ((), ("eventList",))


def _folders(path: Path) -> Iterator[Path]:
    """The objects and lists on the way to the field."""
    return (path[:k] for k in range(len(path)))


class _Places:
    """Where the fields of a document stand, so that what stands first comes first."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._fields: dict[int, dict[str, int]] = {}

    def of(self, path: Path) -> list[tuple[int, str]]:
        """The places on the way to the field, a missing one after all others."""
        places, value = [], self._document
        for part in path:
            if isinstance(part, int):
                places.append((part, ""))
            else:
                fields = self._fields_of(value)
                places.append((fields.get(part, len(fields)), part))
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                value = None
        return places

    def _fields_of(self, value: Any) -> dict[str, int]:
        if not isinstance(value, dict):
            return {}
        if id(value) not in self._fields:
            self._fields[id(value)] = {name: k for k, name in enumerate(value)}
        return self._fields[id(value)]


def _stops(error: "ValidationError") -> bool:
    """Whether it stops at an object of which no alternative fits."""
    return bool(error.context) and isinstance(error.instance, dict | list)


def _meant(error: "ValidationError", known: Collection[Path]) -> list[_Said]:
    """
    The faults of an error, against the alternative that its object comes nearest to.

    None where the faults that are ``known`` keep the object from an alternative.
    """
    if not _stops(error):
        return _at_field(error)
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    typed = [
        branch
        for branch in branches.values()
        if not any(list(inner.relative_path) == ["type"] for inner in branch)
    ]
    said = [
        [fault for inner in branch for fault in _meant(inner, known)]
        for branch in typed or branches.values()
    ]
    if any(all(path in known for path, *_ in faults) for faults in said):
        return []
    return min(said, key=len)


def _at_field(error: "ValidationError") -> list[_Said]:
    """The faults of an error that knows its field."""
    path: Path = tuple(error.absolute_path)
    value, wanted = error.instance, error.validator_value
    if error.validator == "required":
        absent = [name for name in wanted if name not in value]
        return [((*path, name), _MISSING, f"add `{name}`") for name in absent]
    if error.validator == "additionalProperties":
        allowed = list(error.schema.get("properties", {}))
        strange = [name for name in value if name not in allowed]
        return [_strange_field(path, name, allowed) for name in strange]
    if "propertyNames" in error.absolute_schema_path:
        return [_strange_field(path, value, _words(error))]
    return [(path, *_strange_value(error))]


def _strange_value(error: "ValidationError") -> tuple[str, str]:
    """What is wrong with a value, and how to mend it."""
    shown = _shown(error.instance)
    if error.validator in ("anyOf", "oneOf", "enum", "const"):
        words = _words(error)
        known = f"known: {', '.join(words)}" if len(words) <= _FEW else "see CBV 2.0"
        mend = did_you_mean(str(error.instance)[:_SHOWN], words) or known
        return f"{shown} is not one of the words for it", mend
    wanted = str(error.validator_value)[:_SHOWN]
    said = _SAID_OF.get(
        error.validator, f"breaks the rule {error.validator}: {{wanted}}"
    )
    return said.format(value=shown, wanted=_NAMES.get(wanted, wanted)), ""


_SAID_OF = {
    "format": "{value} is no {wanted}",
    "type": "{value} is no {wanted}",
    "pattern": "{value} does not have the form {wanted}",
    "not": "must not stand here",
    "uniqueItems": "has an item twice",
    "minItems": "has fewer items than {wanted}",
}
_NAMES = {
    "uri": "URI",
    "date-time": "instant with offset, such as 2026-11-23T09:00:00+08:00",
}


def _strange_field(path: Path, name: str, known: Sequence[str]) -> _Said:
    mend = did_you_mean(name[:_SHOWN], known) or "a field of your own needs a namespace"
    return (*path, name), "is no field here", mend


def _words(error: "ValidationError") -> list[str]:
    """All words that the error would have accepted."""
    words: list[str] = []
    if error.validator in ("enum", "const"):
        wanted = error.validator_value
        words += wanted if error.validator == "enum" else [wanted]
    for inner in error.context or ():
        words += _words(inner)
    return list(dict.fromkeys(map(str, words)))


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
