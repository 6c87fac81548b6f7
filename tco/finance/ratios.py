"""Ratios of present values: ROI, benefit-cost, savings-to-investment, profitability; the modified rate of return."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tco.distributions import FloatArray
from tco.finance.discounting import Timing, npv
from tco.finance.flows import finite, finite_flows, finite_rate, one_shape, positive_count


@dataclass(frozen=True)
class Ratio:
    """A figure that is undefined where nothing stands below the line.

    Parameters
    ----------
    value : array of shape (...)
        The figure, nan where it is undefined [1].
    defined : array of bool, shape (...)
        Whether it is defined.
    """

    value: FloatArray
    defined: npt.NDArray[np.bool_]


def roi(benefits: npt.ArrayLike, costs: npt.ArrayLike) -> Ratio:
    """Give the return on investment, (benefits - costs)/costs.

    Parameters
    ----------
    benefits, costs : float or array
        Present values, costs positive [money].

    Returns
    -------
    Ratio
        3.29 is 329 %; undefined, and not infinite, where costs ≤ 0.

    Raises
    ------
    ValueError
        For values that are not finite, or shapes that do not go together.

    Notes
    -----
    NPV/costs, as in Forrester's Total Economic Impact; it depends on what is called a cost and what a lesser benefit,
    which NPV does not.

    References
    ----------
    Forrester Consulting, The Total Economic Impact of SalesLoft, p. 19 (case tei-salesloft-pv), for the example.

    Examples
    --------
    >>> round(float(roi(7168371, 1672201).value), 2)
    3.29
    """
    ratio = _ratio(benefits, costs, ("benefits", "costs"))
    return Ratio(value=ratio.value - 1, defined=ratio.defined)


def benefit_cost_ratio(benefits: npt.ArrayLike, costs: npt.ArrayLike) -> Ratio:
    """Give benefits over costs: above 1 where NPV is above 0.

    Parameters
    ----------
    benefits, costs : float or array
        Present values, costs positive [money].

    Returns
    -------
    Ratio
        ROI + 1; undefined where costs ≤ 0.

    Raises
    ------
    ValueError
        As `roi`.

    Examples
    --------
    >>> benefit_cost_ratio([300, 300], [200, 0])
    Ratio(value=array([1.5, nan]), defined=array([ True, False]))
    """
    return _ratio(benefits, costs, ("benefits", "costs"))


def savings_to_investment_ratio(savings: npt.ArrayLike, investment: npt.ArrayLike) -> Ratio:
    """Give savings in operation over the additional investment that brings them.

    Parameters
    ----------
    savings : float or array
        Present value of what operation costs less, net of what it costs more [money].
    investment : float or array
        Present value of what is invested more, replacements in and residual value out [money].

    Returns
    -------
    Ratio
        Undefined where no more is invested.

    Raises
    ------
    ValueError
        As `roi`.

    Notes
    -----
    Unlike the benefit-cost ratio it takes what operation costs more from the savings, and only investment stands below
    the line.

    References
    ----------
    NIST Handbook 135, Life-Cycle Costing Manual for the Federal Energy Management Program, chapter 6.

    Examples
    --------
    >>> float(savings_to_investment_ratio(4200, 3000).value)
    1.4
    """
    return _ratio(savings, investment, ("savings", "investment"))


def profitability_index(
    flows: npt.ArrayLike, rate: npt.ArrayLike, *, periods_per_year: float = 1, timing: Timing = "end"
) -> Ratio:
    """Give the present value of later flows over what is paid now.

    Parameters
    ----------
    flows : array of shape (..., periods)
        Period 0 first [money].
    rate : float or array of shape (...)
        Discount rate, effective [per year].
    periods_per_year : float
        12 for monthly flows [1/year].
    timing : {"end", "mid"}
        Whether a flow falls at the end of its period or in the middle.

    Returns
    -------
    Ratio
        1 + NPV/paid now; undefined where nothing is paid now.

    Raises
    ------
    ValueError
        As `npv`.

    Examples
    --------
    >>> round(float(profitability_index([-500, 300, 200, 150], 0.06).value), 4)
    1.1739
    """
    later = finite_flows(flows).copy()
    paid = -later[..., 0].copy()
    later[..., 0] = 0
    worth = npv(later, rate, periods_per_year=periods_per_year, timing=timing)
    return _ratio(worth, paid, ("later flows", "what is paid now"))


def mirr(
    flows: npt.ArrayLike, finance_rate: npt.ArrayLike, reinvest_rate: npt.ArrayLike, *, periods_per_year: float = 1
) -> Ratio:
    """Give the modified internal rate of return: one rate, once it is said what money costs and earns meanwhile.

    Parameters
    ----------
    flows : array of shape (..., periods)
        Period 0 first [money].
    finance_rate : float or array of shape (...)
        What negative flows are discounted at, effective [per year].
    reinvest_rate : float or array of shape (...)
        What positive flows earn until the last period, effective [per year].
    periods_per_year : float
        12 for monthly flows, whose rate is then annualized [1/year].

    Returns
    -------
    Ratio
        The rate [per year]; undefined where flows are not of both signs.

    Raises
    ------
    ValueError
        As `npv`.

    Notes
    -----
    (future value of positive flows / present value of negative flows)^(1/n) - 1, with n the number of flows less one,
    as in Excel. The finance rate comes first.

    References
    ----------
    Microsoft, MIRR function (case dcf-npf-mirr-2).

    Examples
    --------
    >>> round(float(mirr([-120000, 39000, 30000, 21000, 37000, 46000], 0.10, 0.12).value), 6)
    0.126094
    """
    series, reinvest = finite_flows(flows), finite_rate(reinvest_rate, "reinvest_rate")
    finance = finite_rate(finance_rate, "finance_rate")
    one_shape(series[..., 0], finance, ("flows", "finance_rate"))
    one_shape(series[..., 0], reinvest, ("flows", "reinvest_rate"))
    years = (series.shape[-1] - 1) / positive_count(periods_per_year, "periods_per_year")
    paid = -npv(np.minimum(series, 0), finance, periods_per_year=periods_per_year)
    earned = npv(np.maximum(series, 0), reinvest, periods_per_year=periods_per_year)
    ratio = _ratio(earned, paid, ("positive flows", "negative flows"))
    defined = ratio.defined & (earned > 0)
    growth = np.log(np.where(defined, ratio.value, 1)) / max(years, 1 / periods_per_year) + np.log1p(reinvest)
    return Ratio(value=np.where(defined, np.expm1(growth), np.nan), defined=defined)


def _ratio(above: npt.ArrayLike, below: npt.ArrayLike, names: tuple[str, str]) -> Ratio:
    top, bottom = finite(above, names[0]), finite(below, names[1])
    one_shape(top, bottom, names)
    top, bottom = np.broadcast_arrays(top, bottom)
    defined = np.asarray(bottom > 0)
    value = np.where(defined, top / np.where(defined, bottom, 1), np.nan)
    return Ratio(value=value, defined=defined)
