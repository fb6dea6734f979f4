"""Settings of `cstore track`."""

from collections.abc import Collection
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from cstore_cli.settings.base import Settings, fault_at
from cstore_cli.settings.cbv import BIZ_STEPS, DISPOSITIONS, bare_word
from cstore_cli.settings.network import NetworkSettings, Tables, TimeZone
from cstore_cli.settings.parcel_states import OURS, STATES, Act, State
from cstore_cli.settings.values import BesideYaml, TableDialect
from cstore_cli.settings.yaml_file import did_you_mean

TOLD_ACTS: tuple[Act, ...] = ("extended", "reminded", "withdrawn")
"""Acts a partner may tell by their own name; plans are made here, not told."""


def _is_state(value: Any) -> Any:
    if value not in STATES:
        known = f"known: {', '.join(STATES)}"
        mend = did_you_mean(str(value), STATES) or known
        raise ValueError(f"{value!r} is no state of a parcel ({mend})")
    return value


StateName = Annotated[State, BeforeValidator(_is_state)]
"""A state of a parcel."""


def _word(value: str, known: Collection[str], kind: str) -> str:
    word = bare_word(value)
    if word not in known and ":" not in word:
        mend = did_you_mean(word, sorted(known)) or "write one of CBV 2.0, or a URI"
        raise ValueError(f"{value!r} is no {kind} ({mend})")
    return word


def _is_biz_step(value: str) -> str:
    return _word(value, BIZ_STEPS, "business step")


def _is_disposition(value: str) -> str:
    return _word(value, DISPOSITIONS, "disposition")


BizStep = Annotated[str, AfterValidator(_is_biz_step)]
Disposition = Annotated[str, AfterValidator(_is_disposition)]


class Step(Settings):
    """What an EPCIS event of a business step and disposition says of its parcels."""

    biz_step: BizStep
    """Business step: a word of the standard's vocabulary (CBV), or a URI."""
    disposition: Disposition | None = None
    """Disposition, a word or a URI; null: any that no other entry names."""
    state: StateName
    """State the parcels are then in."""
    inferred: bool = False
    """Whether it is a program's conclusion and no scan."""


def _step(
    state: State, biz_step: str, disposition: str | None, *, inferred: bool = False
) -> Step:
    return Step(
        biz_step=biz_step, disposition=disposition, state=state, inferred=inferred
    )


STEPS: tuple[Step, ...] = (
    _step("created", "commissioning", "active"),
    _step("at_dc", "receiving", "in_progress"),
    _step("out_to_store", "departing", "in_transit"),
    _step("out_to_store", "shipping", "in_transit"),
    _step("at_store", "accepting", "in_progress"),
    _step("at_store", "accepting", None),
    _step("ready", "stocking", "in_progress"),
    _step("collected", "retail_selling", "retail_sold"),
    _step("collected", "retail_selling", None),
    _step("hold_expired", "staging_outbound", "returned", inferred=True),
    _step("return_in_transit", "departing", "returned"),
    _step("return_in_transit", "shipping", "returned"),
    _step("return_at_dc", "receiving", "returned"),
    _step("return_ready", "accepting", "returned"),
    _step("damaged", "inspecting", "damaged"),
    _step("disposed", "destroying", "destroyed"),
    _step("disposed", "destroying", None),
)
"""
Steps of a partner that names none; the first of a state is the one written.

Business step `holding` (set apart for review) and disposition `expired` (the goods'
own date) are no expired hold, and `collecting` (for disposal) is no customer: none of
them is here.
"""


class Partner(Settings):
    """A platform, carrier, store chain or reader, and the way it tells events."""

    format: Literal["csv", "epcis"]
    """How its files and its feed are written: CSV or EPCIS 2.0 (JSON)."""
    dialect: TableDialect = TableDialect()
    """How its CSV differs from the standard shape."""
    time_zone: TimeZone | None = None
    """Zone of its times without offset; null: the network's, but UTC in a feed."""
    codes: dict[str, StateName] = {}
    """Its code: our state. Our own words need no entry."""
    inferred: list[str] = []
    """Its codes (or our words) that a program concludes and nobody scans."""
    steps: Annotated[list[Step], Field(min_length=1)] = list(STEPS)
    """What its EPCIS events mean."""
    parcel_prefix: str = "urn:x-cstore:parcel:"
    """Start of its parcels' URIs, taken off to get our id, put on in its feed."""
    location_prefix: str = "urn:x-cstore:location:"
    """Start of its locations' URIs, taken off and put on likewise."""
    platform: list[str] = []
    """Its feed shows parcels of these platforms only; none named: of all."""
    chain: list[str] = []
    """Its feed shows parcels bound to stores of these chains only; none named: all."""

    @model_validator(mode="after")
    def _is_of_its_format(self) -> Self:
        strange = {
            "csv": ("steps", "parcel_prefix", "location_prefix"),
            "epcis": ("dialect", "codes", "inferred"),
        }
        for name in strange[self.format]:
            if name in self.model_fields_set:
                said = f"{name!r} says nothing to a partner of format {self.format}"
                raise fault_at(said, name)
        return self

    @model_validator(mode="after")
    def _knows_what_is_inferred(self) -> Self:
        known = [*self.codes, *STATES]
        for k, code in enumerate(self.inferred):
            if code not in known:
                mend = did_you_mean(code, known) or "add it to `codes`"
                said = f"{code!r} is neither in `codes` nor a state ({mend})"
                raise fault_at(said, "inferred", k)
        return self

    @model_validator(mode="after")
    def _prefixes_begin_uris(self) -> Self:
        for name in ("parcel_prefix", "location_prefix"):
            if ":" not in getattr(self, name):
                said = f"{getattr(self, name)!r} begins no URI"
                raise fault_at(f"{said}; write one such as urn:epc:id:sscc:", name)
        return self


class TrackSettings(Settings):
    """What partners tell of parcels, and what is told them."""

    network: NetworkSettings
    """What all commands share; in the YAML the path of network.yaml."""
    tables: Tables = {}
    """Tables that win over the network's: stores says whose chain a store is."""
    hold_policy: BesideYaml = None
    """The expire_holds.yaml whose policy explains deadlines in `track show`."""
    epcis_schema: BesideYaml = None
    """GS1's JSON schema of EPCIS 2.0; null: EPCIS files are refused."""
    retention_days: int = Field(default=90, ge=0)
    """Days from a finished parcel's last event until names and phones are deleted."""
    partners: dict[str, Partner] = {}
    """Partner's name: how it talks to us."""

    @model_validator(mode="after")
    def _chains_are_ours(self) -> Self:
        ours = self.network.own_chains
        for name, partner in self.partners.items():
            for k, chain in enumerate(partner.chain):
                if ours and chain not in ours:
                    mend = did_you_mean(chain, ours) or f"known: {', '.join(ours)}"
                    said = f"{chain!r} is not one of the network's own_chains ({mend})"
                    raise fault_at(said, "partners", name, "chain", k)
        return self

    @model_validator(mode="after")
    def _nobody_speaks_for_us(self) -> Self:
        if OURS in self.partners:
            said = f"{OURS!r} is our own name in the ledger; choose another"
            raise fault_at(said, "partners", OURS)
        return self
