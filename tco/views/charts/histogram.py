"""The NPV over all worlds: how often which saving, what share of worlds win, the chance of saving more than any sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tco.distributions import FloatArray
from tco.errors import UsageError
from tco.simulation import OptionRisk, Simulation
from tco.views.charts.sentences import axis_scale, sentence, shown, sums, unit_of, worlds
from tco.views.charts.style import (
    BAD,
    GOOD,
    INK,
    canvas,
    halo,
    headline,
    numbers_on,
    percent_on,
)
from tco.views.charts.taking import expect
from tco.views.risk import chance

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

BINS = 48
_SURE = 1e-9
"""Spread of an NPV, as a share of the largest cost, that is nothing but rounding."""
_OUTERMOST = 0.002
"""Share of worlds at either end that are counted in the outermost bars."""


def npv(result: Simulation, supplier: str = "", *, ax: Axes | None = None) -> Axes:
    """Draw how an option's NPV spreads over worlds, those in which it saves apart, and the chance of saving more.

    Parameters
    ----------
    result : Simulation
        From `tco.simulate`.
    supplier : str
        An option other than the baseline; by default the one of these that is best on the mean.
    ax : Axes, optional
        To draw on; by default those of a new figure. The chance of saving more stands on a second axis at its right.

    Returns
    -------
    Axes
        Those given, or the new ones.

    Examples
    --------
    >>> import tco
    >>> from matplotlib.figure import Figure
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> ax = Figure().subplots()
    >>> tco.chart.npv(case.simulate(512), "borealis", ax=ax) is ax
    True
    """
    from matplotlib.patches import Patch

    expect(result, Simulation)
    option = _option(result, supplier)
    keys = [one.supplier for one in result.suppliers]
    saved = result.present_costs[keys.index(result.baseline)] - result.present_costs[keys.index(option.supplier)]
    spread = option.npv["all_in"]
    is_sure = bool(np.ptp(saved) <= _SURE * (np.abs(result.present_costs).max() or 1.0))
    edges = _edges_around(spread.mean) if is_sure else bin_edges(saved)
    counts = np.histogram(np.clip(saved, edges[0], edges[-1]), edges)[0] / saved.size
    scale, wins = axis_scale(*edges), option.probability_positive["all_in"]
    with canvas(ax) as ax:
        middles, width = (edges[:-1] + edges[1:]) / 2 / scale.divisor, (edges[1] - edges[0]) / scale.divisor
        for good, (colour, hatch) in ((True, GOOD), (False, BAD)):
            part = (edges[:-1] >= 0) == good
            ax.bar(middles[part], counts[part], width, color=colour, hatch=hatch, edgecolor="white", linewidth=0.4)
        handles: list[Artist] = [
            Patch(facecolor=GOOD[0], edgecolor="white", label=f"saves: {chance(wins)}"),
            Patch(facecolor=BAD[0], hatch=BAD[1], edgecolor="white", label=f"costs more: {chance(1 - wins)}"),
        ]
        words = f"{'every world' if is_sure else 'mean'}: {sums(spread.mean, result.currency)}"
        handles.append(ax.axvline(spread.mean / scale.divisor, color=INK, linewidth=1.4, linestyle="--", label=words))
        ax.axvline(0, color=INK, linewidth=0.9)
        handles.append(_exceedance(ax, saved, edges, scale.divisor, is_sure=is_sure))
        ax.set_xlim(edges[0] / scale.divisor, edges[-1] / scale.divisor)
        ax.set_xlabel(f"NPV, {unit_of(result.currency)}{scale.word}")
        ax.set_ylabel("worlds")
        numbers_on(ax.xaxis)
        percent_on(ax.yaxis)
        base = next(one.label for one in result.suppliers if one.supplier == result.baseline)
        clipped = "; outermost bars hold all beyond" if saved.min() < edges[0] or saved.max() > edges[-1] else ""
        about = f"NPV of {option.label} against {base}, all in, {result.months} months{clipped}"
        doubtful = [
            one.label
            for one in result.suppliers
            if one.incomplete and one.supplier in (option.supplier, result.baseline)
        ]
        finding = _sure_finding(result, option) if is_sure else _finding(result, option)
        headline(ax, finding, shown(result.provenance, about, doubtful), handles)
    return ax


def bin_edges(values: FloatArray) -> FloatArray:
    """Give edges of bars of one width, one of the edges at 0 where 0 lies among the values or near them."""
    low, high = (float(end) for end in np.quantile(values, [_OUTERMOST, 1 - _OUTERMOST]))
    span = (high - low) or max(abs(high), 1.0)
    if low > 0 and low < span:
        low = 0.0
    if high < 0 and -high < span:
        high = 0.0
    width = (max(high - low, span)) / BINS
    first, last = int(np.floor(low / width)), int(np.ceil(high / width))
    return np.asarray(width * np.arange(first - 1, last + 2), dtype=np.float64)


def _edges_around(value: float) -> FloatArray:
    """Give edges of bars on an axis from 0 to beyond the one value that there is, which lies in the middle of a bar."""
    width = abs(value) / (BINS // 2 + 0.5) if value else 1 / BINS
    first, last = (-3, BINS // 2 + 4) if value >= 0 else (-BINS // 2 - 4, 3)
    return np.asarray(width * np.arange(first, last + 1), dtype=np.float64)


def _exceedance(ax: Axes, saved: FloatArray, edges: FloatArray, divisor: float, *, is_sure: bool) -> Artist:
    """Draw on an axis at the right in which share of worlds more is saved than each sum."""
    if is_sure:
        points, above = np.array([edges[0], saved[0], saved[0], edges[-1]]), np.array([1.0, 1.0, 0.0, 0.0])
    else:
        points = np.linspace(edges[0], edges[-1], 8 * len(edges))
        above = 1 - np.searchsorted(np.sort(saved), points, side="right") / saved.size
    right = ax.twinx()
    (line,) = right.plot(
        points / divisor, above, color=INK, linewidth=1.8, label="chance of saving more (right)", path_effects=halo()
    )
    right.set_ylim(0, 1.02)
    right.set_ylabel("worlds that save more")
    right.spines["right"].set_visible(True)
    percent_on(right.yaxis)
    return line


def _option(result: Simulation, supplier: str) -> OptionRisk:
    others = [one for one in result.suppliers if one.supplier != result.baseline]
    asked = [one for one in others if one.supplier == supplier] if supplier else others
    if not asked:
        names = ", ".join(one.supplier for one in others) or "none"
        raise UsageError(f"expected an option other than the baseline ({names}), found '{supplier}'")
    return min(asked, key=lambda one: one.present_cost["all_in"].mean)


def _finding(result: Simulation, option: OptionRisk) -> str:
    spread, wins = option.npv["all_in"], option.probability_positive["all_in"]
    ends = f"{sums(spread.p5, result.currency)} to {sums(spread.p95, result.currency)}"
    if spread.p5 == spread.p95:
        ends = sums(spread.mean, result.currency)
    words = f"{sentence(option.label)} saves in {worlds(wins)}: {sums(spread.mean, result.currency)} on average"
    return f"{words}, 9 worlds in 10 {'between' if ' to ' in ends else 'at'} {ends.replace(' to ', ' and ')}"


def _sure_finding(result: Simulation, option: OptionRisk) -> str:
    """Say what is the same in every world."""
    amount = option.npv["all_in"].mean
    size = sums(abs(amount), result.currency)
    words = f"saves {size}" if amount > 0 else f"costs {size} more" if amount < 0 else "costs as much"
    return f"{sentence(option.label)} {words} in every world: nothing uncertain moves it"
