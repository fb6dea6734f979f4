"""
Closeness to the ideal (TOPSIS), by pymcdm.

Each criterion is divided by the length of its column and weighed; a partner's closeness
is d- / (d+ + d-), its distances from the best and the worst values of all. 1: best in
everything, 0: worst in everything.

References
----------
Hwang and Yoon (1981), Multiple Attribute Decision Making, pp. 128-140.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_ALIKE = 1e-12


def closeness(values: Floats, weights: Floats, signs: Floats) -> Floats:
    """
    Return the closeness (n,) of n partners; 0.5 of all where they do not differ.

    Parameters
    ----------
    values
        A row per partner, a column per criterion (n, k).
    weights
        Of the criteria (k,), none negative.
    signs
        1 where more is better, -1 where less is (k,).
    """
    # Criteria in which all are alike move nobody, and may have no length.
    size = np.abs(values).max(axis=0)
    tell = (np.ptp(values, axis=0) > _ALIKE * size) & (weights > 0)
    if not tell.any():
        return np.full(len(values), 0.5)
    # Importing it brings matplotlib and pandas along: seconds that only this needs.
    from pymcdm.methods import TOPSIS  # noqa: PLC0415
    from pymcdm.normalizations import vector_normalization  # noqa: PLC0415

    method = TOPSIS(vector_normalization)
    found: Floats = method(
        values[:, tell] / size[tell],
        weights[tell],
        signs[tell],
        validation=False,  # warns of partners who are behind in everything
    )
    return found
