"""Our states and acts in EPCIS words, and EPCIS words as our states."""

from collections.abc import Sequence
from typing import Any

from cstore_cli.settings.cbv import bare_word
from cstore_cli.settings.parcel_states import ACTS, STATES
from cstore_cli.settings.track import Step

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
NAMESPACE = "https://ns.example.com/cstore/"
PREFIX = "cstore"
STATE = f"{PREFIX}:state"
"""Our own word for what happened, beside the standard's; it wins when read."""
REASON = f"{PREFIX}:reason"
HOLD_UNTIL = f"{PREFIX}:holdUntil"
CURSOR = f"{PREFIX}:cursor"
EVENT_ID = f"{PREFIX}:eventID"
"""Inside an error declaration: the id of the declaration itself."""

_DISPOSITIONS = {
    **dict.fromkeys(("out_to_door", "attempt_failed", "redirected"), "in_transit"),
    **dict.fromkeys(("returned", "unclaimed", "refused"), "returned"),
    "lost": "unknown",
    "cancelled": "inactive",
}
"""Dispositions of the standard that fit states for which it has no business step."""


def words_of(code: str, steps: Sequence[Step]) -> tuple[str, str | None]:
    """
    The business step and disposition that say ``code``.

    They are those of the first step that means it, else our own word, since the
    standard has none that says so much.
    """
    step = next((step for step in steps if step.state == code), None)
    if step is not None:
        return step.biz_step, step.disposition
    return f"{PREFIX}:{code}", _DISPOSITIONS.get(code)


def step_of(event: dict[str, Any], steps: Sequence[Step]) -> Step | None:
    """The step that ``event`` is; one that names the disposition goes first."""
    biz_step, disposition = word(event, "bizStep"), word(event, "disposition")
    alike = [step for step in steps if step.biz_step == biz_step]
    for named in (disposition, None):
        for step in alike:
            if step.disposition == named:
                return step
    return None


def own_code(event: dict[str, Any]) -> str | None:
    """The state or act that another cstore wrote into ``event``."""
    code = event.get(STATE)
    return code if code in (*STATES, *ACTS) else None


def word(event: dict[str, Any], field: str) -> str | None:
    """A vocabulary word in its short form; None where there is none."""
    value = event.get(field)
    return bare_word(value) if isinstance(value, str) else None
