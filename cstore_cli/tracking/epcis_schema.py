"""Whether a document is EPCIS 2.0: the standard's JSON schema, every fault by field."""

from collections.abc import Callable, Iterator
from typing import Any

from cstore_cli.errors import Fault, InputError
from cstore_cli.tracking.epcis_faults import found

_MOST_REMEMBERED = 200_000


class EpcisSchema:
    """
    The standard's schema, compiled once for all documents.

    Parameters
    ----------
    schema
        The schema, parsed.
    file
        How messages call it.

    Raises
    ------
    InputError
        When it is no JSON schema.
    """

    def __init__(self, schema: dict[str, Any], *, file: str) -> None:
        from jsonschema import Draft7Validator, FormatChecker  # noqa: PLC0415
        from jsonschema.exceptions import SchemaError  # noqa: PLC0415
        from jsonschema.validators import extend, validator_for  # noqa: PLC0415
        from referencing import Registry  # noqa: PLC0415

        kind = validator_for(schema, default=Draft7Validator)
        try:
            kind.check_schema(schema)
        except SchemaError as error:
            raise InputError(
                f"{file}: is no JSON schema ({error.message}). Get the EPCIS 2.0 one "
                "from GS1 and name it under `epcis_schema:`."
            ) from None
        quick = {
            keyword: _once_per_text(kind.VALIDATORS[keyword])
            for keyword in ("$ref", "anyOf")
        }
        # An empty registry: what the schema refers to elsewhere is never fetched.
        self._validator = extend(kind, quick)(
            schema, format_checker=FormatChecker(), registry=Registry()
        )
        self._file = file

    def faults(self, document: Any, *, file: str) -> tuple[Fault, ...]:
        """
        Every fault of a parsed document, in its order, with the field's path.

        Raises
        ------
        InputError
            When the schema refers to one that it does not contain.
        """
        from referencing.exceptions import Unresolvable  # noqa: PLC0415

        try:
            errors = list(self._validator.iter_errors(document))
        except Unresolvable as error:
            raise InputError(
                f"{self._file}: refers to {error.ref}, which it does not contain. "
                "Name a schema that is whole; nothing is fetched."
            ) from None
        return found(errors, document, file)


def _once_per_text(keyword: Callable[..., Any]) -> Callable[..., Iterator[Any]]:
    """
    The keyword, which tests a text against a part of the schema only once.

    Most texts of a document are field names and vocabulary words that come again with
    each event; whether they pass depends on nothing else. Those that do not are tested
    each time, since their errors tell where they stand.
    """
    passed: set[tuple[int, str]] = set()

    def quick(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
        is_text = isinstance(instance, str)
        if is_text and (id(schema), instance) in passed:
            return
        fine = True
        for error in keyword(validator, value, instance, schema) or ():
            fine = False
            yield error
        if is_text and fine and len(passed) < _MOST_REMEMBERED:
            passed.add((id(schema), instance))

    return quick
