"""One parcel: where it stands, why, and everything that was told of it."""

import datetime as dt
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from rich.console import Console

from cstore_cli.ledger.instants import instant_of
from cstore_cli.ledger.timeline import Timeline, Told
from cstore_cli.ledger.transitions import TRANSITIONS
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.sentence import print_sentence

_ENDS = 2
_LONG_ENOUGH = 5
_MEANINGS: dict[str, str] = {state: rule.meaning for state, rule in TRANSITIONS.items()}
_MARKS = {
    "": "",
    "withdrawn": "taken back",
    "contradicts": "does not count: it contradicts what was known",
}


class Ending(NamedTuple):
    """When a hold ends (None: never), whether that has passed, by which rule, why."""

    deadline: dt.datetime | None
    lapsed: bool
    rule: str
    reason: str


def print_timeline(
    console: Console, found: Timeline, ending: Ending | None, time_zone: str
) -> None:
    """Print the standing, the plan, whom it is for, and the events in their order."""
    zone = ZoneInfo(time_zone)
    for number, line in enumerate(_standing_lines(found, ending, zone)):
        print_sentence(console, line, "" if number else "bold")
    rows = [_row(told, zone) for told in found.told]
    names = ("what", "by", "where", "seen or\nconcluded", "reason", "note")
    columns = (*figures("time"), *words(*names))
    used = [k for k in range(len(columns)) if any(row[k] for row in rows)]
    print_grid(
        console,
        "Events",
        [columns[k] for k in used],
        ([row[k] for k in used] for row in rows),
    )
    print_grid(
        console,
        "In codes that nobody knows",
        (*figures("time"), *words("code", "by", "where")),
        (
            (
                _minute(one.event_time_us, zone),
                one.code,
                one.partner,
                one.location_id or "",
            )
            for one in found.unread
        ),
    )


def as_json(found: Timeline, ending: Ending | None, time_zone: str) -> dict[str, Any]:
    """The same for programs; the phone masked here as well."""
    zone = ZoneInfo(time_zone)
    standing = found.standing
    return {
        "parcel_id": found.parcel_id,
        "state": standing.state,
        "since": _iso(standing.since_us, zone),
        "location_id": standing.location_id,
        "shelf_store": standing.shelf_store,
        "ready_at": _iso(standing.ready_at_us, zone),
        "extension_days": standing.extension_days,
        "hold": None if ending is None else _hold(ending, zone),
        "planned_store": standing.planned_store,
        "planned_run": standing.planned_run,
        "plan_date": found.plan_date,
        "platform": standing.platform,
        "channel": standing.channel,
        "recipient": found.recipient,
        "phone": masked(found.phone),
        "contradictions": standing.contradictions,
        "events": [
            {
                "event_id": told.event_id,
                "event_time": _iso(told.event.event_time_us, zone),
                "code": told.event.code,
                "partner": told.event.partner,
                "source_event_id": told.event.source_event_id,
                "location_id": told.event.location_id,
                "evidence": told.event.evidence,
                "reason": told.event.reason,
                "corrects": told.event.corrects,
                "mark": told.mark or None,
                "notice": told.notice,
            }
            for told in found.told
        ],
        "unknown_codes": [
            {
                "event_time": _iso(one.event_time_us, zone),
                "code": one.code,
                "partner": one.partner,
                "location_id": one.location_id,
            }
            for one in found.unread
        ],
    }


def _hold(ending: Ending, zone: ZoneInfo) -> dict[str, Any]:
    until = ending.deadline
    return {
        "deadline": None if until is None else until.astimezone(zone).isoformat(),
        "lapsed": ending.lapsed,
        "rule": ending.rule,
        "reason": ending.reason,
    }


def masked(phone: str | None) -> str | None:
    """The phone's ends; a short one is hidden whole."""
    if phone is None:
        return None
    if len(phone) <= _LONG_ENOUGH:
        return "****"
    return f"{phone[:_ENDS]}****{phone[-_ENDS:]}"


def _standing_lines(
    found: Timeline, ending: Ending | None, zone: ZoneInfo
) -> list[str]:
    standing = found.standing
    lines = []
    if standing.state is None or standing.since_us is None:
        lines.append(f"{found.parcel_id}: nobody has seen it yet")
    else:
        meaning = _MEANINGS[standing.state]
        since = _minute(standing.since_us, zone)
        where = f" at {standing.location_id}" if standing.location_id else ""
        lines.append(
            f"{found.parcel_id}: {standing.state}{where} since {since} ({meaning})"
        )
    if standing.ready_at_us is not None:
        ready = _minute(standing.ready_at_us, zone)
        more = f", extended by {standing.extension_days} days"
        longer = more if standing.extension_days else ""
        lines.append(f"On the shelf of {standing.shelf_store} since {ready}{longer}.")
    if ending is not None:
        lines.append(f"Its hold: {ending.reason}.")
    if standing.planned_run is not None:
        day = f" for {found.plan_date}" if found.plan_date else ""
        store = f" to {standing.planned_store}" if standing.planned_store else ""
        lines.append(f"Planned{store}{day} by {standing.planned_run}.")
    if found.recipient or found.phone:
        who = ", ".join(filter(None, (found.recipient, masked(found.phone))))
        lines.append(f"For {who}.")
    return lines


def _row(told: Told, zone: ZoneInfo) -> tuple[str, ...]:
    event = told.event
    note = [_MARKS[told.mark], f"notice: {told.notice}" if told.notice else ""]
    return (
        _minute(event.event_time_us, zone),
        event.code,
        event.partner,
        event.location_id or "",
        "seen" if event.evidence == "scan" else "concluded",
        event.reason or "",
        "; ".join(filter(None, note)),
    )


def _minute(us: int, zone: ZoneInfo) -> str:
    return instant_of(us).astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _iso(us: int | None, zone: ZoneInfo) -> str | None:
    return None if us is None else instant_of(us).astimezone(zone).isoformat()
