"""Two inputs turned together: the NPV as a map, and the contour along which the decision flips."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tco.analyses.two_way import Axis, Grid
from tco.distributions import FloatArray
from tco.results import TOTALS
from tco.views.charts.sentences import alike, axis_scale, called, in_unit, sentence, shown, unit_of
from tco.views.charts.style import (
    BLUE,
    INK,
    SMALL,
    VERMILLION,
    Look,
    canvas,
    headline,
    ink_on,
)
from tco.views.charts.taking import expect
from tco.views.risk import chance

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize

MOST_NUMBERS = 11
"""Values of an axis up to which each field of the map bears its number."""


def grid(result: Grid, *, names: Mapping[str, str] | None = None, ax: Axes | None = None) -> Axes:
    """Draw an option's NPV over two inputs, all in, losses hatched, and the contour along which it is 0.

    Parameters
    ----------
    result : Grid
        From `tco.grid`.
    names : dict of str to str, optional
        What people call the options, and the two inputs by their paths.
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
    >>> found = case.grid("suppliers.borealis.unit_price", "product.sale_price", supplier="borealis")
    >>> tco.chart.grid(found, ax=ax) is ax
    True
    """
    from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm

    expect(result, Grid)
    scale = axis_scale(float(np.abs(result.npv[TOTALS.index("all_in")]).max()))
    npv = result.npv[TOTALS.index("all_in")] / scale.divisor
    reach = float(np.abs(npv).max()) or 1.0
    shades = LinearSegmentedColormap.from_list("loss to gain", [VERMILLION, "#fdf6ef", BLUE])
    norm = TwoSlopeNorm(0.0, -reach, reach)
    with canvas(ax, 5.8) as ax:
        ax.pcolormesh(npv, cmap=shades, norm=norm, edgecolors="white", linewidth=0.5)
        _hatched(ax, npv < 0)
        if npv.shape[1] <= MOST_NUMBERS:
            _numbers(ax, npv, shades, norm)
        handles = _contour(ax, npv)
        handles += _now(ax, result)
        for axis, one in ((ax.xaxis, result.x), (ax.yaxis, result.y)):
            every = -(-len(one.values) // MOST_NUMBERS)
            labels = _values(one)
            axis.set_ticks([i + 0.5 for i in range(0, len(labels), every)], labels[::every])
        ax.tick_params(length=0)
        ax.set_xlabel(_meaning(result.x, result.currency, names))
        ax.set_ylabel(_meaning(result.y, result.currency, names))
        unit = f"{unit_of(result.currency)}{scale.word}"
        about = (
            f"NPV of {result.label} against {called(result.baseline, names)}, {unit}, all other inputs at their means"
        )
        headline(ax, _finding(result), shown(result.provenance, about), handles)
    return ax


def _hatched(ax: Axes, where: FloatArray) -> None:
    """Hatch the fields of losses, for those who see no colours."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    fields = [Rectangle((column, row), 1, 1) for row, column in zip(*np.nonzero(where), strict=True)]
    look: Look = {"facecolor": "none", "edgecolor": "white", "linewidth": 0, "hatch": "///"}
    ax.add_collection(PatchCollection(fields, **look))


def _numbers(ax: Axes, npv: FloatArray, shades: Colormap, norm: Normalize) -> None:
    """Write the NPV into every field, with its sign."""
    from matplotlib.colors import to_hex

    written = alike([float(value) for value in np.round(npv, _digits(npv)).ravel()])
    for (row, column), value in np.ndenumerate(npv):
        colour = to_hex(shades(norm(value)))
        box: Look = {"facecolor": colour, "edgecolor": "none", "pad": 1.2}
        look: Look = {"ha": "center", "va": "center", "size": SMALL, "color": ink_on(colour), "bbox": box, "zorder": 4}
        words = ax.text(column + 0.5, row + 0.5, written[row * npv.shape[1] + column], **look)
        words.set_in_layout(False)


def _digits(npv: FloatArray) -> int:
    """Give as many decimals as leave three digits of the largest number."""
    return max(0, 2 - int(np.floor(np.log10(float(np.abs(npv).max()) or 1.0))))


def _contour(ax: Axes, npv: FloatArray) -> list[Artist]:
    """Draw the line along which the NPV is 0, straight between the middles of fields."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Artist] = []
    if npv.min() < 0 < npv.max() and min(npv.shape) > 1:
        rows, columns = (np.array([0, *(np.arange(size) + 0.5), size]) for size in npv.shape)
        ax.contour(columns, rows, _to_the_edges(npv), levels=[0.0], colors=[INK], linewidths=2.6)
        handles.append(Line2D([], [], color=INK, linewidth=2.6, label="the decision flips"))
    handles.append(Patch(facecolor=BLUE, edgecolor="white", label="saves"))
    handles.append(Patch(facecolor=VERMILLION, hatch="///", edgecolor="white", label="costs more"))
    return handles


def _to_the_edges(npv: FloatArray) -> FloatArray:
    """Go on straight from the middles of the outermost fields to the map's edges."""
    for axis in (0, 1):
        ends = [np.take(npv, i, axis=axis) for i in (0, 1, -2, -1)]
        first, last = ends[0] - (ends[1] - ends[0]) / 2, ends[3] + (ends[3] - ends[2]) / 2
        npv = np.concatenate([np.expand_dims(first, axis), npv, np.expand_dims(last, axis)], axis=axis)
    return npv


def _now(ax: Axes, result: Grid) -> list[Artist]:
    """Frame the field of the case as it stands; where it lies between the map's values, mark the place."""
    from matplotlib.patches import Rectangle

    place, is_field = [], True
    for one in (result.x, result.y):
        if not one.values[0] <= one.now <= one.values[-1]:
            return []
        place.append(float(np.interp(one.now, one.values, np.arange(len(one.values)))))
        is_field &= any(math.isclose(one.now, value, rel_tol=1e-9) for value in one.values)
    words = "the case as it stands"
    if not is_field:
        mark: Look = {"marker": "o", "markersize": 9, "color": "white", "markeredgecolor": INK, "markeredgewidth": 2.4}
        look: Look = {**mark, "linestyle": "", "zorder": 5, "label": f"{words}, between the values shown"}
        return list(ax.plot(place[0] + 0.5, place[1] + 0.5, **look))
    look = {"fill": False, "joinstyle": "miter"}
    for width, colour in ((5.0, "white"), (2.4, INK)):
        at = (round(place[0]), round(place[1]))
        frame = Rectangle(at, 1, 1, edgecolor=colour, linewidth=width, zorder=3.5, **look)
        frame.set_clip_on(False)
        ax.add_patch(frame)
    return [Rectangle((0, 0), 1, 1, edgecolor=INK, linewidth=2.4, label=words, **look)]


def _values(one: Axis) -> list[str]:
    values = [100 * value if one.percent else value for value in one.values]
    steps = [after - before for before, after in pairwise(values)]
    digits = 1 - int(np.floor(np.log10(min(steps)))) if steps else 3
    written = alike([round(value, digits) for value in values])
    return [f"{words} %" for words in written] if one.percent else written


def _meaning(one: Axis, currency: str, names: Mapping[str, str] | None) -> str:
    """Say which input it is, and its unit."""
    words = (names or {}).get(one.path, f"{one.path}: {one.meaning.split(';')[0]}")
    return words if one.percent else in_unit(words, one.unit, currency)


def _finding(result: Grid) -> str:
    npv, label = result.npv[TOTALS.index("all_in")], sentence(result.label)
    good = float((npv > 0).mean())
    if good in (0.0, 1.0):
        return f"{label} saves {'everywhere' if good else 'nowhere'} on this map: no pair of values turns the decision"
    here = _npv_now(result)
    if here is None:
        return f"{label} saves on {chance(good)} of this map"
    return f"{label} saves on {chance(good)} of this map, {'also' if here > 0 else 'but not'} where the case stands"


def _npv_now(result: Grid) -> float | None:
    """Give the NPV where the case stands, on straight lines between the map's values; None beyond its edges."""
    npv, (x, y) = result.npv[TOTALS.index("all_in")], (result.x, result.y)
    if not (x.values[0] <= x.now <= x.values[-1] and y.values[0] <= y.now <= y.values[-1]):
        return None
    across = [float(np.interp(x.now, x.values, row)) for row in npv]
    return float(np.interp(y.now, y.values, across))
