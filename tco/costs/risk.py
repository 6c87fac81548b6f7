"""Disruption (model.md section 8): months without supply, sales lost in them, and expediting."""

from functools import partial

from tco.quantity import cost, quantity

disruption_cost = partial(cost, line="disruption", group="risk", grade="estimated", part_of_unit_cost=False)


@quantity("1/year")
def disruptions(disruptions_per_year):
    """Disruptions a year."""
    return disruptions_per_year


@disruption_cost("money/unit", when=("disruptions_per_year", "disruption_lost_share", "sale_price"))
def disrupted_sales(disruptions, months_per_year, disruption_months, disruption_lost_share, margin):
    """Sales lost in disrupted months, a planned unit."""
    return disruptions / months_per_year * disruption_months * disruption_lost_share * margin


@disruption_cost("money", driver="every_month", when=("disruptions_per_year", "expedite_cost"))
def expediting(disruptions, months_per_year, expedite_cost):
    """Expediting in a disruption, a month."""
    return disruptions / months_per_year * expedite_cost
