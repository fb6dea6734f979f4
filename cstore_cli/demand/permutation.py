"""What a model loses when a driver is shuffled."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from cstore_cli.demand.history import Floats


def permutation_importance_of(
    predict: Callable[[Floats], Floats],
    X: Floats,
    y: Floats,
    groups: Mapping[str, Sequence[int]],
    error: Callable[[Floats, Floats], float],
    repeats: int,
    seed: int,
) -> dict[str, Floats]:
    """
    How much the error rises when the columns of a group are shuffled together.

    ``permutation_importance`` of scikit-learn shuffles single columns only. For an
    honest figure ``predict`` has to tell each row by a model that did not see it.

    Parameters
    ----------
    predict
        (n, k) to (n,).
    X, y
        (n, k) and (n,): rows and what they came to.
    groups
        Columns of ``X`` of each driver; columns of one driver stay together.
    error
        Of ``y`` and what was predicted.
    repeats
        Shuffles of each driver.
    seed
        Of the shuffles; those of one driver do not depend on the other drivers.

    Returns
    -------
    Per driver (repeats,): the error's rise in its own unit; below 0 where shuffling
    happened to help.

    References
    ----------
    Breiman (2001), Random Forests, doi:10.1023/A:1010933404324.
    """
    plain = error(y, predict(X))
    rises = {}
    for name, columns in groups.items():
        dice = np.random.default_rng(seed)
        rises[name] = np.empty(repeats)
        for repeat in range(repeats):
            shuffled = X.copy()
            shuffled[:, list(columns)] = X[dice.permutation(len(X))][:, list(columns)]
            rises[name][repeat] = error(y, predict(shuffled)) - plain
    return rises
