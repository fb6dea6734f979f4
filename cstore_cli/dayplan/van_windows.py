"""When vans may come to each store: its receive window, cut for the couriers."""

from collections.abc import Mapping

from cstore_cli.dayplan.ability import Window
from cstore_cli.dayplan.round_search import StoreRounds
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs


def before_rounds(
    open_windows: dict[str, Window],
    rounds: Mapping[str, StoreRounds],
    inputs: DayInputs,
    settings: PlanDaySettings,
) -> dict[str, Window]:
    """The windows of stores with rounds end so early that the couriers finish."""
    service = dict(
        zip(inputs.stores["store_id"], inputs.stores["service_min"], strict=True)
    )
    slowest = max(1.0, *inputs.conditions["service_factor"], 1.0)
    ends = dict(open_windows)
    for store_id, of_store in rounds.items():
        if not of_store.rounds:
            continue
        window = open_windows[store_id]
        work = of_store.span_min + service[store_id] * slowest + 1
        latest = min(window.end_min, settings.courier.works_to - work)
        ends[store_id] = Window(window.start_min, latest)
    return ends
