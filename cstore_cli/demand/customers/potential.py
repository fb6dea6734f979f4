"""Potential customers: who buys online and would fetch at a store."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import polars as pl

from cstore_cli.demand.customers.who import Potential
from cstore_cli.demand.history import Floats
from cstore_cli.errors import InputError
from cstore_cli.settings.analyze_demand import AnalyzeDemandSettings, PeopleSettings
from cstore_cli.settings.yaml_file import did_you_mean
from cstore_cli.tables.demand_inputs import DemandInputs

_FIFTHS = 5
_GROUPS = {
    "income_group": pl.Int64,
    "income_from": pl.Float64,
    "income_to": pl.Float64,
    "areas": pl.Int64,
    "band": pl.String,
    "people": pl.Float64,
    "online": pl.Float64,
    "potential": pl.Float64,
}


def potential(
    inputs: DemandInputs, settings: AnalyzeDemandSettings
) -> Potential | None:
    """
    Return the potential customers of each area i; None where no shares are given.

        o_ib = n_ib min(1, online_b (y_i / y)^e)    people of band b who buy online (1)
        p_i  = sum_b o_ib fetch_b                   those who would fetch           (2)

    with n_ib the people of age band b, y_i the income of the area, y the city's mean
    (weighted by people) and e the elasticity. The factor is 1 where income is unknown
    or not positive. All shares are assumptions of the settings.

    Raises
    ------
    InputError
        When the settings name columns that areas do not have as figures.
    """
    people = settings.people
    bands = list(people.online_share)
    if not bands:
        return None
    _refuse_unknown(inputs.areas, people)
    heads = _column(inputs.areas, settings.areas.people)
    income = _column(inputs.areas, people.income)
    in_band = np.column_stack([_column(inputs.areas, band) for band in bands])
    factor = _income_factor(income, heads, people.income_elasticity)
    bought = np.array([people.online_share[band] for band in bands])
    fetched = np.array([people.fetch_share[band] for band in bands])
    online = in_band * np.minimum(1, bought * factor[:, None])  # (1)
    would_fetch = online * fetched
    total = would_fetch.sum(axis=1)  # (2)
    share = np.divide(total, heads, out=np.full_like(total, np.nan), where=heads > 0)
    counted = (in_band, online, would_fetch)
    return Potential(
        areas=pl.DataFrame(
            {
                "area_id": inputs.areas["area_id"],
                "potential_customers": total,
                "potential_share": share,
            }
        ).with_columns(pl.col(pl.Float64).fill_nan(None)),
        bands=pl.DataFrame(_by_band(bands, counted, np.full(len(total), True))),
        groups=_by_income(bands, counted, income),
    )


def _refuse_unknown(areas: pl.DataFrame, people: PeopleSettings) -> None:
    figures = [c.name for c in areas if c.dtype.is_numeric()]
    named = [("online_share", band) for band in people.online_share]
    if people.income is not None:
        named.append(("income", people.income))
    faults = [
        f"people.{key}: areas have no column {name!r} of figures "
        f"({did_you_mean(name, figures) or 'known: ' + ', '.join(figures)})"
        for key, name in named
        if name not in figures
    ]
    if faults:
        raise InputError("\n".join(faults))


def _column(areas: pl.DataFrame, name: str | None) -> Floats:
    """Return a column's figures (n,), nan where unknown or when there is no such."""
    if name is None or name not in areas.columns:
        return np.full(len(areas), np.nan)
    return areas[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _income_factor(income: Floats, heads: Floats, elasticity: float) -> Floats:
    known = income > 0
    factor = np.ones(len(income))
    weight = np.where(known, np.nan_to_num(heads), 0)
    if not weight.any():  # people are not told: areas count alike
        weight = known.astype(np.float64)
    if weight.any():
        mean = np.average(np.where(known, income, 0), weights=weight)
        factor[known] = (income[known] / mean) ** elasticity
    return factor


def _by_band(
    bands: Iterable[str], counted: tuple[Floats, ...], here: npt.NDArray[np.bool_]
) -> dict[str, object]:
    """Return people, those online and potential customers of the areas ``here``."""
    people, online, would_fetch = (np.nansum(part[here], axis=0) for part in counted)
    return {
        "band": list(bands),
        "people": people,
        "online": online,
        "potential": would_fetch,
    }


def _by_income(
    bands: list[str], counted: tuple[Floats, ...], income: Floats
) -> pl.DataFrame:
    known = ~np.isnan(income)
    if not known.any():
        return pl.DataFrame(schema=_GROUPS)
    group = np.zeros(len(income), dtype=np.int64)
    # Areas of the same income are in the same group.
    rank = np.searchsorted(np.sort(income[known]), income[known])
    group[known] = 1 + _FIFTHS * rank // known.sum()
    parts = []
    for number in np.unique(group):
        here = group == number
        parts.append(
            pl.DataFrame(
                {
                    "income_group": int(number) or None,
                    "income_from": float(income[here].min()) if number else None,
                    "income_to": float(income[here].max()) if number else None,
                    "areas": int(here.sum()),
                    **_by_band(bands, counted, here),
                },
                schema=_GROUPS,
            )
        )
    # Unknown (0) last.
    return pl.concat(parts[1:] + parts[:1] if group.min() == 0 else parts)
