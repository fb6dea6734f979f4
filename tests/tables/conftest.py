"""Small tables written by a test and read back."""

import csv
from pathlib import Path

import dataframely as dy
import pytest

from cstore_cli.settings.values import TableSource
from cstore_cli.tables import columns as c
from cstore_cli.tables.read import read_table

ZONE = "Asia/Taipei"
DIRTY = Path(__file__).parents[3] / "shared" / "data" / "dirty"


class Boxes(dy.Schema):
    """A column of each kind, some of them optional."""

    box_id = c.identity()
    weight_kg = c.number(min=0, max=100)
    service = c.code("pickup", "door", optional=True)
    pieces = c.count(optional=True, default=1, min=1)
    chilled = c.flag(optional=True, default=False)
    opens = c.clock(optional=True)
    placed_at = c.instant(optional=True)
    note = c.text(optional=True)


@pytest.fixture
def read(tmp_path):
    """Write text or bytes to a file and read it as boxes, one per box_id."""

    def of(content, *, name="boxes.csv", zone=ZONE, known=None, **source):
        path = tmp_path / name
        data = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(data)
        given = TableSource(path=str(path), **source)
        return read_table(given, Boxes, zone, key="box_id", known=known)

    return of


@pytest.fixture
def dirty():
    """The folder of dirty tables, where the shared data are at hand."""
    if not DIRTY.is_dir():
        pytest.skip(f"the shared data are absent ({DIRTY})")
    return DIRTY


@pytest.fixture
def dirty_faults(dirty):
    """Rows of FAULTS.csv."""
    with (dirty / "FAULTS.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
