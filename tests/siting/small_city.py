"""A small city on the equator, where a degree of longitude is a known length."""

import polars as pl
from equator import KM

from cstore_cli.settings.network import NetworkSettings
from cstore_cli.settings.site_choice import ChooseSettings, NewStoreSettings
from cstore_cli.settings.site_score import ScoreSettings
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.tables.network import DistributionCenters
from cstore_cli.tables.site_inputs import SiteInputs
from cstore_cli.tables.sites import FLOWS, Forecast, SiteAreas, Sites, SiteStores

EVEN = [1 / 24] * 24


def table(contract, rows):
    """Rows of a contract; what they leave out is null."""
    frame = contract.create_empty()
    given = pl.DataFrame(rows, schema_overrides=frame.schema) if rows else frame
    frame = pl.concat([frame, given], how="diagonal_relaxed").cast(dict(frame.schema))
    return frame.with_row_index("line", offset=2).cast({"line": pl.Int64})


def areas(*rows):
    """Each (area_id, km east, people)."""
    return table(
        SiteAreas,
        [
            {"area_id": name, "lat": 0.0, "lon": km * KM, "population": people}
            for name, km, people in rows
        ],
    )


def sites(*rows, **more):
    """Each (site_id, km east); ``more`` by column: a value for each."""
    frame = table(
        Sites,
        [
            {
                "site_id": name,
                "lat": 0.0,
                "lon": km * KM,
                "rent_twd_month": 50_000.0,
                **dict.fromkeys(FLOWS, 100.0),
            }
            for name, km in rows
        ],
    )
    return frame.with_columns(pl.Series(name, cells) for name, cells in more.items())


def stores(*rows):
    """Each (store_id, chain, km east)."""
    return table(
        SiteStores,
        [
            {"store_id": name, "chain": chain, "lat": 0.0, "lon": km * KM}
            for name, chain, km in rows
        ],
    )


def dcs(*rows):
    """Each (dc_id, km east)."""
    return table(
        DistributionCenters,
        [
            {
                "dc_id": name,
                "lat": 0.0,
                "lon": km * KM,
                "opens": 0,
                "closes": 1440,
                "dock_doors": 1,
            }
            for name, km in rows
        ],
    )


def forecast(*rows):
    """Each (area_id, date, mean)."""
    told = [
        {"area_id": a, "date": day, "mean": mean, "period_days": 1}
        for a, day, mean in rows
    ]
    return table(Forecast, told)


def city(**tables):
    """Inputs; tables not given are empty."""
    none = {"areas": areas(), "sites": sites(), "stores": stores()}
    return SiteInputs(**{**none, "distribution_centers": dcs(), **tables})


def settings(criteria, *, own=(), score=None, **more):
    """Settings that weigh ``criteria``: name: (weight, direction)."""
    return SiteStoresSettings(
        network=NetworkSettings(
            time_zone="Asia/Taipei", currency="TWD", own_chains=list(own)
        ),
        score=ScoreSettings(
            criteria=[
                {"name": name, "weight": weight, "direction": direction}
                for name, (weight, direction) in criteria.items()
            ],
            fetch_share_by_hour=EVEN,
            **(score or {}),
        ),
        **{
            "new_store": NewStoreSettings(capacity_parcels_day=60),
            "choose": ChooseSettings(stores=1),
            "walk": {"circuity": 1, "limit_km": 1},
            **more,
        },
    )
