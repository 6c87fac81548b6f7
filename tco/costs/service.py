"""Service (model.md sections 5 and 11): contacts, effort, and the physical figures that customers feel."""

from tco.formula import over_modes
from tco.quantity import cost, quantity


@cost("money/unit", group="service", grade="hard", rows="modes", when=("contacts_per_event", "contact_cost"))
def contacts(contacts_per_unit, contact_cost):
    """Customer contacts after failures."""
    return contacts_per_unit * contact_cost


@quantity("minute/unit", rows="modes")
def effort(events, effort_minutes):
    """Minutes of the customer's own effort per planned unit."""
    return events * effort_minutes


@quantity("1", rows="modes")
def scrapped_units(returned_units, scrap_share):
    """Returned units that bring nothing, per planned unit."""
    return returned_units * scrap_share


@quantity("1")
def perfect_order_rate(order_mode, failure_rate, units_per_order):
    """Share of orders in which nothing fails on the first send."""
    order_perfect = 1 - over_modes(order_mode * failure_rate)
    return order_perfect * (1 - over_modes((1 - order_mode) * failure_rate)) ** units_per_order
