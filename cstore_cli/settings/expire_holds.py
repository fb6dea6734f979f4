"""Settings of `cstore expire-holds`."""

from collections.abc import Iterator
from typing import Self

from pydantic import Field, model_validator

from cstore_cli.settings.base import Settings, fault_at
from cstore_cli.settings.hold_policy import HoldPolicy, HoldTerms, changed
from cstore_cli.settings.network import NetworkSettings, Tables
from cstore_cli.settings.plan_day import Channel
from cstore_cli.settings.values import Instant
from cstore_cli.settings.yaml_file import did_you_mean

DEFAULT = "default"
"""Name of the rule that holds where no override does."""


class HoldOverride(Settings):
    """
    A change of the policy; the first whose conditions all hold decides.

    A condition left out always holds; a list means any of its values.
    """

    name: str = Field(min_length=1)
    """Shown with each decision as rule."""
    chain: list[str] = []
    """Chains of the store that holds the parcel."""
    channel: list[Channel] = []
    """How the parcel reaches its customer."""
    goods_class: list[str] = []
    """Goods classes."""
    policy: HoldPolicy
    """What differs from the default policy; all else stays."""


class GuardSettings(Settings):
    """A run that would mark more than both of these is stopped before it writes."""

    share: float = Field(default=0.10, ge=0, le=1)
    """Share of the parcels held."""
    count: int = Field(default=50, ge=0)
    """Number of parcels."""


class StaleSettings(Settings):
    """When the data are too old to act on."""

    max_age_h: float | None = Field(default=48, gt=0)
    """Oldest that the newest event may be, in hours; null: any age will do."""
    as_of: Instant | None = None
    """When the data were taken, where that is known; it wins over the newest event."""


class ExpireHoldsSettings(Settings):
    """Settings of `cstore expire-holds`; the network's own stand in its own file."""

    network: NetworkSettings
    """The YAML that all commands share, relative to this one."""
    tables: Tables = {}
    """Tables of the day; they win over the network's."""
    policy: HoldPolicy = HoldPolicy()
    """How long parcels wait where no override says otherwise."""
    overrides: list[HoldOverride] = []
    """First match wins."""
    guard: GuardSettings = GuardSettings()
    """What stops a mass expiry."""
    stale: StaleSettings = StaleSettings()
    """What stops a run on old data."""

    @model_validator(mode="after")
    def _names_are_told_apart(self) -> Self:
        names = [DEFAULT, *(override.name for override in self.overrides)]
        for k, name in enumerate(names[1:]):
            if name in names[: k + 1]:
                taken = "is the rule without an override" if name == DEFAULT else ""
                said = f"override {name!r} {taken or 'is named twice'}"
                raise fault_at(said, "overrides", k, "name")
        return self

    @model_validator(mode="after")
    def _chains_are_ours(self) -> Self:
        ours = self.network.own_chains
        for k, override in enumerate(self.overrides):
            for j, chain in enumerate(override.chain):
                if ours and chain not in ours:
                    mend = did_you_mean(chain, ours) or f"known: {', '.join(ours)}"
                    said = f"{chain!r} is not one of the network's own_chains ({mend})"
                    raise fault_at(said, "overrides", k, "chain", j)
        return self

    @model_validator(mode="after")
    def _every_key_says_something(self) -> Self:
        for place, given, terms in self._given_terms():
            key = given.unused_key(terms.unit)
            if key:
                said = f"{key} says nothing where unit is hours; take it out"
                raise fault_at(said, *place, key)
        return self

    def policies(self) -> dict[str, HoldPolicy]:
        """Each rule's whole policy, in the order they are tried; the default last."""
        rules = {o.name: changed(self.policy, o.policy) for o in self.overrides}
        return {**rules, DEFAULT: self.policy}

    def _given_terms(
        self,
    ) -> Iterator[tuple[tuple[str | int, ...], HoldTerms, HoldTerms]]:
        """Each mapping of terms: its place, what it gives, what then holds."""
        places: list[tuple[tuple[str | int, ...], HoldPolicy]] = [
            (("overrides", k, "policy"), override.policy)
            for k, override in enumerate(self.overrides)
        ]
        places.append((("policy",), self.policy))
        for (place, given), whole in zip(places, self.policies().values(), strict=True):
            yield place, given, whole
            of_return = whole.of_return()
            if given.return_hold is not None and of_return is not None:
                yield (*place, "return_hold"), given.return_hold, of_return
