"""What holds for all tests."""

import json
import os
import subprocess
import sys

import pytest
from browser import Opener, launched
from hypothesis import settings
from mornings import MORNING, ROOT

# Tests run beside each other: threads of one would only wait for those of another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A busy machine is no fault of the code: nothing here is a timed test.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.fixture(scope="module")
def _browser():
    with launched() as browser:
        yield browser


@pytest.fixture
def open_page(_browser):
    """Open a file in Chromium; the test fails where a page tells an error or asks."""
    opener = Opener(_browser)
    yield opener
    opener.close()
    assert opener.faults == []


@pytest.fixture(scope="session")
def sample_plan(tmp_path_factory):
    """A published plan of the sample morning, to read and to copy."""
    out = tmp_path_factory.mktemp("sample")
    command = ["-m", "cstore_cli", "plan-day", *MORNING, "--out", str(out), "-q"]
    done = subprocess.run(
        [sys.executable, *command, "--iterations", "20"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    return out / json.loads((out / "current.json").read_text())["plan"]
