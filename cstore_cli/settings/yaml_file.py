"""Reading a YAML file into settings; every fault is named by file, line and column."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.base import Settings

S = TypeVar("S", bound=Settings)


_SCALARS = (str, int, float, bool)


class _Loader(yaml.SafeLoader):
    """YAML 1.2's scalars: 10:00 is text, not 600; no is text, not false."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _regex, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?",
        "-+.0123456789",
    ),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_regex})$"), _first
    )


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """``did you mean "x"?`` for a near miss, else the empty string."""
    near = get_close_matches(word, known, n=1, cutoff=0.7)
    return f'did you mean "{near[0]}"?' if near else ""


def read_yaml(path: Path) -> tuple[yaml.Node, dict[str, Any]]:
    """
    The node tree (which knows lines and columns) and the mapping it stands for.

    Raises
    ------
    InputError
        When the file is missing, not UTF-8, not YAML, no mapping, or repeats a key.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(
            f"{path}: no such file. Write one with `cstore init DIR`, or name yours "
            "with --config."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}).") from error
    loader = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None or not isinstance(node, yaml.MappingNode):
            raise InputError(f"{path}: holds no settings (expected `key: value` lines)")
        faults = list(_repeated_keys(node, str(path)))
        if faults:
            raise InputError(f"{path}: keys stand twice.", faults)
        return node, loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise InputError(
            f"{path} is not YAML.",
            [
                Fault(
                    str(path),
                    mark.line + 1 if mark else None,
                    f"column {mark.column + 1}" if mark else "",
                    str(error.problem),
                    "indent with spaces" if "'\\t'" in str(error.problem) else "",
                )
            ],
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(f"{path} is not YAML: {error}") from None
    finally:
        if loader:
            loader.dispose()


def _repeated_keys(node: yaml.Node, file: str) -> list[Fault]:
    if isinstance(node, yaml.SequenceNode):
        return [f for child in node.value for f in _repeated_keys(child, file)]
    if not isinstance(node, yaml.MappingNode):
        return []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for key, child in node.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        line = key.start_mark.line + 1
        if key.value in seen:
            faults.append(
                Fault(
                    file,
                    line,
                    f"column {key.start_mark.column + 1}",
                    f"{key.value!r} already stands in line {seen[key.value]}",
                    "keep one of them",
                )
            )
        seen[key.value] = line
        faults += _repeated_keys(child, file)
    return faults


def validated(
    model: type[S], node: yaml.Node, values: dict[str, Any], file: str
) -> tuple[S | None, list[Fault]]:
    """The settings, or None and every fault found with its line and column."""
    try:
        return model.model_validate(values), []
    except ValidationError as error:
        return None, [_fault(model, node, item, file) for item in error.errors()]


def fault_in(
    node: yaml.Node,
    file: str,
    location: Sequence[str | int],
    what: str,
    mend: str = "",
    *,
    key_wanted: bool = False,
) -> Fault:
    """
    Return a fault of what stands at ``location``, keys and list positions, in ``node``.

    ``key_wanted``: the fault is the key's, not its value's.
    """
    mark = _mark(node, location, key_wanted=key_wanted)
    name = ".".join(str(part) for part in location) or "(whole file)"
    return Fault(file, mark.line + 1, f"column {mark.column + 1}: {name}", what, mend)


def _fault(model: type[BaseModel], node: yaml.Node, item: Any, file: str) -> Fault:
    location = [part for part in item["loc"] if not _is_tag(part)]
    location += item.get("ctx", {}).get("at", ())
    unknown = item["type"] == "extra_forbidden"
    key_wanted = unknown or item["type"] == "fault_at" or "[key]" in item["loc"]
    what, mend = str(item["msg"]), ""
    if unknown:
        known = _known_keys(model, location[:-1])
        what = f"{location[-1]!r} is not a setting here"
        mend = did_you_mean(str(location[-1]), known) or f"known: {', '.join(known)}"
    elif item["type"] == "missing":
        what, mend = "is missing", f"add `{location[-1]}:`"
    else:
        what = what.removeprefix("Value error, ")
        got = item["input"]
        ours = what != item["msg"] or item["type"] == "fault_at"
        if not ours and isinstance(got, _SCALARS):
            what = f"{what}; got {got!r}"
        if item["type"] == "string_type" and isinstance(got, _SCALARS):
            mend = f'write it in quotes: "{got}"'
    return fault_in(node, file, location, what, mend, key_wanted=key_wanted)


def _is_tag(part: Any) -> bool:
    return isinstance(part, str) and ("[" in part or "function-" in part)


def _mark(node: yaml.Node, location: Sequence[Any], *, key_wanted: bool) -> yaml.Mark:
    mark = node.start_mark
    for depth, part in enumerate(location):
        last = depth == len(location) - 1
        if isinstance(node, yaml.MappingNode):
            pair = next((p for p in node.value if p[0].value == str(part)), None)
            if pair is None:
                return mark
            key, node = pair
            mark = key.start_mark if key_wanted and last else node.start_mark
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            mark = node.start_mark
        else:
            return mark
    return mark


def _known_keys(model: type[BaseModel], location: Sequence[Any]) -> list[str]:
    """Keys that the mapping at ``location`` accepts."""
    kind: Any = model
    inside = False  # a list or a mapping, whose next part is a position or a name
    for part in location:
        if inside:
            inside = False
            continue
        annotation = kind.model_fields[part].annotation
        kind = _inner_model(annotation)
        inside = get_origin(annotation) in (list, dict)
    return sorted(kind.model_fields) if _is_model(kind) else []


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _inner_model(annotation: Any) -> Any:
    """The settings class inside `list[X]`, `dict[str, X]`, `X | None`."""
    if _is_model(annotation):
        return annotation
    inner = (_inner_model(part) for part in getattr(annotation, "__args__", ()))
    return next((kind for kind in inner if kind is not None), None)
