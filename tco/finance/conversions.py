"""Rates by month and by year, real and nominal; a present cost as a cost a year."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tco.distributions import FloatArray
from tco.finance.flows import finite, finite_rate

MONTHS_PER_YEAR = 12


def annual_rate(monthly: npt.ArrayLike) -> FloatArray:
    """Give the effective annual rate of a monthly one.

    Parameters
    ----------
    monthly : float or array
        [per month].

    Returns
    -------
    array of the same shape
        (1 + monthly)^12 - 1, and not 12 times it [per year].

    Raises
    ------
    ValueError
        For a rate of -1 or less.

    Examples
    --------
    >>> round(float(annual_rate(0.01)), 6)
    0.126825
    """
    return _compounded(finite_rate(monthly, "monthly"), MONTHS_PER_YEAR)


def monthly_rate(annual: npt.ArrayLike) -> FloatArray:
    """Give the monthly rate that compounds to an effective annual one.

    Parameters
    ----------
    annual : float or array
        [per year].

    Returns
    -------
    array of the same shape
        (1 + annual)^(1/12) - 1 [per month].

    Raises
    ------
    ValueError
        For a rate of -1 or less.

    Examples
    --------
    >>> round(float(monthly_rate(0.08)), 6)
    0.006434
    """
    return _compounded(finite_rate(annual, "annual"), 1 / MONTHS_PER_YEAR)


def real_rate(nominal: npt.ArrayLike, inflation: npt.ArrayLike) -> FloatArray:
    """Give the rate in money of constant purchasing power.

    Parameters
    ----------
    nominal, inflation : float or array
        Of the same period [per year].

    Returns
    -------
    array
        (1 + nominal)/(1 + inflation) - 1, and not their difference [per year].

    Raises
    ------
    ValueError
        For a rate of -1 or less.

    Notes
    -----
    Nominal flows go with the nominal rate, flows in today's money with the real one; mixing them is the usual mistake.

    References
    ----------
    Fisher, I. (1930), The Theory of Interest, chapter 2.

    Examples
    --------
    >>> round(float(real_rate(0.08, 0.02)), 6)
    0.058824
    """
    prices = finite_rate(inflation, "inflation")
    return np.asarray((finite_rate(nominal, "nominal") - prices) / (1 + prices))


def nominal_rate(real: npt.ArrayLike, inflation: npt.ArrayLike) -> FloatArray:
    """Give the rate in current money of a real one.

    Parameters
    ----------
    real, inflation : float or array
        Of the same period [per year].

    Returns
    -------
    array
        (1 + real)·(1 + inflation) - 1 [per year].

    Raises
    ------
    ValueError
        For a rate of -1 or less.

    Examples
    --------
    >>> round(float(nominal_rate(0.05, 0.02)), 6)
    0.071
    """
    prices = finite_rate(inflation, "inflation")
    growth = finite_rate(real, "real")
    return np.asarray(growth + prices + growth * prices)


def equivalent_annual_cost(present_cost: npt.ArrayLike, rate: npt.ArrayLike, years: npt.ArrayLike) -> FloatArray:
    """Give the equal payment at the end of each year that is worth a present cost.

    Parameters
    ----------
    present_cost : float or array
        [money].
    rate : float or array
        Discount rate, effective [per year].
    years : float or array
        How long the cost lasts [year].

    Returns
    -------
    array
        [money/year].

    Raises
    ------
    ValueError
        For a rate of -1 or less, or years that are not above 0.

    Notes
    -----
    present_cost·rate/(1 - (1 + rate)^-years), and present_cost/years at a rate of 0; Excel's PMT() with its sign
    changed. It compares assets of different lives only where each would be replaced by its like.

    Examples
    --------
    >>> round(float(equivalent_annual_cost(1000, 0.10, 5)), 2)
    263.8
    """
    rates, lives = finite_rate(rate), finite(years, "years")
    if (lives <= 0).any():
        raise ValueError(f"years: expected more than 0, found {lives.min()}")
    annuity = -np.expm1(-lives * np.log1p(rates))
    level = rates == 0
    per_year = np.where(level, 1 / lives, rates / np.where(level, 1, annuity))
    return np.asarray(finite(present_cost, "present_cost") * per_year)


def _compounded(rate: FloatArray, periods: float) -> FloatArray:
    return np.asarray(np.expm1(periods * np.log1p(rate)))
