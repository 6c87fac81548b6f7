"""A flat list of unique steps: what is asked for twice is computed once, what is known beforehand is folded."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tco.errors import TcoError

Value = Any
"""A number or an array: draws last, (n,) or (rows, n); (rows, 1) where no draw moves it."""


class NotFinite(TcoError):
    """A step that gave an infinite value or none: the step's name, its arguments and the first draw."""

    def __init__(self, name: str, arguments: Mapping[str, float], draw: int | None) -> None:
        shown = ", ".join(f"{key} = {value:.6g}" for key, value in arguments.items())
        place = "" if draw is None else f" in draw {draw}"
        super().__init__(f"{name} has no finite value{place}: {shown}")
        self.name, self.arguments, self.draw = name, arguments, draw


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a function on the values of earlier steps; without a function, a draw or a known value."""

    name: str
    function: Callable[..., Value] | None
    arguments: tuple[int, ...]
    labels: tuple[str, ...]


class Graph:
    """Steps, each once: the same function on the same arguments is the same step, and so is the same known value."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.known: dict[int, Value] = {}
        self._ids: dict[Any, int] = {}

    def constant(self, value: Value, name: str = "") -> int:
        """Give the step of a known value: a number, or an array of shape (rows, 1)."""
        key: Any
        known: Value
        if isinstance(value, float):
            key, known = (value, "number"), np.float64(value)
        else:
            known = np.asarray(value, dtype=float)
            if known.size == 1 and known.ndim < 2:
                return self.constant(float(known.reshape(-1)[0]), name)
            key = (known.shape, known.tobytes())
        if key not in self._ids:
            self._ids[key] = self._add(Step(name, None, (), ()))
            self.known[self._ids[key]] = known
        return self._ids[key]

    def draw(self, path: str) -> int:
        """Give the step whose values are an input's draws, of shape (n,)."""
        if path not in self._ids:
            self._ids[path] = self._add(Step(path, None, (), ()))
        return self._ids[path]

    def call(
        self,
        name: str,
        function: Callable[..., Value],
        arguments: Sequence[int],
        labels: Sequence[str] = (),
        key: Any = None,
    ) -> int:
        """Give the step of a function's value on other steps, folded at once where all of them are known.

        Parameters
        ----------
        name : str
            For messages.
        function : callable
            Of one value an argument.
        arguments : sequence of int
            Steps.
        labels : sequence of str
            The arguments' names, for messages.
        key : hashable
            What makes two functions the same; the function itself unless given.
        """
        identity = (key or function, tuple(arguments))
        if identity not in self._ids:
            if all(argument in self.known for argument in arguments):
                value = function(*(self.known[argument] for argument in arguments))
                if not _is_finite(value):
                    raise NotFinite(name, self._numbers(arguments, labels, self.known, 0), None)
                self._ids[identity] = self.constant(value, name)
            else:
                self._ids[identity] = self._add(Step(name, function, tuple(arguments), tuple(labels)))
        return self._ids[identity]

    def total(self, terms: Iterable[tuple[float, int]], name: str) -> int:
        """Give the step of a weighted sum of steps; terms on the same step are gathered."""
        weights: dict[int, float] = {}
        for weight, step in terms:
            weights[step] = weights.get(step, 0.0) + weight
        if not weights:
            return self.constant(0.0, name)
        factors = tuple(weights.values())
        if factors == (1.0,):
            return next(iter(weights))
        return self.call(name, _WeightedSum(factors), tuple(weights), key=("total", factors))

    def _add(self, step: Step) -> int:
        self.steps.append(step)
        return len(self.steps) - 1

    def _numbers(
        self, arguments: Sequence[int], labels: Sequence[str], values: Mapping[int, Value], draw: int
    ) -> dict[str, float]:
        """Give the arguments' values in one draw; of an argument with rows, its first row that is not finite."""
        found = {}
        for position, argument in enumerate(arguments):
            value = np.atleast_2d(np.asarray(values[argument], dtype=float))
            column = value[:, min(draw, value.shape[1] - 1)] if value.size else np.zeros(1)
            bad = np.flatnonzero(~np.isfinite(column))
            label = labels[position] if position < len(labels) else self.steps[argument].name
            found[label] = float(column[bad[0] if bad.size else 0])
        return found


def _is_finite(value: Value) -> bool:
    return math.isfinite(value) if isinstance(value, float) else bool(np.isfinite(value).all())


@dataclass(frozen=True)
class _WeightedSum:
    weights: tuple[float, ...]

    def __call__(self, *values: Value) -> Value:
        total = self.weights[0] * values[0]
        for weight, value in zip(self.weights[1:], values[1:], strict=True):
            term = value if weight == 1 else weight * value
            if np.ndim(total) and np.shape(term) in (np.shape(total), ()):
                total += term  # the sum is this step's own array
            else:
                total = total + term
        return total


class Program:
    """The steps that some wanted ones need, in order, each value dropped after its last use.

    Parameters
    ----------
    graph : Graph
        All steps.
    wanted : sequence of int
        The steps whose values are asked for.
    """

    def __init__(self, graph: Graph, wanted: Sequence[int]) -> None:
        self.graph = graph
        self.wanted = tuple(wanted)
        needed = self._needed()
        self.order = sorted(step for step in needed if step not in graph.known and graph.steps[step].function)
        self.draws = {graph.steps[step].name: step for step in needed if not graph.steps[step].function}
        self.draws = {name: step for name, step in self.draws.items() if step not in graph.known}
        self._last = self._last_uses()

    def run(self, draws: Mapping[str, np.ndarray], first_draw: int = 0) -> list[Value]:
        """Compute the wanted steps from draws of shape (n,) each.

        Raises
        ------
        NotFinite
            Naming the first step that gives an infinite value or none, its arguments and the draw.
        """
        values: dict[int, Value] = {step: draws[path] for path, step in self.draws.items()}
        known, steps = self.graph.known, self.graph.steps
        with np.errstate(all="ignore"):
            for step in self.order:
                todo = steps[step]
                values[step] = todo.function(*[known[a] if a in known else values[a] for a in todo.arguments])  # type: ignore[misc]
                for gone in self._last.get(step, ()):
                    del values[gone]
        results = [known[step] if step in known else values[step] for step in self.wanted]
        if not all(_is_finite(result) for result in results):
            self._blame(draws, first_draw)
        return results

    def _blame(self, draws: Mapping[str, np.ndarray], first_draw: int) -> None:
        """Run once more, keeping everything, and name the first step that is not finite."""
        values: dict[int, Value] = {**self.graph.known, **{step: draws[path] for path, step in self.draws.items()}}
        with np.errstate(all="ignore"):
            for step in self.order:
                todo = self.graph.steps[step]
                values[step] = todo.function(*[values[a] for a in todo.arguments])  # type: ignore[misc]
                bad = ~np.isfinite(np.atleast_2d(values[step])).all(axis=0)
                if bad.any():
                    draw = int(np.argmax(bad))
                    numbers = self.graph._numbers(todo.arguments, todo.labels, values, draw)
                    raise NotFinite(todo.name, numbers, first_draw + draw)

    def _needed(self) -> set[int]:
        needed: set[int] = set()
        waiting = list(self.wanted)
        while waiting:
            step = waiting.pop()
            if step not in needed:
                needed.add(step)
                waiting += [] if step in self.graph.known else self.graph.steps[step].arguments
        return needed

    def _last_uses(self) -> dict[int, tuple[int, ...]]:
        last: dict[int, int] = {}
        for step in self.order:
            for argument in self.graph.steps[step].arguments:
                last[argument] = step
        gone: dict[int, list[int]] = {}
        kept = {*self.wanted, *self.graph.known}
        for argument, step in last.items():
            if argument not in kept:
                gone.setdefault(step, []).append(argument)
        return {step: tuple(arguments) for step, arguments in gone.items()}
