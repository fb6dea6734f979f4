"""Ids as URIs and back: EPCIS knows things by URI, our tables by the partner's id."""

import re
from urllib.parse import quote, unquote

EVENT_PREFIX = "urn:x-cstore:event:"
"""Start of the URIs of events told under an id that is no URI."""

# Narrower than RFC 3986: what fits is a URI to every validator.
_URI = re.compile(
    r"(?:urn:[a-z0-9][a-z0-9-]{0,31}:|https?://[a-z0-9][a-z0-9.-]*/|ni:///)"
    r"(?:[\w.~!$&'()*+,;=:@/-]|%[0-9a-f]{2})+(?:\?[\w.=&-]*)?",
    re.ASCII | re.IGNORECASE,
)


def uri_of(own_id: str, prefix: str) -> str:
    """The id behind the prefix, its odd characters escaped; a foreign URI as it is."""
    if not own_id.startswith(prefix) and _URI.fullmatch(own_id):
        return own_id
    return prefix + quote(own_id, safe="")


def id_of(uri: str, prefix: str) -> str:
    """The id behind the prefix; a URI without the prefix is the id, all of it."""
    if not uri.startswith(prefix):
        return uri
    try:
        own_id = unquote(uri.removeprefix(prefix), errors="strict")
    except UnicodeDecodeError:
        return uri
    # No table of ours can hold a NUL: its escape stays one.
    return uri if not own_id or "\0" in own_id else own_id
