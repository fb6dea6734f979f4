"""Inputs that ask for what plan-day does not do yet: refused, never ignored."""

import polars as pl

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs


def refuse_unbuilt(inputs: DayInputs, settings: PlanDaySettings) -> None:
    """
    Refuse a day that needs locks, breaks or dock slots.

    Raises
    ------
    InputError
        Naming each input that asks for one of them.
    """
    faults = []
    if len(inputs.locks):
        what = f"{len(inputs.locks)} locks"
        faults.append(Fault("locks", None, "", what, "leave the table out"))
    breaks = inputs.vehicles.filter(pl.col("break_min").fill_null(0) > 0)
    if len(breaks):
        kinds = ", ".join(breaks["vehicle_type"].unique().sort())
        mend = "empty the column and end the shift earlier instead"
        faults.append(Fault("vehicles", None, "break_min", f"breaks for {kinds}", mend))
    if settings.loading_min > 0:
        what = f"{settings.loading_min} min of loading, so dock doors could bind"
        faults.append(Fault("plan_day", None, "loading_min", what, "set it to 0"))
    if faults:
        raise InputError("plan-day cannot plan these yet:", faults)
