"""The zone of each place: stores and distribution centres by what the settings say."""

from collections.abc import Mapping

import polars as pl

from cstore_cli.settings.partners import Zone


def zone_of_places(zones: Mapping[str, Zone], stores: pl.DataFrame) -> dict[str, str]:
    """
    Return the zone of each store and DC that has one.

    A store that a zone names is in that zone, whatever its DC; the others are in the
    zone of their DC. ``stores`` has store_id and dc_id.
    """
    by_dc = {dc: name for name, zone in zones.items() for dc in zone.dc}
    found = dict(by_dc)
    for store, dc in stores.select("store_id", "dc_id").iter_rows():
        if dc in by_dc:
            found[store] = by_dc[dc]
    found |= {store: name for name, zone in zones.items() for store in zone.store}
    return found
