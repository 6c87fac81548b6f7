"""Options side by side at the means: every line, by mode, stage, liable party and group, and in three totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, overload

import numpy as np

from tco import gaps
from tco.costs import MODEL
from tco.engine import Engine, line_of
from tco.errors import unknown
from tco.gaps import Gap
from tco.loader import Case, checked_case
from tco.options import Option
from tco.quantity import GRADES, GROUPS
from tco.results import TOTALS, WITHIN, Provenance, Result, Total
from tco.ties import ranked, saving
from tco.version import VERSION

PHYSICAL = {
    "returned_units": "returned_units",
    "contacts": "contacts_per_unit",
    "effort_minutes": "effort",
    "replaced_units": "replaced_units",
    "scrapped_units": "scrapped_units",
    "customers_lost": "leavers_of_modes",
}
"""Physical figures by their name in results, and the quantity (a rate per planned unit and mode) that each counts."""

_MOST_CHANGES = 2
"""More changes than these are counted, where that is enough to tell variants apart."""


@dataclass(frozen=True)
class Line:
    """A cost line of a comparison: its name, group and grade (as moved by `decision.grades`)."""

    name: str
    group: str
    grade: str


@dataclass(frozen=True)
class OptionCost:
    """What one option costs.

    Parameters
    ----------
    supplier, label : str
        The option's key in the case, and what people call it.
    totals : dict of str to Total
        hard, hard_and_estimated and all_in.
    cost_per_unit_undiscounted : float
        All lines over planned units, neither discounted, for budgets [money/unit].
    lines : dict of str to float
        Present value of each line [money].
    by_mode, by_stage, by_liable : dict of str to float
        Present value of the failure, service and churn lines of each mode, journey stage and liable party [money].
    by_group : dict of str to float
        Present value of all lines of each group [money].
    physical : dict
        Per 1,000 orders over the horizon: counts in total, `by_mode` and `by_stage`; `perfect_order_rate` is a share.
    monthly : dict of str to tuple of float
        Each line's amounts, nominal, from the start (t = 0) to month T [money].
    beyond_horizon : float or None
        Memo: present value of what customers missing at the end would have left later, in no total unless the case
        counts it [money].
    incomplete : tuple of str
        Paths of rates that are unknown: they count as 0 here.
    """

    supplier: str
    label: str
    totals: Mapping[str, Total]
    cost_per_unit_undiscounted: float
    lines: Mapping[str, float] = field(repr=False)
    by_mode: Mapping[str, float] = field(repr=False)
    by_stage: Mapping[str, float] = field(repr=False)
    by_liable: Mapping[str, float] = field(repr=False)
    by_group: Mapping[str, float] = field(repr=False)
    physical: Mapping[str, Any] = field(repr=False)
    monthly: Mapping[str, tuple[float, ...]] = field(repr=False)
    beyond_horizon: float | None
    incomplete: tuple[str, ...]

    @property
    def present_cost(self) -> float:
        """Present value of all lines [money]."""
        return self.totals["all_in"].present_cost

    @property
    def cost_per_unit(self) -> float:
        """Levelised cost of a planned unit, all in [money/unit]."""
        return self.totals["all_in"].cost_per_unit

    @property
    def npv(self) -> float:
        """Present value of what the option saves against the baseline, all in [money]."""
        return self.totals["all_in"].npv

    def yearly(self) -> dict[str, tuple[float, ...]]:
        """Give each line's nominal amounts: at the start, then by contract year [money]."""
        return {line: _by_year(amounts) for line, amounts in self.monthly.items()}

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {
            "supplier": self.supplier,
            "label": self.label,
            **self.totals["all_in"].to_dict(),
            "cost_per_unit_undiscounted": self.cost_per_unit_undiscounted,
            "hard": self.totals["hard"].to_dict(),
            "hard_and_estimated": self.totals["hard_and_estimated"].to_dict(),
            "lines": dict(self.lines),
            "by_mode": dict(self.by_mode),
            "by_stage": dict(self.by_stage),
            "by_liable": dict(self.by_liable),
            "by_group": dict(self.by_group),
            "physical": dict(self.physical),
            "yearly": {line: list(amounts) for line, amounts in self.yearly().items()},
            "beyond_horizon": self.beyond_horizon,
            "incomplete": list(self.incomplete),
        }


@dataclass(frozen=True)
class Planned:
    """The plan that all options are costed on, by contract year.

    Parameters
    ----------
    units : tuple of float
        Planned units [unit].
    revenue : tuple of float or None
        Planned units at the sale price; None without one [money].
    contribution : dict of str to tuple of float
        For each option, planned revenue less the cost that planned units bring with them, before fixed lines,
        stock-outs, disruption and lost customers; empty without a sale price [money].
    discounted_units : float
        Σ v_t·D⁰_t, by which levelised costs are divided [unit].
    """

    units: tuple[float, ...]
    revenue: tuple[float, ...] | None
    contribution: Mapping[str, tuple[float, ...]]
    discounted_units: float

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {
            "units": list(self.units),
            "revenue": None if self.revenue is None else list(self.revenue),
            "contribution": {name: list(amounts) for name, amounts in self.contribution.items()},
            "discounted_units": self.discounted_units,
        }


@dataclass(frozen=True, repr=False)
class Comparison(Result):
    """All options of a case, side by side at the means of its inputs.

    Parameters
    ----------
    name, scenario, baseline, currency : str
        Of the case.
    months : int
        The horizon.
    lines : tuple of Line
        Hard to soft, as tables list them.
    suppliers : tuple of OptionCost
        In the order of the file.
    planned : Planned
        What all are costed on.
    gaps : tuple of Gap
        What the case leaves out, uneven gaps first.
    warnings : tuple of str
        Doubts about the case.
    provenance : Provenance
        What this was made from.
    changes : tuple of str
        What `with_` or ``--set`` changed in the case, each as ``path = value``.
    counts_beyond_horizon : bool
        Whether the case counts as churn, in the last month, what customers missing at the end would have left later.
    """

    name: str
    scenario: str
    baseline: str
    currency: str
    months: int
    lines: tuple[Line, ...]
    suppliers: tuple[OptionCost, ...]
    planned: Planned
    gaps: tuple[Gap, ...]
    warnings: tuple[str, ...]
    provenance: Provenance
    changes: tuple[str, ...] = ()
    counts_beyond_horizon: bool = False

    def supplier(self, name: str) -> OptionCost:
        """Give one option's cost by its name."""
        found = next((option for option in self.suppliers if option.supplier == name), None)
        if found is None:
            raise unknown("a supplier of the case", name, [option.supplier for option in self.suppliers])
        return found

    @property
    def cheapest(self) -> OptionCost:
        """The option of the lowest present cost, all in; of equal ones the baseline, then the first."""
        return self.supplier(ranked({one.supplier: one.present_cost for one in self.suppliers}, self.baseline)[0])

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row a line and option: name, group, grade, present value, a planned unit."""
        for line in self.lines:
            for option in self.suppliers:
                amount = option.lines.get(line.name, 0.0)
                yield {
                    "case": self.name,
                    "scenario": self.scenario,
                    "supplier": option.supplier,
                    "line": line.name,
                    "group": line.group,
                    "grade": line.grade,
                    "present_value": amount,
                    "per_unit": amount / self.planned.discounted_units,
                }

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain data, in full precision."""
        return {
            "name": self.name,
            "scenario": self.scenario,
            "baseline": self.baseline,
            "currency": self.currency,
            "horizon_months": self.months,
            "cheapest": self.cheapest.supplier,
            "suppliers": [option.to_dict() for option in self.suppliers],
            "planned": self.planned.to_dict(),
            "lines": [{"name": line.name, "group": line.group, "grade": line.grade} for line in self.lines],
            "gaps": [gap.to_dict() for gap in self.gaps],
            "warnings": list(self.warnings),
            "provenance": self.provenance.to_dict(),
            "changes": list(self.changes),
            "counts_beyond_horizon": self.counts_beyond_horizon,
        }

    def __str__(self) -> str:
        from tco.views import table

        return table.text(self)

    def _repr_html_(self) -> str:
        from tco.views import table

        return table.html(self)


@dataclass(frozen=True, repr=False)
class Comparisons(Result):
    """Several cases, or scenarios of one, side by side.

    Parameters
    ----------
    cases : tuple of Comparison
        In the order in which they were given.
    """

    cases: tuple[Comparison, ...]

    @property
    def variants(self) -> tuple[str, ...]:
        """What tells the cases apart, no two of them the same: name, scenario, changes; many changes by their count."""
        one_name = len({one.name for one in self.cases}) == 1
        brief, full = ([_called(one, one_name, most) for one in self.cases] for most in (_MOST_CHANGES, None))
        called = [short if brief.count(short) == 1 else long for short, long in zip(brief, full, strict=True)]
        return tuple(
            name if called.count(name) == 1 else f"{name} ({called[: position + 1].count(name)})"
            for position, name in enumerate(called)
        )

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the rows of each comparison, one after another, each with the variant that it belongs to."""
        for variant, comparison in zip(self.variants, self.cases, strict=True):
            for row in comparison.rows():
                yield {"variant": variant, **row}

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain data, in full precision."""
        pairs = zip(self.variants, self.cases, strict=True)
        return {"cases": [{"variant": variant, **comparison.to_dict()} for variant, comparison in pairs]}

    def __str__(self) -> str:
        from tco.views import table

        return table.text(self)

    def _repr_html_(self) -> str:
        from tco.views import table

        return table.html(self)


def _called(comparison: Comparison, one_name: bool, most: int | None) -> str:
    changes = comparison.changes
    said = changes if most is None or len(changes) <= most else (f"{len(changes)} changes",)
    parts = (comparison.name if not one_name else "", comparison.scenario, *said)
    return ", ".join(part for part in parts if part) or "as it stands"


@overload
def compare(case: Case, /) -> Comparison: ...


@overload
def compare(case: Case, second: Case, /, *others: Case) -> Comparisons: ...


def compare(case: Case, /, *others: Case) -> Comparison | Comparisons:
    """Cost every option of a case at the means of its inputs; of several cases, side by side.

    Parameters
    ----------
    case : Case
        From `tco.load` or `tco.from_data`.
    *others : Case
        Other cases, or scenarios of the same one.

    Returns
    -------
    Comparison or Comparisons
        Every line, three totals, the plan, the gaps and the warnings; for several cases one comparison each.

    Examples
    --------
    >>> import tco
    >>> result = tco.compare(tco.load("scenarios/cartridges.yaml"))
    >>> result.cheapest.supplier
    'borealis_box'
    """
    if others:
        return Comparisons(tuple(_compared(one) for one in (case, *others)))
    return _compared(case)


def _compared(case: Case) -> Comparison:
    checked_case(case)
    lines = cost_lines(case)
    planned = _planned(case)
    costs = [_Costing(case, option, lines, planned.discounted_units) for option in case.options]
    start = next(cost for cost in costs if cost.option.name == case.baseline)
    before = {cost.option.name: cost.sums["all_in"] for cost in costs}
    return Comparison(
        name=case.name,
        scenario=case.scenario,
        baseline=case.baseline,
        currency=case.currency,
        months=case.timeline.months,
        lines=lines,
        suppliers=tuple(cost.result(start.sums) for cost in costs),
        planned=planned,
        gaps=gaps.find(case, before, present_costs),
        warnings=case.warnings,
        provenance=Provenance(case.name, case.fingerprint, case.scenario, VERSION),
        changes=case.changes,
        counts_beyond_horizon=case.file.churn is not None and case.file.churn.beyond_horizon,
    )


def present_costs(case: Case) -> dict[str, float]:
    """Give the present cost of every option, all in, and nothing else [money]."""
    engine = case.base
    return {
        option.name: sum(_value(engine, step) for step in engine.present_values(option.name).values())
        for option in case.options
    }


class _Costing:
    """One option's figures, read off the steps of the base case."""

    def __init__(self, case: Case, option: Option, lines: tuple[Line, ...], discounted_units: float) -> None:
        self.case, self.option, self.all_lines = case, option, lines
        self.engine = case.base
        self.discounted_units = discounted_units

    @cached_property
    def lines(self) -> dict[str, float]:
        steps = self.engine.present_values(self.option.name)
        return {line.name: _value(self.engine, steps[line.name]) for line in self.all_lines if line.name in steps}

    @cached_property
    def sums(self) -> dict[str, float]:
        """Present cost in each of the three totals."""
        return {
            total: sum(self.lines.get(line.name, 0.0) for line in self.all_lines if line.grade in WITHIN[total])
            for total in TOTALS
        }

    @cached_property
    def by_mode(self) -> dict[str, float]:
        step = self.engine.mode_present_values(self.option.name)
        if step is None:
            return {}
        return _named(self.option, np.broadcast_to(self.engine.graph.known[step], (len(self.option.modes), 1))[:, 0])

    @cached_property
    def monthly(self) -> dict[str, tuple[float, ...]]:
        months = self.case.timeline.months + 1
        found: dict[str, list[float]] = {line: [0.0] * months for line in self.lines}
        for month in range(months):
            for term in self.engine.terms(self.option.name, month):
                amount = _value(self.engine, self.engine.summed(term.line, term.rate)) * _value(
                    self.engine, term.driver
                )
                found[line_of(term)][month] += amount
        return {line: tuple(amounts) for line, amounts in found.items()}

    def result(self, baseline: Mapping[str, float]) -> OptionCost:
        """Put all together, against the baseline's three present costs."""
        totals = {
            name: Total(cost, cost / self.discounted_units, float(saving(baseline[name], cost)))
            for name, cost in self.sums.items()
        }
        units = sum(_monthly_values(self.case, "planned_units"))
        return OptionCost(
            supplier=self.option.name,
            label=self.option.label,
            totals=totals,
            cost_per_unit_undiscounted=sum(sum(amounts) for amounts in self.monthly.values()) / units,
            lines=self.lines,
            by_mode=self.by_mode,
            by_stage=_gathered(self.by_mode, {mode.name: mode.stage for mode in self.option.modes}),
            by_liable=_gathered(self.by_mode, {mode.name: mode.liable for mode in self.option.modes}),
            by_group=_gathered(self.lines, {line.name: line.group for line in self.all_lines}, GROUPS),
            physical=_physical(self.case, self.option),
            monthly=self.monthly,
            beyond_horizon=self._beyond_horizon(),
            incomplete=self.option.unknown,
        )

    def _beyond_horizon(self) -> float | None:
        """Value the customers missing at the end; None where churn is not valued so, or the value has no end."""
        engine, months = self.engine, self.case.timeline.months
        if not {"lost_margin", "churn_per_event", "sale_price", "customers_at_start"} <= self.option.switches:
            return None
        kept = _value(engine, engine.at("monthly_retention", self.option.name, months))
        if kept * self.case.timeline.discount(1) >= 1:
            return None
        missing = _value(engine, engine.at("lost_customers", self.option.name, months + 1))
        each = _value(engine, engine.at("value_beyond_horizon", self.option.name, months))
        return missing * each * self.case.timeline.discount(months)


def cost_lines(case: Case) -> tuple[Line, ...]:
    """List the lines that any option has, hard to soft and within a grade in the model's order."""
    found: dict[str, Line] = {}
    for option in case.options:
        for quantity in case.base.lines[option.name]:
            cost = quantity.cost
            if cost is not None:
                grade = case.file.decision.grades.get(cost.line, cost.grade)
                found.setdefault(cost.line, Line(cost.line, cost.group, grade))
    known = [quantity.cost.line for quantity in MODEL.lines if quantity.cost]
    order = [*known, *(extra.name for extra in case.file.extra_costs)]
    return tuple(
        sorted(
            found.values(),
            key=lambda line: (GRADES.index(line.grade), GROUPS.index(line.group), order.index(line.name)),
        )
    )


def _planned(case: Case) -> Planned:
    engine, timeline = case.base, case.timeline
    units = _monthly_values(case, "planned_units")
    discounted = sum(timeline.discount(month) * amount for month, amount in enumerate(units, start=1))
    if "sale_price" not in case.option(case.baseline).switches:
        return Planned(_by_year((0.0, *units))[1:], None, {}, discounted)
    contribution = {}
    for option in case.options:
        margins = [_value(engine, engine.at("margin", option.name, month)) for month in range(1, timeline.months + 1)]
        earned = [margin * amount for margin, amount in zip(margins, units, strict=True)]
        contribution[option.name] = _by_year((0.0, *earned))[1:]
    revenue = _by_year((0.0, *_monthly_values(case, "planned_revenue")))[1:]
    return Planned(_by_year((0.0, *units))[1:], revenue, contribution, discounted)


def _physical(case: Case, option: Option) -> dict[str, Any]:
    """Count physical figures over the horizon, per 1,000 planned orders."""
    engine, months = case.base, range(1, case.timeline.months + 1)
    units, orders = _monthly_values(case, "planned_units"), _monthly_values(case, "planned_orders")
    thousands = sum(orders) / 1000
    perfect = [_value(engine, engine.at("perfect_order_rate", option.name, month)) for month in months]
    found: dict[str, Any] = {
        "perfect_order_rate": sum(p * o for p, o in zip(perfect, orders, strict=True)) / sum(orders)
    }
    by_mode: dict[str, dict[str, float]] = {}
    for name, quantity in PHYSICAL.items():
        count = np.zeros((len(option.modes), 1))
        for month, amount in zip(months, units, strict=True):
            count = count + engine.graph.known[engine.at(quantity, option.name, month)] * amount
        by_mode[name] = _named(option, count[:, 0] / thousands)
        found[name] = sum(by_mode[name].values())
    stages = {mode.name: mode.stage for mode in option.modes}
    found["by_mode"] = {mode.name: {name: by_mode[name][mode.name] for name in PHYSICAL} for mode in option.modes}
    found["by_stage"] = {
        stage: {name: sum(by_mode[name][mode] for mode in stages if stages[mode] == stage) for name in PHYSICAL}
        for stage in dict.fromkeys(stages.values())
    }
    return found


def _monthly_values(case: Case, name: str) -> list[float]:
    engine = case.base
    return [_value(engine, engine.at(name, case.baseline, month)) for month in range(1, case.timeline.months + 1)]


def _value(engine: Engine, step: int) -> float:
    """Give the one number of a step of the base case."""
    return float(np.reshape(engine.graph.known[step], -1)[0])


def _by_year(amounts: Sequence[float]) -> tuple[float, ...]:
    """Add up amounts from the start (t = 0) on: the start alone, then each contract year."""
    months = amounts[1:]
    return (amounts[0], *(sum(months[first : first + 12]) for first in range(0, len(months), 12)))


def _named(option: Option, values: Iterable[float]) -> dict[str, float]:
    return {mode.name: float(value) for mode, value in zip(option.modes, values, strict=True)}


def _gathered(amounts: Mapping[str, float], kinds: Mapping[str, str], order: Sequence[str] = ()) -> dict[str, float]:
    """Add up amounts of the same kind."""
    found: dict[str, float] = {kind: 0.0 for kind in order if kind in {kinds[name] for name in amounts}}
    for name, amount in amounts.items():
        found[kinds[name]] = found.get(kinds[name], 0.0) + amount
    return found
