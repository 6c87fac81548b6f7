"""The honest range of an answer: every uncertain input drawn, every option costed in every draw."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from tco.comparison import Line
from tco.distributions import FloatArray
from tco.engine import TOLERANCE
from tco.errors import CaseError, TcoError, Unexpected, UsageError, shown, unknown, whole
from tco.graph import NotFinite
from tco.loader import Case, checked_case
from tco.luck import CHUNK, Luck
from tco.numbers import Manner, literal
from tco.outcomes import DEFAULT_DRAWS, Outcomes, refuse_broken, sampler_for
from tco.progress import Progress, Steps
from tco.results import TOTALS, WITHIN, Provenance, Result
from tco.sampling import METHODS, REPLICATES, Copula, Method, Sampler, spearman
from tco.spread import Histogram, Kept, Spread, Steady, heavy_tails, spread_of, standard_error
from tco.ties import least, ranked, saving
from tco.version import VERSION

MOST_DRAWS = 2**22
"""Draws at which `until` gives up and says so."""
KEPT_BYTES = 64 * 2**20
"""Lines are kept draw by draw while they need no more than this; above it, in histograms."""
WORST_SHARE = 0.05
"""CVaR is the mean of this share of worst draws."""


@dataclass(frozen=True)
class OptionRisk:
    """What one option costs and saves, with its range.

    Parameters
    ----------
    supplier, label : str
        The option's key in the case, and what people call it.
    present_cost : dict of str to Spread
        For each of the three totals [money].
    npv : dict of str to Spread
        Saved against the baseline, for each of the three totals [money].
    base_present_cost, base_npv : dict of str to float
        The base case, every input at its mean, for each of the three totals [money].
    probability_best : float
        Share of draws in which no other option costs less, all in; draws that tie are shared.
    probability_positive : dict of str to float
        Share of draws in which it saves against the baseline, for each of the three totals.
    probability_best_error : float
        Standard error of `probability_best`.
    expected_loss : float
        E[C − min C]: what choosing it costs on average against the option that turns out best [money].
    cvar : float
        Mean NPV of the worst twentieth of draws, all in [money].
    lines : dict of str to Spread
        Present value of each line [money].
    why : tuple of (str, float)
        By how much the mean of each line differs from the base case, the largest difference first; what is within
        some standard errors of the line's mean is chance [money].
    incomplete : tuple of str
        Paths of rates that are unknown: they count as 0 here.
    luck : Luckiness or None
        How its range splits, where luck was asked for.
    """

    supplier: str
    label: str
    present_cost: Mapping[str, Spread]
    npv: Mapping[str, Spread]
    base_present_cost: Mapping[str, float]
    base_npv: Mapping[str, float]
    probability_best: float
    probability_best_error: float
    probability_positive: Mapping[str, float]
    expected_loss: float
    cvar: float
    lines: Mapping[str, Spread]
    why: tuple[tuple[str, float], ...]
    incomplete: tuple[str, ...] = ()
    luck: Luckiness | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        cost, npv = self.present_cost["all_in"], self.npv["all_in"]
        found: dict[str, Any] = {
            "supplier": self.supplier,
            "label": self.label,
            **cost.to_dict(),
            **{f"npv_{key}": value for key, value in npv.to_dict().items()},
            "base": self.base_present_cost["all_in"],
            "npv_base": self.base_npv["all_in"],
            "probability_best": self.probability_best,
            "probability_best_error": self.probability_best_error,
            "probability_positive": self.probability_positive["all_in"],
            "expected_loss": self.expected_loss,
            "cvar": self.cvar,
            "lines": {line: spread.to_dict() for line, spread in self.lines.items()},
            "why_mean_differs_from_base": [
                {"line": line, "difference": amount, "standard_error": self.lines[line].standard_error}
                for line, amount in self.why
            ],
            "incomplete": list(self.incomplete),
            "luck": None if self.luck is None else self.luck.to_dict(),
        }
        for total in TOTALS[:2]:
            found[total] = {
                **self.present_cost[total].to_dict(),
                **{f"npv_{key}": value for key, value in self.npv[total].to_dict().items()},
                "npv_base": self.base_npv[total],
                "probability_positive": self.probability_positive[total],
            }
        return found


@dataclass(frozen=True)
class Luckiness:
    """How an option's range splits into what is not known and what is luck.

    Parameters
    ----------
    sd_known : float
        Standard deviation of present cost from uncertain inputs alone [money].
    sd_luck : float
        Standard deviation that the chance of single orders and failures adds [money].
    npv_sd_known, npv_sd_luck : float
        The same for what it saves against the baseline [money].
    """

    sd_known: float
    sd_luck: float
    npv_sd_known: float
    npv_sd_luck: float

    def to_dict(self) -> dict[str, float]:
        """Give it as plain data, with luck's share of the variance."""
        return {
            "sd_known": self.sd_known,
            "sd_luck": self.sd_luck,
            "share_luck": _share(self.sd_luck, self.sd_known),
            "npv_sd_known": self.npv_sd_known,
            "npv_sd_luck": self.npv_sd_luck,
            "npv_share_luck": _share(self.npv_sd_luck, self.npv_sd_known),
        }


@dataclass(frozen=True)
class Achieved:
    """A rank correlation as asked, as used (after repair) and as the draws have it."""

    first: str
    second: str
    asked: float
    used: float
    achieved: float

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {"between": [self.first, self.second], "asked": self.asked, "used": self.used, "achieved": self.achieved}


@dataclass(frozen=True, repr=False)
class Simulation(Result):
    """All options of a case in many draws of its uncertain inputs.

    Parameters
    ----------
    name, scenario, baseline, currency : str
        Of the case.
    months : int
        The horizon.
    n, seed : int
        Draws made, and what they were made from.
    method : str
        sobol, latin or random.
    suppliers : tuple of OptionRisk
        In the order of the file.
    lines : tuple of Line
        Hard to soft.
    correlations : tuple of Achieved
        Asked and achieved.
    until : float or None
        The precision asked for, as a share of the baseline's present cost.
    warnings : tuple of str
        Doubts about the case and about this run.
    provenance : Provenance
        What this was made from.
    present_costs : array of shape (k, n)
        Present cost of each option in each draw, all in [money].
    predictive : bool
        Whether the luck of single orders and failures is in the draws.
    """

    name: str
    scenario: str
    baseline: str
    currency: str
    months: int
    n: int
    seed: int
    method: Method
    suppliers: tuple[OptionRisk, ...]
    lines: tuple[Line, ...]
    correlations: tuple[Achieved, ...]
    until: float | None
    warnings: tuple[str, ...]
    provenance: Provenance
    present_costs: FloatArray = field(repr=False, compare=False)
    predictive: bool = False

    def supplier(self, name: str) -> OptionRisk:
        """Give one option's figures by its name."""
        found = next((option for option in self.suppliers if option.supplier == name), None)
        if found is None:
            raise unknown("a supplier of the case", name, [option.supplier for option in self.suppliers])
        return found

    @property
    def best(self) -> OptionRisk:
        """The option of the lowest mean present cost, all in; of equal ones the baseline, then the first."""
        means = {option.supplier: option.present_cost["all_in"].mean for option in self.suppliers}
        return self.supplier(ranked(means, self.baseline)[0])

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row an option and figure: present cost, NPV and every line, with its spread."""
        for option in self.suppliers:
            for total in TOTALS:
                yield {"supplier": option.supplier, "figure": f"present_cost {total}"} | option.present_cost[
                    total
                ].to_dict()
                yield {"supplier": option.supplier, "figure": f"npv {total}"} | option.npv[total].to_dict()
            for line, spread in option.lines.items():
                yield {"supplier": option.supplier, "figure": f"line {line}"} | spread.to_dict()

    def to_dict(self) -> dict[str, Any]:
        """Give everything but the draws as plain data, in full precision."""
        return {
            "name": self.name,
            "scenario": self.scenario,
            "baseline": self.baseline,
            "currency": self.currency,
            "horizon_months": self.months,
            "n": self.n,
            "seed": self.seed,
            "sampler": self.method,
            "predictive": self.predictive,
            "best": self.best.supplier,
            "suppliers": [option.to_dict() for option in self.suppliers],
            "correlations": [one.to_dict() for one in self.correlations],
            "until": self.until,
            "warnings": list(self.warnings),
            "provenance": self.provenance.to_dict(),
        }

    def __str__(self) -> str:
        from tco.views import risk

        return risk.text(self)

    def _repr_html_(self) -> str:
        from tco.views import risk

        return risk.html(self)


def simulate(
    case: Case,
    n: int = DEFAULT_DRAWS,
    *,
    seed: int = 0,
    sampler: Method = "sobol",
    predictive: bool = False,
    until: float | str | None = None,
    repair_correlations: bool = False,
    threads: int | None = None,
    draws: str | Path | None = None,
    progress: Progress | None = None,
) -> Simulation:
    """Cost every option of a case in many draws of its uncertain inputs.

    Parameters
    ----------
    case : Case
        From `tco.load` or `tco.from_data`.
    n : int
        Draws, rounded up to a multiple of eight: a run is made of eight independent scramblings.
    seed : int
        Equal seeds give equal draws, bit for bit, whatever the number of threads or the order of options.
    sampler : str
        ``sobol``, ``latin`` or ``random``.
    predictive : bool
        Whether the chance of single orders and failures is added to what is not known.
    until : float or str, optional
        Double the draws until the standard error of every mean NPV is below this share of the baseline's present
        cost, such as 0.001 or ``"0.1%"``, and that of every probability of being best below one point.
    repair_correlations : bool
        Whether impossible correlations are moved to the nearest possible ones.
    threads : int, optional
        How many chunks are computed at a time; by default one a processor.
    draws : str or Path, optional
        File to write every draw to, ending in ``.csv`` or ``.parquet``: inputs, present costs and NPVs, a row a draw.
    progress : callable, optional
        Called with draws done and draws asked for.

    Returns
    -------
    Simulation
        Means, ranges, probabilities and losses, with standard errors.

    Raises
    ------
    CaseError
        Where draws break a joint limit, such as rates that sum to more than 100 %; for impossible correlations.
    TcoError
        For a draw in which a figure is not finite.

    Examples
    --------
    >>> import tco
    >>> result = tco.simulate(tco.load("scenarios/cartridges.yaml"), 1024, seed=1)
    >>> result.best.supplier
    'borealis_box'
    """
    checked_case(case)
    n, seed = whole(n, "a whole number of draws"), whole(seed, "a seed (a whole number)")
    threads = _processors() if threads is None else whole(threads, "a whole number of threads")
    _check_call(n, seed, sampler, threads)
    precision = None if until is None else _precision(until)
    if draws is not None:
        from tco.draws import check_kind, write_draws  # rooms below this one

        check_kind(draws)
    repair = repair_correlations
    run = _Run(case, seed=seed, method=sampler, repair=repair, threads=threads, predictive=predictive)
    result = run.simulate(n, progress) if precision is None else _until(run, n, precision, progress)
    if draws is not None:
        write_draws(case, result, draws)
    return result


def _until(run: _Run, n: int, until: float, progress: Progress | None) -> Simulation:
    """Double the draws of a run until it is precise, or has as many as one may have."""
    while True:
        result = run.simulate(n, progress)
        if _is_precise(result, until) or result.n >= MOST_DRAWS:
            break
        n = 2 * result.n
    missed = () if _is_precise(result, until) else (f"{result.n:,} draws do not reach the precision asked for",)
    return replace(result, until=until, warnings=(*result.warnings, *missed))


@dataclass(frozen=True)
class _Figure:
    """A figure of one option that is summed up: a line, or one of the two smaller totals, as cost or as saving."""

    option: int
    kind: str
    name: str
    step: int


class _Model(Outcomes):
    """A case's graph in draws, and which of its steps are summed up."""

    def __init__(self, case: Case, *, luck: Luck | None = None) -> None:
        super().__init__(case, luck=luck)
        figures: list[_Figure] = []
        for position, steps in enumerate(self.line_steps):
            figures += [
                _Figure(position, "line", line.name, steps[line.name]) for line in self.lines if line.name in steps
            ]
        for position, totals in enumerate(self.total_steps):
            figures += [
                _Figure(position, kind, total, totals[total]) for kind in ("cost", "npv") for total in TOTALS[:2]
            ]
        self.figures = figures
        costs = [totals["all_in"] for totals in self.total_steps]
        self.summed_up = self.program([figure.step for figure in figures] + costs + [step for *_, step in self.limited])

    def base(self) -> dict[str, dict[str, float]]:
        """Give the present value of every line of every option in the base case: one draw, every input at its mean."""
        try:
            values = self.summed_up.run(self.means)
        except NotFinite as error:
            raise NotFinite(error.name, error.arguments, None) from None  # no draw is to blame
        found: dict[str, dict[str, float]] = {name: {} for name in self.names}
        for figure, value in zip(self.figures, values, strict=False):
            if figure.kind == "line":
                found[self.names[figure.option]][figure.name] = float(np.reshape(value, -1)[0])
        return found


class _Tally:
    """What is kept of all draws: present costs in each, other figures in each or as histograms, broken limits."""

    def __init__(self, model: _Model, sampler: Sampler) -> None:
        self.model, self.n, self.chunks = model, sampler.n, sampler.chunks
        self.costs = np.empty((len(model.options), sampler.n))
        self.keep = sampler.n * len(model.figures) * 8 <= KEPT_BYTES
        self.figures: list[Kept | Histogram | Steady] = []
        self.correlated: dict[str, FloatArray] = {}
        self.broken = np.zeros((len(model.limited), sampler.chunks), dtype=np.int64)
        self.first_broken = np.full((len(model.limited), sampler.chunks), -1)
        self._locks = [Lock() for _ in model.figures]

    def prepare(self, values: Sequence[Any]) -> None:
        """Lay out what is kept, from the first chunk's values."""
        base = self.model.baseline
        for figure, value in zip(self.model.figures, self._figure_values(values), strict=True):
            if figure.kind == "npv" and figure.option == base:
                self.figures.append(Steady(0.0))  # against itself
            elif np.size(value) == 1 and self.n > 1:
                self.figures.append(Steady(float(np.reshape(value, -1)[0])))
            else:
                self.figures.append(Kept(self.n) if self.keep else Histogram(self.n, self.chunks, value))

    def add(self, chunk: int, first: int, count: int, values: Sequence[Any]) -> None:
        """Keep the values of one chunk; chunks may be added in any order, and at a time."""
        n_figures, n_options = len(self.model.figures), len(self.model.options)
        for lock, kept, value in zip(self._locks, self.figures, self._figure_values(values), strict=True):
            with lock:
                kept.add(chunk, first, value, count)
        for row, value in enumerate(values[n_figures : n_figures + n_options]):
            self.costs[row, first : first + count] = value
        self.add_limits(chunk, first, count, values[n_figures + n_options :])

    def add_limits(self, chunk: int, first: int, count: int, values: Sequence[Any]) -> None:
        """Count the draws of one chunk that break each joint limit."""
        for row, value in enumerate(values):
            broken = np.broadcast_to(np.reshape(value, -1) > TOLERANCE, (count,))
            if broken.any():
                self.broken[row, chunk] = np.count_nonzero(broken)
                self.first_broken[row, chunk] = first + int(np.argmax(broken))

    def share_positive(self, option: int, total: str) -> float:
        """Give the share of draws in which an option saves against the baseline."""
        if total == "all_in":
            return float((saving(self.costs[self.model.baseline], self.costs[option]) > 0).mean())
        for figure, kept in zip(self.model.figures, self.figures, strict=True):
            if (figure.option, figure.kind, figure.name) == (option, "npv", total):
                return kept.share_above_zero()
        raise KeyError(total)

    def _figure_values(self, values: Sequence[Any]) -> Iterator[Any]:
        """Give each figure's values: savings are formed here, within each draw."""
        base: dict[str, Any] = {}
        for figure, value in zip(self.model.figures, values, strict=False):
            if figure.kind == "cost" and figure.option == self.model.baseline:
                base[figure.name] = value
        for figure, value in zip(self.model.figures, values, strict=False):
            yield saving(base[figure.name], value) if figure.kind == "npv" else value

    def check_limits(self) -> None:
        """Refuse a case whose draws break a joint limit, with the share of draws and the first of them."""
        rows = zip(self.model.limited, self.broken, self.first_broken, strict=True)
        told = [
            (option, words, int(broken.sum()), int(firsts[firsts >= 0].min(initial=self.n)))
            for (option, words, _), broken, firsts in rows
        ]
        refuse_broken(self.model.case, told, self.n)


class _Run:
    """A case's model in draws, ready to be run with any number of them."""

    def __init__(self, case: Case, *, seed: int, method: Method, repair: bool, threads: int, predictive: bool) -> None:
        self.case, self.seed, self.method, self.repair, self.threads = case, seed, method, repair, threads
        self.model = _Model(case)
        self.lucky = _Model(case, luck=Luck(seed)) if predictive else None
        self.base = self.model.base()

    def sampler(self, n: int) -> Sampler:
        """Give the sampler of the case's uncertain inputs."""
        return sampler_for(self.case, n, seed=self.seed, method=self.method, repair=self.repair)

    def simulate(self, n: int, progress: Progress | None) -> Simulation:
        """Draw, cost and sum up."""
        sampler = self.sampler(n)
        steps = Steps(progress, 1 if self.lucky is None else 2)
        known = self._tally(self.model, sampler, steps.part(1))
        known.check_limits()
        if self.lucky is None:
            return _summary(self.case, self.model, known, sampler, self.base)
        realized = self._tally(self.lucky, sampler, steps.part(1))
        result = _summary(self.case, self.lucky, realized, sampler, self.base)
        return replace(result, predictive=True, suppliers=_with_luck(result, known.costs, realized.costs))

    def _tally(self, model: _Model, sampler: Sampler, progress: Progress | None) -> _Tally:
        tally = _Tally(model, sampler)
        try:
            self._fill(sampler, tally, progress)
        except NotFinite as error:
            raise self._refusal(model, sampler, error) from None
        return tally

    def _refusal(self, model: _Model, sampler: Sampler, error: NotFinite) -> TcoError:
        """Name the joint limit that draws break, which is why replacements may not add up; else what is not finite."""
        tally, first = _Tally(model, sampler), 0
        try:
            for chunk in range(sampler.chunks):
                draws = sampler.draws(chunk)
                count = sum(segment.count for segment in sampler.segments(chunk))
                draws[CHUNK] = np.full(count, float(chunk))
                tally.add_limits(chunk, first, count, model.limits.run(draws, first))
                first += count
            tally.check_limits()
        except CaseError as broken:
            return broken
        except NotFinite:
            pass
        return TcoError(str(error))

    def _fill(self, sampler: Sampler, tally: _Tally, progress: Progress | None) -> None:
        """Compute all chunks, several at a time; on an interrupt, start no more of them."""
        counts = [sum(segment.count for segment in sampler.segments(chunk)) for chunk in range(sampler.chunks)]
        firsts = [sum(counts[:chunk]) for chunk in range(sampler.chunks)]

        def compute(chunk: int) -> int:
            draws = sampler.draws(chunk)
            draws[CHUNK] = np.full(counts[chunk], float(chunk))
            values = tally.model.summed_up.run(draws, firsts[chunk])
            if chunk == 0:
                tally.prepare(values)
                tally.correlated = {name: draws[name] for name in sampler.copula.names}
            tally.add(chunk, firsts[chunk], counts[chunk], values)
            return counts[chunk]

        done = compute(0)
        if progress:
            progress(done, sampler.n)
        if sampler.chunks == 1:
            return
        with ThreadPoolExecutor(self.threads) as pool:
            try:
                for finished in as_completed([pool.submit(compute, chunk) for chunk in range(1, sampler.chunks)]):
                    done += finished.result()
                    if progress:
                        progress(done, sampler.n)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def sampler_of(case: Case, result: Simulation) -> Sampler:
    """Give the sampler that a simulation's draws came from; it gives the same ones again."""
    return sampler_for(case, result.n, seed=result.seed, method=result.method, repair=True)


def _summary(
    case: Case, model: _Model, tally: _Tally, sampler: Sampler, base: Mapping[str, Mapping[str, float]]
) -> Simulation:
    replicated = sampler.method != "random"
    best, winners = least(tally.costs)
    ties = winners.sum(axis=0)
    options = []
    for position in range(len(case.options)):
        won = winners[position] / ties
        options.append(_risk(case, model, tally, position, best, won, base, replicated=replicated))
    lines = {figure.name for figure in model.figures if figure.kind == "line"}
    tails = [(option.supplier, option.present_cost["all_in"], option.npv["all_in"]) for option in options]
    return Simulation(
        name=case.name,
        scenario=case.scenario,
        baseline=case.baseline,
        currency=case.currency,
        months=case.timeline.months,
        n=sampler.n,
        seed=sampler.seed,
        method=sampler.method,
        suppliers=tuple(options),
        lines=tuple(line for line in model.lines if line.name in lines),
        correlations=_achieved(tally, sampler.copula),
        until=None,
        warnings=(*case.warnings, *heavy_tails(tails)),
        provenance=Provenance(
            case.name, case.fingerprint, case.scenario, VERSION, sampler.n, sampler.seed, sampler.method
        ),
        present_costs=tally.costs,
    )


def _risk(
    case: Case,
    model: _Model,
    tally: _Tally,
    position: int,
    best: FloatArray,
    won: FloatArray,
    base: Mapping[str, Mapping[str, float]],
    *,
    replicated: bool,
) -> OptionRisk:
    """Sum up one option."""
    option = case.options[position]
    spreads = {
        (figure.kind, figure.name): kept.spread(replicated=replicated)
        for figure, kept in zip(model.figures, tally.figures, strict=True)
        if figure.option == position
    }
    saved = saving(tally.costs[model.baseline], tally.costs[position])
    cost = {total: spreads["cost", total] for total in TOTALS[:2]}
    cost["all_in"] = spread_of(tally.costs[position], replicated=replicated)
    npv = {total: spreads["npv", total] for total in TOTALS[:2]}
    npv["all_in"] = spread_of(saved, replicated=replicated)
    lines = {name: spread for (kind, name), spread in spreads.items() if kind == "line"}
    base_costs = {name: _totals(base[name], model.lines) for name in (option.name, case.baseline)}
    won_by_replicate = won.reshape(REPLICATES, -1).mean(axis=1)
    positive = {total: tally.share_positive(position, total) for total in TOTALS}
    worst = np.partition(saved, max(int(WORST_SHARE * saved.size) - 1, 0))[: max(int(WORST_SHARE * saved.size), 1)]
    differences = {name: spread.mean - base[option.name].get(name, 0.0) for name, spread in lines.items()}
    return OptionRisk(
        supplier=option.name,
        label=option.label,
        present_cost=cost,
        npv=npv,
        base_present_cost=base_costs[option.name],
        base_npv={
            total: float(saving(base_costs[case.baseline][total], base_costs[option.name][total])) for total in TOTALS
        },
        probability_best=float(won.mean()),
        probability_best_error=standard_error(won_by_replicate),
        probability_positive=positive,
        expected_loss=float(saving(tally.costs[position], best).mean()),
        cvar=float(worst.mean()),
        lines=lines,
        incomplete=option.unknown,
        why=tuple(sorted(differences.items(), key=lambda pair: (-abs(pair[1]), pair[0]))),
    )


def _totals(lines: Mapping[str, float], known: Sequence[Line]) -> dict[str, float]:
    return {total: sum(lines.get(line.name, 0.0) for line in known if line.grade in WITHIN[total]) for total in TOTALS}


def _with_luck(result: Simulation, known: FloatArray, realized: FloatArray) -> tuple[OptionRisk, ...]:
    """Add to each option how its range splits: what the inputs alone give, and what luck adds in the same draws."""
    base = [option.supplier for option in result.suppliers].index(result.baseline)
    saved, saved_realized = known[base] - known, realized[base] - realized
    return tuple(
        replace(
            option,
            luck=Luckiness(
                sd_known=float(known[row].std()),
                sd_luck=float((realized[row] - known[row]).std()),
                npv_sd_known=float(saved[row].std()),
                npv_sd_luck=float((saved_realized[row] - saved[row]).std()),
            ),
        )
        for row, option in enumerate(result.suppliers)
    )


def _achieved(tally: _Tally, copula: Copula) -> tuple[Achieved, ...]:
    """Hold the correlations of the first draws against those asked for."""
    if not copula.asked:
        return ()
    achieved = spearman([tally.correlated[name] for name in copula.names])
    found = []
    for one in copula.asked:
        at = copula.names.index(one.first), copula.names.index(one.second)
        found.append(Achieved(one.first, one.second, one.rank, float(copula.ranks[at]), float(achieved[at])))
    return tuple(found)


def _is_precise(result: Simulation, until: float) -> bool:
    wanted = until * result.supplier(result.baseline).present_cost["all_in"].mean
    return all(
        option.npv["all_in"].standard_error <= abs(wanted) and option.probability_best_error <= 0.01
        for option in result.suppliers
    )


def _check_call(n: int, seed: int, sampler: str, threads: int) -> None:
    if not 1 <= n <= 2**32:
        raise UsageError(f"expected a number of draws from 1 to {2**32:,}, found {n}")
    if seed < 0:
        raise UsageError(f"expected a seed of 0 or more, found {seed}")
    if sampler not in METHODS:
        raise UsageError(f"expected the sampler {', '.join(METHODS)}, found '{sampler}'")
    if threads < 1:
        raise UsageError(f"expected at least one thread, found {threads}")


def _precision(until: float | str) -> float:
    """Read how precise means are to be, written as a case file would write it or as a number."""
    try:
        found = literal(until, Manner("share", percent=True))
    except Unexpected:
        found = 0.0
    if not 0 < found < 1:
        raise UsageError(f"expected a precision between 0 and 1, such as 0.1%, found {shown(until)}")
    return found


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _share(luck: float, known: float) -> float:
    total = luck**2 + known**2
    return luck**2 / total if total else 0.0
