"""A ledger of the test's own."""

import pytest

from cstore_cli.ledger.database import open_ledger


@pytest.fixture
def ledger(tmp_path):
    return open_ledger(f"sqlite:///{tmp_path}/ledger.db", create=True)
