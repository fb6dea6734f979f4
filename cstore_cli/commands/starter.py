"""The small network that `cstore init` copies, from the package or its source."""

import shutil
from pathlib import Path

from cstore_cli.errors import CstoreError, UsageError
from cstore_cli.tables.write import environment_fault

PARTS = ("configs", "sample_data")
"""What is copied."""


def copy_starter(folder: Path) -> None:
    """
    Copy configs and sample_data into ``folder``.

    Raises
    ------
    UsageError
        When one of them is there already.
    EnvironmentFaultError
        When the folder cannot be written.
    """
    there = [part for part in PARTS if (folder / part).exists()]
    if there:
        raise UsageError(
            f"{folder / there[0]} exists already; choose another folder, or remove it."
        )
    package = Path(__file__).resolve().parents[1]
    try:
        for part in PARTS:
            places = (package / "starter" / part, package.parent / part)
            source = next((place for place in places if place.is_dir()), None)
            if source is None:
                raise CstoreError(f"The installation lacks its {part}; install anew.")
            shutil.copytree(source, folder / part)
    except OSError as error:
        raise environment_fault(error, folder) from error
