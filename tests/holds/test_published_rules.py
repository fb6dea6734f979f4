"""Hold rules that carriers publish, each from a YAML snippet alone."""

import csv
from pathlib import Path

import pytest
from held import NO_CLOSURES, at, holds, settings_of

from cstore_cli.holds.decide import decide

VECTORS = Path(__file__).parents[3] / "shared/data/exchange/hold_deadline_vectors.csv"
INPOST = "policy: {length: 48, unit: hours, extension: {max_days: 2, from_h: 36}}"
SNIPPETS = {
    "dhl_packstation": "policy: {length: 7, inclusive: true}",
    "yamato_konbini": "policy: {length: 3, inclusive: true, extension: {max_days: 0}}",
    "inpost_locker": INPOST,
    "inpost_locker_clock_change": INPOST,
    "taiwan_default": "policy: {length: 7, extension: {max_days: 0}}",
}
"""Id of a row in the vectors: the settings that stand for its rule."""


@pytest.fixture(scope="module")
def vectors():
    if not VECTORS.exists():
        pytest.skip(f"{VECTORS} is not here")
    with VECTORS.open(encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def deadline(snippet, zone, **row):
    decided = decide(
        holds(row, zone=zone), settings_of(snippet, zone), NO_CLOSURES, at("2027-01-01")
    )
    return decided["deadline"][0]


def test_every_published_rule_has_its_snippet(vectors):
    assert set(vectors) == set(SNIPPETS)


@pytest.mark.parametrize("name", SNIPPETS)
def test_the_deadline_is_the_published_one(vectors, name):
    row = vectors[name]
    zone = row["time_zone"]

    due = deadline(SNIPPETS[name], zone, ready_at=row["ready_at"])

    assert due == at(row["expected_deadline"], zone)


@pytest.mark.parametrize("name", ["yamato_konbini", "taiwan_default"])
def test_a_rule_without_extension_ignores_one(vectors, name):
    zone = vectors[name]["time_zone"]
    ready = vectors[name]["ready_at"]

    with_one = deadline(SNIPPETS[name], zone, ready_at=ready, extension_days=3)

    assert with_one == deadline(SNIPPETS[name], zone, ready_at=ready)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-11-25T02:59:59", "2026-11-25T15:00"),
        ("2026-11-25T03:00:00", "2026-11-27T15:00"),
        ("2026-11-25T14:59:59", "2026-11-27T15:00"),
        ("2026-11-25T15:00:00", "2026-11-25T15:00"),
    ],
    ids=["before 36 h", "at 36 h", "at the last second", "at the deadline"],
)
def test_a_locker_hold_is_extended_only_in_its_last_hours(asked, due):
    """48 h more, asked for after at least 36 h and before the deadline."""
    row = {"ready_at": "2026-11-23T15:00", "extension_days": 2, "extended_at": asked}

    assert deadline(INPOST, "Europe/Warsaw", **row) == at(due, "Europe/Warsaw")
