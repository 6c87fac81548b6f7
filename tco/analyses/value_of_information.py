"""What it is worth to know: everything (EVPI), one input or several (EVPPI), what a pilot of n units shows (EVSI)."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tco.analyses.figure import doubts, groups_of, labels_of
from tco.analyses.nested import evppi_nested
from tco.analyses.pilots import MOST_UNITS, Pilot, countable, pilot_of
from tco.analyses.variance import check_members, conditional_contribution, ranks
from tco.distributions import FloatArray
from tco.errors import CaseError, UsageError, whole
from tco.loader import Case, checked_case
from tco.outcomes import Outcomes, Worlds
from tco.progress import Progress, Steps, each
from tco.results import TOTALS, Provenance, Result
from tco.sampling import REPLICATES
from tco.ties import ranked, saving
from tco.version import VERSION

DRAWS = 32_768
"""Draws that values of information are taken from unless told otherwise."""
DEGREE, GROUP_DEGREE = 5, 3
"""Degrees of the polynomials in an input's rank that costs are regressed on: of one input, of each of several."""
MOST_PRODUCTS = 6
"""Inputs of a group whose products are regressed on as well: those that move the decision most."""
LEFT_OVER_DRAWS, LEFT_OVER_BINS = 256, 256
"""Draws in each bin of an input in which the regression's left-overs are looked at, at least; bins at most."""
SURE = 2.0
"""Standard errors from which on the mean of a bin's left-overs counts as more than noise."""
NESTED_INPUTS = 3
"""Inputs, the most valuable ones, whose value is also computed by nested runs."""


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
    its rank; of several inputs also their products), each replicate by the slopes of the others, so that many inputs
    without effect do not seem to say something. The regression only sorts the draws into at most k piles, by the
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


def _cheapest(costs: FloatArray) -> int:
    return int(np.argmin(costs.mean(axis=1)))


def _mean(values: FloatArray) -> Estimate:
    n = values.size // REPLICATES * REPLICATES
    means = values[:n].reshape(REPLICATES, -1).mean(axis=1) if n else np.zeros(REPLICATES)
    return Estimate(float(values.mean()), float(means.std(ddof=1) / np.sqrt(REPLICATES)))


def _fitted(differences: FloatArray, inputs: Sequence[_Input]) -> FloatArray:
    """Regress differences, (k − 1, n), on inputs by least squares; fit each replicate by what the others say."""
    columns = inputs[0].polynomials(DEGREE) if len(inputs) == 1 else _columns_of_several(differences, inputs)
    basis = np.stack([np.ones(differences.shape[1]), *columns])
    parts = np.array_split(np.arange(differences.shape[1]), REPLICATES)
    folds = [slice(part[0], part[-1] + 1) for part in parts if part.size]
    squares = np.stack([basis[:, fold] @ basis[:, fold].T for fold in folds])
    products = np.stack([basis[:, fold] @ differences[:, fold].T for fold in folds])
    found = np.empty_like(differences)
    for row, fold in enumerate(folds):
        left = squares.sum(axis=0) - squares[row], products.sum(axis=0) - products[row]
        found[:, fold] = _slopes(*left).T @ basis[:, fold]
    if len(inputs) == 1 and differences.shape[1] >= 4 * LEFT_OVER_DRAWS:
        sizes = [fold.stop - fold.start for fold in folds]
        for row, rest in enumerate(differences - found):
            found[row] += _left_over(rest, inputs[0].places, np.repeat(np.arange(len(folds)), sizes))
    return found


def _left_over(rest: FloatArray, places: FloatArray, folds: NDArray[np.intp]) -> FloatArray:
    """Give what a smooth curve leaves over, (n,), such as at a price break: means in bins of the input's rank.

    Each replicate takes them from the others, shrunk by how much of them may be noise (James and Stein).
    """
    bins, count = min(rest.size // LEFT_OVER_DRAWS, LEFT_OVER_BINS), int(folds[-1]) + 1
    cells = np.minimum(((places + 1) / 2 * bins).astype(np.intp), bins - 1)
    parts = cells * count + folds
    n, sums, squares = (
        np.bincount(parts, weights, minlength=bins * count).reshape(bins, count) for weights in (None, rest, rest**2)
    )
    n, sums, squares = (part.sum(axis=1, keepdims=True) - part for part in (n, sums, squares))
    means = sums / np.maximum(n, 1)
    noise = np.maximum(squares / np.maximum(n, 1) - means**2, 0) / np.maximum(n, 1)
    kept = np.maximum(means**2 - SURE**2 * noise, 0) / np.maximum(means**2, 1e-300)
    return np.asarray((means * kept)[cells, folds])


def _slopes(squares: FloatArray, products: FloatArray) -> FloatArray:
    scales = np.sqrt(np.diag(squares))
    scales[scales == 0] = 1  # the column of an input that never varies
    slopes = np.linalg.lstsq(squares / np.outer(scales, scales), products / scales[:, None], rcond=1e-12)[0]
    return np.asarray(slopes / scales[:, None])


def _columns_of_several(differences: FloatArray, inputs: Sequence[_Input]) -> list[FloatArray]:
    """Give each input's polynomials, and the products of those that move the differences most."""
    moves = [float(np.abs(differences @ one.scores).max()) for one in inputs]
    leading = [inputs[row].scores for row in sorted(range(len(inputs)), key=lambda row: -moves[row])[:MOST_PRODUCTS]]
    products = [one * other for at, one in enumerate(leading) for other in leading[at + 1 :]]
    return [column for one in inputs for column in one.polynomials(GROUP_DEGREE)] + products


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
    nested : float or None
        The same value by running the model at fixed values of the input, for the most valuable inputs; None for all
        others, and where such values break a joint limit [money].
    """

    path: str
    label: str
    evppi: float
    standard_error: float
    contribution: float | None
    paths: tuple[str, ...]
    nested: float | None = None

    @property
    def apart(self) -> bool:
        """Whether runs give something else than regression: by more than three standard errors, and two hundredths."""
        if self.nested is None:
            return False
        return abs(self.nested - self.evppi) > max(3 * self.standard_error, 0.02 * self.nested)

    @property
    def worth(self) -> float:
        """The value to act on: by regression, or by runs where the two are apart [money]."""
        return self.nested if self.nested is not None and self.apart else self.evppi

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
        one where the baseline is best) when it is known alone, and its share, by conditional means; empty where that
        saving does not vary.
    evpi, evpi_error : float
        Value of knowing everything, and its standard error [money].
    inputs : tuple of Known
        Every uncertain input, the most valuable first.
    groups : tuple of Known
        By supplier, failure mode, correlated inputs and soft inputs, the most valuable first.
    pilots : tuple of Pilot
        One a rate that a pilot can show, the largest net value first.
    pilot_cost, pilot_unit_cost : float
        What a pilot was assumed to cost: once, and for each unit, or order where orders are counted [money,
        money/unit].
    units : tuple of int
        Sizes that were asked for; empty where the best one was sought.
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
    units: tuple[int, ...]
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
            "pilot_units": list(self.units),
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
    units: Sequence[int] = (),
    groups: Mapping[str, Collection[str]] | None = None,
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
        Sizes of a pilot to try; by default the best one is sought.
    groups : dict of str to collection of str
        Inputs to be known together; by default by supplier, failure mode, correlated ones and the soft ones.
    progress : callable, optional
        Called with steps done and steps in all.

    Returns
    -------
    Information
        EVPI, EVPPI of every input and group, pilots with a stopping rule each.

    Raises
    ------
    UsageError
        For a case with one option, an unknown total, a negative cost, a size below 1, fewer than 64 draws, a group
        that names what does not vary.

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
    worlds = Worlds.of(case, n, seed=seed)
    steps.done(2)
    costs = worlds.costs[TOTALS.index(total)]
    names, means = worlds.outcomes.names, costs.mean(axis=1).tolist()
    order = [names.index(name) for name in ranked(dict(zip(names, means, strict=True)), case.baseline)]
    labels = {option.name: option.label for option in case.options}
    everything = evpi(costs)
    between = saving(costs[order[1]], costs[order[0]])
    draws = {path: _Input(worlds.draws[path]) for path in sorted(worlds.draws)}
    steps.done()
    inputs, joint = _known(worlds, draws, (costs, between), _groups(worlds.outcomes, groups), total, steps.part(3))
    leaving = order[0] if order[0] != worlds.outcomes.baseline else order[1]
    mover, share = _mover(draws, costs[worlds.outcomes.baseline] - costs[leaving])
    pilots = [
        pilot_of(worlds, costs, path, total, (pilot_cost, pilot_unit_cost), units)
        for path in each(countable(worlds.outcomes), steps.part(4))
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
        groups=joint,
        pilots=tuple(sorted(pilots, key=lambda one: (-one.net, one.path))),
        pilot_cost=pilot_cost,
        pilot_unit_cost=pilot_unit_cost,
        units=tuple(sorted({int(size) for size in units})),
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
    for cost in costs:
        if not 0 <= cost < math.inf:
            raise UsageError(f"expected a pilot's cost of 0 or more, found {cost:g}")
    for size in units:
        if size != int(size) or not 1 <= size <= MOST_UNITS:
            raise UsageError(f"expected pilots of 1 to {MOST_UNITS:,} whole units, found {size:g}")


def _groups(outcomes: Outcomes, asked: Mapping[str, Collection[str]] | None) -> dict[str, tuple[str, ...]]:
    """Give the groups asked for, or the usual ones."""
    if asked is None:
        return groups_of(outcomes)
    for name, paths in asked.items():
        check_members(name, paths, outcomes.inputs)
    return {name: tuple(sorted(paths)) for name, paths in asked.items()}


def _known(
    worlds: Worlds,
    draws: Mapping[str, _Input],
    figures: tuple[FloatArray, FloatArray],
    together: Mapping[str, tuple[str, ...]],
    total: str,
    progress: Progress | None,
) -> tuple[tuple[Known, ...], tuple[Known, ...]]:
    """Value every input and every group; a group may follow the rule of any part of it, so it is worth no less."""
    (costs, between), outcomes = figures, worlds.outcomes
    steps, inputs, labels = Steps(progress, 4), [], labels_of(outcomes.case, list(draws))
    for path in each(draws, steps.part(2)):
        one, share = _evppi(costs, [draws[path]]), conditional_contribution(draws[path].scores, between)[0]
        inputs.append(Known(path, labels[path], one.value, one.standard_error, share, (path,)))
    groups: list[Known] = []
    for name, paths in each(sorted(together.items(), key=lambda pair: (len(pair[1]), pair[0])), steps.part(1)):
        found = _evppi(costs, [draws[path] for path in paths])
        parts = [one for one in (*inputs, *groups) if set(one.paths) <= set(paths)]
        best = max(parts, key=lambda one: one.evppi)
        if best.evppi > found.value:
            found = Estimate(best.evppi, best.standard_error)
        groups.append(Known(name, name, found.value, found.standard_error, None, paths))
    ordered = sorted(inputs, key=_value_first)
    for row in each(range(len(ordered[:NESTED_INPUTS])), steps.part(1)):
        ordered[row] = replace(ordered[row], nested=_nested(worlds, costs, ordered[row], total))
    return tuple(sorted(ordered, key=_value_first)), tuple(sorted(groups, key=_value_first))


def _nested(worlds: Worlds, costs: FloatArray, one: Known, total: str) -> float | None:
    """Value an input by runs of the model, at most the EVPI of the draws; None where they would break a limit."""
    if not one.evppi:
        return None
    try:
        found = evppi_nested(worlds.outcomes, one.path, total=total, seed=worlds.seed, means=costs.mean(axis=1))
    except CaseError:
        return None
    return min(found, evpi(costs).value)


def _mover(draws: Mapping[str, _Input], saved: FloatArray) -> tuple[str, float]:
    shares = {path: conditional_contribution(one.scores, saved)[0] for path, one in draws.items()}
    found = max(shares.items(), key=lambda pair: pair[1], default=("", 0.0))
    return found if found[1] > 0 else ("", 0.0)


def _value_first(one: Known) -> tuple[float, str]:
    return (-one.worth, one.path)
