"""Histories and areas made by hand, and forecasts of them in this process."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from made_city import made_features
from small_tables import settings

from cstore_cli.demand.calendar import calendar_of
from cstore_cli.demand.forecast import forecast_demand
from cstore_cli.demand.grid import grid_of
from cstore_cli.demand.history import History

MONDAY = dt.date(2026, 1, 5)


def made_history(orders, horizon=7, *, days=1, first=MONDAY, coded=(), **columns):
    """
    A history of these orders (n, past), nan where unknown.

    Further columns are known ahead where they reach past the orders, else lagged.
    """
    orders = np.array(orders, dtype=float)
    size, past = orders.shape
    tables = {name: np.array(table, dtype=float) for name, table in columns.items()}
    return History(
        area_ids=tuple(f"A{k:02}" for k in range(size)),
        dates=tuple(first + dt.timedelta(days * k) for k in range(past + horizon)),
        orders=orders,
        ahead={name: t for name, t in tables.items() if t.shape[1] > past},
        lagged={name: t for name, t in tables.items() if t.shape[1] == past},
        coded=frozenset(coded),
        period_days=days,
        anomalies=(),
    )


def plain_features(size, seed=0, people=None):
    """Areas of 1,000 to 5,000 people with a feature that says nothing."""
    dice = np.random.default_rng(seed)
    people = dice.uniform(1000, 5000, size) if people is None else people
    return made_features(people, luck=dice.normal(size=len(people)))


def made_grid(history, features=None, season=7, country=None, special=()):
    features = features or plain_features(len(history.area_ids))
    days = history.period_days
    calendar = calendar_of(history.dates, days, country, special)
    return grid_of(history, features, calendar, season)


def forecast_of(history, features=None, seed=1, **changed):
    """The forecast of a history, its outlooks in threads; ``changed`` settings."""
    asked = settings(history.horizon).model_copy(update=changed)
    features = features or plain_features(len(history.area_ids))
    with ThreadPoolExecutor(1) as threads:
        return forecast_demand(history, features, asked, seed, threads)
