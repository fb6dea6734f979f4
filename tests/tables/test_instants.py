"""Tests of instants: offsets, zones, the clocks' changes, midnight at a day's end."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstore_cli.tables import cells
from cstore_cli.tables.cells import parsed

BERLIN = "Europe/Berlin"
SPAN = (dt.datetime(1980, 1, 1), dt.datetime(2080, 1, 1))  # noqa: DTZ001
ABOUT = {"kind": "instant"}
UTC = pl.Datetime("us", "UTC")


def instant(text, zone=BERLIN):
    """The instant in UTC as ISO text; None where it cannot be read."""
    values, ok, _ = parsed(pl.Series([text]), ABOUT, UTC, ".", zone)
    assert ok[0] == (values[0] is not None)
    return values[0] and values[0].replace(tzinfo=None).isoformat()


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-23T09:00:00+08:00", "2026-11-23T01:00:00"),
        ("2026-11-23 09:00:00+0800", "2026-11-23T01:00:00"),
        ("2026-11-23 09:00+08", "2026-11-23T01:00:00"),
        ("2026-11-23T09:00:00-03:30", "2026-11-23T12:30:00"),
        ("2026-11-23T09:00-05", "2026-11-23T14:00:00"),
        ("2026-11-23T09:00:00Z", "2026-11-23T09:00:00"),
        (" 2026-11-23T09:00z ", "2026-11-23T09:00:00"),
        ("2026-11-23T09:00:00.25Z", "2026-11-23T09:00:00.250000"),
        ("2026-11-23T09:00:00.123456789Z", "2026-11-23T09:00:00.123456"),
        ("2026-11-23T09:00", "2026-11-23T08:00:00"),
        ("2026-07-23 09:00:30", "2026-07-23T07:00:30"),
        ("2026-11-23T24:00:00+08:00", "2026-11-23T16:00:00"),
        ("2026-12-31T24:00Z", "2027-01-01T00:00:00"),
        ("2026-11-23T24:00", "2026-11-23T23:00:00"),
    ],
)
def test_instants_that_exist(text, utc):
    assert instant(text) == utc


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-03-29T01:59", "2026-03-29T00:59:00"),
        ("2026-03-29T02:30", None),
        ("2026-03-29T03:00", "2026-03-29T01:00:00"),
        ("2026-03-28T24:00", "2026-03-28T23:00:00"),
        ("2026-03-29T24:00", "2026-03-29T22:00:00"),
        ("2026-10-25T02:30", "2026-10-25T00:30:00"),
        ("2026-10-25T02:30+01:00", "2026-10-25T01:30:00"),
        ("2026-10-24T24:00", "2026-10-24T22:00:00"),
        ("2026-10-25T24:00", "2026-10-25T23:00:00"),
    ],
)
def test_the_days_the_clocks_change(text, utc):
    """A gap never occurs, an overlap means the first; those days last 23 and 25 h."""
    assert instant(text) == utc


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2026-11-31T09:00",
        "2026-11-23",
        "2026-11-23T25:00",
        "2026-11-23T24:00:01",
        "2026-11-23T24:30",
        "2026-11-23T09:60",
        "2026-11-23T23:59:60Z",
        "2026-11-23T09:00+15:00",
        "2026-11-23T09:00+08:60",
        "23.11.2026 09:00",
        "2026-11-23T09:00 CET",
        "1795424400",
    ],
)
def test_instants_that_do_not_exist(text):
    assert instant(text) is None


@given(
    st.datetimes(*SPAN),
    st.integers(-12 * 60, 14 * 60),
)
def test_an_instant_with_offset_is_the_one_python_reads(naive, minutes):
    zoned = naive.replace(tzinfo=dt.timezone(dt.timedelta(minutes=minutes)))
    expected = zoned.astimezone(dt.UTC).replace(tzinfo=None)

    assert instant(zoned.isoformat()) == expected.isoformat()


@given(
    st.lists(
        st.one_of(
            st.from_regex(
                r"\A20[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]:[0-6][0-9]"
                r"(Z|z|[+-][01][0-9]:?[0-6][0-9]|\.5|\.[0-9]{3}Z|\.[0-9]{6}|"
                r"\.[0-9]{6}\+08:00|)\Z"
            ),
            st.sampled_from(["2026-03-29T02:30:00", "2026-10-25T02:30:00", "2026-1-1"]),
            st.text("0123456789-:TZ+ ٣", min_size=1, max_size=25),
            st.none(),
        ),
        min_size=1,
    )
)
def test_the_plain_shape_is_read_as_every_shape_is(texts):
    """The quick way gives what the way for all gives, in mixed columns too."""
    column = pl.Series("at", texts, dtype=pl.String)

    values, _, _ = parsed(column, ABOUT, UTC, ".", BERLIN)

    assert values.to_list() == cells._instant(column, BERLIN).to_list()
