"""The table of a business case: benefits and costs by year, their present values, NPV, ROI, payback."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tco.distributions import FloatArray
from tco.finance.conversions import MONTHS_PER_YEAR
from tco.finance.discounting import discount_factors
from tco.finance.flows import finite_flows
from tco.finance.paybacks import Payback, payback
from tco.finance.ratios import Ratio, roi


@dataclass(frozen=True)
class BusinessCase:
    """A business case by year, year 0 being what falls now, as Forrester's Total Economic Impact prints it.

    Parameters
    ----------
    benefits, costs : array of shape (years + 1,)
        Not discounted, both positive [money].
    factors : array of shape (years + 1,)
        What one unit of money in each year is worth now [1].
    payback, discounted_payback : Payback
        In months, a year's net benefit taken to come in evenly [month].
    """

    benefits: FloatArray
    costs: FloatArray
    factors: FloatArray
    payback: Payback
    discounted_payback: Payback

    @property
    def net(self) -> FloatArray:
        """Benefits less costs by year, not discounted [money]."""
        return self.benefits - self.costs

    @property
    def cumulative(self) -> FloatArray:
        """The running total of `net` [money]."""
        return np.cumsum(self.net)

    @property
    def cumulative_discounted(self) -> FloatArray:
        """The running total of `net`, discounted; the last one is the NPV [money]."""
        return np.cumsum(self.net * self.factors)

    @property
    def present_benefits(self) -> float:
        """The present value of the benefits [money]."""
        return float(self.benefits @ self.factors)

    @property
    def present_costs(self) -> float:
        """The present value of the costs [money]."""
        return float(self.costs @ self.factors)

    @property
    def npv(self) -> float:
        """Present benefits less present costs [money]."""
        return self.present_benefits - self.present_costs

    @property
    def roi(self) -> Ratio:
        """NPV over present costs; undefined where these are not above 0 [1]."""
        return roi(self.present_benefits, self.present_costs)

    def rows(self) -> list[dict[str, float | str]]:
        """Give the table: a row a year, then the total and the present value of each column [money]."""
        columns = {"costs": self.costs, "benefits": self.benefits, "net": self.net}
        years = [
            {"year": str(year)} | {name: float(column[year]) for name, column in columns.items()}
            for year in range(len(self.factors))
        ]
        total = {name: float(column.sum()) for name, column in columns.items()}
        present = {"costs": self.present_costs, "benefits": self.present_benefits, "net": self.npv}
        return [*years, {"year": "total"} | total, {"year": "present value"} | present]


def business_case(benefits: npt.ArrayLike, costs: npt.ArrayLike, rate: float) -> BusinessCase:
    """Lay out a business case by year: what falls now, then years 1, 2, ...

    Parameters
    ----------
    benefits, costs : array of shape (years + 1,)
        What falls now first, then by year; both positive [money].
    rate : float
        Discount rate, effective [per year].

    Returns
    -------
    BusinessCase

    Raises
    ------
    ValueError
        For a rate of -1 or less, empty or non-finite series, or series of different lengths.

    Notes
    -----
    What falls now is not discounted; a year's flows fall at its end. Payback counts from now, in months. Tables printed
    with discount factors of two decimals differ: by 0.2 % in the case dcf-schwalbe-rounded-factors.

    References
    ----------
    Forrester Consulting, The Total Economic Impact of SalesLoft, p. 19 (case tei-salesloft-pv), for the example.

    Examples
    --------
    >>> case = business_case([0, 1606511, 3061331, 4229760], [53150, 666715, 636772, 647783], 0.10)
    >>> round(case.present_costs), round(case.present_benefits), round(case.npv), round(float(case.roi.value), 2)
    (1672201, 7168371, 5496170, 3.29)
    >>> round(float(case.payback.periods), 1)
    0.7
    """
    gains, spent = finite_flows(benefits, "benefits"), finite_flows(costs, "costs")
    if gains.ndim != 1 or gains.shape != spent.shape:
        raise ValueError(
            f"benefits and costs: expected one series of years each, of one length, found {gains.shape}, {spent.shape}"
        )
    return BusinessCase(
        benefits=gains,
        costs=spent,
        factors=discount_factors(rate, gains.size),
        payback=_in_months(payback(gains - spent, periods_per_year=1)),
        discounted_payback=_in_months(payback(gains - spent, rate=rate, periods_per_year=1)),
    )


def _in_months(found: Payback) -> Payback:
    return replace(found, periods=found.periods * MONTHS_PER_YEAR)
