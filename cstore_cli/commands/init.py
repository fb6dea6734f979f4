"""cstore init."""

from pathlib import Path
from typing import Annotated

from typer import Argument, echo


def init(
    folder: Annotated[Path, Argument(metavar="DIR", help="Folder to fill; made anew.")],
) -> None:
    """
    Write a small working network to start from.

    Nothing that exists is overwritten.

    Example: cstore init my-network
    """
    from cstore_cli.commands.starter import copy_starter

    copy_starter(folder)
    echo(
        f"Wrote configs and sample_data to {folder}. Try:\n"
        f"  cd {folder} && cstore plan-day --date 2026-11-23 "
        "--now 2026-11-23T09:00:00+08:00 --out out --time-limit 15",
        err=True,
    )
