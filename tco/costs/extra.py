"""Extra costs (model.md section 5): a line of the case's own, for each thing that it may be counted by."""

from tco.formula import over_modes
from tco.quantity import quantity


@quantity("money/unit")
def per_unit(amount_per_unit):
    """An amount for every planned unit."""
    return amount_per_unit


@quantity("money/unit")
def per_shipped_unit(amount_per_unit, shipped_units):
    """An amount for every unit that is shipped, replacements included."""
    return amount_per_unit * shipped_units


@quantity("money/unit")
def per_order(amount_per_order, units_per_order):
    """An amount for every planned order."""
    return amount_per_order / units_per_order


@quantity("money/unit")
def per_event(amount_per_event, events):
    """An amount for every failure."""
    return amount_per_event * over_modes(events)


@quantity("money/unit")
def per_return(amount_per_unit, returned_units):
    """An amount for every unit that comes back to stay."""
    return amount_per_unit * over_modes(returned_units)


@quantity("money/unit")
def per_contact(amount_per_contact, contacts_per_unit):
    """An amount for every customer contact."""
    return amount_per_contact * over_modes(contacts_per_unit)


@quantity("money")
def per_month(amount):
    """An amount every month."""
    return amount


@quantity("money")
def per_year(amount_per_year, months_per_year):
    """A month's share of a yearly amount."""
    return amount_per_year / months_per_year


@quantity("money")
def per_once(amount):
    """An amount at the start."""
    return amount
