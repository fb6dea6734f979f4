"""Every command can tell its result to a program."""

import typer

from cstore_cli.app import app


def leaves(command):
    """The command itself, or all that stand below it."""
    below = getattr(command, "commands", {})
    return [leaf for sub in below.values() for leaf in leaves(sub)] or [command]


def test_every_command_has_json():
    commands = leaves(typer.main.get_command(app))
    without = [
        command.name
        for command in commands
        if not any("--json" in option.opts for option in command.params)
    ]
    assert len(commands) > 15
    assert without == []
