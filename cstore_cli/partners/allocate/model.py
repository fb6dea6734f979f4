"""The cheapest split of volumes among partners: a mixed-integer program."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pulp

from cstore_cli.errors import InfeasibleError, NoPlanError
from cstore_cli.milp import Answer, Limits, solve
from cstore_cli.partners.allocate.cost import charges_of
from cstore_cli.partners.allocate.problem import Problem, Tier

_PARTS_SHARE = 0.6
"""Share of the time that parts of parcels may take."""
_ARITHMETIC = 1e-7


@dataclass(frozen=True)
class Split:
    """
    ``parcels[k]`` of each pair, what they cost exactly, and what no split costs less.

    ``values`` are those of the model's variables, which a similar one may start from.
    """

    parcels: tuple[int, ...]
    cost: Decimal
    bound: float
    proven: bool
    values: Mapping[str, float]

    @property
    def gap(self) -> float:
        """What the bound misses, as a share of the cost."""
        cost = float(self.cost)
        return (cost - self.bound) / abs(cost) if cost else 0.0

    def cost_is_within(self, gap: float) -> bool:
        """Whether the gap is no more than this, but for the solver's arithmetic."""
        return self.gap <= gap + _ARITHMETIC


def cheapest_split(
    problem: Problem, limits: Limits, start: Mapping[str, float] | None = None
) -> Split:
    """
    Give each class's parcels to partners, at the least cost.

        min   sum_c (1 - e_c) [ sum_bs (p_bs + q_bs) z_bs + sum_m t_cm
                  + sum_f fee_f n_f - sum_r r_r ] + sum_w (k_w / T_w) o_w        (1)
        s.t.  sum_p x_ip = V_i                    each class i is carried       (2)
              sum_s z_bs = sum_ip x_ip            parcels of block b by step    (3)
        all units, tier g:
              a_s d_gs <= sum_b z_bs              the step that is reached      (4)
              z_bs <= U_bs d_gs                   prices every parcel           (5)
              sum_b z_bs <= (a_s+1 - 1) d_gs                                    (6)
              sum_s d_gs <= 1                                                   (7)
        incremental, Z_bs = z_1s + ... + z_bs, w_s = a_s+1 - a_s:
              w_s f_bs <= Z_bs <= w_s             a step is full                (8)
              Z_b,s+1 <= U f_bs                   before the next begins        (9)
              x_ip <= V_i u_c                     an offer is taken up         (10)
              l m <= sum x_ip <= U m              its smallest order           (11)
              least <= sum x_ip <= most           capacity, shares, notice     (12)
              sum x_ip >= least h_p; sum_p h_p >= number of partners           (13)
              t_cm >= M_cm u_c - sum_bs (p_bs + q_bs) z_bs   minimum charge    (14)
              n_f >= promised_f u_c - sum x_ip    shortfall                    (15)
              r_r <= rho_r (sum_bs p_bs z_bs + sum_m t_cm)   rebate, of prices
              r_r <= rho_r P_r g_r                with their top-up,
              sum x_ip >= from_r g_r              from so many on              (16)
              o_w >= T_w - sum x_ip               taken away of today's        (17)
              x whole; d, f, u, m, h, g in {0, 1}; z, t, n, r, o >= 0

    with c a contract (u_c = 1 where signed, e_c the early payment's share), p_bs price
    and q_bs surcharges of a parcel of block b at step s, a_s the step's first parcel,
    U the parcels there are, P_r what r is of at most, T_w today's parcels and k_w
    what taking them all away costs. (4) to (9) say the step exactly, whether prices
    fall or rise with it; z needs no integrality, for x has it.

    Parameters
    ----------
    problem
        The numbers.
    limits
        When to stop.
    start
        The ``values`` of a split of a like problem, whose binaries may do here too.

    Raises
    ------
    InfeasibleError
        When no split keeps to the terms.
    NoPlanError
        When the search was stopped before the first split.
    """
    model = _Model(problem)
    bound = -math.inf
    with suppress(NoPlanError):
        # Whole numbers are what takes long: without them first, which bounds the cost.
        sooner = replace(
            limits,
            gap=limits.gap / 2,
            deadline=limits.deadline.sooner(_PARTS_SHARE * limits.deadline.left_s()),
        )
        bound = model.solve(sooner, start, whole=False).bound
        with suppress(InfeasibleError), model.binaries_fixed():
            model.solve(limits, None, whole=True)
            split = model.split(bound, proven=False)
            if split.cost_is_within(limits.gap):
                return replace(split, proven=True)
            start = split.values
    answer = model.solve(limits, start, whole=True)
    return model.split(max(bound, answer.bound), proven=answer.proven)


def values_of(
    problem: Problem, parcels: Sequence[int], limits: Limits
) -> Mapping[str, float] | None:
    """Return the ``values`` of a split that is known; None: it breaks a term."""
    model = _Model(problem)
    for x, number in zip(model.x, parcels, strict=True):
        x.lowBound = x.upBound = number
    try:
        model.solve(limits, None, whole=True)
    except (InfeasibleError, NoPlanError):
        return None
    return model.split(-math.inf, proven=False).values


class _Model:
    """The program as it is built, row by row; numbers are those of (1) to (17)."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.program = pulp.LpProblem("split", pulp.LpMinimize)
        self.binaries: list[Any] = []
        self.x = [
            self._variable(f"x_{k}", problem.volumes[i], pulp.LpInteger)
            for k, (i, _) in enumerate(problem.pairs)
        ]
        self.used: list[Any] = [
            1 if contract.signed else self._binary(f"u_{c}")
            for c, contract in enumerate(problem.contracts)
        ]
        # Prices and surcharges by contract and month, and what else a contract costs.
        self.prices: dict[tuple[int, int], list[Any]] = {}
        self.extras: dict[tuple[int, int], list[Any]] = {}
        self.added: dict[tuple[int, int], Any] = {}
        self.other: dict[int, list[Any]] = {}
        self._carry()
        for g, tier in enumerate(problem.tiers):
            self._price(g, tier)
        self._keep_to_terms()
        self._keep_to_rules()
        self._charge()
        self._pay_back()
        self._minimise()

    def solve(
        self, limits: Limits, start: Mapping[str, float] | None, *, whole: bool
    ) -> Answer:
        """Solve for whole parcels, or for parts of them."""
        for x in self.x:
            x.cat = pulp.LpInteger if whole else pulp.LpContinuous
        variables = self.program.variables()
        given = start and {v: start.get(v.name, 0.0) for v in variables}
        return solve(self.program, limits, given)

    @contextmanager
    def binaries_fixed(self) -> Iterator[None]:
        """Keep the binaries at their values for a while."""
        for binary in self.binaries:
            binary.lowBound = binary.upBound = round(binary.value())
        try:
            yield
        finally:
            for binary in self.binaries:
                binary.lowBound, binary.upBound = 0, 1

    def split(self, bound: float, *, proven: bool) -> Split:
        """Return the split that was found last."""
        parcels = tuple(round(x.value() or 0.0) for x in self.x)
        cost = charges_of(self.problem, parcels).total
        return Split(
            parcels=parcels,
            cost=cost,
            bound=min(bound, float(cost)),
            proven=proven,
            values={v.name: v.value() or 0.0 for v in self.program.variables()},
        )

    def _variable(self, name: str, most: float | None, kind: str) -> Any:
        return self.program.add_variable(name, 0, most, kind)

    def _amount(self, name: str, most: float | None = None) -> Any:
        return self._variable(name, most, pulp.LpContinuous)

    def _binary(self, name: str) -> Any:
        self.binaries.append(self._variable(name, 1, pulp.LpBinary))
        return self.binaries[-1]

    def _add(self, row: Any, name: str) -> None:
        self.program.addConstraint(row, name)

    def _parcels(self, pairs: Iterable[int]) -> Any:
        return pulp.lpSum(self.x[k] for k in pairs)

    def _room(self, pairs: Iterable[int]) -> int:
        return sum(self.problem.volumes[self.problem.pairs[k][0]] for k in pairs)

    def _carry(self) -> None:
        of_class: list[list[int]] = [[] for _ in self.problem.volumes]
        for k, (i, _) in enumerate(self.problem.pairs):
            of_class[i].append(k)
        for i, pairs in enumerate(of_class):
            volume = self.problem.volumes[i]
            self._add(self._parcels(pairs) == volume, f"carried_{i}")  # (2)
        for c, contract in enumerate(self.problem.contracts):
            if contract.signed:
                continue
            for k in contract.pairs:
                volume = self.problem.volumes[self.problem.pairs[k][0]]
                self._add(self.x[k] <= volume * self.used[c], f"taken_up_{k}")  # (10)

    def _price(self, g: int, tier: Tier) -> None:
        """Say what step each parcel of a tier is priced at."""
        room = sum(self._room(block.pairs) for block in tier.blocks)
        firsts = [first for first in tier.firsts if first <= max(room, 1)]
        z: list[list[Any]] = []
        for b, block in enumerate(tier.blocks):
            parcels = self._parcels(block.pairs)
            if len(firsts) == 1:
                z.append([parcels])
                continue
            most = self._room(block.pairs)
            z.append([self._amount(f"z_{g}_{b}_{s}", most) for s in range(len(firsts))])
            self._add(pulp.lpSum(z[b]) == parcels, f"by_step_{g}_{b}")  # (3)
        if len(firsts) > 1:
            rows = self._incremental if tier.incremental else self._all_units
            rows(g, tier, [*firsts, room + 1], z)
        for block, by_step in zip(tier.blocks, z, strict=True):
            place = tier.contract, block.month
            self.prices.setdefault(place, []).append(_sum(block.prices, by_step))
            self.extras.setdefault(place, []).append(_sum(block.extras, by_step))

    def _all_units(
        self, g: int, tier: Tier, firsts: Sequence[int], z: Sequence[Sequence[Any]]
    ) -> None:
        steps = range(len(firsts) - 1)
        reached = [self._binary(f"d_{g}_{s}") for s in steps]
        for s in steps:
            last = firsts[s + 1] - 1
            parcels = pulp.lpSum(by_step[s] for by_step in z)
            self._add(parcels >= firsts[s] * reached[s], f"reached_{g}_{s}")  # (4)
            self._add(parcels <= last * reached[s], f"not_beyond_{g}_{s}")  # (6)
            for b, block in enumerate(tier.blocks):
                most = min(self._room(block.pairs), last)
                self._add(z[b][s] <= most * reached[s], f"at_step_{g}_{b}_{s}")  # (5)
        self._add(pulp.lpSum(reached) <= 1, f"one_step_{g}")  # (7)

    def _incremental(
        self, g: int, tier: Tier, firsts: Sequence[int], z: Sequence[Sequence[Any]]
    ) -> None:
        room = firsts[-1] - 1
        so_far = [[z[0][s]] for s in range(len(firsts) - 1)]
        for b in range(len(tier.blocks)):
            for s in range(len(firsts) - 2):
                if b:
                    so_far[s].append(z[b][s])
                width = firsts[s + 1] - firsts[s]
                full = self._binary(f"f_{g}_{b}_{s}")
                filled = pulp.lpSum(so_far[s])
                self._add(filled <= width, f"within_{g}_{b}_{s}")  # (8)
                self._add(filled >= width * full, f"full_{g}_{b}_{s}")  # (8)
                beyond = pulp.lpSum(z[a][s + 1] for a in range(b + 1))
                most = room - firsts[s + 1] + 1
                self._add(beyond <= most * full, f"next_{g}_{b}_{s}")  # (9)

    def _keep_to_terms(self) -> None:
        for q, order in enumerate(self.problem.orders):
            parcels = self._parcels(order.pairs)
            some = self._binary(f"m_{q}")
            self._add(parcels >= order.least * some, f"order_{q}")  # (11)
            self._add(parcels <= self._room(order.pairs) * some, f"any_{q}")  # (11)

    def _keep_to_rules(self) -> None:
        for n, limit in enumerate(self.problem.limits):  # (12)
            parcels = self._parcels(limit.pairs)
            if limit.least > 0:
                self._add(parcels >= limit.least, f"{limit.kind}_least_{n}")
            if limit.most is not None and limit.most < self._room(limit.pairs):
                self._add(parcels <= limit.most, f"{limit.kind}_most_{n}")
        for n, spread in enumerate(self.problem.spreads):  # (13)
            counts = []
            for p, pairs in enumerate(spread.groups):
                counts.append(self._binary(f"h_{n}_{p}"))
                parcels = self._parcels(pairs)
                self._add(parcels >= spread.least * counts[p], f"counts_{n}_{p}")
            self._add(pulp.lpSum(counts) >= spread.number, f"partners_{n}")

    def _charge(self) -> None:
        for n, floor in enumerate(self.problem.floors):
            place = floor.contract, floor.month
            charged = [*self.prices.get(place, []), *self.extras.get(place, [])]
            added = self._amount(f"t_{n}")
            owed = float(floor.amount) * self.used[floor.contract]
            self._add(added + pulp.lpSum(charged) >= owed, f"minimum_{n}")  # (14)
            self.added[place] = added
            self.other.setdefault(floor.contract, []).append(added)
        for n, promise in enumerate(self.problem.promises):
            missing = self._amount(f"n_{n}")
            owed = promise.parcels * self.used[promise.contract]
            carried = self._parcels(promise.pairs)
            self._add(missing + carried >= owed, f"promised_{n}")  # (15)
            fee = float(promise.fee) * missing
            self.other.setdefault(promise.contract, []).append(fee)

    def _pay_back(self) -> None:
        for n, rebate in enumerate(self.problem.rebates):  # (16)
            pairs = self.problem.pairs_of(rebate)
            if self._room(pairs) < rebate.parcels:
                continue
            places = [(rebate.contract, month) for month in rebate.months]
            prices = [term for at in places for term in self.prices.get(at, [])]
            prices += [self.added[at] for at in places if at in self.added]
            share = float(rebate.share)
            most = self._most_prices(pairs) + sum(
                float(floor.amount)
                for floor in self.problem.floors
                if (floor.contract, floor.month) in places
            )
            paid, reached = self._amount(f"r_{n}"), self._binary(f"g_{n}")
            self._add(paid <= share * pulp.lpSum(prices), f"rebate_{n}")
            self._add(paid <= share * most * reached, f"rebate_reached_{n}")
            parcels = self._parcels(pairs)
            self._add(parcels >= rebate.parcels * reached, f"rebate_from_{n}")
            self.other.setdefault(rebate.contract, []).append(-paid)

    def _most_prices(self, pairs: Iterable[int]) -> float:
        """Return what the prices of these pairs come to at most."""
        wanted = set(pairs)
        return sum(
            float(max(block.prices)) * self._room(wanted.intersection(block.pairs))
            for tier in self.problem.tiers
            for block in tier.blocks
        )

    def _minimise(self) -> None:
        terms: list[Any] = []
        for c, contract in enumerate(self.problem.contracts):
            charged = list(self.other.get(c, []))
            for amounts in (self.prices, self.extras):
                charged += [
                    term for at, some in amounts.items() if at[0] == c for term in some
                ]
            terms.append(float(1 - contract.early) * pulp.lpSum(charged))
        for n, switch in enumerate(self.problem.switches):
            gone = self._amount(f"o_{n}")
            kept = self._parcels(switch.pairs)
            self._add(gone + kept >= switch.today, f"taken_away_{n}")  # (17)
            terms.append(float(switch.cost / switch.today) * gone)
        self.program.setObjective(pulp.lpSum(terms))  # (1)


def _sum(amounts: Sequence[Decimal], by_step: Sequence[Any]) -> Any:
    return pulp.lpSum(
        float(amount) * parcels
        for amount, parcels in zip(amounts, by_step, strict=False)
    )
