"""An order's own columns keep their names through a plan, whatever they are."""

from hypothesis import given
from hypothesis import strategies as st

from cstore_cli.tables.own_columns import own_name, shown_name
from cstore_cli.tables.plan import CONTRACTS

PLAN = sorted(CONTRACTS["parcels"].column_names())
names = st.builds(
    lambda prefixes, name: "order_" * prefixes + name,
    st.integers(0, 3),
    st.one_of(st.sampled_from(PLAN), st.text(min_size=1)),
)


@given(names)
def test_a_name_comes_back(name):
    assert own_name(shown_name(name)) == name


@given(st.lists(names, unique=True))
def test_no_two_columns_become_one(own):
    shown = [shown_name(name) for name in own]

    assert len(set(shown)) == len(shown)
    assert not set(shown) & (set(PLAN) - {"order_id"})
