"""Which version of an agreement speaks for a partner on a day."""

from datetime import date

from cstore_cli.settings.agreement import AgreementVersion
from cstore_cli.settings.agreement_folder import Agreements


def version_on(
    agreements: Agreements, partner: str, day: date
) -> AgreementVersion | None:
    """
    Return the version signed and in force; else an offer for the day; else the next.

    None where all of the partner's versions are past, or there is none.
    """
    signed = agreements.in_force(partner, day)
    if signed is not None:
        return signed
    open_ones = [
        version
        for version in agreements.versions
        if version.partner == partner and version.valid_to >= day
    ]
    return min(
        open_ones,
        key=lambda one: (one.valid_from, -one.version),
        default=None,
    )
