"""Tests of orders that come back from an earlier plan."""

import polars as pl
import pytest

from cstore_cli.errors import InputError
from cstore_cli.tables.carry import carried_records
from cstore_cli.tables.write import csv_bytes

HEADER = "order_id,task,status,store_id,reason,platform,order_store_id,order_note,=x\n"


@pytest.fixture
def plan(tmp_path):
    """A plan's folder with the parcels.csv of the lines given."""

    def of(*lines, header=HEADER):
        (tmp_path / "parcels.csv").write_text(header + "".join(f"{x}\n" for x in lines))
        return tmp_path

    return of


def test_deferred_and_unserved_come_back_with_their_own_columns(plan):
    """order_store_id is the store asked for; order_note was never ours."""
    records, _ = carried_records(
        plan(
            "a,deliver,planned,S1,,shop,S0,n,1",
            "b,deliver,deferred,S1,late,shop,S2,n,2",
            "c,deliver,unserved,S1,full,shop,,n,3",
            "d,deliver,already_planned,,,shop,,n,4",
        )
    )

    assert records.header == ("order_id", "platform", "store_id", "order_note", "=x")
    assert records.cells == [
        ["b", "shop", "S2", "n", "2"],
        ["c", "shop", "", "n", "3"],
    ]
    assert records.lines == [3, 4]


def test_returns_and_hand_ins_do_not_come_back_as_orders(plan):
    records, _ = carried_records(
        plan(
            "a,return,unserved,S1,,,,,",
            "b,hand_in,deferred,S1,,,,,",
            "c,deliver,deferred,S1,,shop,,,",
        )
    )

    assert [cells[0] for cells in records.cells] == ["c"]


def test_the_file_may_be_named_itself(plan):
    records, source = carried_records(plan() / "parcels.csv")

    assert (records.cells, source.path[-11:]) == ([], "parcels.csv")


@pytest.mark.parametrize("header", ["order_id,x\n", "status,x\n"])
def test_another_table_is_refused(plan, header):
    with pytest.raises(InputError, match=r"not the parcels\.csv of a plan"):
        carried_records(plan(header=header))


def test_ids_as_formulas_are_text_until_they_are_typed(plan):
    """`typed` takes the apostrophe off, as of all our own files."""
    frame = pl.DataFrame(
        {"order_id": ["=1+1"], "task": ["deliver"], "status": ["unserved"]}
    )
    folder = plan()
    (folder / "parcels.csv").write_bytes(csv_bytes(frame))

    assert carried_records(folder)[0].cells == [["'=1+1"]]
