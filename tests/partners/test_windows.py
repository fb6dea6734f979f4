"""How much of a quarter or year a plan covers, and quantities in that proportion."""

import pytest
from small_agreements import rate, version

from cstore_cli.partners.allocate.months import windows_of


@pytest.mark.parametrize("parcels", range(90, 200_000, 9_090))
def test_quantities_are_in_proportion_to_the_last_parcel(parcels):
    """Of n parcels a quarter January's 31 of 90 days have n x 31 / 90, rounded down."""
    its = version("ant", [rate((1, 10))])

    [window] = windows_of(its, ["2026-01"], [0], "quarter")

    assert window.whole_part(parcels) == parcels * 31 // 90
    assert window.first_part(parcels + 1) == 1 + parcels * 31 // 90
