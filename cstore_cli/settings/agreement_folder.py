"""Reading a folder of agreements: versions and clauses, each a YAML file."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

import yaml

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.agreement import AgreementVersion
from cstore_cli.settings.agreement_clause import AgreementClause
from cstore_cli.settings.yaml_file import fault_in, read_yaml, validated

T = TypeVar("T", AgreementVersion, AgreementClause)


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


@dataclass(frozen=True, eq=False)
class Written(Generic[T]):
    """
    A version or clause as it stands in its file.

    ``sha256`` is the file's hash, ``signed_sha256`` that of the signed document which a
    version names, None where it is not there.
    """

    path: str
    node: yaml.Node
    terms: T
    sha256: str
    signed_sha256: str | None = None

    def fault(self, location: Sequence[str | int], what: str, mend: str = "") -> Fault:
        """Return a fault of what stands at ``location``, keys and list positions."""
        return fault_in(self.node, self.path, location, what, mend)


@dataclass(frozen=True, eq=False)
class AgreementFolder:
    """Every version and clause with its file, in the order of `Agreements`."""

    versions: tuple[Written[AgreementVersion], ...]
    clauses: tuple[Written[AgreementClause], ...]

    @property
    def agreements(self) -> Agreements:
        """What is agreed, without the files."""
        return Agreements(
            versions=tuple(written.terms for written in self.versions),
            clauses=tuple(written.terms for written in self.clauses),
            sha256={
                (written.terms.agreement, written.terms.version): written.sha256
                for written in self.versions
            },
        )


def read_agreements(folder: Path) -> Agreements:
    """
    Read every YAML file of ``folder``.

    Raises
    ------
    InputError
        With every fault of every file.
    """
    return read_folder(folder).agreements


def read_folder(folder: Path) -> AgreementFolder:
    """
    Read every YAML file of ``folder``, each by itself: `partners` judges the whole.

    Raises
    ------
    InputError
        With every fault of every file.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; `agreements:` names it.")
    versions: list[Written[AgreementVersion]] = []
    clauses: list[Written[AgreementClause]] = []
    messages: list[str] = []
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            node, values = read_yaml(path)
        except InputError as error:
            messages.append(str(error))
            continue
        sha256 = _sha256(path)
        if "clause" in values:
            clause, found = validated(AgreementClause, node, values, str(path))
            if clause:
                clauses.append(Written(str(path), node, clause, sha256))
        else:
            version, found = validated(AgreementVersion, node, values, str(path))
            if version:
                signed = _signed_sha256(path, version)
                versions.append(Written(str(path), node, version, sha256, signed))
        faults += found
    if faults:
        messages.append(f"{len(faults)} fault(s) in the agreements:")
    if messages:
        raise InputError("\n".join(messages), faults)
    versions.sort(key=lambda it: (it.terms.agreement, it.terms.version))
    clauses.sort(key=lambda it: (it.terms.agreement, it.terms.valid_from))
    return AgreementFolder(tuple(versions), tuple(clauses))


def _signed_sha256(path: Path, version: AgreementVersion) -> str | None:
    """Return the hash of the signed document, None where it is not there."""
    if version.signed is None:
        return None
    document = path.parent / version.signed.file
    return _sha256(document) if document.is_file() else None


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error}).") from error
