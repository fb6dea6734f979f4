"""orders.csv: what the platforms send."""

import dataframely as dy

from cstore_cli.tables import columns as c

DEAREST_TWD = 10_000_000
LARGEST_CM = 1_000
HEAVIEST_KG = 10_000


class Orders(dy.Schema):
    """One parcel each; a bad row is put aside, the others are planned."""

    order_id = c.identity()
    platform = c.identity()
    placed_at = c.instant()
    customer_lat = c.latitude()
    customer_lon = c.longitude()
    service = c.code("pickup", "door", "any")
    store_id = c.text(nullable=True)
    pickup_from = c.clock(nullable=True)
    weight_kg = c.number(min_exclusive=0, max=HEAVIEST_KG)
    length_cm = c.number(min_exclusive=0, max=LARGEST_CM)
    width_cm = c.number(min_exclusive=0, max=LARGEST_CM)
    height_cm = c.number(min_exclusive=0, max=LARGEST_CM)
    goods_class = c.identity()
    needs_installation = c.flag()
    value_twd = c.number(min=0, max=DEAREST_TWD)
    cod_twd = c.number(min=0, max=DEAREST_TWD)
    customer_address = c.text(optional=True)
    recipient = c.text(optional=True)
    phone = c.text(optional=True)
    at_dc_from = c.instant(optional=True)
    inbound = c.code("dc", "store", optional=True)
    priority = c.number(optional=True, default=1.0, min_exclusive=0, max=1000)
