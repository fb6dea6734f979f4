"""Ctrl-C at chosen instants: of a command of the test's own, ended as all are."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cstore_cli.interrupt import NOTHING, STANDS

pytestmark = pytest.mark.skipif(os.name == "nt", reason="sends signals")

ROOT = Path(__file__).resolve().parents[1]
PROBE = """
import os, signal, sys
from pathlib import Path
from cstore_cli import interrupt

def ctrl_c(of=os.kill):
    of(os.getpid(), signal.SIGINT)

if __name__ == "__main__":
    interrupt.end_at_once_on_ctrl_c()
    import typer
    from cstore_cli import app
    from cstore_cli.engine import executor
    from cstore_cli.tables.folder import write_files

    def command():
        out = Path(sys.argv[1])
BODY
    shown = typer.Typer()
    shown.command()(lambda out: app._coded(command)())
    shown()
"""


def ended(folder, body):
    """(code, stderr, files) of a process whose command does ``body``."""
    out = folder / "out"
    out.mkdir()
    indented = "".join(f"        {line}\n" for line in body.splitlines())
    (folder / "probe.py").write_text(PROBE.replace("BODY", indented))
    process = subprocess.Popen(
        [sys.executable, "-m", "probe", str(out)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _, err = process.communicate(timeout=60)
    assert is_empty(process.pid)
    return process.returncode, err, {path.name for path in out.iterdir()}


def is_empty(group, seconds=5):
    """Whether no process of the group is left, once the last has had time to end."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


LEFT_NOTHING = (130, f"cstore: {NOTHING}\n", set())
LEFT_ALL = (130, f"cstore: {STANDS}\n", {"a", "b"})
PUBLISH = 'write_files(out, {"a": b"1", "b": b"2"}, ())\n'


def test_while_a_text_is_executed(tmp_path):
    """As dataclasses do; CPython alone would end the process by the signal."""
    assert ended(tmp_path, 'exec("ctrl_c()")\n' + PUBLISH) == LEFT_NOTHING


@pytest.mark.parametrize("then", ["pass", "raise ImportError", "sys.exit(3)"])
def test_where_it_is_swallowed_or_becomes_an_error(tmp_path, then):
    """As in a callback, or in a library that tries without."""
    body = f"try:\n    ctrl_c()\nexcept BaseException:\n    {then}\n"

    assert ended(tmp_path, body + PUBLISH) == LEFT_NOTHING


def test_while_it_is_told(tmp_path):
    """Twice, for one is impatient."""
    body = "tell = app._told\napp._told = lambda *said: (ctrl_c(), tell(*said))[1]\n"

    assert ended(tmp_path, body + "ctrl_c()\n") == LEFT_NOTHING


@pytest.mark.parametrize("when", ["fsync", "replace"])
def test_between_two_files_it_waits_for_the_second(tmp_path, when):
    body = f"do = os.{when}\nos.{when} = lambda *of: (ctrl_c(), do(*of))[1]\n"

    assert ended(tmp_path, body + PUBLISH) == LEFT_ALL


def test_after_its_files_it_says_that_they_stand(tmp_path):
    assert ended(tmp_path, PUBLISH + "ctrl_c()") == LEFT_ALL


SPAWN = """
from multiprocessing import util
spawn = util.spawnv_passfds
def spawned(*of):
    pid = spawn(*of)
    ctrl_c(of=os.killpg)
    return pid
util.spawnv_passfds = spawned
with executor(2) as pool:
    pool.submit(os.getpid).result()
"""


def test_while_a_process_starts(tmp_path):
    """Sent to the whole group, as by a terminal: the new process is told as well."""
    assert ended(tmp_path, SPAWN + PUBLISH) == LEFT_NOTHING


STOP = """
from concurrent.futures import ProcessPoolExecutor
shut = ProcessPoolExecutor.shutdown
def stopped(*of, **how):
    ctrl_c(of=os.killpg)
    shut(*of, **how)
ProcessPoolExecutor.shutdown = stopped
import time
with executor(2) as pool:
    pool.submit(os.getpid).result()
    pool.submit(time.sleep, 600)
"""


def test_while_processes_are_stopped(tmp_path):
    assert ended(tmp_path, STOP + PUBLISH) == LEFT_NOTHING


def test_while_the_command_is_loaded(tmp_path):
    """Here by the first library that it loads."""
    (tmp_path / "typer.py").write_text(
        "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "cstore_cli", "check"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == LEFT_NOTHING[:2]


def test_handler_of_others_is_left_alone():
    """The commands as a library: a test runner has a Ctrl-C of its own."""
    from cstore_cli.interrupt import listen, stop_listening, uninterrupted

    before = signal.getsignal(signal.SIGINT)
    listen()
    with uninterrupted():
        pass
    stop_listening()

    assert signal.getsignal(signal.SIGINT) is before
