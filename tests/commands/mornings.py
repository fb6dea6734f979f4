"""The sample morning's options, and plans as a spreadsheet reads and writes them."""

import csv
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MORNING = ("--date", "2026-11-23", "--now", "2026-11-23T09:00:00+08:00")


def rows(path):
    """Rows of a CSV that cstore wrote, as a spreadsheet would read them."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path, table):
    """Write a CSV back, as a spreadsheet would."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)


def current(out):
    """Folder of the published plan."""
    return out / json.loads((out / "current.json").read_text())["plan"]
