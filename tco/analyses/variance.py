"""How much of a figure's variance each input makes: Sobol' indices, contributions by conditional means, regression."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tco.analyses.figure import Draws, Function, correlated_blocks
from tco.distributions import Distribution, FloatArray
from tco.errors import UsageError
from tco.progress import Progress, Steps
from tco.sampling import MOST_DIMENSIONS, REPLICATES, Correlation, Method, Sampler, spearman

BLOCK = 4096
"""Draws whose intermediate values are kept at a time, so that a change is carried on from where it enters."""
IN_A_BIN = 16
"""Draws of a replicate whose mean is one conditional mean."""
STUDENT = 2.3646242515927844
"""97.5 % quantile of Student's t with seven degrees of freedom: eight replicates less one."""

Pin = Callable[[Draws], Function]


@dataclass(frozen=True)
class SobolIndex:
    """Shares of the variance that belong to one input, or to several that are taken together.

    Parameters
    ----------
    name : str
        The input's path, the paths of correlated inputs joined by `` + ``, or the name of a group.
    paths : tuple of str
        The inputs that it is about.
    first_order, total_order : float
        Share of the variance that knowing it would take away on average; share that it has a part in.
    first_order_error, total_order_error : float
        Standard errors, from the spread of independent replicates.
    """

    name: str
    paths: tuple[str, ...]
    first_order: float
    first_order_error: float
    total_order: float
    total_order_error: float

    @property
    def first_order_interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the first-order index."""
        return _interval(self.first_order, self.first_order_error)

    @property
    def total_order_interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the total-order index."""
        return _interval(self.total_order, self.total_order_error)


@dataclass(frozen=True)
class SobolIndices:
    """Sobol' indices of a figure.

    Parameters
    ----------
    n, runs : int
        Base samples, and how often the model was run.
    mean, variance : float
        Of the figure [money, money squared].
    inputs, groups : tuple of SobolIndex
        One an input (correlated inputs together), sorted by path; one a group, in the order given.
    points : str
        What base samples are: ``Sobol' points``, or ``Latin hypercubes`` of more inputs than these have dimensions for.
    """

    n: int
    runs: int
    mean: float
    variance: float
    inputs: tuple[SobolIndex, ...]
    groups: tuple[SobolIndex, ...]
    points: str

    def of(self, path: str) -> SobolIndex:
        """Give the index that an input is part of."""
        return next(index for index in self.inputs if path in index.paths)


def sobol_indices(
    function: Function,
    inputs: Mapping[str, Distribution],
    n: int = 4096,
    *,
    seed: int = 0,
    correlations: Sequence[Correlation] = (),
    groups: Mapping[str, Collection[str]] | None = None,
    pin: Pin | None = None,
    moving: Collection[str] | None = None,
    progress: Progress | None = None,
) -> SobolIndices:
    """Estimate first-order and total-order indices with confidence intervals.

    Parameters
    ----------
    function : callable
        Gives the figure, (n,), from draws by path.
    inputs : dict of str to Distribution
        All that vary, by path, in any order.
    n : int
        Base samples, rounded up to a multiple of eight.
    seed : int
        Of everything.
    correlations : sequence of Correlation
        Inputs that are correlated, directly or through others, are drawn and judged together.
    groups : dict of str to collection of str
        Inputs that are judged together as well; they may overlap.
    pin : callable
        Gives, for draws, the figure as a function of what changes in them; by default the whole figure is run again.
    moving : collection of str
        The inputs that can move the figure at all, where that is known; the others' indices are 0 without a run.
    progress : callable, optional
        Called with swaps done and swaps in all.

    Returns
    -------
    SobolIndices
        Negative estimates are noise about 0 and are left as they are.

    Raises
    ------
    UsageError
        For a group that tears correlated inputs apart, or names what does not vary.

    Notes
    -----
    A and B are two independent matrices of scrambled Sobol' points; AB_i is A but for column i, which is B's, and BA_i
    the reverse. V·S_i = E[(f(BA_i) − f(B))·(f(A) − f(AB_i))]/2 and V·T_i = E[(f(B) − f(BA_i))² + (f(A) − f(AB_i))²]/4
    with V = E[(f(A) − f(B))² + (f(BA_i) − f(AB_i))²]/4. So S_i never exceeds T_i, and where inputs only add up the two
    are the same number. Eight independent scramblings give eight estimates, from whose spread the errors come.

    References
    ----------
    Azzini, Mara and Rosati (2021), Comparison of two sets of Monte Carlo estimators of Sobol' indices, Environmental
    Modelling & Software 144, 105167.
    Jansen (1999), Analysis of variance designs for model output, Computer Physics Communications 117, 35-43.
    Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola (2010), Variance based sensitivity analysis of model
    output, Computer Physics Communications 181, 259-270.
    """
    blocks = correlated_blocks(inputs, correlations)
    grouped = {name: tuple(sorted(set(paths))) for name, paths in (groups or {}).items()}
    for name, paths in grouped.items():
        _check_group(name, paths, inputs, blocks)
    able = set(inputs if moving is None else moving)
    swaps = list(dict.fromkeys(paths for paths in (*blocks, *grouped.values()) if able.intersection(paths)))
    sampler = _two_matrices(inputs, n, seed, correlations)
    whole, swapped = np.empty((2, sampler.n)), np.empty((len(swaps), 2, sampler.n))
    steps = Steps(progress, 2 * sampler.chunks * (1 + len(swaps)))
    for rows, *matrices in _designs(sampler, sorted(inputs)):
        for side, (own, other) in enumerate((matrices, matrices[::-1])):
            pinned = pin(own) if pin else _whole(function, own)
            whole[side, rows] = pinned({})
            steps.done()
            for row, paths in enumerate(swaps):
                swapped[row, side, rows] = pinned({path: other[path] for path in paths if path in able})
                steps.done()
    found = {paths: _estimates(whole, pair) for paths, pair in zip(swaps, swapped, strict=True)}
    return SobolIndices(
        n=sampler.n,
        runs=2 * sampler.n * (1 + len(swaps)),
        mean=float(whole.mean()),
        variance=float(whole.var()),
        inputs=tuple(SobolIndex(" + ".join(paths), paths, *found.get(paths, _NOTHING)) for paths in blocks),
        groups=tuple(SobolIndex(name, paths, *found.get(paths, _NOTHING)) for name, paths in grouped.items()),
        points="Sobol' points" if sampler.method == "sobol" else "Latin hypercubes",
    )


_NOTHING = (0.0, 0.0, 0.0, 0.0)


def _check_group(name: str, paths: Sequence[str], inputs: Collection[str], blocks: Sequence[tuple[str, ...]]) -> None:
    check_members(name, paths, inputs)
    for block in blocks:
        left_out = sorted(set(block).difference(paths))
        if left_out and set(block).intersection(paths):
            inside = sorted(set(block).intersection(paths))
            raise UsageError(
                f"expected correlated inputs together in the group '{name}', found {', '.join(inside)} without "
                f"{', '.join(left_out)}: variance that correlated inputs share belongs to neither alone"
            )


def check_members(name: str, paths: Collection[str], inputs: Collection[str]) -> None:
    """Refuse a group without inputs, and one that names what does not vary.

    Raises
    ------
    UsageError
        With the nearest path that does vary.
    """
    if not any(paths):
        raise UsageError(f"expected at least one uncertain input in the group '{name}', found none")
    for path in paths:
        if path not in inputs:
            near = difflib.get_close_matches(path, inputs, n=1)
            hint = f": did you mean '{near[0]}'?" if near else ""
            raise UsageError(f"expected uncertain inputs in the group '{name}', found '{path}'{hint}")


def _two_matrices(
    inputs: Mapping[str, Distribution], n: int, seed: int, correlations: Sequence[Correlation]
) -> Sampler:
    """Give the sampler of the matrices A and B: each input twice, and each correlation within either of them."""
    twice = {f"{matrix} {path}": one for matrix in "AB" for path, one in inputs.items()}
    related = [Correlation(f"{m} {one.first}", f"{m} {one.second}", one.rank) for m in "AB" for one in correlations]
    method: Method = "sobol" if len(twice) <= MOST_DIMENSIONS else "latin"
    return Sampler(twice, n, seed=seed, method=method, correlations=related, repair=True)


def _designs(sampler: Sampler, paths: Sequence[str]) -> Iterator[tuple[slice, Draws, Draws]]:
    """Yield the rows of A and B, some thousands at a time."""
    start = 0
    for chunk in range(sampler.chunks):
        draws = sampler.draws(chunk)
        size = sum(segment.count for segment in sampler.segments(chunk))
        for at in range(0, size, BLOCK):
            part = slice(at, min(at + BLOCK, size))
            first, second = ({path: draws[f"{m} {path}"][part] for path in paths} for m in "AB")
            yield slice(start + part.start, start + part.stop), first, second
        start += size


def _whole(function: Function, draws: Draws) -> Function:
    return lambda changes: function({**draws, **changes})


def _estimates(whole: FloatArray, swapped: FloatArray) -> tuple[float, float, float, float]:
    """Give S, its error, T and its error from f(A), f(B) and f(AB), f(BA), each (2, n)."""
    in_a, in_b = whole - swapped  # what the change does among the other inputs of A, and, back again, of B
    variance = ((whole[0] - whole[1]) ** 2 + (swapped[1] - swapped[0]) ** 2) / 4
    return (*_ratio(-in_a * in_b / 2, variance), *_ratio((in_a**2 + in_b**2) / 4, variance))


def _ratio(numerator: FloatArray, denominator: FloatArray) -> tuple[float, float]:
    """Give the ratio of two means and its error: the spread, over replicates, of what is left of the numerator."""
    below = float(denominator.mean())
    if not below:
        return 0.0, 0.0  # a figure that does not vary
    ratio = float(numerator.mean()) / below
    left = (numerator - ratio * denominator).reshape(REPLICATES, -1).mean(axis=1) / below
    return ratio, float(left.std(ddof=1) / np.sqrt(REPLICATES))


def _interval(estimate: float, error: float) -> tuple[float, float]:
    return (estimate - STUDENT * error, estimate + STUDENT * error)


@dataclass(frozen=True)
class Association:
    """How an input and a figure go together in the draws of a simulation.

    Parameters
    ----------
    path : str
        The input.
    contribution, contribution_error : float
        Share of the figure's variance that its means given the input have; with correlated inputs, what one tells of
        the others counts. Of an input without effect it is noise about 0.
    rank_correlation : float
        Spearman's.
    money_per_sd : float
        How the figure moves with one standard deviation of the input, the others held: least squares on all inputs
        [money].
    money_per_rank_sd : float
        The same of ranks on ranks, which is at home with curved but monotone effects: the standardised rank
        regression coefficient times the figure's standard deviation [money].
    """

    path: str
    contribution: float
    contribution_error: float
    rank_correlation: float
    money_per_sd: float
    money_per_rank_sd: float


def associations(draws: Draws, figure: FloatArray) -> dict[str, Association]:
    """Say how each input and a figure go together, from draws alone: nothing is run again, correlations are allowed.

    Parameters
    ----------
    draws : dict of str to array of shape (n,)
        By path.
    figure : array of shape (n,)
        In the same draws, eight replicates one after another [money].
    """
    slopes = money_per_sd(draws, figure)
    ranked = {path: ranks(values) for path, values in draws.items()}
    places = money_per_sd(ranked, ranks(figure))
    sd = float(figure.std())
    unit = float(ranks(figure).std()) or 1.0
    found = {}
    for path in sorted(draws):
        share, error = conditional_contribution(draws[path], figure)
        rank = float(spearman([draws[path], figure])[0, 1])
        found[path] = Association(path, share, error, rank, slopes[path], places[path] / unit * sd)
    return found


def conditional_contribution(values: FloatArray, figure: FloatArray) -> tuple[float, float]:
    """Estimate Var(E[figure | input]) / Var(figure) from draws, and its standard error.

    Parameters
    ----------
    values, figure : array of shape (n,)
        The input's draws and the figure's, eight replicates one after another.

    Notes
    -----
    What is linear in the input is taken by regression, so that neither bins nor heavy tails blur it; the rest by its
    means in bins of equal count. Both are products over two different replicates, averaged over all pairs: replicates
    know nothing of each other, so noise, also that of evenly spread points, has a product of 0 on average, and an
    estimate may be negative. The error is the jackknife's over replicates.

    References
    ----------
    Plischke, Borgonovo and Smith (2013), Global sensitivity measures from given data, EJOR 226(3), 536-550 (given
    data).
    Owen (2013), Better estimation of small Sobol' sensitivity indices, ACM TOMACS 23(2), 11 (products of independent
    estimates).
    """
    n = figure.size // REPLICATES * REPLICATES
    x, y = (_centred(one[:n].reshape(REPLICATES, -1)) for one in (values, figure))
    spread, variance = (np.square(one).mean(axis=1) for one in (x, y))
    if not variance.sum() or not spread.sum():
        return 0.0, 0.0
    together = (x * y).mean(axis=1)
    slopes = np.divide(together, spread, out=np.zeros(REPLICATES), where=spread > 0)
    rest = y - together.sum() / spread.sum() * x
    starts = _bins(x.shape[1])
    counts = np.diff([*starts, x.shape[1]])
    ordered = np.take_along_axis(rest, np.argsort(x, axis=1, kind="stable"), axis=1)
    means = np.add.reduceat(ordered, starts, axis=1) / np.sqrt(counts * x.shape[1])

    def share(rows: Any) -> float:
        explained = _between(means[rows]) + _between(slopes[rows, None]) * float(spread[rows].mean())
        return explained / float(variance[rows].mean() or variance.mean())

    each = [share(np.arange(REPLICATES) != left_out) for left_out in range(REPLICATES)]
    return share(slice(None)), float(np.sqrt((REPLICATES - 1) * np.var(each)))


def _bins(n: int) -> NDArray[np.intp]:
    """Give where bins begin: of `IN_A_BIN` draws, and ever smaller ones towards either end, where tails are steep."""
    sizes = [1, 1]
    while sizes[-1] < IN_A_BIN:
        sizes.append(2 * sizes[-1])
    tail = np.cumsum([0, *sizes[:-1]])
    if n < 4 * tail[-1]:
        return np.arange(0, n, max(min(IN_A_BIN, n // 2), 1), dtype=np.intp)
    inner = np.arange(tail[-1], n - tail[-1], IN_A_BIN)
    return np.concatenate([tail[:-1], inner, np.sort(n - tail[1:])]).astype(np.intp)


def _centred(values: FloatArray) -> FloatArray:
    return np.asarray(values - values.mean(axis=1, keepdims=True))


def _between(parts: FloatArray) -> float:
    """Give the mean, over all pairs of different rows, of their scalar product."""
    count, total = len(parts), parts.sum(axis=0)
    return float((total @ total - np.square(parts).sum()) / (count * (count - 1)))


def ranks(values: FloatArray) -> FloatArray:
    """Give the rank of each value, (n,), scaled to −1 … 1; equal values share their mean rank."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    found = np.empty(values.size)
    if starts.size == values.size:
        found[order] = np.arange(1, 2 * values.size, 2)
    else:
        ends = np.append(starts[1:], values.size)
        found[order] = np.repeat(starts + ends, ends - starts)
    return found / values.size - 1


def money_per_sd(draws: Draws, figure: FloatArray) -> dict[str, float]:
    """Regress a figure on all inputs, each in its standard deviations, by least squares [money].

    Parameters
    ----------
    draws : dict of str to array of shape (n,)
        By path.
    figure : array of shape (n,)
        In the same draws [money].
    """
    paths = sorted(draws)
    columns = np.stack([_scores(draws[path]) for path in paths]) if paths else np.zeros((0, figure.size))
    slopes = np.linalg.lstsq(columns @ columns.T, columns @ (figure - figure.mean()), rcond=1e-10)[0]
    return {path: float(slope) for path, slope in zip(paths, slopes, strict=True)}


def _scores(values: FloatArray) -> FloatArray:
    sd = values.std()
    return np.asarray((values - values.mean()) / sd if sd else np.zeros_like(values))
