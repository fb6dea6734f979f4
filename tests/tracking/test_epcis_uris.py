"""Tests of ids as URIs and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstore_cli.tracking.epcis_uris import _URI, id_of, uri_of

PREFIX = "urn:x-cstore:parcel:"
ids = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def is_uri(text):
    from jsonschema import FormatChecker

    return FormatChecker().conforms(text, "uri")


@given(ids | ids.map(PREFIX.__add__) | st.from_regex(_URI, fullmatch=True))
def test_an_id_comes_back_from_its_uri(own_id):
    assert id_of(uri_of(own_id, PREFIX), PREFIX) == own_id


@given(ids | st.from_regex(_URI, fullmatch=True))
def test_what_is_written_is_a_uri(own_id):
    assert is_uri(uri_of(own_id, PREFIX))


@pytest.mark.parametrize(
    ("own_id", "uri"),
    [
        ("P00001", f"{PREFIX}P00001"),
        ("P 1/嵐", f"{PREFIX}P%201%2F%E5%B5%90"),
        ("urn:epc:id:sscc:0614141.1", "urn:epc:id:sscc:0614141.1"),
        ("https://id.gs1.org/00/0401", "https://id.gs1.org/00/0401"),
    ],
)
def test_a_foreign_uri_stays_as_it_is(own_id, uri):
    assert uri_of(own_id, PREFIX) == uri


@pytest.mark.parametrize("uri", [PREFIX, f"{PREFIX}%FF"])
def test_what_is_behind_no_prefix_or_no_text_is_kept_whole(uri):
    assert id_of(uri, PREFIX) == uri
