"""cstore init."""

import json
from pathlib import Path
from typing import Annotated

from typer import Argument, Option, echo


def init(
    folder: Annotated[Path, Argument(metavar="DIR", help="Folder to fill; made anew.")],
    as_json: Annotated[
        bool, Option("--json", help="Print what was written as JSON.")
    ] = False,
) -> None:
    """
    Write a small working network to start from.

    Nothing that exists is overwritten.

    Example: cstore init my-network
    """
    from cstore_cli.commands.starter import PARTS, copy_starter

    copy_starter(folder)
    if as_json:
        echo(json.dumps({"folder": str(folder), "written": PARTS}, ensure_ascii=False))
    echo(
        f"Wrote {' and '.join(PARTS)} to {folder}. Try:\n"
        f"  cd {folder} && cstore plan-day --date 2026-11-23 "
        "--now 2026-11-23T09:00:00+08:00 --out out --time-limit 15",
        err=True,
    )
