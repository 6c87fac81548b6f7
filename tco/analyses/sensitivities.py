"""Which inputs matter: tornado, Sobol' indices, contributions, regression, stress and reverse stress in one result."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tco.analyses.figure import Figure, best_supplier, correlated_blocks, doubts, groups_of
from tco.analyses.stress import Bands, Rule, Stress, reverse_stress, stress
from tco.analyses.tornado import HIGH, LOW, Bar, Ranges, Tornado, tornado_of
from tco.analyses.variance import Association, SobolIndex, associations, sobol_indices
from tco.distributions import FloatArray
from tco.errors import UsageError, whole
from tco.loader import Case, checked_case
from tco.outcomes import DEFAULT_DRAWS, Outcomes, Worlds, asked_correlations, check_kept
from tco.progress import Progress, Steps
from tco.results import Provenance, Result
from tco.sampling import REPLICATES
from tco.version import VERSION

BASE_SAMPLES = 4096
"""Base samples of Sobol' indices unless told otherwise."""
METHOD = "Sobol' indices by Azzini, Mara and Rosati (2021) on eight independent replicates of"

_NESTED = ("spider", "first_order_interval", "total_order_interval")
"""What is no single number, and therefore not in the rows."""


@dataclass(frozen=True)
class InputSensitivity:
    """What one uncertain input does to a figure, in every way that is measured.

    Parameters
    ----------
    path, label : str
        The input, and what it is in people's words.
    kind, unit : str
        share, rate, positive or number; as formulas declare it.
    bar : Bar
        Moved alone, all others at their means.
    moves : bool
        Whether the case lets it vary and the figure is made from it.
    block : str
        The correlated inputs that it is judged with, under whose name its Sobol' indices stand; empty for none.
    index : SobolIndex or None
        Its shares of the variance; None for a correlated input, which has none of its own.
    association : Association
        How it and the figure go together in the draws of the simulation, correlations and all.
    """

    path: str
    label: str
    kind: str
    unit: str
    bar: Bar
    moves: bool
    block: str
    index: SobolIndex | None
    association: Association

    @property
    def swing(self) -> float:
        """How far apart the figure is at the two ends of the input's range [money]."""
        return self.bar.swing

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        bar, index = self.bar, self.index
        return {
            "path": self.path,
            "label": self.label,
            "from": bar.from_value,
            "to": bar.to_value,
            "low": bar.low,
            "high": bar.high,
            "swing": bar.swing,
            "range_stated": bar.stated,
            "elasticity": bar.elasticity,
            "spider": [list(point) for point in bar.spider],
            "first_order": None if index is None else index.first_order,
            "total_order": None if index is None else index.total_order,
            "standard_error": None if index is None else index.first_order_error,
            "total_order_standard_error": None if index is None else index.total_order_error,
            "first_order_interval": None if index is None else list(index.first_order_interval),
            "total_order_interval": None if index is None else list(index.total_order_interval),
            "judged_with": self.block,
            **{name: value for name, value in asdict(self.association).items() if name != "path"},
        }


@dataclass(frozen=True, repr=False)
class Sensitivity(Result):
    """Which inputs a figure turns on.

    Parameters
    ----------
    name, scenario, baseline, currency : str
        Of the case.
    supplier, label : str
        Whose figure.
    output : str
        npv, hard, hard_and_estimated or cost.
    base : float
        The base case: every input at its mean [money].
    expected, expected_error : float
        Mean over draws and its standard error [money].
    probability_positive : float
        Share of draws in which the figure is above 0.
    inputs : tuple of InputSensitivity
        Every uncertain input, the largest swing first.
    groups : tuple of SobolIndex
        By correlation, supplier, failure mode, and the soft inputs; the largest total first.
    rules : tuple of Rule
        What losing worlds have in common.
    stressed : Stress or None
        The figure where inputs lie in bands, where that was asked for.
    low, high : float
        Percentiles between which each input was moved.
    n, runs, draws, seed : int
        Base samples and runs of the model for Sobol' indices; draws of the simulation; what all were made from.
    points : str
        What the base samples are: ``Sobol' points`` or ``Latin hypercubes``.
    warnings : tuple of str
        Doubts about the case, and rates that are unknown.
    provenance : Provenance
        What this was made from.
    """

    name: str
    scenario: str
    baseline: str
    currency: str
    supplier: str
    label: str
    output: str
    base: float
    expected: float
    expected_error: float
    probability_positive: float
    inputs: tuple[InputSensitivity, ...]
    groups: tuple[SobolIndex, ...]
    rules: tuple[Rule, ...]
    stressed: Stress | None
    low: float
    high: float
    n: int
    runs: int
    points: str
    draws: int
    seed: int
    baseline_label: str
    warnings: tuple[str, ...]
    provenance: Provenance

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row an input."""
        for one in self.inputs:
            yield {key: value for key, value in one.to_dict().items() if key not in _NESTED}

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain data, in full precision."""
        return {
            "name": self.name,
            "scenario": self.scenario,
            "baseline": self.baseline,
            "currency": self.currency,
            "supplier": self.supplier,
            "output": self.output,
            "method": f"{METHOD} {self.points}",
            "base": self.base,
            "expected": self.expected,
            "expected_standard_error": self.expected_error,
            "probability_positive": self.probability_positive,
            "low_percentile": self.low,
            "high_percentile": self.high,
            "inputs": [one.to_dict() for one in self.inputs],
            "groups": [{**asdict(one), "paths": list(one.paths)} for one in self.groups],
            "losing_worlds": [rule.to_dict() for rule in self.rules],
            "stress": None if self.stressed is None else self.stressed.to_dict(),
            "n": self.n,
            "runs": self.runs,
            "draws": self.draws,
            "seed": self.seed,
            "warnings": list(self.warnings),
            "provenance": self.provenance.to_dict(),
        }

    def __str__(self) -> str:
        from tco.views import sensitivity as view

        return view.text(self)

    def _repr_html_(self) -> str:
        from tco.views import sensitivity as view

        return view.html(self)


def sensitivity(
    case: Case,
    supplier: str = "",
    *,
    output: str = "npv",
    n: int = BASE_SAMPLES,
    seed: int = 0,
    low: float = LOW,
    high: float = HIGH,
    ranges: Ranges | None = None,
    bands: Bands | None = None,
    groups: Mapping[str, Collection[str]] | None = None,
    draws: int = DEFAULT_DRAWS,
    progress: Progress | None = None,
) -> Sensitivity:
    """Say which uncertain inputs an option's figure turns on, and where it loses.

    Parameters
    ----------
    case : Case
        A checked case with at least two options.
    supplier : str
        Whose figure; by default the option besides the baseline that is best on the mean.
    output : str
        ``npv`` (against the baseline, all in), ``hard``, ``hard_and_estimated`` or ``cost``.
    n, seed : int
        Base samples of Sobol' indices, rounded up to a multiple of eight, and what all is made from.
    low, high : float
        Percentiles between which each input is moved alone, as shares.
    ranges : dict of str to (float, float)
        Ranges to move inputs in instead, by path [the input's unit].
    bands : dict of str to (float, float)
        Percentiles, as shares, in which inputs are to lie for a stress.
    groups : dict of str to collection of str
        Inputs to be judged together; by default by supplier, failure mode, and the soft ones.
    draws : int
        Of the simulation that contributions, stress and rules are read from.
    progress : callable, optional
        Called with steps done and steps in all.

    Raises
    ------
    UsageError
        For what does not exist: a supplier, an output, an input; fewer than 64 samples; groups that part correlated
        inputs.

    Examples
    --------
    >>> import tco
    >>> result = sensitivity(tco.load("scenarios/cartridges.yaml"), "borealis", n=512)
    >>> result.inputs[0].path
    'suppliers.borealis.failure_rates.crushed'
    """
    checked_case(case)
    n, draws = check_kept(whole(n, "a whole number of samples")), check_kept(draws)
    if min(n, draws) < 64:
        raise UsageError(f"expected at least 64 samples and draws, found {min(n, draws)}")
    steps = Steps(progress, 7)
    worlds = Worlds.of(case, draws, seed=seed)
    steps.done()
    figure = Figure(worlds.outcomes, supplier or best_supplier(worlds), output)
    values, asked = figure.in_worlds(worlds), asked_correlations(case, worlds.outcomes.inputs)
    moved = tornado_of(figure, low, high, ranges or {})
    shares = sobol_indices(
        figure,
        worlds.outcomes.inputs,
        n,
        seed=seed,
        correlations=asked,
        groups=_whole_groups(worlds.outcomes) if groups is None else groups,
        pin=figure.pinned,
        moving=figure.moving,
        progress=steps.part(5),
    )
    together = associations(worlds.draws, values)
    steps.done()
    joined = tuple(one for one in shares.inputs if len(one.paths) > 1)
    return Sensitivity(
        name=case.name,
        scenario=case.scenario,
        baseline=case.baseline,
        currency=case.currency,
        supplier=figure.supplier,
        label=case.option(figure.supplier).label,
        output=output,
        base=moved.base,
        expected=float(values.mean()),
        expected_error=float(values.reshape(REPLICATES, -1).mean(axis=1).std(ddof=1) / np.sqrt(REPLICATES)),
        probability_positive=float((values > 0).mean()),
        inputs=_inputs(moved, shares.inputs, together, figure.moving),
        groups=tuple(sorted((*joined, *shares.groups), key=lambda one: (-one.total_order, one.name))),
        rules=reverse_stress({path: worlds.draws[path] for path in figure.moving}, _losing(values, output)),
        stressed=stress(worlds.draws, values, bands) if bands else None,
        low=low,
        high=high,
        n=shares.n,
        runs=shares.runs,
        points=shares.points,
        draws=worlds.n,
        seed=seed,
        baseline_label=case.option(case.baseline).label,
        warnings=doubts(case),
        provenance=Provenance(case.name, case.fingerprint, case.scenario, VERSION, worlds.n, seed, "sobol"),
    )


def _losing(values: FloatArray, output: str) -> Any:
    """Say which worlds lose: where nothing is saved; no world loses a cost."""
    return values <= 0 if output != "cost" else np.zeros(values.size, dtype=bool)


def _whole_groups(outcomes: Outcomes) -> dict[str, tuple[str, ...]]:
    """Give the usual groups, each with all inputs that are correlated with one of its own, and saying so."""
    blocks = correlated_blocks(outcomes.inputs, asked_correlations(outcomes.case, outcomes.inputs))
    found = {}
    for name, paths in groups_of(outcomes).items():
        whole = tuple(sorted({path for block in blocks if set(block).intersection(paths) for path in block}))
        more = len(whole) - len(paths)
        if whole not in blocks:
            found[f"{name} (and {more} correlated with them)" if more else name] = whole
    return found


def _inputs(
    moved: Tornado, indices: Sequence[SobolIndex], together: Mapping[str, Association], moving: Collection[str]
) -> tuple[InputSensitivity, ...]:
    index_of = {path: one for one in indices for path in one.paths}
    found = []
    for bar in moved.bars:
        index = index_of.get(bar.path)
        joined = index is not None and len(index.paths) > 1
        found.append(
            InputSensitivity(
                path=bar.path,
                label=moved.labels[bar.path],
                kind=moved.kinds[bar.path],
                unit=moved.units[bar.path],
                bar=bar,
                moves=bar.path in moving,
                block=index.name if index is not None and joined else "",
                index=None if joined else index,
                association=together.get(bar.path, Association(bar.path, 0.0, 0.0, 0.0, 0.0, 0.0)),
            )
        )
    return tuple(found)
