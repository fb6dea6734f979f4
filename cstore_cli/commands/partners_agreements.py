"""The agreements that the commands of partners work by: read, and sound."""

from cstore_cli.errors import Fault, InputError
from cstore_cli.partners.agreements.faults import agreement_faults
from cstore_cli.partners.agreements.warnings import agreement_warnings
from cstore_cli.settings.agreement_folder import (
    AgreementFolder,
    Agreements,
    read_folder,
)
from cstore_cli.settings.partners import PartnersSettings


def sound_agreements(settings: PartnersSettings) -> Agreements:
    """
    Read the agreements that the settings name; they must be without a fault.

    Raises
    ------
    InputError
        With every fault of every version and clause.
    """
    return _sound_folder(settings).agreements


def checked_agreements(settings: PartnersSettings) -> tuple[Agreements, list[Fault]]:
    """
    Return the agreements, and what is allowed in them and seldom meant.

    Raises
    ------
    InputError
        With every fault of every version and clause.
    """
    folder = _sound_folder(settings)
    return folder.agreements, list(agreement_warnings(folder, settings))


def _sound_folder(settings: PartnersSettings) -> AgreementFolder:
    folder = read_folder(settings.agreements_folder)
    faults = agreement_faults(folder, settings)
    if faults:
        raise InputError(f"{len(faults)} fault(s) in the agreements:", faults)
    return folder
