"""Inventory and service level (model.md section 7): stock held, and what runs out all the same."""

import numpy as np

from tco.formula import normal_cdf, normal_density, normal_quantile
from tco.quantity import cost, quantity

STOCK = ("lead_time_days", "lead_time_sd_days", "order_interval_days", "service_level")


@quantity("day")
def sd_days(lead_time_days, order_interval_days, monthly_cv, days_per_month, lead_time_sd_days):
    """Standard deviation of demand over lead time and order interval, in days of demand."""
    exposed = (lead_time_days + order_interval_days) * monthly_cv**2 * days_per_month
    return np.sqrt(exposed + lead_time_sd_days**2)


@quantity("day", name="order_days", when=("minimum_order",))
def order_days_of_minimum_order(order_interval_days, minimum_order, skus, days_per_month, planned_units):
    """Days of demand that an order covers, at least the minimum order of every product."""
    return np.maximum(order_interval_days, minimum_order * skus * days_per_month / planned_units)


@quantity("day")
def order_days(order_interval_days):
    """Days of demand that an order covers."""
    return order_interval_days


@quantity("1")
def safety_factor(service_level, order_days, days_per_month):
    """Standard deviations held as safety stock, z: the promise of a month, whatever the order rhythm."""
    return normal_quantile(service_level ** (order_days / days_per_month))


@quantity("day")
def stock_days(order_days, half, safety_factor, sd_days):
    """Days of demand held on average: half an order and the safety stock."""
    return order_days * half + safety_factor * sd_days


@quantity("1")
def unfilled_share(sd_days, safety_factor, order_days):
    """Share of demand that finds no stock."""
    loss = normal_density(safety_factor) - safety_factor * (1 - normal_cdf(safety_factor))
    return np.minimum(1, sd_days * loss / order_days)


@cost("money/unit", group="inventory", grade="estimated", when=(*STOCK, "holding"))
def inventory_holding(stock_days, landed_cost, holding_rate, obsolescence_rate, months_per_year, days_per_month):
    """Capital, space, insurance and obsolescence of the stock behind a planned unit."""
    return stock_days * landed_cost * (holding_rate + obsolescence_rate) / months_per_year / days_per_month


@cost(
    "money/unit",
    group="inventory",
    grade="estimated",
    name="stockouts",
    when=(*STOCK, "lost_share", "sale_price"),
    part_of_unit_cost=False,
)
def stockouts_with_lost_sales(unfilled_share, lost_share, margin, backorder_cost):
    """Sales lost and orders filled late because stock ran out."""
    return unfilled_share * (lost_share * margin + (1 - lost_share) * backorder_cost)


@cost("money/unit", group="inventory", grade="estimated", when=(*STOCK, "lost_share"), part_of_unit_cost=False)
def stockouts(unfilled_share, lost_share, backorder_cost):
    """Orders filled late because stock ran out."""
    return unfilled_share * (1 - lost_share) * backorder_cost
