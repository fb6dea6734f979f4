"""Words of GS1's Core Business Vocabulary 2.0 that EPCIS events are told in."""

import re

_BIZ_STEPS = (
    "accepting arriving assembling collecting commissioning consigning "
    "creating_class_instance cycle_counting decommissioning departing destroying "
    "disassembling dispensing encoding entering_exiting holding inspecting installing "
    "killing loading other packing picking receiving removing repackaging repairing "
    "replacing reserving retail_selling sampling sensor_reporting shipping "
    "staging_outbound stock_taking stocking storing transporting unloading unpacking "
    "void_shipping"
)
_DISPOSITIONS = (
    "active available completeness_inferred completeness_verified conformant "
    "container_closed container_open damaged destroyed dispensed disposed encoded "
    "expired in_progress in_transit inactive mismatch_class mismatch_instance "
    "mismatch_quantity needs_replacement no_pedigree_match non_conformant "
    "non_sellable_other partially_dispensed recalled reserved retail_sold returned "
    "sellable_accessible sellable_not_accessible stolen unavailable unknown"
)

BIZ_STEPS = frozenset(_BIZ_STEPS.split())
DISPOSITIONS = frozenset(_DISPOSITIONS.split())

_LONG_FORMS = re.compile(
    r"(?:urn:epcglobal:cbv:(?:bizstep|disp|er):"
    r"|(?:https?://(?:ref|ns)\.gs1\.org/cbv/|cbv:)(?:BizStep|Disp|ER)-)([a-z_]+)"
)


def bare_word(word: str) -> str:
    """
    ``receiving`` of any form a CBV word is written in; other words as they stand.

    The forms are the bare word, `urn:epcglobal:cbv:bizstep:receiving`,
    `https://ref.gs1.org/cbv/BizStep-receiving` and `cbv:BizStep-receiving`.
    """
    match = _LONG_FORMS.fullmatch(word.strip())
    return match[1] if match else word.strip()
