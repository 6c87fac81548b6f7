"""One style for all charts: colours for every eye and for black and white, axes made or taken, words that fit."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tco.errors import UsageError, shown
from tco.views.charts.sentences import alike, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation

INK, MUTED, PALE = "#222222", "#5f5f5f", "#d9d9d9"
BLUE, ORANGE, GREEN, VERMILLION, PURPLE, SKY, YELLOW = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#F0E442",
)
"""Colours that readers with any kind of colour vision tell apart: Okabe and Ito (2008), Color Universal Design."""
GOOD, BAD = (BLUE, ""), (VERMILLION, "///")
"""Colour and hatch of what is saved, and of what costs more."""
KINDS = (
    (BLUE, ""),
    (ORANGE, "///"),
    (SKY, ""),
    (VERMILLION, "\\\\\\"),
    (GREEN, "xxx"),
    (YELLOW, ""),
    (PURPLE, "..."),
    (PALE, "---"),
)
"""Colour and hatch of kinds that have no order, neighbours of different lightness."""
RAMPS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "hard": (("#062f5b", "#0072B2", "#7fc1e8", "#d3e9f7"), ("",)),
    "estimated": (("#c67f00", "#E69F00", "#fbe0a3"), ("///", "\\\\\\")),
    "soft": (("#a8447c", "#CC79A7", "#efc9de"), ("xxx", "...")),
}
"""Colours of each grade's lines, from dark to light, and their hatches."""
LINES = {"hard": (SKY, ":"), "hard_and_estimated": (ORANGE, "--"), "all_in": (BLUE, "-")}
"""Colour and dashes of the three totals."""
SMALL, PLAIN, LARGE = 8.0, 9.5, 13.0
"""Sizes of type [point]."""
WIDTH = 9.0
"""Width of a chart that is drawn on its own [inch]."""
_BESIDE = 0.75
"""Share of the height of axes that a name beside them may take: the headline will take some of it."""
GAP = 6.0
"""Room between the title, what stands under it and the axes [point]."""

FONTS = (
    "DejaVu Sans",
    "Noto Sans",
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Noto Sans JP",
    "IPAexGothic",
    "Yu Gothic",
    "Hiragino Sans",
    "Microsoft YaHei",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Arial Unicode MS",
)
"""Fonts in which letters are looked for; the first draws whatever it has."""
_ASCII = 127

Look = dict[str, Any]
"""How something is drawn: the keywords that matplotlib knows."""

STYLE: Look = {
    "figure.dpi": 150,
    "savefig.dpi": 150,
    "font.size": PLAIN,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.labelsize": PLAIN,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": LARGE,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.color": MUTED,
    "ytick.labelcolor": INK,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.8,
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": PLAIN - 0.5,
    "figure.constrained_layout.h_pad": 0.12,
    "figure.constrained_layout.w_pad": 0.12,
    "svg.hashsalt": "tco",
    "svg.fonttype": "path",
}
"""What differs from matplotlib's defaults; applied while a chart is drawn, and undone after."""


@contextmanager
def styled() -> Iterator[None]:
    """Apply the style for as long as it is needed, whatever the user's own settings."""
    from matplotlib import style

    with _letters_allowed(), style.context(["default", STYLE, {"font.family": families()}]):
        yield


@contextmanager
def _letters_allowed() -> Iterator[None]:
    """Keep matplotlib from warning of each letter that no font has: who writes a file tells of them, once."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


@lru_cache(maxsize=1)
def families() -> list[str]:
    """Give the fonts that letters are looked for in, one after the other: those of the list that are installed."""
    from matplotlib.font_manager import fontManager

    known = set(fontManager.get_font_names())
    return [name for name in FONTS if name in known] or [FONTS[0]]


def without_glyph(words: Iterable[str]) -> str:
    """Give the letters of some words that no font here has, each once."""
    from matplotlib.font_manager import FontProperties, fontManager, get_font

    letters = sorted({letter for one in words for letter in one if not letter.isspace() and ord(letter) > _ASCII})
    if not letters:
        return ""
    fonts = [get_font(fontManager.findfont(FontProperties(family=name))) for name in families()]
    return "".join(letter for letter in letters if not any(font.get_char_index(ord(letter)) for font in fonts))


@contextmanager
def canvas(ax: Axes | None, height: float = 5.0, width: float = WIDTH) -> Iterator[Axes]:
    """Give axes to draw on in the style: those of the caller, or those of a figure of its own.

    In a notebook the figure is one of pyplot's, so that it shows itself at the end of the cell, once; elsewhere
    pyplot is never loaded.

    Parameters
    ----------
    ax : Axes or None
        The caller's.
    height, width : float
        Of the figure that is made where there are none [inch].

    Raises
    ------
    UsageError
        For something other than axes.
    """
    if ax is not None:
        _expect_axes(ax)
        with styled():
            yield ax
        return
    make = _figure_maker()
    with styled():
        figure = make(figsize=(width, height), layout="constrained")
        try:
            yield figure.add_subplot()
        except BaseException:
            _put_away(figure)
            raise


def _expect_axes(ax: object) -> None:
    from matplotlib.axes import Axes

    if not isinstance(ax, Axes):
        raise UsageError(f"expected Matplotlib axes, found {shown(ax)}: write ax=figure.add_subplot(), or leave it out")


def in_notebook() -> bool:
    """Say whether this runs in a notebook's kernel, which shows pyplot's figures at the end of a cell."""
    ipython = sys.modules.get("IPython")
    return getattr(ipython and ipython.get_ipython(), "kernel", None) is not None


@contextmanager
def unshown() -> Iterator[None]:
    """Keep a notebook from showing the charts that are drawn inside, and from keeping them: they go into files."""
    if not in_notebook():
        yield
        return
    from matplotlib import pyplot

    before = set(pyplot.get_fignums())
    try:
        yield
    finally:
        for number in set(pyplot.get_fignums()) - before:
            pyplot.close(number)


def _figure_maker() -> Callable[..., Figure]:
    """Give pyplot's in a notebook, else one of figures that no window shows and nothing keeps."""
    if in_notebook():
        from matplotlib import pyplot

        # loads the notebook's backend, whose settings would be undone with the style
        pyplot.draw_if_interactive()  # type: ignore[no-untyped-call]
        return pyplot.figure
    return _bare_figure


def _bare_figure(**look: Any) -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(**look)
    FigureCanvasAgg(figure)
    return figure


def _put_away(figure: Figure) -> None:
    """Keep a notebook from showing half a chart."""
    if figure.canvas.manager is not None:
        from matplotlib import pyplot

        pyplot.close(figure)


def headline(ax: Axes, finding: str, about: str, handles: Sequence[Any] = ()) -> None:
    """Write the finding above a finished chart, under it what is shown, then a legend; all fit the width that there is.

    Parameters
    ----------
    ax : Axes
        With all else drawn: it is measured here.
    finding, about : str
        The title, and what stands under it.
    handles : sequence of Artist
        What a legend above the axes explains, if there is one.
    """
    figure = root(ax)
    laid_out(figure)
    _wrap_axis_names(ax)
    if handles:
        _legend_above(ax, handles)
    box, inside = ax.get_tightbbox(), ax.get_window_extent()
    if box is None:
        return
    left = min(box.x0, inside.x0)
    room = (_right_end(ax, figure, box.x1) - left) * 72 / figure.dpi
    shift = (left - inside.x0) * 72 / figure.dpi
    up = GAP
    legend = ax.get_legend()
    if legend is not None and legend.get_window_extent().y0 >= inside.y1 - 1:
        up += legend.get_window_extent().height * 72 / figure.dpi
    note = _above(ax, wrapped(about, room, PLAIN - 0.5, lines=3), shift, up)
    up += note.get_window_extent().height * 72 / figure.dpi + GAP
    ax.set_title(wrapped(finding, room, LARGE, lines=4, bold=True), loc="left", pad=up, x=shift / _points(ax))


def doubt(ax: Axes, words: str) -> None:
    """Write below a chart what makes it doubtful."""
    figure = root(ax)
    room = figure.get_figwidth() * 72 - 24
    figure.supxlabel(wrapped(words, room, PLAIN, lines=2), x=0.01, ha="left", fontsize=PLAIN, color=VERMILLION)


def _wrap_axis_names(ax: Axes) -> None:
    """Break what stands beside the axes into lines that are no longer than these."""
    inside, dots = ax.get_window_extent(), 72 / root(ax).dpi
    ax.set_xlabel(wrapped(ax.get_xlabel(), inside.width * dots, PLAIN, lines=2))
    ax.set_ylabel(wrapped(ax.get_ylabel(), _BESIDE * inside.height * dots, PLAIN, lines=2))


def _right_end(ax: Axes, figure: Figure, drawn: float) -> float:
    """Give where words must end: at the figure's edge, or with the axes where others stand beside them [pixel]."""
    here = ax.get_position().bounds
    alone = all(one.get_position().bounds == here for one in figure.axes)
    return float(figure.bbox.x1 - 0.12 * figure.dpi if alone else drawn)


def _above(ax: Axes, words: str, shift: float, up: float) -> Annotation:
    place: Look = {"xy": (0, 1), "xycoords": "axes fraction", "xytext": (shift, up), "textcoords": "offset points"}
    return ax.annotate(words, **place, ha="left", va="bottom", fontsize=PLAIN - 0.5, color=MUTED, annotation_clip=False)


def _points(ax: Axes) -> float:
    return float(ax.get_window_extent().width * 72 / root(ax).dpi)


def laid_out(figure: Figure) -> None:
    """Let a figure's layout take its place, so that sizes can be measured."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)


def root(ax: Axes) -> Figure:
    """Give the figure that axes stand in."""
    found = ax.get_figure(root=True)
    if found is None:
        raise ValueError("expected axes that stand in a figure")
    return found


def _legend_above(ax: Axes, handles: Sequence[Any]) -> None:
    """Put a legend between the title and the axes, in as many columns as there is room for."""
    for columns in range(len(handles), 0, -1):
        legend = ax.legend(
            handles=handles,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=columns,
            borderaxespad=0.3,
            borderpad=0.1,
            handlelength=2.4,
            columnspacing=1.6,
        )
        if legend.get_window_extent().width <= ax.get_window_extent().width:
            return


def legend_beside(ax: Axes, handles: Sequence[Any]) -> None:
    """Put a legend at the right of the axes, in one column."""
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0, labelspacing=0.7)


def wrapped(words: str, room: float, size: float, *, lines: int, bold: bool = False) -> str:
    """Break words into lines that fit a room; what does not fit the last line ends in an ellipsis.

    Parameters
    ----------
    words : str
        On one line.
    room, size : float
        Width of a line, and the size of the type [point].
    lines : int
        At most so many.
    bold : bool
        Whether the type is bold.
    """
    found: list[str] = []
    rest = words.split()
    while rest:
        line = _filled(rest, room, size, bold)
        if len(found) == lines - 1 and rest:
            found.append(_cut(" ".join([line, *rest]), room, size, bold))
            break
        found.append(line)
    return "\n".join(found)


def _filled(rest: list[str], room: float, size: float, bold: bool) -> str:
    """Take words off the front until a line is full; a word that is wider than a line is broken."""
    line = rest.pop(0)
    if width_of(line, size, bold=bold) > room:
        fits = max((i for i in range(1, len(line)) if width_of(line[:i], size, bold=bold) <= room), default=1)
        if fits < len(line):
            rest.insert(0, line[fits:])
        return line[:fits]
    while rest and width_of(f"{line} {rest[0]}", size, bold=bold) <= room:
        line = f"{line} {rest.pop(0)}"
    return line


def _cut(words: str, room: float, size: float, bold: bool) -> str:
    while words and width_of(f"{words}…", size, bold=bold) > room:
        words = words[:-1].rstrip()
    return f"{words}…"


@lru_cache(maxsize=4096)
def width_of(words: str, size: float, *, bold: bool = False) -> float:
    """Give how wide a line of words is, and a little more, for type that is set to whole pixels [point]."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    face = FontProperties(family=families(), size=size, weight="bold" if bold else "normal")
    with _letters_allowed():
        width, _, _ = text_to_path.get_text_width_height_descent(words, face, ismath=False)
    return float(width) * 1.03


def inputs_named(names: Sequence[str], room: float, size: float, *, lines: int) -> list[str]:
    """Wrap the names of inputs; of one that is too long, whose it is is cut, so that what it is stays to be read."""
    cut = [_fitting(name, room, size, lines) for name in names]
    chosen = [one if cut.count(one) == 1 else name for one, name in zip(cut, names, strict=True)]
    return told_apart(chosen, room, size, lines=lines)


def _fitting(name: str, room: float, size: float, lines: int) -> str:
    """Cut whose an input is until the name fits; the whole name where that does not help."""
    tried = (shortened(name, longest) for longest in range(len(name), 0, -3))
    return next((one for one in tried if not wrapped(one, room, size, lines=lines).endswith("…")), name)


def told_apart(names: Sequence[str], room: float, size: float, *, lines: int) -> list[str]:
    """Wrap names; of those that would be cut to the same words, the middle is left out instead of the end."""
    found = [wrapped(name, room, size, lines=lines) for name in names]
    return [
        _without_middle(name, room, size, lines) if words.endswith("…") and found.count(words) > 1 else words
        for name, words in zip(names, found, strict=True)
    ]


def _without_middle(name: str, room: float, size: float, lines: int) -> str:
    fits, too_many, found = 1, len(name), wrapped(name, room, size, lines=lines)
    while too_many - fits > 1:
        kept = (fits + too_many) // 2
        tail = max(kept // 2, 1)
        words = wrapped(f"{name[: kept - tail].rstrip()}… {name[-tail:].lstrip()}", room, size, lines=lines)
        if words.endswith("…"):
            too_many = kept
        else:
            fits, found = kept, words
    return found


def numbers_on(axis: Axis, *, divisor: float = 1.0) -> None:
    """Write an axis's numbers for people: thousands parted, as many decimals as its steps need."""
    from matplotlib.ticker import Formatter

    class Written(Formatter):
        """All numbers of the axis at once, since they have as many decimals as their steps need."""

        def __call__(self, value: float, _place: int | None = None) -> str:
            return self.format_ticks([*axis.get_majorticklocs(), value])[-1]

        def format_ticks(self, values: Sequence[float]) -> list[str]:
            return alike([float(value) / divisor for value in values])

    axis.set_major_formatter(Written())


def percent_on(axis: Axis) -> None:
    """Write an axis of shares in per cent."""
    from matplotlib.ticker import PercentFormatter

    axis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))


def ramp(grade: str, count: int) -> list[tuple[str, str]]:
    """Give a colour and a hatch for each of a grade's lines, from dark to light."""
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    colours, hatches = RAMPS[grade]
    shades = LinearSegmentedColormap.from_list(grade, list(colours))
    steps = [0.35] if count == 1 else [i / (count - 1) for i in range(count)]
    return [(to_hex(shades(step)), hatches[i % len(hatches)]) for i, step in enumerate(steps)]


def ink_on(colour: str) -> str:
    """Give the colour of words that are read best on another colour."""
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(colour)
    return "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 0.55 else INK


def halo() -> list[Any]:
    """Give the effect that keeps words readable where they stand on lines."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=3, foreground="white")]
