"""Charts of a case: for each kind what it needs is computed, drawn, and written to a file whole or not at all."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tco.analyses.decision import refuse_one_alone
from tco.analyses.figure import best_supplier, labels_of
from tco.analyses.levers import stake
from tco.distributions import FloatArray
from tco.errors import UsageError
from tco.files import checked, replacing
from tco.loader import Case
from tco.outcomes import DEFAULT_DRAWS, Worlds, check_kept
from tco.progress import Progress, Steps
from tco.views import charts
from tco.views.charts.curves import BEYOND
from tco.views.charts.sentences import incomplete, shortened
from tco.views.charts.style import doubt, styled, unshown, without_glyph
from tco.views.figures import currency_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tco.analyses.break_even import BreakEven
    from tco.analyses.sensitivities import Sensitivity
    from tco.comparison import Comparison
    from tco.simulation import Simulation

ENDINGS = (".png", ".svg", ".pdf")
_OF_ALL = ("cost", "stages", "modes")
"""Kinds that show all options, and a single one as well."""
_LONGEST = 90
"""Letters of an input's name beside an axis."""
_POINTS = 15


@dataclass(frozen=True)
class _Asked:
    """What a chart was asked for; what several kinds need is computed once, and only where it is needed."""

    case: Case
    option: str
    x: str
    y: str
    n: int
    seed: int
    progress: Progress | None = None

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What people call the options."""
        return {one.name: one.label for one in self.case.options}

    @cached_property
    def supplier(self) -> str:
        """The option asked for; by default the one besides the baseline that is best on the mean."""
        if not self.option:
            return best_supplier(Worlds.of(self.case, self.n, seed=self.seed))
        stake(self.case, self.option)  # refuses an unknown option, and the baseline
        return self.option

    @property
    def unknown(self) -> list[str]:
        """Name the options, of all that a chart holds against each other, of which a rate is unknown."""
        return [
            one.label for one in self.case.options if one.unknown and one.name in (self.supplier, self.case.baseline)
        ]

    @property
    def drawn(self) -> dict[str, Any]:
        """Draws, their seed, and who is told how far they are, as analyses take them."""
        return {"n": self.n, "seed": self.seed, "progress": self.progress}

    @cached_property
    def comparison(self) -> Comparison:
        from tco.comparison import compare

        return compare(self.case)

    @cached_property
    def simulation(self) -> Simulation:
        from tco.simulation import simulate

        return simulate(self.case, self.n, seed=self.seed, progress=self.progress)

    @cached_property
    def sensitivity(self) -> Sensitivity:
        from tco.analyses.sensitivities import sensitivity

        how = {**self.drawn, "n": max(self.n // 4, 64)}
        return sensitivity(self.case, self.supplier, draws=self.n, **how)


def _cost(asked: _Asked) -> Axes:
    return charts.cost(asked.comparison)


def _bridge(asked: _Asked) -> Axes:
    wins = asked.simulation.supplier(asked.supplier).probability_positive["all_in"]
    return charts.bridge(asked.comparison, asked.supplier, wins=wins)


def _cash(asked: _Asked) -> Axes:
    from tco.analyses.cash import cash_flow

    return charts.cash(cash_flow(asked.case, asked.supplier, n=asked.n, seed=asked.seed), names=asked.names)


def _npv(asked: _Asked) -> Axes:
    return charts.npv(asked.simulation, asked.supplier)


def _acceptability(asked: _Asked) -> Axes:
    from tco.analyses.curves import acceptability

    currency = price_currency(asked.case, asked.supplier)
    found = acceptability(asked.case, asked.supplier, **asked.drawn)
    return charts.acceptability(found, names=asked.names, currency=currency)


def _belief(asked: _Asked) -> Axes:
    from tco.analyses.curves import belief

    return charts.belief(belief(asked.case, asked.supplier, **asked.drawn), names=asked.names)


def _breakeven(asked: _Asked) -> Axes:
    from tco.analyses.break_even import breakeven

    found = breakeven(asked.case, asked.supplier, **asked.drawn)
    curve = () if found.linear else along_the_price(asked.case, found, n=asked.n, seed=asked.seed)
    return charts.breakeven(found, *curve, names=asked.names)


def _tornado(asked: _Asked) -> Axes:
    return charts.tornado(asked.sensitivity, currencies=currencies_of(asked.case))


def _spider(asked: _Asked) -> Axes:
    return charts.spider(asked.sensitivity)


def _sobol(asked: _Asked) -> Axes:
    return charts.sobol(asked.sensitivity)


def _evppi(asked: _Asked) -> Axes:
    from tco.analyses.value_of_information import information

    return charts.evppi(information(asked.case, **asked.drawn, units=(1,)))


def _grid(asked: _Asked) -> Axes:
    from tco.analyses.two_way import grid

    x, y = _two_inputs(asked)
    known = {path for one in asked.case.inputs.values() for path, _ in one.parts()}
    labels = {
        p: shortened(words.replace("_", " "), _LONGEST)
        for p, words in labels_of(asked.case, sorted(known & {x, y})).items()
    }
    return charts.grid(grid(asked.case, x, y, supplier=asked.supplier), names={**asked.names, **labels})


def _stages(asked: _Asked) -> Axes:
    return charts.stages(asked.comparison)


def _modes(asked: _Asked) -> Axes:
    return charts.modes(asked.comparison)


KINDS: Mapping[str, Callable[[_Asked], Axes]] = {
    "cost": _cost,
    "bridge": _bridge,
    "cash": _cash,
    "npv": _npv,
    "acceptability": _acceptability,
    "belief": _belief,
    "breakeven": _breakeven,
    "tornado": _tornado,
    "spider": _spider,
    "sobol": _sobol,
    "evppi": _evppi,
    "grid": _grid,
    "stages": _stages,
    "modes": _modes,
}
"""How each kind of chart is made from a case."""
_KNOW_NO_DOUBT = ("cash", "acceptability", "belief", "breakeven", "tornado", "spider", "sobol", "evppi", "grid")
"""Kinds whose results do not know that a rate is unknown, so that the chart is told."""


class Charts:
    """Charts: called, it writes one of a case to a file; its functions draw results on axes.

    Examples
    --------
    >>> import tco
    >>> ax = tco.chart.bridge(tco.compare(tco.load("scenarios/cartridges.yaml")), "borealis")
    >>> ax.get_title(loc="left").replace(chr(10), " ")
    'Borealis saves £0.50 a unit against Acme (today)'
    """

    cost = staticmethod(charts.cost)
    bridge = staticmethod(charts.bridge)
    cash = staticmethod(charts.cash)
    npv = staticmethod(charts.npv)
    acceptability = staticmethod(charts.acceptability)
    belief = staticmethod(charts.belief)
    breakeven = staticmethod(charts.breakeven)
    tornado = staticmethod(charts.tornado)
    spider = staticmethod(charts.spider)
    sobol = staticmethod(charts.sobol)
    evppi = staticmethod(charts.evppi)
    grid = staticmethod(charts.grid)
    stages = staticmethod(charts.stages)
    modes = staticmethod(charts.modes)

    def __call__(
        self,
        kind: str,
        case: Case,
        path: str | Path,
        supplier: str = "",
        *,
        x: str = "",
        y: str = "",
        n: int = DEFAULT_DRAWS,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> None:
        """Draw a chart of a case and write it to a file, whole or not at all; equal calls write equal bytes.

        Parameters
        ----------
        kind : str
            cost, bridge, cash, npv, acceptability, belief, breakeven, tornado, spider, sobol, evppi, grid, stages or
            modes.
        case : Case
            From `tco.load` or `tco.from_data`.
        path : str or Path
            Ending in .png, .svg or .pdf.
        supplier : str
            Whose chart, of a kind that shows one option; by default the one besides the baseline that is best on the
            mean.
        x, y : str
            Paths of the inputs of a grid; by default those of the largest swings.
        n, seed : int
            Draws, and what they are made from.
        progress : callable, optional
            Called with steps done and steps in all.

        Raises
        ------
        UsageError
            For an unknown kind, option or path, for a file that ends otherwise, and for more draws than can be kept.
        TcoError
            Where the file cannot be written.
        """
        if kind not in KINDS:
            near = difflib.get_close_matches(kind, KINDS, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"kinds are {', '.join(KINDS)}"
            raise UsageError(f"expected a kind of chart, found '{kind}': {hint}")
        if kind != "grid" and (x or y):
            raise UsageError(f"expected x and y for a grid alone, found them for '{kind}': leave them out")
        checked(path, ENDINGS)
        check_kept(n)
        ending = Path(path).suffix.lower()
        if kind not in _OF_ALL:
            refuse_one_alone(case)
        if supplier:
            case.option(supplier)  # refuses an unknown one
        steps = Steps(progress, 10)
        asked = _Asked(case, supplier, x, y, n, seed, steps.part(7))
        with unshown():
            ax = KINDS[kind](asked)
            if kind in _KNOW_NO_DOUBT and asked.unknown:
                with styled():
                    doubt(ax, incomplete(asked.unknown))
            with replacing(path) as temporary:
                save(ax, temporary, ending[1:])
        steps.done(3)


chart = Charts()


def save(ax: Axes, path: str | Path, form: str) -> None:
    """Write the figure that axes stand in, without date or program version, so that equal charts are equal files.

    Parameters
    ----------
    ax : Axes
        From one of the drawing functions.
    path : str or Path
        Of the file.
    form : str
        png, svg or pdf.
    """
    title = " ".join(ax.get_title(loc="left").split())
    dates: dict[str, dict[str, Any]] = {
        "png": {"Software": None},
        "svg": {"Date": None, "Creator": None},
        "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    }
    from matplotlib.text import Text

    figure: Figure = ax.get_figure(root=True)  # type: ignore[assignment]
    with styled():
        figure.savefig(path, format=form, metadata={"Title": title, **dates[form]})
        _tell_missing(without_glyph(one.get_text() for one in figure.findobj(Text)))


@cache
def _tell_missing(letters: str) -> None:
    """Say once, on standard error, that letters cannot be drawn."""
    if letters:
        hint = "install a font that has them, such as Noto Sans"
        logging.getLogger(__name__).warning("no font here has the letters %s: boxes stand for them; %s", letters, hint)


def currencies_of(case: Case) -> dict[str, str]:
    """Name the currencies of the prices that are stated in another one than the case's, by their paths."""
    found = {path: currency_of(case, path) for one in case.inputs.values() for path, _ in one.parts()}
    return {path: currency for path, currency in found.items() if currency != case.currency}


def price_currency(case: Case, supplier: str) -> str:
    """Name the currency of an option's price at stake: its own for the price it asks, else the case's."""
    option = case.option(supplier)
    return option.settings.get("currency", case.currency) if option.price_at_stake == "unit_price" else case.currency


def along_the_price(
    case: Case, found: BreakEven, *, n: int = DEFAULT_DRAWS, seed: int = 0
) -> tuple[FloatArray, FloatArray]:
    """Give values of a price at stake around its break-evens, (m,), and the expected NPV there, (3, m) [money].

    Parameters
    ----------
    case : Case
        The case that the break-even was found in.
    found : BreakEven
        Of a price at stake.
    n, seed : int
        Draws, and what they are made from.
    """
    turned = stake(case, found.supplier)
    worlds = Worlds.of(turned.case, n, seed=seed, outcomes=turned.outcomes)
    flips = found.totals.values()
    marks = [x for flip in flips for x in (flip.expected, flip.p5, flip.p95) if x is not None and x >= turned.low]
    low, high = min(found.value, *marks, found.value), max(found.value, *marks, found.value)
    reach = BEYOND * (high - low) or 0.5 * turned.scale
    values = np.linspace(max(low - reach, turned.low), min(high + reach, turned.high), _POINTS)

    def expected(value: float) -> FloatArray:
        draws = {**worlds.draws, **turned.draws(np.full(worlds.n, value))}
        return np.asarray(turned.outcomes.savings(draws, found.supplier).mean(axis=1))

    return values, np.stack([expected(float(value)) for value in values], axis=1)


def _two_inputs(asked: _Asked) -> tuple[str, str]:
    """Give the inputs asked for, and in place of those left out the ones of the largest swings."""
    from tco.analyses.tornado import tornado

    given = [path for path in (asked.x, asked.y) if path]
    if len(given) < 2:
        swings = [bar.path for bar in tornado(asked.case, asked.supplier).bars if bar.path not in given]
        given += swings[: 2 - len(given)]
    if len(given) < 2:
        raise UsageError("expected two inputs for a grid: the case has fewer that are uncertain; name x and y")
    return (given[0], given[1]) if asked.x or not asked.y else (given[1], given[0])
