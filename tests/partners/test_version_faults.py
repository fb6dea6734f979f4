"""Versions follow each other without overlap, and an edit of an old one is found."""

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from agreement_files import (
    SIGNED,
    faults_of,
    prices,
    rate,
    sha256,
    version,
    warnings_of,
    write,
)
from hypothesis import given, settings
from hypothesis import strategies as st

YEAR_27 = {"valid_from": "2027-01-01", "valid_to": "2027-12-31"}
YEAR_25 = {"valid_from": "2025-01-01", "valid_to": "2025-12-31"}


@pytest.fixture
def linked(tmp_path):
    """Two versions: the later tells the hash of the earlier."""
    first = version()
    (path,) = write(tmp_path, first)
    return first, version(2, replaces_sha256=sha256(path), **YEAR_27)


def test_versions_that_follow_each_other_are_sound(linked, tmp_path):
    assert faults_of(tmp_path, *linked) == []
    assert warnings_of(tmp_path, *linked) == []


def test_an_edit_of_a_version_already_replaced_is_found(linked, tmp_path):
    """A cent less in last year's price, and the chain breaks."""
    first, second = linked
    edited = {**first, "rates": [rate(prices=prices((1, 39.99)))]}

    (found,) = faults_of(tmp_path, edited, second)

    assert "replaces_sha256: 0.yaml has been edited since version 2 was written" in (
        found
    )
    assert sha256(tmp_path / "0.yaml") in found


def test_a_version_must_tell_the_hash_it_replaces(linked, tmp_path):
    """The remedy can be copied into the file."""
    first, second = linked
    hash_of_first = second.pop("replaces_sha256")

    (found,) = faults_of(tmp_path, first, second)

    assert f"(write replaces_sha256: {hash_of_first})" in found


def test_the_first_version_replaces_none(tmp_path):
    (found,) = faults_of(tmp_path, version(replaces_sha256="0" * 64))

    assert "stands in version 1, which replaces none" in found


def test_a_number_is_missing(linked, tmp_path):
    first, second = linked
    (found,) = faults_of(tmp_path, first, {**second, "version": 3})

    assert "version: follows version 1 of main, 0.yaml (find version 2)" in found


def test_version_1_is_missing(linked, tmp_path):
    (found,) = faults_of(tmp_path, linked[1])

    assert "is the first of main; its version 1 is missing" in found


def test_two_files_have_one_number(tmp_path):
    (found,) = faults_of(tmp_path, version(), version(**YEAR_27))

    assert found.startswith("1.yaml:")
    assert "version 1 of main stands in 0.yaml too" in found


def test_an_agreement_has_one_partner(linked, tmp_path):
    first, second = linked
    (found,) = faults_of(tmp_path, first, {**second, "partner": "gull"})

    assert "is gull; version 1 is with heron" in found


def test_a_later_version_begins_later(linked, tmp_path):
    """Else a number says nothing of the order."""
    first, second = linked
    (earlier,) = faults_of(tmp_path, first, {**second, **YEAR_25})
    same_day = {**second, "valid_from": "2026-01-01", "signed": None}
    (same,) = faults_of(tmp_path, first, same_day)

    said = "valid_from: {} is not after that of version 1, 2026-01-01"
    assert said.format("2025-01-01") in earlier
    assert said.format("2026-01-01") in same


def test_two_agreements_with_a_partner_in_force_on_one_day(tmp_path):
    """A parcel of that day would have two prices."""
    other = version(agreement="second", valid_from="2026-12-31", valid_to="2027-06-30")
    (found,) = faults_of(tmp_path, version(), other)

    assert found.startswith("1.yaml:")
    assert "two signed versions are in force with heron on 2026-12-31" in found
    assert "this and 0.yaml" in found


def test_an_offer_may_stand_beside_what_is_in_force(tmp_path):
    """It prices nothing until it is signed."""
    offer = version(agreement="offer", signed=None)

    assert faults_of(tmp_path, version(), offer) == []


def test_other_partners_may_have_agreements_on_the_same_days(tmp_path):
    other = version(agreement="other", partner="gull")

    assert faults_of(tmp_path, version(), other) == []


def test_days_between_two_versions_are_told_and_allowed(linked, tmp_path):
    """An agreement may lapse for a while; parcels of these days have no price."""
    first, second = linked
    (told,) = warnings_of(tmp_path, first, {**second, "valid_from": "2027-01-04"})

    assert "no version of main is in force from 2027-01-01 to 2027-01-03" in told


def test_days_before_an_offer_begins_are_nothing_to_tell(linked, tmp_path):
    """It is not in force at any time."""
    first, second = linked
    offer = {**second, "valid_from": "2027-01-04", "signed": None}

    assert warnings_of(tmp_path, first, offer) == []


def test_another_document_than_the_signed_one_is_found(tmp_path):
    (tmp_path / "1.pdf").write_bytes(b"not what was signed")
    (found,) = faults_of(tmp_path, version())

    assert "signed.sha256: 1.pdf is another document" in found


def test_the_signed_document_is_known_by_its_hash(tmp_path):
    """The very one that was signed, or none that is here."""
    (tmp_path / "1.pdf").write_bytes(b"what was signed")
    signed = {**SIGNED, "sha256": sha256(tmp_path / "1.pdf")}

    assert faults_of(tmp_path, version(signed=signed)) == []


days = st.integers(0, 12).map(lambda k: dt.date(2026, 1, 1) + dt.timedelta(days=k))
spans = st.tuples(days, days).map(sorted)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(spans, st.booleans()), min_size=1, max_size=4))
def test_a_version_is_told_exactly_when_its_first_day_is_taken(drawn):
    """Counted day by day, in the order in which the signed ones begin."""
    documents = [
        version(
            agreement=f"a{k}",
            valid_from=str(first),
            valid_to=str(last),
            signed=SIGNED if signed else None,
        )
        for k, ((first, last), signed) in enumerate(drawn)
    ]
    taken, told = set(), 0
    for first, last in sorted(span for span, signed in drawn if signed):
        told += first in taken
        taken |= {first + dt.timedelta(days=k) for k in range((last - first).days + 1)}
    with tempfile.TemporaryDirectory() as folder:
        found = faults_of(Path(folder), *documents)

    assert len(found) == told


def test_all_days_of_an_overlap_are_told(tmp_path):
    """Also where the later one ends first."""
    within = version(agreement="b", valid_from="2026-03-01", valid_to="2026-04-30")
    (found,) = faults_of(tmp_path, version(), within)

    assert "in force with heron from 2026-03-01 to 2026-04-30: this and 0.yaml" in found


def test_a_dearer_later_step_is_told(tmp_path):
    dearer = rate(prices=prices((1, 40), (20, 42)))
    (told,) = warnings_of(tmp_path, version(rates=[dearer]))

    assert "store: from parcel 20 on 42 is dearer than 40" in told


def test_a_total_that_falls_at_a_step_is_nothing_to_tell(tmp_path):
    """The 21st parcel makes 21 x 30 of 20 x 40: that is what all_units means."""
    steep = rate(prices=prices((1, 40), (21, 30)))

    assert warnings_of(tmp_path, version(rates=[steep])) == []


def test_a_step_of_the_same_price_is_nothing_to_tell(tmp_path):
    flat = rate(prices=prices((1, 40), (21, 40)))

    assert warnings_of(tmp_path, version(rates=[flat])) == []


def test_a_rebate_out_of_reach_is_told(tmp_path):
    """Of 50 a month 600 come in a year, and no more."""
    (told,) = warnings_of(
        tmp_path,
        version(
            quantities={"maximum": 50},
            rebates=[
                {"name": "q", "from_parcels": 600, "percent": 2},
                {"name": "r", "from_parcels": 601, "percent": 2},
            ],
        ),
    )

    assert "r begins at 601 per year; the maximum is 50 per month" in told


def test_a_commitment_above_what_the_stage_allows_is_told(tmp_path):
    (told,) = warnings_of(
        tmp_path,
        version(
            partner="gull",
            commitments=[
                {"name": "b", "parcels": 60, "shortfall_fee": 1},
                {"name": "c", "parcels": 61, "shortfall_fee": 1},
            ],
        ),
    )

    assert "61 per month are promised; the stage trial allows 60 a month" in told
