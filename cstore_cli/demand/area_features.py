"""What each area is like, as figures."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cstore_cli.demand.history import Floats


@dataclass(frozen=True, eq=False)
class AreaFeatures:
    """
    ``values`` (n, k): feature ``names[j]`` of each area, nan where unknown.

    Features that are ``categorical`` hold a category's number, named in ``labels``.
    ``people`` (n,) is the exposure: the people of each area, 1 everywhere where the
    table does not tell.
    """

    names: tuple[str, ...]
    values: Floats
    categorical: npt.NDArray[np.bool_]
    labels: dict[str, tuple[str, ...]]
    people: Floats
