"""Expected costs where one input is known: the model run at some of its values, all other inputs drawn at each."""

from __future__ import annotations

import numpy as np

from tco.distributions import FloatArray
from tco.errors import UsageError
from tco.outcomes import Outcomes, sampler_for, uncertain_inputs
from tco.results import TOTALS

NODES, DRAWS = 128, 512
"""Values of an input at which the model is run; draws of all other inputs at each of them."""
_TAIL, _TAIL_PARTS = 1e-6, 8
"""Share of the outermost part of a distribution, and into how many ever finer ones a hundredth at either end is cut."""
_FINE = 8192
"""Equal shares of a distribution that values are counted by, where it has few."""


def conditional_costs(
    outcomes: Outcomes, path: str, values: FloatArray, shares: FloatArray, *, total: str, n: int, seed: int
) -> FloatArray:
    """Give each option's mean cost over all other inputs where one input is known, (k, q) [money].

    Parameters
    ----------
    outcomes : Outcomes
        The model.
    path : str
        The input.
    values, shares : array of shape (q,)
        Its values, and the shares of its distribution below each; inputs correlated with it move with it.
    total : str
        hard, hard_and_estimated or all_in.
    n, seed : int
        Draws of all other inputs, the same at each value, and what they are made from.

    Raises
    ------
    UsageError
        For an input that does not vary.
    CaseError
        Where a value breaks a joint limit together with some draw of the others.
    """
    if path not in uncertain_inputs(outcomes.case):
        raise UsageError(f"expected an uncertain input, found {path}, which does not vary")
    sampler, count = sampler_for(outcomes.case, n, seed=seed), len(values)
    draws = sampler.given(path, values, shares)
    outcomes.check_limits(draws, sampler.n * count)
    costs = outcomes.costs(draws)[TOTALS.index(total)]
    return np.asarray(costs.reshape(len(costs), count, sampler.n).mean(axis=2))


def evppi_nested(
    outcomes: Outcomes,
    path: str,
    *,
    total: str = "all_in",
    n: int = DRAWS,
    seed: int = 0,
    means: FloatArray | None = None,
) -> float:
    """Value knowing one input by running the model: its value fixed in turn, all others drawn [money].

    Parameters
    ----------
    outcomes : Outcomes
        The model.
    path : str
        The input; those correlated with it move with it.
    total : str
        hard, hard_and_estimated or all_in.
    n, seed : int
        Draws of all other inputs at each value of this one, and what they are made from.
    means : array of shape (k,), optional
        Each option's mean cost, if it is known better than from these runs; they are moved to it [money].

    Notes
    -----
    Two values, by the rule of Gauss, stand for each part of the distribution, and parts are finer in the tails; of a
    distribution with few values each is taken with its probability. What is left is the error of a sum in place of an
    integral, and of few draws of the others.

    Raises
    ------
    UsageError
        For an input that does not vary.
    CaseError
        Where a value breaks a joint limit together with some draw of the others.
    """
    values, shares, weights = _parts(outcomes, path)
    given = conditional_costs(outcomes, path, values, shares, total=total, n=n, seed=seed)
    if means is not None:
        given += (means - given @ weights)[:, None]
    return float((given @ weights).min() - given.min(axis=0) @ weights)


def _parts(outcomes: Outcomes, path: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Cut the distribution of an input into parts: a value of each, the share below it, and the part's weight."""
    if path not in outcomes.inputs:
        raise UsageError(f"expected an uncertain input, found {path}, which does not vary")
    fine = (np.arange(_FINE) + 0.5) / _FINE
    values, first, counts = np.unique(
        np.asarray(outcomes.inputs[path].quantile(fine)), return_index=True, return_counts=True
    )
    if values.size <= NODES:
        return values, (first + counts / 2) / _FINE, counts / _FINE
    tail = np.geomspace(_TAIL, 0.01, _TAIL_PARTS)
    middle = np.linspace(0.01, 0.99, NODES // 2 - 2 * _TAIL_PARTS + 1)
    ends = np.concatenate([[0.0], tail[:-1], middle, 1 - tail[-2::-1], [1.0]])
    half, centre = np.diff(ends) / 2, (ends[1:] + ends[:-1]) / 2
    shares = np.stack([centre - half / np.sqrt(3), centre + half / np.sqrt(3)], axis=1).ravel()
    return np.asarray(outcomes.inputs[path].quantile(shares)), shares, np.repeat(half, 2)
