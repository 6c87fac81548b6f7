"""Measure the simulation on scenarios/reference.yaml: time, memory, error, start-up, and what others need.

    python benchmarks/simulate.py --output docs/benchmarks.md
    python benchmarks/simulate.py --quick time

Read the ratios. All of them come from one run: what is compared takes turns, round by round, a ratio is formed within
each round, and the median of the rounds is shown, so that a machine that is busy with other things disturbs both sides.
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import scipy
from by_hand import by_hand
from numpy.typing import NDArray
from rivals import RIVALS

import tco
from tco.engine import Engine
from tco.graph import Program
from tco.outcomes import DEFAULT_DRAWS, asked_correlations, uncertain_inputs
from tco.sampling import METHODS, Method, Sampler

ROOT = Path(__file__).parent.parent
CASE = ROOT / "scenarios" / "reference.yaml"
SECTIONS = ("time", "memory", "error", "start", "rivals")
MOST_TIME = 30.0
"""Times the yardstick that a million draws may take."""
MOST_GAIN = 1.05
"""Times as long that two threads may take as one: no longer, but for what a busy machine adds by chance."""
MOST_START = 2.5
"""Times the import of scipy.special that `tco simulate` may take."""
MOST_ERROR = 0.1
"""Relative error of the mean NPV that 4,096 Sobol' draws may have [%]."""
FEWEST_COMPARED = 1024
"""Draws from which on samplers are compared in words."""
FIXED_MEMORY = 200e6
"""Bytes of memory that a simulation may need beside 8 a draw and supplier."""

Array = NDArray[np.float64]
Lines = Iterator[str]


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    draws: int
    repeats: int
    starts: int
    seeds: int
    ladder: tuple[int, ...]
    reference: int
    rival_draws: int


FULL = Size(1_000_000, 5, 15, 32, (256, 512, 1024, 2048, 4096, 8192, 16384), 2**20, 2**16)
QUICK = Size(200_000, 3, 5, 16, (256, 1024, 4096), 2**18, 2**14)


@dataclass(frozen=True)
class Rounds:
    """Seconds of several jobs that took turns: on the clock, and on the processors (all threads)."""

    clock: Mapping[str, Sequence[float]]
    processor: Mapping[str, Sequence[float]]

    def ratio(self, job: str, to: str) -> float:
        """Give the median over rounds of one job's time on the clock over another's."""
        return float(np.median(np.array(self.clock[job]) / np.array(self.clock[to])))

    def processor_ratio(self, job: str, to: str) -> float:
        """Give the same for processor time."""
        return float(np.median(np.array(self.processor[job]) / np.array(self.processor[to])))

    def seconds(self, job: str) -> float:
        """Give a job's median time on the clock."""
        return float(np.median(self.clock[job]))


def take_turns(jobs: Mapping[str, Callable[[], Any]], rounds: int) -> Rounds:
    """Run jobs in turn, a few rounds of all of them; child processes count as theirs."""
    clock: dict[str, list[float]] = {name: [] for name in jobs}
    processor: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            began, used = time.perf_counter(), _processor_seconds()
            job()
            clock[name].append(time.perf_counter() - began)
            processor[name].append(_processor_seconds() - used)
    return Rounds(clock, processor)


def _processor_seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def yardstick(draws: int, inputs: int) -> Callable[[], Any]:
    """Give the job that times are measured in: NumPy fills draws x inputs doubles, one array, in one thread."""
    filled = np.zeros((draws, inputs))
    random = np.random.default_rng(0)
    random.random(out=filled)  # the first time, the kernel hands out the pages
    return lambda: random.random(out=filled)


def in_two_threads(draws: int, inputs: int) -> Callable[[], Any]:
    """Give the same work split over two threads: what two threads can gain on this machine while it is measured."""
    halves = [yardstick(draws // 2, inputs) for _ in range(2)]

    def fill() -> None:
        with ThreadPoolExecutor(2) as pool:
            for half in [pool.submit(half) for half in halves]:
                half.result()

    return fill


def sampler_of(case: tco.Case, draws: int, *, seed: int = 0, method: Method = "sobol") -> Sampler:
    """Give the sampler that `tco.simulate` uses."""
    inputs = uncertain_inputs(case)
    return Sampler(inputs, draws, seed=seed, method=method, correlations=asked_correlations(case, inputs))


def draw_all(sampler: Sampler) -> None:
    """Make all draws, keeping none."""
    for chunk in range(sampler.chunks):
        sampler.draws(chunk)


def model_of(case: tco.Case) -> Program:
    """Give the model alone: the present value of every line of every option, then each option's present cost."""
    inputs = uncertain_inputs(case)
    engine = Engine(case.options, case.baseline, case.timeline)

    def leaf(path: str, number: Any) -> int:
        return engine.graph.draw(path) if path in inputs else engine.graph.constant(number.means()[0], path)

    engine.leaf = leaf
    lines = [list(engine.present_values(option.name).values()) for option in case.options]
    totals = [engine.graph.total([(1.0, step) for step in steps], "present cost") for steps in lines]
    return Program(engine.graph, [step for steps in lines for step in steps] + totals)


# --- time ------------------------------------------------------------------------------------------------------------


def measure_time(case: tco.Case, size: Size) -> Lines:
    """Measure a simulation on one and two threads, and its parts, against the yardstick."""
    n, d = size.draws, len(uncertain_inputs(case))
    sampler, model = sampler_of(case, n), model_of(case)
    first = sampler.draws(0)
    chunk = len(next(iter(first.values())))
    agree = float(np.max(np.abs(np.array(model.run(first)[-len(case.options) :]) / by_hand(first) - 1)))
    jobs: dict[str, Callable[[], Any]] = {
        "fill": yardstick(n, d),
        "fill2": in_two_threads(n, d),
        "one": lambda: tco.simulate(case, n, threads=1),
        "two": lambda: tco.simulate(case, n, threads=2),
        "sampling": lambda: draw_all(sampler),
        "model": lambda: [model.run(first) for _ in range(sampler.chunks)],
        "hand": lambda: [by_hand(first) for _ in range(sampler.chunks)],
    }
    rounds = take_turns(jobs, size.repeats)
    scale = {job: n / (chunk * sampler.chunks) if job in ("model", "hand") else 1.0 for job in jobs}
    rows = [
        ("`Generator.random` fills them, one thread: the yardstick", "fill"),
        ("the same in two threads: all that a second thread could gain during this run", "fill2"),
        ("`tco.simulate`, one thread", "one"),
        ("`tco.simulate`, two threads", "two"),
        ("of which sampling alone, one thread", "sampling"),
        ("of which the model alone, one thread", "model"),
        ("the model scripted by hand in NumPy (benchmarks/by_hand.py), totals only, one thread", "hand"),
    ]
    yield "## Time"
    yield ""
    yield (
        f"{n:,} draws of {d} inputs, {len(case.options)} options, all lines; times the yardstick, "
        f"median of {size.repeats} rounds. Processor time adds up all threads."
    )
    yield ""
    yield "| | × on the clock | × in processor time | ns a draw |"
    yield "|---|--:|--:|--:|"
    for words, job in rows:
        on_clock, used = rounds.ratio(job, "fill") * scale[job], rounds.processor_ratio(job, "fill") * scale[job]
        yield f"| {words} | {on_clock:.1f} | {used:.1f} | {rounds.seconds(job) * scale[job] / n * 1e9:,.0f} |"
    yield ""
    taken = rounds.ratio("two", "fill")
    wanted = f"{n:,} draws on two threads in at most 30 times the yardstick (wish: 12)"
    yield _verdict(wanted, f"{taken:.1f}", taken <= MOST_TIME)
    gain = rounds.ratio("two", "one")
    yield _verdict(
        "two threads not slower than one (5 % allowed for chance)", f"{gain:.2f} of its time", gain <= MOST_GAIN
    )
    yield f"- By hand and by `tco`, every present cost of the first {chunk:,} draws agrees to {agree:.0e}."


# --- memory ----------------------------------------------------------------------------------------------------------

_PEAK = """
import resource, sys
from pathlib import Path
import tco
case = tco.load(sys.argv[1])
if int(sys.argv[2]):
    tco.simulate(case, int(sys.argv[2]), threads=2)
status = Path("/proc/self/status")
if status.exists():
    peak = next(int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(peak)
"""
"""ru_maxrss of a new process starts at its parent's peak, so that Linux's own high-water mark is read where it is."""


def measure_memory(case: tco.Case, size: Size) -> Lines:
    """Measure the peak of a new process that simulates, less that of one that only loads the case."""
    idle, busy = (_peak_of(draws) for draws in (0, size.draws))
    budget = FIXED_MEMORY + 8 * size.draws * len(case.options)
    yield "## Memory"
    yield ""
    yield f"| new process, {size.draws:,} draws, two threads | MB at the peak |"
    yield "|---|--:|"
    yield f"| only imports and loads the case | {idle / 1e6:,.0f} |"
    yield f"| simulates too | {busy / 1e6:,.0f} |"
    yield f"| difference | {(busy - idle) / 1e6:,.0f} |"
    yield ""
    wanted = f"at most 200 MB and 8 bytes a draw and supplier, {budget / 1e6:,.0f} MB"
    yield _verdict(wanted, f"{(busy - idle) / 1e6:,.0f} MB", busy - idle <= budget)


def _peak_of(draws: int) -> int:
    command = [sys.executable, "-c", _PEAK, str(CASE), str(draws)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout)


# --- error -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """A figure of a simulation whose error is looked at: its name, its unit, and how it comes from present costs."""

    name: str
    unit: str
    of: Callable[[Array], float]
    scale: Callable[[float], float]


def figures_of(case: tco.Case) -> tuple[Figure, ...]:
    """List the figures: a mean, a percentile and a probability."""
    names = [option.name for option in case.options]
    base, first, second = names.index(case.baseline), *(names.index(name) for name in names if name != case.baseline)

    def mean(costs: Array) -> float:
        return float((costs[base] - costs[first]).mean())

    def low(costs: Array) -> float:
        return float(np.quantile(costs[base] - costs[first], 0.05))

    def closer(costs: Array) -> float:
        return float((costs[second] > costs[first]).mean())

    saved = f"NPV of {names[first]} against {names[base]}"
    return (
        Figure(f"mean {saved}", "%, relative", mean, lambda truth: 100 / abs(truth)),
        Figure(f"5th percentile of the {saved}", "%, relative", low, lambda truth: 100 / abs(truth)),
        Figure(f"P(NPV > 0) of {names[first]} against {names[second]}", "points", closer, lambda truth: 100.0),
    )


def measure_error(case: tco.Case, size: Size) -> Lines:
    """Measure the root mean square error over seeds against a long Sobol' run, for each sampler and number of draws."""
    figures = figures_of(case)
    costs = tco.simulate(case, size.reference, seed=10_000).present_costs
    truth = [figure.of(costs) for figure in figures]
    errors = {
        (method, n): _errors(case, figures, truth, n=n, method=method, seeds=size.seeds)
        for n in size.ladder
        for method in METHODS
    }
    yield "## Error against number of draws"
    yield ""
    yield (
        f"Root mean square over {size.seeds} seeds, against {size.reference:,} Sobol' draws of another seed. A run is "
        "made of eight independent scramblings (or hypercubes) of an eighth of its draws each: its error bars come "
        "from them. Last column: how many times as many plain random draws are as good, (random / Sobol')²."
    )
    for position, figure in enumerate(figures):
        true = truth[position]
        shown = f"{100 * true:.1f} %" if figure.unit == "points" else f"{true:,.0f} {case.currency}"
        yield from ("", f"### {figure.name}: {shown}", "")
        yield f"| draws | Sobol' [{figure.unit}] | Latin | random | random draws that do as well |"
        yield "|--:|--:|--:|--:|--:|"
        for n in size.ladder:
            sobol, latin, random = (errors[method, n][position] for method in METHODS)
            yield f"| {n:,} | {sobol:.2g} | {latin:.2g} | {random:.2g} | × {_times((random / sobol) ** 2)} |"
    yield ""
    error = errors["sobol", 4096][0]
    yield _verdict("mean NPV within 0.1 % by 4,096 Sobol' draws", f"{error:.2g} %", error <= MOST_ERROR)
    yield from _gains(case, errors, costs)


def _errors(
    case: tco.Case, figures: Sequence[Figure], truth: Sequence[float], *, n: int, method: Method, seeds: int
) -> list[float]:
    """Give each figure's root mean square error, in its unit."""
    runs = [tco.simulate(case, n, seed=seed, sampler=method).present_costs for seed in range(seeds)]
    off = [[figure.of(run) - true for run in runs] for figure, true in zip(figures, truth, strict=True)]
    return [
        figure.scale(true) * float(np.sqrt(np.mean(np.square(one))))
        for figure, true, one in zip(figures, truth, off, strict=True)
    ]


def _gains(case: tco.Case, errors: Mapping[tuple[Method, int], Sequence[float]], costs: Array) -> Lines:
    """Say how many random draws a Sobol' point is worth, and how many random draws the mean would take."""
    position = [option.name for option in case.options].index(case.baseline)
    saved = np.delete(costs[position] - costs, position, axis=0)
    needed = max((100 * row.std() / row.mean() / MOST_ERROR) ** 2 for row in saved)
    yield (
        f"- Plain random draws: {_rounded(needed)} for a standard error of 0.1 %, {_rounded(9 * needed)} for three "
        "standard errors to be 0.1 %."
    )
    gains = {
        (n, figure): (errors["random", n][figure] / errors["sobol", n][figure]) ** 2
        for _, n in errors
        for figure in range(3)
        if n >= FEWEST_COMPARED
    }
    means = [gain for (_, figure), gain in gains.items() if figure == 0]
    others = [gain for (_, figure), gain in gains.items() if figure]
    yield (
        f"- From {FEWEST_COMPARED:,} draws on a Sobol' point is worth {_times(min(means))} to {_times(max(means))} "
        f"random draws for a mean, but {_times(min(others))} to {_times(max(others))} for a percentile or a "
        "probability: evenness gains little where a figure has an edge."
    )


def _rounded(number: float) -> str:
    return f"{float(f'{number:.2g}'):,.0f}"


def _times(ratio: float) -> str:
    return f"{ratio:.1f}" if ratio < 10 else f"{ratio:,.0f}"


# --- start -----------------------------------------------------------------------------------------------------------

_FALLBACK = f"import tco; print(tco.simulate(tco.load({str(CASE)!r})))"


def measure_start(_case: tco.Case, size: Size) -> Lines:
    """Measure `tco simulate` with default settings as a whole process, against one that imports scipy.special."""
    command = Path(sys.executable).with_name("tco")
    known = command.exists() and subprocess.run([command, "simulate", "--help"], capture_output=True).returncode == 0
    whole: list[Any] = [command, "simulate", CASE] if known else [sys.executable, "-c", _FALLBACK]
    commands: dict[str, list[Any]] = {
        "scipy": [sys.executable, "-c", "import scipy.special"],
        "tco": whole,
        "numpy": [sys.executable, "-c", "import numpy"],
        "compare": [command if known else sys.executable, *(["compare", CASE] if known else ["-c", "import tco"])],
    }
    jobs = {name: lambda words=words: _quietly(words) for name, words in commands.items()}
    take_turns(jobs, 1)  # bytecode is written, files are in memory
    rounds = take_turns(jobs, size.starts)
    shown = "tco simulate scenarios/reference.yaml" if known else "python -c 'import tco; tco.simulate(tco.load(...))'"
    labels = {
        "numpy": "`python -c 'import numpy'`",
        "scipy": "`python -c 'import scipy.special'`: the yardstick",
        "compare": "`tco compare scenarios/reference.yaml`" if known else "`python -c 'import tco'`",
        "tco": f"`{shown}`",
    }
    yield "## Start to finish"
    yield ""
    yield f"Whole processes with default settings ({DEFAULT_DRAWS:,} draws); median of {size.starts} rounds."
    yield ""
    yield "| | × on the clock | × in processor time | s |"
    yield "|---|--:|--:|--:|"
    for name, words in labels.items():
        on_clock, used = rounds.ratio(name, "scipy"), rounds.processor_ratio(name, "scipy")
        yield f"| {words} | {on_clock:.2f} | {used:.2f} | {rounds.seconds(name):.2f} |"
    yield ""
    taken = rounds.ratio("tco", "scipy")
    wanted = "`tco simulate` in at most 2.5 times the import of scipy.special (aim: 1.5)"
    yield _verdict(wanted, f"{taken:.2f}", taken <= MOST_START)


def _quietly(words: Sequence[Any]) -> None:
    subprocess.run(words, check=True, capture_output=True, cwd=ROOT)


# --- rivals ----------------------------------------------------------------------------------------------------------


def measure_rivals(case: tco.Case, size: Size) -> Lines:
    """Measure how long others take to draw the same inputs."""
    inputs = uncertain_inputs(case)
    asked = asked_correlations(case, inputs)
    n = size.rival_draws
    jobs: dict[str, Callable[[], Any]] = {"fill": yardstick(n, len(inputs))}
    rows = []
    for method in METHODS:
        sampler = sampler_of(case, n, method=method)
        jobs[method] = lambda sampler=sampler: draw_all(sampler)
        rows.append((f"**tco**, Sampler({method})", "Sobol'" if method == "sobol" else method, True, method))
    missing = []
    for rival in RIVALS:
        try:
            jobs[rival.name] = rival.prepare(inputs, asked, n)
            rows.append((rival.name, rival.points, rival.correlated, rival.name))
        except ImportError as error:
            missing.append(f"- {rival.name}: not installed ({error.name})")
    rounds = take_turns(jobs, max(size.repeats - 2, 3))
    yield "## What others need for the same inputs"
    yield ""
    yield (
        f"{n:,} draws of the {len(inputs)} inputs, nothing computed from them; times NumPy's fill of as many doubles. "
        "A whole simulation stands in the first table."
    )
    yield ""
    yield "| | points | six inputs correlated | × on the clock | × in processor time | ns a draw |"
    yield "|---|---|---|--:|--:|--:|"
    for words, points, correlated, job in rows:
        ratios = f"{rounds.ratio(job, 'fill'):.1f} | {rounds.processor_ratio(job, 'fill'):.1f}"
        both, each = "yes" if correlated else "no", rounds.seconds(job) / n * 1e9
        yield f"| {words} | {points} | {both} | {ratios} | {each:,.0f} |"
    if missing:
        yield ""
        yield from missing


# --- all -------------------------------------------------------------------------------------------------------------

_MEASURES: Mapping[str, Callable[[tco.Case, Size], Lines]] = {
    "memory": measure_memory,
    "time": measure_time,
    "error": measure_error,
    "start": measure_start,
    "rivals": measure_rivals,
}


def _verdict(wanted: str, measured: str, kept: bool) -> str:
    return f"- {'Kept' if kept else '**Missed**'}: {wanted}: {measured}."


def heading(size: Size, command: str) -> Lines:
    """Say what was measured, where and by which command."""
    yield "# Benchmarks of the simulation"
    yield ""
    yield "Measured on `scenarios/reference.yaml`: 3 suppliers, 36 months, 4 failure modes, 60 uncertain inputs, by"
    yield ""
    yield "```sh"
    yield 'pip install -e ".[benchmark]"'
    yield command
    yield "```"
    yield ""
    system = f"{os.cpu_count()} processors, {platform.system()}, Python {platform.python_version()}"
    busy = f" Load average when it began: {os.getloadavg()[0]:.1f}." if hasattr(os, "getloadavg") else ""
    yield f"{system}, NumPy {np.__version__}, SciPy {scipy.__version__}.{busy}"
    yield ""
    yield (
        "All ratios are from one run, in which what is compared took turns; each is the median over rounds of a ratio "
        "formed within the round. Absolute times are those of this machine on this day: read the ratios."
    )


@click.command()
@click.argument("sections", nargs=-1, type=click.Choice(SECTIONS))
@click.option("--quick", is_flag=True, help="Fewer draws, rounds and seeds: minutes become one.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here, as markdown.")
def main(sections: Sequence[str], quick: bool, output: Path | None) -> None:
    """Measure all SECTIONS, or the named ones, and print the tables as markdown."""
    size = QUICK if quick else FULL
    case = tco.load(CASE)
    lines: list[str] = []
    words = ["python benchmarks/simulate.py", *(["--quick"] if quick else []), *sections]
    if output:
        words.append(f"--output {output}")

    def tell(more: Lines) -> None:
        for line in more:
            lines.append(line)
            click.echo(line)

    tell(heading(size, " ".join(words)))
    for name, measure in _MEASURES.items():
        if not sections or name in sections:
            tell(iter([""]))
            tell(measure(case, size))
    if output:
        output.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
