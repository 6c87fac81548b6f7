"""How a figure spreads over draws: mean, sd, percentiles and standard error, from all draws or from a histogram."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from tco.distributions import FloatArray
from tco.sampling import REPLICATES

PERCENTILES: Mapping[str, float] = {"p5": 0.05, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p95": 0.95}
BINS = 4096
"""Bins of a histogram, over the range of nearly all of the first draws and half of it on either side."""
ENDS = (0.001, 0.999)
"""Shares of the first draws between which that range lies: a few far out would make all bins wide."""
HEAVY_TAIL = 0.5
"""A warning is given where a thousandth of the draws makes up this share of the variance."""


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

    def to_dict(self) -> dict[str, float]:
        """Give it as plain data."""
        found = asdict(self)
        if not self.percentile_error:
            del found["percentile_error"]
        return found


def heavy_tails(names: Sequence[str], costs: FloatArray) -> Iterator[str]:
    """Warn of means that a handful of draws decides.

    Parameters
    ----------
    names : sequence of str
        Of the options.
    costs : array of shape (k, n)
        What each costs in each draw [money].
    """
    for name, row in zip(names, costs, strict=True):
        squares = np.square(row - row.mean())
        few = squares.size // 1000  # in fewer draws than a thousand one may well stand out by chance
        total = squares.sum()
        if few and total > 0 and np.partition(squares, -few)[-few:].sum() > HEAVY_TAIL * total:
            yield (
                f"{name}: one draw in a thousand makes up more than half of the variance of its present cost, so that "
                "its mean and sd are unstable: an input has a very heavy tail"
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
    points = points_of(np.sort(values), list(PERCENTILES.values()))
    means = values.reshape(REPLICATES, -1).mean(axis=1)
    error = standard_error(means) if replicated else sd / np.sqrt(values.size)
    return Spread(mean=mean, sd=sd, **_named(points), standard_error=float(error))


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
            mean=float(mean), sd=float(sd), **_named(points), standard_error=float(error), percentile_error=off
        )

    def share_above_zero(self) -> float:
        """Give the share of draws above 0."""
        return self.above / float(self.counts[:, 0].sum())


def _named(points: FloatArray) -> dict[str, float]:
    return {name: float(point) for name, point in zip(PERCENTILES, points, strict=True)}
