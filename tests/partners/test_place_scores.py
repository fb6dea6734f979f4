"""Tests of how good the places of a chain's stores are."""

import polars as pl
from equator import KM

from cstore_cli.partners.rank.place_scores import PlaceScore, place_score
from cstore_cli.settings.partners import PartnerSettings


def chain(**facts):
    return PartnerSettings(
        kind="store_chain", stage="regular", since="2024-01-01", facts=facts
    )


def along(*rows, **names):
    """Each (name, km east); its name and figure are columns as ``names`` say."""
    name, figure = names["name"], names.get("figure")
    frame = {name: [row[0] for row in rows], "lat": [0.0] * len(rows)}
    frame["lon"] = [row[1] * KM for row in rows]
    if figure:
        frame[figure] = [float(row[2]) for row in rows]
    return pl.DataFrame(frame)


SITES = along(("A", 0, 80), ("B", 1, 40), ("C", 10, 10), name="site_id", figure="score")
STORES = along(("lamp", 0.1), ("lamp", 0.8), ("lamp", 5), ("fox", 10), name="chain")


def test_score_is_the_mean_of_the_nearest_sites():
    """Stores at 0.1 and 0.8 km are by A and B; the one at 5 is by none."""
    found = place_score("p", chain(chain="lamp"), STORES, SITES, 0.5)

    assert found == PlaceScore((80 + 40) / 2, 2, 3)


def test_partner_s_own_name_is_its_chain_where_no_fact_says_it():
    assert place_score("fox", chain(), STORES, SITES, 0.5) == PlaceScore(10, 1, 1)


def test_chain_without_a_store_near_a_site_has_no_score():
    found = place_score("p", chain(chain="lamp"), STORES, SITES, 0.01)

    assert found == PlaceScore(None, 0, 3)


def test_chain_without_stores_has_no_score():
    assert place_score("nobody", chain(), STORES, SITES, 9) == PlaceScore(None, 0, 0)
