"""The plan of the sample morning, as page and sheets are made of it."""

import datetime as dt
from pathlib import Path

import pytest

from cstore_cli.dayplan.explained import unserved_rows
from cstore_cli.report.shown_plan import ShownPlan
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.plan_folder import read_plan, shown_parcels
from cstore_cli.tables.read_day import read_day
from cstore_cli.travel.of_day import DayTravel
from cstore_cli.travel.ways import ways_of

CONFIG = Path(__file__).resolve().parents[2] / "configs/plan_day.yaml"
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture(scope="session")
def shown_sample(sample_plan):
    """The sample plan with its ways."""
    settings = read_config(CONFIG, PlanDaySettings)
    inputs = read_day(settings, NOW.date(), NOW, given={}).inputs
    tables, parcels = read_plan(sample_plan), shown_parcels(sample_plan)
    return ShownPlan(
        tables=tables,
        parcels=parcels,
        unserved=unserved_rows(parcels, ()),
        summary={},
        moved=None,
        ways=ways_of(tables.stops, DayTravel(inputs, settings)),
        inputs=inputs,
        settings=settings,
    )
