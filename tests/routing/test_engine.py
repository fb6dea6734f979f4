"""Tests of the executor: no worker outlives the block or the process that opened it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cstore_cli.engine import executor

KILLED = """
import os, time
from cstore_cli.engine import executor

if __name__ == "__main__":
    with executor(2) as pool:
        pids = {pool.submit(os.getpid).result() for _ in range(4)}
        print(*pids, flush=True)
        pool.submit(time.sleep, 600)
        time.sleep(600)
"""


def alive(pid):
    """Whether it runs; a zombie has ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_until_gone(pids, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(map(alive, pids)):
        time.sleep(0.05)
    return [pid for pid in pids if alive(pid)]


def test_an_error_in_the_block_stops_work_under_way():
    pids = []

    def interrupted():
        with executor(1) as pool:
            pids.append(pool.submit(os.getpid).result())
            pool.submit(time.sleep, 600)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert wait_until_gone(pids, seconds=1) == []


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_workers_end_when_their_parent_is_killed(tmp_path):
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True
    ) as parent:
        pids = [int(word) for word in parent.stdout.readline().split()]
        parent.send_signal(signal.SIGKILL)

    assert pids
    assert wait_until_gone(pids) == []
