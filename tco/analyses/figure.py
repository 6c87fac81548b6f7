"""The figure that a sensitivity speaks of, as a function of draws; its inputs in groups, and what people call them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tco.distributions import FloatArray
from tco.errors import UsageError
from tco.graph import Program
from tco.loader import Case
from tco.outcomes import Outcomes, Worlds, asked_correlations
from tco.results import TOTALS
from tco.sampling import Correlation
from tco.ties import saving

OUTPUTS: Mapping[str, tuple[str, str]] = {
    "npv": ("all_in", "NPV"),
    "hard": ("hard", "NPV, hard lines only"),
    "hard_and_estimated": ("hard_and_estimated", "NPV, hard and estimated lines"),
    "cost": ("all_in", "present cost"),
}
"""The outputs that can be asked for: the total that each is formed from, and what it is called."""

Draws = Mapping[str, FloatArray]
Function = Callable[[Draws], FloatArray]
"""Gives a figure, (n,), from draws by path, (n,) each."""


@dataclass(frozen=True)
class Figure:
    """An option's NPV against the baseline, or its present cost, where inputs vary.

    Parameters
    ----------
    outcomes : Outcomes
        The model.
    supplier : str
        Whose figure.
    output : str
        ``npv``, ``hard``, ``hard_and_estimated`` or ``cost``.
    """

    outcomes: Outcomes
    supplier: str
    output: str = "npv"

    def __post_init__(self) -> None:
        if self.output not in OUTPUTS:
            raise UsageError(f"expected one of {', '.join(OUTPUTS)} as output, found '{self.output}'")
        self.outcomes.case.option(self.supplier)

    @cached_property
    def program(self) -> Program:
        """The program of the option's total, and of the baseline's where it is a saving."""
        total = OUTPUTS[self.output][0]
        steps = [self.outcomes.total_steps[position][total] for position in self._positions]
        return self.outcomes.program(steps)

    @property
    def moving(self) -> tuple[str, ...]:
        """Paths of the inputs that can move the figure; the others never enter it."""
        return tuple(sorted(self.program.draws))

    def downstream(self, changed: frozenset[int]) -> tuple[int, ...]:
        """Give the steps that change with some steps, in order."""
        if changed not in self._downstream:
            touched, found = set(changed), []
            for step in self.program.order:
                if not touched.isdisjoint(self.program.graph.steps[step].arguments):
                    touched.add(step)
                    found.append(step)
            self._downstream[changed] = tuple(found)
        return self._downstream[changed]

    @cached_property
    def _downstream(self) -> dict[frozenset[int], tuple[int, ...]]:
        return {}

    def __call__(self, draws: Draws) -> FloatArray:
        """Give the figure, (n,), from draws of shape (n,); inputs left out stay at their means [money]."""
        n = max((len(values) for values in draws.values()), default=1)
        return np.broadcast_to(self._of(self.outcomes.evaluate(self.program, draws)), (n,))

    def pinned(self, draws: Draws) -> Function:
        """Give the figure as a function of the inputs that are changed, all others keeping the given draws.

        Only the steps that the changed inputs lead to are computed again.

        Parameters
        ----------
        draws : dict of str to array of shape (n,)
            Of every input that can move the figure.
        """
        return _Pinned(self, draws)

    def in_worlds(self, worlds: Worlds) -> FloatArray:
        """Give the figure in every draw of a simulation, (n,), without running the model again [money]."""
        return self._of([worlds.costs[TOTALS.index(OUTPUTS[self.output][0]), row] for row in self._positions])

    @property
    def _positions(self) -> tuple[int, ...]:
        own = self.outcomes.names.index(self.supplier)
        return (own,) if self.output == "cost" else (self.outcomes.baseline, own)

    def _of(self, totals: list[Any]) -> FloatArray:
        return np.asarray(totals[0]) if self.output == "cost" else saving(*totals)


class _Pinned:
    """A program all of whose values are kept, so that a change is carried on from where it enters."""

    def __init__(self, figure: Figure, draws: Draws) -> None:
        self.figure, self.n = figure, max((len(values) for values in draws.values()), default=1)
        self.draws = {path: draws[path] for path in figure.program.draws}
        self.kept = {**figure.program.graph.known, **self._drawn(self.draws)}
        self._run(figure.program.order, self.kept)

    def __call__(self, changes: Draws) -> FloatArray:
        changed = self._drawn(changes)
        values = {**self.kept, **changed}
        self._run(self.figure.downstream(frozenset(changed)), values)
        result = np.broadcast_to(self.figure._of([values[step] for step in self.figure.program.wanted]), (self.n,))
        if not np.isfinite(result).all():
            self.figure.program.run({**self.draws, **changes})  # names the step that is not finite
        return result

    def _drawn(self, draws: Draws) -> dict[int, Any]:
        steps = self.figure.program.draws
        return {steps[path]: values for path, values in draws.items() if path in steps}

    def _run(self, order: Iterable[int], values: dict[int, Any]) -> None:
        steps = self.figure.program.graph.steps
        with np.errstate(all="ignore"):
            for step in order:
                todo = steps[step]
                values[step] = todo.function(*[values[argument] for argument in todo.arguments])  # type: ignore[misc]


def doubts(case: Case) -> tuple[str, ...]:
    """Give the case's warnings, and each rate that is unknown."""
    unknown = dict.fromkeys(path for option in case.options for path in option.unknown)
    return (*case.warnings, *(f"INCOMPLETE: {path} is unknown and counts as 0" for path in unknown))


def best_supplier(worlds: Worlds) -> str:
    """Name the option other than the baseline whose mean present cost, all in, is lowest.

    Raises
    ------
    UsageError
        Where there is no other option.
    """
    outcomes = worlds.outcomes
    others = [position for position in range(len(outcomes.names)) if position != outcomes.baseline]
    if not others:
        raise UsageError(f"expected an option besides {outcomes.names[outcomes.baseline]}, found none")
    return outcomes.names[min(others, key=lambda position: float(worlds.costs[2, position].mean()))]


def groups_of(outcomes: Outcomes) -> dict[str, tuple[str, ...]]:
    """Give groups of uncertain inputs by name: each supplier's, each failure mode's, correlated ones, soft ones.

    Soft are the inputs that move soft lines only: without them, hard and estimated totals stay as they are. Groups of
    one input are left out.
    """
    case, paths = outcomes.case, sorted(outcomes.inputs)
    called = [option.label for option in case.options]
    whose = {
        option.name: option.label if called.count(option.label) == 1 else f"{option.label} ({option.name})"
        for option in case.options
    }
    found = {f"all of {whose[name]}": _under(paths, "suppliers", name) for name in whose}
    modes = dict.fromkeys(mode.name for option in case.options for mode in option.modes)
    found |= {f"failure mode {mode}": _of_mode(paths, mode) for mode in modes}
    steps = [totals["hard_and_estimated"] for totals in outcomes.total_steps]
    firm = outcomes.program(steps).draws
    found["soft inputs"] = tuple(path for path in paths if path in outcomes.present.draws and path not in firm)
    blocks = correlated_blocks(outcomes.inputs, asked_correlations(case, outcomes.inputs))
    for block in (one for one in blocks if len(one) > 1):
        found[f"correlated: {block[0]} and {len(block) - 1} more"] = block
    return {name: members for name, members in found.items() if len(members) > 1}


def correlated_blocks(inputs: Collection[str], correlations: Sequence[Correlation]) -> tuple[tuple[str, ...], ...]:
    """Part inputs into those that are correlated with each other, directly or through others; sorted by path."""
    block = {path: {path} for path in inputs}
    for one in correlations:
        joined = block[one.first] | block[one.second]
        for path in joined:
            block[path] = joined
    return tuple(sorted({tuple(sorted(paths)) for paths in block.values()}))


def _under(paths: Sequence[str], section: str, name: str) -> tuple[str, ...]:
    return tuple(path for path in paths if path.split(".")[:2] == [section, name])


def _of_mode(paths: Sequence[str], mode: str) -> tuple[str, ...]:
    """Give the inputs that speak of a failure mode: what it leads to, and how often it happens with whom."""
    sections = ("failures", "failure_rates", "chargeback")
    return tuple(path for path in paths if any(mode in _after(path.split("."), section) for section in sections))


def labels_of(case: Case, paths: Sequence[str]) -> dict[str, str]:
    """Say in people's words what inputs are: whose, the case's own name for it, and what it means."""
    parts = {path: one for one in case.inputs.values() for path, _ in one.parts()}
    return {path: _label(case, path, parts[path].entry.meaning) for path in paths}


def _label(case: Case, path: str, meaning: str) -> str:
    words = path.split(".")
    whose = [case.option(words[1]).label] if words[0] == "suppliers" else []
    given = [word for section in _NAMED for word in _after(words, section)]
    given += [f"price break {int(place) + 1}" for place in _after(words, "price_breaks")]
    year = f", year {int(words[-1]) + 1}" if "by_year" in words else ""
    start = f"{', '.join([*whose, *given])}: " if whose or given else ""
    return f"{start}{meaning.split(';')[0]}{year}"


_NAMED = ("extra_costs", "failures", "failure_rates", "chargeback", "activities", "dispositions", "exchange_rates")
"""Sections under which a case's own names stand."""


def _after(words: list[str], section: str) -> list[str]:
    return [words[words.index(section) + 1]] if section in words[:-1] else []
