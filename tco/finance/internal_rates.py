"""Internal rates of return: every rate above -100 % at which the present value is zero, or that there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tco.distributions import FloatArray
from tco.finance.flows import DAYS_PER_YEAR, chunks, days_from_first, finite_flows, positive_count
from tco.finance.zeros import BoolArray, IntArray, real_zeros

CHUNK = 65_536
"""Series worked on at once; many, since what is rare among them is then still searched many at a time."""
STATUSES = ("none", "one", "several", "all")


@dataclass(frozen=True)
class Rates:
    """The internal rates of return of one or many series.

    Parameters
    ----------
    value : array of shape (...)
        The rate where there is exactly one, else nan; `status` says which [per year].
    count : array of int, shape (...)
        How many rates there are; 0 also where every rate is one [1].
    status : array of str, shape (...)
        'one', 'none', 'several', or 'all' where all flows are zero.
    roots : array of shape (..., m)
        All rates in increasing order, filled up with nan; m is the most of any series, at least 1 [per year].
    """

    value: FloatArray
    count: IntArray
    status: npt.NDArray[np.str_]
    roots: FloatArray

    @property
    def above_zero(self) -> FloatArray:
        """The rate above 0 where exactly one is above 0, else nan: what is quoted where the others are absurd.

        A single late payment adds a rate near -100 % to those of a sound project; see Newnan, Eschenbach and Lavelle,
        Engineering Economic Analysis, chapter 7A.
        """
        above = self.roots > 0
        return np.where(above.sum(axis=-1) == 1, np.where(above, self.roots, 0).sum(axis=-1), np.nan)


def irr(flows: npt.ArrayLike, *, periods_per_year: float = 1) -> Rates:
    """Find all internal rates of return of each series.

    Parameters
    ----------
    flows : array of shape (..., periods)
        Money received (positive) or paid (negative), period 0 first [money].
    periods_per_year : float
        12 for monthly flows, whose rate is then annualized: (1 + i)^12 - 1 [1/year].

    Returns
    -------
    Rates

    Raises
    ------
    ValueError
        For empty or non-finite flows, flows of one series that differ by more than 1e300 times, or a rate that is too
        great to be written.

    Notes
    -----
    All i > -1 with Σ flow_t·(1 + i)^-t = 0, exact but for rounding: rates that only the rounding of the flows tells
    apart count as one, as does a present value that touches zero. Spreadsheets return whichever one they meet first.
    One rate does not say on which side of it the project pays: where money comes in first, below it. A rate within
    1e-16 of -100 % is written -1.

    References
    ----------
    Norstrøm (1972) and the rule of signs: see `tco.finance.zeros`. Microsoft, IRR function (case dcf-msexcel-irr).

    Examples
    --------
    >>> round(float(irr([-70000, 12000, 15000, 18000, 21000, 26000]).value), 4)
    0.0866
    >>> irr([[-100, 230, -132], [100, 10, 10], [0, 0, 0]]).status.tolist()
    ['several', 'none', 'all']
    """
    series = finite_flows(flows)
    return _rates(series, np.arange(float(series.shape[-1])), positive_count(periods_per_year, "periods_per_year"))


def irr_roots(flows: npt.ArrayLike, *, periods_per_year: float = 1) -> FloatArray:
    """Give all internal rates of return of one series, in increasing order.

    Parameters
    ----------
    flows : array of shape (periods,)
        Period 0 first [money].
    periods_per_year : float
        12 for monthly flows, whose rates are then annualized [1/year].

    Returns
    -------
    array of shape (m,)
        Empty where there is none [per year].

    Raises
    ------
    ValueError
        As `irr`; also for more than one series, and for flows that are all zero.

    Examples
    --------
    >>> irr_roots([-100, 230, -132]).round(9)
    array([0.1, 0.2])
    """
    series = finite_flows(flows)
    if series.ndim != 1:
        raise ValueError(f"flows: expected one series, found the shape {series.shape}")
    if not series.any():
        raise ValueError("flows: all are zero, so that every rate is a root")
    roots = irr(series, periods_per_year=periods_per_year).roots
    return roots[~np.isnan(roots)]


def xirr(flows: npt.ArrayLike, dates: npt.ArrayLike) -> Rates:
    """Find all internal rates of return of dated flows.

    Parameters
    ----------
    flows : array of shape (..., periods)
        One flow a date [money].
    dates : sequence of dates or ISO texts, shape (periods,)
        In any order, the same for all series; flows of one day are added up.

    Returns
    -------
    Rates

    Raises
    ------
    ValueError
        As `irr`, and for dates that are not one a flow.

    Notes
    -----
    All i > -1 with Σ flow·(1 + i)^(-days/365) = 0; a year is 365 days, as in Excel. The rates do not depend on the date
    from which the days are counted.

    References
    ----------
    pyxirr, tests/test_scheduled.rs (case dcf-pyxirr-unordered), for the example.

    Examples
    --------
    >>> dates = ["2015-06-11", "2015-07-21", "2018-06-10", "2015-10-17"]
    >>> round(float(xirr([-1000, -9000, 20000, -3000], dates).value), 6)
    0.163537
    """
    series = finite_flows(flows)
    days, place = np.unique(days_from_first(dates, series.shape[-1]), return_inverse=True)
    by_day = np.zeros((*series.shape[:-1], days.size))
    for column, day in enumerate(place):
        by_day[..., day] += series[..., column]
    return _rates(by_day, (days - days[0]) / DAYS_PER_YEAR, 1)


def _rates(flows: FloatArray, times: FloatArray, per_year: float) -> Rates:
    """Find the rates of many series in chunks, and what there is to say of each."""
    series = flows.reshape(-1, flows.shape[-1])
    flat: BoolArray = np.logical_not(series.any(axis=1))
    pieces = [_roots(series[chunk], flat[chunk], times, per_year) for chunk in chunks(len(series), CHUNK)]
    most = max((piece.shape[1] for piece in pieces), default=1)
    roots = np.full((len(series), most), np.nan)
    for chunk, piece in zip(chunks(len(series), CHUNK), pieces, strict=True):
        roots[chunk, : piece.shape[1]] = piece
    count = (~np.isnan(roots)).sum(axis=1)
    kinds = np.where(flat, STATUSES.index("all"), np.minimum(count, STATUSES.index("several")))
    value = np.where(count == 1, roots[:, 0], np.nan)
    shape = flows.shape[:-1]
    return Rates(
        value=value.reshape(shape),
        count=count.reshape(shape),
        status=np.asarray(STATUSES)[kinds].reshape(shape),
        roots=roots.reshape(*shape, most),
    )


def _roots(series: FloatArray, flat: BoolArray, times: FloatArray, per_year: float) -> FloatArray:
    """Give the rates of the series of one chunk, shape (n, m); none where all flows are zero."""
    moving = np.flatnonzero(~flat)
    if not moving.size:
        return np.full((len(series), 1), np.nan)
    columns = np.ascontiguousarray(series.T if moving.size == len(series) else series[moving].T)
    with np.errstate(over="ignore"):
        rates = np.expm1(per_year * real_zeros(columns, times))
    if np.isinf(rates).any():
        first = series[moving[int(np.argmax(np.isinf(rates).any(axis=1)))]]
        raise ValueError(f"flows: the rate a year is above 1e308 for {first.tolist()}")
    roots = np.full((len(series), rates.shape[1]), np.nan)
    roots[moving] = rates
    return roots
