"""Breaking a legal day: edits, and the fault each must bring."""

from dataclasses import dataclass
from typing import Any

from cstore_cli.dayplan.checks.rules import RULES

RULE = {rule.__name__: rule for rule in RULES}


def put(table, *key, **cells):
    """Change cells of the row with that key; a function is given the old cell."""

    def edit(day):
        row = day.row(table, *key)
        for name, value in cells.items():
            row[name] = value(row[name]) if callable(value) else value

    return edit


def put_all(table, **cells):
    """Change cells of all rows."""

    def edit(day):
        for row in day.rows(table):
            row.update(cells)

    return edit


def cut(table, *key):
    """Take out the row with that key."""
    return lambda day: day.rows(table).remove(day.row(table, *key))


def add(table, *key, **cells):
    """Repeat the row with that key, with other cells."""
    return lambda day: day.rows(table).append(day.row(table, *key) | cells)


def new(table, **cells):
    """Add a row."""
    return lambda day: day.rows(table).append(cells)


def choose(**settings):
    """Change settings; a nested mapping is merged."""

    def edit(day):
        for name, value in settings.items():
            merged = isinstance(value, dict) and day.settings.get(name, {}) | value
            day.settings[name] = merged or value

    return edit


@dataclass(frozen=True)
class Broken:
    """After ``edits``, ``rule`` finds a fault in ``place`` that ``says`` all that."""

    fact: str
    rule: str
    place: str
    says: tuple[str, ...]
    edits: tuple[Any, ...]


def broken(fact, rule, place, says, *edits):
    """Give a Broken, ``says`` split at the bars."""
    return Broken(fact, rule, place, tuple(says.split("|")), edits)


def facts(cases):
    """Ids for parametrize."""
    return [case.fact.replace(" ", "-") for case in cases]


def assert_found(day, case):
    """The legal day keeps the rule; the broken one does not, and says so."""
    rule = RULE[case.rule]
    assert not day.faults_of(rule)
    for edit in case.edits:
        edit(day)
    found = day.faults_of(rule)
    file, _, column = case.place.partition(":")
    here = [
        fault
        for fault in found
        if (fault.file, fault.column) == (f"{file}.csv", column)
    ]
    assert here, found
    assert any(all(word in str(fault) for word in case.says) for fault in here), here
    assert found <= set(day.faults())
