"""What it is worth to know: everything (EVPI), one input or several (EVPPI), what a pilot of n units shows (EVSI)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tco.analyses.figure import doubts, groups_of, labels_of, worlds_of
from tco.analyses.variance import correlation_ratio, ranks
from tco.distributions import Beta, FloatArray
from tco.errors import UsageError, whole
from tco.loader import Case, checked_case
from tco.outcomes import Outcomes, Worlds, asked_correlations, uncertain_inputs
from tco.progress import Progress, Steps, each
from tco.results import TOTALS, Provenance, Result, frame
from tco.sampling import REPLICATES
from tco.version import VERSION

if TYPE_CHECKING:
    import pandas

DRAWS = 32_768
"""Draws that values of information are taken from unless told otherwise."""
UNITS = (50, 100, 150, 200, 300, 400, 600, 800, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 8_000, 10_000, 15_000, 20_000)
"""Sizes of a pilot that are tried."""
ENOUGH = 0.8
"""Where a pilot costs nothing, the size is named that gives this share of what the largest one would."""
DEGREE, GROUP_DEGREE = 5, 3
"""Degrees of the polynomials in an input's rank that costs are regressed on: of one input, of each of several."""
MOST_PRODUCTS = 6
"""Inputs of a group whose products are regressed on as well: those that move the decision most."""
NODES, NESTED_DRAWS = 33, 2048
"""Values of an input at which the model is run for a nested computation; draws of all other inputs at each of them."""
RATE_NODES, RATE_DRAWS = 13, 1024
"""The same for the polynomials that pilots are valued by."""
RARELY = 0.001
"""Results of a pilot that are less probable than this are not spoken of."""


@dataclass(frozen=True)
class Estimate:
    """A value and its standard error, from the spread of independent replicates [money]."""

    value: float
    standard_error: float


def evpi(costs: FloatArray) -> Estimate:
    """Value knowing everything: the smallest expected loss, min E[C] − E[min C].

    Parameters
    ----------
    costs : array of shape (k, n)
        Present cost of each option in each draw, eight replicates one after another [money].

    Returns
    -------
    Estimate
        Never negative: it is a mean of losses against the option that turns out best [money].

    References
    ----------
    Raiffa and Schlaifer (1961), Applied Statistical Decision Theory, section 4.5.
    """
    return _mean(costs[_cheapest(costs)] - costs.min(axis=0))


def evppi(costs: FloatArray, inputs: Sequence[FloatArray]) -> Estimate:
    """Value knowing some inputs and nothing else, from draws alone.

    Parameters
    ----------
    costs : array of shape (k, n)
        Present cost of each option in each draw, eight replicates one after another [money].
    inputs : sequence of array of shape (n,)
        The inputs that would be known, in the same draws.

    Returns
    -------
    Estimate
        Between 0 and the EVPI of the same draws [money].

    Notes
    -----
    The k − 1 differences between options are regressed on the inputs (each as it is and as orthogonal polynomials of
    its rank; of several inputs also their products). The regression only sorts the draws into at most k piles, by the
    option that it recommends; in each pile the option is taken that *costs* least on average there. So the value is
    that of a rule which could be followed, and a pile's mean is a conditional expectation: by Jensen's inequality the
    value is at least 0, and at most the EVPI of the same draws, without being cut off at either.

    References
    ----------
    Strong, Oakley and Brennan (2014), Estimating multiparameter partial expected value of perfect information from a
    probabilistic sensitivity analysis sample, Medical Decision Making 34(3), 311-326 (the regression).
    """
    return _evppi(costs, [_Input(values) for values in inputs])


class _Input:
    """An input's draws, (n,), as they are in standard deviations from their mean, and as ranks."""

    def __init__(self, values: FloatArray) -> None:
        sd = values.std()
        self.scores: FloatArray = (values - values.mean()) / sd if sd else np.zeros_like(values)
        self.places = ranks(values)

    def polynomials(self, degree: int) -> list[FloatArray]:
        """Give the input as it is, and Legendre polynomials of its rank."""
        found = [np.ones_like(self.places), self.places]
        for k in range(1, degree):
            found.append(((2 * k + 1) * self.places * found[k] - k * found[k - 1]) / (k + 1))
        return [self.scores, *found[1:]]


def _evppi(costs: FloatArray, inputs: Sequence[_Input]) -> Estimate:
    best = _cheapest(costs)
    others = [row for row in range(len(costs)) if row != best]
    if not others or not inputs:
        return Estimate(0.0, 0.0)
    gains = np.zeros_like(costs)
    gains[others] = _fitted(costs[others] - costs[best], inputs)
    piles = np.argmin(gains, axis=0)
    sums = np.stack([np.bincount(piles, row, minlength=len(costs)) for row in costs])
    chosen = np.where(sums[best] <= sums.min(axis=0), best, np.argmin(sums, axis=0))
    value = (sums[best] - sums.min(axis=0)).sum() / piles.size
    return Estimate(float(value), _mean(costs[best] - costs[chosen[piles], np.arange(piles.size)]).standard_error)


def evppi_nested(
    outcomes: Outcomes, path: str, *, total: str = "all_in", n: int = NESTED_DRAWS, seed: int = 0
) -> float:
    """Value knowing one input by running the model: its value fixed in turn, all others drawn [money].

    Parameters
    ----------
    outcomes : Outcomes
        The model.
    path : str
        The input, correlated with no other.
    total : str
        hard, hard_and_estimated or all_in.
    n, seed : int
        Draws of all other inputs at each value of this one, and what they are made from.

    Notes
    -----
    Means over the others are taken at some values of the input, in the same draws of the others, and joined by straight
    lines: exact, but for those draws, where the model is linear in the input.

    Raises
    ------
    UsageError
        For an input that does not vary, or that is correlated with others: its value would move their draws.
    """
    values, means = _conditional_costs(outcomes, path, total, NODES, n, seed)
    shares = (np.arange(8192) + 0.5) / 8192
    points = np.asarray(outcomes.inputs[path].quantile(shares))
    given = np.stack([np.interp(points, values, row) for row in means])
    return float((given[_cheapest(given)] - given.min(axis=0)).mean())


def _conditional_costs(
    outcomes: Outcomes, path: str, total: str, nodes: int, n: int, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Give values of an input, (q,), and each option's mean cost at them over all other inputs, (k, q)."""
    if path not in uncertain_inputs(outcomes.case):
        raise UsageError(f"expected an uncertain input, found {path}, which does not vary")
    if path in _correlated(outcomes.case):
        raise UsageError(f"expected an input without correlations, found {path}: use the regression on draws")
    shares = np.concatenate([[1e-6], (np.arange(nodes - 2) + 0.5) / (nodes - 2), [1 - 1e-6]])
    values = np.unique(np.asarray(outcomes.inputs[path].quantile(shares)))
    others = Worlds.of(outcomes.case, n, seed=seed, outcomes=outcomes)
    wide = {name: np.tile(one, len(values)) for name, one in others.draws.items()}
    costs = outcomes.costs(wide | {path: np.repeat(values, others.n)})[TOTALS.index(total)]
    return values, costs.reshape(len(costs), len(values), others.n).mean(axis=2)


def _correlated(case: Case) -> set[str]:
    asked = asked_correlations(case, uncertain_inputs(case))
    return {path for one in asked for path in (one.first, one.second)}


def _cheapest(costs: FloatArray) -> int:
    return int(np.argmin(costs.mean(axis=1)))


def _mean(values: FloatArray) -> Estimate:
    n = values.size // REPLICATES * REPLICATES
    means = values[:n].reshape(REPLICATES, -1).mean(axis=1) if n else np.zeros(REPLICATES)
    return Estimate(float(values.mean()), float(means.std(ddof=1) / np.sqrt(REPLICATES)))


def _fitted(differences: FloatArray, inputs: Sequence[_Input]) -> FloatArray:
    """Regress differences, (k − 1, n), on inputs by least squares; give the fitted ones."""
    columns = inputs[0].polynomials(DEGREE) if len(inputs) == 1 else _columns_of_several(differences, inputs)
    basis = np.stack([np.ones(differences.shape[1]), *columns])
    squares, products = basis @ basis.T, basis @ differences.T
    scales = np.sqrt(np.diag(squares))
    scales[scales == 0] = 1  # the column of an input that never varies
    slopes = np.linalg.lstsq(squares / np.outer(scales, scales), products / scales[:, None], rcond=1e-12)[0]
    return np.asarray((slopes / scales[:, None]).T @ basis)


def _columns_of_several(differences: FloatArray, inputs: Sequence[_Input]) -> list[FloatArray]:
    """Give each input's polynomials, and the products of those that move the differences most."""
    moves = [float(np.abs(differences @ one.scores).max()) for one in inputs]
    leading = [inputs[row].scores for row in sorted(range(len(inputs)), key=lambda row: -moves[row])[:MOST_PRODUCTS]]
    products = [one * other for at, one in enumerate(leading) for other in leading[at + 1 :]]
    return [column for one in inputs for column in one.polynomials(GROUP_DEGREE)] + products


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
        The best number of units (orders, for a rate per order) among those tried: of the largest net value; without a
        cost of the pilot the smallest that gives 80 % of what the largest would; 0 where no pilot pays.
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


@dataclass(frozen=True)
class Known:
    """What it is worth to know one input, or a group of them, exactly.

    Parameters
    ----------
    path, label : str
        The input, or the group's name; and what people call it.
    evppi, standard_error : float
        Its value and the standard error [money].
    contribution : float or None
        Share of the variance of what the best option saves against the next one that the input makes, by conditional
        means; None for groups.
    paths : tuple of str
        The inputs that would be known.
    """

    path: str
    label: str
    evppi: float
    standard_error: float
    contribution: float | None
    paths: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {**asdict(self), "paths": list(self.paths)}


@dataclass(frozen=True, repr=False)
class Information(Result):
    """What it is worth to find out more before choosing.

    Parameters
    ----------
    name, scenario, baseline, currency : str
        Of the case.
    total : str
        hard, hard_and_estimated or all_in: the costs that are spoken of.
    best, next_best : str
        The options of the lowest and second lowest mean cost.
    labels : dict of str to str
        What people call the options.
    saving : float
        What the best option saves against the next one on average [money].
    cost : float
        What the best option costs on average [money].
    mover, mover_share : str and float
        The input that makes most of the variance of what the best option saves against the baseline (of the next best
        one where the baseline is best), and its share, by conditional means; empty where nothing varies.
    evpi, evpi_error : float
        Value of knowing everything, and its standard error [money].
    inputs : tuple of Known
        Every uncertain input, the most valuable first.
    groups : tuple of Known
        By supplier, failure mode, correlated inputs and soft inputs, the most valuable first.
    pilots : tuple of Pilot
        One a rate that a pilot can show, the largest net value first.
    pilot_cost, pilot_unit_cost : float
        What a pilot was assumed to cost: once, and for each unit [money, money/unit].
    n : int
        Draws.
    warnings : tuple of str
        Doubts about the case, and rates that are unknown.
    provenance : Provenance
        What this was made from.
    """

    name: str
    scenario: str
    baseline: str
    currency: str
    total: str
    best: str
    next_best: str
    labels: Mapping[str, str]
    saving: float
    cost: float
    mover: str
    mover_share: float
    evpi: float
    evpi_error: float
    inputs: tuple[Known, ...]
    groups: tuple[Known, ...]
    pilots: tuple[Pilot, ...]
    pilot_cost: float
    pilot_unit_cost: float
    n: int
    warnings: tuple[str, ...]
    provenance: Provenance

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row for everything, each input, each group and each pilot."""
        yield {"kind": "everything", "path": "", "value": self.evpi, "standard_error": self.evpi_error}
        for kind, ones in (("input", self.inputs), ("group", self.groups)):
            for one in ones:
                yield {"kind": kind, "path": one.path, "value": one.evppi, "standard_error": one.standard_error}
        for pilot in self.pilots:
            for units, value, net in pilot.curve:
                yield {"kind": "pilot", "path": pilot.path, "value": value, "n": units, "net": net}

    def to_frame(self) -> pandas.DataFrame:
        """Give the rows as a tidy data frame, in full precision."""
        return frame(self.rows())

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data, in full precision."""
        return {
            "name": self.name,
            "scenario": self.scenario,
            "baseline": self.baseline,
            "currency": self.currency,
            "total": self.total,
            "best": self.best,
            "next_best": self.next_best,
            "saving": self.saving,
            "present_cost": self.cost,
            "largest_mover": {"path": self.mover, "share": self.mover_share},
            "evpi": self.evpi,
            "evpi_standard_error": self.evpi_error,
            "inputs": [one.to_dict() for one in self.inputs],
            "groups": [one.to_dict() for one in self.groups],
            "pilots": [one.to_dict() for one in self.pilots],
            "pilot_cost": self.pilot_cost,
            "pilot_unit_cost": self.pilot_unit_cost,
            "n": self.n,
            "warnings": list(self.warnings),
            "provenance": self.provenance.to_dict(),
        }

    def __str__(self) -> str:
        from tco.views import information as view

        return view.text(self)

    def _repr_html_(self) -> str:
        from tco.views import information as view

        return view.html(self)


def information(
    case: Case,
    *,
    n: int = DRAWS,
    seed: int = 0,
    total: str = "all_in",
    pilot_cost: float = 0.0,
    pilot_unit_cost: float = 0.0,
    units: Sequence[int] = UNITS,
    progress: Progress | None = None,
) -> Information:
    """Say what it is worth to know more before choosing among a case's options, and which pilot pays.

    Parameters
    ----------
    case : Case
        A checked case with at least two options.
    n, seed : int
        Draws, rounded up to a multiple of eight, and what they are made from.
    total : str
        hard, hard_and_estimated or all_in.
    pilot_cost, pilot_unit_cost : float
        What a pilot costs once, and for each unit [money, money/unit].
    units : sequence of int
        Sizes of a pilot to try.
    progress : callable, optional
        Called with steps done and steps in all.

    Returns
    -------
    Information
        EVPI, EVPPI of every input and group, pilots with a stopping rule each.

    Raises
    ------
    UsageError
        For a case with one option, an unknown total, a negative cost, a size below 1, fewer than 64 draws.

    Examples
    --------
    >>> import tco
    >>> result = information(tco.load("scenarios/cartridges.yaml"), n=4096)
    >>> 0 <= result.inputs[0].evppi <= result.evpi
    True
    """
    checked_case(case)
    n = whole(n, "a whole number of draws")
    _check_call(case, n, total, (pilot_cost, pilot_unit_cost), units)
    steps = Steps(progress, 10)
    worlds = worlds_of(case, n, seed)
    steps.done(2)
    costs = worlds.costs[TOTALS.index(total)]
    order = np.argsort(costs.mean(axis=1), kind="stable")
    names, labels = worlds.outcomes.names, {option.name: option.label for option in case.options}
    everything = evpi(costs)
    between = costs[order[1]] - costs[order[0]]
    draws = {path: _Input(worlds.draws[path]) for path in sorted(worlds.draws)}
    steps.done()
    inputs, groups = _known(worlds.outcomes, draws, costs, between, steps.part(3))
    leaving = order[0] if order[0] != worlds.outcomes.baseline else order[1]
    mover, share = _mover(draws, costs[worlds.outcomes.baseline] - costs[leaving])
    pilots = [
        _pilot(worlds, costs, path, total, pilot_cost, pilot_unit_cost, units)
        for path in each(_countable(worlds.outcomes), steps.part(4))
    ]
    return Information(
        name=case.name,
        scenario=case.scenario,
        baseline=case.baseline,
        currency=case.currency,
        total=total,
        best=names[order[0]],
        next_best=names[order[1]],
        labels=labels,
        saving=float(between.mean()),
        cost=float(costs[order[0]].mean()),
        mover=mover,
        mover_share=share,
        evpi=everything.value,
        evpi_error=everything.standard_error,
        inputs=inputs,
        groups=groups,
        pilots=tuple(sorted(pilots, key=lambda one: (-one.net, one.path))),
        pilot_cost=pilot_cost,
        pilot_unit_cost=pilot_unit_cost,
        n=worlds.n,
        warnings=doubts(case),
        provenance=Provenance(case.name, case.fingerprint, case.scenario, VERSION, worlds.n, seed, "sobol"),
    )


def _check_call(case: Case, n: int, total: str, costs: Sequence[float], units: Sequence[int]) -> None:
    if len(case.options) < 2:
        raise UsageError("expected at least two options to choose from, found one")
    if n < 64:
        raise UsageError(f"expected at least 64 draws, found {n}")
    if total not in TOTALS:
        raise UsageError(f"expected one of {', '.join(TOTALS)}, found '{total}'")
    if min(costs) < 0:
        raise UsageError(f"expected a pilot's cost of 0 or more, found {min(costs):g}")
    if not units or min(units) < 1:
        raise UsageError(f"expected pilots of at least one unit, found {min(units, default=0)}")


def _known(
    outcomes: Outcomes,
    draws: Mapping[str, _Input],
    costs: FloatArray,
    between: FloatArray,
    progress: Progress | None,
) -> tuple[tuple[Known, ...], tuple[Known, ...]]:
    """Value every input and every group; a group may follow the rule of any part of it, so it is worth no less."""
    steps, inputs, labels = Steps(progress, 2), [], labels_of(outcomes.case, list(draws))
    for path in each(draws, steps.part(1)):
        one, share = _evppi(costs, [draws[path]]), correlation_ratio(draws[path].places, between)
        inputs.append(Known(path, labels[path], one.value, one.standard_error, share, (path,)))
    groups: list[Known] = []
    together = sorted(groups_of(outcomes).items(), key=lambda pair: (len(pair[1]), pair[0]))
    for name, paths in each(together, steps.part(1)):
        found = _evppi(costs, [draws[path] for path in paths])
        parts = [one for one in (*inputs, *groups) if set(one.paths) < set(paths)]
        best = max(parts, key=lambda one: one.evppi)
        if best.evppi > found.value:
            found = Estimate(best.evppi, best.standard_error)
        groups.append(Known(name, name, found.value, found.standard_error, None, paths))
    return tuple(sorted(inputs, key=_value_first)), tuple(sorted(groups, key=_value_first))


def _mover(draws: Mapping[str, _Input], saved: FloatArray) -> tuple[str, float]:
    shares = {path: correlation_ratio(one.places, saved) for path, one in draws.items()}
    return max(shares.items(), key=lambda pair: pair[1], default=("", 0.0))


def _value_first(one: Known) -> tuple[float, str]:
    return (-one.evppi, one.path)


def _countable(outcomes: Outcomes) -> list[str]:
    """Give the failure rates whose distribution is a beta, which counts of a pilot can update; no single year's."""
    return [
        path
        for path, one in sorted(outcomes.inputs.items())
        if "failure_rates" in path and "by_year" not in path and isinstance(one, Beta)
    ]


def _pilot(
    worlds: Worlds, costs: FloatArray, path: str, total: str, fixed: float, each: float, units: Sequence[int]
) -> Pilot:
    """Find the best pilot for one rate, and what to do after it."""
    model = _model_of_rate(worlds, costs, path, total)
    case, now = worlds.outcomes.case, _cheapest(costs)
    values = {size: model.evsi(size) for size in sorted(set(units))}
    curve = tuple((size, value, value - fixed - each * size) for size, value in values.items())
    size, value, net = _best_size(curve, free=not fixed and not each)
    segments = model.segments(size)
    rule = _rule(case, path, size, segments) if net > 0 else _too_dear(case, path, size)
    if len(segments) == 1:
        rule = _no_use(case, path, size, now)
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


def _best_size(curve: Sequence[tuple[int, float, float]], *, free: bool) -> tuple[int, float, float]:
    if free:
        return next(point for point in curve if point[1] >= ENOUGH * curve[-1][1])
    return max(curve, key=lambda point: (point[2], -point[0]))


def _model_of_rate(worlds: Worlds, costs: FloatArray, path: str, total: str) -> BetaBinomial:
    """Give expected costs as polynomials of a rate: from nested runs, or where it is correlated from the draws.

    What costs differ from them by on average, over all draws, is added: the draws know the other inputs' means better.
    """
    prior = worlds.outcomes.inputs[path]
    if not isinstance(prior, Beta):
        raise UsageError(f"expected a rate with a beta distribution, such as 24 of 1_950, found {prior.name} in {path}")
    given = (worlds.draws[path], costs)
    if path not in _correlated(worlds.outcomes.case):
        given = _conditional_costs(worlds.outcomes, path, total, RATE_NODES, RATE_DRAWS, worlds.seed)
    model = BetaBinomial.fitted(prior, *given)
    model.coefficients[:, 0] += (costs - model.coefficients @ model.powers(worlds.draws[path])).mean(axis=1)
    return model


def _rule(case: Case, path: str, size: int, segments: Sequence[Segment]) -> str:
    """Say in words which option to choose after which result."""
    mode, what, whom = _counted(case, path)
    start = f"order {size:,} {what} from {whom}" if whom else f"watch {size:,} {what}"
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
