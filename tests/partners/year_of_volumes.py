"""A year of a network: 216 classes of volumes, six partners with all kinds of terms."""

import random

import polars as pl
from small_agreements import rate, settings, version

from cstore_cli.tables.partners import Volumes

PARTNERS = ("ant", "bee", "cat", "dog", "eel", "fox")
SERVICES = ("store_delivery", "door_delivery")
WEIGHTS = (0.5, 2.0, 8.0)
ZONES = ("east", "west", "hills")


def year(seed=1):
    """Versions, settings and volumes."""
    draw = random.Random(seed)
    versions = [_terms(draw, partner, n) for n, partner in enumerate(PARTNERS)]
    wanted = settings(
        *PARTNERS,
        stage={"switching_cost": 40_000, "switching_cost_per_year": 10_000},
        shares=[{"most_percent": 50}],
        numbers=[{"zone": "hills", "partners": 2, "from_percent": 10}],
        expected={"cod_share": 0.3, "cod_twd": 800},
    )
    wanted = wanted.model_copy(update={"zones": {**wanted.zones, "hills": {}}})
    rows = []
    for month in range(1, 13):
        for zone in ZONES:
            for service in SERVICES:
                for weight in WEIGHTS:
                    volume = draw.randint(300, 3_000) // (1 + (zone == "hills") * 3)
                    row = f"2026-{month:02d}", zone, service, weight
                    part = volume // 3
                    rows.append((*row, part, "ant"))
                    rows.append((*row, volume - part, "bee"))
    frame = pl.DataFrame(
        rows,
        schema=["month", "zone", "service", "weight_kg", "parcels", "partner"],
        orient="row",
    ).with_columns(size=pl.lit(None, pl.String))
    return versions, wanted, frame.select(Volumes.column_names())


def _terms(draw, partner, number):
    """Steps by month, quarter and year; a promise, a rebate, a minimum, a capacity."""
    rates = []
    for zone in ZONES:
        for service in SERVICES:
            for to_kg, over_kg in ((5, 0), (None, 5)):
                base = 40 + 15 * (zone == "hills") + 35 * (service == "door_delivery")
                base += draw.randint(-4, 4) + (25 if over_kg else 0)
                some = rate(
                    (1, base),
                    (draw.choice([500, 1000, 2000]), base - 2),
                    (draw.choice([3000, 4000, 6000]), base - 5),
                    name=f"{zone}_{service}_{over_kg}",
                    kind=draw.choice(["all_units", "incremental"]),
                    per=draw.choice(["month", "month", "quarter", "year"]),
                    services=[service],
                    zones=[zone],
                )
                rates.append(some | {"to_kg": to_kg, "over_kg": over_kg})
    return version(
        partner,
        rates,
        signed=number < 4,
        surcharges=[
            {"name": "cod", "when": "cod", "percent_of_cod": draw.choice([1, 1.5])},
            {"name": "peak", "when": "always", "percent_of_price": 5}
            | {"valid_from": "2026-11-01", "valid_to": "2026-11-20"},
        ],
        commitments=[
            {"name": "promised", "parcels": draw.choice([2000, 3000])}
            | {"shortfall_fee": draw.randint(5, 15)}
        ],
        quantities={"minimum": 500, "maximum": draw.choice([9000, 12000, 15000])},
        rebates=[
            {"name": "r", "from_parcels": draw.choice([30_000, 60_000]), "per": "year"}
            | {"percent": draw.choice([2, 3])}
        ],
        payment={"minimum_charge": 50_000},
    )
