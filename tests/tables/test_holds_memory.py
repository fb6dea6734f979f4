"""Tests of what expire-holds remembers: whole runs only, whatever stopped one."""

import datetime as dt
import errno
import io
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cstore_cli.errors import EnvironmentFaultError, InputError
from cstore_cli.tables.holds_memory import append, no_memory, read_memory
from cstore_cli.tables.holds_state import ACTS, HEADER

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
READY = NOW - dt.timedelta(days=8)
UTC = pl.Datetime("us", "UTC")
SCHEMA = {
    "act": pl.String,
    "parcel_id": pl.String,
    "store_id": pl.String,
    "ready_at": UTC,
    "deadline": UTC,
    "litres": pl.Float64,
    "detail": pl.String,
}


def acts(*rows):
    """Rows to append of (act, parcel_id, detail), each ready at the same instant."""
    return pl.DataFrame(
        [
            (act, parcel, "SE-1", READY, READY + dt.timedelta(days=7), 4.2, detail)
            for act, parcel, detail in rows
        ],
        schema=SCHEMA,
        orient="row",
    )


def standing(path):
    """Parcel: (standing, run, reminders)."""
    return {
        hold["parcel_id"]: (hold["standing"], hold["run_id"], tuple(hold["reminders"]))
        for hold in read_memory(path).holds.iter_rows(named=True)
    }


def run_ids(path):
    return read_memory(path).runs["run_id"].to_list()


@pytest.fixture
def path(tmp_path):
    """Where the memory is to stand."""
    return tmp_path / "holds_state.csv"


@pytest.fixture
def old(path):
    """A memory with one run."""
    append(
        path, "old", acts(("expired", "a", "day 7 is over"), ("expired", "b", "")), NOW
    )
    return path


OLD = {"a": ("expired", "old", ()), "b": ("expired", "old", ())}


def test_no_file_is_an_empty_memory(path):
    for memory in (read_memory(path), no_memory()):
        frames = (memory.rows, memory.holds, memory.runs)
        assert [len(frame) for frame in frames] == [0, 0, 0]


def test_the_file_opens_in_excel_and_is_plain_to_read(old):
    append(old, "new", acts(("reminded", "=c", "24")), NOW)

    assert old.read_bytes().startswith(b"\xef\xbb\xbfrun_id,act,parcel_id,")
    when = "SE-1,2026-11-15T01:00:00+00:00,2026-11-22T01:00:00+00:00,4.2"
    now = "2026-11-23T09:00:00+08:00"
    assert old.read_text(encoding="utf-8-sig").splitlines()[1:] == [
        f"old,expired,a,{when},day 7 is over,{now}",
        f"old,expired,b,{when},,{now}",
        f"old,committed,,,,,,2,{now}",
        f"new,reminded,'=c,{when},24,{now}",
        f"new,committed,,,,,,1,{now}",
    ]


def test_the_last_act_counts_and_reminders_add_up(old):
    append(old, "2", acts(("reinstated", "a", "scan"), ("reminded", "c", "48")), NOW)
    append(old, "3", acts(("reverted", "b", "old"), ("reminded", "c", "24")), NOW)
    append(old, "4", acts(("expired", "a", "again"), ("reminded", "a", "24")), NOW)

    assert standing(old) == {
        "a": ("expired", "4", ("24",)),
        "b": ("reverted", "3", ()),
        "c": (None, "3", ("48", "24")),
    }


def test_a_parcel_ready_at_another_time_is_another_hold(old):
    later = acts(("reminded", "a", "24")).with_columns(
        pl.col("ready_at") + pl.duration(microseconds=1)
    )
    append(old, "2", later, NOW)

    held = read_memory(old).holds.filter(parcel_id="a")
    assert held["standing"].to_list() == ["expired", None]
    assert (held["ready_at"][1] - held["ready_at"][0]).microseconds == 1


def test_a_run_without_rows_is_a_run(old):
    append(old, "nothing lapsed", acts(), NOW)

    assert read_memory(old).runs.rows() == [
        ("old", NOW, 2),
        ("nothing lapsed", NOW, 0),
    ]


TEXT = st.text(st.characters(codec="utf-8"), max_size=4) | st.text(
    st.sampled_from("\\nr0\n\r\0,\"'=é門 "), max_size=6
)
HISTORY = st.lists(
    st.lists(
        st.tuples(st.sampled_from(ACTS), st.sampled_from("abcd"), TEXT), max_size=5
    ),
    max_size=6,
)


@settings(deadline=None)
@given(HISTORY)
def test_any_history_is_remembered(tmp_path_factory, history):
    path = tmp_path_factory.getbasetemp() / "history.csv"
    path.unlink(missing_ok=True)
    model, reminders = {}, {}
    for number, rows in enumerate(history):
        append(path, f"run {number}", acts(*rows), NOW)
        for act, parcel, detail in rows:
            if act == "reminded":
                reminders.setdefault(parcel, []).append(detail or None)
                if model.get(parcel, (None,))[0] is None:
                    model[parcel] = (None, f"run {number}")
            else:
                model[parcel] = (act, f"run {number}")

    told = {key: (*have, tuple(reminders.get(key, ()))) for key, have in model.items()}
    assert standing(path) == told
    assert read_memory(path).runs["num_rows"].to_list() == [len(r) for r in history]


@given(st.lists(TEXT.filter(str.strip), min_size=1, max_size=4, unique=True))
def test_ids_and_reasons_of_any_text_come_back(tmp_path_factory, texts):
    """Line breaks, quotes, formulas, backslashes: each row is one line all the same."""
    path = tmp_path_factory.getbasetemp() / "texts.csv"
    path.unlink(missing_ok=True)
    append(path, "=1", acts(*(("expired", text, text) for text in texts)), NOW)

    rows = read_memory(path).rows
    assert rows["parcel_id"].to_list() == rows["detail"].to_list() == texts
    assert path.read_bytes().count(b"\n") == len(texts) + 2


def test_torn_anywhere_a_run_never_happened_and_the_next_one_does(old):
    """Cut at every byte: inside a letter, a quote, an instant, the committed row."""
    before = old.stat().st_size
    rows = acts(("reinstated", "a", '門市, "新"'))
    append(old, "new", rows, NOW)
    whole = old.read_bytes()
    for length in range(before, len(whole)):
        old.write_bytes(whole[:length])
        assert standing(old) == OLD
        append(old, "next", acts(("reverted", "b", "")), NOW)
        assert standing(old) == {**OLD, "b": ("reverted", "next", ())}


def test_torn_while_the_file_is_begun(old):
    whole = old.read_bytes()
    for length in range(len(HEADER) + 9):
        old.write_bytes(whole[:length])
        assert run_ids(old) == []
        append(old, "next", acts(), NOW)
        assert run_ids(old) == ["next"]


def test_torn_again_and_again(old):
    """Runs stopped one after another, also in the mark of the one before."""
    choose = random.Random(1)
    for k in range(60):
        before = old.stat().st_size
        append(old, f"run {k}", acts(("expired", f'"{k}', '門"')), NOW)
        size = old.stat().st_size
        os.truncate(old, choose.randint(before, size - 1))
        assert standing(old) == OLD
    append(old, "next", acts(("reverted", "b", "")), NOW)

    assert standing(old) == {**OLD, "b": ("reverted", "next", ())}


def test_a_torn_committed_row_is_not_made_whole_by_the_next_run(old):
    """It lacked its line end alone, which the next run writes."""
    append(old, "new", acts(("reverted", "a", "")), NOW)
    os.truncate(old, old.stat().st_size - 1)
    append(old, "next", acts(), NOW)

    assert run_ids(old) == ["old", "next"]


KILLED = """
import datetime as dt, pathlib, sys
import polars as pl
from cstore_cli.tables.holds_memory import append

path, first = pathlib.Path(sys.argv[1]), int(sys.argv[2])
now = dt.datetime(2026, 11, 23, 9, tzinfo=dt.timezone.utc)
rows = pl.DataFrame({"parcel_id": [f"P{k:06}" for k in range(2_000)]}).select(
    pl.lit("expired").alias("act"), "parcel_id", pl.lit("SE-1").alias("store_id"),
    pl.lit(now).alias("ready_at"), pl.lit(now).alias("deadline"),
    pl.lit(1.0).alias("litres"), pl.lit("門市").alias("detail"))
print("ready", flush=True)
for k in range(first, first + 100_000):
    append(path, f"run {k}", rows, now)
    print(k, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_killed_at_any_moment_what_was_acknowledged_is_remembered_once(path):
    """Every run told as done is there whole, and no part of another."""
    choose = random.Random(1)
    done = 0
    for _ in range(15):
        command = [sys.executable, "-c", KILLED, str(path), str(done)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
            assert run.stdout.readline() == "ready\n"
            time.sleep(choose.uniform(0, 0.1))
            run.send_signal(signal.SIGKILL)
            told = [int(line) for line in run.stdout if line.endswith("\n")]
        memory = read_memory(path)
        found = [int(name.removeprefix("run ")) for name in memory.runs["run_id"]]
        # The last may be whole and not told; then it stands, and is not run again.
        acknowledged = max([done - 1, *told])
        assert found == list(range(len(found)))
        assert len(found) in {acknowledged + 1, acknowledged + 2}
        assert len(memory.rows) == 2_000 * len(found)
        done = len(found)


def refuse(code):
    def fail(*_, **__):
        raise OSError(code, os.strerror(code))

    return fail


class Full(io.FileIO):
    """A file on a disk that has room for 100 bytes more."""

    room = 100

    def write(self, data):
        if not self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = super().write(data[: self.room])
        self.room -= taken
        return taken


@pytest.mark.parametrize("is_new", [False, True])
def test_a_full_disk_leaves_the_file_as_it_was(old, monkeypatch, is_new):
    if is_new:
        old = old.with_name("other.csv")
    before = b"" if is_new else old.read_bytes()
    monkeypatch.setattr(Path, "open", lambda self, mode, **_: Full(self, mode))

    with pytest.raises(EnvironmentFaultError, match=r"csv: the disk is full"):
        append(old, "new", acts(("expired", "c", "")), NOW)
    monkeypatch.undo()

    assert old.read_bytes() == before
    append(old, "new", acts(("expired", "c", "")), NOW)
    assert run_ids(old)[-1] == "new"


@pytest.mark.parametrize("name", ["fsync", "truncate"])
def test_a_refusal_to_sync_is_told_and_the_run_is_not_remembered(
    old, monkeypatch, name
):
    """Also where the file cannot be cut back: it is then torn, not wrong."""
    monkeypatch.setattr(os, "fsync", refuse(errno.EIO))
    if name == "truncate":
        Full.truncate = refuse(errno.EIO)
        monkeypatch.setattr(Path, "open", lambda self, mode, **_: Full(self, mode))

    with pytest.raises(EnvironmentFaultError):
        append(old, "new", acts(("reverted", "a", "")), NOW)
    monkeypatch.undo()
    Full.truncate = io.FileIO.truncate

    assert standing(old) == OLD


@pytest.mark.parametrize(
    "content", ["order_id,store_id\n1,2\n", "x", "run_id,act\n", "\ufeffrun_id\n"]
)
def test_a_file_of_another_kind_is_refused_and_left_alone(path, content):
    path.write_text(content, encoding="utf-8")

    for ask in (lambda: read_memory(path), lambda: append(path, "r", acts(), NOW)):
        with pytest.raises(InputError, match=r"csv:1: is not what .* another --out"):
            ask()
    assert path.read_text(encoding="utf-8") == content


@pytest.mark.parametrize(
    ("line", "old_text", "new_text", "told"),
    [
        (2, b"expired", b"expirde", "csv:2: act: 'expirde' is not one of"),
        (2, b"old,", b"older,", "csv:4: run old tells of 2 rows"),
        (2, b",4.2,", b",", "csv:2: the line has 8 cells"),
        (3, b",b,", b",,", "csv:3: breaks the rule names_a_hold"),
        (3, b"+00:00", b"", ""),
        (3, b"SE-1", b"SE-\xff", "csv:3: is not utf-8"),
        (3, b"SE-1", b'"SE-1', "csv:3: a quote is left open"),
        (4, b",2,", b",1,", "csv:4: run old tells of 1 rows"),
        (4, b",2,", b",two,", "csv:4: breaks the rule counts_its_rows"),
        (4, b"committed", b"comitted", "csv:4: act: 'comitted' is not one of"),
        (4, b"old,committed,,,,,,2,", b"", "csv:4: the line has 1 cells"),
        (5, b"new", b"", "csv:5: run_id: is empty"),
    ],
)
def test_a_line_that_was_changed_is_named(old, line, old_text, new_text, told):
    append(old, "new", acts(), NOW)
    lines = old.read_bytes().split(b"\n")
    assert old_text in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old_text, new_text, 1)
    old.write_bytes(b"\n".join(lines))
    if not told:  # a change that cannot be seen
        read_memory(old)
        return

    with pytest.raises(InputError) as refused:
        read_memory(old)
    assert told in str(refused.value)


@pytest.mark.parametrize("line", [2, 3, 4])
def test_a_line_that_was_taken_out_is_noticed(old, line):
    append(old, "new", acts(("expired", "c", "")), NOW)
    lines = old.read_bytes().split(b"\n")
    del lines[line - 1]
    old.write_bytes(b"\n".join(lines))

    with pytest.raises(InputError, match="restore it from a backup"):
        read_memory(old)


def test_line_ends_of_another_program_do_no_harm(old):
    """Opened and saved in Excel."""
    old.write_bytes(old.read_bytes().replace(b"\n", b"\r\n"))
    append(old, "new", acts(("reverted", "a", "")), NOW)

    assert standing(old) == {**OLD, "a": ("reverted", "new", ())}
    assert old.read_bytes().startswith(HEADER.rstrip(b"\n"))


def test_rows_are_those_that_were_appended(old):
    rows = read_memory(old).rows

    given = acts(("expired", "a", "day 7 is over"), ("expired", "b", None))
    assert_frame_equal(rows.select(*SCHEMA), given)
    assert rows["recorded_at"].to_list() == [NOW, NOW]


def test_a_memory_that_cannot_be_read_is_told(path):
    path.mkdir()

    with pytest.raises(InputError, match=r"holds_state.csv: cannot be read"):
        read_memory(path)
    with pytest.raises(EnvironmentFaultError):
        append(path, "r", acts(), NOW)
