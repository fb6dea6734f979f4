"""What store_arrivals.csv, regions.csv and assignment.csv may not say."""

import numpy as np
import pytest
from breakages import add, assert_found, broken, choose, cut, facts, put
from legal_day import REGION

from cstore_cli.dayplan.checks.shelves import fetch_chance
from cstore_cli.settings.plan_day import DwellSettings


def another(written):
    return written + 1


def hold_more(day):
    """60 litres more on the shelf of S2."""
    row = {"parcel_id": "H9", "store_id": "S2", "litres": 60.0}
    day.inputs["held_parcels"].append(day.inputs["held_parcels"][0] | row)


def freeze(day, **changed):
    hub = {"R1": "S1", "R2": "S4"}
    day.inputs["frozen_regions"] = [
        {"store_id": store, "region_id": region, "hub": hub[region]}
        for store, region in (REGION | changed).items()
    ]


CASES = [
    broken(
        "more litres than room",
        "shelves_have_room",
        "store_arrivals:arriving_litres",
        "store_arrivals.csv:3|S2 gets 8.00 litres and has room for 0.00|held 90.00",
        hold_more,
    ),
    broken(
        "room of a smaller shelf",
        "shelves_have_room",
        "store_arrivals:arriving_litres",
        "S5 gets 4.00 litres and has room for 3.50: shelf 3.50, held 0.00",
        put("given:stores", "S5", shelf_litres=3.5),
    ),
    broken(
        "a surer quantile of what is fetched",
        "shelves_have_room",
        "store_arrivals:arriving_litres",
        "S4 gets 4.00 litres and has room for 2.50: shelf 40.00, held 37.50",
        choose(dwell={"low_quantile": 0.0001}),
    ),
    broken(
        "a store without row",
        "each_store_has_one_row",
        "store_arrivals:store_id",
        "S6 is in the stores table and has no row",
        cut("store_arrivals", "S6"),
    ),
    broken(
        "a store with two rows",
        "each_store_has_one_row",
        "store_arrivals:store_id",
        "S6 has more than one row",
        add("store_arrivals", "S6"),
    ),
    broken(
        "a store that is not in the table",
        "each_store_has_one_row",
        "store_arrivals:store_id",
        "S9 is not in the stores table",
        add("store_arrivals", "S6", store_id="S9"),
    ),
    *(
        broken(
            f"{column} that are not so",
            "arrivals_add_up",
            f"store_arrivals:{column}",
            f"S4: {column} is {written}, recomputed {own}",
            put("store_arrivals", "S4", **{column: another}),
        )
        for column, written, own in (
            ("pickup_parcels", "2", "1"),
            ("door_parcels", "3", "2"),
            ("shelf_litres", "41.00", "40.00"),
            ("held_litres", "38.50", "37.50"),
            ("fetched_litres", "3.63", "2.63"),
            ("shelf_before_litres", "35.87", "34.87"),
            ("arriving_litres", "5.00", "4.00"),
            ("shelf_after_litres", "39.87", "38.87"),
        )
    ),
    broken(
        "another DC",
        "arrivals_add_up",
        "store_arrivals:dc_id",
        "S4 is of DC, not of DC-X",
        put("store_arrivals", "S4", dc_id="DC-X"),
    ),
    broken(
        "a risk kept quiet",
        "overflow_risk_is_told",
        "store_arrivals:overflow_risk",
        "S4: overflow_risk is no; held 37.50 and arriving 4.00|40.00 make it possible",
        put("store_arrivals", "S4", overflow_risk="no"),
    ),
    broken(
        "a full shelf kept quiet",
        "overflow_risk_is_told",
        "store_arrivals:overflow_risk",
        "S6: overflow_risk is possible; held 50.00|make it over_before",
        put("store_arrivals", "S6", overflow_risk="possible"),
    ),
    broken(
        "a wrong first arrival",
        "first_arrivals_are_told",
        "store_arrivals:arrives",
        "S1: arrives is 09:48, the first van comes at 09:47",
        put("store_arrivals", "S1", arrives=another),
    ),
    broken(
        "an arrival that nobody makes",
        "first_arrivals_are_told",
        "store_arrivals:arrives",
        "S6: arrives is 10:00, the first van comes at empty",
        put("store_arrivals", "S6", arrives=600),
    ),
    # regions
    broken(
        "a store in no region",
        "stores_are_in_one_region",
        "assignment:store_id",
        "S3 is in the stores table and in no region",
        cut("assignment", "S3"),
    ),
    broken(
        "a store in two regions",
        "stores_are_in_one_region",
        "assignment:store_id",
        "S3 is in region R2 and in R1 already",
        add("assignment", "S3", region_id="R2"),
    ),
    broken(
        "a region of a store there is not",
        "stores_are_in_one_region",
        "assignment:store_id",
        "S9 is in region R1, but not in the stores table",
        add("assignment", "S3", store_id="S9"),
    ),
    broken(
        "an unknown region",
        "regions_are_those_assigned",
        "assignment:region_id",
        "S3 is in region R9, which is not in regions.csv",
        put("assignment", "S3", region_id="R9"),
    ),
    broken(
        "a region without store",
        "regions_are_those_assigned",
        "regions:region_id",
        "R9 has no store",
        add("regions", "R1", region_id="R9"),
    ),
    broken(
        "a region twice",
        "regions_are_those_assigned",
        "regions:region_id",
        "R1 has more than one row",
        add("regions", "R1"),
    ),
    broken(
        "a hub elsewhere",
        "hubs_are_in_their_region",
        "regions:hub",
        "R1 has hub S5, which is in region R2",
        put("regions", "R1", hub="S5"),
    ),
    broken(
        "a region of another DC",
        "regions_are_of_one_dc",
        "assignment:region_id",
        "S1 is of DC, but its region R1 is of DC-X",
        put("regions", "R1", dc_id="DC-X"),
    ),
    broken(
        "a route of an unknown region",
        "regions_are_of_one_dc",
        "routes:region_id",
        "A is of DC and of region R9, which is of empty",
        put("routes", "A", region_id="R9"),
    ),
    *(
        broken(
            f"{column} of a region miscounted",
            "regions_count_their_parcels",
            f"regions:{column}",
            f"R2: {column} is {written}, counted {written - 1}",
            put("regions", "R2", **{column: another}),
        )
        for column, written in (("stores", 4), ("parcels", 5), ("door_parcels", 3))
    ),
    broken(
        "door parcels of a hub miscounted",
        "hubs_do_what_is_told",
        "regions:hub_door_parcels",
        "R2: hub_door_parcels is 7, counted 2",
        put("regions", "R2", hub_door_parcels=7),
    ),
    broken(
        "room at a hub that it has not",
        "hubs_do_what_is_told",
        "regions:hub_room_litres",
        "R2: hub_room_litres is 999.50, counted 1.13",
        put("regions", "R2", hub_room_litres=999.5),
    ),
    broken(
        "a nearer hub that is none",
        "nearer_hubs_are_hubs",
        "assignment:nearer_hub",
        "S5 is told as a nearer hub of S3, but is no hub",
        put("assignment", "S3", nearer_hub="S5", reason="R2 is full."),
    ),
    broken(
        "a nearer hub without reason",
        "nearer_hubs_are_hubs",
        "assignment:reason",
        "S3 is nearer to hub S4, and no reason is told",
        put("assignment", "S3", nearer_hub="S4"),
    ),
    broken(
        "a frozen region thawed",
        "frozen_regions_are_kept",
        "assignment:region_id",
        "S3 is in region R1, but frozen in R2",
        lambda day: freeze(day, S3="R2"),
    ),
    broken(
        "a frozen hub moved",
        "frozen_regions_are_kept",
        "regions:hub",
        "R1 has hub S2, but was frozen with S1",
        freeze,
        put("regions", "R1", hub="S2"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=facts(CASES))
def test_is_found(day, case):
    assert_found(day, case)


def test_regions_kept_as_frozen_are_legal(day):
    freeze(day)

    assert day.faults() == ()


def test_a_shelf_filled_to_the_brim_is_legal(day):
    """S5 gets the 4 litres that its shelf holds: no overflow, and room for all."""
    put("given:stores", "S5", shelf_litres=4.0)(day)
    put("store_arrivals", "S5", shelf_litres=4.0)(day)

    assert day.faults() == ()


def test_half_a_day_is_worth_half_a_days_share():
    """F(1) = 0.4, F(2) = 0.7: (0.7 - 0.55) / (1 - 0.55) from 1.5 to 2 days."""
    dwell = DwellSettings(collected_share=[0.0, 0.4, 0.7])

    chance = fetch_chance(np.array([1.5]), np.array([0.5]), dwell)

    assert chance == pytest.approx([1 / 3])


def test_after_the_last_day_nothing_more_is_fetched():
    dwell = DwellSettings(collected_share=[0.0, 0.4, 0.7])

    assert fetch_chance(np.array([3.0]), np.array([5.0]), dwell) == [0]


def test_when_all_is_fetched_nothing_more_is():
    dwell = DwellSettings(collected_share=[0.0, 1.0])

    assert fetch_chance(np.array([3.0]), np.array([5.0]), dwell) == [0]
