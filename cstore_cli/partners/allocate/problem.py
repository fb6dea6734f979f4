"""
A split of volumes among partners as numbers: who may carry what, on which terms.

A *class* is parcels alike in month, zone, service, weight and size; a *pair* a class
and a partner who may carry it; a *contract* one version of an agreement. Classes,
pairs, contracts, partners and months are indices; money is decimal.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True)
class Block:
    """
    Pairs of one month whose parcels cost the same.

    At step s of its tier a parcel costs ``prices[s]`` after promotions and
    ``extras[s]`` in surcharges.
    """

    month: int
    pairs: tuple[int, ...]
    prices: tuple[Decimal, ...]
    extras: tuple[Decimal, ...]


@dataclass(frozen=True)
class Tier:
    """
    A rate in a period: parcels counted together, and the steps of their price.

    ``firsts[s]`` is the first parcel of step s, the first being 1; ``blocks`` stand in
    the order in which their parcels come.
    """

    contract: int
    incremental: bool
    firsts: tuple[int, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Contract:
    """
    What a partner and we owe each other; an offer (not ``signed``) only once used.

    ``early`` is the share taken off what it charges, because we pay soon.
    """

    partner: int
    signed: bool
    early: Decimal
    pairs: tuple[int, ...]


@dataclass(frozen=True)
class Floor:
    """A month's prices and surcharges come to at least ``amount``."""

    contract: int
    month: int
    amount: Decimal


@dataclass(frozen=True)
class Promise:
    """``parcels`` are promised among ``pairs``; each missing costs ``fee``."""

    contract: int
    month: int
    """The month it is charged in: the period's last."""
    pairs: tuple[int, ...]
    parcels: int
    fee: Decimal


@dataclass(frozen=True)
class Order:
    """If any of ``pairs`` is carried, then ``least`` parcels at least."""

    pairs: tuple[int, ...]
    least: int


@dataclass(frozen=True)
class Rebate:
    """From ``parcels`` in these months on, ``share`` of their prices is paid back."""

    contract: int
    months: tuple[int, ...]
    parcels: int
    share: Decimal


@dataclass(frozen=True)
class Limit:
    """Parcels of ``pairs`` at least and at most; ``most`` None: any number."""

    kind: Literal["capacity", "share", "notice", "asked"]
    name: str
    pairs: tuple[int, ...]
    least: int
    most: int | None


@dataclass(frozen=True)
class Spread:
    """At least ``number`` of the groups of pairs carry ``least`` parcels each."""

    name: str
    groups: tuple[tuple[int, ...], ...]
    number: int
    least: int


@dataclass(frozen=True)
class Switch:
    """Taking away all of ``today`` parcels from ``pairs`` costs ``cost``."""

    partner: int
    pairs: tuple[int, ...]
    today: int
    cost: Decimal


@dataclass(frozen=True)
class Problem:
    """
    What is to be carried, by whom it may be, and what that costs.

    ``volumes[i]`` are the parcels of class i, ``months[i]`` its month, ``pairs[k]`` a
    class and a partner; each pair is in one block.
    """

    volumes: tuple[int, ...]
    months: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]
    contracts: tuple[Contract, ...]
    tiers: tuple[Tier, ...]
    floors: tuple[Floor, ...] = ()
    promises: tuple[Promise, ...] = ()
    orders: tuple[Order, ...] = ()
    rebates: tuple[Rebate, ...] = ()
    limits: tuple[Limit, ...] = ()
    spreads: tuple[Spread, ...] = ()
    switches: tuple[Switch, ...] = ()

    def pairs_of(self, rebate: Rebate) -> list[int]:
        """Return the pairs whose parcels and prices a rebate is about."""
        return [
            k
            for k in self.contracts[rebate.contract].pairs
            if self.months[self.pairs[k][0]] in rebate.months
        ]
