"""How a figure spreads over draws: mean, sd, percentiles and standard error, from all draws or from a histogram."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from tco.distributions import FloatArray
from tco.sampling import REPLICATES

PERCENTILES: Mapping[str, float] = {"p5": 0.05, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p95": 0.95}
BINS = 4096
"""Bins of a histogram, over the range of nearly all of the first draws and half of it on either side."""
ENDS = (0.001, 0.999)
"""Shares of the first draws between which that range lies: a few far out would make all bins wide."""
FEW = 1000
"""A tail is one draw in so many; of fewer draws one may well stand out by chance."""
HEAVY_TAIL = 0.5
"""A tail is heavy where it makes up more than this share of the variance."""


@dataclass(frozen=True)
class Spread:
    """A figure over all draws.

    Parameters
    ----------
    mean, sd : float
        Of the draws; sd divides by n.
    p5, p25, p50, p75, p95 : float
        Percentiles.
    standard_error : float
        Of the mean: from the spread of independent replicates, or sd/√n for plain random draws.
    percentile_error : float
        How far percentiles may be off because they come from a histogram; 0 where they come from all draws.
    tail_share : float
        Of the variance, what the thousandth of draws that lies farthest from the mean makes up; 0 for few draws.
    """

    mean: float
    sd: float
    p5: float
    p25: float
    p50: float
    p75: float
    p95: float
    standard_error: float
    percentile_error: float = 0.0
    tail_share: float = 0.0

    @property
    def heavy_tailed(self) -> bool:
        """Whether a handful of draws decides the mean, so that its error is not to be trusted either."""
        return self.tail_share > HEAVY_TAIL

    def to_dict(self) -> dict[str, float]:
        """Give it as plain data; a heavy tail is told in warnings."""
        found = asdict(self)
        del found["tail_share"]
        if not self.percentile_error:
            del found["percentile_error"]
        return found


def heavy_tails(options: Iterable[tuple[str, Spread, Spread]]) -> Iterator[str]:
    """Warn of means that a handful of draws decides.

    Parameters
    ----------
    options : iterable of (str, Spread, Spread)
        Each option's name, its present cost, and what it saves against the baseline: what options share, such as an
        uncertain demand, may hide a tail in the cost, and cancels in the saving.
    """
    for name, cost, npv in options:
        figures = [words for words, one in (("its present cost", cost), ("its NPV", npv)) if one.heavy_tailed]
        if figures:
            yield (
                f"{name}: one draw in a thousand makes up more than half of the variance of {' and '.join(figures)}, "
                "so that mean, sd and error are unstable: an input has a very heavy tail"
            )


def spread_of(values: FloatArray, *, replicated: bool) -> Spread:
    """Sum up draws.

    Parameters
    ----------
    values : array of shape (n,)
        The replicates one after another, all of one size.
    replicated : bool
        Whether replicates are more even than plain random draws, so that the error comes from their spread.
    """
    mean, sd = float(values.mean()), float(values.std())
    ordered = np.sort(values)
    points = points_of(ordered, list(PERCENTILES.values()))
    means = values.reshape(REPLICATES, -1).mean(axis=1)
    error = standard_error(means) if replicated else sd / np.sqrt(values.size)
    return Spread(
        mean=mean, sd=sd, **_named(points), standard_error=float(error), tail_share=_tail_share(ordered, mean, sd)
    )


def _tail_share(ordered: FloatArray, mean: float, sd: float) -> float:
    few = ordered.size // FEW
    if not few or not sd:
        return 0.0
    ends = np.square(np.concatenate([ordered[:few], ordered[-few:]]) - mean)  # the farthest are among them
    return float(np.sort(ends)[-few:].sum() / (ordered.size * sd**2))


def points_of(ordered: FloatArray, shares: Sequence[float]) -> FloatArray:
    """Give the values below which shares of draws in order lie, linear between neighbours.

    Sorting, and then this, is faster than numpy's partition.
    """
    place = np.array(shares) * (ordered.size - 1)
    below = place.astype(np.intp)
    above = np.minimum(below + 1, ordered.size - 1)
    return np.asarray(ordered[below] + (place - below) * (ordered[above] - ordered[below]))


def standard_error(means: FloatArray) -> float:
    """Give the standard error of the mean of independent replicates' means."""
    return float(means.std(ddof=1) / np.sqrt(means.size))


class Kept:
    """A figure kept draw by draw."""

    def __init__(self, n: int) -> None:
        self.values = np.empty(n)

    def add(self, _chunk: int, first: int, values: FloatArray | float, count: int) -> None:
        """Keep the values of a chunk of draws from `first` on."""
        self.values[first : first + count] = values

    def spread(self, *, replicated: bool) -> Spread:
        """Sum up what was kept."""
        return spread_of(self.values, replicated=replicated)

    def share_above_zero(self) -> float:
        """Give the share of draws above 0."""
        return float((self.values > 0).mean())


class Steady:
    """A figure that no draw moves."""

    def __init__(self, value: float) -> None:
        self.value = value

    def add(self, _chunk: int, _first: int, _values: FloatArray | float, _count: int) -> None:
        """Do nothing: the value is known."""

    def spread(self, *, replicated: bool) -> Spread:
        """Give the value, without any spread."""
        del replicated
        return Spread(mean=self.value, sd=0.0, **dict.fromkeys(PERCENTILES, self.value), standard_error=0.0)

    def share_above_zero(self) -> float:
        """Give 1 for a value above 0, else 0."""
        return float(self.value > 0)


class Histogram:
    """A figure kept as counts, with exact mean and sd.

    Parameters
    ----------
    n : int
        How many draws will be added, in chunks of one replicate or less, or of several whole ones.
    chunks : int
        In how many chunks.
    first : array of shape (chunk,) or float
        The values of the first chunk, whose range sets the bins, a thousandth on either side left out.

    Notes
    -----
    Values beyond the bins are counted in the outermost ones. A percentile is off by at most the width of the bins in
    which its two neighboring draws lie, those between them included; this is stated with it.
    """

    def __init__(self, n: int, chunks: int, first: FloatArray | float) -> None:
        low, high = (float(end) for end in np.quantile(first, ENDS))
        self.center = (low + high) / 2
        self.width = max(2 * (high - low), 1e-12 * max(abs(low), abs(high)), 1e-300) / BINS
        self.low = self.center - self.width * BINS / 2
        self.each = n // REPLICATES
        self.whole = chunks < REPLICATES
        self.counts = np.zeros((REPLICATES if self.whole else chunks, 3))
        """Draws, their sum and that of their squares: a row a chunk, or a replicate where chunks hold several."""
        self.bins = np.zeros(BINS, dtype=np.int64)
        self.above = 0

    def add(self, chunk: int, first: int, values: FloatArray | float, count: int) -> None:
        """Count the values of a chunk of draws from `first` on."""
        off = np.subtract(np.broadcast_to(values, (count,)), self.center)
        rows = count // self.each if self.whole else 1
        row = first // self.each if self.whole else chunk
        by_row = off.reshape(rows, -1)
        sums = [np.full(rows, count / rows), by_row.sum(axis=1), np.einsum("ij,ij->i", by_row, by_row)]
        self.counts[row : row + rows] = np.stack(sums, axis=1)
        self.above += int(np.count_nonzero(off > -self.center))
        off *= 1 / self.width
        off += BINS / 2
        np.clip(off, 0, BINS - 1, out=off)
        self.bins += np.bincount(off.astype(np.intp), minlength=BINS)

    def spread(self, *, replicated: bool) -> Spread:
        """Sum up what was counted."""
        n, total, squares = self.counts.sum(axis=0)
        mean, sd = self.center + total / n, np.sqrt(max(squares / n - (total / n) ** 2, 0.0))
        reached = np.concatenate([[0], np.cumsum(self.bins)])
        edges = self.low + self.width * np.arange(BINS + 1)
        shares = np.array(list(PERCENTILES.values()))
        ranks = shares * (n - 1)  # a percentile lies between two draws, each of them in a bin that holds some
        first, last = (np.searchsorted(reached, place(ranks) + 1) - 1 for place in (np.floor, np.ceil))
        ends = edges[first], edges[last + 1]
        points = np.clip(np.interp(shares * n, reached, edges), *ends)
        by_replicate = self.counts.reshape(REPLICATES, -1, 3).sum(axis=1)
        error = standard_error(by_replicate[:, 1] / by_replicate[:, 0]) if replicated else sd / np.sqrt(n)
        off = float((ends[1] - ends[0]).max())
        return Spread(
            mean=float(mean),
            sd=float(sd),
            **_named(points),
            standard_error=float(error),
            percentile_error=off,
            tail_share=self._tail_share(float(mean), float(sd)),
        )

    def _tail_share(self, mean: float, sd: float) -> float:
        """Give what of the exact variance is left by the bins that hold all but the farthest draws."""
        n = int(self.bins.sum())
        if n < FEW or not sd:
            return 0.0
        squares = np.square(self.low + self.width * (np.arange(BINS) + 0.5) - mean)
        order = np.argsort(squares)
        reached = np.minimum(np.cumsum(self.bins[order]), n - n // FEW)
        body = (np.diff(reached, prepend=0) * squares[order]).sum()
        return float(max(1 - body / (n * sd**2), 0.0))

    def share_above_zero(self) -> float:
        """Give the share of draws above 0."""
        return self.above / float(self.counts[:, 0].sum())


def _named(points: FloatArray) -> dict[str, float]:
    return {name: float(point) for name, point in zip(PERCENTILES, points, strict=True)}
