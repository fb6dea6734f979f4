"""What plan-day cannot do yet is refused, not ignored."""

import pytest
from days import day, planned, settings, van

from cstore_cli.dayplan.unbuilt import refuse_unbuilt
from cstore_cli.errors import InputError

ASKED = [
    ({"locks": [{"store_id": "S1", "batch": "early"}] * 2}, {}, "2 locks"),
    ({"vans": [van("A", break_min=30.0), van("B")]}, {}, "breaks for A"),
    ({}, {"loading_min": 15}, "15 min of loading, so dock doors could bind"),
]


@pytest.mark.parametrize(("tables", "chosen", "what"), ASKED)
def test_what_is_not_built_is_refused(tables, chosen, what):
    with pytest.raises(InputError) as refused:
        planned(day(**tables), settings(**chosen))
    assert [fault.what for fault in refused.value.faults] == [what]
    assert all(fault.mend for fault in refused.value.faults)


def test_everything_is_refused_at_once():
    tables, chosen = {}, {}
    for more, options, _ in ASKED:
        tables |= more
        chosen |= options
    with pytest.raises(InputError) as refused:
        refuse_unbuilt(day(**tables), settings(**chosen))
    assert [fault.what for fault in refused.value.faults] == [w for _, _, w in ASKED]


def test_breaks_of_no_minutes_are_none():
    vans = [van(break_min=0.0, break_after_min=240.0)]
    refuse_unbuilt(day(vans=vans), settings())
