"""Supply and fulfilment (model.md sections 3 and 5): what is paid to those who sell, carry and pack."""

from tco.formula import over_breaks
from tco.quantity import cost, quantity


@quantity("1")
def inflation_factor(inflation, contract_year):
    """Growth of every money input since the first contract year."""
    return (1 + inflation) ** contract_year


@quantity("1")
def price_factor(price_growth, contract_year):
    """Growth of a supplier's prices since the first contract year."""
    return (1 + price_growth) ** contract_year


@quantity("1")
def sale_price_factor(sale_price_growth, contract_year):
    """Growth of the sale price since the first contract year."""
    return (1 + sale_price_growth) ** contract_year


@quantity("money/unit", name="price", when=("price_breaks",))
def price_of_breaks(break_price, break_from, break_below, planned_units_in_year, rounding, exchange_rate):
    """Price of the break that the contract year's planned units reach (all-units), in the case's currency."""
    units = planned_units_in_year * rounding
    return over_breaks((units >= break_from) * (units < break_below) * break_price) * exchange_rate


@quantity("money/unit")
def price(unit_price, exchange_rate):
    """Purchase price in the case's currency."""
    return unit_price * exchange_rate


@quantity("money/unit", name="unit_duty", when=("duty_on_cif",))
def unit_duty_on_cif(duty_rate, price, inbound_freight):
    """Import duty on cost, insurance and freight."""
    return duty_rate * (price + inbound_freight)


@quantity("money/unit")
def unit_duty(duty_rate, price):
    """Import duty on the FOB value."""
    return duty_rate * price


@quantity("money/unit")
def landed_cost(price, unit_duty, inbound_freight):
    """What a unit costs on arrival: price, duty and inbound freight."""
    return price + unit_duty + inbound_freight


@cost("money/unit", group="supply", grade="hard")
def purchase(price):
    """Purchase of planned units."""
    return price


@cost("money/unit", group="supply", grade="hard", when=("duty_rate",))
def duty(unit_duty):
    """Import duty on planned units."""
    return unit_duty


@cost("money/unit", group="supply", grade="hard", when=("inbound_freight",))
def freight(inbound_freight):
    """Inbound carriage of planned units."""
    return inbound_freight


@cost("money/unit", group="supply", grade="hard", when=("inspection_cost",))
def inspection(shipped_units, inspection_cost):
    """Inspection on arrival of every unit that is shipped, replacements included."""
    return shipped_units * inspection_cost


@cost("money/unit", group="supply", grade="hard", when=("payment_days",))
def payment_terms(price, discount_rate, payment_days, days_per_year):
    """Imputed value of paying later (negative) or earlier than on arrival; not cash."""
    return price * ((1 + discount_rate) ** (-payment_days / days_per_year) - 1)


@cost("money/unit", group="fulfilment", grade="hard", when=("fulfilment_cost",))
def fulfilment(fulfilment_cost):
    """Pick, pack and outbound courier of planned units."""
    return fulfilment_cost


@cost("money", group="supply", grade="hard", driver="every_month", when=("annual_management",))
def management(annual_management, months_per_year):
    """Managing the supplier: a month's share of the yearly cost."""
    return annual_management / months_per_year


@cost("money", group="supply", grade="hard", line="one_off", driver="at_start", when=("switching_cost",))
def switching(switching_cost):
    """What it takes to move from the baseline to this option, at the start."""
    return switching_cost


@cost("money", group="supply", grade="hard", line="one_off", driver="at_start", when=("one_off_cost",))
def one_off(one_off_cost):
    """What this option costs once, at the start."""
    return one_off_cost
