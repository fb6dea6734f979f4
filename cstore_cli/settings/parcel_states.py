"""The states of a parcel and the acts that are no states, by name."""

from typing import Literal, get_args

State = Literal[
    "created",
    "at_dc",
    "out_to_store",
    "at_store",
    "ready",
    "collected",
    "out_to_door",
    "delivered",
    "attempt_failed",
    "store_blocked",
    "redirected",
    "hold_expired",
    "return_in_transit",
    "return_at_dc",
    "return_ready",
    "returned",
    "unclaimed",
    "disposed",
    "refused",
    "lost",
    "damaged",
    "cancelled",
]
Act = Literal["planned", "unplanned", "extended", "reminded", "withdrawn"]
"""What is said of a parcel without moving it; `withdrawn` takes an event back."""
Evidence = Literal["scan", "inference"]
"""Somebody had the parcel in hand (or decided), or a program concluded it."""

STATES: tuple[State, ...] = get_args(State)
ACTS: tuple[Act, ...] = get_args(Act)
EVIDENCE: tuple[Evidence, ...] = get_args(Evidence)

OURS = "cstore"
"""The partner under whose name our own conclusions are recorded."""

INFERRED: tuple[State, ...] = ("hold_expired", "unclaimed")
"""States that a program concludes from the clock; nobody scans them."""
