"""Whatever stands in an edited plan, it gets faults and never a traceback."""

import dataclasses

import polars as pl
import pytest
import test_checked_parcels as parcels
import test_checked_rounds as rounds
import test_checked_routes as routes
import test_checked_stops as stops
import test_checked_stores as stores
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from legal_day import Day

from cstore_cli.dayplan.check import check
from cstore_cli.dayplan.checks.rules import RULES
from cstore_cli.tables.plan import CONTRACTS

TABLES = sorted(CONTRACTS)
NONSENSE = st.sampled_from(
    [None, "", "X9", "S1", "DC", "A", "planned", "end", "early", 0, -1, 7, 10**12, 0.5]
)


def faults_of(day, **tables):
    _, *rest = day.made()
    return check(dataclasses.replace(day.tables(), **tables), *rest)


@pytest.mark.parametrize("table", TABLES)
def test_an_empty_table_is_faulty(day, table):
    day.plan[table].clear()

    assert day.faults()


@pytest.mark.parametrize("table", TABLES)
def test_a_table_without_columns_is_faulty(day, table):
    assert faults_of(day, **{table: pl.DataFrame()})


@pytest.mark.parametrize("table", TABLES)
def test_a_table_of_empty_cells_is_faulty(day, table):
    frame = getattr(day.tables(), table)
    empty = frame.select(pl.lit(None).alias(name) for name in frame.columns)

    assert faults_of(day, **{table: pl.concat([empty] * 3)})


@pytest.mark.parametrize("table", TABLES)
def test_a_table_of_text_reads_as_typed(day, table):
    """Figures in cells of text are figures."""
    frame = getattr(day.tables(), table).with_columns(pl.all().cast(pl.String))

    assert faults_of(day, **{table: frame}) == ()


@pytest.mark.parametrize("table", TABLES)
def test_lines_may_be_unknown(day, table):
    """The planner's own tables come from no file."""
    frame = getattr(day.tables(), table).drop("line")

    assert faults_of(day, **{table: frame}) == ()


def test_faults_of_known_and_unknown_lines_are_sorted_together(day):
    day.plan["parcels"].pop(2)
    day.plan["parcels"][2]["walk_m"] = 0.0

    assert [f.line for f in day.faults() if f.file == "parcels.csv"] == [None, 4]


def test_a_figure_that_is_none_is_faulty(day):
    frame = day.tables().stops.with_columns(pl.lit(float("nan")).alias("kg"))

    assert {f.column for f in faults_of(day, stops=frame)} == {"kg"}


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.data())
def test_nonsense_in_any_cells_is_checked_to_the_end(data):
    day = Day()
    for _ in range(data.draw(st.integers(1, 6))):
        table = data.draw(st.sampled_from(TABLES))
        columns = CONTRACTS[table].columns()
        row = data.draw(st.sampled_from(day.plan[table]))
        name = data.draw(st.sampled_from(sorted(columns)))
        row[name] = data.draw(NONSENSE)
        if columns[name].dtype.is_numeric():
            row[name] = row[name] if isinstance(row[name], int | float) else None
            if columns[name].dtype.is_integer() and row[name] is not None:
                row[name] = int(row[name])
        elif columns[name].dtype == pl.Boolean:
            row[name] = None
        elif row[name] is not None:
            row[name] = str(row[name])

    day.faults()


def test_every_rule_has_its_breakage():
    modules = (parcels, rounds, routes, stops, stores)
    broken = {case.rule for module in modules for case in module.CASES}

    assert {rule.__name__ for rule in RULES} == broken
