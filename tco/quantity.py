"""Quantities: pure functions wired to each other by the names of their parameters, and the Model that they make."""

from __future__ import annotations

import difflib
import graphlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import Any

from tco import formula, units
from tco.formula import FormulaError, Symbol
from tco.units import Unit

GROUPS = ("supply", "fulfilment", "failures", "service", "inventory", "risk", "customers")
GRADES = ("hard", "estimated", "soft")
DRIVERS = ("planned_units", "lost_units", "lost_customers", "every_month", "at_start", "missing_at_end")
"""What a line's rate is multiplied by in a month: `every_month` and `at_start` (month 0) are 1 there;
`missing_at_end` is the customers missing after the last month, in the last month."""


@dataclass(frozen=True)
class Cost:
    """What makes a quantity a cost line: where it is reported and what it is multiplied by."""

    line: str
    group: str
    grade: str
    driver: str = "planned_units"
    part_of_unit_cost: bool = False
    """Whether a planned unit brings it with it: such lines add up to the cost that a lost sale saves."""


@dataclass(frozen=True)
class Quantity:
    """One figure of the model: a pure function, its unit, and how it is wired.

    Parameters
    ----------
    name : str
        The name by which other quantities ask for it; several variants may share one.
    unit : Unit
        Of the value.
    function : callable
        From numbers, arrays or symbols to a number, array or symbol.
    arguments : tuple of str
        The inputs and quantities that it is called with, in order: the function's parameter names.
    rows : str
        ``modes`` where the value has a row a failure mode (or the name of another set of rows), else empty.
    when : tuple of str
        Inputs and switches that a case must have for this variant to apply.
    total_of : str
        The argument that is a total over the contract year's months, if any.
    start : str
        For a running stock: the quantity or input with which month 1 starts; the first argument is then the stock
        itself a month earlier, and all arguments are of that earlier month.
    cost : Cost or None
        For a cost line.
    """

    name: str
    unit: Unit
    function: Callable[..., Any]
    arguments: tuple[str, ...]
    rows: str = ""
    when: tuple[str, ...] = ()
    total_of: str = ""
    start: str = ""
    cost: Cost | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the formula itself."""
        return self.function(*args, **kwargs)

    @property
    def summary(self) -> str:
        """The first sentence of its documentation."""
        return (inspect.getdoc(self.function) or "").split("\n\n")[0].replace("\n", " ")

    @property
    def all_arguments(self) -> tuple[str, ...]:
        """Its arguments and, for a running stock, what it starts with."""
        return (*self.arguments, self.start) if self.start else self.arguments

    def trace(self, unit_of: Callable[[str], Unit]) -> Symbol:
        """Record the formula, its names being those of the arguments."""
        return formula.trace(self.function, {name: unit_of(name) for name in self.arguments})


def quantity(
    unit: str, *, name: str = "", rows: str = "", when: tuple[str, ...] = (), total_of: str = "", start: str = ""
) -> Callable[[Callable[..., Any]], Quantity]:
    """Declare a function as a quantity of the model; see `Quantity` for the parameters."""

    def declare(function: Callable[..., Any]) -> Quantity:
        arguments = tuple(inspect.signature(function).parameters)
        return Quantity(
            name or function.__name__, units.parse(unit), function, arguments, rows, when, total_of, start, None
        )

    return declare


def cost(
    unit: str,
    *,
    group: str,
    grade: str,
    line: str = "",
    name: str = "",
    driver: str = "planned_units",
    rows: str = "",
    when: tuple[str, ...] = (),
    part_of_unit_cost: bool | None = None,
) -> Callable[[Callable[..., Any]], Quantity]:
    """Declare a function as a cost line: a rate that the engine multiplies by its driver.

    With ``rows="modes"`` the value has a row a failure mode and the line is their sum. A line that is a rate per
    planned unit is part of the unit cost unless it says otherwise.
    """

    def declare(function: Callable[..., Any]) -> Quantity:
        known = name or function.__name__
        arguments = tuple(inspect.signature(function).parameters)
        counted = driver == "planned_units" if part_of_unit_cost is None else part_of_unit_cost
        return Quantity(
            known,
            units.parse(unit),
            function,
            arguments,
            rows,
            when,
            cost=Cost(line or known, group, grade, driver, counted),
        )

    return declare


@dataclass(frozen=True)
class Source:
    """A name that formulas may use and that no formula gives: an input, a constant or a mark of time."""

    name: str
    unit: Unit
    summary: str
    rows: str = ""
    factor: str = ""
    """The quantity that the input grows with, if any."""


@dataclass(frozen=True)
class Model:
    """All quantities, wired and checked: every name known, no circle, nothing defined twice, every unit as declared."""

    quantities: tuple[Quantity, ...]
    sources: Mapping[str, Source]
    collected: Mapping[str, Unit] = field(default_factory=dict)
    """Quantities that the engine itself makes by adding up others, such as the cost of a planned unit."""

    @classmethod
    def of(
        cls, modules: Iterable[ModuleType], sources: Iterable[Source], collected: Mapping[str, Unit] | None = None
    ) -> Model:
        """Gather the quantities of modules and check them."""
        found = [value for module in modules for value in vars(module).values() if isinstance(value, Quantity)]
        model = cls(tuple(dict.fromkeys(found)), {source.name: source for source in sources}, collected or {})
        model.check()
        return model

    @cached_property
    def variants(self) -> Mapping[str, tuple[Quantity, ...]]:
        """The quantities by name, in the order in which they are tried."""
        names = dict.fromkeys(quantity.name for quantity in self.quantities)
        return {name: tuple(q for q in self.quantities if q.name == name) for name in names}

    @property
    def lines(self) -> tuple[Quantity, ...]:
        """The quantities that are cost lines."""
        return tuple(quantity for quantity in self.quantities if quantity.cost)

    def unit_of(self, name: str) -> Unit:
        """Give the unit of an input, constant or quantity.

        Raises
        ------
        FormulaError
            For a name that is neither, with the nearest known one.
        """
        if name in self.sources:
            return self.sources[name].unit
        if name in self.collected:
            return self.collected[name]
        if name in self.variants:
            return self.variants[name][0].unit
        near = difflib.get_close_matches(name, [*self.sources, *self.variants, *self.collected], n=1)
        raise FormulaError(f"unknown name '{name}'" + (f": did you mean '{near[0]}'?" if near else ""))

    def check(self) -> None:
        """Refuse unknown names, double definitions, circles and units that are not as declared."""
        for name, variants in self.variants.items():
            if name in self.sources:
                raise FormulaError(f"'{name}' is defined both as an input and as a quantity")
            if len({variant.when for variant in variants}) < len(variants):
                raise FormulaError(f"'{name}' is defined twice for the same case")
            if len({(variant.unit, variant.rows) for variant in variants}) > 1:
                raise FormulaError(f"the variants of '{name}' differ in unit or rows")
        for quantity in self.quantities:
            self._check_unit(quantity)
        self._check_circles()

    def _check_unit(self, quantity: Quantity) -> None:
        try:
            given = quantity.trace(self.unit_of).unit
        except FormulaError as error:
            raise FormulaError(f"{quantity.name}: {error}") from error
        if given != quantity.unit:
            declared = units.name(quantity.unit)
            raise FormulaError(f"{quantity.name}: declared {declared}, the formula gives {units.name(given)}")

    def _check_circles(self) -> None:
        graph: dict[str, set[str]] = {}
        for quantity in self.quantities:
            asked = set(quantity.arguments)
            if quantity.start:  # what it asks for is a month old, and so is itself: no circle there
                asked = {quantity.start}
            graph.setdefault(quantity.name, set()).update(asked)
        try:
            graphlib.TopologicalSorter(graph).prepare()
        except graphlib.CycleError as error:
            raise FormulaError(f"formulas run in a circle: {' → '.join(error.args[1])}") from error
