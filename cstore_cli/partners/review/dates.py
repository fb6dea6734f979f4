"""Days on which agreements want to be thought of: notice and revision."""

import datetime as dt
from collections.abc import Iterator, Sequence

from cstore_cli.partners.review.result import Due
from cstore_cli.settings.agreement import AgreementVersion
from cstore_cli.settings.agreement_folder import Agreements


def due_days(
    agreements: Agreements, day: dt.date, warn_days: Sequence[int]
) -> list[Due]:
    """
    Return the notice and revision days of signed agreements, the soonest first.

    Notice must be given ``notice_days`` before the last day; what is revised earlier is
    so on ``revise_on``. A version whose follower is signed has neither any more.
    """
    found = [
        due
        for version in agreements.versions
        if _runs_out(version, agreements, day)
        for due in _of(version, day, warn_days)
    ]
    return sorted(found, key=lambda due: (due.on, due.partner, due.what))


def _runs_out(version: AgreementVersion, agreements: Agreements, day: dt.date) -> bool:
    """Whether nothing is signed for the time after a version."""
    if version.signed is None or version.valid_to < day:
        return False
    return not any(
        other.agreement == version.agreement
        and other.signed is not None
        and other.valid_from > version.valid_to
        for other in agreements.versions
    )


def _of(
    version: AgreementVersion, day: dt.date, warn_days: Sequence[int]
) -> Iterator[Due]:
    notice = version.valid_to - dt.timedelta(days=version.notice_days)
    told = (
        f"ends on {version.valid_to}; notice is {version.notice_days} days before, on "
        f"{notice}"
    )
    days = [("notice", notice, told)]
    if version.revise_on is not None:
        days.append(("revision", version.revise_on, "terms are talked about anew"))
    for what, on, why in days:
        left = (on - day).days
        come = [days for days in warn_days if 0 <= left <= days]
        passed = f"; that day has passed, {-left} days ago" if left < 0 else ""
        yield Due(
            version.partner,
            version.agreement,
            version.version,
            "notice" if what == "notice" else "revision",
            on,
            left,
            min(come, default=None),
            why + passed,
        )
