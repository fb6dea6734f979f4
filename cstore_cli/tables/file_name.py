"""Names of files after ids, such as every disk takes."""

import hashlib
import re
from collections.abc import Iterable

_LONGEST_NAME = 120
# What no file name holds, begins or ends with, and what Windows keeps for devices.
_UNFIT = re.compile(
    r"[^\w\-. ]|^[. ]|[. ]$|^(?=(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)).",
    re.IGNORECASE,
)


def file_names(ids: Iterable[str]) -> dict[str, str]:
    """
    Id: the name, without ending, of the file that is its own.

    Whatever a file name cannot hold stands there as %XX; long ones are cut. Ids that
    only differ in case get different names, for many disks take A and a for the same.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for text in ids:
        if text in names:
            continue
        name = _file_name(text)
        names[text] = _told_apart(name, text) if name.casefold() in taken else name
        taken.add(names[text].casefold())
    return names


def _file_name(text: str) -> str:
    name = _UNFIT.sub(
        lambda match: "".join(f"%{b:02X}" for b in match[0].encode()), text
    )
    if len(name.encode()) > _LONGEST_NAME:
        return _told_apart(name, text)
    return name or "%"


def _told_apart(name: str, text: str) -> str:
    """The name, cut to what every disk takes, with a fingerprint of the id."""
    cut = name.encode()[: _LONGEST_NAME - 20].decode(errors="ignore")
    return f"{cut}~{hashlib.sha256(text.encode()).hexdigest()[:16]}"
