"""What stores are sited from: sites, areas with their people, forecast, stores."""

import dataframely as dy
import polars as pl

from cstore_cli.tables import columns as c

FLOWS = tuple(f"{peak}_{way}_pcu_h" for peak in ("am", "pm") for way in "nesw")
"""Columns of the passing flow, by peak and approach."""


class Sites(dy.Schema):
    """
    Candidate places for a store: intersections.

    A flow is what comes in from an approach in an hour of the peak, in passenger car
    units. The criteria of flow need all of them; others need none.
    """

    site_id = c.identity()
    name = c.text(optional=True)
    lat = c.latitude()
    lon = c.longitude()
    am_n_pcu_h = c.number(optional=True, min=0)
    am_e_pcu_h = c.number(optional=True, min=0)
    am_s_pcu_h = c.number(optional=True, min=0)
    am_w_pcu_h = c.number(optional=True, min=0)
    pm_n_pcu_h = c.number(optional=True, min=0)
    pm_e_pcu_h = c.number(optional=True, min=0)
    pm_s_pcu_h = c.number(optional=True, min=0)
    pm_w_pcu_h = c.number(optional=True, min=0)
    rent_twd_month = c.number(min=0)
    opening_hours = c.text(optional=True)
    capacity_parcels_day = c.number(optional=True, min_exclusive=0)


class ScoredSites(dy.Schema):
    """Sites with the score (0 to 100) that site-stores gave them."""

    site_id = c.identity()
    score = c.number(min=0)
    lat = c.latitude()
    lon = c.longitude()


class SiteAreas(dy.Schema):
    """Small zones; their demand stands at their centre."""

    area_id = c.identity()
    name = c.text(optional=True)
    lat = c.latitude()
    lon = c.longitude()
    population = c.number(optional=True, min=0)


class SiteStores(dy.Schema):
    """Stores there are, ours and rivals'; of a rival no more is known than this."""

    store_id = c.identity()
    dc_id = c.text(optional=True)
    chain = c.identity()
    name = c.text(optional=True)
    lat = c.latitude()
    lon = c.longitude()
    opening_hours = c.text(optional=True)
    capacity_parcels_day = c.number(optional=True, min_exclusive=0)


class Forecast(dy.Schema):
    """
    Parcels to expect per area and day; a row of the area "*" is a total.

    ``period_days`` is 7 where a row counts a week's from its date on.
    """

    area_id = c.identity()
    date = c.day()
    mean = c.number(optional=True, min=0)
    p10 = c.number(optional=True, min=0)
    p50 = c.number(optional=True, min=0)
    p90 = c.number(optional=True, min=0)
    period_days = c.count(optional=True, default=1, min=1)

    @dy.rule()
    def quantiles_rise(cls) -> pl.Expr:
        """A quantile is not below a lower one."""
        pairs = (("p10", "p50"), ("p50", "p90"), ("p10", "p90"))
        rising = [(pl.col(a) <= pl.col(b)).fill_null(value=True) for a, b in pairs]
        return pl.all_horizontal(rising)
