"""cstore check."""

from pathlib import Path
from typing import Annotated

from typer import Argument, echo

from cstore_cli.commands.options import Date, Now


def check(
    config: Annotated[Path, Argument(help="YAML settings of a command.")],
    date: Date = None,
    now: Now = None,
) -> int:
    """
    Find every fault in a config and its tables.

    Example: cstore check configs/plan_day.yaml --date 2026-11-23
    """
    from cstore_cli.commands.clock import day_and_instant
    from cstore_cli.dayplan.unbuilt import refuse_unbuilt
    from cstore_cli.errors import DONE, InputError
    from cstore_cli.settings.config_file import read_config
    from cstore_cli.settings.plan_day import PlanDaySettings
    from cstore_cli.tables.read_day import read_day
    from cstore_cli.travel.of_day import DayTravel

    settings = read_config(config, PlanDaySettings)
    day, instant = day_and_instant(date, now, settings.network.time_zone)
    read = read_day(settings, day, instant, given={})
    if read.faults:
        raise InputError(f"{len(read.faults)} faulty row(s):", read.faults)
    refuse_unbuilt(read.inputs, settings)
    DayTravel(read.inputs, settings)
    echo(f"{config}: no faults; {read.num_read} orders.", err=True)
    return DONE
