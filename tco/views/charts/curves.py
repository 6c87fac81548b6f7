"""Lines: cash over time, the chance of being worth it along a price or a belief, NPV along a price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tco.analyses.break_even import BreakEven
from tco.analyses.cash import CashFlow
from tco.analyses.curves import Curve
from tco.distributions import FloatArray
from tco.results import TOTALS
from tco.views import payback
from tco.views.charts.sentences import (
    alike,
    apart,
    axis_scale,
    called,
    each,
    in_unit,
    plain,
    sentence,
    shown,
    sums,
    unit_of,
    unit_words,
    worlds,
)
from tco.views.charts.style import (
    BLUE,
    INK,
    LINES,
    MUTED,
    PALE,
    SKY,
    VERMILLION,
    Look,
    canvas,
    headline,
    numbers_on,
    percent_on,
)
from tco.views.charts.taking import expect
from tco.views.decision import as_percent, at_once, in_proportion, number, premium_words
from tco.views.figures import named_unit
from tco.views.risk import chance
from tco.views.table import NAMES

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
_TICKS = 13
BEYOND = 0.25
"""How far a break-even chart reaches beyond what it marks, as a share of the distance between these."""
_FAR = 4
"""How many widths of the part in which the chance changes a price may lie from it and still be on the chart."""
_HARDLY = 0.002
"""Share of worlds below which an option hardly ever saves."""
Names = Mapping[str, str]


def cash(result: CashFlow, *, names: Names | None = None, ax: Axes | None = None) -> Axes:
    """Draw what an option saves, added up month by month, with its band over worlds and its payback.

    Parameters
    ----------
    result : CashFlow
        From `cash_flow`.
    names : dict of str to str, optional
        What people call the options; the result knows the baseline by its key.
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
    >>> tco.chart.cash(case.cash_flow("borealis", n=512), ax=ax) is ax
    True
    """
    expect(result, CashFlow)
    months = np.arange(len(result.cumulative))
    scale = axis_scale(float(np.abs(result.band).max()), float(np.abs(result.cumulative).max()))
    with canvas(ax) as ax:
        low, middle, high = result.band / scale.divisor
        band = ax.fill_between(months, low, high, color=SKY, alpha=0.35, linewidth=0, label="9 worlds in 10")
        (median,) = ax.plot(months, middle, color=MUTED, linestyle="--", linewidth=1.3, label="middle world")
        (line,) = ax.plot(months, result.cumulative / scale.divisor, color=BLUE, linewidth=2.4, label="base case")
        ax.axhline(0, color=INK, linewidth=0.9)
        handles: list[Artist] = [line, band, median]
        handles += _payback_marks(ax, result)
        ax.set_xlim(0, months[-1])
        ax.set_xticks(range(0, len(months), next(step for step in _STEPS if len(months) / step <= _TICKS)))
        ax.set_xlabel("months from the start")
        ax.set_ylabel(f"saved since the start, {unit_of(result.currency)}{scale.word}")
        ax.grid(axis="y")
        numbers_on(ax.yaxis)
        about = f"cumulative cash flow against {called(result.baseline, names)}, nominal"
        headline(ax, _payback_words(result), shown(result.provenance, about), handles)
    return ax


def _payback_marks(ax: Axes, result: CashFlow) -> list[Artist]:
    """Mark the payback of the base case, and between which months nine worlds in ten pay back."""
    handles: list[Artist] = []
    end = len(result.base) - 1.0
    first, _, last = result.payback_range
    if first is not None and (last is None or last > first):
        until = end if last is None else last
        (bar,) = ax.plot([first, until], [0, 0], color=VERMILLION, linewidth=6, solid_capstyle="butt", zorder=3)
        bar.set_label("payback, 9 worlds in 10")
        handles.append(bar)
    if result.payback_months is not None and not payback.only_costs(result):
        (mark,) = ax.plot(result.payback_months, 0, "o", color="white", markeredgecolor=INK, markersize=8, zorder=4)
        mark.set_clip_on(False)
        mark.set_label("payback of the base case")
        handles.append(mark)
    return handles


def _payback_words(result: CashFlow) -> str:
    label, months = sentence(result.label), len(result.base) - 1
    first, _, last = result.payback_range
    if result.payback_months is None:
        some = "" if result.never == 1 else f"; {worlds(1 - result.never)} would"
        return f"{label} does not pay back within {_months(months)}{some}"
    if result.payback_months == 0:
        return f"{label} {payback.needs_none(result, lambda amount: sums(amount, result.currency))}"
    words = f"{label} pays back in {_months(result.payback_months)}"
    if last is None:
        return f"{words}; {worlds(result.never)} never within {_months(months)}"
    if round(first or 0.0) == 0 or round(first or 0.0) == round(last):
        return f"{words}; 9 worlds in 10 {'in' if round(first or 0.0) else 'within'} {_months(last)}"
    return f"{words}; 9 worlds in 10 in {first:.0f} to {_months(last)}"


def _months(months: float) -> str:
    return f"{months:.0f} month{'' if round(months) == 1 else 's'}"


def acceptability(result: Curve, *, names: Names | None = None, currency: str = "", ax: Axes | None = None) -> Axes:
    """Draw how sure it is that an option saves as its price, and so its premium over the baseline's, rises.

    Parameters
    ----------
    result : Curve
        From `tco.acceptability`.
    names : dict of str to str, optional
        What people call the options.
    currency : str
        Of the price, where that is not the case's.
    ax : Axes, optional
        To draw on; by default those of a new figure.

    Examples
    --------
    >>> import tco
    >>> from matplotlib.figure import Figure
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> ax = Figure().subplots()
    >>> tco.chart.acceptability(case.acceptability("borealis", n=512), ax=ax) is ax
    True
    """
    expect(result, Curve)
    currency, base = currency or result.currency, called(result.baseline, names)
    with canvas(ax) as ax:
        handles = _chances(ax, result)
        now = result.marks["now"]
        ends = _telling(result)
        beyond = "" if ends[0] <= now <= ends[1] else f" (beyond the {'right' if now > ends[1] else 'left'} edge)"
        asked = each(now, currency, form=apart(now, now if result.even is None else result.even))
        handles.append(ax.axvline(now, color=INK, linewidth=1.2, label=f"now, {asked}{beyond}"))
        ax.set_xlim(*ends)
        _price_axis(ax, result, base, currency)
        about = f"chance of saving against {base} as the {price_name(result.path)} of {result.label} rises"
        about += in_proportion(result.scaled)
        headline(ax, _price_words(result, currency), shown(result.provenance, about), handles)
    return ax


def _chances(ax: Axes, result: Curve) -> list[Artist]:
    """Draw the chance of being worth it in the three totals."""
    handles: list[Artist] = []
    for total in reversed(TOTALS):
        colour, dashes = LINES[total]
        width = 2.6 if total == "all_in" else 1.8
        handles += ax.plot(
            result.values, result.wins[total], color=colour, linestyle=dashes, linewidth=width, label=NAMES[total]
        )
    ax.set_ylim(0, 1.02)
    ax.set_ylabel("worlds in which it saves")
    ax.grid(axis="y")
    percent_on(ax.yaxis)
    return handles


def _telling(result: Curve) -> tuple[float, float]:
    """Give the part of the axis in which something happens: from a little below the first price, while a world wins.

    Where the price of today lies far from there, it is left outside.
    """
    values, now = result.values, result.marks["now"]
    turning = [v for i, v in enumerate(values) if any(_HARDLY < w[i] < 1 - _HARDLY for w in result.wins.values())]
    if turning:
        reach = (max(turning) - min(turning)) or 0.02 * abs(turning[0])
        if not min(turning) - _FAR * reach <= now <= max(turning) + _FAR * reach:
            return float(max(min(turning) - reach, values[0])), float(min(max(turning) + reach, values[-1]))
    winning = [i for i in range(len(values)) if max(wins[i] for wins in result.wins.values()) > _HARDLY]
    last = min(winning[-1] + 1, len(values) - 1) if winning else len(values) - 1
    first, end = float(min(values[0], result.marks["now"])), float(max(values[last], result.marks["now"]))
    margin = 0.03 * ((end - first) or abs(first) or 1.0)
    return first - margin, end + margin


def _price_axis(ax: Axes, result: Curve, base: str, currency: str) -> None:
    """Write prices below the axis, and below them how far each lies above the baseline's."""
    from matplotlib.ticker import Formatter, MaxNLocator

    thing = price_name(result.path)
    ax.xaxis.set_major_locator(MaxNLocator(8))
    numbers_on(ax.xaxis)
    if result.premiums is None or len(result.values) < 2 or result.premiums[-1] == result.premiums[0]:
        ax.set_xlabel(f"{thing}, {unit_words(result.unit, currency)}")
        return
    theirs = float(result.values[-1] / (1 + result.premiums[-1]))

    class WithPremium(Formatter):
        """All prices of the axis at once, with as many decimals of the premium as their steps need."""

        def __call__(self, value: float, _place: int | None = None) -> str:
            return self.format_ticks([*ax.get_xticks(), value])[-1]

        def format_ticks(self, values: Sequence[float]) -> list[str]:
            shares = [100 * (value / theirs - 1) for value in values]
            steps = [after - before for before, after in pairwise(sorted(set(shares)))]
            digits = max(0, -int(np.floor(np.log10(min(steps))))) if steps else 0
            return [f"{price}\n{_premium(share, digits)}" for price, share in zip(alike(values), shares, strict=True)]

    ax.xaxis.set_major_formatter(WithPremium())
    ax.set_xlabel(f"{thing}, {unit_words(result.unit, currency)}, and premium over {base}")


def _premium(share: float, digits: int) -> str:
    """Write a premium in per cent; ±0 where it is next to nothing."""
    rounded = round(share, digits) + 0.0
    return f"{rounded:+.{digits}f} %".replace("-", "−") if rounded else "±0 %"


def _price_words(result: Curve, currency: str) -> str:
    now = result.marks["now"]
    here = float(np.interp(now, result.values, result.wins["all_in"]))
    even, per = result.even, counted_by(result.unit)
    form = apart(now, now if even is None else even)
    asked = f"{each(now, currency, form=form)}{per}"
    words = f"At {a_price(result.path)} of {asked} {sentence(result.label)} saves in {worlds(here)}"
    if even is None:
        return f"{words}; more likely than not at none shown"
    return f"{words}; more likely than not up to {each(even, currency, form=form)}{per}"


def price_name(path: str) -> str:
    """Name what an option charges for: its price, or a cost that belongs to it alone."""
    last = path.split(".")[-1]
    return "price" if last in ("unit_price", "price_breaks") else plain(last)


def a_price(path: str) -> str:
    """Name it with its article."""
    name = price_name(path)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def counted_by(unit: str) -> str:
    """Say what an amount is paid for, where that is no unit, as goes without saying: " a month"."""
    return "" if unit == "money/unit" else f" {named_unit(unit, '')}".rstrip()


def belief(result: Curve, *, names: Names | None = None, ax: Axes | None = None) -> Axes:
    """Draw how sure it is that an option saves as the value put on a lost customer rises; see `acceptability`.

    Three marks that are easily confused stand apart: the value that the case implies, a lost customer worth nothing,
    and hard lines alone, which leave out estimated lines as well.

    Examples
    --------
    >>> import tco
    >>> from matplotlib.figure import Figure
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> ax = Figure().subplots()
    >>> tco.chart.belief(case.belief("borealis", n=512), ax=ax) is ax
    True
    """
    expect(result, Curve)
    base, wins = called(result.baseline, names), result.wins["all_in"]
    implied = result.marks["implied"]
    marks = [(0.0, float(np.interp(0.0, result.values, wins)), "s", "lost customers worth nothing")]
    if np.isfinite(implied) and result.values[0] <= implied <= result.values[-1]:
        here = float(np.interp(implied, result.values, wins))
        marks.append((implied, here, "o", f"as the case implies, {each(implied, result.currency)}"))
    with canvas(ax) as ax:
        handles: list[Artist] = list(ax.plot(result.values, wins, color=BLUE, linewidth=2.6, label="all lines"))
        for value, share, shape, words in marks:
            look: Look = {
                "markersize": 10,
                "color": "white",
                "markeredgecolor": INK,
                "markeredgewidth": 1.6,
                "zorder": 4,
            }
            handles += ax.plot(value, share, shape, clip_on=False, label=f"{words}: {chance(share)}", **look)
        if result.hard_only is not None:
            words = f"hard lines alone: {chance(result.hard_only)}"
            dashes: Look = {"color": VERMILLION, "linestyle": "--", "linewidth": 1.8}
            handles.append(ax.axhline(result.hard_only, label=words, **dashes))
        ax.set_xlim(float(result.values[0]), float(result.values[-1]))
        ax.set_ylim(-0.02, 1.02)
        ax.set_ylabel("worlds in which it saves")
        ax.set_xlabel(f"value put on a lost customer, {unit_words(result.unit, result.currency)}")
        ax.grid(axis="y")
        percent_on(ax.yaxis)
        numbers_on(ax.xaxis)
        about = f"chance of saving against {base}, by what a lost customer is worth"
        headline(ax, _belief_words(result, marks), shown(result.provenance, about), handles)
    return ax


def _belief_words(result: Curve, marks: Sequence[tuple[float, float, str, str]]) -> str:
    nothing = f"{worlds(marks[0][1])} if lost customers are worth nothing"
    if len(marks) == 1:
        return f"{sentence(result.label)} saves in {nothing}"
    value, share, _, _ = marks[1]
    money = each(value, result.currency)
    if worlds(share) == worlds(marks[0][1]):
        return f"{sentence(result.label)} saves in {worlds(share)}, be a lost customer worth {money} or nothing"
    return f"{sentence(result.label)} saves in {worlds(share)} if a lost customer is worth {money}, in {nothing}"


def breakeven(
    result: BreakEven,
    values: Sequence[float] | FloatArray | None = None,
    npv: FloatArray | None = None,
    *,
    names: Names | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw an option's expected NPV along its price, or another input, in the three totals; mark where it breaks even.

    Parameters
    ----------
    result : BreakEven
        From `tco.breakeven`.
    values : array of shape (m,), optional
        Of the input that is turned, in order; by default around the break-evens [unit of the input].
    npv : array of shape (3, m), optional
        Expected NPV there, in the three totals; by default on straight lines between points that the result knows
        [money].
    names : dict of str to str, optional
        What people call the options.
    ax : Axes, optional
        To draw on; by default those of a new figure.

    Examples
    --------
    >>> import tco
    >>> from matplotlib.figure import Figure
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> ax = Figure().subplots()
    >>> import numpy
    >>> found, prices = case.breakeven("borealis", n=512), [4.5, 5.0, 5.5]
    >>> curve = case.table("suppliers.borealis.unit_price", prices).npv
    >>> npv = numpy.array([curve[total]["borealis"] for total in ("hard", "hard_and_estimated", "all_in")])
    >>> tco.chart.breakeven(found, prices, npv, ax=ax) is ax
    True
    """
    expect(result, BreakEven)
    if values is None or npv is None:
        values, npv = _around_the_flips(result)
    scale, factor = axis_scale(float(np.abs(npv).max())), 100.0 if result.percent else 1.0
    points = np.asarray(values, dtype=float) * factor
    flip = result.totals["all_in"]
    with canvas(ax) as ax:
        ax.axhline(0, color=INK, linewidth=0.9)
        handles = [_npv_line(ax, result, i, points, npv[i] / scale.divisor, factor) for i in (2, 1, 0)]
        if flip.p5 is not None and flip.p95 is not None:
            ends = [min(max(end * factor, points[0]), points[-1]) for end in (flip.p5, flip.p95)]
            look: Look = {"color": PALE, "alpha": 0.6, "linewidth": 0, "zorder": 0}
            handles.append(ax.axvspan(*ends, label="break-even all in, 9 worlds in 10", **look))
        words = f"now: {_value(result, result.value)}"
        handles.append(ax.axvline(result.value * factor, color=INK, linewidth=1.4, linestyle=(0, (1, 1)), label=words))
        ax.set_xlim(float(points[0]), float(points[-1]))
        ax.set_xlabel(_input_words(result))
        ax.set_ylabel(f"expected NPV, {unit_of(result.case_currency)}{scale.word}")
        ax.grid(axis="y")
        numbers_on(ax.xaxis)
        numbers_on(ax.yaxis)
        about = f"NPV of {result.label} against {called(result.baseline, names)}, all other inputs drawn"
        headline(ax, _break_even_words(result), shown(result.provenance, about), handles)
    return ax


def _around_the_flips(result: BreakEven) -> tuple[FloatArray, FloatArray]:
    """Give values of the input around its break-evens, (m,), and the expected NPV there, (3, m)."""
    known = np.array([value for value, _ in result.line])
    npv = np.array([[one[total] for _, one in result.line] for total in TOTALS])
    flips = result.totals.values()
    marks = [result.value, *(x for flip in flips for x in (flip.expected, flip.p5, flip.p95) if x is not None)]
    reach = BEYOND * (max(marks) - min(marks)) or 0.5 * abs(result.value) or 1.0
    low, high = max(min(marks) - reach, min(0.0, *marks)), max(marks) + reach
    if result.linear:
        values, first = np.array([low, high]), known[0]
        return values, npv[:, :1] + (npv[:, 1:] - npv[:, :1]) * (values - first) / (known[1] - first)
    inside = known[(known > low) & (known < high)]
    values = np.array([max(low, known[0]), *inside, min(high, known[-1])])
    return values, np.array([np.interp(values, known, row) for row in npv])


def _npv_line(ax: Axes, result: BreakEven, i: int, points: FloatArray, npv: FloatArray, factor: float) -> Artist:
    """Draw the line of one total, and a mark where it breaks even."""
    (colour, dashes), at = LINES[TOTALS[i]], result.totals[TOTALS[i]].expected
    words = "no break-even" if at is None else f"0 at {_value(result, at)}"
    (line,) = ax.plot(points, npv, color=colour, linestyle=dashes, linewidth=2.6 if i == 2 else 1.8)
    line.set_label(f"{NAMES[TOTALS[i]]}: {words}")
    if at is not None and points[0] <= at * factor <= points[-1]:
        ax.plot(at * factor, 0, "o", color="white", markeredgecolor=INK, markeredgewidth=1.5, markersize=7, zorder=4)
    return line


def _value(result: BreakEven, value: float) -> str:
    """Write a value of the input, with the digits that tell what is asked today from the break-even."""
    if result.percent:
        return as_percent(value)
    if not result.unit.startswith("money"):
        return number(value, percent=False)
    even = result.totals["all_in"].expected
    amount = each(value, result.currency, form=apart(result.value, result.value if even is None else even))
    return f"{amount}{counted_by(result.unit)}"


def _input_words(result: BreakEven) -> str:
    words = result.meaning.split(";")[0]
    return f"{words}, %" if result.percent else in_unit(words, result.unit, result.currency)


def _break_even_words(result: BreakEven) -> str:
    flip, label, now = result.totals["all_in"], sentence(result.label), _value(result, result.value)
    thing = price_name(result.path) if result.at_stake else result.meaning.split(";")[0]
    if flip.expected is None:
        side = "is worth it at any" if flip.outcome == "always" else "is not worth it at any"
        return f"{label} {side} {thing}; now {now}"
    most = _value(result, flip.expected)
    if not result.at_stake:
        side = "below" if result.lower_wins else "above"
        return f"{label} is worth it with {thing} {side} {most}{at_once(result, flip.expected)}; now {now}"
    return f"{label} is worth it up to {a_price(result.path)} of {most}{at_once(result, flip.expected)}{_room(result)}"


def _room(result: BreakEven) -> str:
    """Say how far a break-even lies from the baseline's price, and what is asked today."""
    premium = result.premium_on_price["all_in"].expected if result.premium_on_price else None
    above = "" if premium is None else f", {premium_words(premium)} the baseline's"
    return f"{above}; now {_value(result, result.value)}"
