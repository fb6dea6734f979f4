"""Tests of the standard's schema: what is valid, and the field named where not."""

import json
import socket

import pytest
from epcis_events import document, event

from cstore_cli.errors import InputError
from cstore_cli.tracking.epcis_parse import parse
from cstore_cli.tracking.epcis_schema import EpcisSchema

EVENT = "epcisBody.eventList"
INVALID = {
    "Combination_of_multiple_invalid_fields": [
        f"{EVENT}[0].bizStep",
        f"{EVENT}[1].disposition",
        f"{EVENT}[2].sourceList[0].type",
        f"{EVENT}[3].ilmd.materialType",
        f"{EVENT}[4].eventTime",
        f"{EVENT}[4].action",
    ],
    "EPCISDocument_without_context": ["@context"],
    "ObjectEvent_with_invalid_action": [f"{EVENT}[0].action"],
    "ObjectEvent_with_invalid_eventTime_format": [f"{EVENT}[0].eventTime"],
    "ObjectEvent_with_non_standard_bizStep_in_second_event": [f"{EVENT}[1].bizStep"],
    "ObjectEvent_with_quantity_as_text": [f"{EVENT}[0].quantityList[0].quantity"],
    "ObjectEvent_without_action_and_eventTime": [
        f"{EVENT}[0].action",
        f"{EVENT}[0].eventTime",
        f"{EVENT}[0].eventTimeZoneOffset",
    ],
    "QueryDocument_with_invalid_action": [
        "epcisBody.queryResults.resultsBody.eventList[0].action"
    ],
    "Query_with_invalid_values": ["type"],
}
"""Name of a file: the fields at fault."""
BROKEN = {
    "no goods": (event(epcList=None), "epcList", "is missing"),
    "bad EPC": (event(epcList=["no URI"]), "epcList[0]", "'no URI' is no URI"),
    "EPC twice": (event(epcList=["urn:a:1"] * 2), "epcList", "has an item twice"),
    "goods of no adding": (event(ilmd={}), "ilmd", "must not stand here"),
    "near miss": (event(bizStep="recieving"), "bizStep", 'did you mean "receiving"?'),
    "short name": (event(bizSteps="x"), "bizSteps", 'did you mean "bizStep"?'),
    "own field": (event(colour="red"), "colour", "needs a namespace"),
    "no place": (event(readPoint={}), "readPoint.id", "is missing"),
    "no list": (event(epcList="urn:x:1"), "epcList", "'urn:x:1' is no array"),
    "offset": (event(eventTimeZoneOffset="+99:00"), "eventTimeZoneOffset", "form"),
    "odd quantity": (
        event(quantityList=[{"epcClass": "urn:a:1", "size": 1}]),
        "quantityList[0].size",
        "is no field here",
    ),
    "other type": (event(type="ObjectEvents"), "type", "'ObjectEvents' is no URI"),
    "no type": (event(type=None), "type", "is missing"),
    "empty aggregation": (
        event(type="AggregationEvent", epcList=None),
        "childEPCs",
        "is missing",
    ),
    "no type of source": (
        event(sourceList=[{"source": "urn:a:1"}]),
        "sourceList[0].type",
        "is missing",
    ),
    "long": (event(bizStep="x" * 90_000), "bizStep", "is not one of the words for it"),
}


def columns(faults):
    return [fault.column for fault in faults]


def test_all_valid_documents_pass(exchange, epcis_schema):
    paths = [*exchange.glob("epcis_valid/*"), *exchange.glob("*.epcis.json")]

    for path in paths:
        parsed = parse(path.read_bytes(), file=path.name)
        assert epcis_schema.faults(parsed, file=path.name) == ()
    assert len(paths) == 21


@pytest.mark.parametrize("name", INVALID)
def test_the_very_fields_at_fault_are_named(name, exchange, epcis_schema):
    path = exchange / "epcis_invalid" / f"{name}.json"
    parsed = parse(path.read_bytes(), file=path.name)

    assert columns(epcis_schema.faults(parsed, file=path.name)) == INVALID[name]


def test_every_invalid_document_is_tested(exchange):
    assert {path.stem for path in exchange.glob("epcis_invalid/*")} == set(INVALID)


@pytest.mark.parametrize("name", BROKEN)
def test_a_fault_is_said_in_words(name, epcis_schema):
    """Also where the schema's error stops at the event, none of whose forms fits."""
    broken, field, said = BROKEN[name]

    faults = epcis_schema.faults(document(event(), broken), file="d.json")

    assert columns(faults) == [f"{EVENT}[1].{field}"]
    assert said in str(faults[0])
    assert len(str(faults[0])) < 400


def test_faults_come_in_the_document_s_order(epcis_schema):
    events = [event(action="X") for _ in range(12)]

    faults = epcis_schema.faults(document(*events), file="d.json")

    assert columns(faults) == [f"{EVENT}[{k}].action" for k in range(12)]


def test_two_fields_missing_are_two_faults(epcis_schema):
    """A source without type and source is not excused for want of a type."""
    faults = epcis_schema.faults(document(event(sourceList=[{}])), file="d.json")

    source = f"{EVENT}[0].sourceList[0]"
    assert columns(faults) == [f"{source}.source", f"{source}.type"]


def test_a_fault_said_before_is_said_again(epcis_schema):
    """What the schema remembers of one event does not excuse the next."""
    good, bad = event(), event(bizStep="receivin")

    for _ in range(2):
        faults = epcis_schema.faults(document(good, bad, good, bad), file="d.json")
        assert columns(faults) == [f"{EVENT}[1].bizStep", f"{EVENT}[3].bizStep"]


def test_a_type_chosen_among_forms_is_followed():
    """A schema that lists the types of event side by side names the field as well."""
    forms = [
        {
            "properties": {"type": {"const": kind}, "n": {"type": "number"}},
            "required": ["type", needed],
        }
        for kind, needed in (("A", "n"), ("B", "m"))
    ]
    schema = EpcisSchema({"oneOf": forms}, file="s.json")

    faults = schema.faults({"type": "B", "n": "x", "x": 1, "y": 2}, file="d.json")

    assert columns(faults) == ["n", "m"]


def test_a_fault_that_spoils_an_alternative_is_told_alone():
    """The other alternative would ask for a field that nobody meant to write."""
    schema = EpcisSchema(
        {
            "anyOf": [{"required": ["m"]}, {"properties": {"n": {"pattern": "^a$"}}}],
            "properties": {"n": {"enum": ["a"]}},
        },
        file="s.json",
    )

    assert columns(schema.faults({"n": "b"}, file="d.json")) == ["n"]


def test_nothing_is_fetched(monkeypatch):
    def refuse(*_):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    schema = EpcisSchema({"$ref": "https://ref.gs1.org/x.json"}, file="s.json")

    with pytest.raises(InputError, match=r"s.json: refers to https://ref.gs1.org"):
        schema.faults({}, file="d.json")


def test_what_is_no_schema_is_refused():
    with pytest.raises(InputError, match=r"s.json: is no JSON schema"):
        EpcisSchema({"type": 5}, file="s.json")


def test_what_is_remembered_changes_no_verdict(exchange, epcis_schema):
    """Errors are those of the library alone, whatever was read before."""
    from jsonschema import Draft7Validator, FormatChecker

    schema = json.loads((exchange / "epcis_schema/epcis-json-schema.json").read_bytes())
    plain = Draft7Validator(schema, format_checker=FormatChecker())
    whole = document(*(broken for broken, _, _ in BROKEN.values() for _ in range(2)))

    def errors(validator):
        found = validator.iter_errors(whole)
        return sorted((error.json_path, error.message[:200]) for error in found)

    assert errors(epcis_schema._validator) == errors(plain)


def test_thousands_of_strange_fields_take_seconds(epcis_schema):
    """And not the hours that looking each up in all the others would."""
    strange = {f"colour{k}": k for k in range(5000)}

    faults = epcis_schema.faults(document(event(**strange)), file="d.json")

    assert columns(faults) == [f"{EVENT}[0].{name}" for name in strange]
