"""How to forecast, told from what past outlooks came to."""

from dataclasses import dataclass

import numpy as np

from cstore_cli.demand.choice import step_group, taken, winners
from cstore_cli.demand.evidence import Evidence
from cstore_cli.demand.grid import Ints
from cstore_cli.demand.history import Floats
from cstore_cli.demand.intervals import Intervals, calibrated
from cstore_cli.demand.outlook import CROSS_SECTION


@dataclass(frozen=True, eq=False)
class Expected:
    """
    Orders expected in rows of areas and steps: ``mean`` (m,), ``quantiles`` (3, m).

    ``model`` (m,) is the number in `CANDIDATES` of who told the mean.
    """

    mean: Floats
    quantiles: Floats
    model: Ints


@dataclass(frozen=True, eq=False)
class Method:
    """
    Who is taken in which group of steps, and intervals for two kinds of areas.

    ``served`` intervals are those of areas with history; ``unserved`` those of the
    cross-section, measured on areas it did not see.
    """

    horizon: int
    period_days: int
    chosen: tuple[str, ...]
    served: Intervals
    unserved: Intervals

    def group(self, rows: Evidence) -> Ints:
        """Group of steps of each row."""
        return step_group(rows.step, self.horizon, self.period_days)

    def means(self, rows: Evidence) -> tuple[Floats, Ints]:
        """Mean (m,) of the candidate taken for each row, and its number."""
        return taken(rows.means, self.group(rows), self.chosen)

    def expected(self, rows: Evidence) -> Expected:
        """What is expected in rows whose orders may be unknown yet."""
        group, new = self.group(rows), np.isnan(rows.level)
        mean, model = self.means(rows)
        quantiles = np.where(
            new,
            self.unserved_quantiles(rows),
            self.served.quantiles(mean, rows.quantiles, group),
        )
        return Expected(mean, quantiles, model)

    def unserved_quantiles(self, rows: Evidence) -> Floats:
        """Quantiles (3, m) as if no area had history."""
        mean = rows.means[CROSS_SECTION]
        base = np.full((3, len(mean)), np.nan)
        return self.unserved.quantiles(mean, base, self.group(rows))


def method_from(evidence: Evidence, horizon: int, period_days: int) -> Method:
    """Return the method that would have done best on the evidence."""
    group = step_group(evidence.step, horizon, period_days)
    last = step_group(np.array([horizon]), horizon, period_days)
    num_groups = int(last[0]) + 1
    served = evidence.where(~np.isnan(evidence.level))
    served_group = group[~np.isnan(evidence.level)]
    chosen = winners(served, served_group, num_groups)
    mean, _ = taken(served.means, served_group, chosen)
    like = evidence.means[CROSS_SECTION]
    told = ~np.isnan(like)
    return Method(
        horizon=horizon,
        period_days=period_days,
        chosen=chosen,
        served=calibrated(
            served.orders, mean, served.quantiles, served_group, num_groups
        ),
        unserved=calibrated(
            evidence.orders[told],
            like[told],
            np.full((3, int(told.sum())), np.nan),
            group[told],
            num_groups,
        ),
    )
