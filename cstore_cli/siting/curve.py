"""The trade-off curve: what each number of stores costs and brings, and its knee."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.location.siting import Siting
from cstore_cli.milp import Limits
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.asked import asked_of
from cstore_cli.siting.choose import choose_sites
from cstore_cli.siting.plan import Curve, SitePlan
from cstore_cli.tables.site_inputs import SiteInputs


def curve_of(
    inputs: SiteInputs,
    settings: SiteStoresSettings,
    numbers: Sequence[int],
    limits: Limits,
    watch: Callable[[int], None] = lambda _: None,
) -> Curve:
    """
    Choose sites for each of ``numbers``, each answer starting the next.

    Every number gets an equal share of the time left. Numbers that cannot be met, too
    many for the sites say, are left out with their reason.

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
        watch(number)
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
            )
        except (InfeasibleError, NoPlanError) as error:
            failed = error
            left_out[number] = str(error)
            continue
        plans.append(plan)
    if failed is not None and not plans:
        raise failed
    return Curve(tuple(plans), _knee(plans), left_out)


def _with_stores(settings: SiteStoresSettings, number: int) -> SiteStoresSettings:
    choose = settings.choose.model_copy(update={"stores": number})
    return settings.model_copy(update={"choose": choose})


def _knee(plans: Sequence[SitePlan]) -> int | None:
    """
    Return the place where a further store begins to bring much less than those before.

    It is the point furthest beyond the straight line from the first to the last, both
    axes brought to 0..1 (Satopaa et al. 2011, Finding a kneedle in a haystack,
    doi:10.1109/ICDCSW.2011.20); None for fewer than three points, or where no point is
    beyond.
    """
    if len(plans) < 3:  # noqa: PLR2004
        return None
    x = np.array([plan.num_stores for plan in plans], dtype=float)
    y = np.array([plan.objective for plan in plans])
    if np.ptp(x) == 0 or y[0] == y[-1]:
        return None
    across, up = (x - x[0]) / (x[-1] - x[0]), (y - y[0]) / (y[-1] - y[0])
    beyond = up - across
    best = int(np.argmax(beyond))
    return best if beyond[best] > 0 else None
