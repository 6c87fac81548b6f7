"""What must hold between the inputs of a case, and doubts that are told with every result."""

from __future__ import annotations

import difflib
import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tco import paths, shape
from tco.case import CaseFile
from tco.costs import MODEL
from tco.document import Document, Keys
from tco.double_counting import DOUBTS, TOLERANCE, positive
from tco.errors import Problem
from tco.options import Input, Option

if TYPE_CHECKING:
    from tco.loader import Case

LINES = tuple(dict.fromkeys(line.cost.line for line in MODEL.lines if line.cost))
STOCK_KEYS = ("lead_time_days", "lead_time_sd_days", "order_interval_days", "service_level")


@dataclass(frozen=True)
class _Report:
    """Collects problems at chains of keys of one document, unless they follow from mistakes that are told already."""

    source: Document
    told: Collection[str] = ()
    problems: list[Problem] = field(default_factory=list)

    def add(self, keys: Keys, message: str, hint: str, path: str | None = None) -> None:
        """Add a problem, its line looked up; that something is missing is told once, for whatever needs it."""
        problem = self.source.problem(keys, message, hint, path)
        again = {other.path for other in self.problems} | self._unsure(keys)
        if not (message.startswith("missing") and problem.path in again) and not shape.follows(problem.path, self.told):
            self.problems.append(problem)

    def _unsure(self, keys: Keys) -> set[str]:
        """Give the path of what may be inherited, if it is told that there is no saying from what."""
        mistaken = len(keys) > 1 and f"suppliers.{keys[1]}.based_on" in self.told
        return {self.source.path(keys)} if mistaken else set()

    def at(self, one: Input, message: str, hint: str) -> None:
        """Add a problem at an input, unless a mistake is told of it already."""
        if one.number.word == "mistaken":
            return
        self.add(paths.locate(self.source.data, one.path).keys, message, hint, one.path)

    def unknown(self, keys: Keys, found: str, known: Iterable[str], what: str) -> None:
        """Add a name that is not one of the known ones."""
        names = list(known)
        near = difflib.get_close_matches(found, names, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"the case has {', '.join(names) or 'none'}"
        self.add(keys, f"expected {what}, found '{found}'", hint)


_SUPPLIER, _MODE = "a supplier of the case", "a mode of failures"


def references(file: CaseFile, source: Document, told: Collection[str] = ()) -> list[Problem]:
    """Check that every name that a case refers to exists, and that what is needed is stated.

    Parameters
    ----------
    file : CaseFile
        What the case states.
    source : Document
        What it was read from.
    told : collection of str
        Paths of which a mistake is told already.
    """
    report = _Report(source, told)
    for check in (_suppliers, _prices, _modes, _demand, _extra_costs, _grades, _correlations, _breaks):
        check(file, report)
    return report.problems


def resolvable(file: CaseFile) -> bool:
    """Say whether there is a baseline, and every option is built on others that exist, without circles."""
    ends = [file.suppliers[lineage(file, name)[-1]] for name in file.suppliers]
    return file.baseline in file.suppliers and all(end.based_on is None for end in ends)


def options(case: Case, told: Collection[str] = ()) -> list[Problem]:
    """Check each option's resolved inputs against each other, at their means.

    Parameters
    ----------
    case : Case
        Whose numbers may be stand-ins for mistaken ones.
    told : collection of str
        Paths of which a mistake is told already; the model is run only where there are none.
    """
    report = _Report(case.document, told)
    _rates_for_all(case, report)
    for option in case.options:
        for check in (_remedies, _mode_rates, _dispositions, _needs_of_lines, _valuation, _inventory, _disruption):
            check(case, option, report)
    if not told and not report.problems:
        _some_demand(case, report)
        _discounting(case, report)
    runs = not told and not report.problems
    for option in case.options:
        if runs or "minimum_order" not in option.switches:  # with one, days of demand come from the model
            _safety_stock(case, option, report)
    return report.problems


def warnings(case: Case) -> Iterator[str]:
    """Say what is doubtful in a case that can be computed."""
    seen: set[str] = set()
    for option in case.options:
        for find in (
            _idle_overrides,
            _gains_from_lost_sales,
            _over_capacity,
            *DOUBTS,
            _idle_minimum,
        ):
            for warning in find(case, option):
                if warning not in seen:
                    seen.add(warning)
                    yield warning
    yield from _idle_correlations(case)


def _suppliers(file: CaseFile, report: _Report) -> None:
    if file.baseline not in file.suppliers:
        report.unknown(("baseline",), file.baseline, file.suppliers, _SUPPLIER)
    for name, supplier in file.suppliers.items():
        if supplier.based_on is None:
            continue
        keys = ("suppliers", name, "based_on")
        if supplier.based_on not in file.suppliers:
            report.unknown(keys, supplier.based_on, file.suppliers, _SUPPLIER)
        elif circle := _circle(file, name):
            report.add(keys, f"expected no circle, found {' → '.join(circle)}", "one of them must stand by itself")


def _circle(file: CaseFile, name: str) -> list[str]:
    """Give the circle that an option is built on, if it is the first of those in it; else nothing."""
    chain = [name]
    while True:
        parent = file.suppliers[chain[-1]].based_on
        if parent is None or parent not in file.suppliers:
            return []
        if parent == name:
            return [*chain, name] if name == min(chain, key=list(file.suppliers).index) else []
        if parent in chain:
            return []
        chain.append(parent)


def lineage(file: CaseFile, name: str) -> tuple[str, ...]:
    """Give an option and those it is built on, as far as they can be followed."""
    chain = [name]
    while (parent := file.suppliers[chain[-1]].based_on) in file.suppliers and parent not in chain:
        chain.append(str(parent))
    return tuple(chain)


def _prices(file: CaseFile, report: _Report) -> None:
    for name, supplier in file.suppliers.items():
        keys: Keys = ("suppliers", name)
        if supplier.unit_price is not None and supplier.price_breaks is not None:
            hint = "keep unit_price or price_breaks"
            report.add((*keys, "price_breaks"), "expected one price, found unit_price and price_breaks", hint)
        members = [file.suppliers[member] for member in lineage(file, name)]
        if supplier.based_on is None and supplier.unit_price is None and supplier.price_breaks is None:
            report.add((*keys, "unit_price"), "missing", "write unit_price: the price of a unit, or price_breaks")
        currency = next((member.currency for member in members if member.currency is not None), file.currency)
        unknown = currency != file.currency and currency not in file.exchange_rates
        if supplier.currency is not None and unknown and not {"currency", "exchange_rates"} & set(report.told):
            hint = f"write exchange_rates: {{{currency}: ...}}, {file.currency} for one {currency}"
            report.add((*keys, "currency"), f"expected a currency with an exchange rate, found {currency}", hint)
    if file.currency in file.exchange_rates:
        hint = "take it out: rates are of other currencies"
        keys = ("exchange_rates", file.currency)
        report.add(keys, f"expected another currency than the case's own, found {file.currency}", hint)


def _breaks(file: CaseFile, report: _Report) -> None:
    for name, supplier in file.suppliers.items():
        edges = [row.from_units_per_year.means()[0] for row in supplier.price_breaks or ()]
        for position, edge in enumerate(edges):
            keys = ("suppliers", name, "price_breaks", position, "from_units_per_year")
            if position == 0 and edge > 1:
                hint = "begin with from_units_per_year: 0, so that every volume has a price"
                report.add(keys, f"expected the first price from 0 units on, found {edge:g}", hint)
            if position and edge <= edges[position - 1]:
                hint = "order the rows from few to many units"
                report.add(keys, f"expected more than {edges[position - 1]:g}, found {edge:g}", hint)


def _modes(file: CaseFile, report: _Report) -> None:
    modes = file.failures
    for mode in file.failure_rates:
        if mode not in modes:
            report.unknown(("failure_rates", mode), mode, modes, _MODE)
    for name, supplier in file.suppliers.items():
        for mode in supplier.failure_rates:
            if mode not in modes:
                report.unknown(("suppliers", name, "failure_rates", mode), mode, modes, _MODE)
        if isinstance(supplier.chargeback, Mapping):
            for mode in supplier.chargeback:
                if mode not in modes:
                    report.unknown(("suppliers", name, "chargeback", mode), mode, modes, _MODE)


def _demand(file: CaseFile, report: _Report) -> None:
    demand = file.demand
    if demand.customers is not None and demand.units_per_year is not None:
        hint = "keep customers or units_per_year"
        message = "expected one kind of demand, found customers and units_per_year"
        report.add(("demand", "units_per_year"), message, hint)
    elif demand.customers is None and demand.units_per_year is None:
        report.add(("demand", "customers"), "missing", "write customers: how many buy today, or units_per_year")
    base = ("orders_per_customer_per_year", "new_customers_per_month", "new_customers_growth", "annual_base_churn")
    if demand.customers is not None:
        if demand.orders_per_customer_per_year is None:
            hint = "write orders_per_customer_per_year: orders of a customer"
            report.add(("demand", "orders_per_customer_per_year"), "missing", hint)
        wrong: tuple[str, ...] = ("annual_growth",)
        hint = "a customer base grows by new_customers_per_month"
    else:
        wrong, hint = base, "it goes with customers: a demand in units_per_year has none"
    for name in wrong:
        if getattr(demand, name) is not None and (demand.customers is None) != (demand.units_per_year is None):
            kind = "customers" if demand.customers is not None else "units_per_year"
            report.add(("demand", name), f"expected no {name} beside {kind}", hint)
    units = demand.units_per_order
    if units is not None and units.word != "mistaken" and units.means()[0] <= 0:
        report.add(("demand", "units_per_order"), "expected more than 0, found 0", "write the units in an order")
    if demand.seasonality and not any(weight.means()[0] for weight in demand.seasonality):
        report.add(("demand", "seasonality"), "expected some demand, found twelve zeros", "write weights such as 1")
    if demand.skus is not None and demand.skus.word != "mistaken" and demand.skus.means()[0] < 1:
        message = f"expected 1 or more, found {demand.skus.means()[0]:g}"
        report.add(("demand", "skus"), message, "write how many equal products share the demand")


def _extra_costs(file: CaseFile, report: _Report) -> None:
    first: dict[tuple[str, str | None], int] = {}
    for position, extra in enumerate(file.extra_costs):
        keys: Keys = ("extra_costs", position)
        if extra.supplier is not None and extra.supplier not in file.suppliers:
            report.unknown((*keys, "supplier"), extra.supplier, file.suppliers, _SUPPLIER)
        if extra.name in LINES:
            hint = "give it another name"
            report.add((*keys, "name"), f"expected a name of its own, found '{extra.name}', a line of the model", hint)
        namesakes = [other for other in file.extra_costs[:position] if other.name == extra.name]
        if (extra.name, extra.supplier) in first or any(
            None in (extra.supplier, other.supplier) for other in namesakes
        ):
            message = f"expected each extra cost once, found '{extra.name}' again"
            report.add((*keys, "name"), message, "give it another name, or each its own supplier")
        elif any((other.group, other.grade) != (extra.group, extra.grade) for other in namesakes):
            message = f"expected one group and grade for '{extra.name}', found others above"
            report.add((*keys, "name"), message, "a line has one group and one grade")
        first[extra.name, extra.supplier] = position


def _grades(file: CaseFile, report: _Report) -> None:
    known = [*LINES, *(extra.name for extra in file.extra_costs)]
    for line in file.decision.grades:
        if line not in known:
            report.unknown(("decision", "grades", line), line, known, "a cost line")


def _correlations(file: CaseFile, report: _Report) -> None:
    for position, correlation in enumerate(file.correlations):
        rank = correlation.rank.means()[0]
        if not -1 <= rank <= 1:
            keys = ("correlations", position, "rank")
            report.add(
                keys, f"expected a rank correlation between -1 and 1, found {rank:g}", "write a rank such as 0.3"
            )
        if len(set(correlation.between)) == 1:
            keys = ("correlations", position, "between")
            report.add(keys, "expected two inputs, found one twice", "name the other one, or take the line out")
        pairs = [set(other.between) for other in file.correlations[:position]]
        if len(set(correlation.between)) == 2 and set(correlation.between) in pairs:
            keys = ("correlations", position, "between")
            report.add(keys, "expected each pair of inputs once, found it again", "keep one of the two ranks")


def _rates_for_all(case: Case, report: _Report) -> None:
    """Refuse a mode with a rate for one supplier and none for another: that is a mistake, not a zero."""
    for mode in case.file.failures:
        key = f"failure_rates.{mode}"
        stated = [option.name for option in case.options if key in option.inputs]
        for option in case.options:
            if mode in _meant(case, option):
                continue
            if stated and key not in option.inputs and not any(parent_of_gap(case, option, key)):
                message = f"missing: {', '.join(stated)} {'state' if len(stated) > 1 else 'states'} a rate"
                keys = ("suppliers", option.name, "failure_rates", mode)
                report.add(keys, message, f"write {mode}: with a rate, 0% or unknown")


def _meant(case: Case, option: Option) -> set[str]:
    """Give the modes that the misspelt ones among an option's rates are nearest to: told where they are misspelt."""
    modes = case.file.failures
    rates = [case.file.failure_rates]
    rates += [case.file.suppliers[name].failure_rates for name in (option.name, *option.parents)]
    stated = [mode for these in rates for mode in these if mode not in modes]
    return {near for mode in stated for near in difflib.get_close_matches(mode, modes, n=1)}


def parent_of_gap(case: Case, option: Option, key: str) -> Iterator[bool]:
    """Say whether an option merely inherits that something is missing: one message for one mistake."""
    for parent in option.parents:
        yield key not in case.option(parent).inputs


def _remedies(case: Case, option: Option, report: _Report) -> None:
    for mode in option.modes:
        parts = {name: option.means(f"failures.{mode.name}.{name}")[0] for name in _REMEDIES}
        for together in _ONE_REMEDY:
            total = sum(parts[name] for name in together)
            if total > 1 + TOLERANCE:
                found = f"expected at most 100 % for {' + '.join(together)}, found {_percent(total)}"
                keys = [f"failures.{mode.name}.{name}" for name in together]
                _at_first(report, option, keys, found, _ONE_REMEDY[together])


_REMEDIES = ("refund", "replace", "repair", "returned")
_ONE_REMEDY = {
    ("refund", "replace", "repair"): "an event has one remedy: lower a share",
    ("returned", "repair"): "a repaired unit goes back to its customer: count it in repair, not in returned",
}
"""Shares that cannot sum to more than 100 %, and why."""


def _mode_rates(case: Case, option: Option, report: _Report) -> None:
    for per, things in (("unit", "shipped units"), ("order", "shipped orders")):
        modes = [mode for mode in option.modes if mode.per == per]
        keys = [f"failure_rates.{mode.name}" for mode in modes]
        for year in range(case.timeline.years):
            rates = [_in_year(option, key, year) for key in keys]
            if sum(rates) > 1 + TOLERANCE:
                found = f"expected at most 100 % of {things} to fail, found {_percent(sum(rates))}"
                hint = "reasons exclude each other: count each failure once"
                _at_first(report, option, keys, found, hint, own=True)
                break
            again = sum(r * option.means(f"failures.{m.name}.replace")[0] for r, m in zip(rates, modes, strict=True))
            if again >= 1 - TOLERANCE:
                found = "expected replacements to come to an end, found that every one fails and is replaced again"
                _at_first(report, option, keys, found, "lower a rate, or the share of events in `replace`", own=True)
                break


def _dispositions(case: Case, option: Option, report: _Report) -> None:
    for group in dict.fromkeys(option.dispositions.values()):
        shares = [option.inputs[f"{key}.share"] for key in group if f"{key}.share" in option.inputs]
        if not shares:
            continue
        rests = [share for share in shares if share.number.word == "rest"]
        total = sum(share.number.means()[0] for share in shares)
        if len(rests) > 1:
            report.at(rests[1], "expected `rest` for one disposition, found it for two", "give one of them its share")
        section = group[0].rpartition(".")[0]
        unsure = any(path.startswith(f"{section}.") for path in report.told)
        if total > 1 + TOLERANCE or (not rests and not unsure and total < 1 - TOLERANCE):
            found = f"expected shares that sum to 100 %, found {_percent(total)}"
            report.at(shares[0], found, "change a share, or write `share: rest` for one")


def _needs_of_lines(case: Case, option: Option, report: _Report) -> None:
    """Refuse inputs whose line cannot be computed for want of a price or cost."""
    for mode in option.modes:
        wants = [("contacts", f"failures.{mode.name}.contact_cost", "contacts.cost", "what a contact costs")]
        wants += [("repair", "returns.repair_cost", "returns.repair_cost", "what a repair costs")]
        for name, own, general, meaning in wants:
            stated = option.inputs.get(f"failures.{mode.name}.{name}")
            if stated and positive(stated.number) and own not in option.inputs and general not in option.inputs:
                hint = f"write {general}: {meaning}"
                report.add(tuple(general.split(".")), f"missing: failures.{mode.name} has {name}", hint)
        refund = option.inputs.get(f"failures.{mode.name}.refund")
        if refund and positive(refund.number):
            _needs_sale_price(option, report, f"failures.{mode.name} has refunds")
    for key in ("inventory.stockout.lost_share", "disruption.demand_lost_share"):
        if key in option.inputs and positive(option.inputs[key].number):
            _needs_sale_price(option, report, f"{option.inputs[key].path} loses sales")


def _needs_sale_price(option: Option, report: _Report, why: str) -> None:
    if "product.sale_price" not in option.inputs:
        hint = "write sale_price: what is received for a unit, on average"
        report.add(("product", "sale_price"), f"missing: {why}", hint)


def _valuation(case: Case, option: Option, report: _Report) -> None:
    """Refuse a valuation of customers without what it needs."""
    churn = case.file.churn
    loses = [one for one in option.stated("churn_per_event") if positive(one.number)]
    valuation = churn.valuation if churn else "lost_margin"
    if not loses:
        return
    if valuation == "lost_margin":
        if "demand.customers" not in option.inputs and "demand.units_per_year" in option.inputs:
            message = "expected demand.customers, which valuing churn by lost_margin needs, found none"
            hint = "write demand.customers, or churn: {valuation: lifetime_value, lifetime_value: ...} or reacquisition"
            report.add(("churn", "valuation") if churn else ("churn",), message, hint, "churn.valuation")
        _needs_sale_price(option, report, "customers lost are valued by their margin")
        _endless(case, option, report)
        return
    needed = "lifetime_value" if valuation == "lifetime_value" else "acquisition_cost"
    if f"churn.{needed}" not in option.inputs:
        hint = f"write {needed}: {_WORTH[needed]}"
        report.add(("churn", needed), f"missing: the valuation is {valuation}", hint)


_WORTH = {
    "lifetime_value": "what a customer is worth in all, in money",
    "acquisition_cost": "what winning a customer costs, in money",
}


def _endless(case: Case, option: Option, report: _Report) -> None:
    if case.file.churn and case.file.churn.beyond_horizon:
        stays = (1 - option.means("demand.annual_base_churn")[0]) * (1 / (1 + case.timeline.discount_rate))
        if stays >= 1:
            message = "expected base churn or discounting, without which a customer is worth more than any sum"
            hint = "write demand.annual_base_churn, a positive discount_rate, or beyond_horizon: false"
            report.add(("churn", "beyond_horizon"), message, hint)


def _inventory(case: Case, option: Option, report: _Report) -> None:
    """Refuse an inventory that is stated in part; nothing of it is silently zero."""
    stated = [key.removeprefix("inventory.") for key in option.inputs if key.startswith("inventory.")]
    if not stated:
        return
    missing = [key for key in STOCK_KEYS if key not in stated]
    if not {"holding_rate", "obsolescence_rate", "stockout.lost_share"} & set(stated):
        missing.append("holding_rate")
    if any(key.startswith("stockout.") for key in stated):
        missing += [] if "stockout.lost_share" in stated else ["stockout.lost_share"]
        if "stockout.backorder_cost" not in stated and option.means("inventory.stockout.lost_share")[0] < 1:
            missing.append("stockout.backorder_cost")
    for key in missing:
        parts = ("inventory", *key.split("."))
        hint = f"write inventory: {_braced(parts[1:])}"
        if case.file.inventory and not any(f"inventory.{key}" in other.inputs for other in case.options):
            report.add(parts, "missing: the inventory of every option needs it", f"{hint}, here or for each supplier")
        elif not any(_lacks_inventory(case.option(parent), key) for parent in option.parents):
            report.add(("suppliers", option.name, *parts), "missing: the inventory needs it", hint)


def _lacks_inventory(option: Option, key: str) -> bool:
    """Say whether an option's inventory is stated but for one input: then it is told there."""
    return f"inventory.{key}" not in option.inputs and any(one.startswith("inventory.") for one in option.inputs)


def _braced(keys: tuple[str, ...]) -> str:
    """Write nested keys as a user would: {stockout: {lost_share: ...}}."""
    return f"{{{keys[0]}: {_braced(keys[1:]) if keys[1:] else '...'}}}"


def _disruption(case: Case, option: Option, report: _Report) -> None:
    stated = {key.removeprefix("disruption.") for key in option.inputs if key.startswith("disruption.")}
    if not stated:
        return
    missing = [] if "per_year" in stated else ["per_year"]
    if "demand_lost_share" in stated and "months" not in stated:
        missing.append("months")
    if "months" in stated and "demand_lost_share" not in stated:
        missing.append("demand_lost_share")
    if not stated & {"demand_lost_share", "months", "expedite_cost"}:
        missing.append("expedite_cost")
    for key in missing:
        keys = ("suppliers", option.name, "disruption", key)
        report.add(keys, "missing: the disruption needs it", f"write disruption: {{{key}: ...}}")


def _discounting(case: Case, report: _Report) -> None:
    """Refuse a discount rate so near -100 % that money of the last month is worth more than any sum."""
    rate = case.timeline.discount_rate
    if -math.log10(1 + rate) * case.timeline.months / 12 > 100:
        message = f"expected a rate at which later money has a finite value, found {_percent(rate)}"
        report.add(("discount_rate",), message, "write a rate such as 10%")


def _some_demand(case: Case, report: _Report) -> None:
    engine = case.base
    months = range(1, case.timeline.months + 1)
    planned = sum(float(engine.graph.known[engine.at("planned_units", case.baseline, month)]) for month in months)
    if planned <= 0:
        by_customers = case.file.demand.customers is not None
        keys = ("demand", "customers" if by_customers else "units_per_year")
        report.add(keys, "expected some demand within the horizon, found none", "write how much is bought today")


def _safety_stock(case: Case, option: Option, report: _Report) -> None:
    """Refuse a service level so low, over the order interval, that its safety stock would be negative."""
    if not {"service_level", "order_interval_days"} <= option.switches:
        return
    level, interval = option.means("inventory.service_level")[0], option.means("inventory.order_interval_days")[0]
    stated = option.inputs["inventory.service_level"]
    if not 0 < level < 1:
        hint = "a promise lies between 50% and 100%, such as 95%"
        report.at(stated, f"expected a service level below 100% and above 0%, found {level:.0%}", hint)
        return
    if interval <= 0:
        hint = "write the days between orders, such as 30"
        report.at(option.inputs["inventory.order_interval_days"], "expected more than 0, found 0", hint)
        return
    if "minimum_order" in option.switches and _lacks_demand(case, option, report):
        return
    days = _order_days(case, option, interval)
    if level ** (days / 30.4375) < 0.5:
        least = math.ceil(1000 * 0.5 ** (30.4375 / days)) / 10
        level_hint = f"write a service level of at least {least:g}%, or " if least < 100 else "write "
        found = f"found a negative one: {_percent(level)} a month over the {days:.4g} days of an order"
        if days > interval:
            stated = option.inputs["moq"]
            level_hint += "a smaller moq"
        else:
            level_hint += "fewer order_interval_days"
        report.at(stated, f"expected a safety stock of 0 or more, {found}", level_hint)


def _lacks_demand(case: Case, option: Option, report: _Report) -> bool:
    """Refuse a month without demand where there is a minimum order, which would then last for ever."""
    engine = case.base
    for month in range(1, case.timeline.months + 1):
        if not float(engine.graph.known[engine.at("planned_units", option.name, month)]) > 0:
            hint = "write some demand for every month, or take the moq out"
            report.at(option.inputs["moq"], f"expected demand for a minimum order, found none in month {month}", hint)
            return True
    return False


def _order_days(case: Case, option: Option, interval: float) -> float:
    """Give the longest days of demand that an order covers in the horizon."""
    if "minimum_order" not in option.switches:
        return interval
    engine = case.base
    months = range(1, case.timeline.months + 1)
    covered = [float(engine.graph.known[engine.at("order_days", option.name, month)]) for month in months]
    return max(covered)


def _idle_overrides(case: Case, option: Option) -> Iterator[str]:
    """Yield overrides of rates and inventory that the option's own values lie over."""
    for key in case.file.suppliers[option.name].overrides:
        stated = option.inputs.get(key)
        if stated is not None and ".overrides." not in stated.path and stated.path.startswith("suppliers."):
            yield f"suppliers.{option.name}.overrides.{key} changes nothing: {stated.path} is stated and counts"


def _gains_from_lost_sales(case: Case, option: Option) -> Iterator[str]:
    """Doubt a unit that costs more than it is sold for: every lost sale would be a gain."""
    counted = {"lost_margin_of_units", "stockouts", "disrupted_sales"}
    engine = case.base
    if "sale_price" not in option.switches or not counted & {line.name for line in engine.lines[option.name]}:
        return
    for month in range(1, case.timeline.months + 1):
        margin = float(engine.graph.known[engine.at("margin", option.name, month)])
        if margin < -TOLERANCE * option.means("product.sale_price")[0]:
            yield (
                f"{option.name}: from month {month} a unit costs {-margin:.2f} {case.currency} more than it is sold "
                "for, so that every lost sale counts as a gain"
            )
            return


def _over_capacity(case: Case, option: Option) -> Iterator[str]:
    if "capacity_units_per_year" not in option.inputs:
        return
    capacity = option.means("capacity_units_per_year")[0]
    engine = case.base
    for year in range(case.timeline.years):
        units = float(engine.graph.known[engine.at("planned_units_in_year", option.name, 12 * year + 1)])
        if units > capacity * (1 + TOLERANCE):
            yield (
                f"{option.name}: planned demand of {units:,.0f} units in year {year + 1} is above its capacity of "
                f"{capacity:,.0f}"
            )
            return


def _idle_minimum(case: Case, option: Option) -> Iterator[str]:
    if "minimum_order" in option.switches and not set(STOCK_KEYS) <= option.switches:
        yield f"{option.name}: a moq is stated but no inventory, so it changes nothing"


def _idle_correlations(case: Case) -> Iterator[str]:
    stated = {path: one.number for path, one in case.inputs.items()}
    stated |= {path: number for one in case.inputs.values() for path, number in one.parts()}
    for correlation in case.file.correlations:
        for path in correlation.between:
            number, whole = stated.get(path), path.rpartition(".by_year.")[0]
            if number is None and whole in case.inputs:
                yield f"the correlation with {path} changes nothing: {whole} is one number for all years"
            elif number is not None and number.is_fixed:
                yield f"the correlation with {path} changes nothing: it is a fixed number"
            elif number is not None and number.is_path:
                words = f"its value is a path by contract year, of which {path}.by_year.0 is the first"
                yield f"the correlation with {path} changes nothing: {words}"


def _at_first(report: _Report, option: Option, keys: list[str], message: str, hint: str, *, own: bool = False) -> None:
    """Add a problem at the first stated one of some inputs, the option's own before shared ones."""
    stated = [option.inputs[key] for key in keys if key in option.inputs and positive(option.inputs[key].number)]
    stated.sort(key=lambda one: not (own and one.path.startswith("suppliers.")))
    report.at(stated[0], message, hint)


def _in_year(option: Option, key: str, year: int) -> float:
    means = option.means(key)
    rate = means[min(year, len(means) - 1)]
    stated = option.inputs.get(key)
    improves = stated is not None and stated.grows
    return rate * (1 - option.means("annual_improvement")[0]) ** year if improves else rate


def _percent(share: float) -> str:
    return f"{share * 100:.4g} %"
