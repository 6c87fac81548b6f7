"""Break-even: the most that an option may charge, and the value of any other input at which the decision flips."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from tco.analyses.levers import Lever, check_bounds, currency_of, feasible, lever, nodes, settled, stake
from tco.analyses.roots import crossings
from tco.distributions import FloatArray
from tco.distributions.special import bracketed_root
from tco.errors import UsageError, floats
from tco.graph import NotFinite, Program
from tco.loader import Case, checked_case
from tco.outcomes import DEFAULT_DRAWS, Outcomes, Worlds
from tco.progress import Progress, Steps, each
from tco.results import TOTALS, WITHIN, Provenance, Result
from tco.spread import points_of
from tco.version import VERSION

LOST_CUSTOMER = "lost_customer"
"""In place of a path: the value put on each customer who is driven away."""
JUMP = 1e-6
"""Expected NPV left at the value found, as a share of the baseline's present cost, from which on it jumps past 0."""
LINEAR = 1e-9
"""Largest bend, as a share of the baseline's present cost, of what counts as a straight line."""
_ENDLESS = 1e300
_CLOSE = 1e-13
"""Share of the baseline's cost that counts as no saving."""
_KEPT = 4
"""Values whose NPVs are kept: what is put back is also what chances are asked at, and large runs need their memory."""
_LOOKS = 16
"""Values at which all draws are looked at where the NPV is no straight line."""

Savings = Callable[[FloatArray, Any], FloatArray]
"""NPVs in the three totals, (3, m), of a lever's values (m,) in as many draws."""


@dataclass(frozen=True)
class Flip:
    """Where the decision flips, in one of the three totals.

    Parameters
    ----------
    base, expected : float or None
        The value at which the NPV of the base case, and the expected NPV, is 0; None where no value in its bounds
        makes it so [unit of the input].
    p5, p50, p95 : float or None
        Percentiles over draws of each draw's own value; None where those draws have none.
    outcome : str
        ``flips``; ``jumps``: it flips where the NPV jumps past 0, as at a price break; ``dominated``: no price is low
        enough; ``never``: no value makes the option worth it; ``always``: it is worth it at any value.
    residual : float
        Expected NPV with `expected` put back: 0 but for rounding, unless it jumps [money].
    """

    base: float | None
    expected: float | None
    p5: float | None
    p50: float | None
    p95: float | None
    outcome: str
    residual: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {
            "base": self.base,
            "expected": self.expected,
            "p5": self.p5,
            "p50": self.p50,
            "p95": self.p95,
            "outcome": self.outcome,
            "residual": self.residual,
        }


@dataclass(frozen=True, repr=False)
class BreakEven(Result):
    """The value of one input at which an option is worth as much as the baseline.

    Parameters
    ----------
    supplier, label, baseline, currency : str
        The option, what people call it, what it is held against, and the currency of the price.
    case_currency : str
        Of the NPV.
    path, meaning, unit : str
        The input that is turned.
    percent : bool
        Whether it is a share or a rate, which people write in percent.
    at_stake : bool
        Whether it is the option's price at stake, turned for this option alone.
    value : float
        What it is now: its mean, in the first contract year; of a table of prices, the one that the plan reaches.
    scaled : str
        What moves with it in proportion: ``by_year``, ``price_breaks``; empty for a single number.
    ratios : tuple of float
        What its value is multiplied by in each contract year, or break; empty for a single number.
    totals : dict of str to Flip
        For hard, hard_and_estimated and all_in.
    premium_on_price, premium_on_landed : dict of str to Flip, or None
        For a price at stake, how much more than the baseline's price and landed cost that is, in contract year 1
        [share]; None where the baseline has no such price, or the price is not part of the landed cost.
    wins : tuple of (float, dict of str to float)
        Values of the input, and the share of draws in which the option is worth it there, in the three totals.
    lower_wins : bool
        Whether lower values speak for the option.
    linear : bool
        Whether the NPV is a straight line in it, so that all is exact; else it was solved and put back.
    line : tuple of (float, dict of str to float)
        Values of the input in order, and the expected NPV there in the three totals: two points of a straight line,
        else all that were looked at.
    more : tuple of float
        Further values at which the all-in NPV of the base case changes its sign.
    provenance : Provenance
        What this was made from.
    """

    supplier: str
    label: str
    baseline: str
    currency: str
    case_currency: str
    path: str
    meaning: str
    unit: str
    percent: bool
    at_stake: bool
    value: float
    scaled: str
    ratios: tuple[float, ...]
    totals: Mapping[str, Flip]
    premium_on_price: Mapping[str, Flip] | None
    premium_on_landed: Mapping[str, Flip] | None
    wins: tuple[tuple[float, Mapping[str, float]], ...]
    lower_wins: bool
    linear: bool
    line: tuple[tuple[float, Mapping[str, float]], ...]
    more: tuple[float, ...]
    provenance: Provenance

    def at_once(self, value: float) -> tuple[float, ...]:
        """Give what all contract years, or prices of a table, are at a value; nothing for a single number."""
        return tuple(ratio * value for ratio in self.ratios)

    def rows(self) -> list[dict[str, Any]]:
        """Give one row a total."""
        return [{"supplier": self.supplier, "path": self.path, "total": t, **self.totals[t].to_dict()} for t in TOTALS]

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain data, in full precision."""
        found: dict[str, Any] = {
            "supplier": self.supplier,
            "label": self.label,
            "baseline": self.baseline,
            "path": self.path,
            "meaning": self.meaning,
            "unit": self.unit,
            "value": self.value,
            "at_stake": self.at_stake,
            **{kind: self._expected_at_once(kind) for kind in ("by_year", "price_breaks")},
            **{total: self.totals[total].to_dict() for total in TOTALS},
            "premium_on_price": _premium_data(self.premium_on_price),
            "premium_on_landed": _premium_data(self.premium_on_landed),
            "wins": [{"value": value, **chances} for value, chances in self.wins],
            "lower_wins": self.lower_wins,
            "linear": self.linear,
            "line": [{"value": value, **npv} for value, npv in self.line],
            "more": list(self.more),
            "provenance": self.provenance.to_dict(),
        }
        return found

    def _expected_at_once(self, kind: str) -> list[float] | None:
        """Give all of a path, or table, at the expected break-even; None where there is none of them."""
        expected = self.totals["all_in"].expected
        return None if expected is None or self.scaled != kind else list(self.at_once(expected))

    def __str__(self) -> str:
        from tco.views import decision

        return decision.break_even_text(self)


def breakeven(
    case: Case,
    supplier: str,
    *,
    of: str = "",
    at: Sequence[float] = (),
    n: int = DEFAULT_DRAWS,
    seed: int = 0,
    progress: Progress | None = None,
) -> BreakEven:
    """Find the highest price at which an option is still worth it, or the value of another input that decides.

    Parameters
    ----------
    case : Case
        From `tco.load` or `tco.from_data`.
    supplier : str
        An option other than the baseline.
    of : str
        Path of another input, turned everywhere in the case; ``lost_customer`` for the value put on each customer who
        is driven away. By default the option's price at stake, turned for it alone.
    at : sequence of float
        Values at which the chance of being worth it is wanted, besides today's [unit of the input].
    n, seed : int
        Draws, and what they are made from: those of `simulate`.
    progress : callable, optional
        Called with steps done and steps in all.

    Returns
    -------
    BreakEven
        In the three totals: in the base case, on average, and its range over draws.

    Raises
    ------
    UsageError
        For an unknown option or path, or one that leads to no number that a formula asks for.

    Examples
    --------
    >>> import tco
    >>> found = tco.breakeven(tco.load("scenarios/cartridges.yaml"), "borealis")
    >>> found.totals["all_in"].outcome
    'flips'
    """
    checked_case(case)
    at = floats(at)
    if of == LOST_CUSTOMER:
        return _of_lost_customer(case, supplier, at, n, seed, progress)
    steps = Steps(progress, 10)
    stated = stake(case, supplier)  # refuses an unknown option first
    turned = lever(case, of) if of else stated
    worlds = Worlds.of(turned.case, n, seed=seed, outcomes=turned.outcomes)
    outcomes, means = turned.outcomes, turned.outcomes.means

    def in_draws(values: FloatArray, draws: Any) -> FloatArray:
        chosen = {path: drawn[draws] for path, drawn in worlds.draws.items()}
        return outcomes.savings({**chosen, **turned.draws(values)}, supplier)

    def in_base(values: FloatArray, draws: Any) -> FloatArray:
        del draws
        fixed = {path: np.full(len(values), mean[0]) for path, mean in means.items()}
        return outcomes.savings({**fixed, **turned.draws(values)}, supplier)

    size = float(worlds.costs[2, outcomes.baseline].mean())
    check_bounds(turned, np.array(at, dtype=float))
    steps.done(2)
    solver = _Solver(turned, in_base, in_draws, worlds.n, size, at_stake=not of)
    steps.done()
    roots, totals = solver.flips(steps.part(6))
    price, landed = (None, None) if of else _premiums(turned, supplier, worlds, roots, totals)
    found = _result(case, supplier, turned, solver, roots, totals, (price, landed), at, worlds, at_stake=not of)
    steps.done()
    return found


class _Solver:
    """Finds where NPVs are 0, exactly where they are straight lines."""

    def __init__(
        self, turned: Lever, in_base: Savings, in_draws: Savings, n: int, size: float, *, at_stake: bool
    ) -> None:
        self.lever, self.in_base, self.in_draws, self.n, self.size = turned, in_base, in_draws, n, size
        step = turned.scale
        self.points = (0.5 * step, step) if turned.low <= 0 or turned.low < 0.5 * step else (step, 1.5 * step)
        self.all, self.at_stake = slice(None), at_stake
        self._seen: dict[float, FloatArray] = {}
        self._looking: Progress | None = None
        self.at_points = [self.at_value(point) for point in self.points]
        self.base_at_points = [self.in_base(np.array([point]), self.all)[:, 0] for point in self.points]
        self.linear = self._is_straight()

    @property
    def lower_wins(self) -> bool:
        """Whether the option is worth it below the break-even, all in, and not above it."""
        if self.linear:
            return bool(self.at_points[1][2].mean() < self.at_points[0][2].mean())
        flips_at, now = self._expected(2), self._mean(self.lever.value, 2)
        if flips_at is None or flips_at == self.lever.value or now == 0:
            return bool(self.scan[1][-1, 2].mean() < self.scan[1][0, 2].mean())
        return (now > 0) == (self.lever.value < flips_at)

    def at_value(self, value: float) -> FloatArray:
        """Give the NPVs of all draws at one value, (3, n)."""
        if value not in self._seen:
            if len(self._seen) == _KEPT:
                del self._seen[next(iter(self._seen))]
            self._seen[value] = self.in_draws(np.full(self.n, value), self.all)
        return self._seen[value]

    def _is_straight(self) -> bool:
        first, last = self.points
        bent = self.at_value((first + last) / 2) - (self.at_points[0] + self.at_points[1]) / 2
        if float(np.abs(bent).max()) > LINEAR * self.size:
            return False
        far = feasible(self.lever, nodes(self.lever)[[0, -1]])
        for value in far:  # straight here and bent elsewhere, as beyond a price break
            here, there = self.base_at_points
            expected = here + (there - here) * (value - first) / (last - first)
            found = self.in_base(np.array([value]), self.all)[:, 0]
            if float(np.abs(found - expected).max()) > LINEAR * (self.size + float(np.abs(found).max())):
                return False
        return True

    def flips(self, progress: Progress | None = None) -> tuple[FloatArray, dict[str, Flip]]:
        """Give each draw's value, (3, n), and what there is to say of each total."""
        if self.linear:
            roots = np.stack([_straight(self.points, [p[t] for p in self.at_points]) for t in range(len(TOTALS))])
        else:
            steps = Steps(progress, 2)
            self._looking = steps.part(1)
            self.scan  # noqa: B018  # what follows reads from it
            roots = np.stack([self._solved(t) for t in each(range(len(TOTALS)), steps.part(1))])
        return roots, {total: self._flip(t, roots[t]) for t, total in enumerate(TOTALS)}

    def _flip(self, total: int, roots: FloatArray) -> Flip:
        base, expected = self._base(total), self._expected(total)
        residual = 0.0 if expected is None else float(self.at_value(expected)[total].mean())
        points = _percentiles(roots)
        if not self.at_stake:
            points = tuple(None if point is None else self._inside(point) for point in points)
        p5, p50, p95 = points
        outcome = "flips"
        if expected is None:
            outcome = "always" if self._mean(self.lever.value, total) > 0 else "dominated" if self.at_stake else "never"
        elif abs(residual) > JUMP * self.size:
            outcome = "jumps"
        return Flip(base, expected, p5, p50, p95, outcome, residual)

    def line(self, totals: Mapping[str, Flip]) -> Iterator[tuple[float, dict[str, float]]]:
        """Yield values of the lever, and the expected NPV there: enough to draw it by."""
        values = set(self.points)
        if not self.linear:
            at = [flip.expected for flip in totals.values() if flip.expected is not None]
            values = {*map(float, self.scan[0]), self.lever.value, *at}
        for value in sorted(values):
            yield value, {total: self._mean(value, t) for t, total in enumerate(TOTALS)}

    def _mean(self, value: float, total: int) -> float:
        return float(self.at_value(value)[total].mean())

    def _base(self, total: int) -> float | None:
        if self.linear:
            return self._inside(float(_straight(self.points, [p[total : total + 1] for p in self.base_at_points])[0]))
        found = self.base_roots(total)
        return float(min(found, key=lambda value: abs(value - self.lever.value))) if found else None

    def base_roots(self, total: int) -> list[float]:
        """Give all values at which the NPV of the base case is 0."""
        values = self.possible
        if len(values) < 2:
            return []
        found = self.in_base(values, self.all)[total]
        brackets, touched = _sign_changes(values, found)
        if not brackets:
            return touched if len(touched) < len(values) else []  # all: it moves nothing
        ends = np.array([[low, high] for low, high, _ in brackets]).T
        at_ends = self.in_base(ends.ravel(), self.all)[total].reshape(ends.shape)
        close = _CLOSE * self.size

        def saved(points: FloatArray) -> FloatArray:
            return np.asarray(self.in_base(points, self.all)[total])

        return list(map(float, crossings(saved, (ends[0], ends[1]), (at_ends[0], at_ends[1]), close)))

    @cached_property
    def possible(self) -> FloatArray:
        """Values at which the base case can be computed, in order."""
        return feasible(self.lever, nodes(self.lever))

    def _expected(self, total: int) -> float | None:
        if self.linear:
            means = [np.array([p[total].mean()]) for p in self.at_points]
            return self._inside(float(_straight(self.points, means)[0]))
        values, found = self.scan
        brackets, touched = _sign_changes(values, found[:, total].mean(axis=1))
        if not brackets:
            touched = touched if len(touched) < len(values) else []
            return min(touched, key=lambda value: abs(value - self.lever.value), default=None)
        low, high, sign = min(brackets, key=lambda bracket: self._distance(bracket[0], bracket[1]))
        return bracketed_root(lambda x: sign * self._mean(x, total), low, high)

    @cached_property
    def scan(self) -> tuple[FloatArray, FloatArray]:
        """Values at which every draw can be computed, (m,), in order, and the NPVs there, (m, 3, n)."""
        few = self.possible[:: max(len(self.possible) // _LOOKS, 1)]
        values = np.unique(np.append(few, [self.possible[-1], self.lever.value]))
        kept, found = [], []
        for value in each(values, self._looking):
            try:
                found.append(self.at_value(float(value)))
                kept.append(float(value))
            except NotFinite:
                continue
        return np.array(kept), np.array(found)

    def _distance(self, low: float, high: float) -> float:
        return max(low - self.lever.value, self.lever.value - high, 0.0)

    def _inside(self, value: float) -> float | None:
        """Give a value that the case can have: within its own bounds, and those that it shares with others."""
        inside = self.lever.low <= value <= self.lever.high and abs(value) < _ENDLESS / 10
        return float(value) if inside and feasible(self.lever, np.array([value])).size else None

    def _solved(self, total: int) -> FloatArray:
        """Give each draw's value: that of the crossing nearest to where the lever stands."""
        values, scanned = self.scan
        found = scanned[:, total]
        rising = found[-1].mean() > found[0].mean()
        wins = found.sum(axis=0) > 0
        sign = np.sign(found)  # of which products cannot overflow
        roots: FloatArray = np.where(wins != rising, math.inf, -math.inf)
        left = np.ones(self.n, dtype=bool)
        for i in sorted(range(len(values) - 1), key=lambda i: self._distance(float(values[i]), float(values[i + 1]))):
            rows = np.flatnonzero(left & (sign[i] * sign[i + 1] <= 0) & (found[i] != found[i + 1]))
            if rows.size:
                ends = (np.full(rows.size, values[i]), np.full(rows.size, values[i + 1]))
                at_ends = (found[i][rows], found[i + 1][rows])

                def saved(points: FloatArray, rows: Any = rows) -> FloatArray:
                    return np.asarray(self.in_draws(points, rows)[total])

                roots[rows] = crossings(saved, ends, at_ends, _CLOSE * self.size)
                left[rows] = False
        return roots


def _sign_changes(values: FloatArray, found: FloatArray) -> tuple[list[tuple[float, float, float]], list[float]]:
    """Give the neighbors between which NPVs change their sign, with the sign above, and the values where they are 0.

    The two are told apart because an NPV of 0 need not flip anything: at no demand at all, options cost the same.
    """
    other = np.flatnonzero(found)
    pairs = [(i, j) for i, j in pairwise(other) if np.sign(found[i]) * np.sign(found[j]) < 0]
    brackets = [(float(values[i]), float(values[j]), math.copysign(1.0, found[j])) for i, j in pairs]
    return brackets, [float(value) for value in values[found == 0]]


def _straight(points: Sequence[float], values: Sequence[FloatArray]) -> FloatArray:
    """Give where straight lines through two points are 0; endless where they are level."""
    first, last = points
    rise = values[1] - values[0]
    level = np.abs(rise) <= 1e-14 * (np.abs(values[0]) + np.abs(values[1]))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        root = first - values[0] * (last - first) / rise
    return np.where(level, np.where(values[0] > 0, math.inf, -math.inf), root)


Prices = Callable[[FloatArray, Mapping[str, FloatArray]], tuple[FloatArray, FloatArray]]
"""An option's price (or landed cost) and the baseline's, (n,) each, of a lever's values (n,) in as many draws."""


def _premiums(
    turned: Lever, supplier: str, worlds: Worlds, roots: FloatArray, totals: Mapping[str, Flip]
) -> tuple[dict[str, Flip] | None, dict[str, Flip] | None]:
    """Say how far above the baseline's price, and its landed cost, the values lie, in contract year 1."""
    found = []
    for name in (turned.key, "landed_cost"):
        prices = _prices(turned, supplier, name)
        each = None
        if prices is not None:
            each = {t: _premium(prices, totals[t], roots[i], worlds) for i, t in enumerate(TOTALS)}
        found.append(each)
    return found[0], found[1]


def price_of_baseline(turned: Lever, supplier: str, worlds: Worlds) -> float | None:
    """Give the value of a lever at which its premium on the baseline's price is 0; None where there is no premium."""
    prices = _prices(turned, supplier, turned.key)
    if prices is None:
        return None
    value = turned.value + turned.scale  # any but 0: what an option asks is proportional to it
    mine, theirs = prices(np.full(worlds.n, value), worlds.draws)
    return float(value * theirs.mean() / mine.mean())


def _prices(turned: Lever, supplier: str, name: str) -> Prices | None:
    """Give the function that prices an option and the baseline; None where the lever does not move the price."""
    outcomes = turned.outcomes
    engine = settled(outcomes.engine)
    try:
        steps = [engine.at(name, option, 1) for option in (supplier, turned.case.baseline)]
    except KeyError:
        return None  # an extra cost has no price to hold it against
    program = outcomes.program(steps)

    def of(values: FloatArray, draws: Mapping[str, FloatArray]) -> tuple[FloatArray, FloatArray]:
        mine, theirs = outcomes.evaluate(program, {**draws, **turned.draws(values)})
        return np.broadcast_to(mine, values.shape), np.broadcast_to(theirs, values.shape)

    moved, theirs = of(np.array([turned.value, turned.value + turned.scale]), {})
    return of if moved[0] != moved[1] and theirs[0] > 0 else None


def _premium(prices: Prices, flip: Flip, roots: FloatArray, worlds: Worlds) -> Flip:
    base = expected = None
    if flip.base is not None:
        mine, theirs = prices(np.array([flip.base]), {})
        base = float(mine[0] / theirs[0] - 1)
    if flip.expected is not None:
        mine, theirs = prices(np.full(worlds.n, flip.expected), worlds.draws)
        expected = float(mine.mean() / theirs.mean() - 1)
    mine, theirs = prices(np.clip(roots, -_ENDLESS, _ENDLESS), worlds.draws)
    p5, p50, p95 = _percentiles(mine / theirs - 1)
    return replace(flip, base=base, expected=expected, p5=p5, p50=p50, p95=p95, residual=0.0)


def _percentiles(values: FloatArray) -> tuple[float | None, ...]:
    points = points_of(np.sort(np.clip(values, -_ENDLESS, _ENDLESS)), (0.05, 0.5, 0.95))
    return tuple(None if abs(point) >= _ENDLESS / 1e10 else float(point) for point in points)


def _of_lost_customer(
    case: Case, supplier: str, at: Sequence[float], n: int, seed: int, progress: Progress | None
) -> BreakEven:
    """Find the value of a lost customer that one must believe in: churn is that much for each who is driven away."""
    steps = Steps(progress, 2)
    stake(case, supplier)
    believed = Belief(case, supplier, n, seed=seed)
    steps.done()
    turned = believed.lever
    solver = _Solver(turned, believed.in_base, believed.in_draws, believed.worlds.n, believed.size, at_stake=False)
    roots, totals = solver.flips()
    found = _result(case, supplier, turned, solver, roots, totals, (None, None), at, believed.worlds, at_stake=False)
    steps.done()
    return found


class Belief:
    """An option's NPV as a function of the value put on a lost customer (model.md, section 6).

    Parameters
    ----------
    case : Case
        A checked case.
    supplier : str
        An option other than the baseline.
    n, seed : int
        Draws, and what they are made from.

    Raises
    ------
    UsageError
        Where no failure of the case costs customers.
    """

    def __init__(self, case: Case, supplier: str, n: int = DEFAULT_DRAWS, *, seed: int = 0) -> None:
        self.outcomes = outcomes = Outcomes(case)
        leavers = [outcomes.engine.leavers(name) for name in outcomes.names]
        steps = [step for step in leavers if step is not None]
        if len(steps) < len(leavers):
            hint = "state failures.MODE.churn: the share of a customer's future purchases that an event costs"
            raise UsageError(f"expected failures that cost customers, found none with churn\n    {hint}")
        self.worlds = Worlds.of(case, n, seed=seed, outcomes=outcomes)
        self.pair = [outcomes.baseline, outcomes.names.index(supplier)]
        zero = outcomes.engine.graph.constant(0.0)
        program = outcomes.program([*(lines.get("churn", zero) for lines in outcomes.line_steps), *steps])
        grade = next((line.grade for line in outcomes.lines if line.name == "churn"), "soft")
        self.counts = np.array([float(grade in WITHIN[total]) for total in TOTALS])[:, None, None]
        self.size = float(self.worlds.costs[2, outcomes.baseline].mean())
        self._draws = self._parts(program, self.worlds.draws, self.worlds.n)
        self._base = self._parts(program, outcomes.means, 1)

    def _parts(self, program: Program, draws: Mapping[str, FloatArray], n: int) -> tuple[FloatArray, ...]:
        """Give present costs without churn, (3, k, n), and each option's churn and leavers, (k, n)."""
        found = self.outcomes.evaluate(program, draws)
        both = np.stack([np.broadcast_to(np.reshape(one, (-1, np.shape(one)[-1]))[0], (n,)) for one in found])
        churn, leavers = both.reshape(2, len(self.outcomes.names), n)
        return self.outcomes.costs(draws) - self.counts * churn, churn, leavers

    @property
    def implied(self) -> float:
        """What the case itself puts on a lost customer: the churn that is saved over the leavers saved [money]."""
        _, churn, leavers = self._draws
        base, option = self.pair
        saved = float((leavers[base] - leavers[option]).mean())
        return float((churn[base] - churn[option]).mean()) / saved if saved else math.nan

    @property
    def lever(self) -> Lever:
        """The value of a lost customer, as a lever."""
        return Lever(
            case=self.outcomes.case,
            outcomes=self.outcomes,
            path=LOST_CUSTOMER,
            parts={},
            value=self.implied if math.isfinite(self.implied) else 0.0,
            low=0.0,
            high=math.inf,
            unit="money/customer",
            meaning="value put on each customer who is driven away",
            kind="positive",
            key="",
        )

    def costs(self, value: float) -> FloatArray:
        """Give present costs, (3, k, n), with a value put on a lost customer [money]."""
        without, _, leavers = self._draws
        return np.asarray(without + self.counts * value * leavers)

    def in_draws(self, values: FloatArray, draws: Any) -> FloatArray:
        """Give NPVs, (3, m), with values (m,) put on a lost customer."""
        return self._saved(self._draws, values, draws)

    def in_base(self, values: FloatArray, draws: Any) -> FloatArray:
        """Give the same in the base case."""
        del draws
        return self._saved(self._base, values, slice(None))

    def _saved(self, parts: tuple[FloatArray, ...], values: FloatArray, draws: Any) -> FloatArray:
        without, _, leavers = parts
        base, option = self.pair
        plain = without[:, base, draws] - without[:, option, draws]
        return np.asarray(plain + self.counts[:, 0] * values * (leavers[base, draws] - leavers[option, draws]))


def _result(
    case: Case,
    supplier: str,
    turned: Lever,
    solver: _Solver,
    roots: FloatArray,
    totals: Mapping[str, Flip],
    premiums: tuple[dict[str, Flip] | None, dict[str, Flip] | None],
    at: Sequence[float],
    worlds: Worlds,
    *,
    at_stake: bool,
) -> BreakEven:
    more = () if solver.linear else tuple(value for value in solver.base_roots(2) if value != totals["all_in"].base)
    asked = [turned.value, *at] if at else _worth_asking(turned.value, totals["all_in"])
    wins = []
    for value in dict.fromkeys(asked):
        saved = solver.at_value(value)
        wins.append((float(value), {total: float((saved[i] > 0).mean()) for i, total in enumerate(TOTALS)}))
    return BreakEven(
        supplier=supplier,
        label=case.option(supplier).label,
        baseline=case.baseline,
        currency=currency_of(turned, supplier),
        case_currency=case.currency,
        path=turned.path,
        meaning=turned.meaning,
        unit=turned.unit,
        percent=turned.kind in ("share", "rate"),
        at_stake=at_stake,
        value=turned.value,
        scaled=turned.scaled,
        ratios=turned.ratios,
        totals=totals,
        premium_on_price=premiums[0],
        premium_on_landed=premiums[1],
        wins=tuple(wins),
        lower_wins=solver.lower_wins,
        linear=solver.linear,
        line=tuple(solver.line(totals)),
        more=more,
        provenance=Provenance(case.name, case.fingerprint, case.scenario, VERSION, worlds.n, worlds.seed, "sobol"),
    )


def _worth_asking(value: float, flip: Flip) -> list[float]:
    """Give today's value, and those between which the chance of being worth it falls from high to low."""
    found = [flip.p5, flip.expected, flip.p95]
    return [value, *sorted(one for one in found if one is not None and one >= 0)]


def _premium_data(premium: Mapping[str, Flip] | None) -> dict[str, Any] | None:
    """Give a premium's all-in figures, with those of the two smaller totals under their names."""
    if premium is None:
        return None
    kept = ("base", "expected", "p5", "p50", "p95")
    plain = {total: {key: flip.to_dict()[key] for key in kept} for total, flip in premium.items()}
    return {**plain["all_in"], **{total: plain[total] for total in TOTALS[:2]}}
