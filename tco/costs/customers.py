"""Churn (model.md section 6): customers driven away, and what each of them would have left here."""

from functools import partial

import numpy as np

from tco.formula import over_modes
from tco.quantity import cost, quantity

churn_cost = partial(cost, line="churn", group="customers", grade="soft", part_of_unit_cost=False)


@quantity("customer/unit", rows="modes")
def leavers_of_modes(events, churn_per_event, recovery_effect):
    """Customers driven away by each failure mode, per planned unit."""
    return events * churn_per_event * (1 - recovery_effect)


@quantity("customer/unit")
def leavers(leavers_of_modes):
    """Customers driven away per planned unit, ℓ."""
    return over_modes(leavers_of_modes)


@quantity("1")
def hazard(units_per_customer, leavers):
    """Rate at which the month's failures drive a customer away, H."""
    return units_per_customer * leavers


@quantity("1")
def survival(monthly_retention, hazard):
    """Share of customers who are still there at the month's end."""
    return monthly_retention * np.exp(-hazard)


@quantity("customer", start="customers_at_start", when=("customers_at_start",))
def customers(customers, survival, new_customers):
    """Customers at the start of the month, those driven away missing."""
    return customers * survival + new_customers


@quantity("customer")
def lost_customers(planned_customers, customers):
    """Customers missing in the month against plan."""
    return planned_customers - customers


@quantity("unit")
def lost_units(lost_customers, units_per_customer):
    """Units that missing customers would have bought in the month, L."""
    return lost_customers * units_per_customer


@quantity("money/unit")
def margin(sale_price, unit_cost):
    """What a sale leaves: the sale price less every cost that a planned unit brings with it."""
    return sale_price - unit_cost


@churn_cost("money/unit", driver="lost_units", when=("lost_margin", "churn_per_event", "sale_price"))
def lost_margin_of_units(margin):
    """Contribution of the units that missing customers would have bought."""
    return margin


@churn_cost("money/customer", driver="lost_customers", when=("lost_margin", "churn_per_event", "other_margin"))
def lost_margin_elsewhere(other_margin, months_per_year):
    """What missing customers would have left here on other goods, a month."""
    return other_margin / months_per_year


@churn_cost("money/unit", when=("lifetime_value_valuation", "churn_per_event"))
def lost_lifetime_value(leavers, lifetime_value):
    """Lifetime value of the customers driven away, a planned unit."""
    return leavers * lifetime_value


@churn_cost("money/unit", when=("reacquisition_valuation", "churn_per_event"))
def reacquisition(leavers, acquisition_cost):
    """Cost of winning as many customers anew, a planned unit."""
    return leavers * acquisition_cost


@quantity("money/customer")
def customer_margin(margin, orders_per_customer_per_year, months_per_year, units_per_order, other_margin):
    """What a customer leaves in an average month, m̄."""
    goods = margin * (orders_per_customer_per_year / months_per_year) * units_per_order
    return goods + other_margin / months_per_year


@quantity("money/customer")
def value_beyond_horizon(customer_margin, monthly_retention, discount_rate, months_per_year):
    """What a customer missing at the end would still have left, valued in the last month."""
    kept = monthly_retention * (1 + discount_rate) ** (-1 / months_per_year)
    discount = (1 + discount_rate) ** (-1 / months_per_year)
    return customer_margin * discount / (1 - kept)


@churn_cost("money/customer", driver="missing_at_end", when=("lost_margin", "beyond_horizon", "churn_per_event"))
def lost_beyond_horizon(value_beyond_horizon):
    """What a customer missing after the last month would have left beyond the horizon."""
    return value_beyond_horizon
