"""
What a parcel may become: the table that the ledger folds by and the README shows.

Scans get lost on the way, so a state may be followed by any later one of its way; it is
never followed by one that would need the parcel to have been in two places.
"""

from dataclasses import dataclass

from cstore_cli.settings.parcel_states import Act, State


@dataclass(frozen=True)
class StateRule:
    """One row of the table; ``then`` are the states a physical scan may bring next."""

    meaning: str
    then: tuple[State, ...]


_ON_THE_WAY: tuple[State, ...] = ("out_to_store", "at_store", "ready", "out_to_door")
_ENDS: tuple[State, ...] = ("collected", "delivered")
_TROUBLE: tuple[State, ...] = ("refused", "lost", "damaged", "cancelled")
_MOVED: tuple[State, ...] = ("store_blocked", "redirected")
_BACK: tuple[State, ...] = (
    "return_in_transit",
    "return_at_dc",
    "return_ready",
    "returned",
)
_GONE_BACK: tuple[State, ...] = (*_BACK, "unclaimed", "disposed")

TRANSITIONS: dict[State, StateRule] = {
    "created": StateRule(
        "the platform has sent the order",
        (
            "at_dc",
            *_ON_THE_WAY,
            "attempt_failed",
            *_ENDS,
            *_MOVED,
            *_TROUBLE,
            "hold_expired",
            *_BACK,
        ),
    ),
    "at_dc": StateRule(
        "at the distribution centre",
        (
            *_ON_THE_WAY,
            "attempt_failed",
            *_ENDS,
            *_MOVED,
            *_TROUBLE,
            "hold_expired",
            *_GONE_BACK,
        ),
    ),
    "out_to_store": StateRule(
        "loaded, on a van to a store",
        (
            "at_dc",
            "at_store",
            "ready",
            "out_to_door",
            "attempt_failed",
            *_ENDS,
            *_MOVED,
            *_TROUBLE,
            "hold_expired",
            *_BACK,
        ),
    ),
    "at_store": StateRule(
        "handed over at a store, not on the shelf yet",
        (
            "ready",
            "out_to_door",
            "attempt_failed",
            *_ENDS,
            *_MOVED,
            *_TROUBLE,
            "hold_expired",
            *_BACK,
        ),
    ),
    "ready": StateRule(
        "on a store's shelf for the customer; the hold begins",
        (
            "out_to_door",
            "attempt_failed",
            *_ENDS,
            *_MOVED,
            *_TROUBLE,
            "hold_expired",
            *_BACK,
        ),
    ),
    "out_to_door": StateRule(
        "with a courier on the way to the door",
        (
            "at_dc",
            "at_store",
            "ready",
            "attempt_failed",
            *_ENDS,
            *_MOVED,
            *_TROUBLE,
            *_BACK,
        ),
    ),
    "attempt_failed": StateRule(
        "nobody took it at the door",
        ("at_dc", *_ON_THE_WAY, *_ENDS, *_MOVED, *_TROUBLE, "hold_expired", *_BACK),
    ),
    "store_blocked": StateRule(
        "the store chosen is closed or full",
        (
            "at_dc",
            *_ON_THE_WAY,
            *_ENDS,
            "redirected",
            *_TROUBLE,
            "hold_expired",
            *_BACK,
        ),
    ),
    "redirected": StateRule(
        "another store or the door was chosen",
        (
            "at_dc",
            *_ON_THE_WAY,
            "attempt_failed",
            *_ENDS,
            "store_blocked",
            *_TROUBLE,
            "hold_expired",
            *_BACK,
        ),
    ),
    "collected": StateRule("fetched by the customer at a store", ()),
    "delivered": StateRule("handed over at the door", ()),
    "refused": StateRule("the customer did not want it", (*_GONE_BACK, "lost")),
    "cancelled": StateRule(
        "the order was called off", (*_GONE_BACK, *_ENDS, "lost", "damaged")
    ),
    "hold_expired": StateRule(
        "waited too long at a store; to be sent back",
        (*_ENDS, *_GONE_BACK, "lost", "damaged", "refused", "cancelled"),
    ),
    "return_in_transit": StateRule(
        "left the store, on its way back",
        (
            "return_at_dc",
            "return_ready",
            "returned",
            "unclaimed",
            "disposed",
            "lost",
            "damaged",
        ),
    ),
    "return_at_dc": StateRule(
        "back at the distribution centre",
        (
            "return_in_transit",
            "return_ready",
            "returned",
            "unclaimed",
            "disposed",
            "lost",
            "damaged",
        ),
    ),
    "return_ready": StateRule(
        "waits for the sender at the sender's store",
        ("return_at_dc", "returned", "unclaimed", "disposed", "lost", "damaged"),
    ),
    "returned": StateRule("back with the sender", ()),
    "unclaimed": StateRule(
        "the sender did not fetch it either",
        ("return_in_transit", "return_at_dc", "returned", "disposed", "lost"),
    ),
    "lost": StateRule(
        "nobody knows where it is",
        ("at_dc", *_ON_THE_WAY, *_ENDS, *_GONE_BACK, "damaged"),
    ),
    "damaged": StateRule("broken", ("at_dc", *_GONE_BACK, "lost")),
    "disposed": StateRule("destroyed or given away", ()),
}
"""In the order in which events of one instant are told apart: later rows come later."""

ACT_MEANINGS: dict[Act, str] = {
    "planned": "plan-day gave it a store and a van",
    "unplanned": "plan-day left it for another day, with the reason",
    "extended": "its hold lasts some days longer",
    "reminded": "the customer is to be told that the hold ends soon",
    "withdrawn": "an earlier event was wrong and no longer counts",
}

RANK: dict[str, int] = {
    code: rank for rank, code in enumerate((*TRANSITIONS, *ACT_MEANINGS))
}
"""Place among events of the same instant."""

FINAL: tuple[State, ...] = tuple(
    state for state, rule in TRANSITIONS.items() if not rule.then
)
"""States that nothing follows."""

OVER: tuple[State, ...] = (
    *FINAL,
    *("refused", "cancelled", "lost", "damaged", "unclaimed"),
    *("return_in_transit", "return_at_dc", "return_ready"),
)
"""States in which the customer is not waiting any more."""

ON_SHELF: tuple[State, ...] = ("at_store", "ready", "return_ready")
"""States that put a parcel on a store's shelf."""

STAYS_ON_SHELF: tuple[State, ...] = (
    "hold_expired",
    "unclaimed",
    "refused",
    "cancelled",
    "damaged",
    "store_blocked",
    "redirected",
)
"""States that do not move the goods: on a shelf before, on it still."""

TO_FETCH = STAYS_ON_SHELF
"""Goods on a shelf in one of these go with the next van."""

UNPLANS: tuple[State, ...] = ("store_blocked", "redirected", "lost", "damaged")
"""What was planned for a parcel before one of these does not happen."""

ENDS_HOLD: dict[State, State] = {"hold_expired": "ready", "unclaimed": "return_ready"}
"""The state that a hold ends in when it has lapsed: the state it ran in."""

ENDED_HOLD: tuple[State, ...] = tuple(ENDS_HOLD)
"""States that a hold ends in when it has lapsed."""

OUT: tuple[State, ...] = ("out_to_store", "out_to_door", "attempt_failed")
"""Outside the distribution centre: at_dc after one of these means it came back."""


def allowed(before: State | None, after: State) -> bool:
    """Whether ``after`` may follow ``before``; anything may come first."""
    return before is None or after in TRANSITIONS[before].then
