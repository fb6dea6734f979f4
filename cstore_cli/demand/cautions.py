"""What is to be taken with care in a forecast, in sentences."""

from collections.abc import Iterator

import numpy as np

from cstore_cli.demand.calendar import SPECIAL
from cstore_cli.demand.forecast import DemandForecast
from cstore_cli.settings.analyze_demand import AnalyzeDemandSettings
from cstore_cli.tables.demand_inputs import DemandInputs

_FEW = 3
"""Special days of the past from which their size is known a little."""


def cautions(
    inputs: DemandInputs, settings: AnalyzeDemandSettings, forecast: DemandForecast
) -> Iterator[str]:
    """Yield what rests on little, or on nothing that was tested."""
    history = forecast.grid.history
    unit = "day" if history.period_days == 1 else "week"
    if forecast.backtest.table.is_empty():
        yield (
            f"Untested: {history.num_past} {unit}s of history are too few to forecast "
            "any of them as if they were to come; ranges are a guess."
        )
    if history.horizon > history.num_past:
        yield (
            f"{history.horizon} {unit}s are forecast from {history.num_past}: give a "
            "shorter horizon."
        )
    special = forecast.grid.calendar[:, SPECIAL] > 0
    past = int(np.count_nonzero(special[: history.num_past]))
    ahead = np.flatnonzero(special[history.num_past :]) + history.num_past
    if len(ahead) and past < _FEW:
        dates = ", ".join(str(history.dates[at]) for at in ahead)
        known = (
            "is known from one such day only"
            if past == 1
            else (
                f"is known from {past} such days only"
                if past
                else "is not known: the table has no such day"
            )
        )
        yield f"Special days are to come ({dates}); what they bring {known}."
    if settings.areas.people not in inputs.areas.columns:
        yield (
            f"areas has no column {settings.areas.people!r} (`areas: people:`): demand "
            "is told per area, not per person, and counts are not shares."
        )
