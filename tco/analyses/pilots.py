"""Pilots: what n more units of a supplier would show about a failure rate, and what to do after which result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tco.analyses.figure import labels_of
from tco.distributions import Beta, FloatArray
from tco.errors import UsageError
from tco.loader import Case
from tco.outcomes import Outcomes, Worlds, asked_correlations, uncertain_inputs
from tco.results import TOTALS

UNITS = (50, 100, 150, 200, 300, 400, 600, 800, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 8_000, 10_000, 15_000, 20_000)
"""Sizes of a pilot that are tried."""
ENOUGH = 0.8
"""Where a pilot costs nothing, the size is named that gives this share of what the largest one would."""
MOST_UNITS = 200_000
"""The largest pilot that is looked at."""
CLOSER = 25
"""Sizes looked at between two neighbors of the best one."""
RATE_NODES, RATE_DRAWS = 13, 1024
"""The same for the polynomials that pilots are valued by."""
RARELY = 0.001
"""Results of a pilot that are less probable than this are not spoken of."""


def conditional_costs(
    outcomes: Outcomes, path: str, total: str, nodes: int, n: int, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Give values of an input, (q,), and each option's mean cost at them over all other inputs, (k, q)."""
    if path not in uncertain_inputs(outcomes.case):
        raise UsageError(f"expected an uncertain input, found {path}, which does not vary")
    if path in correlated(outcomes.case):
        raise UsageError(f"expected an input without correlations, found {path}: use the regression on draws")
    shares = np.concatenate([[1e-6], (np.arange(nodes - 2) + 0.5) / (nodes - 2), [1 - 1e-6]])
    values = np.unique(np.asarray(outcomes.inputs[path].quantile(shares)))
    others = Worlds.of(outcomes.case, n, seed=seed, outcomes=outcomes)
    wide = {name: np.tile(one, len(values)) for name, one in others.draws.items()}
    costs = outcomes.costs(wide | {path: np.repeat(values, others.n)})[TOTALS.index(total)]
    return values, costs.reshape(len(costs), len(values), others.n).mean(axis=2)


def correlated(case: Case) -> set[str]:
    """Give the uncertain inputs that are correlated with another."""
    asked = asked_correlations(case, uncertain_inputs(case))
    return {path for one in asked for path in (one.first, one.second)}


@dataclass(frozen=True)
class Segment:
    """Results of a pilot after which the same option costs least: from one number of events to another, inclusive."""

    first: int
    last: int
    option: int
    probability: float


@dataclass(frozen=True)
class BetaBinomial:
    """A rate with a beta distribution, and each option's expected cost as a polynomial of it.

    Parameters
    ----------
    prior : Beta
        What is known of the rate.
    coefficients : array of shape (k, 5)
        Of powers 0 to 4 of the rate's distance from its mean in its standard deviations [money].

    Notes
    -----
    After y events in n units the rate is Beta(a + y, b + n − y), whose moments are closed formulas, so that expected
    costs after every possible result are exact; results are beta-binomial.

    References
    ----------
    Raiffa and Schlaifer (1961), Applied Statistical Decision Theory, sections 5.3 and 9.1 (beta-binomial preposterior).
    """

    prior: Beta
    coefficients: FloatArray

    @classmethod
    def fitted(cls, prior: Beta, values: FloatArray, costs: FloatArray) -> BetaBinomial:
        """Fit polynomials to costs, (k, n), at values of the rate, (n,), by least squares."""
        model = cls(prior, np.zeros((len(costs), 5)))
        slopes = np.linalg.lstsq(model.powers(values).T, costs.T, rcond=None)[0]
        return cls(prior, np.asarray(slopes.T, dtype=np.float64))

    def powers(self, values: FloatArray) -> FloatArray:
        """Give powers 0 to 4 of values of the rate, (5, n), in standard deviations from its mean."""
        return np.vander((values - self.prior.mean()) / self.prior.sd(), 5, increasing=True).T

    def after(self, units: int) -> tuple[FloatArray, FloatArray]:
        """Give the probability of every number of events in so many units, (n + 1,), and expected costs, (k, n + 1)."""
        from scipy.special import betaln, gammaln

        a, b, events = self.prior.a, self.prior.b, np.arange(units + 1, dtype=np.float64)
        ways = gammaln(units + 1) - gammaln(events + 1) - gammaln(units - events + 1)
        probabilities = np.exp(ways + betaln(a + events, b + units - events) - betaln(a, b))
        left: FloatArray = b + units - events
        moments = _moments(events + a, left, self.prior.mean(), self.prior.sd())
        return probabilities / probabilities.sum(), np.asarray(self.coefficients @ moments)

    def evsi(self, units: int) -> float:
        """Value seeing so many units before choosing [money]."""
        probabilities, costs = self.after(units)
        best = int(np.argmin(costs @ probabilities))
        return float(probabilities @ (costs[best] - costs.min(axis=0)))

    def segments(self, units: int) -> list[Segment]:
        """Say which option costs least after each possible number of events, those that hardly happen left out."""
        probabilities, costs = self.after(units)
        choice = np.argmin(costs, axis=0)
        starts = [0, *(np.flatnonzero(np.diff(choice)) + 1)]
        found: list[Segment] = []
        for first, end in zip(starts, [*starts[1:], units + 1], strict=True):
            found.append(Segment(int(first), int(end) - 1, int(choice[first]), float(probabilities[first:end].sum())))
        return _joined([one for one in found if one.probability >= RARELY])


def _moments(a: FloatArray, b: FloatArray, centre: float, scale: float) -> FloatArray:
    """Give E[((q − centre)/scale)^j] for j = 0 … 4 of beta distributions, (5, n), from their central moments.

    References
    ----------
    Johnson, Kotz and Balakrishnan (1995), Continuous Univariate Distributions 2, chapter 25.
    """
    s = a + b
    second = a * b / (s**2 * (s + 1))
    third = 2 * a * b * (b - a) / (s**3 * (s + 1) * (s + 2))
    fourth = 3 * a * b * (a * b * (s - 6) + 2 * s**2) / (s**4 * (s + 1) * (s + 2) * (s + 3))
    off = a / s - centre
    rows = [
        np.ones_like(off),
        off,
        off**2 + second,
        off**3 + 3 * off * second + third,
        off**4 + 6 * off**2 * second + 4 * off * third + fourth,
    ]
    return np.stack([row / scale**power for power, row in enumerate(rows)])


def _joined(segments: Sequence[Segment]) -> list[Segment]:
    """Join neighbours with the same choice; what was left out between two goes to the first of them."""
    found: list[Segment] = []
    for one in segments:
        if found and found[-1].option == one.option:
            before = found.pop()
            found.append(Segment(before.first, one.last, one.option, before.probability + one.probability))
        else:
            if found:
                before = found.pop()
                found.append(Segment(before.first, one.first - 1, before.option, before.probability))
            found.append(one)
    return found


@dataclass(frozen=True)
class Pilot:
    """What trying n more units of a supplier is worth, because of one rate that it would show.

    Parameters
    ----------
    path, label : str
        The rate.
    supplier : str
        Whom to order from; empty where the rate is not a supplier's own.
    n : int
        The number of units (orders, for a rate per order) of the largest net value; where more units cost nothing
        more, the smallest of some sizes that gives 80 % of what the largest would; 0 where no pilot pays.
    evsi : float
        Expected value of what the pilot shows [money].
    net : float
        The same less the pilot's cost [money].
    most_a_unit : float
        What a unit of the pilot may cost at most, all its costs taken together [money/unit].
    rule : str
        When to choose what, in words.
    switches : float
        Probability that its result changes the choice.
    curve : tuple of (int, float, float)
        Units, value and net value of every size tried.
    """

    path: str
    label: str
    supplier: str
    n: int
    evsi: float
    net: float
    most_a_unit: float
    rule: str
    switches: float
    curve: tuple[tuple[int, float, float], ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {**asdict(self), "curve": [list(point) for point in self.curve]}


def countable(outcomes: Outcomes) -> list[str]:
    """Give the failure rates whose distribution is a beta, which counts of a pilot can update; no single year's."""
    return [
        path
        for path, one in sorted(outcomes.inputs.items())
        if "failure_rates" in path and "by_year" not in path and isinstance(one, Beta)
    ]


def pilot_of(
    worlds: Worlds, costs: FloatArray, path: str, total: str, price: tuple[float, float], units: Sequence[int]
) -> Pilot:
    """Find the best pilot for one rate, and what to do after it.

    Parameters
    ----------
    worlds : Worlds
        Draws of the case.
    costs : array of shape (k, n)
        Present cost of each option in each draw [money].
    path : str
        The rate.
    total : str
        hard, hard_and_estimated or all_in: which costs these are.
    price : (float, float)
        What a pilot costs once, and for each unit [money, money/unit].
    units : sequence of int
        Sizes to try; empty to seek the best one.
    """
    model = _model_of_rate(worlds, costs, path, total)
    case, now = worlds.outcomes.case, int(np.argmin(costs.mean(axis=1)))
    fixed, each = price
    values = {size: model.evsi(size) for size in sorted(set(units or UNITS))}
    if each and not units:
        size = _best_size(model, each)
        values[size] = model.evsi(size)
    curve = tuple((size, values[size], values[size] - fixed - each * size) for size in sorted(values))
    size, value, net = max(curve, key=lambda point: (point[2], -point[0])) if each else _enough(curve)
    segments = model.segments(size)
    rule = _rule(case, path, size, segments) if net > 0 else _too_dear(case, path, size)
    if len(model.segments(curve[-1][0])) == 1 and len(segments) == 1:
        rule = _no_use(case, path, curve[-1][0], now)
    if len(segments) == 1 or net <= 0:
        size, value, net, segments = 0, 0.0, 0.0, []
    return Pilot(
        path=path,
        label=labels_of(case, [path])[path],
        supplier=path.split(".")[1] if path.startswith("suppliers.") else "",
        n=size,
        evsi=value,
        net=net,
        most_a_unit=value / size if size else 0.0,
        rule=rule,
        switches=sum(one.probability for one in segments if one.option != now),
        curve=curve,
    )


def _enough(curve: Sequence[tuple[int, float, float]]) -> tuple[int, float, float]:
    """Give the smallest size that shows enough, where more units cost nothing more."""
    return next(point for point in curve if point[1] >= ENOUGH * curve[-1][1])


def _best_size(model: BetaBinomial, each: float) -> int:
    """Seek the size of the largest net value: on a grid that grows by a half, then ever closer around its best one.

    A pilot that costs more than the largest one would show is worth nothing, which bounds the search.
    """
    most = int(min(model.evsi(MOST_UNITS) / each, MOST_UNITS))
    sizes = [1]
    while sizes[-1] < most:
        sizes.append(min(max(sizes[-1] + 1, sizes[-1] * 3 // 2), most))
    while True:
        net = [model.evsi(size) - each * size for size in sizes]
        at = int(np.argmax(net))
        low, high = sizes[max(at - 1, 0)], sizes[min(at + 1, len(sizes) - 1)]
        if len(sizes) == high - low + 1 or high - low <= 2:
            return sizes[at]
        sizes = sorted({*np.linspace(low, high, CLOSER).astype(int).tolist(), sizes[at]})


def _model_of_rate(worlds: Worlds, costs: FloatArray, path: str, total: str) -> BetaBinomial:
    """Give expected costs as polynomials of a rate: from nested runs, or where it is correlated from the draws.

    What costs differ from them by on average, over all draws, is added: the draws know the other inputs' means better.
    """
    prior = worlds.outcomes.inputs[path]
    if not isinstance(prior, Beta):
        raise UsageError(f"expected a rate with a beta distribution, such as 24 of 1_950, found {prior.name} in {path}")
    given = (worlds.draws[path], costs)
    if path not in correlated(worlds.outcomes.case):
        given = conditional_costs(worlds.outcomes, path, total, RATE_NODES, RATE_DRAWS, worlds.seed)
    model = BetaBinomial.fitted(prior, *given)
    model.coefficients[:, 0] += (costs - model.coefficients @ model.powers(worlds.draws[path])).mean(axis=1)
    return model


def _rule(case: Case, path: str, size: int, segments: Sequence[Segment]) -> str:
    """Say in words which option to choose after which result."""
    mode, what, whom = _counted(case, path)
    verb, of = ("place", "with") if what == "orders" else ("order", "from")
    start = f"{verb} {size:,} {what} {of} {whom}" if whom else f"watch {size:,} {what}"
    choices = [_choice(case, one.option) for one in segments]
    parts = [_part(one, mode, choices[at], at, len(segments)) for at, one in enumerate(segments)]
    return f"{start}; " + "; ".join(parts)


def _choice(case: Case, option: int) -> str:
    verb = "stay with" if case.options[option].name == case.baseline else "choose"
    return f"{verb} {case.options[option].label}"


def _no_use(case: Case, path: str, size: int, now: int) -> str:
    mode, what, _ = _counted(case, path)
    return f"no pilot for '{mode}': whatever {size:,} {what} showed, {case.options[now].label} stays best"


def _too_dear(case: Case, path: str, size: int) -> str:
    mode, what, _ = _counted(case, path)
    return f"no pilot for '{mode}': even the best size, {size:,} {what}, costs more than what it shows is worth"


def _counted(case: Case, path: str) -> tuple[str, str, str]:
    """Give the failure mode of a rate, what it is counted on, and whose it is."""
    words = path.split(".")
    mode = words[words.index("failure_rates") + 1]
    per = {one.name: one.per for option in case.options for one in option.modes}.get(mode, "unit")
    return mode, "orders" if per == "order" else "units", case.option(words[1]).label if words[0] == "suppliers" else ""


def _part(one: Segment, mode: str, choice: str, at: int, count: int) -> str:
    if at == 0:
        return f"if at most {one.last:,} show '{mode}', {choice}"
    return f"if more than {one.first - 1:,}, {choice}" if at == count - 1 else f"up to {one.last:,}, {choice}"
