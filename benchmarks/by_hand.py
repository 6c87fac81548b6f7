"""The reference case as an analyst would script it in plain NumPy: every number typed in, one loop over the months.

What it gives is held against `tco` by benchmarks/simulate.py, so that the two times are of the same work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Array = NDArray[np.float64]
Draws = Mapping[str, Array]

MONTHS = 36
DISCOUNT_RATE = 0.09
INFLATION = 0.02
SALE_PRICE = 24.90
NEW_CUSTOMERS_GROWTH = 0.03
SEASONALITY = (0.8, 0.8, 0.9, 0.9, 1, 1, 1, 1, 1, 1.1, 1.2, 1.3)
SERVICE_LEVEL = 0.95
ORDER_DAYS = 30.0
DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True)
class Supplier:
    """What is fixed for one supplier."""

    name: str
    inspection: float
    payment_days: float
    improvement: float
    chargeback_faulty: float
    chargeback_damaged: float
    annual_management: float
    one_off: float
    transition_months: int
    expedite_cost: float
    duty_rate: float | None = None


SUPPLIERS = (
    Supplier("north", 0.05, 20, 0, 0.45, 0.15, 18_000, 0, 0, 15_000, 0.04),
    Supplier("coast", 0, 30, 0.04, 0.50, 0.20, 14_000, 0, 2, 12_000),
    Supplier("peak", 0, 45, 0, 0.60, 0.30, 12_000, 8_000, 3, 9_000, 0.0),
)


@dataclass(frozen=True)
class Year:
    """What one supplier comes to in one contract year, each of shape (n,)."""

    per_unit: Array
    per_month: Array
    margin: Array
    leavers: Array
    other_margin: Array


def by_hand(draws: Draws) -> Array:
    """Give the present cost of each supplier in each draw.

    Parameters
    ----------
    draws : dict of str to array of shape (n,)
        Every uncertain input by its path.

    Returns
    -------
    array of shape (k, n)
        Present cost, all in [money].
    """
    years = {supplier.name: [_year(supplier, year, draws) for year in range(3)] for supplier in SUPPLIERS}
    return np.stack([_present_cost(supplier, years, draws) for supplier in SUPPLIERS])


def _present_cost(supplier: Supplier, years: Mapping[str, list[Year]], draws: Draws) -> Array:
    """Add up discounted months, the customers whom failures drove away missing from one month to the next."""
    orders = draws["demand.orders_per_customer_per_year"] / 12
    planned = customers = draws["demand.customers"]
    stay = (1 - draws["demand.annual_base_churn"]) ** (1 / 12)
    total = supplier.one_off + draws.get(f"suppliers.{supplier.name}.switching_cost", np.zeros_like(planned))
    for month in range(1, MONTHS + 1):
        acting = supplier.name if month > supplier.transition_months else SUPPLIERS[0].name
        figures = years[acting][(month - 1) // 12]
        units_per_customer = orders * SEASONALITY[(month - 1) % 12] * draws["demand.units_per_order"]
        units = planned * units_per_customer
        lost = planned - customers
        cost = units * figures.per_unit + figures.per_month
        cost = cost + lost * (units_per_customer * figures.margin + figures.other_margin)
        total = total + cost * (1 + DISCOUNT_RATE) ** (-month / 12)
        arrived = draws["demand.new_customers_per_month"] * (1 + NEW_CUSTOMERS_GROWTH) ** ((month - 1) // 12)
        customers = customers * stay * np.exp(-units_per_customer * figures.leavers) + arrived
        planned = planned * stay + arrived
    return total


def _year(supplier: Supplier, year: int, draws: Draws) -> Year:
    """Give the cost of a unit, of a month, the margin and the leavers of a contract year."""
    own = {
        path.split(".", 2)[2]: values for path, values in draws.items() if path.startswith(f"suppliers.{supplier.name}")
    }
    grown = (1 + INFLATION) ** year
    per_order = draws["demand.units_per_order"]
    improved = (1 - supplier.improvement) ** year
    faulty_rate, damaged_rate = own["failure_rates.faulty"] * improved, own["failure_rates.damaged"] * improved
    wrong_rate = draws["failure_rates.wrong_item"] * improved
    late_rate = draws["failure_rates.late"] * improved
    replaced = draws["failures.faulty.replace"]
    sends_per_unit = 1 / (1 - faulty_rate * replaced - damaged_rate * 0.55)
    sends_per_order = 1 / (1 - wrong_rate * 0.85)
    shipped = sends_per_unit * sends_per_order
    faulty, damaged = shipped * faulty_rate, shipped * damaged_rate
    wrong, late = sends_per_order * wrong_rate / per_order, sends_per_order * late_rate / per_order

    price = own["unit_price"] * (1 + own["price_growth"]) ** year
    duty = (own["duty_rate"] if supplier.duty_rate is None else supplier.duty_rate) * price
    landed = price + duty + own["freight"] * grown
    fulfilment = draws["product.fulfilment_cost"] * grown
    sale_price = SALE_PRICE * grown
    returned = faulty * 0.60 + damaged * 0.45 + (wrong * 0.80 + late * 0.03) * per_order
    steps = ("return_shipping", "receiving", "inspection", "refund_admin")
    processing = sum(draws[f"returns.activities.{step}"] for step in steps) * grown
    restocked = draws["returns.dispositions.restock.share"]
    outlet = 0.20 * draws["returns.dispositions.outlet.proceeds"] * grown
    scrap = (1 - restocked - 0.20) * draws["returns.dispositions.scrap.cost"] * grown
    events = {"faulty": faulty, "damaged": damaged, "wrong_item": wrong, "late": late}
    contacts = sum(events[mode] * draws[f"failures.{mode}.contacts"] for mode in events)
    stock_days, unfilled = _inventory(own, draws)

    per_unit = landed + supplier.inspection * grown * shipped + fulfilment
    per_unit = per_unit + price * ((1 + DISCOUNT_RATE) ** (-supplier.payment_days / 365) - 1)
    per_unit = per_unit + (shipped - 1) * (landed + fulfilment)
    per_unit = per_unit + faulty * 0.12 * draws["returns.repair_cost"] * grown
    per_unit = per_unit + returned * (processing - (restocked * landed + outlet - scrap))
    per_unit = per_unit + (faulty * 0.40 + damaged * 0.35 + (wrong * 0.10 + late * 0.03) * per_order) * sale_price
    per_unit = per_unit + late * draws["failures.late.goodwill"] * grown + contacts * draws["contacts.cost"] * grown
    per_unit = per_unit - (faulty * supplier.chargeback_faulty + damaged * supplier.chargeback_damaged) * price
    per_unit = per_unit + stock_days * landed * draws["inventory.holding_rate"] / 12 / DAYS_PER_MONTH

    margin = sale_price - per_unit
    lost_share, backorder = draws["inventory.stockout.lost_share"], draws["inventory.stockout.backorder_cost"] * grown
    disrupted = own["disruption.per_year"] / 12
    per_unit = per_unit + unfilled * (lost_share * margin + (1 - lost_share) * backorder) + disrupted * 0.40 * margin
    leavers = sum(events[mode] * draws[f"failures.{mode}.churn"] for mode in events)
    return Year(
        per_unit=per_unit,
        per_month=supplier.annual_management * grown / 12 + disrupted * supplier.expedite_cost * grown,
        margin=margin,
        leavers=leavers * (1 - draws["churn.recovery_effect"]),
        other_margin=draws["churn.other_margin_per_customer_per_year"] * grown / 12,
    )


def _inventory(own: Draws, draws: Draws) -> tuple[Array, Array]:
    """Give the days of stock held and the share of demand that finds none."""
    exposed = (own["inventory.lead_time_days"] + ORDER_DAYS) * draws["demand.monthly_cv"] ** 2 * DAYS_PER_MONTH
    sd_days = np.sqrt(exposed + own["inventory.lead_time_sd_days"] ** 2)
    z = ndtri(SERVICE_LEVEL ** (ORDER_DAYS / DAYS_PER_MONTH))
    loss = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) - z * (1 - ndtr(z))
    return ORDER_DAYS / 2 + z * sd_days, np.minimum(1, sd_days * loss / ORDER_DAYS)
