"""Tests of JSON that means harm, or was written by a careless program."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstore_cli.errors import InputError
from cstore_cli.tracking.epcis_parse import parse

HOSTILE = {
    "nothing": (b"", "d.json:1: column 1: is not JSON"),
    "no JSON": (b"<xml/>", "d.json:1: column 1: is not JSON"),
    "cut short": (b'{"a": [1,\n2', "d.json:2: column 2: is not JSON"),
    "a list": (b"[]", "d.json: holds no JSON object; expected {...}"),
    "no UTF-8": (b'{"a":\n"\xff"}', "d.json:2: is not UTF-8 (byte 8). Save it as"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "d.json:1: is not UTF-8"),
    "deep": (b'{"a":' + b"[" * 60 + b"]" * 60 + b"}", "is nested deeper than 50"),
    "deeper": (b'{"a":' + b"[" * 100_000, "d.json: values are nested too deep"),
    "NaN": (b'{"a": [0, NaN]}', "d.json: a[1]: NaN is no number that can be used"),
    "infinity": (b'{"a": -Infinity}', "d.json: a: -Infinity is no number"),
    "too large": (b'{"a": {"b": 1e999}}', "d.json: a.b: 1e999 is no number"),
    "endless": (b'{"a": ' + b"9" * 1_000_000 + b"}", "a: 999"),
    "repeated key": (
        b'{"a": {"b": 1, "b": 2}}',
        "a.b: stands twice (keep one of them)",
    ),
    "repeated at the top": (b'{"a": 1, "a": 2}', "d.json: a: stands twice"),
    "NUL": (b'{"a": "P\\u0000"}', "d.json: a: text that holds NUL"),
    "half a character": (b'{"a": "\\ud800"}', "d.json: a: text that holds half a char"),
    "odd key": (b'{"a": {"\\udfff": 1}}', "d.json: a: a key that holds half a char"),
    "long": (b'{"a": "' + b"x" * 10_000_000 + b'"}', "a: text of 10000000 characters"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_refused_by_name(name):
    data, message = HOSTILE[name]

    with pytest.raises(InputError) as told:
        parse(data, file="d.json")

    assert message in str(told.value)
    assert len(str(told.value)) < 500


def test_all_faults_come_at_once_in_the_document_s_order():
    data = b'{"a": NaN, "b": {"c": 1, "c": 2}, "d": ["\\u0000"]}'

    with pytest.raises(InputError) as told:
        parse(data, file="d.json")

    assert [fault.column for fault in told.value.faults] == ["a", "b.c", "d[0]"]


def test_many_keys_twice_are_all_named():
    """In time that grows with their number, not with its square."""
    fields = ",".join(f'"k{n}":1,"k{n}":2' for n in range(50_000))

    with pytest.raises(InputError) as told:
        parse(b"{" + fields.encode() + b"}", file="d.json")

    assert len(told.value.faults) == 50_000


def test_a_byte_order_mark_is_no_fault():
    assert parse(b'\xef\xbb\xbf{"a": 1.5}', file="d.json") == {"a": 1.5}


def test_an_emoji_written_in_halves_is_whole():
    assert parse(b'{"a": "\\ud83d\\ude00"}', file="d.json") == {"a": "\U0001f600"}


@given(st.binary(max_size=60))
def test_bytes_are_an_object_or_a_refusal(data):
    with contextlib.suppress(InputError):
        assert isinstance(parse(data, file="d.json"), dict)
