"""The trade-off curve: what each number of stores costs and brings, and its knee."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.location.siting import Floats, Siting
from cstore_cli.milp import Limits
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.asked import asked_of
from cstore_cli.siting.choose import choose_sites
from cstore_cli.siting.plan import Curve, SitePlan
from cstore_cli.tables.site_inputs import SiteInputs

ABOVE = 1e-9
"""Share by which a knee is above the line at least."""


def curve_of(
    inputs: SiteInputs,
    settings: SiteStoresSettings,
    numbers: Sequence[int],
    limits: Limits,
    told: Callable[[int, SitePlan | None], None] = lambda _number, _before: None,
) -> Curve:
    """
    Choose sites for each of ``numbers``; without capacities each starts the next.

    Every number gets an equal share of the time left. Numbers that cannot be met, too
    many for the sites say, are left out with their reason. Before each, ``told`` is
    called with it and the plan found last.

    Raises
    ------
    InfeasibleError, NoPlanError
        As ``choose_sites``, when no number has a plan.
    """
    plans: list[SitePlan] = []
    before: Siting | None = None
    left_out: dict[int, str] = {}
    failed: InfeasibleError | NoPlanError | None = None
    asked = asked_of(inputs, settings)
    existing = int((asked.places["kind"] == "existing").sum())
    for place, number in enumerate(numbers):
        if limits.deadline.left_s() == 0 and plans:
            left_out |= dict.fromkeys(numbers[place:], "no time was left")
            break
        told(number, plans[-1] if plans else None)
        share = limits.deadline.left_s() / (len(numbers) - place)
        wanted = _with_stores(settings, number)
        problem = replace(asked.problem, num_open=number + existing)
        try:
            plan, before = choose_sites(
                inputs,
                wanted,
                replace(limits, deadline=limits.deadline.sooner(share)),
                replace(asked, problem=problem),
                before,
                suggest=False,
            )
        except (InfeasibleError, NoPlanError) as error:
            failed = error
            left_out[number] = str(error)
            continue
        plans.append(plan)
    if failed is not None and not plans:
        raise failed
    best = int(np.argmax(_worth(plans)))
    return Curve(tuple(plans), best, _knee(plans, best), left_out)


def _with_stores(settings: SiteStoresSettings, number: int) -> SiteStoresSettings:
    choose = settings.choose.model_copy(update={"stores": number})
    return settings.model_copy(update={"choose": choose})


def _worth(plans: Sequence[SitePlan]) -> Floats:
    """What each plan is worth, in the unit of its objective; more is better."""
    sign = 1 if plans[0].model == "covering" else -1
    return sign * np.array([plan.objective for plan in plans])


def _knee(plans: Sequence[SitePlan], best: int) -> int | None:
    """
    Return the place where a further store begins to bring much less than those before.

    It is the point furthest above the straight line from the first to the best, both
    axes brought to 0..1 (Satopaa et al. 2011, Finding a kneedle in a haystack,
    doi:10.1109/ICDCSW.2011.20); None for fewer than three points, where no point is
    above, and where the number of stores is part of what is sought (fixed_charge).
    """
    if plans[0].model == "fixed_charge" or best < 2:  # noqa: PLR2004
        return None
    x = np.array([plan.num_stores for plan in plans[: best + 1]], dtype=float)
    y = np.maximum.accumulate(_worth(plans[: best + 1]))
    across, up = (x - x[0]) / (x[-1] - x[0]), (y - y[0]) / (y[-1] - y[0])
    knee = int(np.argmax(up - across))
    return knee if up[knee] - across[knee] > ABOVE else None
