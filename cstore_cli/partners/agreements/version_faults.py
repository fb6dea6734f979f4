"""Whether the versions of an agreement follow each other, and partners have one."""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import TypeAlias

from cstore_cli.errors import Fault
from cstore_cli.settings.agreement import AgreementVersion
from cstore_cli.settings.agreement_folder import Written

Version: TypeAlias = Written[AgreementVersion]


def version_faults(versions: Sequence[Version]) -> Iterator[Fault]:
    """Yield what is wrong between versions, which come by agreement and number."""
    for version in versions:
        yield from _days_and_document(version)
    for _, group in groupby(versions, lambda it: it.terms.agreement):
        yield from _chain_faults(list(group))
    signed = [it for it in versions if it.terms.signed is not None]
    signed.sort(key=lambda it: (it.terms.partner, it.terms.valid_from))
    for _, group in groupby(signed, lambda it: it.terms.partner):
        yield from _overlaps(list(group))


def _days_and_document(version: Version) -> Iterator[Fault]:
    """Yield a last day before the first, and a document that is not the signed one."""
    terms = version.terms
    if terms.valid_to < terms.valid_from:
        what = f"{terms.valid_to} is before valid_from, {terms.valid_from}"
        yield version.fault(("valid_to",), what)
    if terms.revise_on and not terms.valid_from <= terms.revise_on <= terms.valid_to:
        yield version.fault(
            ("revise_on",), f"{terms.revise_on} is not a day of the version"
        )
    found = version.signed_sha256
    if terms.signed is not None and found not in {None, terms.signed.sha256}:
        yield version.fault(
            ("signed", "sha256"),
            f"{terms.signed.file} is another document; its sha256 is {found}",
            "find the document that was signed",
        )


def _chain_faults(versions: Sequence[Version]) -> Iterator[Fault]:
    """Yield breaks in the chain of one agreement's versions, in order of number."""
    first = versions[0]
    agreement = first.terms.agreement
    if first.terms.version != 1:
        what = f"is the first of {agreement}; its version 1 is missing"
        yield first.fault(("version",), what)
    elif first.terms.replaces_sha256 is not None:
        what = "stands in version 1, which replaces none"
        yield first.fault(("replaces_sha256",), what, "take it out")
    for before, after in pairwise(versions):
        old, new = before.terms, after.terms
        if new.version == old.version:
            what = f"version {new.version} of {agreement} stands in {before.path} too"
            yield after.fault(("version",), what, "keep one, or number them anew")
            continue
        if new.version != old.version + 1:
            what = f"follows version {old.version} of {agreement}, {before.path}"
            yield after.fault(("version",), what, f"find version {old.version + 1}")
            continue
        yield from _link_faults(before, after)


def _link_faults(before: Version, after: Version) -> Iterator[Fault]:
    """Yield what does not fit between a version and the next."""
    old, new = before.terms, after.terms
    if new.partner != old.partner:
        what = f"is {new.partner}; version {old.version} is with {old.partner}"
        yield after.fault(("partner",), what, "an agreement has one partner")
    if new.valid_from <= old.valid_from:
        what = f"{new.valid_from} is not after that of version {old.version}, "
        yield after.fault(("valid_from",), f"{what}{old.valid_from}")
    if new.replaces_sha256 is None:
        what = f"does not tell the hash of version {old.version}, {before.path}"
        mend = f"write replaces_sha256: {before.sha256}"
        yield after.fault(("replaces_sha256",), what, mend)
    elif new.replaces_sha256 != before.sha256:
        yield after.fault(
            ("replaces_sha256",),
            f"{before.path} has been edited since version {new.version} was written; "
            f"its sha256 is now {before.sha256}",
            "undo the edit; what changes is written as the next version",
        )


def _overlaps(versions: Sequence[Version]) -> Iterator[Fault]:
    """Yield signed versions of one partner that are in force on one day."""
    latest = versions[0]
    for version in versions[1:]:
        first = version.terms.valid_from
        last = min(version.terms.valid_to, latest.terms.valid_to)
        if first <= last:
            days = f"on {first}" if first == last else f"from {first} to {last}"
            what = (
                f"two signed versions are in force with {version.terms.partner} {days}"
                f": this and {latest.path}"
            )
            yield version.fault(("valid_from",), what, "let one begin after the other")
        latest = max(latest, version, key=lambda it: it.terms.valid_to)
