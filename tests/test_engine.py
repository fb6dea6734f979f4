"""Tests of the processes that a job runs on."""

import os

import pytest

from cstore_cli.engine import executor
from cstore_cli.errors import EnvironmentFaultError


def test_worker_that_is_killed_is_no_fault_of_ours():
    """As when memory runs out: the machine's, in words."""
    with pytest.raises(EnvironmentFaultError, match="memory"), executor(1) as pool:
        pool.submit(os._exit, 9).result()
