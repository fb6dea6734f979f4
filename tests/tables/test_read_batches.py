"""Tests of reading bit by bit: the same as record by record, wherever the cuts fall."""

import gzip
from pathlib import Path

import dataframely as dy
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cstore_cli.errors import InputError
from cstore_cli.settings.values import TableSource
from cstore_cli.tables import blocks
from cstore_cli.tables import columns as c
from cstore_cli.tables.orders import Orders
from cstore_cli.tables.read import read_batches, read_table, typed
from cstore_cli.tables.records import read_records
from cstore_cli.tables.rules import Known

ZONE = "Europe/Berlin"
KNOWN = {"note": Known(("x", "門市"), "notes")}
HEADER = "id,weight_kg,at,note"


class Things(dy.Schema):
    """Kinds that rows of a large file hold."""

    id = c.identity()
    weight_kg = c.number(min=0, max=100)
    at = c.instant(optional=True)
    open = c.clock(optional=True)
    note = c.text(optional=True)

    @dy.rule()
    def light_or_noted(cls) -> pl.Expr:  # noqa: N805
        """A heavy thing has a note."""
        return (pl.col("weight_kg") < 50) | pl.col("note").is_not_null()


def answer(read):
    """A table's parts, or the words it is refused with."""
    try:
        table = read()
    except InputError as error:
        return str(error)
    return [table.frame, table.raw, table.rejected, table.faults]


def in_batches(source, contract, num_bytes, **more):
    """The batches together."""
    tables = list(read_batches(source, contract, ZONE, batch_bytes=num_bytes, **more))
    faults = tuple(fault for table in tables for fault in table.faults)
    names = ("frame", "raw", "rejected")
    frames = [pl.concat(getattr(table, name) for table in tables) for name in names]
    return type(tables[0])(*frames, faults)


def assert_same(source, contract, num_bytes, **more):
    """Batches give what records split one by one give."""

    def one_by_one():
        records = read_records(Path(source.path), source)
        return typed(records, source, contract, ZONE, **more)

    expected = answer(one_by_one)
    for found in (
        answer(lambda: read_table(source, contract, ZONE, **more)),
        answer(lambda: in_batches(source, contract, num_bytes, **more)),
    ):
        if isinstance(expected, str) or isinstance(found, str):
            # Of two reasons to refuse a file, its header's may come first.
            assert found == expected or (
                isinstance(expected, str) and "the header does not fit" in found
            )
        else:
            for one, other in zip(found[:3], expected[:3], strict=True):
                assert_frame_equal(one, other)
            assert found[3] == expected[3]


INSTANTS = ["2026-11-23T09:00:00+08:00", "2026-11-23 09:00:00", "2026-03-29T02:30:00"]
CELLS = st.one_of(
    st.sampled_from(["", "a", "b", "ab", " ", "x", "門市", "-1", "1", "1.5", "60"]),
    st.sampled_from([*INSTANTS, "2026-02-30T09:00:00Z", "24:00", "inf", "=1"]),
    st.sampled_from(['"', '""', '"a"', '"a,b"', '"a\nb"', '"a\r\n\nb"', '5" x']),
    st.sampled_from(["\0", "\r", "\ufeff", "\x1c", "\u2028", ";", "'"]),
    st.text(st.sampled_from('ab,"\n\r\0 é'), max_size=4),
)
PLAIN_ROWS = st.builds(
    "{},{},{},{}".format,
    st.sampled_from(
        ["a", "b", "c", "d", "e", "a-long-identity-1", "a-long-identity-2"]
    ),
    st.sampled_from(["1", "2.5", "60", "x", ""]),
    st.sampled_from([*INSTANTS, "", "now"]),
    st.sampled_from(["", "x", "門市", "y"]),
)
ROWS = st.one_of(PLAIN_ROWS, st.lists(CELLS, min_size=3, max_size=5).map(",".join))
ENDS = st.sampled_from(["\n", "\n", "\r\n", "\n\n", "\r\r\n", "\r"])
HEADERS = st.sampled_from(
    [HEADER] * 6 + ['"id",weight_kg,"a\nt",note', "id,weight_kg,x,note", "id"]
)


@st.composite
def files(draw, rows=ROWS, ends=ENDS):
    header = draw(HEADERS)
    mark = draw(st.sampled_from(["", "", "\ufeff", "\n"]))
    lines = [row + draw(ends) for row in draw(st.lists(rows, max_size=12))]
    text = mark + header + draw(ENDS) + "".join(lines)
    return text.encode() if draw(st.booleans()) else text.rstrip("\r\n").encode()


@settings(max_examples=400, deadline=None)
@given(files(), st.integers(1, 200))
@example(b"id,weight_kg\na,1\n\xef\xbb\xbfa,2\n", 1)
@example(b"id,weight_kg\nb\0,1\n\xef\xbb\xbfa,2\n", 1000)
@example(b"id,weight_kg\na,1\nb\0,1\r\nc,1\r", 1000)
@example(b'id,weight_kg\n"a\n\n\n\n\n\n\n\n,1', 2)
def test_dirty_files(tmp_path_factory, data, num_bytes):
    """Quotes, NULs, lone returns, ragged and blank lines, marks, all values."""
    path = tmp_path_factory.getbasetemp() / "things.csv"
    path.write_bytes(data)

    assert_same(TableSource(path=str(path)), Things, num_bytes, key="id", known=KNOWN)


@settings(max_examples=200, deadline=None)
@given(files(PLAIN_ROWS, st.sampled_from(["\n", "\r\n"])), st.integers(1, 100))
def test_plain_files(tmp_path_factory, data, num_bytes):
    """Mostly good rows, so that repeated keys meet over the cuts."""
    path = tmp_path_factory.getbasetemp() / "things.csv"
    path.write_bytes(data)

    assert_same(TableSource(path=str(path)), Things, num_bytes, key="id", known=KNOWN)


@pytest.mark.parametrize(
    "name",
    [
        *["orders", "orders-ragged", "orders-nul", "orders-cut-short"],
        *["orders-quote-left-open", "orders-empty", "orders-column-missing"],
        *["orders-semicolons", "orders-big5", "orders-utf16", "orders-header-only"],
    ],
)
@pytest.mark.parametrize("num_bytes", [2_000, 20_000])
def test_the_dirty_orders(dirty, name, num_bytes):
    source = TableSource(path=str(dirty / f"{name}.csv"))
    known = {"goods_class": Known(("ambient", "fragile", "chilled"), "goods_classes")}

    assert_same(source, Orders, num_bytes, key="order_id", known=known)


@pytest.mark.parametrize(
    "dialect",
    [
        {"delimiter": ";", "decimal_mark": ","},
        {"delimiter": "\t", "units": {"weight_kg": "g"}},
        {"delimiter": " "},
        {"delimiter": "、"},
        {"encoding": "utf-16"},
        {"encoding": "big5", "codes": {"note": {"門市": "x"}}},
        {"columns": {"id": "note", "note": "id"}},
    ],
    ids=str,
)
@pytest.mark.parametrize("packed", [False, True], ids=["bare", "gz"])
def test_dialects(tmp_path, dialect, packed):
    source = TableSource(path=str(tmp_path / f"x.csv{'.gz' * packed}"), **dialect)
    rows = [
        HEADER,
        "a,1,,門市",
        "b,2.5,2026-11-23T09:00Z,",
        "c,x,,",
        "a,1,,x",
        " , , , ",
    ]
    text = "\r\n".join(rows).replace(".", source.decimal_mark)
    data = text.replace(",", source.delimiter).encode(source.encoding)
    Path(source.path).write_bytes(gzip.compress(data) if packed else data)

    assert_same(source, Things, 10, key="id", known=KNOWN)


def things(tmp_path, *rows):
    path = tmp_path / "things.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return TableSource(path=str(path))


def test_batches_are_what_was_asked_for(tmp_path):
    """Whole lines, about so many bytes each; the last takes what is left."""
    source = things(tmp_path, *(f"{k},1,," for k in range(10)))

    batches = read_batches(source, Things, ZONE, batch_bytes=12)

    assert [len(batch.frame) for batch in batches] == [3, 3, 3, 1]


def test_a_header_alone_is_one_empty_batch(tmp_path):
    [batch] = read_batches(things(tmp_path), Things, ZONE)

    assert (batch.num_read, batch.frame.schema["weight_kg"]) == (0, pl.Float64)


def test_a_repeated_id_is_told_the_line_of_another_batch(tmp_path):
    source = things(tmp_path, "a,1,,", "b,1,,", "a,-1,,", "c,1,,", "a,1,,")

    batches = read_batches(source, Things, ZONE, key="id", batch_bytes=6)

    told = [str(fault) for batch in batches for fault in batch.faults]
    assert "'a' is repeated (first in line 2) (the first is kept)" in told[1]
    assert len(told) == 2


def test_near_misses_are_sought_for_so_many_values_of_the_file(tmp_path):
    """Not for so many of each batch."""
    source = things(tmp_path, *(f"{k},1,,long-note-{k:03}" for k in range(150)))
    notes = Known([f"long-note-{k:03}x" for k in range(150)], "notes")

    assert_same(source, Things, 500, known={"note": notes})


def lines_split_slowly(monkeypatch, source):
    """How many lines the csv module gets to see beside the header."""
    seen = []
    split = blocks.split

    def counted(lines, *rest, **more):
        seen.extend(line for line in lines if line)
        return split(lines, *rest, **more)

    monkeypatch.setattr(blocks, "split", counted)
    list(read_batches(source, Things, ZONE, batch_bytes=100))
    return len(seen)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_plain_lines_are_split_fast(tmp_path, monkeypatch, ends):
    source = things(tmp_path, *(f"{k},1,,門市{ends[:-1]}" for k in range(50)))

    assert lines_split_slowly(monkeypatch, source) == 0


def test_odd_lines_are_split_alone(tmp_path, monkeypatch):
    """Quotes, NULs, too many cells: the lines around them stay fast."""
    rows = [f"{k},1,," for k in range(50)]
    odd = ['q,1,,"x,y"', "n,1,,\0", "m,1,,,,", "r,1,,x\ry"]
    source = things(tmp_path, *rows, *odd, *rows)

    assert lines_split_slowly(monkeypatch, source) == len(odd)
