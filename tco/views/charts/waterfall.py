"""The bridge: from the baseline's cost a unit to an option's, line by line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tco.comparison import Comparison, OptionCost
from tco.errors import UsageError
from tco.views.charts.sentences import agreement, each, form_beside, plain, sentence, shown, signed_each, unit_of
from tco.views.charts.stacks import challenger, unknown
from tco.views.charts.style import (
    BAD,
    GOOD,
    INK,
    MUTED,
    PLAIN,
    SMALL,
    canvas,
    headline,
    numbers_on,
    told_apart,
)
from tco.views.charts.taking import expect

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_STEPS = 10
_SMALL = 0.01
"""Share of all changes together below which a line is taken together with others."""
_FAR = 0.5
"""Where all columns end within this share of the lowest one, the axis does not begin at 0."""
_ROOM = 165.0
"""Width of the names at the left [point]."""


@dataclass(frozen=True)
class _Step:
    """A line that moves the cost a unit, and by how much."""

    name: str
    change: float


def bridge(result: Comparison, supplier: str = "", *, wins: float | None = None, ax: Axes | None = None) -> Axes:
    """Draw how the baseline's cost a unit becomes an option's: a step a line that differs, from hard to soft.

    Parameters
    ----------
    result : Comparison
        From `tco.compare`.
    supplier : str
        An option other than the baseline; by default the one of these that costs least.
    wins : float, optional
        Share of worlds in which it saves, as a simulation tells, for the title.
    ax : Axes, optional
        To draw on; by default those of a new figure.

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
    >>> tco.chart.bridge(case.compare(), "borealis", ax=ax) is ax
    True
    """
    expect(result, Comparison)
    base, option = result.supplier(result.baseline), _option(result, supplier)
    steps = _steps(result, base, option)
    with canvas(ax, 2.0 + 0.36 * (len(steps) + 2)) as ax:
        _bars(ax, result, base, option, steps)
        labels = [sentence(base.label), *(step.name for step in steps), sentence(option.label)]
        ax.set_yticks(range(len(labels)), told_apart(labels, _ROOM, PLAIN, lines=2), size=PLAIN)
        for label in (ax.get_yticklabels()[0], ax.get_yticklabels()[-1]):
            label.set_fontweight("bold")
        ax.tick_params(axis="y", length=0)
        ax.set_ylim(len(labels) - 0.4, -0.6)
        ax.grid(axis="x")
        about = f"cost of a planned unit, line by line, hard to soft, {result.months} months"
        subtitle = shown(result.provenance, about, unknown([base, option]))
        headline(ax, _finding(result, base, option, wins), subtitle)
    return ax


def _option(result: Comparison, supplier: str) -> OptionCost:
    others = [one for one in result.suppliers if one.supplier != result.baseline]
    found = next((one for one in others if one.supplier == supplier), None if supplier else challenger(result))
    if found is None:
        names = ", ".join(one.supplier for one in others) or "none"
        raise UsageError(f"expected an option other than the baseline ({names}), found '{supplier}'")
    return found


def _steps(result: Comparison, base: OptionCost, option: OptionCost) -> list[_Step]:
    """Give the lines that move the cost, hard to soft, and what is left of small ones as a last step."""
    units = result.planned.discounted_units
    changes = {x.name: (option.lines.get(x.name, 0.0) - base.lines.get(x.name, 0.0)) / units for x in result.lines}
    moving = {name: change for name, change in changes.items() if change}
    least = _SMALL * sum(map(abs, moving.values()))
    largest = sorted(moving, key=lambda name: -abs(moving[name]))
    kept = [name for name in largest[:MOST_STEPS] if abs(moving[name]) >= least]
    small = [name for name in moving if name not in kept]
    if len(small) == 1:
        kept, small = [*kept, *small], []
    grades = {line.name: line.grade for line in result.lines}
    steps = [_Step(_named(name, grades[name]), moving[name]) for name in moving if name in kept]
    if small:
        steps.append(_Step(f"{len(small)} small lines", sum(moving[name] for name in small)))
    return steps


def _named(name: str, grade: str) -> str:
    return plain(name) if grade == "hard" else f"{plain(name)} ({grade})"


def _bars(ax: Axes, result: Comparison, base: OptionCost, option: OptionCost, steps: list[_Step]) -> None:
    """Draw the two costs as whole bars, and each step from where the one before it ends."""
    ends = [base.cost_per_unit]
    for step in steps:
        ends.append(ends[-1] + step.change)
    low, high = min(*ends, option.cost_per_unit), max(*ends, option.cost_per_unit)
    start = _axis_start(low, high)
    span = (high - start) or 1.0
    ax.set_xlim(start, high + 0.14 * span)
    unit = f"{unit_of(result.currency)}{form_beside(high).word} a unit"
    ax.set_xlabel(f"{unit} (the axis does not begin at 0)" if start > 0 else unit)
    numbers_on(ax.xaxis, divisor=form_beside(high).divisor)
    if start < 0:
        ax.axvline(0, color=INK, linewidth=0.9)
    form = form_beside(max((abs(step.change) for step in steps), default=0.0))
    whole = replace(form_beside(high), decimals=max(form_beside(high).decimals, 0 if form.word else form.decimals))
    for row, total in ((0, base.cost_per_unit), (len(steps) + 1, option.cost_per_unit)):
        ax.barh(row, total, 0.66, color=MUTED)
        _write(ax, each(total, result.currency, form=whole), max(total, 0.0), row, bold=True)
        if start > 0:
            ax.annotate(
                "//", (start, row), (9, 0), textcoords="offset points", va="center", color="white", weight="bold"
            )
    for row, step in enumerate(steps, start=1):
        colour, hatch = GOOD if step.change < 0 else BAD
        ax.barh(row, step.change, 0.66, left=ends[row - 1], color=colour, hatch=hatch, edgecolor="white", linewidth=0)
        _write(ax, signed_each(step.change, result.currency, form=form), max(ends[row - 1 : row + 1]), row, bold=False)
    for row, end in enumerate(ends):
        ax.plot([end, end], [row - 0.33, row + 1.33], color=MUTED, linewidth=0.7)


def _axis_start(low: float, high: float) -> float:
    """Give where the axis begins: at 0, unless that would leave the steps too small to be seen."""
    if low <= 0:
        return low - 0.05 * (high - low)
    return max(low - 0.5 * (high - low), 0.0) if 0 < high - low < _FAR * low else 0.0


def _write(ax: Axes, words: str, end: float, row: float, *, bold: bool) -> None:
    weight, size = ("bold", PLAIN) if bold else ("normal", SMALL + 0.5)
    ax.annotate(words, (end, row), (4, 0), textcoords="offset points", va="center", weight=weight, size=size)


def _finding(result: Comparison, base: OptionCost, option: OptionCost, wins: float | None) -> str:
    saved = base.cost_per_unit - option.cost_per_unit
    if not saved:
        return f"{sentence(option.label)} costs as much as {base.label}"
    words = (
        f"saves {each(saved, result.currency)} a unit" if saved > 0 else f"costs {each(-saved, result.currency)} more"
    )
    words = f"{sentence(option.label)} {words}{'' if saved > 0 else ' a unit'} {'against' if saved > 0 else 'than'}"
    agree = "" if wins is None else f"; {agreement(saved > 0, wins)}"
    return f"{words} {base.label}{agree}"
