"""Measure sensitivity and value of information on scenarios/reference.yaml: ratios to a plain simulation and to SALib.

    python benchmarks/sensitivity.py
    python benchmarks/sensitivity.py --quick

What is compared takes turns, round by round, and the median ratio of the rounds is shown, as in benchmarks/simulate.py.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does; set before NumPy is imported

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
from simulate import take_turns

import tco
from tco.analyses.figure import Figure
from tco.analyses.value_of_information import evppi, information
from tco.analyses.variance import sobol_indices
from tco.outcomes import Outcomes, Worlds, asked_correlations
from tco.tables import QuantileTable

CASE = Path(__file__).parent.parent / "scenarios" / "reference.yaml"
MOST_TIME = 1.5
"""Times a plain simulation of as many draws that first-order and total-order indices with intervals may take."""
MOST_OF_SALIB = 0.1
"""Share of the time that SALib with 100 bootstrap repeats takes around the same vectorised model."""


def ours(case: tco.Case, supplier: str, samples: int) -> Callable[[], Any]:
    """Give the job of estimating all indices, from the case on: the model is put together anew each time."""

    def run() -> None:
        outcomes = Outcomes(case)
        figure = Figure(outcomes, supplier)
        asked = asked_correlations(case, outcomes.inputs)
        sobol_indices(figure, outcomes.inputs, samples, correlations=asked, pin=figure.pinned, moving=figure.moving)

    return run


def salib(case: tco.Case, supplier: str, samples: int) -> Callable[[], Any]:
    """Give the same around SALib: its design, our vectorised model and quantile tables, its estimators, 100 repeats."""
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as design

    outcomes = Outcomes(case)
    figure, paths = Figure(outcomes, supplier), sorted(outcomes.inputs)
    tables = {path: QuantileTable(outcomes.inputs[path]) for path in paths}  # as fast as our own draws
    problem = {"num_vars": len(paths), "names": paths, "bounds": [[1e-9, 1 - 1e-9]] * len(paths)}

    def run() -> None:
        points = design.sample(problem, samples, calc_second_order=False, seed=1).T
        drawn = {path: tables[path](np.ascontiguousarray(row)) for path, row in zip(paths, points, strict=True)}
        analysis.analyze(problem, figure(drawn), calc_second_order=False, num_resamples=100, seed=1)

    return run


def every_evppi(worlds: Worlds) -> Callable[[], Any]:
    """Give the job of valuing every input by regression on the draws."""
    costs = worlds.costs[2]
    return lambda: [evppi(costs, [draws]) for draws in worlds.draws.values()]


@click.command()
@click.option("--quick", is_flag=True, help="Fewer samples and rounds.")
def main(quick: bool) -> None:
    """Print the ratios and whether they are within their limits."""
    case, samples, rounds = tco.load(CASE), 1024 if quick else 4096, 3 if quick else 5
    inputs = len(Outcomes(case).inputs)
    runs = samples * (inputs + 2)
    click.echo(f"{inputs} inputs, {samples:,} base samples: {runs:,} runs of the usual design")
    for supplier in ("coast", "peak"):
        jobs = {
            "indices": ours(case, supplier, samples),
            "simulation": lambda: tco.simulate(case, runs),
            "simulation, one thread": lambda: tco.simulate(case, runs, threads=1),
            "SALib": salib(case, supplier, samples),
        }
        found = take_turns(jobs, rounds)
        click.echo(f"NPV of {supplier}: indices in {found.seconds('indices'):.2f} s")
        for other, most in (("simulation", MOST_TIME), ("simulation, one thread", MOST_TIME), ("SALib", MOST_OF_SALIB)):
            ratio = found.ratio("indices", other)
            verdict = "within" if ratio <= most else "ABOVE"
            click.echo(f"  x {ratio:.3f} of {other} ({found.seconds(other):.2f} s): {verdict} {most}")
    worlds = Worlds.of(case, 10_000 if quick else 100_000)
    found = take_turns({"EVPPI": every_evppi(worlds)}, rounds)
    click.echo(f"EVPPI of every input on {worlds.n:,} draws: {found.seconds('EVPPI'):.2f} s")
    everything = take_turns({"information": lambda: information(case, n=worlds.n)}, rounds)
    click.echo(f"with groups and pilots: {everything.seconds('information'):.2f} s")


if __name__ == "__main__":
    main()
