"""A graph of steps in JavaScript: each formula once, traced from its Python function, and the steps that call them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tco import formula, units
from tco.graph import Program, Step

TOTAL, ROWS = "total", "rows"
"""JavaScript's functions of any number of arguments: a weighted sum, and numbers laid on each other."""


@dataclass
class Translation:
    """Formulas and steps, numbered anew: inputs first, then known values, then calls in order.

    Parameters
    ----------
    functions : dict of str to str
        JavaScript of each formula, by its name.
    calls : list of list
        For each step its function's name, then the numbers of the steps that it is called with; for a weighted sum
        the weights stand between.
    inputs : list of str
        Paths.
    known : list
        Numbers, or lists of one number a row.
    place : dict of int to int
        The new number of each step of the graph.
    """

    functions: dict[str, str] = field(default_factory=dict)
    calls: list[list[Any]] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    known: list[Any] = field(default_factory=list)
    place: dict[int, int] = field(default_factory=dict)


def translated(program: Program) -> Translation:
    """Translate the steps of a program.

    Raises
    ------
    FormulaError
        For a function that cannot be traced: the page would lack its arithmetic.
    """
    found = Translation()
    for path, step in program.draws.items():
        found.place[step] = len(found.place)
        found.inputs.append(path)
    for step in _known_steps(program):
        found.place[step] = len(found.place)
        found.known.append(_plain(program.graph.known[step]))
    names: dict[Any, str] = {}
    for step in program.order:
        found.calls.append(_call(program.graph.steps[step], found, names))
        found.place[step] = len(found.place)
    return found


def _known_steps(program: Program) -> Iterator[int]:
    asked = [argument for step in program.order for argument in program.graph.steps[step].arguments]
    yield from dict.fromkeys(step for step in (*asked, *program.wanted) if step in program.graph.known)


def _call(step: Step, found: Translation, names: dict[Any, str]) -> list[Any]:
    """Give a step as its function's name and the new numbers of its arguments."""
    arguments = [found.place[argument] for argument in step.arguments]
    function = step.function
    weights = getattr(function, "weights", None)
    if weights is not None:
        return [TOTAL, [float(weight) for weight in weights], *arguments]
    if function is None or function.__name__ == "_stacked":
        return [ROWS, *arguments]
    key = (function, step.labels)
    if key not in names:
        written = _function(function, step.labels, len(arguments))
        names[key] = _named(function.__name__.strip("_<>"), written, found.functions)
        found.functions[names[key]] = written
    return [names[key], *arguments]


def _named(name: str, written: str, known: Mapping[str, str]) -> str:
    """Give a function's own name, with a number where another one has it."""
    number, chosen = 1, name
    while known.get(chosen, written) != written:
        number += 1
        chosen = f"{name} {number}"
    return chosen


def _function(function: Callable[..., Any], labels: Sequence[str], count: int) -> str:
    """Write a formula's function in JavaScript, its parameters called as the model calls what they stand for."""
    parameters = _parameters(function, labels, count)
    traced = formula.trace(_positional(function, count), dict.fromkeys(parameters, units.PLAIN))
    return f"({', '.join(parameters.values())}) => {formula.javascript(traced, parameters)}"


def _parameters(function: Callable[..., Any], labels: Sequence[str], count: int) -> Mapping[str, str]:
    """Name the parameters: by their labels, or as the function does; what JavaScript cannot spell is numbered."""
    own = [] if labels else list(inspect.signature(function).parameters)
    given = [*(labels or own), *(f"term {position}" for position in range(count))][:count]
    return {name: name if name.isidentifier() else f"given_{position}" for position, name in enumerate(given)}


def _positional(function: Callable[..., Any], count: int) -> Callable[..., Any]:
    """Give a function the signature that tracing asks for."""
    names = [f"x{position}" for position in range(count)]

    def called(*values: Any) -> Any:
        return function(*values)

    parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in names]
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return called


def _plain(value: Any) -> Any:
    """Give a known value as a number, or as a list of one number a row."""
    return float(value) if np.ndim(value) == 0 else [float(one) for one in np.reshape(value, -1)]
