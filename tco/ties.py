"""Which options cost the same: what differs by no more than floating-point rounding is no difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tco.distributions import FloatArray

ROUNDING = 1e-12
"""Share of a cost by which another may differ from it and be the same: sums in another order differ by less."""


def saving(theirs: Any, mine: Any) -> FloatArray:
    """Give what one cost saves against another, 0 where they tie [money].

    Parameters
    ----------
    theirs, mine : array or float
        Costs in the same worlds [money].
    """
    difference = np.asarray(np.subtract(theirs, mine))
    size = np.abs(difference)
    if size.size and size.min() > ROUNDING * np.abs(theirs).max():
        return difference  # as nearly always: none is small beside the largest cost
    return np.where(size <= ROUNDING * np.abs(theirs), 0.0, difference)


def least(costs: FloatArray) -> tuple[FloatArray, np.ndarray]:
    """Give the least cost of each world, (n,) [money], and which options cost no more than it, (k, n).

    Parameters
    ----------
    costs : array of shape (k, n)
        Of k options in n worlds [money].
    """
    lowest = costs.min(axis=0)
    return lowest, costs <= lowest + ROUNDING * np.abs(lowest)


def ranked(costs: Mapping[str, float], baseline: str) -> list[str]:
    """Order options by what they cost; of those that tie the baseline comes first, then as they stand.

    Parameters
    ----------
    costs : dict of str to float
        What each option costs [money].
    baseline : str
        Whoever costs the same as the baseline is no reason to leave it.
    """
    left, order = sorted(costs, key=lambda name: name != baseline), []
    while left:
        lowest = min(costs[name] for name in left)
        order += [name for name in left if costs[name] <= lowest + ROUNDING * abs(lowest)]
        left = [name for name in left if name not in order]
    return order
