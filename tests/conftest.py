"""What holds for all tests."""

import os

import pytest
from browser import Opener, launched
from hypothesis import settings

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
