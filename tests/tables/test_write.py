"""Tests of writing whole files: the old one or the new one, never a part."""

import errno
import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstore_cli.errors import EnvironmentFaultError
from cstore_cli.tables.write import clock_text, csv_bytes, csv_bytes_by, write_whole


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text("old")
    return path


def fail(code):
    def refuse(*_):
        raise OSError(code, os.strerror(code))

    return refuse


def test_the_new_file_takes_the_place_of_the_old(old):
    write_whole(old, lambda file: file.write(b"new"))

    assert old.read_text() == "new"
    assert list(old.parent.iterdir()) == [old]


@pytest.mark.parametrize(
    ("owner", "name", "code", "told"),
    [
        (os, "fsync", errno.ENOSPC, "the disk is full"),
        (os, "fsync", errno.EDQUOT, "the disk is full"),
        (os, "fsync", errno.EIO, os.strerror(errno.EIO)),
        (Path, "open", errno.EACCES, "such as Excel"),
        (Path, "replace", errno.EACCES, "such as Excel"),
        (Path, "replace", errno.EROFS, os.strerror(errno.EROFS)),
    ],
)
def test_a_refusal_names_the_file_and_leaves_the_old(
    old, monkeypatch, owner, name, code, told
):
    monkeypatch.setattr(owner, name, fail(code))

    with pytest.raises(EnvironmentFaultError) as refused:
        write_whole(old, lambda file: file.write(b"new"))
    monkeypatch.undo()

    assert str(refused.value).startswith(f"{old}: ")
    assert told in str(refused.value)
    assert old.read_text() == "old"
    assert list(old.parent.iterdir()) == [old]


def test_a_writer_that_fails_leaves_no_part(old):
    """Not only what the machine refuses."""
    with pytest.raises(KeyError):
        write_whole(old, lambda _: {}["absent"])

    assert old.read_text() == "old"
    assert list(old.parent.iterdir()) == [old]


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(EnvironmentFaultError, match=r"absent/plan.csv: cannot be"):
        write_whole(tmp_path / "absent" / "plan.csv", lambda file: file.write(b""))


def test_excel_is_told_that_it_is_utf_8():
    frame = pl.DataFrame({"=名": ["=1", "門市", None], "n": [-1, 2, 3]})

    assert csv_bytes(frame).decode("utf-8-sig") == "'=名,n\n'=1,-1\n門市,2\n,3\n"
    assert csv_bytes(frame).startswith(b"\xef\xbb\xbf")


@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.text('x=,"\r\n\u2028門', max_size=4)),
        max_size=8,
    ).map(lambda rows: sorted(rows, key=lambda row: row[0]))
)
def test_the_rows_of_each_key_are_those_of_a_csv_of_its_own(rows):
    frame = pl.DataFrame(rows, {"key": pl.String, "note": pl.String}, orient="row")

    found = dict(csv_bytes_by(frame["key"], frame))

    assert found == {
        key: csv_bytes(frame.filter(pl.col("key") == key)) for key, _ in rows
    }


def test_names_that_look_guarded_stay_apart():
    frame = pl.DataFrame({"=a": ["1"], "'=a": ["2"]})

    assert csv_bytes(frame).decode("utf-8-sig").splitlines()[0] == "'=a,''=a"


@given(st.floats(0, 48 * 60))
def test_clock_text_cuts_off_a_part_of_a_minute(minutes):
    hour, minute = divmod(int(minutes), 60)

    shown = pl.select(clock_text(pl.lit(minutes)))[0, 0]

    assert shown == f"{hour:02}:{minute:02}"
