"""Where a figure comes from: its formula, the formula with its numbers, down to the inputs and their sources."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tco import formula, units
from tco.costs import CONSTANTS, MODEL, TIMES
from tco.engine import Engine
from tco.errors import UsageError, shown, whole
from tco.loader import Case, checked_case
from tco.numbers import Number
from tco.options import Constant, Input, Option
from tco.quantity import Quantity
from tco.results import Result


@dataclass(frozen=True)
class Node:
    """One figure of an explanation.

    Parameters
    ----------
    name : str
        As formulas know it.
    meaning, unit : str
        In words; as ``money/unit``.
    values : dict of str to float
        The value, by row (failure mode, activity ...) where it has rows; under an empty name where it has none.
    formula : str
        As people read it; empty for an input.
    numbers : dict of str to str
        The formula with its numbers, by row.
    arguments : tuple of str
        The names that the formula uses.
    inputs : tuple of str
        For an input: each number that it is made of, with path, value as written and source.
    """

    name: str
    meaning: str
    unit: str
    values: Mapping[str, float]
    formula: str
    numbers: Mapping[str, str]
    arguments: tuple[str, ...]
    inputs: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {
            "name": self.name,
            "meaning": self.meaning,
            "unit": self.unit,
            "values": dict(self.values),
            "formula": self.formula,
            "with_numbers": dict(self.numbers),
            "arguments": list(self.arguments),
            "inputs": list(self.inputs),
        }


@dataclass(frozen=True, repr=False)
class Explanation(Result):
    """A figure and all that it is made of, the figure first.

    Parameters
    ----------
    supplier, label : str
        The option explained.
    month : int
        The month explained.
    acting : str
        The option whose figures hold in that month: the baseline in a transition.
    nodes : tuple of Node
        Each figure once, before those that it is made of.
    """

    supplier: str
    label: str
    month: int
    acting: str
    nodes: tuple[Node, ...]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row a value."""
        for node in self.nodes:
            for row, value in node.values.items():
                yield {"name": node.name, "row": row, "value": value, "unit": node.unit, "formula": node.formula}

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain data."""
        return {
            "supplier": self.supplier,
            "month": self.month,
            "acting": self.acting,
            "quantities": [node.to_dict() for node in self.nodes],
        }

    def __str__(self) -> str:
        from tco.views import explanation

        return explanation.text(self)


def explain(case: Case, name: str, *, supplier: str = "", month: int | None = None) -> Explanation:
    """Explain a line, a quantity or an input of one option in one month.

    Parameters
    ----------
    case : Case
        A checked case.
    name : str
        A cost line (``refunds``), a quantity (``landed_cost``) or the path of an input.
    supplier : str
        Which option; by default the one in the path, else the baseline.
    month : int, optional
        1 to the horizon; 0 for what falls at the start. By default the first month in which the option's own figures
        hold: after its transition, or the start for what falls there.

    Raises
    ------
    UsageError
        For an unknown name, supplier or month.

    Examples
    --------
    >>> import tco
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> tco.explain(case, "landed_cost", supplier="acme").nodes[0].formula
    'price + unit_duty + inbound_freight'
    """
    checked_case(case)
    if not isinstance(name, str):
        raise UsageError(f"expected a line, quantity or input, found {shown(name)}: name one, such as 'churn'")
    month = None if month is None else whole(month, "a month")
    months = case.timeline.months
    if month is not None and not 0 <= month <= months:
        raise UsageError(f"expected a month from 0 (the start) to {months}, found {month}")
    option = case.option(supplier or _supplier_of(case, name))
    if month is None:
        starts = all(_at_start(case.base, option.name, one) for one in _asked(case, option, name))
        month = 0 if starts else min(option.transition_months + 1, months)
    names = _asked(case, case.option(case.base.acting(option.name, month)), name)
    walk = _Walk(case, option, month)
    for one in names:
        walk.visit(one)
    return Explanation(option.name, option.label, month, walk.acting, tuple(walk.found.values()))


def _supplier_of(case: Case, name: str) -> str:
    parts = name.split(".")
    known = {option.name for option in case.options}
    return parts[1] if parts[0] == "suppliers" and len(parts) > 1 and parts[1] in known else case.baseline


def _asked(case: Case, option: Option, name: str) -> tuple[str, ...]:
    """Give the names, as formulas know them, of what a user asked for: a line may have several terms."""
    engine = case.base
    lines = tuple(q.name for q in engine.lines[option.name] if q.cost and q.cost.line == name)
    if lines:
        return lines
    path = name.removeprefix(f"suppliers.{option.name}.")
    inputs = {one.path: one for one in option.inputs.values()} | dict(option.inputs)
    years = {part: one for one in option.inputs.values() for part, _ in one.parts()}
    stated = inputs.get(name) or inputs.get(path) or years.get(name)
    if stated is not None:
        return (stated.entry.name or stated.path,)
    extra = next(
        (extra for extra in option.extras if name in (extra.name, f"extra_costs.{extra.name}", extra.amount.path)), None
    )
    if extra is not None:
        return (f"extra_costs.{extra.name}",)
    if name in option.bindings or name == "unit_cost" or name in CONSTANTS or name in TIMES:
        return (name,)
    if name in MODEL.variants:
        _has_inputs(engine, option, name)
        return (name,)
    known = [*MODEL.variants, *MODEL.sources, *inputs, *(line.cost.line for line in MODEL.lines if line.cost)]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else "name a cost line, a quantity or the path of an input"
    raise UsageError(f"expected a line, quantity or input of {option.name}, found '{name}': {hint}")


def _has_inputs(engine: Engine, option: Option, name: str) -> None:
    try:
        quantity = engine.quantity(name, option.name)
        for argument in quantity.arguments:
            if argument in MODEL.variants and argument != name:
                _has_inputs(engine, option, argument)
    except KeyError:
        raise UsageError(f"{option.name} has no inputs for '{name}': it is a gap of the case") from None


def _at_start(engine: Engine, option: str, name: str) -> bool:
    line = next((line for line in engine.lines[option] if line.name == name), None)
    return line is not None and line.cost is not None and line.cost.driver == "at_start"


class _Walk:
    """Visits a figure and all that it is made of, each once."""

    def __init__(self, case: Case, option: Option, month: int) -> None:
        self.case, self.month = case, month
        self.engine = case.base
        self.acting = self.engine.acting(option.name, month)
        self.option = case.option(self.acting)
        self.found: dict[str, Node] = {}

    def visit(self, name: str) -> None:
        """Add a figure, then those that it asks for."""
        if name in self.found:
            return
        if name in CONSTANTS or name in TIMES:
            meaning = CONSTANTS[name][2] if name in CONSTANTS else TIMES[name][1]
            self.add(name, meaning, self.values(name))
        elif name in self.option.bindings:
            self.input(name)
        elif name in self.case.inputs:
            self.unused(self.case.inputs[name])
        elif name == "unit_cost":
            lines = [q for q in self.engine.lines[self.acting] if q.cost and q.cost.part_of_unit_cost]
            names = tuple(line.name for line in lines)
            self.collected(name, names)
        else:
            self.quantity(self.engine.quantity(name, self.acting))

    def add(self, name: str, meaning: str, values: Mapping[str, float], **more: Any) -> None:
        """Keep a figure."""
        unit = units.name(MODEL.unit_of(name)) if "." not in name else more.pop("unit")
        fields = {"formula": "", "numbers": {}, "arguments": (), **more}
        self.found[name] = Node(name, meaning, unit, values, **fields)

    def collected(self, name: str, names: tuple[str, ...]) -> None:
        """Add the cost of a planned unit: the sum of its lines."""
        shown = {line: _number(sum(self.values(line).values())) for line in names}
        self.add(
            name,
            "What a planned unit costs: the sum of the lines that it brings with it.",
            self.values(name),
            formula=" + ".join(names),
            numbers={"": " + ".join(shown.values())},
            arguments=names,
        )
        for line in names:
            self.visit(line)

    def quantity(self, quantity: Quantity) -> None:
        """Add a quantity with its formula, then what the formula asks for."""
        recorded = quantity.trace(self.unit_of)
        names = formula.names(recorded)
        values = self.values(quantity.name)
        arguments = {name: self.values(name, quantity) for name in names}
        numbers = {
            row: formula.with_numbers(recorded, lambda n, r: _of_row(arguments[n], r), self.rows_of_sum, row)
            for row in values
        }
        self.add(
            quantity.name,
            quantity.summary,
            values,
            formula=self.text(quantity, recorded),
            numbers=numbers,
            arguments=names,
            **({"unit": units.name(quantity.unit)} if "." in quantity.name else {}),
        )
        for name in (*names, *([quantity.start] if quantity.start else [])):
            self.visit(name)

    def rows_of_sum(self, head: str, row: str) -> list[str]:
        """Give the rows that a sum runs over: of dispositions, those of the mode whose row is written."""
        kind = head.removeprefix("over_")
        rows = self.rows_of_kind(kind)
        if kind != "dispositions":
            return rows
        group = self.option.disposition_sets.index(self.option.dispositions[row])
        return [one for one in rows if one.startswith(f"{self.set_names()[group]}: ")]

    def set_names(self) -> list[str]:
        """Name the sets of dispositions: by the mode that has one of its own, else general."""
        keys = [group[0].split(".") if group else ["", "none"] for group in self.option.disposition_sets]
        return [key[1] if key[0] == "failures" else "general" for key in keys]

    def text(self, quantity: Quantity, recorded: formula.Symbol) -> str:
        """Write a formula; of a stock and of a yearly total say which months it speaks of."""
        written = formula.text(recorded)
        if quantity.start:
            return f"{written}, all of the month before; in month 1: {quantity.start}"
        if quantity.total_of:
            return f"{written}, {quantity.total_of} added up over the contract year"
        return written

    def unit_of(self, name: str) -> units.Unit:
        """Give a name's unit; an extra cost's amount has that of its template."""
        if name.startswith("extra_costs."):
            extra = next(extra for extra in self.option.extras if name == f"extra_costs.{extra.name}.amount")
            template = next(q for q in MODEL.quantities if q.name == f"per_{extra.per}")
            return MODEL.unit_of(template.arguments[0])
        return MODEL.unit_of(name)

    def input(self, name: str) -> None:
        """Add an input: what was written, where, and its source."""
        binding = self.option.bindings[name]
        bounds = binding if isinstance(binding, tuple) else (binding,)
        told = tuple(dict.fromkeys(self.told(one) for one in bounds if isinstance(one, Input)))
        factors = tuple(dict.fromkeys(one.entry.factor for one in bounds if isinstance(one, Input) and one.grows))
        source = MODEL.sources.get(name)
        meaning = source.summary if source else "the amount of an extra cost"
        more: dict[str, Any] = {"unit": units.name(self.unit_of(name))} if "." in name else {}
        if not told and all(isinstance(one, Constant) for one in bounds):
            told = () if name in _STRUCTURE else ("not stated: the default holds",)
        written = f"as stated × {factors[0]}" if factors else ""
        self.add(name, meaning, self.values(name), formula=written, arguments=factors, inputs=told, **more)
        for factor in factors:
            self.visit(factor)

    def unused(self, one: Input) -> None:
        """Add an input that no formula asks for, such as a capacity."""
        values = {"": one.number.means()[0]}
        unit = units.name(units.parse(one.entry.unit))
        self.found[one.path] = Node(one.path, one.entry.meaning, unit, values, "", {}, (), (self.told(one),))

    def told(self, one: Input) -> str:
        """Say an input's path, value and source in a line."""
        source = self.case.source_of(one)
        said = f"; source: {source}" if source else "; no source"
        owner = f"; owner: {one.number.owner}" if one.number.owner else ""
        return f"{one.path} = {written(one.number)}{said}{owner}"

    def values(self, name: str, asker: Quantity | None = None) -> dict[str, float]:
        """Give the value of a name in the month, by row where it has rows."""
        month = self.month
        if asker is not None and asker.start:
            month = max(month - 1, 1)
        if asker is not None and asker.total_of == name:
            months = self.case.timeline.months_of(self.case.timeline.year(month))
            return {"": sum(self.number(self.engine.at(name, self.acting, one)) for one in months)}
        value = self.engine.graph.known[self.engine.at(name, self.acting, month)]
        rows = self.row_names(name)
        if not rows:
            return {"": float(np.reshape(value, -1)[0])}
        column = np.broadcast_to(np.reshape(value, (-1, 1)), (len(rows), 1))[:, 0]
        return {row: float(one) for row, one in zip(rows, column, strict=True)}

    def number(self, step: int) -> float:
        """Give the one number of a step."""
        return float(np.reshape(self.engine.graph.known[step], -1)[0])

    def row_names(self, name: str) -> list[str]:
        """Give the names of a figure's rows; none where it is one number."""
        binding = self.option.bindings.get(name)
        if binding is None:
            known = MODEL.variants.get(name)
            kind = known[0].rows if known else ""
        else:
            kind = MODEL.sources[name].rows if isinstance(binding, tuple) else ""
        return self.rows_of_kind(kind)

    def rows_of_kind(self, kind: str) -> list[str]:
        """Give the names of the modes, dispositions, activities or price breaks."""
        modes = [mode.name for mode in self.option.modes]
        match kind:
            case "modes":
                return modes
            case "dispositions":
                return [
                    f"{name}: {key.rpartition('.')[2] or 'none'}"
                    for name, group in zip(self.set_names(), self.option.disposition_sets, strict=True)
                    for key in group or ("",)
                ]
            case "sets":
                return self.set_names()
            case "activities":
                return [key.rpartition(".")[2] for key in self.option.inputs if key.startswith("returns.activities.")]
            case "breaks":
                return [f"from {one.value:g}" for one in self.option.bindings["break_from"]]  # type: ignore[union-attr]
        return []


def written(number: Number) -> str:
    """Write a number as its mean and, where it is uncertain, its distribution."""
    if isinstance(number.value, tuple):
        return "by year: " + ", ".join(written(year) for year in number.value)
    if number.word:
        return number.word
    mean = _number(number.value.mean())
    return mean if number.is_fixed else f"{mean} (mean of {_shape(number)})"


def _shape(number: Number) -> str:
    distribution = number.value
    low, high = (float(distribution.quantile(share)) for share in (0.05, 0.95))  # type: ignore[union-attr]
    return f"{distribution.name}, 90 % between {_number(low)} and {_number(high)}"  # type: ignore[union-attr]


def _of_row(values: Mapping[str, float], row: str) -> str:
    """Give an argument's number in a row: its own row's, the one number that it has, or that of the row's mode."""
    if row in values:
        return _number(values[row])
    mode = row.split(":")[0]
    return _number(values.get("", values.get(mode, float("nan")))) if values else "0"


def _number(value: float) -> str:
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.2f}"
    return f"{value:.6g}"


_STRUCTURE = (
    "order_mode",
    "units_per_shipment",
    "disposition_rest",
    "disposition_scraps",
    "disposition_first_rows",
    "disposition_sets",
    "break_from",
    "break_below",
    "exchange_rate",
)
