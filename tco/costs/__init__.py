"""The cost model, one family of formulas a file, wired and checked on import: `MODEL`."""

from __future__ import annotations

from dataclasses import replace

from tco import units
from tco.case import Break, CaseFile, Disposition, Entry, Mode, Returns, Section, Supplier, entries, entry_of
from tco.costs import customers, demand, extra, failures, inventory, risk, service, supply
from tco.options import SCALARS, Extra
from tco.quantity import Cost, Model, Quantity, Source
from tco.units import parse

CONSTANTS = {
    "months_per_year": (12.0, "1/year", "months in a year"),
    "days_per_year": (365.0, "day/year", "days in a year"),
    "days_per_month": (30.4375, "day", "days in a month, 365.25 / 12"),
    "half": (0.5, "1", "one half: stock falls evenly from a whole order to none"),
    "rounding": (1 + 1e-9, "1", "room for rounding, where a sum of months meets the very number that a contract names"),
}
"""Numbers that stand in formulas by name: value, unit and meaning."""
TIMES = {
    "contract_year": ("year", "whole years since the start"),
    "season": ("1", "the month's share of an average month's demand"),
    "months_in_contract_year": ("1", "months of the contract year that lie within the horizon"),
}
"""Marks of time that formulas may ask for: unit and meaning."""
EXTRA_DRIVERS = {"month": "every_month", "year": "every_month", "once": "at_start"}
"""What extra costs are multiplied by; all others are a rate per planned unit."""
FAMILIES = (demand, supply, failures, service, inventory, risk, customers, extra)

_EXTRA_TEMPLATES = extra
_STRUCTURE = (
    Source("order_mode", units.PLAIN, "1 for a failure of the order, 0 for one of a unit", "modes"),
    Source("units_per_shipment", parse("unit/shipment"), "units in what can fail: 1, or those of an order", "modes"),
    Source("disposition_rest", units.PLAIN, "1 for the disposition that takes the rest", "dispositions"),
    Source("disposition_scraps", units.PLAIN, "1 where neither money nor goods come back", "dispositions"),
    Source("disposition_first_rows", units.PLAIN, "where each set of dispositions begins", "sets"),
    Source("disposition_sets", units.PLAIN, "each mode's set of dispositions: the general one or its own", "modes"),
    Source("break_from", parse("unit/year"), "yearly units from which a price holds", "breaks"),
    Source("break_below", parse("unit/year"), "yearly units at which the next price begins", "breaks"),
    Source("exchange_rate", units.PLAIN, "case currency for one unit of the supplier's"),
)
_AMOUNTS = {
    "amount": "money",
    "amount_per_unit": "money/unit",
    "amount_per_order": "money/order",
    "amount_per_event": "money/event",
    "amount_per_contact": "money/contact",
    "amount_per_year": "money/year",
}


def extra_line(extra: Extra) -> Quantity:
    """Make the cost line of one extra cost from the template for what it is counted by."""
    template: Quantity = getattr(_EXTRA_TEMPLATES, f"per_{extra.per}")
    driver = EXTRA_DRIVERS.get(extra.per, "planned_units")
    return replace(
        template,
        name=f"extra_costs.{extra.name}",
        arguments=(f"extra_costs.{extra.name}.amount", *template.arguments[1:]),
        cost=Cost(extra.name, extra.group, extra.grade, driver, part_of_unit_cost=driver == "planned_units"),
    )


def _source(entry: Entry, rows: str = "") -> Source:
    return Source(entry.name, parse(entry.unit), entry.meaning, rows, entry.factor)


def _sources() -> list[Source]:
    """List every name that formulas may use and that no formula gives."""
    found = [_source(entry) for entry in SCALARS.values()]
    found += [_source(entry, "modes") for entry in entries(Mode).values()]
    found += [_source(entry, "dispositions") for entry in entries(Disposition).values()]
    by_rows: tuple[tuple[type[Section], str, str], ...] = (
        (CaseFile, "failure_rates", "modes"),
        (Supplier, "chargeback", "modes"),
        (Returns, "activities", "activities"),
        (Break, "unit_price", "breaks"),
    )
    for section, name, rows in by_rows:
        entry = entry_of(section, name)
        found += [_source(entry, rows)] if entry else []
    found += [Source(name, parse(unit), meaning) for name, (_, unit, meaning) in CONSTANTS.items()]
    found += [Source(name, parse(unit), meaning) for name, (unit, meaning) in TIMES.items()]
    found += [Source(name, parse(unit), "the amount of an extra cost") for name, unit in _AMOUNTS.items()]
    return [*found, *_STRUCTURE]


MODEL = Model.of(FAMILIES, _sources(), collected={"unit_cost": parse("money/unit")})
