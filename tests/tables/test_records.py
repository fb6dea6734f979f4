"""Tests of splitting files into records that know their line."""

import gc
import gzip
import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstore_cli.errors import InputError
from cstore_cli.settings.values import TableSource
from cstore_cli.tables.records import read_records

HEADER = "box_id,weight_kg,note\n"


def ids(table):
    return table.frame["box_id"].to_list()


@pytest.mark.parametrize(
    "content",
    [
        HEADER + "a,1,x\n",
        "\ufeff" + HEADER + "a,1,x\n",
        (HEADER + "a,1,x\n").replace("\n", "\r\n"),
        HEADER + "a,1,x",
        HEADER + "\n   \na,1,x\n\r\n\n",
        " box_id , weight_kg,note\na,1,x\n",
        '"box_id","weight_kg","note"\n"a","1","x"\n',
    ],
    ids=["plain", "BOM", "CRLF", "no end", "blank lines", "header spaces", "quotes"],
)
def test_shapes_of_the_same_table(read, content):
    table = read(content)

    assert (ids(table), table.raw["note"].to_list()) == (["a"], ["x"])
    assert table.faults == ()


def test_lines_are_physical_lines(read):
    """Blank lines and line breaks inside quotes count."""
    table = read(HEADER + '\na,1,"two\nlines"\n\nb,1,"three\r\n\nlines"\nc,-1,\n')

    assert table.frame["line"].to_list() == [3, 6]
    assert table.rejected["line"].to_list() == [9]
    assert table.raw["note"].to_list() == ["two\nlines", "three\r\n\nlines"]


def test_a_lone_carriage_return_is_kept_inside_quotes_only(read):
    table = read(HEADER + 'a,1,"x\ry"\nb,1,x\ry\nc,1,z\n')

    assert ids(table) == ["a", "c"]
    assert table.raw["note"][0] == "x\ry"
    assert [(f.line, f.what) for f in table.faults] == [
        (3, "the line holds a carriage return outside quotes")
    ]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("b,1", "has 2 cells, the header 3"),
        ("b,1,x,y", "has 4 cells, the header 3"),
        ("b,1,x\0", "holds NUL"),
        ('b,1,"x"y', "has text after a closing quote"),
    ],
)
def test_a_line_that_does_not_split_is_put_aside_alone(read, line, what):
    table = read(f"{HEADER}a,1,x\n{line}\nc,1,z\n")

    assert ids(table) == ["a", "c"]
    assert [fault.line for fault in table.faults] == [3]
    assert what in table.faults[0].what
    assert table.rejected["text"].to_list() == [line.replace("\0", "\u2400")]


@pytest.mark.parametrize("after", ["", 'd,1,"closed"\n', 'd,1,"closed"\ne,1,x\n'])
def test_a_quote_left_open_loses_the_file_even_if_another_seems_to_close_it(
    read, after
):
    """Else the rows between the two would vanish as one line."""
    with pytest.raises(InputError, match=r"boxes.csv:3: a quote is left open"):
        read(HEADER + 'a,1,x\nb,1,"open\nc,1,z\n' + after)


def test_a_huge_cell_is_a_cell(read):
    huge = "x" * 300_000
    table = read(f'{HEADER}a,1,{huge}\nb,{huge},\nc,1,"{huge}"\n')

    assert table.raw["note"].to_list() == [huge, huge]
    assert len(str(table.faults[0])) < 300


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is empty"),
        ("\ufeff", "is empty"),
        ("\n \r\n", "is empty"),
        ("\n" + HEADER, "boxes.csv:1: is blank"),
        ("box_id,note,weight_kg,note\n", "columns stand twice: note"),
        ("box_id,note, note \n", "columns stand twice: note"),
        ("box_id,weight_kg,,\n", "columns 3, 4 have no name"),
        ("box_id;weight_kg;note\n", "Say `delimiter: ';'`"),
        ("box_id\tweight_kg\tnote\n", 'Say `delimiter: "\\t"`'),
        ("box_id|weight_kg|note\n", "Say `delimiter: '|'`"),
        ('box_id,"weight_kg,note\n', "header has a quote left open"),
        ("box_id,weight_kg\ra,1\r", "carriage return outside quotes"),
        (b"PK\x03\x04\x00\xff", "is an Excel workbook"),
        ("box_id,重\n".encode("big5"), "encoding: big5"),
        (b"\xff\xfeb\0", "Say `encoding: utf-16`"),
        (b"box_id,\xff\xff\xff\n", "is not utf-8"),
    ],
)
def test_a_file_that_cannot_be_split_is_refused_in_one_line(read, content, told):
    with pytest.raises(InputError) as refused:
        read(content)

    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "UTF8", "utf-8-sig", "utf-16", "utf-16-le", "big5", "cp950"]
)
def test_encodings(read, encoding):
    """A mark at the start is no letter of the first column's name."""
    mark = "\ufeff" if encoding.startswith("utf") else ""
    content = mark + HEADER + "a,1,冷藏\n"
    table = read(content.encode(encoding), encoding=encoding)

    assert table.raw["note"].to_list() == ["冷藏"]


def test_gzip_is_unpacked(read):
    table = read(gzip.compress((HEADER + "a,1,x\n").encode()), name="boxes.csv.gz")

    assert ids(table) == ["a"]


@pytest.mark.parametrize("cut", [4, 20])
def test_gzip_that_is_broken_is_refused(read, cut):
    packed = gzip.compress((HEADER + "a,1,x\n").encode())

    with pytest.raises(InputError, match="cannot be read"):
        read(packed[:cut], name="boxes.csv.gz")
    with pytest.raises(InputError, match="cannot be read"):
        read(b"not packed", name="boxes.csv.gz")


def records_of(path):
    return read_records(path, TableSource(path=str(path)))


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        records_of(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="is a folder"):
        records_of(tmp_path)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything"
)
def test_a_file_without_permission_is_refused(tmp_path):
    path = tmp_path / "boxes.csv"
    path.write_text(HEADER)
    path.chmod(0)

    with pytest.raises(InputError, match="cannot be read"):
        records_of(path)


def test_a_refused_read_is_told(tmp_path, monkeypatch):
    """The same fact where the tests run as root."""

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)

    with pytest.raises(InputError, match=r"cannot be read .*Permission denied"):
        records_of(tmp_path / "boxes.csv")


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    """Never another error; every line that is not blank is a record or broken."""
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(data)
    try:
        records = records_of(path)
    except InputError:
        return
    assert len(records.cells) == len(records.lines)
    assert all(len(cells) == len(records.header) for cells in records.cells)


@pytest.mark.parametrize("content", [HEADER, "", b"\xff"])
def test_the_garbage_collector_is_back_at_work_after_reading(read, content):
    """Also when the file is refused."""
    with suppress(InputError):
        read(content)

    assert gc.isenabled()
