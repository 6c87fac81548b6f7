"""Failures (model.md sections 4 and 5): events by reason, what they lead to and what that costs a planned unit."""

import numpy as np

from tco.formula import over_activities, over_dispositions, over_modes
from tco.quantity import cost, quantity


@quantity("1")
def improvement_factor(annual_improvement, contract_year):
    """What is left of a failure rate after a supplier's yearly improvement."""
    return (1 - annual_improvement) ** contract_year


@quantity("1")
def sends_per_order(order_mode, failure_rate, replace_share):
    """Times that an order is sent until no order failure is replaced any more, G_o."""
    return 1 / (1 - over_modes(order_mode * failure_rate * replace_share))


@quantity("1")
def sends_per_unit(order_mode, failure_rate, replace_share):
    """Times that a unit is sent until no unit failure is replaced any more, G_u."""
    return 1 / (1 - over_modes((1 - order_mode) * failure_rate * replace_share))


@quantity("1")
def shipped_units(sends_per_order, sends_per_unit):
    """Shipped units per planned unit, g: replacements fail again and are replaced again."""
    return sends_per_order * sends_per_unit


@quantity("event/unit", rows="modes")
def events(order_mode, sends_per_order, shipped_units, failure_rate, units_per_shipment):
    """Failures per planned unit, e_r."""
    return np.where(order_mode, sends_per_order, shipped_units) * failure_rate / units_per_shipment


@quantity("shipment/unit", rows="modes")
def replaced_events(events, replace_share):
    """Failures that end in a replacement, per planned unit."""
    return events * replace_share


@quantity("repair/unit", rows="modes")
def repaired_events(events, repair_share):
    """Failures that end in a repair, per planned unit."""
    return events * repair_share


@quantity("event/unit", rows="modes")
def refunded_events(events, refund_share):
    """Failures that end in a refund, per planned unit."""
    return events * refund_share


@quantity("event/unit", rows="modes")
def returned_events(events, returned_share):
    """Failures in which goods come back to stay, per planned unit."""
    return events * returned_share


@quantity("1", rows="modes")
def replaced_units(replaced_events, units_per_shipment):
    """Units sent again per planned unit."""
    return replaced_events * units_per_shipment


@quantity("1", rows="modes")
def returned_units(returned_events, units_per_event):
    """Units that come back to stay, per planned unit."""
    return returned_events * units_per_event


@quantity("contact/unit", rows="modes")
def contacts_per_unit(events, contacts_per_event):
    """Customer contacts per planned unit."""
    return events * contacts_per_event


@quantity("money/unit")
def processing_cost(activity_cost):
    """Cost of processing one returned unit, h: the sum of the returns activities."""
    return over_activities(activity_cost)


@quantity("money/unit", rows="dispositions")
def disposition_value(disposition_recovers, landed_cost, disposition_proceeds, disposition_cost):
    """What one returned unit brings when it is disposed of so: a purchase avoided, proceeds, less the cost."""
    return disposition_recovers * landed_cost + disposition_proceeds - disposition_cost


@quantity("money/unit", rows="modes")
def recovery_per_return(
    disposition_share, disposition_value, disposition_rest, disposition_first_rows, disposition_sets
):
    """What one returned unit brings on average; the disposition called `rest` takes what the others leave."""
    stated = over_dispositions(disposition_share * disposition_value, disposition_first_rows, disposition_sets)
    left = 1 - over_dispositions(disposition_share, disposition_first_rows, disposition_sets)
    return stated + left * over_dispositions(
        disposition_rest * disposition_value, disposition_first_rows, disposition_sets
    )


@quantity("1", rows="modes")
def scrap_share(disposition_share, disposition_scraps, disposition_rest, disposition_first_rows, disposition_sets):
    """Share of returned units that bring nothing: dispositions without recovery and without proceeds."""
    stated = over_dispositions(disposition_share * disposition_scraps, disposition_first_rows, disposition_sets)
    left = 1 - over_dispositions(disposition_share, disposition_first_rows, disposition_sets)
    return stated + left * over_dispositions(
        disposition_rest * disposition_scraps, disposition_first_rows, disposition_sets
    )


@cost("money/unit", group="failures", grade="hard", rows="modes", when=("replace_share",))
def replacement(replaced_units, landed_cost, replacement_fulfilment_cost):
    """Units bought and sent again, (g − 1) of them per planned unit."""
    return replaced_units * (landed_cost + replacement_fulfilment_cost)


@cost("money/unit", group="failures", grade="hard", rows="modes", when=("repair_share", "repair_cost"))
def repair(repaired_events, repair_cost):
    """Repairs, carriage both ways included."""
    return repaired_events * repair_cost


@cost("money/unit", group="failures", grade="hard", rows="modes", when=("returned_share", "activity_cost"))
def return_processing(returned_units, processing_cost):
    """Processing of units that customers send back: carriage, receiving, inspection, refund administration."""
    return returned_units * processing_cost


@cost("money/unit", group="failures", grade="hard", rows="modes", when=("returned_share", "disposition_share"))
def recovery(returned_units, recovery_per_return):
    """What returned units bring back: restocked, sold off or scrapped (negative: a credit)."""
    return -returned_units * recovery_per_return


@cost("money/unit", group="failures", grade="hard", rows="modes", when=("refund_share", "sale_price"))
def refunds(refunded_events, units_per_event, sale_price):
    """Sale price given back."""
    return refunded_events * units_per_event * sale_price


@cost("money/unit", group="failures", grade="hard", rows="modes", when=("goodwill_per_event",))
def goodwill(events, goodwill_per_event):
    """Vouchers at cost, credits, claims and penalties."""
    return events * goodwill_per_event


@cost("money/unit", group="failures", grade="hard", rows="modes", when=("chargeback_share",))
def chargeback(events, units_per_event, chargeback_share, price):
    """Share of the price that the supplier really credits (negative: a credit)."""
    return -events * units_per_event * chargeback_share * price
