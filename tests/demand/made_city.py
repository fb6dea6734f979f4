"""Cities made up, whose demand is known."""

import numpy as np

from cstore_cli.demand.area_features import AreaFeatures


def made_features(people, kinds=None, logged=(), **columns):
    """Features by name (spaces for double underscores); ``kinds`` by name: codes."""
    named = {name.replace("__", " "): cells for name, cells in columns.items()}
    kinds = kinds or {}
    every = {**named, **kinds}
    return AreaFeatures(
        names=tuple(every),
        values=np.column_stack(
            [
                np.empty((len(people), 0)),
                *(np.asarray(c, float) for c in every.values()),
            ]
        ),
        categorical=np.array([name in kinds for name in every], dtype=bool),
        labels={
            name: tuple("abcdefgh"[: int(np.nanmax(codes)) + 1])
            for name, codes in kinds.items()
        },
        people=np.asarray(people, float),
        logged=frozenset(logged),
    )


def made_city(size=300, seed=0, noise=0.1):
    """
    (features, level): young buy 1.0 a period, adults 0.6, old 0.1, times income^0.8.

    Areas differ by ``noise`` beyond that; "luck" says nothing.
    """
    dice = np.random.default_rng(seed)
    people = dice.uniform(1000, 9000, size)
    bands = dice.dirichlet([12, 15, 8], size)
    income = dice.uniform(300, 900, size)
    rate = bands @ [1.0, 0.6, 0.1] * (income / 600) ** 0.8
    level = people * rate * np.exp(noise * dice.normal(size=size))
    features = made_features(
        people,
        young__share=bands[:, 0],
        adult__share=bands[:, 1],
        old__share=bands[:, 2],
        income=income,
        luck=dice.normal(size=size),
    )
    return features, level


def wape(level, told):
    known = np.isfinite(level)
    return np.abs(level - told)[known].sum() / level[known].sum()


def mean_per_person(features, level):
    """What the city's mean per person tells of each area."""
    known = np.isfinite(level)
    return features.people * level[known].sum() / features.people[known].sum()
