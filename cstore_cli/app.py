"""The Typer app, and the one place where errors become exit codes."""

import errno
import io
import os
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from cstore_cli import __version__
from cstore_cli.commands import partners, track
from cstore_cli.commands.analyze_demand import analyze_demand
from cstore_cli.commands.check import check
from cstore_cli.commands.expire_holds import expire_holds
from cstore_cli.commands.init import init
from cstore_cli.commands.plan_day import plan_day
from cstore_cli.commands.site_stores import site_stores
from cstore_cli.errors import (
    DONE,
    INTERRUPTED,
    CstoreError,
    EnvironmentFaultError,
)
from cstore_cli.interrupt import CTRL_C, listen, stop_listening

_MACHINE = (
    errno.ENOSPC,
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.EDQUOT,
    errno.EFBIG,
)


def _group(name: str, summary: str) -> typer.Typer:
    return typer.Typer(
        name=name,
        help=summary,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


app = _group("cstore", "Plan parcel networks whose last node is a convenience store.")


def main() -> None:
    """Run `cstore`; the process ends with the exit code of the README's table."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show Chinese shows its code points instead.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    app(prog_name="cstore")


def _coded(command: Callable[..., int | None]) -> Callable[..., None]:
    """Return the command ending with an exit code, having told of any error."""

    @wraps(command)
    def coded(*arguments: Any, **options: Any) -> None:
        try:
            try:
                listen()
                code = command(*arguments, **options) or DONE
            finally:
                CTRL_C.held += 1  # here, for a call may be interrupted before it begins
        except BaseException as error:  # noqa: BLE001 (Ctrl-C becomes any error)
            if not CTRL_C.seen:
                code = _code_of(error)
        if CTRL_C.seen:
            code = _told(CTRL_C.said(), INTERRUPTED)
        stop_listening()
        raise typer.Exit(code)

    return coded


def _code_of(error: BaseException) -> int:
    """Tell of what ended a command, and how the process is to end."""
    match error:
        case KeyboardInterrupt():
            return _told(CTRL_C.said(), INTERRUPTED)
        case CstoreError():
            return _told(str(error), error.exit_code)
        case BrokenPipeError():
            # The reader (`| head`) has gone; what is left to say has no one to hear it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return DONE
        case Exception():  # whatever else gets here is our bug
            return _refused_by_machine(error) or _bug()
    raise error


def _refused_by_machine(error: Exception) -> int:
    """Tell of a full disk and the like; 0 when ``error`` is none of these."""
    code = EnvironmentFaultError.exit_code
    if isinstance(error, MemoryError):
        return _told("Out of memory. Nothing was published.", code)
    if isinstance(error, OSError) and error.errno in _MACHINE:
        where = f"{error.filename}: " if error.filename else ""
        return _told(f"{where}{error.strerror}. Nothing was published.", code)
    return 0


def _told(message: str, code: int) -> int:
    typer.echo(f"cstore: {message}", err=True)
    return code


def _bug() -> int:
    typer.echo(traceback.format_exc(), err=True)
    told = "this is a fault of cstore, not of your input. Nothing was published."
    return _told(told, CstoreError.exit_code)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"cstore {__version__}")
        raise typer.Exit


def _show_help(context: typer.Context, asked: bool) -> None:
    if asked:
        typer.echo(context.get_help())
        raise typer.Exit


# A group's help as a plain flag: typer's own, left unset, is coerced by pydantic, whose
# import doubles the start of every subcommand's help.
_Help = Annotated[
    bool,
    typer.Option(
        "-h",
        "--help",
        callback=_show_help,
        is_eager=True,
        help="Show this message and exit.",
    ),
]


@app.callback(add_help_option=False)
def _root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version and end.",
        ),
    ] = False,
    show_help: _Help = False,
) -> None:
    """Plan parcel networks whose last node is a convenience store."""


app.command("plan-day")(_coded(plan_day))
app.command("analyze-demand")(_coded(analyze_demand))
app.command("site-stores")(_coded(site_stores))
app.command("expire-holds")(_coded(expire_holds))
app.command("check")(_coded(check))
app.command("init")(_coded(init))

_track = _group("track", "Exchange parcel events with partners, and look into them.")
_track.command("import")(_coded(track.import_file))
_track.command("show")(_coded(track.show))
_track.command("feed")(_coded(track.feed))
_track.command("board")(_coded(track.board))
_track.command("verify")(_coded(track.verify))
_track.command("purge")(_coded(track.purge))


@_track.callback(add_help_option=False)
def _track_root(*, show_help: _Help = False) -> None:
    """Exchange parcel events with partners, and look into them."""


app.add_typer(_track)

_partners = _group("partners", "Choose partners, settle with them, share with them.")
_partners.command("rank")(_coded(partners.rank))
_partners.command("allocate")(_coded(partners.allocate))
_partners.command("settle")(_coded(partners.settle))
_partners.command("review")(_coded(partners.review))
_partners.command("share")(_coded(partners.share))


@_partners.callback(add_help_option=False)
def _partners_root(*, show_help: _Help = False) -> None:
    """Choose partners, settle with them, share with them."""


app.add_typer(_partners)
