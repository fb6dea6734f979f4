"""The only file that names a MILP solver: models, binary programs and their bounds."""

import math
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal, assert_never

import highspy
import numpy as np
import pulp
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csc_array, vstack

from cstore_cli.deadline import Deadline
from cstore_cli.errors import InfeasibleError, NoPlanError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FIRST_COLUMNS = 1_000
"""Columns in the first linear relaxation of a binary program; the rest are priced."""

MANY_ROWS = 500
"""Above, a first relaxation is solved whole: 900 by 21,000 in 6 s instead of 11."""

MAX_COLUMNS = 8_000
"""Columns in the PuLP model at most: the 8,000 likeliest, by reduced cost."""

LP_S = 2e-8
"""Seconds a first relaxation takes per row and non-zero, doubled for a slow machine."""

PATIENCE = 10
"""Steps without a better bound after which they get shorter."""

ASCENT_STEPS = 500
"""Steps of the Lagrangian ascent: a third of a second on 900 by 21,000."""

THREADS = 1
"""The same wherever HiGHS is called: a process that changes it gets "Not Solved"."""

TOLERANCE = 1e-6

INFEASIBLE = (
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
)


@dataclass(frozen=True)
class Limits:
    """
    When a solver stops: at a relative gap, after so many nodes, at the deadline.

    Gap and nodes give the same answer on every machine; the deadline, which includes
    the building of the model, does not and is a guard. ``gap_abs`` is in the unit of
    the objective.
    """

    deadline: Deadline = field(default_factory=Deadline)
    gap: float = 0.0
    nodes: int | None = None
    gap_abs: float = TOLERANCE
    solver: Literal["highs", "cbc"] = "highs"


@dataclass(frozen=True)
class Answer:
    """``proven`` when the gap was closed; no plan has an objective beyond ``bound``."""

    proven: bool
    bound: float


class _UnfinishedError(NoPlanError):
    """The linear relaxation was cut short."""


class _HiGHS(pulp.HiGHS):  # type: ignore[misc]
    """PuLP's HiGHS with what it lacks: a start, the bound, a stop by nodes."""

    def __init__(self, limits: Limits, start: Mapping[Any, float] | None) -> None:
        super().__init__(
            msg=False,
            threads=THREADS,
            gapRel=limits.gap,
            gapAbs=limits.gap_abs,
            **({} if limits.nodes is None else {"mip_max_nodes": limits.nodes}),
        )
        self._deadline = limits.deadline
        self._start = start

    def callSolver(self, lp: Any) -> None:  # noqa: N802 (PuLP's name)
        model = lp.solverModel
        if self._start is not None:
            values = highspy.HighsSolution()
            values.col_value = [self._start.get(v, 0.0) for v in lp.variables()]
            model.setSolution(values)
        _set_time(model, self._deadline)
        model.run()

    def findSolutionValues(self, lp: Any) -> tuple[int, int]:  # noqa: N802
        """Read the stops PuLP does not know (KeyError: nodes) by what they left."""
        try:
            status, sol_status = super().findSolutionValues(lp)
        except KeyError:
            status, sol_status = (
                pulp.LpStatusOptimal,
                pulp.LpSolutionIntegerFeasible,
            )
        if sol_status == pulp.LpSolutionIntegerFeasible and not _has_plan(
            lp.solverModel
        ):
            return pulp.LpStatusNotSolved, pulp.LpSolutionNoSolutionFound
        return int(status), int(sol_status)


def solve(
    problem: pulp.LpProblem,
    limits: Limits,
    start: Mapping[Any, float] | None = None,
) -> Answer:
    """
    Solve ``problem`` in place, from the plan ``start`` (a value per variable) if given.

    ``problem.status`` reads "Optimal" for a plan cut short by the time limit, so only
    ``problem.sol_status`` is trusted here. The bound of a linear program, and CBC's,
    is infinite unless it was solved to the end.

    Raises
    ------
    InfeasibleError
        When no plan meets the constraints.
    NoPlanError
        When the solver was stopped before the first plan.
    """
    match limits.solver:
        case "highs":
            problem.solve(_HiGHS(limits, start))
        case "cbc":
            problem.solve(_cbc(problem, limits, start))
        case _:
            assert_never(limits.solver)
    worst = math.inf if problem.sense == pulp.LpMaximize else -math.inf
    match problem.sol_status:
        case pulp.LpSolutionOptimal:
            return Answer(proven=True, bound=_bound(problem, limits, worst))
        case pulp.LpSolutionIntegerFeasible:
            return Answer(proven=False, bound=_bound(problem, limits, worst))
        case pulp.LpSolutionInfeasible:
            raise InfeasibleError(f"{problem.name}: no plan meets every constraint.")
        case _ if problem.status == pulp.LpStatusInfeasible:  # so says CBC
            raise InfeasibleError(f"{problem.name}: no plan meets every constraint.")
    raise NoPlanError(f"{problem.name}: stopped before the first plan was found.")


def _cbc(
    problem: pulp.LpProblem, limits: Limits, start: Mapping[Any, float] | None
) -> Any:
    if start is not None:
        for variable in problem.variables():
            variable.setInitialValue(start[variable])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return pulp.PULP_CBC_CMD(
            msg=False,
            threads=THREADS,
            gapRel=limits.gap,
            gapAbs=limits.gap_abs,
            maxNodes=limits.nodes,
            timeLimit=_seconds(limits.deadline),
            warmStart=start is not None,
        )


def _bound(problem: pulp.LpProblem, limits: Limits, worst: float) -> float:
    """Return the dual bound, in the sense of the problem and with its constant."""
    proven = problem.sol_status == pulp.LpSolutionOptimal
    sign = -1 if problem.sense == pulp.LpMaximize else 1
    if limits.solver == "cbc" or not problem.isMIP():
        found = pulp.value(problem.objective)  # None of one without variables
        value = float(problem.objective.constant if found is None else found)
        # CBC does not tell its bound; its gap is a share of the larger of the two.
        gap = limits.gap if problem.isMIP() else 0.0
        if sign * value < 0:
            gap = gap / (1 - gap) if gap < 1 else math.inf
        missing = gap * abs(value) if gap else 0.0
        return value - sign * missing if proven else worst
    bound = sign * problem.solverModel.getInfo().mip_dual_bound
    return float(bound + problem.objective.constant)


def _has_plan(model: Any) -> bool:
    feasible = highspy.SolutionStatus.kSolutionStatusFeasible
    return bool(model.getInfo().primal_solution_status == int(feasible))


def _set_time(model: Any, deadline: Deadline) -> None:
    """Set the time left; HiGHS counts from the first run of a model."""
    if (seconds := _seconds(deadline)) is not None:
        model.setOptionValue("time_limit", model.getRunTime() + seconds)


def _seconds(deadline: Deadline) -> float | None:
    left = deadline.left_s()
    return None if math.isinf(left) else left


@dataclass(frozen=True, eq=False)
class BinaryProgram:
    """
    Which columns j to choose, x_j = 1.

        min   sum_j c_j x_j                                                    (1)
        s.t.  l_i <= sum_j a_ij x_j <= u_i       each row i                    (2)
              x_j in {0, 1}                      each column j                 (3)

    ``cost`` holds c (n,), ``rows`` a (m, n), ``row_lower`` and ``row_upper`` l and u
    (m,), infinite for none; ``row_names`` say what each row means.
    """

    cost: Floats
    rows: csc_array
    row_lower: Floats
    row_upper: Floats
    row_names: Sequence[str]

    def allows(self, chosen: ArrayLike) -> bool:
        """Whether choosing these columns meets every row."""
        x = np.zeros(len(self.cost))
        x[np.asarray(chosen, dtype=np.int64)] = 1
        sums = self.rows @ x
        slack = TOLERANCE * np.maximum(1, np.abs(sums))
        return bool(
            np.all(sums >= self.row_lower - slack)
            and np.all(sums <= self.row_upper + slack)
        )

    def cost_of(self, chosen: ArrayLike) -> float:
        """Return (1) when these columns are chosen."""
        return math.fsum(self.cost[np.asarray(chosen, dtype=np.int64)])


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The linear relaxation: its objective, duals of rows, reduced costs, x."""

    objective: float
    row_duals: Floats
    reduced_costs: Floats
    x: Floats


@dataclass(frozen=True, eq=False)
class BinaryAnswer:
    """
    The chosen columns, their cost and what is known about it.

    No choice costs less than ``bound``; ``lp_bound`` and ``row_duals`` are the
    relaxation's, minus infinity and None when there was no time for any.
    """

    chosen: Ints
    cost: float
    bound: float
    proven: bool
    lp_bound: float
    row_duals: Floats | None


@dataclass(frozen=True, eq=False)
class LexicographicAnswer:
    """``levels[k]`` is the value of objective k; ``proven[k]`` given those before."""

    chosen: Ints
    levels: tuple[float, ...]
    bounds: tuple[float, ...]
    proven: tuple[bool, ...]


def lp(
    program: BinaryProgram,
    deadline: Deadline | None = None,
    row_duals: Floats | None = None,
    include: Ints | None = None,
) -> Relaxation:
    """
    Solve the relaxation 0 <= x <= 1 of ``program`` exactly, by sifting.

    A first choice of columns is solved; those left out whose reduced cost
    c_j - sum_i a_ij y_i is negative enter, until there is none (Bixby et al. 1992,
    doi:10.1287/opre.40.5.885). ``row_duals`` of a similar program, fewer columns over
    the same rows say, make the first choice so good that it takes a tenth of the
    time; the answer is the same. ``include`` are columns that the first choice must
    have: those of a known choice, or it may be infeasible. Arrays go straight to
    HiGHS: PuLP would take seconds per 100,000 non-zeros.

    Raises
    ------
    InfeasibleError
        When no x meets the rows.
    NoPlanError
        When the deadline came first.
    """
    deadline = deadline or Deadline()
    num_columns = len(program.cost)
    scale = _scale(program.cost)
    cost = program.cost * scale
    if row_duals is None and len(program.row_lower) > MANY_ROWS:
        active = np.arange(num_columns)
    else:
        active = _first_columns(program, row_duals)
    if include is not None:
        active = np.union1d(active, include)
    model = _highs()
    _pass(model, program, cost, active)
    while True:
        _set_time(model, deadline)
        model.run()
        status = model.getModelStatus()
        if status in INFEASIBLE:
            if len(active) == num_columns:
                raise InfeasibleError("No choice of columns meets every row.")
            active = np.arange(num_columns)
            model = _highs()
            _pass(model, program, cost, active)
            continue
        if status != highspy.HighsModelStatus.kOptimal:
            raise _UnfinishedError("Stopped before the linear relaxation was solved.")
        solution = model.getSolution()
        duals = np.array(solution.row_dual)
        row_duals = duals / scale
        reduced = cost - program.rows.T @ duals
        inactive = np.ones(num_columns, dtype=bool)
        inactive[active] = False
        candidates = np.flatnonzero(inactive & (reduced < -TOLERANCE))
        if not len(candidates):
            break
        entering = candidates[np.argsort(reduced[candidates], kind="stable")]
        entering = np.sort(entering[:FIRST_COLUMNS])
        _add(model, program.rows[:, entering], cost[entering])
        active = np.concatenate([active, entering])
    x = np.zeros(num_columns)
    x[active] = np.array(solution.col_value)
    return Relaxation(
        objective=model.getInfo().objective_function_value / scale,
        row_duals=row_duals,
        reduced_costs=reduced / scale,
        x=x,
    )


def solve_binary(
    program: BinaryProgram,
    limits: Limits,
    incumbent: ArrayLike | None = None,
    max_columns: int = MAX_COLUMNS,
    row_duals: Floats | None = None,
) -> BinaryAnswer:
    """
    Choose columns at least cost; the incumbent, if any, is the answer at worst.

    With z the relaxation's value and d_j its reduced costs, a choice with x_j = 1
    costs at least z + d_j, whether z is the linear relaxation's (``lp``) or, where
    time is short for that, a Lagrangian bound (4). Columns where that reaches the
    incumbent's cost are not in a better choice and are dropped. PuLP gets the
    survivors, at most ``max_columns`` of least reduced cost; were some left out, z +
    the least d_j among them bounds what they could give. Without incumbent a first
    one is sought among few columns, then among more. ``row_duals`` are for ``lp``.

    Raises
    ------
    InfeasibleError
        When no choice meets the rows.
    NoPlanError
        When there was no incumbent and no time to find one.
    """
    best = None if incumbent is None else np.sort(np.asarray(incumbent, dtype=np.int64))
    if best is not None and not program.allows(best):
        raise ValueError("The incumbent breaks a row.")
    relaxed = _relax(program, limits.deadline, row_duals, best)
    if relaxed is None:
        if best is None:
            raise NoPlanError("Stopped before the linear relaxation was solved.")
        return _answer(program, best, -math.inf, None, limits)

    order = np.argsort(relaxed.reduced_costs, kind="stable")
    floors = relaxed.objective + np.maximum(0, relaxed.reduced_costs[order])
    if best is None:
        best = _first_choice(program, order, limits)
    ceiling = program.cost_of(best) - _step(program) + _small(relaxed.objective)
    kept = min(int(np.searchsorted(floors, ceiling, side="right")), max_columns)
    columns = np.union1d(order[:kept], best)
    beyond = float(floors[kept]) if kept < len(order) else math.inf
    chosen, inner = best, -math.inf if len(columns) else math.inf
    if len(columns):
        with suppress(NoPlanError):
            chosen, inner = _choose(program, columns, limits, best)
    if program.cost_of(chosen) < program.cost_of(best):
        best = chosen
    bound = max(relaxed.objective, min(inner, beyond, program.cost_of(best)))
    return _answer(program, best, bound, relaxed, limits)


def _relax(
    program: BinaryProgram,
    deadline: Deadline,
    row_duals: Floats | None,
    best: Ints | None,
) -> Relaxation | None:
    """Return the relaxation, or a Lagrangian one if there is too little time for it."""
    if best is None:
        with suppress(_UnfinishedError):
            return lp(program, deadline, row_duals)
        return None
    needed_s = LP_S * len(program.row_lower) * program.rows.nnz
    if row_duals is not None:
        needed_s /= 10
    elif len(program.row_lower) <= MANY_ROWS:
        row_duals = _shared_out(program, best)
    if needed_s <= deadline.left_s():
        half = deadline.left_s() / 2
        with suppress(_UnfinishedError):
            return lp(program, deadline.sooner(half), row_duals, best)
    if deadline.left_s() == 0:
        return None
    return _ascend(program, best, row_duals)


def _ascend(program: BinaryProgram, best: Ints, row_duals: Floats | None) -> Relaxation:
    """
    Return the best Lagrangian bound met on a short way up, and its reduced costs.

    For any duals y, with the sign that the infinite bounds of rows call for,

        L(y) = sum_i (l_i if y_i > 0 else u_i) y_i + sum_j min(0, d_j)         (4)

    is a bound on (1), and L(y) + max(0, d_j) one with x_j = 1. The way up is by
    subgradients, with Polyak's steps towards the cost of ``best`` (Held, Wolfe and
    Crowder 1974, doi:10.1007/BF01580223).
    """
    cost, target = program.cost, program.cost_of(best)
    by_row, by_column = program.rows.tocsr(), program.rows.T.tocsr()
    has_lower, has_upper = (
        np.isfinite(program.row_lower),
        np.isfinite(program.row_upper),
    )
    lower = np.where(has_lower, program.row_lower, 0.0)
    upper = np.where(has_upper, program.row_upper, 0.0)
    reach = 1e3 * float(np.max(np.abs(cost), initial=0.0))  # lest sums lose digits
    least, most = np.where(has_upper, -reach, 0.0), np.where(has_lower, reach, 0.0)
    starts = [_shared_out(program, best), *([] if row_duals is None else [row_duals])]
    duals = max(starts, key=lambda y: float((cost - by_column @ y).clip(max=0).sum()))
    found, bound = duals, -math.inf
    step, since = 1.0, 0
    direction = np.zeros(len(duals))
    for _ in range(ASCENT_STEPS):
        duals = np.clip(duals, least, most)
        reduced = cost - by_column @ duals
        chosen = reduced < 0
        sides = np.where(duals > 0, lower, upper)
        value = float(sides @ duals + reduced[chosen].sum())
        since += 1
        if value > bound:
            bound, found, since = value, duals, 0
        elif since == PATIENCE:
            duals, step, since = found, step / 1.5, 0
        direction = (sides - by_row @ chosen + direction) / 2
        length = float(direction @ direction)
        if length == 0 or target - value <= _small(target):
            break
        duals = duals + step * (target - value) / length * direction
    return Relaxation(bound, found, cost - by_column @ found, np.zeros(len(cost)))


def _answer(
    program: BinaryProgram,
    best: Ints,
    bound: float,
    relaxed: Relaxation | None,
    limits: Limits,
) -> BinaryAnswer:
    """Round the bound up where costs are whole, and see whether it closes the gap."""
    cost = program.cost_of(best)
    if _step(program) and math.isfinite(bound):
        bound = min(cost, max(bound, math.ceil(bound - _small(bound))))
    gap = max(_small(cost), limits.gap_abs, limits.gap * abs(cost))
    return BinaryAnswer(
        chosen=best,
        cost=cost,
        bound=bound,
        proven=cost - bound <= gap,
        lp_bound=-math.inf if relaxed is None else relaxed.objective,
        row_duals=None if relaxed is None else relaxed.row_duals,
    )


def _step(program: BinaryProgram) -> float:
    """Return what a better choice saves at least: 1 if all costs are whole."""
    return float(np.all(program.cost == np.round(program.cost)))


def _small(value: float) -> float:
    """Return what the solver's arithmetic may miss of ``value``."""
    return TOLERANCE * max(1.0, abs(value))


def _first_choice(program: BinaryProgram, order: Ints, limits: Limits) -> Ints:
    """Return a choice among the first columns of ``order``, of ever more of them."""
    take = max(FIRST_COLUMNS, len(program.row_lower))
    while True:
        try:
            chosen, _ = _choose(program, np.sort(order[:take]), limits, None)
        except (InfeasibleError, NoPlanError):
            if take >= len(order) or limits.deadline.left_s() == 0:
                raise
            take *= 4
        else:
            return chosen


def solve_lexicographic(
    costs: Sequence[Floats],
    program: BinaryProgram,
    limits: Limits,
    incumbent: ArrayLike | None = None,
) -> LexicographicAnswer:
    """
    Minimise ``costs[0]``, then ``costs[1]`` among the choices as good in it, ...

    After level k the row ``level_k`` caps its cost at the value found; the cost of
    ``program`` itself is not used. Each level gets an equal share of the time left.
    """
    chosen = incumbent
    levels: list[float] = []
    bounds: list[float] = []
    proven: list[bool] = []
    for number, cost in enumerate(costs):
        share = limits.deadline.left_s() / (len(costs) - number)
        hurry = replace(limits, deadline=limits.deadline.sooner(share))
        answer = solve_binary(replace(program, cost=cost), hurry, chosen)
        chosen = answer.chosen
        levels.append(answer.cost)
        bounds.append(answer.bound)
        proven.append(answer.proven)
        scale = _scale(cost)
        cap = scale * answer.cost
        program = replace(
            program,
            rows=csc_array(vstack([program.rows, csc_array(cost[None, :] * scale)])),
            row_lower=np.append(program.row_lower, -np.inf),
            row_upper=np.append(
                program.row_upper, cap + TOLERANCE * max(1.0, abs(cap))
            ),
            row_names=[*program.row_names, f"level_{number}"],
        )
    if chosen is None:
        raise ValueError("There is no objective to minimise.")
    return LexicographicAnswer(
        np.asarray(chosen, dtype=np.int64), tuple(levels), tuple(bounds), tuple(proven)
    )


def _choose(
    program: BinaryProgram, columns: Ints, limits: Limits, best: Ints | None
) -> tuple[Ints, float]:
    """Return the best choice among ``columns``, ascending, and its bound."""
    scale = _scale(program.cost)
    model, x = _model(program, columns, scale)
    start = None
    if best is not None:
        values = np.zeros(len(columns))
        values[np.searchsorted(columns, best)] = 1
        start = dict(zip(x, values.tolist(), strict=True))
    gap_abs = max(limits.gap_abs, 0.5 * _step(program)) * scale
    answer = solve(model, replace(limits, gap_abs=max(TOLERANCE, gap_abs)), start)
    chosen = columns[np.round([v.value() for v in x]).astype(bool)]
    if not program.allows(chosen):
        raise NoPlanError("The solver's choice breaks a row by more than rounding.")
    return chosen, answer.bound / scale


def _model(
    program: BinaryProgram, columns: Ints, scale: float
) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
    """Return (1) to (3) over ``columns`` in PuLP, by dicts: its sums are slower."""
    model = pulp.LpProblem("choose", pulp.LpMinimize)
    x = [model.add_variable(f"x_{j}", cat=pulp.LpBinary) for j in range(len(columns))]
    cost = (program.cost[columns] * scale).tolist()
    model.setObjective(pulp.LpAffineExpression(dict(zip(x, cost, strict=True))))  # (1)
    rows = program.rows[:, columns].tocsr()
    for i, name in enumerate(program.row_names):  # (2)
        span = slice(rows.indptr[i], rows.indptr[i + 1])
        entries = zip(rows.indices[span], rows.data[span].tolist(), strict=True)
        terms = pulp.LpAffineExpression({x[j]: value for j, value in entries})
        lower, upper = float(program.row_lower[i]), float(program.row_upper[i])
        if lower == upper:
            model.addConstraint(terms == lower, f"{name}_{i}")
            continue
        if math.isfinite(lower):
            model.addConstraint(terms >= lower, f"{name}_{i}_least")
        if math.isfinite(upper):
            model.addConstraint(terms <= upper, f"{name}_{i}_most")
    return model, x


def _scale(cost: Floats) -> float:
    """Return a power of two that brings the largest cost near 10,000."""
    largest = float(np.max(np.abs(cost), initial=0.0))
    return 2.0 ** round(math.log2(1e4 / largest)) if largest > 0 else 1.0


def _first_columns(program: BinaryProgram, row_duals: Floats | None) -> Ints:
    """Return the columns of least reduced cost, or the cheapest per row they meet."""
    num_columns = len(program.cost)
    if num_columns <= FIRST_COLUMNS:
        return np.arange(num_columns)
    if row_duals is None:
        likely = program.cost / np.maximum(np.diff(program.rows.indptr), 1)
    else:
        likely = program.cost - program.rows.T @ row_duals
    return np.sort(np.argsort(likely, kind="stable")[:FIRST_COLUMNS])


def _shared_out(program: BinaryProgram, chosen: Ints) -> Floats:
    """Return a guess at the duals: the cost of each choice, shared by its rows."""
    rows = program.rows[:, chosen]
    entries = np.maximum(np.diff(rows.indptr), 1)
    return np.asarray(rows @ (program.cost[chosen] / entries), dtype=np.float64)


def _highs() -> Any:
    model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", THREADS)
    return model


def _pass(model: Any, program: BinaryProgram, cost: Floats, columns: Ints) -> None:
    matrix = program.rows[:, columns]
    linear = highspy.HighsLp()
    linear.num_col_, linear.num_row_ = len(columns), len(program.row_lower)
    linear.col_cost_ = cost[columns]
    linear.col_lower_ = np.zeros(len(columns))
    linear.col_upper_ = np.ones(len(columns))
    linear.row_lower_ = program.row_lower
    linear.row_upper_ = program.row_upper
    linear.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    linear.a_matrix_.start_ = matrix.indptr
    linear.a_matrix_.index_ = matrix.indices
    linear.a_matrix_.value_ = matrix.data
    model.passModel(linear)


def _add(model: Any, matrix: csc_array, cost: Floats) -> None:
    count = len(cost)
    model.addCols(
        count,
        cost,
        np.zeros(count),
        np.ones(count),
        matrix.nnz,
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
    )
