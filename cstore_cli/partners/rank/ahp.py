"""
Weights from judgements in pairs: the analytic hierarchy process (AHP).

The judgements are a matrix A, a_ij how much more i matters than j, a_ji = 1 / a_ij.
Its principal eigenvector, made to sum to 1, is the weights w; where no judgement
contradicts another a_ij = w_i / w_j, and the largest eigenvalue is n. How far above,

    CI = (lambda_max - n) / (n - 1),    CR = CI / RI,

RI being the mean CI of judgements drawn at random, is the consistency ratio; above 0.1
the judgements are to be thought over.

References
----------
Saaty (1980), The Analytic Hierarchy Process, ch. 3 and p. 21 (random indices); (2008),
Decision making with the analytic hierarchy process, doi:10.1504/IJSSCI.2008.017590.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cstore_cli.errors import InputError
from cstore_cli.settings.partners_rank import Judgement, RankedKind

RANDOM_INDEX = (
    *(0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49),
    *(1.51, 1.48, 1.56, 1.57, 1.59),
)
"""RI of n = 1, 2, ... criteria (Saaty 1980)."""
MOST_INCONSISTENT = 0.1
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Weighing:
    """
    ``weights`` in the order of the criteria, summing to 1, and how consistent they are.

    ``worst`` is the judgement furthest from what all of them together say, and
    ``implied`` what that is: so many times; None when all agree.
    """

    weights: tuple[float, ...]
    lambda_max: float
    ratio: float
    worst: Judgement | None
    implied: float | None


def weights_of(asked: RankedKind) -> Weighing:
    """
    Return the weights that judgements imply, or those given, made to sum to 1.

    Raises
    ------
    InputError
        When the judgements contradict each other.
    """
    names = [criterion.name for criterion in asked.criteria]
    if asked.judgements:
        return weigh(names, asked.judgements)
    total = sum(criterion.weight for criterion in asked.criteria)
    given = tuple(criterion.weight / total for criterion in asked.criteria)
    return Weighing(given, len(names), 0.0, None, None)


def weigh(names: Sequence[str], judgements: Sequence[Judgement]) -> Weighing:
    """
    Return the weights that the judgements of all pairs of ``names`` imply.

    Raises
    ------
    InputError
        When the consistency ratio is above 0.1, with the judgement to think over.
    """
    matrix = _matrix(names, judgements)
    weighing = _weighed(matrix, names, judgements)
    if weighing.ratio > MOST_INCONSISTENT and weighing.worst is not None:
        one, implied = weighing.worst, weighing.implied or 1.0
        if implied >= 1:
            others = f"{one.of} over {one.over} {implied:.1f} times"
        else:
            others = f"{one.over} over {one.of} {1 / implied:.1f} times"
        raise InputError(
            f"The judgements contradict each other: consistency ratio "
            f"{weighing.ratio:.3f}, {MOST_INCONSISTENT:g} at most. Furthest from the "
            f"others is: {one.of} over {one.over} {one.times:g} times, where all "
            f"together say {others}. Think it over, then those beside it."
        )
    return weighing


def _matrix(names: Sequence[str], judgements: Sequence[Judgement]) -> Floats:
    place = {name: k for k, name in enumerate(names)}
    matrix = np.ones((len(names), len(names)))
    for one in judgements:
        i, j = place[one.of], place[one.over]
        matrix[i, j], matrix[j, i] = one.times, 1 / one.times
    return matrix


def _weighed(
    matrix: Floats, names: Sequence[str], judgements: Sequence[Judgement]
) -> Weighing:
    weights, largest = principal(matrix)
    n = len(matrix)
    random = RANDOM_INDEX[n - 1]
    ratio = max(0.0, (largest - n) / (n - 1) / random) if random else 0.0
    place = {name: k for k, name in enumerate(names)}

    def implied(one: Judgement) -> float:
        return float(weights[place[one.of]] / weights[place[one.over]])

    worst = max(
        judgements,
        key=lambda one: abs(float(np.log(one.times / implied(one)))),
        default=None,
    )
    return Weighing(
        weights=tuple(float(weight) for weight in weights),
        lambda_max=largest,
        ratio=ratio,
        worst=worst,
        implied=None if worst is None else implied(worst),
    )


def principal(matrix: Floats) -> tuple[Floats, float]:
    """Return the principal eigenvector (n,), summing to 1, and its eigenvalue."""
    values, vectors = np.linalg.eig(matrix)
    largest = int(np.argmax(values.real))
    vector = np.abs(vectors[:, largest].real)
    return vector / vector.sum(), float(values[largest].real)
