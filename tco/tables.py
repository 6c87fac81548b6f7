"""Quantile functions as tables: an exact slow one at a few hundred knots, then a cubic in each of many small cells.

Cells are addressed by the bits of the uniform itself: every octave towards 0 (and, mirrored, towards 1) has 16 cells,
so that tails are as fine as the middle. Below the last octave the exact function is called.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from tco.distributions import Distribution, FloatArray

OCTAVES = 28
"""Octaves of the table on each side: uniforms down to 2^-29 are looked up, the few beyond are computed."""
CELLS = 16
ERROR_BOUND = 1e-6
"""Largest error of a looked-up value: relative to the larger of the value and the distribution's width.

The width is the standard deviation, or p95 - p5 where that is less: a few heavy tails have an endless sd.
"""

_SPACINGS = (0.25, 0.125, 0.0625)
_POINTS = 8
_SHIFT = 52 - 4  # of a number's 52 bits of mantissa the leading four choose one of 16 cells
_LOWEST = 2.0 ** -(OCTAVES + 1)
_FIRST_CELL = int(np.array([_LOWEST]).view(np.int64)[0] >> _SHIFT)
_HALF = OCTAVES * CELLS


class QuantileTable:
    """A distribution's quantile function, looked up.

    Parameters
    ----------
    distribution : Distribution
        With a smooth quantile function; one that no table serves well is computed exactly.

    Notes
    -----
    The exact function is evaluated at knots evenly spaced in the logit of u; a polynomial through the eight nearest
    ones gives its values at four points of each cell, and these the cell's cubic. The table is then held against the
    exact function between its points; where it is off by more than a tenth of `ERROR_BOUND`, the knots are doubled.
    """

    def __init__(self, distribution: Distribution) -> None:
        self.distribution = distribution
        self.exact = True
        self._left = _left()
        for spacing in _SPACINGS:
            self._coefficients = _coefficients(distribution, spacing)
            if self._is_close():
                self.exact = False
                break

    def __call__(self, u: FloatArray) -> FloatArray:
        """Give quantiles.

        Parameters
        ----------
        u : array of shape (n,)
            Uniforms, strictly between 0 and 1.
        """
        if self.exact:
            return np.asarray(self.distribution.quantile(u))
        return self._looked_up(u)

    def _looked_up(self, u: FloatArray) -> FloatArray:
        near = 0.5 - np.abs(u - 0.5)  # the distance to the nearer end: exact, so that both tails are as fine
        cell = near.view(np.int64) >> _SHIFT
        cell -= _FIRST_CELL
        near -= self._left.take(cell, mode="clip")
        cell += (u >= 0.5) * _HALF  # the median itself is the end of the last cell, which `clip` finds
        c0, c1, c2, c3 = self._coefficients
        result: FloatArray = c3.take(cell, mode="clip")
        for coefficient in (c2, c1, c0):
            result *= near
            result += coefficient.take(cell, mode="clip")
        np.clip(result, *self.distribution.bounds, out=result)  # a cubic may overshoot an end by its error
        if u.min() < _LOWEST or u.max() > 1 - _LOWEST:
            beyond = (u < _LOWEST) | (u > 1 - _LOWEST)
            result[beyond] = self.distribution.quantile(u[beyond])
        return result

    def _is_close(self) -> bool:
        checked = _checkpoints()
        exact = np.asarray(self.distribution.quantile(checked))
        off = np.abs(self._looked_up(checked) - exact)
        low, high = self.distribution.quantile(np.array([0.05, 0.95]))
        width = min(self.distribution.sd(), high - low)
        return bool(np.all(off <= ERROR_BOUND / 10 * np.maximum(np.abs(exact), width)))


def _coefficients(distribution: Distribution, spacing: float) -> tuple[FloatArray, ...]:
    """Give the cubic of each cell: of the lower half, then of the upper one."""
    logits = _knots(spacing)
    uniforms = 1 / (1 + np.exp(-logits))
    knots = np.asarray(distribution.quantile(uniforms))
    weights, first = _interpolation(spacing)
    values = np.einsum("ij,ij->i", knots[first[:, None] + np.arange(_POINTS)], weights)
    f0, f1, f2, f3 = values.reshape(-1, 4).T
    third = np.tile(_widths() / 3, 2)
    d1, d2, d3 = f1 - f0, f2 - 2 * f1 + f0, f3 - 3 * f2 + 3 * f1 - f0
    rising = (f0, (d1 - d2 / 2 + d3 / 3) / third, (d2 / 2 - d3 / 2) / third**2, d3 / 6 / third**3)
    return tuple(np.ascontiguousarray(one) for one in rising)


@cache
def _widths() -> FloatArray:
    return np.asarray(np.repeat(2.0 ** np.arange(-(OCTAVES + 1), -1) / CELLS, CELLS), dtype=np.float64)


@cache
def _left() -> FloatArray:
    """Give the left ends of the cells, as distances from the nearer of 0 and 1."""
    octaves = 2.0 ** np.arange(-(OCTAVES + 1), -1)
    return np.asarray((octaves[:, None] * (1 + np.arange(CELLS) / CELLS)).ravel(), dtype=np.float64)


@cache
def _checkpoints() -> FloatArray:
    """Give uniforms between the points that cells are made of, a few in every octave on both sides."""
    near = (_left() + _widths() * 0.52)[3::7]
    return np.concatenate([near, 1 - near])


@cache
def _knots(spacing: float) -> FloatArray:
    """Give the logits at which the exact function is called, out to beyond the last octave on both sides."""
    count = int(np.ceil((OCTAVES + 1) * np.log(2) / spacing)) + _POINTS
    return np.asarray(spacing * np.arange(-count, count + 1), dtype=np.float64)


@cache
def _interpolation(spacing: float) -> tuple[FloatArray, NDArray[np.int64]]:
    """Give, for four points of every cell, the first of the eight nearest knots and the weight of each."""
    near = (_left()[:, None] + _widths()[:, None] * np.arange(4) / 3).ravel()
    logits = np.log(near) - np.log1p(-near)
    position = (np.concatenate([logits, -logits]) - _knots(spacing)[0]) / spacing
    first = np.floor(position).astype(np.int64) - _POINTS // 2 + 1
    offset = position - first
    weights = np.ones((position.size, _POINTS))
    for point in range(_POINTS):
        for other in range(_POINTS):
            if other != point:
                weights[:, point] *= (offset - other) / (point - other)
    return weights, first
