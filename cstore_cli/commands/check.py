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

    Of which command the settings are is told by the name of the file, such as
    plan_day.yaml, or else by the settings in it.

    Example: cstore check configs/plan_day.yaml --date 2026-11-23
    """
    from cstore_cli.commands.check_run import checked
    from cstore_cli.errors import DONE

    echo(f"{config}: no faults; {checked(config, date, now)}.", err=True)
    return DONE
