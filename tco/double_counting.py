"""Doubts about what may be counted twice, or entered as more than it is: told with every result."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tco import distributions
from tco.numbers import Number
from tco.options import Input, ModeInfo, Option

if TYPE_CHECKING:
    from tco.loader import Case

TOLERANCE = 1e-9
"""How far a sum of shares may be from 1 and still be a rounding error."""
CHURN_MEAN, CHURN_UPPER = 0.10, 0.20
"""Churn an event above these, without a source, is more likely gross than excess churn (model.md, section 6)."""
MEASURED = (
    "a field study of backorder delays measured 2.1 % fewer orders in the following year, 6.1 % where the delay was "
    "over 10 days (Multiyear Impact of Backorder Delays, Marketing Science); the 14 to 32 % of surveys are intentions"
)
_SHORTAGE = re.compile(r"stock.?outs?|out of stock|shortage|back.?orders?|lost sales", re.IGNORECASE)
_BUFFER = re.compile(r"safety stock|buffer stock", re.IGNORECASE)
_LATE = re.compile(r"late|delay|back.?order|out.of.stock", re.IGNORECASE)


def positive(number: Number) -> bool:
    """Say whether a number is above 0, in some contract year."""
    return any(mean > 0 for mean in number.means())


def pays_twice(case: Case, option: Option) -> Iterator[str]:
    """Doubt recovery and chargeback of one event above what the units it touches cost to buy, in any contract year."""
    if not option.modes:
        return
    first = option.transition_months + 1
    years = range(case.timeline.year(first), case.timeline.years) if first <= case.timeline.months else ()
    told = set()
    for year in years:
        excess = _paid_back(case, option, max(first, 12 * year + 1))
        for mode, amount in zip(option.modes, excess, strict=True):
            if amount > 0 and mode.name not in told:
                told.add(mode.name)
                yield (
                    f"{option.name}: recovery and chargeback of {mode.name} bring {amount:.2f} {case.currency} a unit "
                    "more than the unit's landed cost: is a returned unit paid for twice?"
                )


def _paid_back(case: Case, option: Option, month: int) -> list[float]:
    """Give what each mode's event brings beyond the landed cost [money/unit]; 0 where it is within it."""
    engine = case.base
    names = ("returned_share", "recovery_per_return", "chargeback_share", "price", "landed_cost")
    values = {name: engine.graph.known[engine.at(name, option.name, month)] for name in names}
    back = values["returned_share"] * values["recovery_per_return"] + values["chargeback_share"] * values["price"]
    landed = float(values["landed_cost"])
    excess = [float(back[row, 0]) - landed for row in range(len(option.modes))]
    return [amount if amount > TOLERANCE * landed else 0.0 for amount in excess]


def gross_churn(case: Case, option: Option) -> Iterator[str]:
    """Doubt churn that is more than any measured excess, without a source."""
    for mode in option.modes:
        churn = option.inputs.get(f"failures.{mode.name}.churn")
        if churn is None or case.source_of(churn):
            continue
        mean, upper = max(churn.number.means()), _upper_end(churn.number)
        if mean > CHURN_MEAN + TOLERANCE or upper > CHURN_UPPER * (1 + 1e-6):  # ends are found to nine digits
            loss = f"{_percent(mean)} of a customer's future purchases"
            loss += f", up to {_percent(upper)}," if upper > mean else ""
            yield (
                f"{churn.path}: {loss} lost by one event, without a source: is it gross churn, or what surveys say, "
                f"and not the excess over base churn? For scale, {MEASURED}"
            )


def duty_twice(_case: Case, option: Option) -> Iterator[str]:
    """Doubt duty on goods that are delivered duty paid."""
    duty = option.inputs.get("duty_rate")
    if option.settings.get("incoterm", "").strip().upper().startswith("DDP") and duty and positive(duty.number):
        yield f"{option.name}: delivered duty paid (DDP), and yet a duty_rate: is duty paid twice?"


def margin_in_lifetime_value(case: Case, option: Option) -> Iterator[str]:
    """Doubt a lifetime value where refunds already count the sale that was lost, or other margin stands beside it."""
    value = option.inputs.get("churn.lifetime_value")
    if "lifetime_value_valuation" not in option.switches or value is None:
        return
    other = option.inputs.get("churn.other_margin_per_customer_per_year")
    if other and positive(other.number):
        yield (
            f"{other.path}: stated beside a lifetime value, so that it changes nothing: is it in the lifetime value, "
            "once?"
        )
    both = [mode.name for mode in option.modes if _states(option, mode, "refund") and _states(option, mode, "churn")]
    if both and not case.source_of(value):
        yield (
            f"{value.path}: without a source; {', '.join(both)} refund the sale and cost customers too: does the "
            "lifetime value begin after the refunded order, so that its margin is not lost twice?"
        )


def shortage_twice(case: Case, option: Option) -> Iterator[str]:
    """Doubt a shortage that stands in the inventory and again as an extra cost, a disruption or a late mode."""
    stockout = {"lost_share", "backorder_cost"} & option.switches
    for extra in option.extras:
        if stockout and _SHORTAGE.search(extra.name):
            yield f"extra cost '{extra.name}': inventory.stockout charges shortages already: is one charged twice?"
        if "holding" in option.switches and _BUFFER.search(extra.name):
            yield f"extra cost '{extra.name}': inventory_holding pays for safety stock already: is it paid for twice?"
    spread = option.inputs.get("inventory.lead_time_sd_days")
    if stockout and "disruption_lost_share" in option.switches and spread and positive(spread.number):
        lost, sd = (option.inputs[key] for key in ("disruption.demand_lost_share", "inventory.lead_time_sd_days"))
        unsourced = not (case.source_of(lost) or case.source_of(sd))
        if positive(lost.number) and unsourced:
            yield (
                f"{option.name}: stock-outs and disruptions both lose sales: does {sd.path} leave out the deliveries "
                "that a disruption held up, so that a shortage is not charged twice?"
            )
    backorder = option.inputs.get("inventory.stockout.backorder_cost")
    if backorder is None or not positive(backorder.number):
        return
    for mode in option.modes:
        rate = option.inputs.get(f"failure_rates.{mode.name}")
        of_orders = mode.stage == "delivery" and mode.per == "order"  # whatever language it is named in
        late = (of_orders or _LATE.search(mode.name)) and mode.liable == "supplier"
        if late and rate is not None and positive(rate.number):
            yield (
                f"{option.name}: {mode.name} is the supplier's fault and {backorder.path} pays for late units too: is "
                "one shortage charged as both?"
            )


def _states(option: Option, mode: ModeInfo, key: str) -> bool:
    one = option.inputs.get(f"failures.{mode.name}.{key}")
    return one is not None and positive(one.number)


def _upper_end(number: Number) -> float:
    ends = []
    for _, year in Input("", None, number).parts():  # type: ignore[arg-type]  # only the number is read
        high = year.value.bounds[1]  # type: ignore[union-attr]  # parts have no paths within
        written = isinstance(year.value, distributions.Beta) or not math.isfinite(high)
        ends.append(float(year.value.quantile(0.95)) if written else high)  # type: ignore[union-attr]
    return max(ends)


def _percent(share: float) -> str:
    return f"{share * 100:.4g} %"


DOUBTS = (pays_twice, gross_churn, duty_twice, margin_in_lifetime_value, shortage_twice)
"""Each yields doubts about one option of a case."""
