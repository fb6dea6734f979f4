"""Tests of reading what stores are sited from."""

import datetime as dt
import re

import pytest

from cstore_cli.errors import InputError
from cstore_cli.settings.network import NetworkSettings
from cstore_cli.settings.site_choice import ChooseSettings, NewStoreSettings
from cstore_cli.settings.site_score import ScoreSettings
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.settings.values import TableSource
from cstore_cli.tables.read_sites import read_sites

DAY = dt.date(2026, 11, 23)

FLOWS = ",".join(f"{peak}_{way}_pcu_h" for peak in ("am", "pm") for way in "nesw")
SITES = f"site_id,lat,lon,approaches,{FLOWS},rent_twd_month\n"
FLOW = "1,2,3,4,5,6,7,8"
AREAS = "area_id,lat,lon,population\n"
STORES = "store_id,chain,lat,lon\n"
DC = "dc_id,name,lat,lon,opens,closes,dock_doors\nDC,n,25,121,06:00,22:00,2\n"
FORECAST = "area_id,date,mean,p10,p90\n"


def site(name, rent=50000, flow=FLOW, lat=25):
    return f"{name},{lat},121,4,{flow},{rent}\n"


@pytest.fixture
def tables():
    """The text of each table, for a test to change."""
    return {
        "areas": AREAS + "A,25,121,900\nB,25.1,121,\n".replace("21,\n", "21,80\n"),
        "intersections": SITES + site("X1") + site("X2", 60000),
        "stores": STORES + "S1,ours,25,121\nS2,theirs,25,121\n",
        "distribution_centers": DC,
    }


@pytest.fixture
def read(tables, tmp_path):
    """Write the tables and read them for ``criteria``; more settings by name."""

    def of(*criteria, given=None, choose=None, score=None, **more):
        sources = {}
        for name, text in tables.items():
            path = tmp_path / f"{name}.csv"
            path.write_text(text, encoding="utf-8")
            sources[name] = TableSource(path=str(path))
        named = criteria or ("rent_twd_month",)
        settings = SiteStoresSettings(
            network=NetworkSettings(time_zone="Asia/Taipei", currency="TWD"),
            tables=sources,
            score=ScoreSettings(
                criteria=[{"name": n, "weight": 1, "direction": "max"} for n in named],
                fetch_share_by_hour=[1.0] + [0.0] * 23,
                **(score or {}),
            ),
            new_store=NewStoreSettings(capacity_parcels_day=60),
            choose=ChooseSettings(**{"stores": 1, **(choose or {})}),
            **more,
        )
        return read_sites(settings, DAY, given or {})

    return of


@pytest.fixture
def refused(read, tmp_path):
    """The lines of the refusal, without the folder."""

    def of(*criteria, **more):
        with pytest.raises(InputError) as told:
            read(*criteria, **more)
        return str(told.value).replace(f"{tmp_path}/", "").splitlines()

    return of


def test_tables_are_read(read, tables):
    """Columns that nobody needs may be missing, others may be there."""
    tables["stores"] = "store_id,chain,lat,lon,capacity_parcels_day,motto\n"
    tables["stores"] += "S1,ours,25,121,40,hello\nS2,theirs,25,121,,\n"

    inputs = read("flow_pcu_h", "people_in_walk")

    assert inputs.sites["rent_twd_month"].to_list() == [50000, 60000]
    assert inputs.sites["opening_hours"].to_list() == [None, None]
    assert inputs.areas["population"].to_list() == [900, 80]
    assert inputs.stores["capacity_parcels_day"].to_list() == [40, None]
    assert inputs.forecast is None
    assert inputs.road_nodes is None


@pytest.mark.parametrize(
    ("chains", "own"),
    [((), [True, True]), (("ours",), [True, False]), (("x",), [False, False])],
)
def test_stores_of_other_chains_are_rivals(read, chains, own):
    """No chain named: all are ours."""
    assert read().is_own(chains).to_list() == own


def test_totals_of_a_forecast_are_left_out(read, tables):
    tables["forecast"] = FORECAST + "A,2026-11-23,5,4,6\n*,2026-11-23,9,8,10\n"

    forecast = read().forecast

    assert forecast["area_id"].to_list() == ["A"]
    assert forecast["date"].to_list() == [dt.date(2026, 11, 23)]


def test_faults_of_all_tables_come_at_once(refused, tables):
    """Each with its file, line and column."""
    tables["areas"] = AREAS + "A,25,121,-5\nA,25,121,10\nB,95,121,nan\n"
    tables["intersections"] = (
        SITES.replace("\n", ",opening_hours,capacity_parcels_day\n")
        + site("X1", -1).replace("\n", ",,\n")
        + site("X2", "NaN").replace("\n", ",,\n")
        + site("X3").replace("\n", ",6-23,\n")
        + site("X4").replace("\n", ",,0\n")
        + site("S2").replace("\n", ",,\n")
        + site("X3").replace("\n", ",,\n")
        + site("X5", "dear").replace("\n", ",,\n")
    )
    tables["stores"] += "S2,theirs,25,121\n"
    tables["forecast"] = (
        FORECAST
        + "A,2026-11-23,-1,,\nA,23.11.2026,1,,\nQ,2026-11-23,1,,\n"
        + "A,2026-11-24,5,9,6\nB,2026-11-23,1,,\nB,2026-11-23,2,,\n"
    )

    lines = refused(
        choose={"must_keep": ["X1", "X9"], "must_not": ["Y"], "stores": 3},
        score={"huff": {"attraction": {"thiers": 2}}},
    )

    assert lines[0] == f"{len(lines) - 1} fault(s) in the tables:"
    assert sorted(re.sub(r" \(.*", "", line) for line in lines[1:]) == sorted(
        [
            "areas.csv:2: population: -5 must be at least 0",
            "areas.csv:4: lat: 95 must be at most 90",
            "areas.csv:4: population: nan is not a figure",
            "forecast.csv:2: mean: -1 must be at least 0",
            "forecast.csv:3: date: '23.11.2026' is not a date",
            "forecast.csv:4: area_id: 'Q' is not in areas",
            "forecast.csv:5: breaks the rule quantiles_rise",
            "forecast.csv:7: date: repeats the area_id and date of a row above",
            "intersections.csv:2: rent_twd_month: -1 must be at least 0",
            "intersections.csv:3: rent_twd_month: nan is not a figure",
            "intersections.csv:4: opening_hours: '6-23' says no opening hours",
            "intersections.csv:5: capacity_parcels_day: 0 must be more than 0",
            "intersections.csv:6: site_id: 'S2' is a store_id too",
            "intersections.csv:7: site_id: 'X3' is repeated",
            "intersections.csv:8: rent_twd_month: 'dear' is not a number",
            "stores.csv:4: store_id: 'S2' is repeated",
            "the YAML: choose.must_keep.1: 'X9' is no site_id of intersections.csv",
            "the YAML: choose.must_not.0: 'Y' is no site_id of intersections.csv",
            "the YAML: score.huff.attraction.thiers: 'thiers' is the chain of no store",
        ]
    )


def test_near_misses_are_told(refused, tables):
    tables["intersections"] += site("Broadway-7")
    tables["stores"] += "S3,Amberlight,25,121\n"

    lines = refused(
        choose={"must_keep": ["Brodway-7"]},
        score={"huff": {"attraction": {"Amberlite": 2}}},
    )

    assert 'did you mean "Broadway-7"?' in lines[1]
    assert 'did you mean "Amberlight"?' in lines[2]


def test_name_of_a_faulty_site_is_no_stranger(refused, tables):
    """Its own fault is told, not that it does not exist."""
    tables["intersections"] += site("X3", -7)

    assert len(refused(choose={"must_keep": ["X3"]})) == 2


@pytest.mark.parametrize(
    ("choose", "said"),
    [
        ({"budget_twd_month": 50000}, ""),
        ({"budget_twd_month": 49999}, "the cheapest, X1, costs 50,000"),
        ({"budget_twd_month": 55000, "must_not": ["X1"]}, "X2, costs 60,000"),
        ({"budget_twd_month": 1, "stores": 0}, ""),
        ({"budget_twd_month": 1, "stores": None, "model": "fixed_charge"}, ""),
    ],
)
def test_budget_below_every_rent_opens_no_store(read, refused, choose, said):
    """Which is a fault only where one must open."""
    if said:
        lines = refused(choose=choose)
        assert said in lines[1]
        assert lines[1].startswith("the YAML: choose.budget_twd_month: ")
    else:
        assert len(read(choose=choose).sites) == 2


@pytest.mark.parametrize("name", ["areas", "intersections"])
def test_table_without_rows_is_refused(refused, tables, name):
    tables[name] = tables[name].splitlines()[0] + "\n"

    assert refused("rent_twd_month")[0].startswith(f"{name}.csv: has no good row")


@pytest.mark.parametrize("name", ["areas", "intersections", "stores"])
def test_missing_table_is_asked_for(refused, tables, name):
    """Once, and not for each row that refers to it."""
    del tables[name]

    [line] = refused()

    assert line.startswith(f"No {name} table: name it under `tables:` in the YAML")


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        ({"walk": {"source": "roads"}}, {"road_nodes", "road_links"}),
        ({"travel": {"source": "roads"}}, set()),
        ({"travel": {"source": "matrix"}, "dc": {}}, {"travel_matrix"}),
        (
            {"travel": {"source": "roads"}, "dc": {"candidates": "stores"}},
            {"road_nodes", "road_links"},
        ),
        ({"dc": {"candidates": "distribution_centers"}}, {"distribution_centers"}),
    ],
)
def test_tables_are_needed_for_what_is_asked(read, refused, tables, asked, missing):
    del tables["distribution_centers"]
    if not missing:
        assert read(**asked).distribution_centers.is_empty()
        return
    named = {re.match(r"No (\w+) table", line) for line in refused(**asked)}
    assert {match[1] for match in named if match} == missing


def test_access_for_goods_needs_a_dc(refused, tables):
    del tables["distribution_centers"]

    assert refused("goods_access_min")[0].startswith("No distribution_centers table")


def test_access_for_goods_needs_a_row_of_the_table(refused, tables):
    tables["distribution_centers"] = DC.splitlines()[0] + "\n"

    lines = refused("goods_access_min")

    assert lines[0].startswith("distribution_centers.csv: has no good row")


@pytest.mark.parametrize("criterion", ["flow_pcu_h", "directions", "pm_share"])
def test_flow_is_needed_by_the_criteria_that_weigh_it(read, refused, tables, criterion):
    """Told once for a column that is not there, else for each empty cell."""
    tables["intersections"] = (
        "site_id,lat,lon,am_n_pcu_h,am_e_pcu_h,am_s_pcu_h,am_w_pcu_h,"
        "pm_n_pcu_h,pm_e_pcu_h,pm_s_pcu_h,rent_twd_month\n"
        "X1,25,121,1,2,,4,5,6,7,9\nX2,25,121,1,2,3,4,5,6,7,9\n"
    )

    assert len(read("rent_twd_month").sites) == 2
    lines = refused(criterion)

    needs = f"but {criterion} needs it"
    assert [line.split(" (")[0] for line in lines[1:]] == [
        f"intersections.csv:1: pm_w_pcu_h: is not there, {needs}",
        f"intersections.csv:2: am_s_pcu_h: is empty, {needs}",
    ]


def test_people_are_needed_where_no_forecast_is(read, refused, tables):
    """And everywhere if they are weighed."""
    tables["areas"] = AREAS + "A,25,121,\nB,25.1,121,80\n"
    assert "areas.csv:2: population: is empty, but demand" in refused()[1]

    tables["forecast"] = FORECAST + "A,2026-11-23,5,4,6\n"
    assert len(read().areas) == 2
    assert (
        "areas.csv:2: population: is empty, but people_in_walk"
        in (refused("people_in_walk")[1])
    )


def test_column_of_the_forecast_that_counts_must_be_there(refused, tables):
    tables["forecast"] = FORECAST + "A,2026-11-23,5,4,6\nB,2026-11-23,5,4,6\n"

    lines = refused(demand={"forecast_column": "p50"})

    assert lines[1].startswith("forecast.csv:1: p50: is not there")


def test_given_path_wins(read, tables, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text(SITES + site("Z"), encoding="utf-8")

    inputs = read(given={"intersections": other})

    assert inputs.sites["site_id"].to_list() == ["Z"]
