"""
A parcel's events folded into its standing.

Events are taken in the order (event time, rank, partner, id), which does not depend on
when they arrived, so that every arrival order gives the same standing.

1. Scans are folded by themselves: a scan counts when the transition table lets it
   follow the scan before it. Inferences never stand in its way.
2. An inference counts when it may follow the standing as it is, and holds until the
   next scan that moves the parcel.
3. A scan that says again where the parcel is undoes an inference that it had gone from
   there, and changes nothing else: the hold goes on from its first scan.
4. Our own conclusion that a hold has ended ends a hold that runs, or nothing.
5. What is withdrawn is left out from the start. What does not count is kept as an event
   and counted as a contradiction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, NamedTuple, cast

from cstore_cli.ledger.transitions import (
    ACT_MEANINGS,
    ENDS_HOLD,
    ON_SHELF,
    OUT,
    RANK,
    STAYS_ON_SHELF,
    UNPLANS,
    allowed,
)
from cstore_cli.settings.parcel_states import OURS, State

Key = tuple[int, int, str, str]
"""Event time in microseconds, rank, partner, source event id."""


class Event(NamedTuple):
    """One recorded event, in the columns of the table ``event``."""

    run_id: str
    partner: str
    source_event_id: str
    parcel_id: str
    code: str
    event_time_us: int
    evidence: str
    location_id: str | None = None
    platform: str | None = None
    channel: str | None = None
    goods_class: str | None = None
    litres: float | None = None
    weight_kg: float | None = None
    cod_twd: float | None = None
    extension_days: int | None = None
    corrects: str | None = None
    reason: str | None = None

    @property
    def key(self) -> Key:
        """The event's place in the fold."""
        return (
            self.event_time_us,
            RANK[self.code],
            self.partner,
            self.source_event_id,
        )


@dataclass(slots=True)
class Standing:
    """
    What the events of one parcel add up to, in the columns of ``parcel_state``.

    Instants are microseconds since 1970, UTC. ``scanned`` is the state by scans alone,
    with its shelf and hold. ``shelf_store`` is the store whose shelf holds the goods,
    ``ready_at_us`` when the hold there began, ``resumed_us`` when it went on
    after a mistaken end. ``extended_before`` are the days of extension before the last
    one was asked for. ``state_partner`` and ``state_event_id``
    name the event that brought the state, ``last_*`` the last event folded.
    """

    parcel_id: str
    state: str | None = None
    since_us: int | None = None
    state_partner: str | None = None
    state_event_id: str | None = None
    scanned: str | None = None
    scanned_store: str | None = None
    scanned_ready_us: int | None = None
    location_id: str | None = None
    shelf_store: str | None = None
    ready_at_us: int | None = None
    resumed_us: int | None = None
    extension_days: int = 0
    extended_at_us: int | None = None
    extended_before: int = 0
    at_dc_us: int | None = None
    planned_run: str | None = None
    planned_store: str | None = None
    platform: str | None = None
    channel: str | None = None
    goods_class: str | None = None
    litres: float | None = None
    weight_kg: float | None = None
    cod_twd: float | None = None
    events: int = 0
    contradictions: int = 0
    withdrawals: int = 0
    last_us: int = -(2**62)
    last_rank: int = -1
    last_partner: str = ""
    last_event_id: str = ""

    @property
    def last_key(self) -> Key:
        """Where the last event folded stands in the order."""
        return (self.last_us, self.last_rank, self.last_partner, self.last_event_id)


STANDING_COLUMNS = tuple(field.name for field in fields(Standing))
_FACT_NAMES = ("platform", "channel", "goods_class", "litres", "weight_kg", "cod_twd")
_NO_FACTS = (None,) * len(_FACT_NAMES)
_facts_of = attrgetter(*_FACT_NAMES)


def fold(parcel_id: str, events: Iterable[Event]) -> Standing:
    """The standing that all events of a parcel add up to, in whatever order given."""
    known = list(events)
    gone = {
        (event.partner, event.corrects) for event in known if event.code == "withdrawn"
    }
    standing = Standing(parcel_id)
    for event in sorted(known, key=lambda event: event.key):
        if gone and (event.partner, event.source_event_id) in gone:
            standing.events += 1
        else:
            step(standing, event)
    return standing


def follows(standing: Standing, events: Sequence[Event]) -> bool:
    """
    Whether `step` by `step` from ``standing`` gives what `fold` would.

    So when all ``events``, in order, come after the last one folded and no withdrawal
    is about.
    """
    if standing.withdrawals or any(event.code == "withdrawn" for event in events):
        return False
    return not events or events[0].key > standing.last_key


def step(standing: Standing, event: Event) -> None:
    """Take one more event, later than all before, into the standing."""
    standing.events += 1
    standing.last_us, standing.last_rank = event.event_time_us, RANK[event.code]
    standing.last_partner, standing.last_event_id = event.partner, event.source_event_id
    if event.code in ACT_MEANINGS:
        _act(standing, event)
    elif event.evidence == "scan":
        _scan(standing, event)
    else:
        _infer(standing, event)
    # Most events say nothing of the goods; asking once is quicker than six times.
    facts = _facts_of(event)
    if facts != _NO_FACTS and event.code != "withdrawn":
        for fact, value in zip(_FACT_NAMES, facts, strict=True):
            if value is not None:
                setattr(standing, fact, value)


def _scan(standing: Standing, event: Event) -> None:
    before, after = cast("State | None", standing.scanned), cast("State", event.code)
    if before == after:
        place = standing.scanned_store
        moved = place is not None and event.location_id not in (None, place)
        if not (moved and after in ON_SHELF):
            _still_there(standing, event)
            return
    elif not allowed(before, after):
        standing.contradictions += 1
        return
    if after in UNPLANS or (after == "at_dc" and before in OUT):
        # It came back, or goes elsewhere: what was planned for it did not happen.
        standing.planned_run = standing.planned_store = None
    _enter(standing, event)
    standing.scanned = after
    standing.scanned_store = standing.shelf_store
    standing.scanned_ready_us = standing.ready_at_us


def _still_there(standing: Standing, event: Event) -> None:
    """Undo an inference that the parcel had gone from where it is seen again."""
    if standing.scanned_store is None and event.code in ON_SHELF:
        standing.scanned_store = standing.shelf_store = event.location_id
    if standing.state == standing.scanned or standing.state in STAYS_ON_SHELF:
        return
    standing.state, standing.since_us = event.code, event.event_time_us
    standing.state_partner = event.partner
    standing.state_event_id = event.source_event_id
    standing.shelf_store = standing.scanned_store
    standing.ready_at_us = standing.scanned_ready_us
    standing.resumed_us = event.event_time_us


def _infer(standing: Standing, event: Event) -> None:
    before, after = cast("State | None", standing.state), cast("State", event.code)
    if before == after:
        return
    if event.partner == OURS and after in ENDS_HOLD:
        ends = before == ENDS_HOLD[after] and standing.ready_at_us is not None
    else:
        ends = allowed(before, after)
    if not ends:
        standing.contradictions += 1
        return
    _enter(standing, event)


def _enter(standing: Standing, event: Event) -> None:
    """Take the event's state."""
    standing.state, standing.since_us = event.code, event.event_time_us
    standing.state_partner = event.partner
    standing.state_event_id = event.source_event_id
    if event.location_id is not None:
        standing.location_id = event.location_id
    if event.code in ON_SHELF:
        standing.shelf_store = standing.location_id
        begins = event.code != "at_store"
        standing.ready_at_us = event.event_time_us if begins else None
        standing.resumed_us = None
        # An extension belongs to one hold.
        standing.extension_days = event.extension_days or 0
        standing.extended_at_us, standing.extended_before = None, 0
    elif event.code not in STAYS_ON_SHELF:
        standing.shelf_store = standing.ready_at_us = None
        standing.extension_days, standing.extended_before = 0, 0
        standing.extended_at_us = None
    if event.code == "at_dc":
        standing.at_dc_us = event.event_time_us


def _act(standing: Standing, event: Event) -> None:
    match event.code:
        case "planned":
            standing.planned_run = event.run_id
            standing.planned_store = event.location_id
        case "unplanned":
            standing.planned_run = standing.planned_store = None
        case "extended":
            if standing.ready_at_us is None or not event.extension_days:
                standing.contradictions += 1
            else:
                standing.extended_before = standing.extension_days
                standing.extension_days += event.extension_days
                standing.extended_at_us = event.event_time_us
        case "withdrawn":
            standing.withdrawals += 1
        case _:  # reminded
            pass


def standing_of(row: Sequence[Any]) -> Standing:
    """The standing kept in a row of ``parcel_state``, in `STANDING_COLUMNS`."""
    return Standing(*row)
