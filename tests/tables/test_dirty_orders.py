"""Tests of reading the dirty orders: each fault named, every other row kept."""

import polars as pl
import pytest

from cstore_cli.errors import InputError
from cstore_cli.settings.values import TableSource
from cstore_cli.tables.orders import Orders
from cstore_cli.tables.read import read_table
from cstore_cli.tables.rules import Known

CLASSES = ("ambient", "fragile", "chilled")


@pytest.fixture
def orders(dirty):
    """Read an orders file against the stores of Taipei."""
    stores = pl.read_csv(dirty.parent / "taipei_day" / "stores.csv")["store_id"]
    known = {
        "store_id": Known(stores.to_list(), "stores"),
        "goods_class": Known(CLASSES, "goods_classes of the YAML"),
    }

    def of(name, **source):
        given = TableSource(path=str(dirty / f"{name}.csv"), **source)
        return read_table(given, Orders, "Asia/Taipei", key="order_id", known=known)

    return of


def test_every_bad_row_is_named_by_line_and_column_and_nothing_else(
    orders, dirty_faults
):
    table = orders("orders")

    bad = {(int(f["line"]), f["column"]) for f in dirty_faults if f["bad"] == "True"}
    assert {(fault.line, fault.column) for fault in table.faults} == bad
    assert sorted(line for line, _ in bad) == table.rejected["line"].to_list()


def test_odd_rows_that_are_right_are_kept(orders, dirty_faults):
    """Ids in Chinese, as formulas, with line breaks; instants in UTC and without."""
    table = orders("orders")

    odd = {int(f["line"]): f["order_id"] for f in dirty_faults if f["bad"] == "False"}
    kept = dict(table.frame.select("line", "order_id").iter_rows())
    assert len(odd) == 36
    assert {line: kept.get(line) for line in odd} == odd


def test_rows_are_never_lost(orders):
    table = orders("orders")

    assert table.num_read == len(table.raw) + len(table.rejected) == 4003


@pytest.mark.parametrize(
    ("name", "line"), [("ragged", 51), ("nul", 21), ("cut-short", 200)]
)
def test_a_line_that_does_not_split_is_lost_alone(orders, name, line):
    table = orders(f"orders-{name}")

    assert [fault.line for fault in table.faults] == [line]
    assert table.rejected["line"].to_list() == [line]
    assert table.rejected["text"][0]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("quote-left-open", ":31: a quote is left open"),
        ("empty", "is empty"),
        ("column-missing", ":1: order_id: column is missing"),
        (
            "column-misspelt",
            ':1: customer_lat: column is missing (did you mean "custmer_lat"?',
        ),
        ("semicolons", "Say `delimiter: ';'`"),
        ("big5", "say `encoding: big5`"),
        ("utf16", "Say `encoding: utf-16`"),
    ],
)
def test_a_file_whose_structure_is_lost_is_refused_once(orders, name, told):
    with pytest.raises(InputError) as refused:
        orders(f"orders-{name}")

    assert told in str(refused.value)
    assert len(refused.value.faults) <= 1


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("semicolons", {"delimiter": ";"}),
        ("big5", {"encoding": "big5"}),
        ("utf16", {"encoding": "utf-16"}),
    ],
)
def test_a_dialect_that_the_source_names_is_read(orders, name, source):
    table = orders(f"orders-{name}", **source)

    assert (len(table.frame), table.faults) == (199, ())


def test_a_header_alone_is_an_empty_table(orders):
    table = orders("orders-header-only")

    assert (table.num_read, table.faults) == (0, ())
