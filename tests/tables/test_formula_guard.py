"""Tests of the apostrophe before formula-like cells."""

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstore_cli.settings.values import TableSource
from cstore_cli.tables.formula_guard import (
    guarded,
    guarded_name,
    unguarded,
    unguarded_name,
)
from cstore_cli.tables.records import read_records
from cstore_cli.tables.write import csv_bytes

NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
# Likelier to hurt than any text.
NASTY = st.text(st.sampled_from("=+-@'\"\t\r\n,;1.x 訂📦\ufeff"), max_size=8)
TEXT = NASTY | st.text(st.characters(exclude_characters="\0", codec="utf-8"))


def through(function, text):
    frame = pl.DataFrame({"x": [text]}, schema={"x": pl.String})
    return frame.select(function(pl.col("x")))[0, 0]


@given(TEXT)
def test_taking_the_guard_off_gives_any_text_back(text):
    assert through(unguarded, through(guarded, text)) == text


@given(TEXT)
def test_no_cell_starts_like_a_formula_unless_it_is_a_plain_number(text):
    shown = through(guarded, text)

    assert shown[:1] not in tuple("=+-@\t\r") or NUMBER.fullmatch(shown)


@given(TEXT)
def test_names_are_guarded_as_cells_are(text):
    assert guarded_name(text) == through(guarded, text)
    assert unguarded_name(text) == through(unguarded, text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("'=1", "''=1"),
        ("@x", "'@x"),
        ("-5", "-5"),
        ("+886912", "+886912"),
        ("-5-5", "'-5-5"),
        ("-", "'-"),
        ("'quoted'", "'quoted'"),
        ("", ""),
    ],
)
def test_shown(text, shown):
    assert through(guarded, text) == shown


def test_nothing_stays_nothing():
    """A null is no text."""
    assert through(guarded, None) is None


@given(st.lists(st.tuples(TEXT, TEXT), max_size=6), TEXT.filter(str.strip))
def test_what_is_written_is_read_back(tmp_path_factory, rows, name):
    """Quotes, commas, line breaks, emoji; the header too, less blanks around it."""
    path = tmp_path_factory.getbasetemp() / "back.csv"
    frame = pl.DataFrame(rows, schema=["id", "x"], orient="row").cast(pl.String)
    frame.columns = ["id", name.strip() if name.strip() != "id" else "other"]
    path.write_bytes(csv_bytes(frame))

    records = read_records(path, TableSource(path=str(path)))

    assert [unguarded_name(n) for n in records.header] == frame.columns
    assert [tuple(map(unguarded_name, cells)) for cells in records.cells] == rows
    assert records.broken == []
