"""Which inputs matter, the most important on top: tornado, Sobol' indices, the value of knowing each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tco.analyses.figure import OUTPUTS
from tco.analyses.sensitivities import Sensitivity
from tco.analyses.tornado import HIGH, LOW, Bar, Tornado
from tco.analyses.value_of_information import Information, Known
from tco.analyses.variance import STUDENT, SobolIndex
from tco.views.charts.sentences import (
    apart,
    axis_scale,
    form_beside,
    plain,
    sentence,
    shortened,
    shown,
    signed_sums,
    sums,
    symbol,
    unit_of,
)
from tco.views.charts.style import (
    BLUE,
    GOOD,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PLAIN,
    PURPLE,
    SKY,
    SMALL,
    VERMILLION,
    Look,
    canvas,
    headline,
    inputs_named,
    laid_out,
    numbers_on,
    percent_on,
    root,
    width_of,
)
from tco.views.charts.taking import expect
from tco.views.figures import EACH, value
from tco.views.table import short

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_BARS = 10
_ROOM = 215.0
"""Width of the names at the left [point]."""
_ASIDE = 5.0
"""Room at either side of what is written beside a bar [point]."""
_ROUNDS = 12
"""How often room is made for words that need more of it as the axis grows."""
_NARROW = 0.01
"""Share of the widest swing below which an input gets no bar."""
_LONGEST = 190
"""Letters of a finding that a title has room for."""
_LEGS = (
    (BLUE, "-", "o"),
    (VERMILLION, "--", "s"),
    (GREEN, "-.", "^"),
    (PURPLE, ":", "D"),
    (ORANGE, "-", "v"),
    (INK, "--", "x"),
)
"""How the lines of a spider look: told apart without colour too."""
_SPEAKING = 0.005
"""Share of the variance, or of the largest value, below which an input gets no bar."""


@dataclass(frozen=True)
class _Moved:
    """An input that is moved alone, as it is drawn."""

    path: str
    label: str
    kind: str
    unit: str
    bar: Bar


def tornado(
    result: Tornado | Sensitivity, *, currencies: Mapping[str, str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw how far each input alone moves an option's figure, the widest swing on top.

    Parameters
    ----------
    result : Tornado or Sensitivity
        From `tornado` or `sensitivity`.
    currencies : dict of str to str, optional
        Of inputs that are stated in another currency than the case's, by their paths.
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
    >>> tco.chart.tornado(case.sensitivity("borealis", n=64, draws=512), ax=ax) is ax
    True
    """
    from matplotlib.patches import Patch

    expect(result, Tornado, Sensitivity)
    moving = [one for one in _moved(result) if one.bar.swing > 0]
    bars = [one for one in moving if one.bar.swing >= _NARROW * moving[0].bar.swing][:MOST_BARS]
    ends = [end for one in bars for end in (one.bar.low, one.bar.high)] + [result.base]
    scale = axis_scale(*ends)
    with canvas(ax, _height(bars)) as ax:
        written = []
        for row, one in enumerate(bars):
            currency = (currencies or {}).get(one.path, result.currency)
            written += _swing(ax, row, one, (result.base, scale.divisor), currency)
        ax.axvline(result.base / scale.divisor, color=INK, linewidth=1.2)
        if min(ends) < 0 < max(ends):
            ax.axvline(0, color=INK, linewidth=0.9, linestyle=(0, (1, 1)))
        _names_beside(ax, [_named(one.label) for one in bars])
        _room_for(ax, written, sorted((min(ends) / scale.divisor, max(ends) / scale.divisor)))
        if not bars:
            _still(ax, f"{sums(result.base, result.currency)}, whatever the inputs are")
        name = OUTPUTS[result.output][1]
        ax.set_xlabel(f"{name}, {unit_of(result.currency)}{scale.word}")
        ax.grid(axis="x")
        numbers_on(ax.xaxis)
        low, high = (f"input at its {100 * share:g} % point" for share in (result.low, result.high))
        handles = [
            Patch(facecolor=SKY, hatch="///", edgecolor="white", label=low),
            Patch(facecolor=BLUE, edgecolor="white", label=high),
        ][: 2 * len(bars)]
        left = f"; {len(moving) - len(bars)} smaller swings left out" if len(moving) > len(bars) else ""
        about = f"one input at a time, the others at their means{left}"
        headline(ax, brief_swing_words(result, _LONGEST), shown(replace(result.provenance, n=None), about), handles)
    return ax


def _moved(result: Tornado | Sensitivity) -> list[_Moved]:
    if isinstance(result, Tornado):
        return [
            _Moved(bar.path, result.labels[bar.path], result.kinds[bar.path], result.units[bar.path], bar)
            for bar in result.bars
        ]
    return [_Moved(one.path, one.label, one.kind, one.unit, one.bar) for one in result.inputs]


def _swing(ax: Axes, row: int, one: _Moved, place_of: tuple[float, float], currency: str) -> list[tuple[float, float]]:
    """Draw the two sides of one input's bar around the base case, and the input's values at its ends.

    Returns where each of these begins, and how wide it is, below 0 to the left [point].
    """
    base, divisor = place_of
    sides = [(one.bar.low, SKY, "///", one.bar.from_value), (one.bar.high, BLUE, "", one.bar.to_value)]
    for end, colour, hatch, _ in sorted(sides, key=lambda side: -abs(side[0] - base)):
        look: Look = {"color": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0}
        ax.barh(row, (end - base) / divisor, 0.66, left=base / divisor, **look)
    written = []
    for (end, _, _, at), other in zip(sides, (one.bar.high, one.bar.low), strict=True):
        right = end > other
        place = (max(end, base) if right else min(end, base)) / divisor
        aside: Look = {"ha": "left" if right else "right", "va": "center", "size": SMALL}
        words = _valued(at, one, currency)
        ax.annotate(words, (place, row), (4 if right else -4, 0), textcoords="offset points", **aside)
        written.append((place, (1 if right else -1) * (width_of(words, SMALL) + 2 * _ASIDE)))
    return written


def _room_for(ax: Axes, written: Sequence[tuple[float, float]], ends: Sequence[float]) -> None:
    """Let the axis reach as far as what is written beside the bars, so that it never stands on their names."""
    low, high = ends
    margin = 0.02 * (high - low) or 0.5 * abs(high) or 1.0
    low, high = low - margin, high + margin
    first, last = low, high
    laid_out(root(ax))
    room = ax.get_window_extent().width * 72 / root(ax).dpi
    for _ in range(_ROUNDS):
        point = (high - low) / room
        reached = [place + width * point for place, width in written]
        low, high = min(first, *reached, first), max(last, *reached, last)
    ax.set_xlim(low, high)


def _still(ax: Axes, words: str) -> None:
    """Say in the middle of axes that nothing varies on them, and leave out what would only be empty."""
    box: Look = {"facecolor": "white", "edgecolor": MUTED, "boxstyle": "round,pad=0.6"}
    look: Look = {"ha": "center", "va": "center", "size": PLAIN, "bbox": box, "transform": ax.transAxes}
    ax.text(0.5, 0.5, words, **look)
    ax.set_yticks([])


def _valued(amount: float, one: _Moved, currency: str) -> str:
    """Write an input's value with its unit: £4.10, ¥2.04bn, 62 days, 2 %; what is large with the digits that differ."""
    written = value(amount, one.kind, one.unit)
    if one.kind in ("share", "rate"):
        return written
    if abs(amount) >= EACH:
        both = apart(one.bar.from_value, one.bar.to_value) if abs(one.bar.from_value) >= EACH else None
        form = both or form_beside(amount)
        written = f"{form.plain(amount)}{form.letters}"
    if one.unit == "1" or one.unit.startswith("1/"):
        return written
    first = one.unit.split("/")[0]
    return f"{symbol(currency)}{written}" if first == "money" else f"{written} {first}{'' if amount == 1 else 's'}"


def brief_swing_words(result: Tornado | Sensitivity, most: int) -> str:
    """Say which input moves a figure most, and how many turn the answer; names are cut, never what an input is."""
    tried = []
    for longest in (1000, 60, 44, 34, 26, 18):
        inputs = [replace(one, label=shortened(one.label, 2 * longest)) for one in _moved(result)]
        tried.append(_swing_words(result, short(result.label, longest), inputs))
    return next((words for words in tried if len(words) <= most), tried[-1])


def _swing_words(result: Tornado | Sensitivity, called: str, inputs: Sequence[_Moved]) -> str:
    """Say it, the option called so."""
    moving = [one for one in inputs if one.bar.swing > 0]
    label, name = sentence(called), OUTPUTS[result.output][1]
    if not moving:
        return f"No uncertain input moves the {name} of {called}"
    flipping = sum(1 for one in moving if one.bar.low * one.bar.high < 0)
    top = moving[0]
    ends = sorted((top.bar.low, top.bar.high))
    most = f"the widest swing, {_from_to(ends, result.currency)}, is that of {_quoted(top.label)}"
    if result.output == "cost":
        return (
            f"{label}: {_quoted(top.label)} alone moves the {name} by {sums(top.bar.swing, result.currency)}, the most"
        )
    if not flipping:
        return f"No input alone turns the answer on {sentence(called)}; {most}"
    turning = "1 input alone turns" if flipping == 1 else f"{flipping} inputs, each alone, turn"
    return f"{turning} the answer on {sentence(called)}; {most}"


def _quoted(label: str) -> str:
    return f"‘{_named(label)}’"


def _named(label: str) -> str:
    return sentence(plain(label))


def _from_to(ends: Sequence[float], currency: str) -> str:
    return f"{sums(ends[0], currency)} to {sums(ends[1], currency)}"


def spider(result: Tornado | Sensitivity, *, ax: Axes | None = None) -> Axes:
    """Draw an option's figure along each input's range, the others at their means, with mid-point elasticities.

    Parameters
    ----------
    result : Tornado or Sensitivity
        From `tornado` or `sensitivity`; the inputs of the widest swings are drawn.
    ax : Axes, optional
        To draw on; by default those of a new figure.

    Examples
    --------
    >>> import tco
    >>> from matplotlib.figure import Figure
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> ax = Figure().subplots()
    >>> tco.chart.spider(case.tornado("borealis"), ax=ax) is ax
    True
    """
    expect(result, Tornado, Sensitivity)
    lines = [one for one in _moved(result) if one.bar.swing > 0][: len(_LEGS)]
    scale = axis_scale(result.base, *(point for one in lines for _, point in one.bar.spider))
    name = OUTPUTS[result.output][1]
    with canvas(ax, 6.0) as ax:
        handles = [
            _leg(ax, one, look, (scale.divisor, result.currency)) for one, look in zip(lines, _LEGS, strict=False)
        ]
        ax.axhline(result.base / scale.divisor, color=INK, linewidth=0.9, zorder=0)
        ax.set_xlabel("percentile of each input, or place in its stated range")
        ax.set_ylabel(f"{name}, {unit_of(result.currency)}{scale.word}")
        percent_on(ax.xaxis)
        numbers_on(ax.yaxis)
        ax.grid(axis="y")
        if not lines:
            _still(ax, f"{sums(result.base, result.currency)}, whatever the inputs are")
        about = "one input at a time, the others at their means; how far the figure moves for 1 % of the input"
        headline(ax, _leg_words(result, lines), shown(replace(result.provenance, n=None), about), handles)
    return ax


def _leg(ax: Axes, one: _Moved, look: tuple[str, str, str], money_of: tuple[float, str]) -> Any:
    """Draw one input's line."""
    colour, dash, marker = look
    divisor, currency = money_of
    points = [point / divisor for _, point in one.bar.spider]
    shares = [LOW + (HIGH - LOW) * place / (len(points) - 1) for place in range(len(points))]
    one_percent = one.bar.one_percent
    if one.bar.elasticity is not None:
        moved = f" ({_elastic(one.bar.elasticity)} for 1 %)"
    else:
        moved = "" if one_percent is None else f" ({signed_sums(one_percent, currency)} for 1 %)"
    drawn: Look = {"color": colour, "linestyle": dash, "marker": marker, "linewidth": 1.8, "markersize": 5}
    return ax.plot(shares, points, label=f"{shortened(_named(one.label), 54)}{moved}", **drawn)[0]


def _leg_words(result: Tornado | Sensitivity, lines: Sequence[_Moved]) -> str:
    """Say for which input, of those drawn, one per cent moves the figure most, in money: that has no change of sign."""
    moved = [(one.bar.one_percent, one) for one in lines if one.bar.one_percent is not None]
    name, label = OUTPUTS[result.output][1], sentence(result.label)
    if not lines:
        return f"No uncertain input moves the {name} of {result.label}"
    if not moved:
        return f"Every input that moves the {name} of {label} most changes its sign, so that 1 % of it means nothing"
    amount, top = max(moved, key=lambda pair: abs(pair[0]))
    share = "" if top.bar.elasticity is None else f" ({_elastic(top.bar.elasticity)})"
    which = _quoted(shortened(top.label, 70))
    return f"1 % more of {which} moves the {name} of {label} most: by {signed_sums(amount, result.currency)}{share}"


def _elastic(share: float) -> str:
    return f"{share:+.2f} %".replace("-", "\N{MINUS SIGN}")


def sobol(result: Sensitivity, *, ax: Axes | None = None) -> Axes:
    """Draw each input's share of the variance: alone, and with what it does together with others; see `tornado`.

    Whiskers are 95 % confidence intervals; correlated inputs, which share variance, have one bar.

    Examples
    --------
    >>> import tco
    >>> from matplotlib.figure import Figure
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> ax = Figure().subplots()
    >>> tco.chart.sobol(case.sensitivity("borealis", n=64, draws=512), ax=ax) is ax
    True
    """
    expect(result, Sensitivity)
    indices = _indices(result)
    bars = [pair for pair in indices if pair[1].total_order >= _SPEAKING][:MOST_BARS]
    with canvas(ax, _height(bars)) as ax:
        handles: list[Any] = []
        for row, (_, one) in enumerate(bars):
            pair = _shares(ax, row, one)
            handles = handles or pair
        low = min((one.first_order - STUDENT * one.first_order_error for _, one in bars), default=0.0)
        high = max((one.total_order + STUDENT * one.total_order_error for _, one in bars), default=1.0)
        ax.set_xlim(min(low, 0.0), 1.04 * high)
        _names_beside(ax, [_named(name) for name, _ in bars])
        ax.set_xlabel(f"share of the variance of the {OUTPUTS[result.output][1]}")
        ax.grid(axis="x")
        percent_on(ax.xaxis)
        if not bars:
            _still(ax, f"no variance to share: the {OUTPUTS[result.output][1]} is the same in every world")
        left = len(indices) - len(bars)
        about = (
            f"Sobol' indices of {result.label}, {result.runs:,} runs{f'; {left} with less left out' if left else ''}"
        )
        headline(ax, _share_words(result, bars), shown(result.provenance, about), handles)
    return ax


def _shares(ax: Axes, row: int, one: SobolIndex) -> list[Any]:
    """Draw an input's two bars with their whiskers."""
    pairs = (
        (row - 0.19, one.first_order, one.first_order_error, BLUE, "", "alone"),
        (row + 0.19, one.total_order, one.total_order_error, SKY, "///", "together with other inputs"),
    )
    drawn = []
    for place, share, error, colour, hatch, words in pairs:
        look: Look = {"color": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0, "label": words}
        whiskers: Look = {"ecolor": INK, "capsize": 2.5, "elinewidth": 1.0}
        drawn.append(ax.barh(place, share, 0.36, xerr=STUDENT * error, error_kw=whiskers, **look))
    return drawn


def _indices(result: Sensitivity) -> list[tuple[str, SobolIndex]]:
    """Give every index with its name, correlated inputs once, the largest total first."""
    found = [(one.label, one.index) for one in result.inputs if one.index is not None]
    blocks = {one.block for one in result.inputs if one.block}
    for group in result.groups:
        if group.name in blocks:
            labels = [one.label.split(": ")[0] for one in result.inputs if one.path in group.paths]
            found.append((f"correlated: {' + '.join(labels)}", group))
    return sorted(found, key=lambda pair: -pair[1].total_order)


def _share_words(result: Sensitivity, bars: Sequence[tuple[str, SobolIndex]]) -> str:
    if not bars:
        return f"No uncertain input moves the {OUTPUTS[result.output][1]} of {result.label}"
    name, index = bars[0]
    whose = sentence(result.label)
    return f"{_percent(index.total_order)} of the uncertainty about {whose} comes from {_quoted(name)}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def evppi(result: Information, *, ax: Axes | None = None) -> Axes:
    """Draw what it would be worth to know each input before choosing, under the worth of knowing all; see `tornado`.

    Whiskers are two standard errors.

    Examples
    --------
    >>> import tco
    >>> from matplotlib.figure import Figure
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> ax = Figure().subplots()
    >>> tco.chart.evppi(case.information(n=512, units=[100]), ax=ax) is ax
    True
    """
    expect(result, Information)
    worth = [one for one in result.inputs if one.worth > max(_SPEAKING * result.evpi, 2 * one.standard_error)]
    bars: list[Known] = worth[:MOST_BARS]
    scale = axis_scale(result.evpi)
    values = [(result.evpi, result.evpi_error), *((one.worth, one.standard_error) for one in bars)]
    with canvas(ax, _height(values)) as ax:
        for row, (value, error) in enumerate(values):
            colour, hatch = (MUTED, "///") if row == 0 else GOOD
            bar_look: Look = {"color": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0}
            ax.barh(row, value / scale.divisor, 0.66, **bar_look)
            ends = [max(value - 2 * error, 0) / scale.divisor, (value + 2 * error) / scale.divisor]
            ax.plot(ends, [row, row], color=INK, linewidth=1.0, marker="|", markersize=5)
            look: Look = {"va": "center", "size": SMALL + 0.5}
            place = (ends[1], row)
            ax.annotate(sums(value, result.currency), place, (5, 0), textcoords="offset points", **look)
        largest = max(value + 2 * error for value, error in values) / scale.divisor
        ax.set_xlim(0, 1.16 * largest if largest else 1.0)
        _names_beside(ax, ["everything (EVPI)", *(_named(one.label) for one in bars)])
        ax.set_xlabel(f"worth of knowing it before choosing, {unit_of(result.currency)}{scale.word}")
        ax.grid(axis="x")
        numbers_on(ax.xaxis)
        left = len(result.inputs) - len(bars)
        about = (
            f"value of perfect information (EVPPI){f'; {left} inputs worth next to nothing left out' if left else ''}"
        )
        headline(ax, _worth_words(result, bars), shown(result.provenance, about))
    return ax


def _worth_words(result: Information, bars: Sequence[Known]) -> str:
    best = sentence(result.labels[result.best])
    if result.evpi <= 0:
        return f"Nothing that is not known could change the choice of {best}"
    everything = f"knowing everything is worth {sums(result.evpi, result.currency)}"
    if not bars:
        return f"No single input is worth a study: {everything}, each alone next to nothing"
    return f"{sentence(everything)}; {_quoted(bars[0].label)} alone {sums(bars[0].worth, result.currency)}"


def _height(bars: Sequence[object]) -> float:
    return 2.2 + 0.44 * max(len(bars), 1)


def _names_beside(ax: Axes, names: Sequence[str]) -> None:
    """Write the names of bars at their left, the first on top."""
    ax.set_yticks(range(len(names)), inputs_named(names, _ROOM, PLAIN - 0.5, lines=2), size=PLAIN - 0.5)
    ax.set_ylim(max(len(names), 1) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
