"""A legal day, fresh for each test to break."""

import pytest
from legal_day import Day


@pytest.fixture
def day():
    return Day()
