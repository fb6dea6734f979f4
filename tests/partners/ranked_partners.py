"""Partners to rank: what they did, and settings that say how."""

import datetime as dt

import polars as pl

from cstore_cli.settings.agreement_clause import AgreementClause
from cstore_cli.settings.network import NetworkSettings
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.tables.partners import PartnerParcels

FIRST = dt.date(2026, 3, 1)
STAGES = {
    "trial": {
        "most_parcels_per_month": 60,
        "notice_days": 14,
        "switching_cost": 500,
        "switching_cost_per_year": 0,
    },
    "regular": {
        "notice_days": 60,
        "switching_cost": 3000,
        "switching_cost_per_year": 800,
    },
}


def parcels(*rows):
    """
    Each (partner, days after FIRST, what is said of it).

    Hours are after that day's midnight, UTC; a parcel is brought to a store, due at 6,
    done at 4 and told at 5 unless it is said otherwise.
    """
    made = [row_of(number, *row) for number, row in enumerate(rows)]
    schema = dict(PartnerParcels.create_empty().schema)
    return pl.DataFrame(made, schema=schema, orient="row")


def row_of(number, partner, day, said):
    on = FIRST + dt.timedelta(days=day)
    midnight = dt.datetime.combine(on, dt.time(), dt.UTC)
    said = {"due_h": 6, "done_h": 4, "told_h": 5} | said
    hours = {name: said.pop(f"{name}_h") for name in ("due", "done", "told")}
    return {
        **dict.fromkeys(PartnerParcels.column_names()),
        "parcel_id": f"P{number}",
        "partner": partner,
        "service": "store_delivery",
        "charged_on": on,
        "zone": "east",
        "weight_kg": 1.0,
        "cod_twd": 0.0,
        "redirected": False,
        "storage_days": 0,
        "outcome": "delivered",
        **{
            f"{name}_at": None if hour is None else midnight + dt.timedelta(hours=hour)
            for name, hour in hours.items()
        },
        **said,
    }


def clause(agreement, first, last, suspends):
    """A clause from day to day after FIRST."""
    return AgreementClause(
        clause="storm",
        agreement=agreement,
        valid_from=str(FIRST + dt.timedelta(days=first)),
        valid_to=str(FIRST + dt.timedelta(days=last)),
        suspends=[suspends],
        reason="a storm",
    )


def settings(partners, kinds, **rank):
    """
    Settings of partners by name, ranked as ``kinds`` say.

    What a partner does not say: regular, since 2024.
    """
    regular = {"stage": "regular", "since": "2024-01-01"}
    return PartnersSettings(
        network=NetworkSettings(time_zone="Asia/Taipei", currency="TWD"),
        zones={"east": {}, "west": {}},
        stages=STAGES,
        partners={name: regular | said for name, said in partners.items()},
        rank={"kinds": kinds, "basket": BASKET} | rank,
    )


BASKET = [{"zone": "east", "service": "store_delivery", "weight_kg": 1, "parcels": 100}]


def by(*criteria, gates=(), judgements=()):
    """Rank by (name, weight or None, direction)."""
    return {
        "gates": list(gates),
        "criteria": [
            {"name": name, "direction": direction}
            | ({} if weight is None else {"weight": weight})
            for name, weight, direction in criteria
        ],
        "judgements": list(judgements),
    }
