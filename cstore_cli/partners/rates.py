"""Which rate of a version prices a parcel, and which size class a parcel is of."""

from collections.abc import Sequence

from cstore_cli.settings.agreement import AgreementVersion, Rate

ANY_SIZE = "any"
"""The one class of a version without `sizes`."""


def size_of(version: AgreementVersion, cm: float | None) -> str | None:
    """
    Return the smallest size class that holds a parcel; None when it fits none.

    Parameters
    ----------
    version
        The version whose classes count.
    cm
        Length + width + height; None where the parcel was not measured: it is taken
        for one of the first class.
    """
    classes = size_classes(version)
    if cm is None:
        return classes[0][0]
    return next((name for name, most in classes if most is None or cm <= most), None)


def size_classes(version: AgreementVersion) -> list[tuple[str, int | None]]:
    """Return the size classes, smallest first, with the cm they hold; None: any."""
    if not version.sizes:
        return [(ANY_SIZE, None)]
    in_order = sorted(version.sizes.items(), key=lambda item: (item[1], item[0]))
    return [(name, most) for name, most in in_order]


def size_for(version: AgreementVersion, size: str) -> str | None:
    """Return the version's size class for parcels of a class; None: it has none."""
    known = [name for name, _ in size_classes(version)]
    if size in known:
        return size
    # Where one side knows no sizes, the smallest is taken, as of a parcel not measured.
    return known[0] if size == ANY_SIZE or not version.sizes else None


def rate_of(
    version: AgreementVersion,
    service: str,
    zone: str,
    weight_kg: float,
    size: str | None,
) -> Rate | None:
    """
    Return the rate that prices such a parcel; None when none or no single one does.

    ``size`` is a class of the version, as `size_of` returns it.
    """
    best = rates_of(version, service, zone, weight_kg, size)
    return best[0] if len(best) == 1 else None


def rates_of(
    version: AgreementVersion,
    service: str,
    zone: str,
    weight_kg: float,
    size: str | None,
) -> Sequence[Rate]:
    """
    Return the rates of the highest precedence that meet such a parcel.

    Two or more: the version does not say which of them counts.
    """
    if size is None:
        return []
    met = [
        rate
        for rate in version.rates
        if service in rate.services
        and zone in rate.zones
        and (not rate.sizes or size in rate.sizes)
        and holds_weight(rate, weight_kg)
    ]
    highest = max((rate.precedence for rate in met), default=0)
    return [rate for rate in met if rate.precedence == highest]


def holds_weight(rate: Rate, weight_kg: float) -> bool:
    """
    Whether a weight is in the rate's band: over_kg < weight <= to_kg.

    A weight of 0 is in the band that begins at 0.
    """
    heavier = weight_kg > rate.over_kg or weight_kg == rate.over_kg == 0
    return heavier and (rate.to_kg is None or weight_kg <= rate.to_kg)
