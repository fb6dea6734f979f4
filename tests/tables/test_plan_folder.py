"""Tests of plan folders: the lock, staging, publishing, what was planned earlier."""

import datetime as dt
import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from cstore_cli.errors import EnvironmentFaultError, InputError, LockedError
from cstore_cli.tables.folder import folder_locked
from cstore_cli.tables.plan import PlanParcels
from cstore_cli.tables.plan_folder import (
    home_of,
    planned_earlier,
    publish,
    read_plan,
    shown_parcels,
    stage,
)
from cstore_cli.tables.write import csv_bytes

DAY = dt.date(2026, 11, 23)
FILES = {"parcels.csv": b"new", "store_lists/SE-1.csv": b"list"}

# In a process of its own: publish NEW over OLD again and again, killed one step later
# each time, until it is not killed any more; what stands afterwards as JSON lines.
KILLED = """
import builtins, datetime as dt, io, json, os, pathlib, shutil, signal, sys
from cstore_cli.tables import plan_folder
from cstore_cli.tables.folder import folder_locked
from cstore_cli.tables.plan_folder import publish, stage

day, base = dt.date(2026, 11, 23), pathlib.Path(sys.argv[1])
old = {"parcels.csv": b"old", "store_lists/a.csv": b"old"}
new = {"parcels.csv": b"new" * 9, "store_lists/a.csv": b"new" * 9}

def run(out, files):
    with folder_locked(out, "plan-day"):
        publish(stage(out, day, files))

def whole(folder):
    found = {str(p.relative_to(folder)): p.read_bytes()
             for p in folder.rglob("*") if p.is_file()}
    return "old" if found == old else "new" if found == new else "part"

def standing(out):
    pointer = json.loads((out / "current.json").read_text())
    return whole(out / pointer["plan"])

def killed_at(n):
    calls = 0
    def dying(function):
        def call(*args, **kwargs):
            nonlocal calls
            calls += 1
            if calls == n:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*args, **kwargs)
        return call
    for name in ("fsync", "open", "close"):
        setattr(os, name, dying(getattr(os, name)))
    for name in ("rename", "replace", "open", "mkdir", "unlink"):
        setattr(pathlib.Path, name, dying(getattr(pathlib.Path, name)))
    shutil.rmtree = dying(shutil.rmtree)

for n in range(1, 1000):
    out = base / str(n)
    run(out, old)
    child = os.fork()
    if not child:
        killed_at(n)
        run(out, new)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    stands = standing(out)
    run(out, new)
    left = [p.name for p in (out / "plans").iterdir() if p.name.startswith(".")]
    left += [p.name for p in out.iterdir() if p.name.endswith(".part")]
    print(json.dumps([n, os.WIFSIGNALED(status), stands, standing(out), left]))
    if not os.WIFSIGNALED(status):
        break
"""


def refuse(code):
    def fail(*_, **__):
        raise OSError(code, os.strerror(code))

    return fail


def pointer(out):
    return json.loads((out / "current.json").read_text(encoding="utf-8"))


@pytest.fixture
def out(tmp_path):
    """An output folder with one plan published."""
    folder = tmp_path / "out"
    with folder_locked(folder, "plan-day"):
        publish(stage(folder, DAY, FILES))
    return folder


def test_a_second_holder_is_refused_at_once(tmp_path):
    with folder_locked(tmp_path, "plan-day"):
        began = time.monotonic()
        with (
            pytest.raises(LockedError, match="another plan-day"),
            folder_locked(tmp_path, "plan-day"),
        ):
            pass
        assert time.monotonic() - began < 1
    with folder_locked(tmp_path, "plan-day"):
        pass


def test_another_process_is_refused_until_this_one_ends(tmp_path):
    """However the holder ends: the lock dies with it."""
    script = (
        "import sys, pathlib; from cstore_cli.tables.folder import folder_locked\n"
        "with folder_locked(pathlib.Path(sys.argv[1]), 'plan-day'):\n"
        "    print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError), folder_locked(tmp_path, "plan-day"):
            pass
        holder.kill()
        holder.wait()
    with folder_locked(tmp_path, "plan-day"):
        pass


def test_an_output_folder_that_is_a_file_is_told(tmp_path):
    path = tmp_path / "out"
    path.write_text("")

    with (
        pytest.raises(EnvironmentFaultError, match="out: "),
        folder_locked(path, "plan-day"),
    ):
        pass


def test_the_pointer_names_the_plan_and_what_each_day_published(out):
    publish(stage(out, DAY, FILES))
    folder = publish(stage(out, DAY + dt.timedelta(1), FILES))

    assert folder == out / "plans/2026-11-24-01"
    assert (folder / "store_lists/SE-1.csv").read_bytes() == b"list"
    assert pointer(out) == {
        "date": "2026-11-24",
        "plan": "plans/2026-11-24-01",
        "published": {
            "2026-11-23": "plans/2026-11-23-02",
            "2026-11-24": "plans/2026-11-24-01",
        },
    }


def test_a_plan_that_is_staged_is_not_published(out):
    before = (out / "current.json").read_bytes()
    stage(out, DAY, FILES)

    assert (out / "current.json").read_bytes() == before


def test_what_was_just_published_is_remembered_however_long_ago_its_day(out):
    for k in range(20):
        publish(stage(out, DAY + dt.timedelta(k), FILES))
    publish(stage(out, DAY - dt.timedelta(30), FILES))

    published = pointer(out)["published"]
    assert len(published) == 14
    assert published["2026-10-24"] == "plans/2026-10-24-01"
    assert list(published) == sorted(published)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_killed_at_any_step_the_pointer_names_a_whole_plan(tmp_path):
    """The old or the new one; the next run publishes and leaves no litter."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLED, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    runs = [json.loads(line) for line in done.stdout.splitlines()]

    assert len(runs) > 15
    assert [killed for _, killed, *_ in runs] == [True] * (len(runs) - 1) + [False]
    assert {stands for _, _, stands, *_ in runs} == {"old", "new"}
    assert [run for run in runs if run[3:] != ["new", []]] == []


@pytest.mark.parametrize(
    ("owner", "name", "code", "told"),
    [
        (os, "fsync", errno.ENOSPC, "the disk is full"),
        (Path, "open", errno.EACCES, "such as Excel"),
        (Path, "mkdir", errno.ENOSPC, "the disk is full"),
    ],
)
def test_a_refusal_while_staging_leaves_the_published_plan_and_no_litter(
    out, monkeypatch, owner, name, code, told
):
    before = (out / "current.json").read_bytes()
    monkeypatch.setattr(owner, name, refuse(code))

    with pytest.raises(EnvironmentFaultError, match=told):
        stage(out, DAY, FILES)
    monkeypatch.undo()

    assert (out / "current.json").read_bytes() == before
    assert [path.name for path in (out / "plans").iterdir()] == ["2026-11-23-01"]


@pytest.mark.parametrize("name", ["replace", "rename"])
def test_a_refusal_while_publishing_leaves_the_pointer(out, monkeypatch, name):
    """A pointer held by another program; a folder that cannot be renamed."""
    before = (out / "current.json").read_bytes()
    staged = stage(out, DAY, FILES)
    monkeypatch.setattr(Path, name, refuse(errno.EACCES))

    with pytest.raises(EnvironmentFaultError, match="such as Excel"):
        publish(staged)
    monkeypatch.undo()

    assert (out / "current.json").read_bytes() == before
    assert list(out.glob(".*.part")) == []
    publish(stage(out, DAY, FILES))
    assert pointer(out)["plan"] > "plans/2026-11-23-01"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"published": []}', "null", "\xff\xfe"]
)
def test_a_broken_pointer_is_told(out, text):
    (out / "current.json").write_text(text, encoding="latin-1")
    staged = stage(out, DAY, FILES)

    for ask in (lambda: planned_earlier(out, DAY), lambda: publish(staged)):
        with pytest.raises(InputError, match=r"current.json: is not a pointer"):
            ask()
    assert staged.folder.is_dir()


def test_a_pointer_that_is_a_folder_is_told(tmp_path):
    (tmp_path / "current.json").mkdir()

    with pytest.raises(EnvironmentFaultError, match="cannot be written"):
        planned_earlier(tmp_path, DAY)


def parcels(*rows):
    """parcels.csv of (order_id, task, status) rows."""
    frame = PlanParcels.create_empty().select(pl.all().cast(pl.String))
    given = [
        {"order_id": name, "task": task, "status": status, "redirected": "false"}
        for name, task, status in rows
    ]
    more = pl.DataFrame(given, schema=dict.fromkeys(frame.columns, pl.String))
    return {"parcels.csv": csv_bytes(pl.concat([frame, more]))}


def test_planned_earlier_are_deliveries_published_for_earlier_days(tmp_path):
    out = tmp_path / "out"
    with folder_locked(out, "plan-day"):
        assert planned_earlier(out, DAY) == frozenset()

    def day(shift, *rows):
        return stage(out, DAY + dt.timedelta(shift), parcels(*rows))

    publish(day(-2, ("superseded", "deliver", "planned")))
    publish(
        day(
            -2,
            ("=planned", "deliver", "planned"),
            ("deferred", "deliver", "deferred"),
            ("unserved", "deliver", "unserved"),
            ("again", "deliver", "already_planned"),
            ("handed_in", "hand_in", "planned"),
            ("returned", "return", "planned"),
        )
    )
    publish(day(0, ("today", "deliver", "planned")))
    publish(day(1, ("tomorrow", "deliver", "planned")))
    day(-1, ("only staged", "deliver", "planned"))

    assert planned_earlier(out, DAY) == {"=planned"}


def test_a_published_plan_that_is_gone_is_told(out):
    (out / "plans/2026-11-23-01/parcels.csv").unlink()

    with pytest.raises(InputError, match=r"2026-11-23-01/parcels.csv: no such file"):
        planned_earlier(out, DAY + dt.timedelta(1))


def test_the_home_of_a_plan_has_a_pointer(out, tmp_path):
    assert home_of(out / "plans/2026-11-23-01") == out
    assert home_of(tmp_path) is None
    assert home_of(Path("/")) is None


def test_a_plan_is_read_with_every_fault_of_every_table(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        read_plan(tmp_path / "absent")
    (tmp_path / "routes.csv").write_text("route_id\nR1\n")

    with pytest.raises(InputError) as refused:
        read_plan(tmp_path)

    told = str(refused.value)
    assert "parcels.csv: no such file" in told
    assert "routes.csv:1: dc_id: column is missing" in told


def test_parcels_are_shown_as_they_were_before_writing(tmp_path):
    files = parcels(("=1+1", "deliver", "planned"), ("'=1", "deliver", "unserved"))
    (tmp_path / "parcels.csv").write_bytes(files["parcels.csv"])

    shown = shown_parcels(tmp_path)

    assert shown["order_id"].to_list() == ["=1+1", "'=1"]
    assert shown["store_id"].to_list() == [None, None]
