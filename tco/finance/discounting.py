"""Present values: discount factors, NPV by our convention and by Excel's, NPV of dated flows."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from tco.distributions import FloatArray
from tco.finance.flows import DAYS_PER_YEAR, days_from_first, finite_flows, finite_rate, one_shape, positive_count

Timing = Literal["end", "mid"]
"""When the flow of a period falls: at its end, or in its middle."""


def discount_factors(
    rate: npt.ArrayLike, periods: int, *, periods_per_year: float = 1, timing: Timing = "end"
) -> FloatArray:
    """Give what one unit of money in each period is worth now.

    Parameters
    ----------
    rate : float or array of shape (...)
        Discount rate, effective [per year].
    periods : int
        How many periods, period 0 counted [1].
    periods_per_year : float
        12 for monthly flows [1/year].
    timing : {"end", "mid"}
        Whether a flow falls at the end of its period or in the middle; flow 0 falls now in either case.

    Returns
    -------
    array of shape (..., periods)
        v_0 = 1, v_1, ... [1].

    Raises
    ------
    ValueError
        For a rate of -1 or less, fewer than one period, or another timing.

    Notes
    -----
    v_t = (1 + rate)^(-t/periods_per_year): the annual rate is effective, so a month is (1 + rate)^(1/12) and not
    1 + rate/12. In the middle of the period, t - 1/2 stands for t from period 1 on.

    Examples
    --------
    >>> discount_factors(0.08, 4).round(2)   # the factors of a textbook table
    array([1.  , 0.93, 0.86, 0.79])
    >>> discount_factors(0.10, 3, timing="mid").round(4)
    array([1.    , 0.9535, 0.8668])
    """
    if timing not in ("end", "mid"):
        raise ValueError(f"timing: expected 'end' or 'mid', found {timing!r}")
    if periods < 1:
        raise ValueError(f"periods: expected at least 1, found {periods}")
    years = np.arange(float(periods))
    if timing == "mid":
        years[1:] -= 0.5
    years /= positive_count(periods_per_year, "periods_per_year")
    factors: FloatArray = np.exp(np.log1p(finite_rate(rate))[..., np.newaxis] * -years)
    return factors


def npv(
    flows: npt.ArrayLike, rate: npt.ArrayLike, *, periods_per_year: float = 1, timing: Timing = "end"
) -> FloatArray:
    """Give the net present value of flows, the first of which falls now.

    Parameters
    ----------
    flows : array of shape (..., periods)
        Money received (positive) or paid (negative), period 0 first [money].
    rate : float or array of shape (...)
        Discount rate, effective; one, or one a series [per year].
    periods_per_year : float
        12 for monthly flows [1/year].
    timing : {"end", "mid"}
        Whether a flow falls at the end of its period or in the middle.

    Returns
    -------
    array of shape (...)
        [money].

    Raises
    ------
    ValueError
        For a rate of -1 or less, empty or non-finite flows, or shapes that do not go together.

    Notes
    -----
    NPV = Σ v_t·flow_t with v_0 = 1: flow 0 is not discounted. Excel's NPV() discounts it too; see `npv_excel`.

    References
    ----------
    numpy-financial, test_financial.py (case dcf-npf-npv-t0), for the example.

    Examples
    --------
    >>> round(float(npv([-15000, 1500, 2500, 3500, 4500, 6000], 0.05)), 2)
    122.89
    """
    series, rates = finite_flows(flows), finite_rate(rate)
    one_shape(series[..., 0], rates, ("flows", "rate"))
    factors = discount_factors(rates, series.shape[-1], periods_per_year=periods_per_year, timing=timing)
    return _worth(series, factors)


def npv_excel(rate: npt.ArrayLike, flows: npt.ArrayLike) -> FloatArray:
    """Give what Excel's NPV() gives: the present value of flows, the first of which falls one period from now.

    Parameters
    ----------
    rate : float or array of shape (...)
        Discount rate [per period].
    flows : array of shape (..., periods)
        Flows at the ends of the periods 1, 2, ... [money].

    Returns
    -------
    array of shape (...)
        [money].

    Raises
    ------
    ValueError
        As `npv`.

    Notes
    -----
    Σ (1 + rate)^-(k+1)·flow_k, k from 0. What is paid now is added outside: NPV(rate; flows) + initial.

    References
    ----------
    Microsoft, NPV function, example 2 (case dcf-msexcel-npv-ex2).

    Examples
    --------
    >>> round(float(npv_excel(0.08, [8000, 9200, 10000, 12000, 14500]) - 40000), 2)
    1922.06
    """
    return npv(flows, rate) / (1 + np.asarray(rate, dtype=np.float64))


def xnpv(flows: npt.ArrayLike, dates: npt.ArrayLike, rate: npt.ArrayLike) -> FloatArray:
    """Give the net present value of dated flows at the date of the first.

    Parameters
    ----------
    flows : array of shape (..., periods)
        One flow a date [money].
    dates : sequence of dates or ISO texts, shape (periods,)
        In any order; the first one is the date at which the value stands.
    rate : float or array of shape (...)
        Discount rate, effective [per year].

    Returns
    -------
    array of shape (...)
        [money].

    Raises
    ------
    ValueError
        As `npv`, and for dates that are not one a flow.

    Notes
    -----
    Σ (1 + rate)^(-days/365)·flow: a year is 365 days, leap years too, as in Excel. Excel refuses dates before the
    first; here they are compounded forward to it.

    References
    ----------
    Microsoft, XNPV function (case dcf-msexcel-xnpv).

    Examples
    --------
    >>> dates = ["2008-01-01", "2008-03-01", "2008-10-30", "2009-02-15", "2009-04-01"]
    >>> round(float(xnpv([-10000, 2750, 4250, 3250, 2750], dates, 0.09)), 2)
    2086.65
    """
    series, rates = finite_flows(flows), finite_rate(rate)
    one_shape(series[..., 0], rates, ("flows", "rate"))
    years = days_from_first(dates, series.shape[-1]) / DAYS_PER_YEAR
    return _worth(series, np.exp(np.log1p(rates)[..., np.newaxis] * -years))


def _worth(flows: FloatArray, factors: FloatArray) -> FloatArray:
    """Sum up flows times factors over the periods."""
    total: FloatArray = np.asarray(np.einsum("...t,...t->...", flows, factors))
    return total
