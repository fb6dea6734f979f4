"""Tests of typed tables: cells by kind, rules, keys, known values, dialects."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstore_cli.errors import InputError
from cstore_cli.settings.values import unit_factor
from cstore_cli.tables.read import whole
from cstore_cli.tables.rules import Known


def faults(table):
    return [(fault.line, fault.column, fault.what) for fault in table.faults]


def column(table, name):
    return table.frame[name].to_list()


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("weight_kg", " 1.50 ", 1.5),
        ("weight_kg", "1e1", 10),
        ("weight_kg", "-1", "-1 must be at least 0"),
        ("weight_kg", "101", "101 must be at most 100"),
        ("weight_kg", "inf", "inf is not a figure"),
        ("weight_kg", "NaN", "nan is not a figure"),
        ("weight_kg", "1.5 kg", "'1.5 kg' is not a number"),
        ("weight_kg", "1,5", "'1,5' is not a number"),
        ("weight_kg", "", "is empty"),
        ("pieces", "3", 3),
        ("pieces", "", 1),
        ("pieces", "1.5", "'1.5' is not a whole number"),
        ("pieces", "99999999999999999999", "'99999999999999999999' is not a whole"),
        ("pieces", "0", "0 must be at least 1"),
        ("service", "Pickup", "pickup"),
        ("service", "", None),
        ("service", "drone", "'drone' is not one of the known values"),
        ("chilled", "YES", True),
        ("chilled", "0", False),
        ("chilled", "", False),
        ("chilled", "maybe", "'maybe' is neither true nor false"),
        ("opens", "9:05", 545),
        ("opens", "09:05:00", 545),
        ("opens", "24:00", 1440),
        ("opens", "09:60", "'09:60' is not a time of day"),
        ("opens", "0905", "'0905' is not a time of day"),
        ("box_id", "", "is empty"),
    ],
)
def test_cells_by_kind(read, name, cell, value):
    """A value, or the fault told, by line and column."""
    row = {"box_id": "a", "weight_kg": "1", name: f'"{cell}"'}
    table = read(f"{','.join(row)}\n{','.join(row.values())}\n")

    if isinstance(value, str) and " " in value:
        [(line, told, what)] = faults(table)
        assert (line, told) == (2, name)
        assert what.startswith(value)
        assert len(table.frame) == 0
    else:
        assert (column(table, name), faults(table)) == ([value], [])


def test_optional_columns_may_be_absent(read):
    table = read("box_id,weight_kg\na,1\n")

    row = table.frame.row(0, named=True)
    assert (row["pieces"], row["chilled"], row["opens"]) == (1, False, None)


def test_extra_columns_are_carried_as_they_stand(read):
    table = read("colour,box_id,weight_kg\n red ,a,1\n")

    assert table.raw.rows(named=True) == [
        {"colour": " red ", "box_id": "a", "weight_kg": "1"}
    ]
    assert "colour" not in table.frame.columns


def test_names_of_our_own_in_a_partner_file_are_only_names(read):
    """line, reason, text stay apart from the columns that a rejected row gets."""
    table = read(
        "line,reason,text,file_line,box_id,weight_kg\n7,r,t,f,a,1\n8,r2,t2,f2,b,-1\n"
    )

    assert column(table, "line") == [2]
    assert table.raw["line"].to_list() == ["7"]
    row = table.rejected.row(0, named=True)
    assert (row["line"], row["reason"]) == (3, "weight_kg: -1 must be at least 0")
    assert {"8", "r2", "t2", "f2"} <= set(row.values())


def test_all_faults_of_a_row_come_at_once(read):
    table = read("box_id,weight_kg,pieces,opens\na,x,y,z\n")

    assert [fault.column for fault in table.faults] == ["opens", "pieces", "weight_kg"]
    assert table.rejected["reason"][0].count(";") == 2


def test_rejected_rows_keep_their_text(read):
    table = read("box_id,weight_kg,note\na, 1 kg , x \n")

    assert table.rejected.row(0)[0] == 2
    assert table.rejected.row(0)[2:5] == ("a", " 1 kg ", " x ")


@pytest.mark.parametrize("bad", ["x", "-1", "1,drone", "1,door"])
def test_a_faulty_first_row_does_not_shadow_a_later_good_one(read, bad):
    """Whatever stopped the first: its text, a rule, a code, a value not known."""
    header = "box_id,weight_kg,service\n"
    first = bad if "," in bad else f"{bad},"
    known = {"service": Known(("pickup",), "services")}
    table = read(f"{header}a,{first}\na,2,pickup\na,3,\n", known=known)

    assert column(table, "line") == [3]
    assert faults(table)[1] == (4, "box_id", "'a' is repeated (first in line 3)")


def test_of_a_repeated_id_the_first_is_kept(read):
    table = read("box_id,weight_kg\na,1\nb,1\na,2\na,3\n")

    assert column(table, "line") == [2, 3]
    assert [(line, name) for line, name, _ in faults(table)] == [
        (4, "box_id"),
        (5, "box_id"),
    ]
    assert "first in line 2" in table.faults[1].what


def test_an_unknown_id_gets_the_near_miss(read):
    stores = Known([f"SE-{k}" for k in range(100_001, 100_031)], "stores")
    table = read(
        "box_id,weight_kg,note\na,1,SE-l00012\nb,1,nowhere\nc,1,\n",
        known={"note": stores},
    )

    assert [(fault.line, fault.mend) for fault in table.faults] == [
        (2, 'did you mean "SE-100012"?'),
        (3, ""),
    ]
    assert column(table, "box_id") == ["c"]


def test_few_known_values_are_listed(read):
    known = {"note": Known(("red", "blue"), "colours")}
    table = read("box_id,weight_kg,note\na,1,x\n", known=known)

    assert str(table.faults[0]).endswith("'x' is not in colours (known: red, blue)")


def test_decimal_comma(read):
    """A point may then stand between thousands, so it is no decimal mark as well."""
    table = read(
        'box_id;weight_kg\na;"1,5"\nb;2\nc;1.234\n', delimiter=";", decimal_mark=","
    )

    assert column(table, "weight_kg") == [1.5, 2]
    assert faults(table) == [(4, "weight_kg", "'1.234' is not a number")]


def test_units(read):
    table = read("box_id,weight_kg\na,450\nb,200000\nc,\n", units={"weight_kg": "g"})

    assert column(table, "weight_kg") == [0.45]
    assert faults(table)[0] == (3, "weight_kg", "200 must be at most 100")


@given(st.integers(0, 10**7))
def test_grams_are_exactly_thousandths(grams):
    """2300 g are not over a limit of 2.3 kg."""
    factor = unit_factor("weight_kg", "g")

    assert float(grams) * factor.numerator / factor.denominator == grams / 1000


def test_codes(read):
    table = read(
        "box_id,weight_kg,service,chilled\na,1,門市,冷藏\nb,1, 門市 ,常溫\nc,1,door,\n",
        codes={
            "service": {"門市": "pickup"},
            "chilled": {"冷藏": "true", "常溫": "no"},
        },
    )

    assert column(table, "service") == ["pickup", "pickup", "door"]
    assert column(table, "chilled") == [True, False, False]
    assert table.raw["service"][0] == "門市"


def test_mapped_columns(read):
    """Also two that change places, and one that takes the name of another."""
    table = read(
        "包裹,note,box_id,service\na,pickup,old,words\n",
        columns={
            "box_id": "包裹",
            "service": "note",
            "note": "service",
            "weight_kg": "box_id",
        },
        codes={"weight_kg": {"old": "5"}},
    )

    row = table.frame.row(0, named=True)
    assert (row["box_id"], row["service"], row["note"]) == ("a", "pickup", "words")
    assert row["weight_kg"] == 5


def test_a_column_whose_name_is_mapped_to_another_is_carried(read):
    table = read("shop,box_id,weight_kg\na,b,1\n", columns={"box_id": "shop"})

    assert column(table, "box_id") == ["a"]
    assert table.raw.row(0, named=True)["file_box_id"] == "b"


@pytest.mark.parametrize(
    ("header", "source", "told"),
    [
        ("box_id,wieght_kg", {}, ["weight_kg", 'did you mean "wieght_kg"?']),
        ("id,kg", {}, ["box_id: column is missing", "weight_kg: column is missing"]),
        (
            "box_id,weight",
            {"columns": {"weight_kg": "wieght"}},
            ["1: wieght: the YAML maps this column", 'did you mean "weight"?'],
        ),
        (
            "box_id,weight_kg",
            {"units": {"wieght_kg": "g"}},
            ["`units` names this column", 'did you mean "weight_kg"?'],
        ),
        (
            "box_id,weight_kg",
            {"columns": {"notes": "box_id"}},
            ["`columns` names this column", 'did you mean "note"?'],
        ),
        ("box_id,weight_kg", {"codes": {"servce": {}}}, ['did you mean "service"?']),
    ],
)
def test_a_header_that_does_not_fit_is_refused(read, header, source, told):
    with pytest.raises(InputError) as refused:
        read(f"{header}\n", **source)

    assert [part for part in told if part not in str(refused.value)] == []


def test_a_whole_table_refuses_with_every_fault(read):
    table = read("box_id,weight_kg\na,x\nb\nc,-1\n")

    with pytest.raises(InputError, match=r"boxes: 3 fault\(s\)") as refused:
        whole(table, "boxes")
    assert [fault.line for fault in refused.value.faults] == [2, 3, 4]


def test_a_column_of_strange_ids_takes_no_hours(read):
    """Near misses are sought for so many and no more: the wrong file was given."""
    rows = "".join(f"{k},1,X-{k:07}\n" for k in range(3000))
    stores = Known([f"SE-{k:07}" for k in range(2000)], "stores")

    table = read("box_id,weight_kg,note\n" + rows, known={"note": stores})

    assert len(table.faults) == 3000
