"""Whether clauses are exceptions to something, each day to each thing once."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import combinations, groupby
from typing import TypeAlias

from cstore_cli.errors import Fault
from cstore_cli.settings.agreement import AgreementVersion
from cstore_cli.settings.agreement_clause import AgreementClause
from cstore_cli.settings.agreement_folder import AgreementFolder, Written
from cstore_cli.settings.yaml_file import did_you_mean

Clause: TypeAlias = Written[AgreementClause]


def clause_faults(folder: AgreementFolder) -> Iterator[Fault]:
    """Yield what is wrong with the clauses, which come by agreement."""
    known = sorted({version.terms.agreement for version in folder.versions})
    for agreement, group in groupby(folder.clauses, lambda it: it.terms.agreement):
        clauses = list(group)
        mine = [it.terms for it in folder.versions if it.terms.agreement == agreement]
        for clause in clauses:
            if agreement in known:
                yield from _day_faults(clause, mine)
            else:
                mend = did_you_mean(agreement, known) or f"known: {', '.join(known)}"
                what = f"{agreement!r} is no agreement of this folder"
                yield clause.fault(("agreement",), what, mend)
        for one, other in combinations(clauses, 2):
            yield from _pair_faults(one, other)


def _day_faults(
    clause: Clause, versions: Sequence[AgreementVersion]
) -> Iterator[Fault]:
    """Yield days in a wrong order, and days that no version has."""
    terms = clause.terms
    if terms.valid_to < terms.valid_from:
        what = f"{terms.valid_to} is before valid_from, {terms.valid_from}"
        yield clause.fault(("valid_to",), what)
        return
    day = terms.valid_from
    for version in versions:
        if version.valid_from <= day <= version.valid_to:
            day = version.valid_to + timedelta(days=1)
    if day <= terms.valid_to:
        what = f"no version of {terms.agreement} is valid on {day}"
        yield clause.fault(("valid_from",), what, "correct the days")


def _pair_faults(one: Clause, other: Clause) -> Iterator[Fault]:
    """Yield what two clauses of one agreement both say."""
    if one.terms.clause == other.terms.clause:
        what = f"{other.terms.clause!r} stands in {one.path} too"
        yield other.fault(("clause",), what, "name it otherwise")
    first = max(one.terms.valid_from, other.terms.valid_from)
    last = min(one.terms.valid_to, other.terms.valid_to)
    both = [term for term in other.terms.suspends if term in one.terms.suspends]
    if first <= last and both:
        days = f"on {first}" if first == last else f"from {first} to {last}"
        what = f"{', '.join(both)}: suspended {days} by {one.path} too"
        yield other.fault(("suspends",), what, "let each day stand in one of them")
