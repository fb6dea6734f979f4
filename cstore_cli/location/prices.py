"""Prices of a Lagrangian relaxation of siting."""

from dataclasses import dataclass

from cstore_cli.location.siting import Floats


@dataclass(frozen=True, eq=False)
class Prices:
    """``point`` (n,) of serving each point, ``row`` of each row between sites."""

    point: Floats
    row: Floats
