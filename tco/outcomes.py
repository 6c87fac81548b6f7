"""What every option costs as a function of the inputs that vary: the model as one graph with draws at its leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tco.comparison import cost_lines
from tco.distributions import Distribution, Fixed, FloatArray
from tco.engine import TOLERANCE, Engine, Realize
from tco.errors import CaseError, Unexpected, UsageError, whole
from tco.graph import Program
from tco.loader import Case, checked_case
from tco.numbers import Number
from tco.options import Input, Option
from tco.results import TOTALS, WITHIN
from tco.sampling import Correlation, Method, Sampler
from tco.ties import saving

DEFAULT_DRAWS = 16_384
MOST_KEPT = 2**20
"""Draws that an analysis may keep at a time: some gigabytes in a large case."""
CHUNK = 16_384
"""Draws that are costed at a time: larger arrays leave the processor's cache."""


def uncertain_inputs(case: Case) -> dict[str, Distribution]:
    """Give the distribution of every number of a case that is drawn, by path."""
    found: dict[str, Distribution] = {}
    for one in case.inputs.values():
        for path, number in one.parts():
            if not isinstance(number.value, tuple | Fixed):
                found[path] = number.value
    return found


def asked_correlations(case: Case, inputs: Mapping[str, Distribution]) -> list[Correlation]:
    """Give the correlations between inputs that are uncertain; one with a fixed number means nothing."""
    found = []
    for one in case.file.correlations:
        first, second = one.between
        if first in inputs and second in inputs:
            found.append(Correlation(first, second, one.rank.means()[0]))
    return found


def sampler_for(
    case: Case, n: int = DEFAULT_DRAWS, *, seed: int = 0, method: Method = "sobol", repair: bool = False
) -> Sampler:
    """Give the sampler of a case's uncertain inputs.

    Raises
    ------
    CaseError
        For correlations that inputs cannot have together, unless they are to be moved to the nearest possible ones.
    """
    checked_case(case)
    n, seed = whole(n, "a whole number of draws"), whole(seed, "a seed (a whole number)")
    inputs = uncertain_inputs(case)
    asked = asked_correlations(case, inputs)
    try:
        return Sampler(inputs, n, seed=seed, method=method, correlations=asked, repair=repair)
    except Unexpected as error:
        raise CaseError([case.document.problem(("correlations",), error.message, error.hint)]) from None


def check_kept(n: int) -> int:
    """Give a number of draws that can be kept at a time, as most analyses keep them.

    Raises
    ------
    UsageError
        For what is no whole number, and for more draws than memory is meant for.
    """
    n = whole(n, "a whole number of draws")
    if n > MOST_KEPT:
        hint = f"write fewer, {DEFAULT_DRAWS:,} are usual"
        raise UsageError(f"expected at most {MOST_KEPT:,} draws where all of them are kept, found {n}: {hint}")
    return n


def refuse_broken(case: Case, found: Iterable[tuple[str, str, int, int]], n: int) -> None:
    """Refuse a case whose draws break a joint limit, each told once, with the share of its worst month or year.

    Parameters
    ----------
    case : Case
        The case.
    found : iterable of (str, str, int, int)
        An option, the limit in words, how many draws break it, and the first that does.
    n : int
        Draws in all.

    Raises
    ------
    CaseError
        Where a limit is broken, with the share of draws and the first of them.
    """
    worst: dict[tuple[str, str], tuple[int, int]] = {}
    for option, words, broken, first in found:
        if broken > worst.get((option, words), (0, 0))[0]:
            worst[option, words] = broken, first
    problems = []
    for (option, words), (broken, first) in worst.items():
        message = f"expected none, found that {words} in {100 * broken / n:.3g} % of draws, first in draw {first}"
        hint = "narrow the ranges, or correlate them, so that no draw breaks the limit"
        problems.append(case.document.problem(("suppliers", option), message, hint))
    if problems:
        raise CaseError(problems)


class Outcomes:
    """The present cost of every option, by line and in three totals, where inputs vary.

    Parameters
    ----------
    case : Case
        A checked case.
    free : collection of str
        Paths of numbers that are certain in the case and are to vary as well.
    options : sequence of Option
        In place of the case's own, such as with an input that only one of them has.
    luck : callable
        Realizes what chance touches.

    Attributes
    ----------
    inputs : dict of str to Distribution
        All that vary, the free ones as fixed distributions, by path.
    engine : Engine
        Whose graph has a draw for each of them.
    lines : tuple of Line
        Hard to soft.
    line_steps, total_steps : list of dict of str to int
        For each option the step of each line's present value, and of each total's.
    """

    def __init__(
        self,
        case: Case,
        *,
        free: Collection[str] = (),
        options: Sequence[Option] | None = None,
        luck: Realize | None = None,
    ) -> None:
        self.case = case
        self.options = tuple(options or case.options)
        self.names = [option.name for option in self.options]
        self.baseline = self.names.index(case.baseline)
        self.inputs = _varying(self.options, free)
        self.lines = cost_lines(case)
        self.engine = Engine(self.options, case.baseline, case.timeline)
        self.engine.leaf = self._leaf
        self.engine.realize = luck
        self.line_steps = [self.engine.present_values(option.name) for option in self.options]
        self.total_steps = [self._totals(*pair) for pair in zip(self.names, self.line_steps, strict=True)]

    @cached_property
    def means(self) -> dict[str, FloatArray]:
        """One draw with every input at its mean: the base case."""
        return {path: np.array([float(one.mean())]) for path, one in self.inputs.items()}

    @cached_property
    def present(self) -> Program:
        """The program of the three totals of every option."""
        return self.program([steps[total] for total in TOTALS for steps in self.total_steps])

    @cached_property
    def units(self) -> Program:
        """The program of the discounted planned units, by which levelised costs are divided."""
        months = range(1, self.case.timeline.months + 1)
        planned = [
            (self.case.timeline.discount(t), self.engine.at("planned_units", self.case.baseline, t)) for t in months
        ]
        return self.program([self.engine.graph.total(planned, "discounted units")])

    @cached_property
    def limited(self) -> tuple[tuple[str, str, int], ...]:
        """Each joint limit: the option, the limit in words, and the step of how far it is broken (above 0)."""
        return tuple((name, words, step) for name in self.names for words, step in self.engine.limits(name))

    @cached_property
    def limits(self) -> Program:
        """The program of how far each joint limit is broken (above 0)."""
        return self.program([step for *_, step in self.limited])

    def check_limits(self, draws: Mapping[str, FloatArray], n: int) -> None:
        """Refuse draws that break a joint limit.

        Raises
        ------
        CaseError
            With the share of draws and the first of them.
        """
        broken = [
            np.broadcast_to(np.reshape(excess, (-1, np.shape(excess)[-1])).max(axis=0) > TOLERANCE, (n,))
            for excess in self.evaluate(self.limits, draws)
        ]
        found = zip(self.limited, broken, strict=True)
        told = [(name, words, int(rows.sum()), int(np.argmax(rows))) for (name, words, _), rows in found]
        refuse_broken(self.case, told, n)

    def program(self, steps: Sequence[int]) -> Program:
        """Give the program that computes steps of the engine's graph."""
        return Program(self.engine.graph, steps)

    def costs(self, draws: Mapping[str, FloatArray]) -> FloatArray:
        """Give present costs, (3, k, n): the totals hard, hard and estimated, all in, of k options in n draws [money].

        Parameters
        ----------
        draws : dict of str to array of shape (n,)
            For the inputs that vary; those left out stay at their means.

        Raises
        ------
        NotFinite
            For a draw in which a figure is not finite.
        """
        found = self.evaluate(self.present, draws)
        return np.stack(found).reshape(len(TOTALS), len(self.options), -1)

    def savings(self, draws: Mapping[str, FloatArray], option: str) -> FloatArray:
        """Give an option's NPV against the baseline, (3, n), in the three totals [money]."""
        costs = self.costs(draws)
        return saving(costs[:, self.baseline], costs[:, self.names.index(option)])

    def evaluate(self, program: Program, draws: Mapping[str, FloatArray]) -> list[FloatArray]:
        """Run a program on draws, some thousands at a time; give each wanted step's values, (..., n)."""
        n = max((len(values) for values in draws.values()), default=1)
        pieces = [
            program.run(self._filled(draws, slice(first, first + CHUNK), min(CHUNK, n - first)), first)
            for first in range(0, n, CHUNK)
        ]
        found = []
        for values in zip(*pieces, strict=True):
            counts = [min(CHUNK, n - first) for first in range(0, n, CHUNK)]
            parts = [np.broadcast_to(one, (*np.shape(one)[:-1], c)) for one, c in zip(values, counts, strict=True)]
            found.append(parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1))
        return found

    def _filled(self, draws: Mapping[str, FloatArray], part: slice, n: int) -> dict[str, FloatArray]:
        return {path: draws[path][part] if path in draws else np.full(n, mean) for path, mean in self.means.items()}

    def _totals(self, name: str, steps: Mapping[str, int]) -> dict[str, int]:
        adding = sorted(self.lines, key=lambda line: line.name)  # in one order, whatever that of suppliers in the file
        found = {}
        for total in TOTALS:
            inside = [line for line in adding if line.grade in WITHIN[total] and line.name in steps]
            terms = [(1.0, steps[line.name]) for line in inside]
            found[total] = self.engine.graph.total(terms, f"present cost of {name}")
        return found

    def _leaf(self, path: str, number: Number) -> int:
        if path in self.inputs:
            return self.engine.graph.draw(path)
        return self.engine.graph.constant(number.means()[0], path)


def _varying(options: Sequence[Option], free: Collection[str]) -> dict[str, Distribution]:
    """Give the distributions of what varies in some options, by path."""
    found: dict[str, Distribution] = {}
    for option in options:
        stated = [*option.inputs.values(), *(extra.amount for extra in option.extras)]
        for path, number in (part for one in stated for part in one.parts()):
            value = number.value
            if not isinstance(value, tuple) and (path in free or not isinstance(value, Fixed)):
                found[path] = value
    return found


@dataclass(frozen=True)
class Worlds:
    """A case in many draws of its uncertain inputs: the inputs, and what every option costs in each.

    Parameters
    ----------
    outcomes : Outcomes
        The model.
    draws : dict of str to array of shape (n,)
        Of the case's uncertain inputs.
    n, seed : int
        Draws, and what they were made from.
    """

    outcomes: Outcomes
    draws: Mapping[str, FloatArray]
    n: int
    seed: int

    @classmethod
    def of(cls, case: Case, n: int = DEFAULT_DRAWS, *, seed: int = 0, outcomes: Outcomes | None = None) -> Worlds:
        """Draw a case's inputs: as `simulate` does with the same n and seed.

        Raises
        ------
        UsageError
            For more draws than can be kept.
        CaseError
            For correlations that inputs cannot have together, and where draws break a joint limit, such as rates that
            sum to more than 100 %.
        """
        drawn = sampler_for(case, check_kept(n), seed=seed)
        chunks = [drawn.draws(chunk) for chunk in range(drawn.chunks)]
        draws = {path: np.concatenate([chunk[path] for chunk in chunks]) for path in drawn.paths}
        outcomes = outcomes or Outcomes(case)
        outcomes.check_limits(draws, drawn.n)
        return cls(outcomes, draws, drawn.n, seed)

    @cached_property
    def costs(self) -> FloatArray:
        """Present costs, (3, k, n) [money]."""
        found = self.outcomes.costs(self.draws)
        return found if found.shape[-1] == self.n else np.repeat(found, self.n, axis=-1)

    @cached_property
    def means(self) -> Mapping[int, FloatArray]:
        """Mean over draws of every line, and of every failure mode's share of an option's cost, by step [money]."""
        engine = self.outcomes.engine
        modes = [engine.mode_present_values(name) for name in self.outcomes.names]
        steps = [*(step for lines in self.outcomes.line_steps for step in lines.values()), *modes]
        wanted = list(dict.fromkeys(step for step in steps if step is not None))
        values = self.outcomes.evaluate(self.outcomes.program(wanted), self.draws)
        return {step: np.asarray(value.mean(axis=-1)) for step, value in zip(wanted, values, strict=True)}

    def savings(self, option: str) -> FloatArray:
        """Give an option's NPV against the baseline, (3, n) [money]."""
        outcomes = self.outcomes
        return saving(self.costs[:, outcomes.baseline], self.costs[:, outcomes.names.index(option)])


def own_input(option: Option, key: str, path: str) -> Option:
    """Give an option in which one input has a path of its own, so that it can be turned for this option alone."""

    def renamed(one: Input) -> Input:
        return replace(one, path=path + one.path[len(key_path) :]) if _at(one, key_path) else one

    key_path = path_of(option, key)
    inputs = {name: renamed(one) for name, one in option.inputs.items()}
    return replace(option, inputs=inputs, extras=tuple(replace(x, amount=renamed(x.amount)) for x in option.extras))


def path_of(option: Option, key: str) -> str:
    """Give the path under which an option states an input or section, or would state it."""
    for name, one in option.inputs.items():
        if name == key or name.startswith(f"{key}."):
            return one.path[: len(one.path) - len(name) + len(key)]
    for extra in option.extras:
        if extra.amount.path == key:
            return key
    return f"suppliers.{option.name}.{key}"


def _at(one: Input, path: str) -> bool:
    return one.path == path or one.path.startswith(f"{path}.")
