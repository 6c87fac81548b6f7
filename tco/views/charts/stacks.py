"""Options side by side in columns: cost a unit by line, by journey stage, by failure mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tco.case import STAGES
from tco.comparison import Comparison, OptionCost
from tco.quantity import GRADES
from tco.views.charts.sentences import each, form_beside, plain, sentence, shown, unit_of
from tco.views.charts.style import (
    INK,
    KINDS,
    MUTED,
    PALE,
    PLAIN,
    SMALL,
    WIDTH,
    Look,
    canvas,
    headline,
    ink_on,
    laid_out,
    legend_beside,
    numbers_on,
    ramp,
    root,
    told_apart,
    wrapped,
)
from tco.views.charts.taking import expect

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

MOST_LINES = 9
"""Layers of a column; the smaller lines of a grade are taken together."""
MOST_KINDS = 7
_FEW = 4
"""Options that a chart of the usual width has room for."""
_WIDER = 1.15
"""Width that every further option adds [inch]."""
_TALL = 0.055
"""Share of the axis from which a layer has room for its amount."""
_ACROSS = 0.72
"""Width of a column, where the next one is 1 away."""


@dataclass(frozen=True)
class _Layer:
    """One layer of all columns: its name, colour and hatch, and its amount in each option."""

    name: str
    colour: str
    hatch: str
    amounts: tuple[float, ...]


def cost(result: Comparison, *, ax: Axes | None = None) -> Axes:
    """Draw the cost a unit of every option by line, stacked from hard to soft, credits below zero.

    Parameters
    ----------
    result : Comparison
        From `tco.compare`.
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
    >>> tco.chart.cost(case.compare(), ax=ax) is ax
    True
    """
    expect(result, Comparison)
    layers = _line_layers(result)
    return _columns(result, layers, _cheapest_words(result), "cost of a planned unit by line, hard to soft", ax)


def stages(result: Comparison, *, ax: Axes | None = None) -> Axes:
    """Draw what failures cost a unit at each stage of the journey, for every option; see `cost`.

    Examples
    --------
    >>> import tco
    >>> from matplotlib.figure import Figure
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> ax = Figure().subplots()
    >>> tco.chart.stages(case.compare(), ax=ax) is ax
    True
    """
    expect(result, Comparison)
    known = [stage for stage in STAGES if any(stage in option.by_stage for option in result.suppliers)]
    layers = _kind_layers(result, known, [option.by_stage for option in result.suppliers])
    about = "cost of failures, service and lost customers a planned unit, by journey stage"
    return _columns(result, layers, _failures_words(result, layers, "in {}"), about, ax)


def modes(result: Comparison, *, ax: Axes | None = None) -> Axes:
    """Draw what each failure mode costs a unit, for every option; see `cost`.

    Examples
    --------
    >>> import tco
    >>> from matplotlib.figure import Figure
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> ax = Figure().subplots()
    >>> tco.chart.modes(case.compare(), ax=ax) is ax
    True
    """
    expect(result, Comparison)
    known = list(dict.fromkeys(mode for option in result.suppliers for mode in option.by_mode))
    layers = _kind_layers(result, known, [option.by_mode for option in result.suppliers])
    about = "cost of failures, service and lost customers a planned unit, by failure mode"
    return _columns(result, layers, _failures_words(result, layers, "‘{}’"), about, ax)


def challenger(result: Comparison) -> OptionCost | None:
    """Give the option besides the baseline that costs least; None where there is no other."""
    others = [option for option in result.suppliers if option.supplier != result.baseline]
    return min(others, key=lambda option: option.present_cost) if others else None


def unknown(options: Sequence[OptionCost]) -> list[str]:
    """Name the options of which a rate is unknown."""
    return [option.label for option in options if option.incomplete]


def _line_layers(result: Comparison) -> list[_Layer]:
    """Give the largest lines, and the others of each grade taken together, from hard to soft."""
    units = result.planned.discounted_units
    amounts = {x.name: [o.lines.get(x.name, 0.0) / units for o in result.suppliers] for x in result.lines}
    largest = sorted(amounts, key=lambda name: -max(map(abs, amounts[name])))
    kept = set(largest if len(largest) <= MOST_LINES else largest[: MOST_LINES - len(GRADES) + 1])
    layers: list[_Layer] = []
    for grade in GRADES:
        lines = [line.name for line in result.lines if line.grade == grade]
        small = [name for name in lines if name not in kept]
        if len(small) == 1:
            kept.update(small)
        named = {plain(name): amounts[name] for name in lines if name in kept}
        if len(small) > 1:
            other = "" if len(small) == len(lines) else "other "
            named[f"{len(small)} {other}{grade} lines"] = _added([amounts[name] for name in small])
        styles = ramp(grade, len(named))
        mark = "" if grade == "hard" else f" ({grade})"
        layers += [
            _Layer(name if name.endswith("lines") else name + mark, *look, tuple(values))
            for (name, values), look in zip(named.items(), styles, strict=True)
        ]
    return layers


def _kind_layers(result: Comparison, known: Sequence[str], found: Sequence[Mapping[str, float]]) -> list[_Layer]:
    units = result.planned.discounted_units
    amounts = {name: [one.get(name, 0.0) / units for one in found] for name in known}
    largest = sorted(amounts, key=lambda name: -max(map(abs, amounts[name])))
    kept = known if len(known) <= MOST_KINDS + 1 else [name for name in known if name in largest[:MOST_KINDS]]
    layers = [_Layer(plain(x), *look, tuple(amounts[x])) for x, look in zip(kept, KINDS, strict=False)]
    others = [name for name in known if name not in kept]
    if others:
        total = tuple(_added([amounts[name] for name in others]))
        layers.append(_Layer(f"{len(others)} others", PALE, "---", total))
    return layers


def _added(rows: Sequence[Sequence[float]]) -> list[float]:
    return [sum(column) for column in zip(*rows, strict=True)]


def _columns(result: Comparison, layers: Sequence[_Layer], finding: str, about: str, ax: Axes | None) -> Axes:
    """Draw a column an option, a layer at a time, and the sum above it."""
    from matplotlib.patches import Patch

    width = WIDTH + max(len(result.suppliers) - _FEW, 0) * _WIDER
    with canvas(ax, 5.4, width) as ax:
        tops, bottoms = _stacked(ax, layers, len(result.suppliers))
        sums = _added([layer.amounts for layer in layers]) if layers else [0.0] * len(result.suppliers)
        span = (max(tops, default=0) - min(bottoms, default=0)) or 1.0
        ax.set_ylim(min(bottoms) - 0.04 * span if min(bottoms) < 0 else 0, max(tops) + 0.09 * span)
        ax.set_xlim(-0.5, len(result.suppliers) - 0.5)
        _amounts(ax, layers, span, result.currency)
        for place, (total, top) in enumerate(zip(sums, tops, strict=True)):
            words = each(total, result.currency, form=form_beside(span))
            size = PLAIN if len(result.suppliers) <= 2 * _FEW else SMALL
            ax.annotate(words, (place, top), (0, 3), textcoords="offset points", ha="center", weight="bold", size=size)
        key: list[Artist] = [
            Patch(facecolor=x.colour, hatch=x.hatch, edgecolor="white", label=_key(x.name)) for x in layers[::-1]
        ]
        if min(bottoms) < 0:
            ax.axhline(0, color=INK, linewidth=0.9)
            key.insert(0, _sum_marks(ax, sums))
        form = form_beside(span)
        ax.set_ylabel(f"{unit_of(result.currency)}{form.word} a unit")
        ax.grid(axis="y")
        numbers_on(ax.yaxis, divisor=form.divisor)
        legend_beside(ax, key)
        _names_below(ax, [_name(option, result.baseline) for option in result.suppliers])
        headline(ax, finding, shown(result.provenance, f"{about}, {result.months} months", unknown(result.suppliers)))
    return ax


def _stacked(ax: Axes, layers: Sequence[_Layer], count: int) -> tuple[list[float], list[float]]:
    """Draw layers from zero upwards, and credits downwards; give where each column ends."""
    tops, bottoms = [0.0] * count, [0.0] * count
    for layer in layers:
        starts = [tops[i] if amount >= 0 else bottoms[i] for i, amount in enumerate(layer.amounts)]
        ax.bar(
            range(count),
            layer.amounts,
            _ACROSS,
            bottom=starts,
            color=layer.colour,
            hatch=layer.hatch,
            edgecolor="white",
            linewidth=0.6,
            label=layer.name,
        )
        for i, amount in enumerate(layer.amounts):
            tops[i] += max(amount, 0.0)
            bottoms[i] += min(amount, 0.0)
    return tops, bottoms


def _sum_marks(ax: Axes, sums: Sequence[float]) -> Artist:
    """Mark, beside each column, where it ends once credits are taken off."""
    places = [place + _ACROSS / 2 + 0.05 for place in range(len(sums))]
    (marks,) = ax.plot(places, sums, "<", color=INK, markersize=6, clip_on=False, label="sum, credits taken off")
    return marks


def _amounts(ax: Axes, layers: Sequence[_Layer], span: float, currency: str) -> None:
    """Write amounts into the layers that are tall enough."""
    starts: dict[tuple[int, bool], float] = {}
    for layer in layers:
        for i, amount in enumerate(layer.amounts):
            start = starts.get((i, amount >= 0), 0.0)
            starts[i, amount >= 0] = start + amount
            if abs(amount) >= _TALL * span:
                box: Look = {"facecolor": layer.colour, "edgecolor": "none", "pad": 1.0}
                place = (i, start + amount / 2)
                look: Look = {"ha": "center", "va": "center", "size": SMALL, "color": ink_on(layer.colour)}
                words = ax.text(*place, each(amount, currency, form=form_beside(span)), bbox=box, **look)
                words.set_in_layout(False)


def _names_below(ax: Axes, names: Sequence[str]) -> None:
    """Write the options' names below their columns, in as many lines as they need."""
    laid_out(root(ax))
    room = ax.get_window_extent().width * 72 / root(ax).dpi / len(names) * 0.94
    ax.set_xticks(range(len(names)), told_apart(names, room, PLAIN - 0.5, lines=6), size=PLAIN - 0.5)
    ax.tick_params(axis="x", length=0)
    ax.spines["bottom"].set_color(MUTED)


def _key(name: str) -> str:
    return wrapped(name, 130, PLAIN - 0.5, lines=2)


def _name(option: OptionCost, baseline: str) -> str:
    mark = " (baseline)" if option.supplier == baseline and "today" not in option.label else ""
    return f"{sentence(option.label)}{mark}"


def _cheapest_words(result: Comparison) -> str:
    best, base = result.cheapest, result.supplier(result.baseline)
    other = challenger(result)
    if best is not base:
        below = each(base.cost_per_unit - best.cost_per_unit, result.currency)
        unit = each(best.cost_per_unit, result.currency)
        return f"{sentence(best.label)} costs least: {unit} a unit, {below} below {base.label}"
    unit = each(base.cost_per_unit, result.currency)
    if other is None:
        return f"{sentence(base.label)} costs {unit} a unit"
    more = each(other.cost_per_unit - base.cost_per_unit, result.currency)
    return f"{sentence(base.label)} costs least: {unit} a unit; {other.label} costs {more} more"


def _failures_words(result: Comparison, layers: Sequence[_Layer], where: str) -> str:
    """Say what failures cost with the best other option against the baseline, and where that comes from."""
    option, names = challenger(result), [one.supplier for one in result.suppliers]
    if not any(any(layer.amounts) for layer in layers):
        return "Failures cost nothing here: no remedy, contact or lost customer has a price"
    base, label = names.index(result.baseline), result.supplier(result.baseline).label
    if option is None:
        layer = max(layers, key=lambda one: one.amounts[base])
        return f"Failures cost most {where.format(layer.name)}: {each(layer.amounts[base], result.currency)} a unit"
    mine = names.index(option.supplier)
    saved = {one.name: one.amounts[base] - one.amounts[mine] for one in layers}
    total = sum(saved.values())
    cost = f"Failures with {option.label} cost"
    if not total:
        return f"{cost} as much as with {label}"
    word, sign = ("less", 1) if total > 0 else ("more", -1)
    known = [one.name for one in layers[:MOST_KINDS] if not _is_unknown(one.name, option)]
    most = max(known, key=lambda name: sign * saved[name], default="")
    above_all = f", above all {where.format(most)}" if most and sign * saved[most] > 0 and len(layers) > 1 else ""
    part = f" ({each(abs(saved[most]), result.currency)} {word})" if above_all else ""
    return f"{cost} {each(abs(total), result.currency)} a unit {word} than with {label}{above_all}{part}"


def _is_unknown(name: str, option: OptionCost) -> bool:
    """Say whether a failure mode's rate is unknown, so that its 0 says nothing."""
    return any(plain(path.split(".")[-1]) == name for path in option.incomplete)
