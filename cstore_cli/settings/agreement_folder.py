"""Reading a folder of agreements: versions and clauses, each a YAML file."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.agreement import AgreementVersion
from cstore_cli.settings.agreement_clause import AgreementClause
from cstore_cli.settings.yaml_file import read_yaml, validated


@dataclass(frozen=True, eq=False)
class Agreements:
    """
    All versions and clauses, by agreement and then by version or first day.

    ``sha256`` is the hash of each version's own YAML file.
    """

    versions: tuple[AgreementVersion, ...]
    clauses: tuple[AgreementClause, ...]
    sha256: Mapping[tuple[str, int], str]

    def in_force(self, partner: str, day: date) -> AgreementVersion | None:
        """Return the signed version that prices the partner's parcels of a day."""
        for version in self.versions:
            mine = version.signed is not None and version.partner == partner
            if mine and version.valid_from <= day <= version.valid_to:
                return version
        return None

    def clauses_of(self, agreement: str) -> list[AgreementClause]:
        """Return the clauses of an agreement."""
        return [clause for clause in self.clauses if clause.agreement == agreement]


def read_agreements(folder: Path) -> Agreements:
    """
    Read every YAML file of ``folder``.

    Raises
    ------
    InputError
        With every fault of every file.
    """
    versions: list[AgreementVersion] = []
    clauses: list[AgreementClause] = []
    sha256: dict[tuple[str, int], str] = {}
    faults: list[Fault] = []
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; `agreements:` names it.")
    for path in sorted(folder.glob("*.yaml")):
        node, values = read_yaml(path)
        if "clause" in values:
            clause, found = validated(AgreementClause, node, values, str(path))
            clauses += [clause] if clause else []
        else:
            version, found = validated(AgreementVersion, node, values, str(path))
            if version:
                versions.append(version)
                sha256[version.agreement, version.version] = hashlib.sha256(
                    path.read_bytes()
                ).hexdigest()
        faults += found
    if faults:
        raise InputError(f"{len(faults)} fault(s) in the agreements:", faults)
    return Agreements(
        versions=tuple(sorted(versions, key=lambda it: (it.agreement, it.version))),
        clauses=tuple(sorted(clauses, key=lambda it: (it.agreement, it.valid_from))),
        sha256=sha256,
    )
