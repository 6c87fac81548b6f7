"""Where functions change their sign: many at once, each between two points of its own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tco.distributions import FloatArray

_SECANTS, _STEPS = 24, 90
"""Steps by false position, and in all: the rest halve, so that also a jump is closed in on to the last digit."""
_APART = 4 * np.finfo(float).eps


def crossings(
    values: Callable[[FloatArray], FloatArray],
    ends: tuple[FloatArray, FloatArray],
    at_ends: tuple[FloatArray, FloatArray],
    close: float,
) -> FloatArray:
    """Close in on each function's change of sign by false position, halving the end that stays (the Illinois method).

    Parameters
    ----------
    values : callable
        Gives each function at a point of its own: (n,) to (n,).
    ends : pair of array of shape (n,)
        Points between which each function changes its sign, in either order.
    at_ends : pair of array of shape (n,)
        The functions there, of different signs, or 0.
    close : float
        Values as small as this count as 0 [unit of the values].

    Returns
    -------
    array of shape (n,)
        A point at which a function is 0 to `close`, or one beside which it jumps from one sign to the other.

    References
    ----------
    Dowell and Jarratt (1971), A modified regula falsi method for computing the root of an equation, BIT 11.
    """
    (low, high), (at_low, at_high) = ends, at_ends
    found, left = np.array(high, dtype=float), np.ones(high.size, dtype=bool)
    for step in range(_STEPS):
        middle = (low + high) / 2
        if step < _SECANTS:
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                secant = (low * at_high - high * at_low) / (at_high - at_low)
            middle = np.where(np.isfinite(secant), secant, middle)
        found = np.where(left, middle, found)
        there = values(found)
        narrow = np.abs(high - low) <= _APART * np.maximum(np.abs(low), np.abs(high))
        left &= ~((np.abs(there) <= close) | narrow)
        if not left.any():
            break
        crossed = np.sign(there) * np.sign(at_high) < 0
        low, at_low = np.where(crossed, high, low), np.where(crossed, at_high, at_low / 2)
        high, at_high = middle, there
    return found
