"""Payback: when the running total of flows first comes back to zero, simple and discounted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tco.distributions import FloatArray
from tco.finance.discounting import discount_factors
from tco.finance.flows import chunks, finite_flows, finite_rate, one_shape, positive_count, running_total

CHUNK = 2048
"""Series worked on at once: 36 periods of them fit a core's own cache."""
STATUSES = ("never", "once", "immediate")


@dataclass(frozen=True)
class Payback:
    """When one or many series pay back.

    Parameters
    ----------
    periods : array of shape (...)
        Periods until the running total is first 0 or more, interpolated; 0 where it is so at once, nan where it never
        is; `status` says which [period].
    status : array of str, shape (...)
        'immediate', 'once' (it pays back, at `periods`), or 'never'.
    crossings : array of int, shape (...)
        How often the running total passes between below 0 and 0 or more [1].
    repeated : array of bool, shape (...)
        Whether it does so more than once: what was paid back is then lost again. Immediate and one crossing: it falls
        below 0 later and stays there.
    """

    periods: FloatArray
    status: npt.NDArray[np.str_]
    crossings: npt.NDArray[np.int64]
    repeated: npt.NDArray[np.bool_]


def payback(flows: npt.ArrayLike, *, rate: npt.ArrayLike = 0, periods_per_year: float = 12) -> Payback:
    """Find when each series pays back.

    Parameters
    ----------
    flows : array of shape (..., periods)
        Savings (positive) and what they cost (negative), period 0 first [money].
    rate : float or array of shape (...)
        0 for the simple payback, the discount rate for the discounted one, effective [per year].
    periods_per_year : float
        12 for monthly flows [1/year].

    Returns
    -------
    Payback

    Raises
    ------
    ValueError
        For a rate of -1 or less, empty or non-finite flows, or shapes that do not go together.

    Notes
    -----
    Immediate where flow_0 ≥ 0, so also where all flows are zero. Else the first t with total(t-1) < 0 ≤ total(t), at
    t - 1 + (-total(t-1))/flow_t: money is taken to come in evenly over a period. A total within the rounding of its own
    terms is 0: -0.3 + 0.1 + 0.1 + 0.1 pays back.

    References
    ----------
    The cost model, section 10.

    Examples
    --------
    >>> result = payback([[-500, 300, 200, 150], [-500, 100, 100, 100], [0, 1, 1, 1]])
    >>> result.periods.tolist(), result.status.tolist()
    ([2.0, nan, 0.0], ['once', 'never', 'immediate'])
    """
    series, rates = finite_flows(flows), finite_rate(rate)
    one_shape(series[..., 0], rates, ("flows", "rate"))
    shape = np.broadcast_shapes(series.shape[:-1], rates.shape)
    rows = np.broadcast_to(series, (*shape, series.shape[-1])).reshape(-1, series.shape[-1])
    per_row = np.broadcast_to(rates, shape).reshape(-1) if rates.ndim else rates.reshape(1)
    years = positive_count(periods_per_year, "periods_per_year")
    periods, crossings = np.empty(len(rows)), np.empty(len(rows), dtype=np.int64)
    for chunk in chunks(len(rows), CHUNK):
        columns = np.ascontiguousarray(rows[chunk].T)
        if per_row.any():
            factors = discount_factors(per_row[chunk] if rates.ndim else per_row, len(columns), periods_per_year=years)
            columns = columns * factors.T
        periods[chunk], crossings[chunk] = _paid_back(columns)
    kinds = np.where(np.isnan(periods), 0, np.where(rows[:, 0] >= 0, 2, 1))
    return Payback(
        periods=periods.reshape(shape),
        status=np.asarray(STATUSES)[kinds].reshape(shape),
        crossings=crossings.reshape(shape),
        repeated=(crossings > 1).reshape(shape),
    )


def _paid_back(flows: FloatArray) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """Give the periods until payback, nan for never, and the crossings, of flows of shape (periods, n)."""
    totals = running_total(flows)
    rounding = len(flows) * np.finfo(np.float64).eps * running_total(np.abs(flows))
    paid = totals >= -rounding
    crossings = (paid[1:] != paid[:-1]).sum(axis=0, dtype=np.int32)
    first = paid.argmax(axis=0)
    draws = np.arange(flows.shape[1])
    before, flow = totals[first - 1, draws], flows[first, draws]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.minimum(-before / flow, 1.0)
    periods = np.where(first > 0, first - 1 + share, 0.0)
    return np.where(paid.any(axis=0), periods, np.nan), crossings
