"""Everything wrong with a folder of agreements, each fault with its file and line."""

from collections.abc import Sequence

from cstore_cli.errors import Fault
from cstore_cli.partners.agreements.clause_faults import clause_faults
from cstore_cli.partners.agreements.price_gaps import price_faults
from cstore_cli.partners.agreements.term_faults import term_faults
from cstore_cli.partners.agreements.version_faults import version_faults
from cstore_cli.settings.agreement_folder import AgreementFolder
from cstore_cli.settings.partners import PartnersSettings


def agreement_faults(
    folder: AgreementFolder, settings: PartnersSettings
) -> Sequence[Fault]:
    """
    Return all faults of the versions and clauses, alone and together, in file order.

    With one of them nothing may be ranked, allocated or settled: what is agreed would
    be read in two ways, or in none.
    """
    faults: list[Fault] = []
    for version in folder.versions:
        faults += term_faults(version, settings)
        faults += price_faults(version)
    faults += version_faults(folder.versions)
    faults += clause_faults(folder)
    return sorted(faults, key=lambda it: (it.file, it.line or 0, it.column, it.what))
