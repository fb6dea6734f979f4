"""What `cstore partners settle` does: settings, read, job, write."""

import datetime as dt
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import polars as pl
from rich.console import Console

from cstore_cli.commands.partners_agreements import sound_agreements
from cstore_cli.commands.partners_settle_invoice import read_invoice
from cstore_cli.commands.partners_settle_parcels import Carried, carried, set_aside
from cstore_cli.commands.partners_settle_range import months_asked
from cstore_cli.errors import DONE, DONE_WITH_REJECTS, InputError, UsageError
from cstore_cli.interrupt import publishing
from cstore_cli.partners.settle.files import FILES, charge_parts, settlement_bytes
from cstore_cli.partners.settle.matching import Terms, terms_of
from cstore_cli.partners.settle.reconcile import Known, Reconciled, reconcile
from cstore_cli.partners.settle.reconcile_files import (
    differences_bytes,
    reconciled_told,
)
from cstore_cli.partners.settle.settle import settle
from cstore_cli.partners.settle.settlement import Settlement
from cstore_cli.partners.settle.summary import summary_of
from cstore_cli.partners.zones import zone_of_places
from cstore_cli.report.faults import print_rejected
from cstore_cli.report.partners_reconcile import print_reconciled
from cstore_cli.report.partners_settle import print_settlement
from cstore_cli.report.plain import Terminal
from cstore_cli.report.sentence import print_sentence
from cstore_cli.report.where import print_where
from cstore_cli.settings.agreement_folder import Agreements
from cstore_cli.settings.config_file import config_path, read_config
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.settings.yaml_file import did_you_mean
from cstore_cli.tables.folder import folder_locked, write_files
from cstore_cli.tables.network import Stores
from cstore_cli.tables.reader import Reader, sources_of
from cstore_cli.tables.write import csv_bytes, json_bytes, write_whole

_SHOWN_FAULTS = 20
_REJECTED = "rejected_partner_parcels.csv"


@dataclass(frozen=True)
class Asked:
    """The command line of partners settle."""

    config: Path | None
    month: str | None
    first: str | None
    last: str | None
    partner: str | None
    invoice: Path | None
    out: Path | None
    dry_run: bool
    as_json: bool
    quiet: bool
    given: Mapping[str, Path]


def run(asked: Asked) -> int:
    """Do what the command line asks; the exit code."""
    first, last = months_asked(asked.month, asked.first, asked.last)
    settings = read_config(config_path(asked.config, "partners"), PartnersSettings)
    chosen = _chosen(asked, settings)
    agreements = sound_agreements(settings)
    invoice = pl.DataFrame({"parcel_id": pl.Series([], dtype=pl.String)})
    if asked.invoice is not None:
        invoice = read_invoice(asked.invoice, settings.network.time_zone)
    out = None if asked.dry_run else asked.out
    with folder_locked(out, "partners settle"):
        zone_of = zone_of_places(settings.zones, _stores(settings, asked, last))
        terms = terms_of(agreements, chosen, list(settings.zones), zone_of)
        if asked.partner is not None:
            _refuse_unsigned(terms, asked.partner, first, last)
        ids = invoice["parcel_id"].drop_nulls().unique()
        parcels = carried(settings, terms, chosen, first, last, asked.given, ids)
        settlement = settle(parcels.rows, terms, agreements, first, last)
        counts = {
            "read": parcels.num_read,
            "charged": sum(len(month.parcels) for month in settlement.months),
            "rejected": len(parcels.rejected),
        }
        currency = settings.network.currency
        summary = summary_of(settlement, agreements, currency, counts)
        reconciled = None
        if asked.invoice is not None and asked.partner is not None:
            reconciled = _reconciled(
                settlement, parcels, terms, agreements, asked.partner, invoice
            )
            summary["invoice"] = reconciled_told(reconciled)
        if out:
            _write(out, settlement, parcels, reconciled, summary, currency)
    for said in _warnings(settlement, parcels.ends):
        print_sentence(Console(stderr=True), said)
    _tell(asked, settlement, parcels, reconciled, summary, currency)
    return DONE_WITH_REJECTS if len(parcels.rejected) else DONE


def _chosen(asked: Asked, settings: PartnersSettings) -> tuple[str, ...]:
    """The partners to settle with."""
    if asked.invoice is not None and asked.partner is None:
        raise UsageError("--invoice is of one partner: name it with --partner.")
    if asked.partner is None:
        return tuple(settings.partners)
    if asked.partner not in settings.partners:
        known = list(settings.partners)
        mend = did_you_mean(asked.partner, known) or f"known: {', '.join(known)}"
        raise UsageError(f"{asked.partner!r} is no partner of the settings ({mend}).")
    return (asked.partner,)


def _refuse_unsigned(terms: Terms, partner: str, first: dt.date, last: dt.date) -> None:
    """
    Refuse to settle with a partner that has no agreement then.

    Raises
    ------
    InputError
        With the days of those it has.
    """
    if any(it.valid_from <= last and it.valid_to >= first for it in terms.versions):
        return
    known = ", ".join(
        f"{it.agreement} version {it.version} ({it.valid_from} to {it.valid_to})"
        for it in terms.versions
    )
    raise InputError(
        f"{partner}: has no signed agreement in force from {first} to {last}; nothing "
        f"is settled without one. Signed: {known or 'none'}."
    )


def _stores(settings: PartnersSettings, asked: Asked, day: dt.date) -> pl.DataFrame:
    """The stores with their DC; none where no table is named."""
    sources = sources_of(settings.network.tables, settings.tables, asked.given, day)
    reader = Reader(sources, settings.network.time_zone, ())
    stores = reader.whole("stores", Stores, key="store_id")
    reader.refuse()
    return stores


def _reconciled(
    settlement: Settlement,
    parcels: Carried,
    terms: Terms,
    agreements: Agreements,
    partner: str,
    invoice: pl.DataFrame,
) -> Reconciled:
    ids = invoice["parcel_id"].drop_nulls().to_list()
    known = Known(parcels.known, set_aside(parcels.rejected, ids))
    names = {version.agreement for version in terms.versions}
    clauses = [it for name in sorted(names) for it in agreements.clauses_of(name)]
    unsuspended = settlement
    if clauses:
        without = replace(agreements, clauses=())
        unsuspended = settle(
            parcels.rows, terms, without, settlement.first, settlement.last
        )
    return reconcile(
        settlement, unsuspended, partner, invoice, terms.versions, clauses, known
    )


def _write(
    out: Path,
    settlement: Settlement,
    parcels: Carried,
    reconciled: Reconciled | None,
    summary: Mapping[str, Any],
    currency: str,
) -> None:
    """Write the lines part by part, then the other files; the summary comes last."""
    # jinja2 costs a run that writes nothing no time.
    from cstore_cli.report.partners_page import settlement as shown

    files = {"settlement.csv": settlement_bytes(settlement)}
    if reconciled is not None:
        files["differences.csv"] = differences_bytes(reconciled)
    if len(parcels.rejected):
        files[_REJECTED] = csv_bytes(parcels.rejected)
    files[shown.NAME] = shown.settlement_page(settlement, summary, reconciled, currency)
    files["summary.json"] = json_bytes(summary)
    lines, *others = FILES
    with publishing():
        write_whole(out / lines, lambda file: _put(charge_parts(settlement), file))
        write_files(out, files, others)


def _put(parts: Iterable[bytes], file: IO[bytes]) -> None:
    for part in parts:
        file.write(part)


def _warnings(settlement: Settlement, ends: dt.date | None) -> Iterator[str]:
    """Yield what makes one doubt that the table or the range is the one meant."""
    if not settlement.months:
        yield (
            "Warning: nobody has a signed agreement in force from "
            f"{settlement.first} to {settlement.last}; nothing is settled without one."
        )
    if ends is not None and ends < settlement.last:
        yield (
            f"Warning: the last parcel known is of {ends}; all up to "
            f"{settlement.last} is charged, fees for parcels promised and not sent "
            "among it. Settle again when the month is over and its parcels are there."
        )
    for partner in settlement.partners():
        carried: Counter[str] = Counter()
        for month in settlement.months:
            if month.version.partner == partner:
                carried[f"{month.first:%Y-%m}"] += len(month.parcels)
        if empty := [month for month, parcels in carried.items() if not parcels]:
            yield (
                f"Warning: {partner}: no parcel in {', '.join(empty)}; what is owed "
                "without any is charged. Is the table of parcels whole?"
            )


def _tell(
    asked: Asked,
    settlement: Settlement,
    parcels: Carried,
    reconciled: Reconciled | None,
    summary: Mapping[str, Any],
    currency: str,
) -> None:
    print_rejected(
        parcels.faults, _SHOWN_FAULTS, _REJECTED, Console(stderr=True, soft_wrap=True)
    )
    if asked.as_json:
        sys.stdout.write(json_bytes(summary).decode())
    elif not asked.quiet:
        console = Terminal()
        print_settlement(console, settlement, summary, currency)
        if reconciled is not None:
            print_reconciled(console, reconciled, currency)
        print_where(console, None if asked.dry_run else asked.out)
