"""Which figures an option's cost lines are made of, in what order, and which of them move from month to month."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from typing import Any

from tco import formula
from tco.costs import CONSTANTS, MODEL, TIMES
from tco.engine import Engine
from tco.options import Bound, Input, Option
from tco.quantity import Quantity

STRUCTURAL = ("disposition_first_rows", "disposition_sets")
"""Arguments that say which rows belong together: in a workbook, ranges do."""
DRIVERS_OF_TIME = ("every_month", "at_start", "missing_at_end")


RAISED = "raised: "
"""What the keys of figures begin with that are worked out with the price at stake raised."""
Raised = frozenset[str]
"""The names of figures that a raised price moves."""


class Wiring:
    """An option's figures and how they hang together."""

    def __init__(self, engine: Engine, option: Option) -> None:
        self.engine, self.option = engine, option
        self.lines = engine.lines[option.name]
        self.names: dict[str, None] = {}
        self._moves: dict[str, bool] = {}
        for root in self._roots():
            self._visit(root)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The names that stand for inputs."""
        return tuple(name for name in self.names if name in self.option.bindings)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """The quantities, each after those that it is made of."""
        known = [*CONSTANTS, *TIMES, *self.inputs, "unit_cost"]
        return tuple(self.engine.quantity(name, self.option.name) for name in self.names if name not in known)

    @cached_property
    def drivers(self) -> tuple[str, ...]:
        """What lines are multiplied by."""
        return tuple(dict.fromkeys(line.cost.driver for line in self.lines if line.cost))

    @cached_property
    def at_start(self) -> frozenset[str]:
        """The names that lines which fall at the start are made of."""
        todo = [line.name for line in self.lines if line.cost and line.cost.driver == "at_start"]
        found: set[str] = set()
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                todo += self.made_of(name)
        return frozenset(found)

    def bounds(self, name: str) -> tuple[Bound, ...]:
        """Give the numbers behind an input's name: one, or one a row."""
        binding = self.option.bindings[name]
        return binding if isinstance(binding, tuple) else (binding,)

    def rows(self, name: str) -> str:
        """Say what a name has a row for: modes, dispositions, activities, breaks, or nothing (empty)."""
        if name in self.option.bindings:
            source = MODEL.sources.get(name)
            return source.rows if source and isinstance(self.option.bindings[name], tuple) else ""
        known = MODEL.variants.get(name)
        return known[0].rows if known else ""

    def positions(self, name: str) -> range:
        """Give the rows of a name, counted from 0; one where it has none of its own."""
        return range(len(self.labels(self.rows(name))))

    def labels(self, kind: str) -> list[str]:
        """Name the rows of a kind."""
        match kind:
            case "modes":
                return [mode.name for mode in self.option.modes]
            case "dispositions":
                return [_disposition_label(key) for key in disposition_keys(self.option)]
            case "activities":
                keys = [key for key in self.option.inputs if key.startswith("returns.activities.")]
                return [key.removeprefix("returns.activities.") for key in keys]
            case "breaks":
                return [f"break {number + 1}" for number in range(len(self.bounds("break_price")))]
        return [""]

    def moves(self, name: str) -> bool:
        """Say whether a figure may differ between months: by what it is made of, not by its present values."""
        if name not in self._moves:
            self._moves[name] = False  # a stock asks for itself
            self._moves[name] = self._may_move(name)
        return self._moves[name]

    def made_of(self, name: str) -> list[str]:
        """Give the names that a figure is directly made of."""
        if name in CONSTANTS:
            return []
        if name in TIMES:
            return ["months_per_year"]
        if name in self.option.bindings:
            return list(dict.fromkeys(filter(None, (self.factor(name, bound) for bound in self.bounds(name)))))
        if name == "unit_cost":
            return [line.name for line in self.lines if line.cost and line.cost.part_of_unit_cost]
        asked = self.engine.quantity(name, self.option.name).all_arguments
        return [argument for argument in asked if argument not in STRUCTURAL and argument != name]

    def factor(self, name: str, bound: Bound) -> str:
        """Name what a number grows with; a default grows as it would if it were stated."""
        if isinstance(bound, Input):
            return bound.entry.factor if bound.grows else ""
        source = MODEL.sources.get(name)
        return source.factor if source else ""

    def _may_move(self, name: str) -> bool:
        if name in TIMES or name == "unit_cost":
            return True
        if name in CONSTANTS:
            return False
        if name in self.option.bindings:
            return any(
                self.factor(name, bound) or (isinstance(bound, Input) and bound.number.is_path)
                for bound in self.bounds(name)
            )
        quantity = self.engine.quantity(name, self.option.name)
        return bool(quantity.start or quantity.total_of) or any(map(self.moves, self.made_of(name)))

    def _roots(self) -> Iterator[str]:
        yield from CONSTANTS
        yield from ("discount_rate", "planned_units")
        yield from (line.name for line in self.lines)
        yield from (driver for driver in self.drivers if driver not in DRIVERS_OF_TIME)
        yield from ("lost_customers",) if "missing_at_end" in self.drivers else ()
        yield from ("planned_revenue", "margin") if "sale_price" in self.option.switches else ()

    def _visit(self, name: str) -> None:
        if name not in self.names:
            for one in self.made_of(name):
                self._visit(one)
            self.names[name] = None


def shown(name: str, raised: Raised) -> str:
    """Give the key of a figure: the one with the price raised where that moves it."""
    return f"{RAISED}{name}" if name in raised else name


def disposition_keys(option: Option) -> list[str]:
    """Give the key of every row of dispositions, set by set; empty for a set without any."""
    return [key for group in option.disposition_sets for key in group or ("",)]


def rows_of_set(option: Option, mode: int) -> range:
    """Give the rows of dispositions of a mode, counted from 0."""
    sets = option.disposition_sets
    chosen = sets.index(option.dispositions[option.modes[mode].name])
    sizes = [len(group) or 1 for group in sets]
    return range(sum(sizes[:chosen]), sum(sizes[: chosen + 1]))


def excel(quantity: Quantity, cells: Sequence[str]) -> str:
    """Write a quantity's formula in Excel's language, with a cell or range for each argument.

    A sum over products needs no array formula as SUMPRODUCT.
    """
    return _template(quantity.function).format(*cells)


@cache
def _template(function: Callable[..., Any]) -> str:
    """Write a formula of the model with a numbered place for each argument."""
    defined = next(one for one in MODEL.quantities if one.function is function)
    places = {name: f"{{{number}}}" for number, name in enumerate(defined.arguments)}
    return formula.excel(defined.trace(MODEL.unit_of), places).replace("SUM(", "SUMPRODUCT(")


def _disposition_label(key: str) -> str:
    parts = key.split(".")
    where = parts[1] if parts[0] == "failures" else "general"
    return f"{where}: {parts[-1]}" if key else "none"
