"""cstore check."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from cstore_cli.commands.options import Date, Now


def check(
    config: Annotated[Path, Argument(help="YAML settings of a command.")],
    date: Date = None,
    now: Now = None,
    as_json: Annotated[
        bool, Option("--json", help="Print every fault as JSON, too.")
    ] = False,
) -> int:
    """
    Find every fault in a config and its tables.

    Of which command the settings are is told by the name of the file, such as
    plan_day.yaml, or else by the settings in it.

    Example: cstore check configs/plan_day.yaml --date 2026-11-23
    """
    from cstore_cli.commands.check_run import Asked, run

    return run(Asked(config=config, date=date, now=now, as_json=as_json))
