"""Partners, their parcels and the months looked back on, for tests of reviewing."""

import datetime as dt

import polars as pl
from settle_cases import ZONES, agreements_of, matched_parcels, parcels_on, version_of

from cstore_cli.partners.review.elsewhere import present
from cstore_cli.partners.review.revisions import PresentTerms
from cstore_cli.partners.review.terms import Looking, charged
from cstore_cli.partners.settle.matching import FAULT
from cstore_cli.partners.settle.settle import settle
from cstore_cli.tables.partners import PartnerParcels

JANUARY = dt.date(2026, 1, 1), dt.date(2026, 1, 31)
QUARTER = dt.date(2026, 1, 1), dt.date(2026, 3, 31)


def looking(days=JANUARY, clauses=()):
    return Looking(*days, ZONES, {}, clauses)


def table(*groups):
    """Rows of partner_parcels, numbered through."""
    rows = [row for group in groups for row in group]
    frame = pl.DataFrame(rows, schema=PartnerParcels.create_empty().schema)
    return frame.insert_column(
        0, pl.int_range(2, 2 + len(frame), eager=True).alias("line")
    )


def settlement(version, rows, days=JANUARY, clauses=()):
    """The version's parcels as they are charged, and its agreement."""
    agreements = agreements_of(version, clauses=clauses)
    found, terms = matched_parcels(rows, agreements)
    return settle(found.drop(FAULT, "line"), terms, agreements, *days), agreements


def month_counts(*counts, first=1, **facts):
    """So many parcels on the fifth of January, of February, ..."""
    rows = []
    for month, count in enumerate(counts, start=1):
        day = dt.date(2026, month, 5)
        rows += parcels_on(day, count, first=first + len(rows), **facts)
    return rows


def partners(**by_name):
    """Present terms by partner: each (terms, most a month, rows), in January."""
    return {
        name: present(
            version_of(partner=name, agreement=name, **terms),
            most,
            table(rows),
            looking(),
        )
        for name, (terms, most, rows) in by_name.items()
    }


def present_terms(rows, days, levels=(), **terms):
    version = version_of(**terms)
    own = charged(version, table(rows), looking(days))
    return PresentTerms(version, own, {row.name: row for row in levels})
