"""Step 10, explain: unserved parcels by what binds, each group with what would help."""

from cstore_cli.dayplan.causes import groups_of, with_causes
from cstore_cli.dayplan.draft import Draft
from cstore_cli.dayplan.explained import Check, Explained
from cstore_cli.dayplan.remedies import Checker, remedy
from cstore_cli.deadline import Deadline
from cstore_cli.tables.plan import PlanTables

_MOST_GROUPS = 50
"""Remedies are looked for in so many groups, the largest."""


def explain(
    draft: Draft, tables: PlanTables, check: Check, deadline: Deadline
) -> Explained:
    """
    Why parcels of a day stay behind, and the smallest single change that serves them.

    ``check`` verifies; what does not end by the ``deadline`` is told as not verified.
    """
    tables = with_causes(draft, tables, deadline.sooner(deadline.left_s() / 2))
    checker = Checker(check, deadline)
    groups = groups_of(draft, tables)
    told = [remedy(draft, group, checker) for group in groups[:_MOST_GROUPS]]
    return Explained(tables, (*told, *groups[_MOST_GROUPS:]))
