"""Tests of reading what demand is told from."""

import csv
import datetime as dt
import gzip
import re

import polars as pl
import pytest

from cstore_cli.demand.cleaning.clean import history_of
from cstore_cli.errors import InputError
from cstore_cli.settings.analyze_demand import AnalyzeDemandSettings
from cstore_cli.settings.network import NetworkSettings
from cstore_cli.settings.values import TableSource
from cstore_cli.tables.read_demand import read_demand

DAY = dt.date(2026, 11, 23)
AREAS = "area_id,name,population,income,kind,motto\n"
ROWS = "date,area_id,orders\n"


@pytest.fixture
def tables():
    """The text of each table, for a test to change."""
    people = ((f"A{k}", 100 * k, k / 2, "ab"[k % 2], f"m{k}") for k in range(1, 11))
    return {
        "areas": AREAS
        + "".join(f"{a},n,{p},{i},{kind},{m}\n" for a, p, i, kind, m in people),
        "transactions": ROWS + "2026-11-01,A1,5\n2026-11-01,A2,0\n2026-11-02,A1,7\n",
    }


@pytest.fixture
def read(tables, tmp_path):
    """Write the tables and read them; settings by name."""

    def of(*, strict=False, given=None, source=None, **more):
        sources = {}
        for name, text in tables.items():
            path = tmp_path / f"{name}.csv"
            path.write_text(text, encoding="utf-8")
            sources[name] = TableSource(path=str(path), **(source or {}))
        settings = AnalyzeDemandSettings(
            network=NetworkSettings(time_zone="Asia/Taipei", currency="TWD"),
            tables=sources,
            **more,
        )
        return read_demand(settings, DAY, given or {}, strict=strict)

    return of


@pytest.fixture
def refused(read, tmp_path):
    """The lines of the refusal, without the folder."""

    def of(**more):
        with pytest.raises(InputError) as told:
            read(**more)
        return str(told.value).replace(f"{tmp_path}/", "").splitlines()

    return of


def faults(lines):
    """Faults without their mends."""
    return sorted(re.sub(r" \(.*", "", line) for line in lines[1:])


def test_tables_are_read(read):
    inputs = read()

    assert inputs.areas.columns == [
        *("line", "area_id", "name", "lat", "lon"),
        *("population", "income", "kind"),
    ]
    assert inputs.numeric == ("population", "income")
    assert inputs.categories == ("kind",)
    assert inputs.texts == ("motto",)
    assert inputs.areas["income"].to_list() == [k / 2 for k in range(1, 11)]
    assert inputs.areas["kind"].to_list() == ["b", "a"] * 5
    assert inputs.transactions["orders"].to_list() == [5, 0, 7]
    assert (inputs.num_read, len(inputs.rejected)) == (3, 0)
    assert inputs.pickups is None
    assert inputs.areas_raw["motto"][0] == "m1"


def test_columns_left_out_are_not_typed(read):
    inputs = read(
        areas={"leave_out": ["income", "kind", "name"], "people": "population"}
    )

    assert (inputs.numeric, inputs.categories) == (("population",), ())


def test_empty_cells_are_unknown(read, tables):
    tables["areas"] = tables["areas"].replace("A1,n,100,0.5,b", "A1,n,, ,")

    first = read().areas.row(0, named=True)

    assert [first[name] for name in ("population", "income", "kind")] == [None] * 3


@pytest.mark.parametrize(
    ("num_kinds", "num_areas", "category"),
    [(30, 60, True), (31, 62, False), (5, 5, False), (4, 5, True)],
)
def test_texts_are_categories_if_they_are_few(
    read, tables, num_kinds, num_areas, category
):
    rows = (f"A{k},n,1,1,t{k % num_kinds},x\n" for k in range(num_areas))
    tables["areas"] = AREAS + "".join(rows)

    assert ("kind" in read().categories) == category


def test_text_among_figures_is_a_fault(refused, tables):
    """In 1 of 10 rows, neither a figure; in 2 of 10 it is a category."""
    tables["areas"] = tables["areas"].replace("A3,n,300,1.5", "A3,n,nan,1.5 k")

    assert faults(refused()) == [
        "areas.csv:4: income: '1.5 k' is not a number, as others of this column are",
        "areas.csv:4: population: 'nan' is not a number, as others of this column are",
    ]


def test_mostly_text_is_no_column_of_figures(read, tables):
    tables["areas"] = tables["areas"].replace("0.5", "low").replace("1.0,", "low,")

    assert "income" in read().categories


def test_faults_of_all_tables_come_at_once(refused, tables):
    """Of the YAML too, with near misses."""
    tables["areas"] += "A1,n,1,1,a,x\n*,n,-4,1,a,x\nB,n,1,1,a,x\n"
    tables["areas"] = tables["areas"].replace("motto", "age_0")
    tables["areas"] = re.sub(r"m(\d+)$", r"-\1", tables["areas"], flags=re.MULTILINE)
    tables["areas"] = re.sub(r"x$", "1", tables["areas"], flags=re.MULTILINE)
    tables["stores"] = "store_id,opening_hours\nS,6-23\nS,24/7\n"
    tables["pickups"] = "area_id,picked_up_at,store_id\nA1,2026-11-01T12:00,S\n"

    lines = refused(
        areas={"people": "populatoin", "counts": ["kind"], "leave_out": ["x"]},
        people={
            "online_share": {"age_1": 0.5, "kind": 0.5},
            "fetch_share": {"age_1": 0.5, "kind": 0.1},
            "income": "incom",
        },
        transactions={
            "known_ahead": ["order", "price"],
            "lagged": ["price"],
            "renamed": {"OLD": "A11"},
        },
    )

    no_area = "is no column of areas.csv"
    no_column = "is no column of transactions.csv"
    text = "column 'kind' of areas.csv does not hold figures"
    assert faults(lines) == [
        "areas.csv:12: area_id: 'A1' is repeated",
        "areas.csv:13: area_id: '*' stands for all areas together",
        "stores.csv:2: opening_hours: '6-23' says no opening hours",
        "stores.csv:3: store_id: 'S' is repeated",
        f"the YAML: areas.counts.0: {text}",
        f"the YAML: areas.leave_out.0: 'x' {no_area}",
        f"the YAML: areas.people: 'populatoin' {no_area}",
        f"the YAML: people.fetch_share.age_1: 'age_1' {no_area}",
        f"the YAML: people.fetch_share.kind: {text}",
        f"the YAML: people.income: 'incom' {no_area}",
        f"the YAML: people.online_share.age_1: 'age_1' {no_area}",
        f"the YAML: people.online_share.kind: {text}",
        f"the YAML: transactions.known_ahead.0: 'order' {no_column}",
        f"the YAML: transactions.known_ahead.1: 'price' {no_column}",
        f"the YAML: transactions.lagged.0: 'price' {no_column}",
        "the YAML: transactions.renamed.OLD: 'A11' is no area_id of areas.csv",
    ]
    for near in ("population", "age_0", "income", "A1"):
        assert any(f'did you mean "{near}"?' in line for line in lines)


def test_negative_people_are_a_fault(refused, tables):
    """And negative counts; income may fall below 0."""
    tables["areas"] = AREAS.replace("motto", "age_0") + (
        "A1,n,-3,-1,a,5\nA2,n,3,1,a,-2\nA3,n,3,1,b,2\n"
    )

    assert faults(refused()) == [
        "areas.csv:2: population: -3 must be at least 0",
        "areas.csv:3: age_0: -2 must be at least 0",
    ]
    assert faults(refused(areas={"counts": ["income"]}))[0].startswith(
        "areas.csv:2: income: -1"
    )


def test_people_may_be_missing_unless_named(read, refused, tables):
    tables["areas"] = tables["areas"].replace("population", "heads")

    assert read().numeric == ("heads", "income")
    assert refused(areas={"people": "head"})[1].endswith('(did you mean "heads"?)')


def test_column_both_left_out_and_used_is_a_fault(refused):
    lines = refused(areas={"leave_out": ["income"]}, people={"income": "income"})

    assert "'income' stands under areas.leave_out too" in lines[1]


def test_faulty_rows_are_put_aside(read, tables):
    """The others are kept, 7.0 among them and what is not known yet."""
    tables["transactions"] = ROWS + (
        "2026-11-01,A1,5\n2026-11-01,A2,-1\n2026-11-01,A3,7.5\n2026-11-01,A4,n/a\n"
        "1.11.2026,A5,1\n2026-11-01,,1\n2026-11-01,A6\n2026-11-02,A1,7.0\n"
        "2026-11-24,A1,\n2026-11-01,A7,nan\n"
    )

    inputs = read()

    assert inputs.transactions["orders"].to_list() == [5, 7, None]
    assert inputs.rejected["line"].to_list() == [3, 4, 5, 6, 7, 8, 11]
    assert inputs.num_read == 10
    assert inputs.rejected["reason"][0] == "orders: -1 must be at least 0"
    assert "such as 7.5" in inputs.rejected["reason"][1]


def test_strict_refuses_every_faulty_row(refused, tables):
    tables["transactions"] += "2026-11-01,A2,0\n2026-11-03,A2,few\n"
    tables["pickups"] = "area_id,picked_up_at\nA1,noon\nA1,2026-11-01T12:00\n"

    again = "repeats the date and area_id of line {} and says"
    assert faults(refused(strict=True)) == [
        "pickups.csv:2: picked_up_at: 'noon' is not an instant that exists",
        f"transactions.csv:5: area_id: {again.format(3)} the same",
        "transactions.csv:6: orders: 'few' is not a number",
    ]


def test_first_of_repeated_rows_is_kept(read, tables):
    """A faulty row does not shadow a later one; the same means all that is used."""
    tables["transactions"] = (
        "date,area_id,orders,price,note\n"
        "2026-11-01,A1,x,1,\n2026-11-01,A1,5,1,a\n2026-11-01,A2,5,1,a\n"
        "2026-11-01,A1,5,1,b\n2026-11-01,A1,6,1,a\n2026-11-01,A2,5,2,a\n"
    )

    inputs = read(transactions={"lagged": ["price"]})

    assert inputs.transactions.select("line", "orders", "price").rows() == [
        (3, 5, 1),
        (4, 5, 1),
    ]
    again = "area_id: repeats the date and area_id of line {} and says {}"
    assert inputs.rejected["line"].to_list() == [2, 5, 6, 7]
    assert inputs.rejected["reason"].to_list()[1:] == [
        again.format(first, f"{what} (the first is kept)")
        for first, what in (
            (3, "the same"),
            (3, "something else"),
            (4, "something else"),
        )
    ]
    assert inputs.rejected["note"].to_list() == [None, "b", "a", "a"]
    assert inputs.unused == ("note",)


def test_columns_named_are_typed(read, tables):
    """A text among figures puts its row aside; a column not named is unused."""
    rows = (f"2026-11-{k:02},A1,{k},{k}.5,{'xy'[k % 2]},z\n" for k in range(1, 12))
    tables["transactions"] = "date,area_id,orders,price,promo,z\n" + "".join(rows)
    tables["transactions"] = tables["transactions"].replace("3.5", "cheap")

    inputs = read(transactions={"known_ahead": ["promo"], "lagged": ["price"]})

    assert inputs.transactions.schema["price"] == pl.Float64
    assert inputs.transactions["promo"].to_list()[:3] == ["y", "x", "x"]
    [reason] = inputs.rejected["reason"]
    assert reason.startswith("price: 'cheap' is not a number, as others of this column")
    assert inputs.unused == ("z",)


def test_column_of_many_texts_cannot_be_used(refused, tables):
    rows = (f"2026-11-01,A{k},1,text {k % 31},\n" for k in range(62))
    tables["transactions"] = "date,area_id,orders,note,none\n" + "".join(rows)

    lines = refused(transactions={"known_ahead": ["note", "none"], "lagged": ["note"]})

    note = "the YAML: transactions.known_ahead.0: 'note' of transactions.csv is neither"
    assert lines[1] == f"{note} figures nor up to 30 kinds: 31 texts (take it out)"
    assert "'none' of transactions.csv is empty" in lines[2]
    assert "'note' is named twice" in lines[3]


def test_numbers_are_read_with_the_tables_decimal_mark(read, tables):
    tables["areas"] = "area_id;income\nA1;1,5\nA2;2,5\n"
    tables["transactions"] = "date;area_id;orders;price\n2026-11-01;A1;5;9,5\n"

    inputs = read(
        source={"delimiter": ";", "decimal_mark": ","},
        transactions={"lagged": ["price"]},
    )

    assert inputs.areas["income"].to_list() == [1.5, 2.5]
    assert inputs.transactions["price"].to_list() == [9.5]


def test_packed_file_is_read(read, tables, tmp_path):
    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress(tables["transactions"].encode()))

    assert read(given={"transactions": packed}).num_read == 3


@pytest.mark.parametrize("name", ["areas", "transactions"])
def test_missing_table_is_asked_for(refused, tables, name):
    del tables[name]

    [line] = refused()

    assert line.startswith(f"No {name} table: name it under `tables:` in the YAML")


@pytest.mark.parametrize("name", ["areas", "transactions", "pickups", "stores"])
def test_table_without_a_good_row_is_refused(refused, tables, name):
    tables["stores"] = "store_id\nS\n"
    tables["pickups"] = "area_id,picked_up_at\nA1,2026-11-01T12:00\n"
    tables[name] = tables[name].splitlines()[0] + "\n"

    assert refused() == [f"{name}.csv: has no good row; one at least is needed."]


def test_pickups_are_read_with_the_stores_hours(read, tables):
    tables["pickups"] = (
        "area_id,picked_up_at,store_id\nA1,2026-11-01T12:00,S\nA1,soon,S\n"
    )
    tables["stores"] = "store_id,chain,opening_hours\nS,own,06:00-23:00\n"

    inputs = read()

    assert inputs.pickups["picked_up_at"][0].hour == 4  # UTC
    assert inputs.rejected_pickups["line"].to_list() == [3]
    assert inputs.stores["opening_hours"].to_list() == ["06:00-23:00"]


def test_stores_do_not_matter_without_pickups(read, tables):
    """The network names them for other commands."""
    tables["stores"] = "name\nnonsense\n"

    assert read().stores is None


def test_every_fault_of_dirty_transactions_is_told(dirty):
    """With its right count; everything else is used."""
    shared = dirty.parent
    settings = AnalyzeDemandSettings(
        network=NetworkSettings(time_zone="Asia/Taipei", currency="TWD"),
        tables={
            "areas": TableSource(path=str(shared / "taipei_day/areas.csv")),
            "transactions": TableSource(path=str(dirty / "transactions.csv")),
        },
    )
    with (dirty / "FAULTS-transactions.csv").open(encoding="utf-8-sig") as file:
        listed = [(row["what"], row["where"]) for row in csv.DictReader(file)]

    inputs = read_demand(settings, DAY, {}, strict=False)
    history = history_of(inputs, settings, DAY)

    ours = {
        "day missing for all areas": "days missing for all areas",
        "area without rows for 14 days": "days without a row of single areas",
        "negative": "negative orders",
        "not a number": "orders that are no number",
        "fraction": "orders with a fraction",
        "huge": "figures far beyond the area's own",
        "row repeated at the end": "rows repeated, saying the same",
        "area code changed on 2026-10-24": "area code changed",
    }
    told = {odd.what: odd for odd in history.anomalies}
    for what, where in listed:
        assert where in told[ours[what]].where
    counts = dict.fromkeys(ours.values(), 0)
    for what, _ in listed:
        counts[ours[what]] += 1
    counts["days without a row of single areas"] = 14
    idle = "areas without transactions"
    assert {what: odd.count for what, odd in told.items()} == {
        **counts,
        idle: len(inputs.areas) - inputs.transactions["area_id"].n_unique() + 1,
    }
    with (dirty / "transactions.csv").open(encoding="utf-8-sig") as file:
        cells = {
            (row["date"], row["area_id"].removesuffix("-NEW")): int(row["orders"])
            for row in csv.DictReader(file)
            if row["orders"].isdigit() and row["orders"] != "987654"
        }
    used = {
        (history.dates[t].isoformat(), area): history.orders[i, t]
        for i, area in enumerate(history.area_ids)
        for t in range(history.num_past)
        if history.orders[i, t] >= 0
    }
    assert used == cells
