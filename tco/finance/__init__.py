"""Figures of a business case from flows: present values, rates of return, payback, ratios; pure functions on arrays.

Flows have the shape (..., periods): the last axis is time, period 0 (now) first; draws or options come before it.
"""

from tco.finance.business_cases import BusinessCase, business_case
from tco.finance.conversions import (
    annual_rate,
    equivalent_annual_cost,
    monthly_rate,
    nominal_rate,
    real_rate,
)
from tco.finance.discounting import Timing, discount_factors, npv, npv_excel, xnpv
from tco.finance.internal_rates import Rates, irr, irr_roots, xirr
from tco.finance.paybacks import Payback, payback
from tco.finance.ratios import (
    Ratio,
    benefit_cost_ratio,
    mirr,
    profitability_index,
    roi,
    savings_to_investment_ratio,
)

__all__ = [
    "BusinessCase",
    "Payback",
    "Rates",
    "Ratio",
    "Timing",
    "annual_rate",
    "benefit_cost_ratio",
    "business_case",
    "discount_factors",
    "equivalent_annual_cost",
    "irr",
    "irr_roots",
    "mirr",
    "monthly_rate",
    "nominal_rate",
    "npv",
    "npv_excel",
    "payback",
    "profitability_index",
    "real_rate",
    "roi",
    "savings_to_investment_ratio",
    "xirr",
    "xnpv",
]
