"""Tests of instants in EPCIS documents."""

from datetime import UTC, datetime

import pytest

from cstore_cli.tracking.epcis_times import instant_of


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("2026-11-23T09:00:00+08:00", None, "2026-11-23T01:00:00+00:00"),
        ("2026-11-23T09:00:00Z", "+08:00", "2026-11-23T09:00:00+00:00"),
        ("2026-11-23T09:00:00", "+08:00", "2026-11-23T01:00:00+00:00"),
        ("2026-11-23t09:00:00z", None, "2026-11-23T09:00:00+00:00"),
        ("2026-11-23T24:00:00+08:00", None, "2026-11-23T16:00:00+00:00"),
        ("2026-12-31T24:00:00.000Z", None, "2027-01-01T00:00:00+00:00"),
        ("2026-11-23T09:00:00.5Z", None, "2026-11-23T09:00:00.500000+00:00"),
        ("2026-11-23T09:00:00.123456789Z", None, "2026-11-23T09:00:00.123456+00:00"),
        ("2005-04-03T20:33:31.116-06:00", None, "2005-04-04T02:33:31.116000+00:00"),
    ],
)
def test_instant(text, offset, expected):
    assert instant_of(text, offset)[0] == datetime.fromisoformat(expected)
    assert instant_of(text, offset)[0].tzinfo == UTC


@pytest.mark.parametrize(
    "text",
    [
        None,
        5,
        "",
        "22-07-2026",
        "2026-02-30T00:00:00Z",
        "2026-11-23T24:01:00Z",
        "2026-11-23T25:00:00Z",
        "9999-12-31T24:00:00Z",
        "0001-01-01T00:00:00+08:00",
        "2026-11-23T09:00:00",
        "2026-11-23T09:00:00+99:00",
        "x" * 1_000_000,
    ],
    ids=lambda text: str(text)[:30],
)
def test_what_is_no_instant(text):
    instant, (what, mend) = instant_of(text)

    assert instant is None
    assert len(what) < 120
    assert "ISO 8601" in mend
