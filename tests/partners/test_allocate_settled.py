"""The cost of a split against settling its parcels one by one."""

import datetime as dt

import polars as pl
import pytest
from random_splits import MONTHS, random_instance, solved
from small_agreements import SIGNED, agreements

from cstore_cli.errors import InfeasibleError
from cstore_cli.partners.allocate.cost import charges_of
from cstore_cli.partners.amounts import UNITS
from cstore_cli.partners.settle.matching import matched, terms_of
from cstore_cli.partners.settle.settle import settle
from cstore_cli.settings.agreement import Signed
from cstore_cli.tables.partners import PartnerParcels


def parcels_of(terms, split):
    """A row per parcel of a split, on the first of its month, class by class."""
    rows = [
        {
            "partner": terms.partners[p],
            "service": terms.classes[i].service,
            "zone": terms.classes[i].zone,
            "charged_on": dt.date.fromisoformat(f"{terms.classes[i].month}-01"),
            "weight_kg": terms.classes[i].weight_kg,
        }
        for (i, p), number in zip(terms.problem.pairs, split.parcels, strict=True)
        for _ in range(number)
    ]
    frame = PartnerParcels.create_empty()
    given = pl.DataFrame(rows).with_columns(
        parcel_id=pl.format("P{}", pl.int_range(10_000, 10_000 + len(rows))),
        cod_twd=pl.lit(0.0),
        redirected=pl.lit(value=False),
        storage_days=pl.lit(0, pl.Int64),
    )
    frame = pl.concat([frame, given], how="diagonal_relaxed").cast(dict(frame.schema))
    return frame.with_row_index("line", offset=2).cast({"line": pl.Int64})


def settled(terms, split, folder, wanted):
    """What settling November and December comes to, in the currency."""
    parcels = parcels_of(terms, split)
    known = terms_of(folder, wanted.partners, wanted.zones, {})
    rows = matched(parcels, known)
    assert rows["fault"].null_count() == len(rows)
    first, last = dt.date(2026, 11, 1), dt.date(2026, 12, 31)
    return settle(rows, known, folder, first, last).totals["amount"].sum() / UNITS


@pytest.mark.parametrize("seed", range(60))
def test_settling_the_parcels_of_a_split_comes_to_its_cost(seed):
    """Steps, promotions, surcharges, minimum charges, shortfalls and rebates of all."""
    versions, wanted, rows = random_instance(seed)
    signed = Signed(**SIGNED)
    folder = agreements(
        *(its.model_copy(update={"signed": signed}) for its in versions.values())
    )
    wanted = wanted.model_copy(
        update={
            "allocate": type(wanted.allocate)(
                shares=wanted.allocate.shares, numbers=wanted.allocate.numbers
            )
        }
    )
    try:
        terms, split = solved(rows, folder, wanted)
    except InfeasibleError:
        return

    charges = charges_of(terms.problem, split.parcels)
    ours = sum(charges.lines.values())

    # Rebates are rounded to cents when they are settled, one a month or fewer.
    rebates = len(terms.problem.rebates) * 0.005
    assert settled(terms, split, folder, wanted) == pytest.approx(
        float(ours), abs=rebates + 1e-3
    )
    assert {item.month for item in terms.classes} == set(MONTHS)
