"""Five slides of a business case: the finding as title, native charts that can be edited."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from tco.analyses.decision import refuse_one_alone
from tco.comparison import OptionCost
from tco.errors import TcoError
from tco.files import checked, replacing
from tco.loader import Case, checked_case
from tco.outcomes import DEFAULT_DRAWS
from tco.progress import Progress, Steps, each
from tco.quantity import GRADES
from tco.results import TOTALS
from tco.views import payback
from tco.views.charts.rankings import brief_swing_words
from tco.views.charts.sentences import plain, sentence
from tco.views.charts.style import inputs_named
from tco.views.decision import incomplete, price_line, verdict
from tco.views.figures import EACH, Figures, told, told_each, told_signed
from tco.views.report.content import (
    MOST_YEARS,
    NOTHING_UNCERTAIN,
    Grid,
    Paragraph,
    certain_grid,
    told_marks,
    written,
    year_grid,
)
from tco.views.report.findings import Findings
from tco.views.risk import chance
from tco.views.table import NAMES, short

INK, SOFT, MARK, BAND = "1B1F24", "57606A", "0B5394", "F3F6F9"
COLOURS = ("0B5394", "E69F00", "009E73", "CC79A7", "56B4E9", "D55E00", "8C8C8C", "F0E442")
_BARS = 24
_MOST_INPUTS = 8
_LABEL = 34
_SHORT = 900
"""Letters of the answer's sentences up to which they are set large."""
_LONGEST_TITLE = 180
"""Letters that a title has room for."""
_SHORT_SUM = 1e4
"""Up to where sums on an axis are written in full."""
_MANY = 4
_MOST_TABLES = 3
_NAME_ROOM = 330.0
"""Width of an input's name on two lines [point]."""
_MARGIN = 0.05
"""Beside the text of a table's cell [inch]."""
_WIDEST = 0.72
"""Width of a bold digit in the widest common typeface, as a share of its size: the reader's may be another."""
_DATED = (1980, 1, 1, 0, 0, 0)
"""What every part of the file carries as its date, so that equal cases give equal files."""


def slides(
    case: Case,
    path: str | Path,
    *,
    n: int = DEFAULT_DRAWS,
    seed: int = 0,
    progress: Progress | None = None,
) -> None:
    """Write five slides of a case: the answer, where the money goes, how sure, what would change it, the case by year.

    Parameters
    ----------
    case : Case
        From `tco.load` or `tco.from_data`, with at least two options.
    path : str or Path
        A file ending in ``.pptx``; written whole or not at all.
    n, seed : int
        Draws, and what they are made from.
    progress : callable, optional
        Called with steps done and steps in all.

    Raises
    ------
    TcoError
        Where python-pptx is not installed, or the file cannot be written.

    Examples
    --------
    >>> import tco
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> with TemporaryDirectory() as folder:
    ...     tco.slides(case, f"{folder}/case.pptx", n=512)
    ...     Path(f"{folder}/case.pptx").stat().st_size > 0
    True
    """
    checked_case(case)
    try:
        import pptx
    except ImportError:
        raise TcoError("slides need the extra 'report': pip install 'supplier-tco[report]'") from None
    checked(path, (".pptx",))
    refuse_one_alone(case)
    steps = Steps(progress, 10)
    found = Findings.of(case, n=n, seed=seed, progress=steps.part(8))
    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = pptx.util.Inches(13.333), pptx.util.Inches(7.5)
    made = _Deck(deck, found)
    for slide in each((made.answer, made.costs, made.certainty, made.changes, made.years), steps.part(2)):
        slide()
    deck.core_properties.title = found.case.name
    deck.core_properties.author = deck.core_properties.last_modified_by = "tco"
    made_of = BytesIO()
    deck.save(made_of)
    with replacing(path) as temporary:
        temporary.write_bytes(_settled(made_of.getvalue()))


class _Deck:
    """Lays the slides out."""

    def __init__(self, deck: Any, found: Findings) -> None:
        from pptx.util import Inches, Pt

        self.deck, self.found, self.decision = deck, found, found.decision
        self.inches, self.points = Inches, Pt
        self.option = self.decision.option(self.decision.challenger)

    def answer(self) -> None:
        """Give the verdict, the figures of the first glance, and the sentences behind them."""
        report = written(self.found)
        slide = self._slide(lambda longest: verdict(self.decision, longest))
        width = 12.1 / len(report.tiles)
        size = min(24, *(_fitting(tile.value, width - 0.6) for tile in report.tiles))
        for position, tile in enumerate(report.tiles):
            left = 0.6 + position * width
            box = self._box(slide, left, 1.7, width - 0.2, 1.5, fill=BAND)
            self._line(box, tile.value, size, bold=True, colour=MARK)
            self._line(box, tile.name, 14)
            self._line(box, tile.remark, 11, colour=SOFT)
        box = self._box(slide, 0.6, 3.5, 12.1, 3.2)
        size = 18 if sum(map(len, report.answer[1:])) <= _SHORT else 13
        for words in report.answer[1:]:
            self._line(box, words, size, after=10)

    def costs(self) -> None:
        """Show the cost of a unit by grade and group, options side by side."""
        from pptx.enum.chart import XL_CHART_TYPE

        comparison = self.found.comparison
        units = comparison.planned.discounted_units
        base, option = (comparison.supplier(name) for name in (self.decision.baseline, self.decision.challenger))
        change = (option.present_cost - base.present_cost) / units
        cheaper = "less" if change < 0 else "more"
        cost = f"{told_each(abs(change))} {comparison.currency} a unit {cheaper}, all in"
        most = _largest_difference(option, base, units)
        slide = self._slide(lambda longest: f"{self._named(longest)} costs {cost}{most}")
        groups = list(dict.fromkeys(line.group for grade in GRADES for line in comparison.lines if line.grade == grade))
        names = [incomplete(one, _LABEL) for one in comparison.suppliers]
        form = Figures.of((one.cost_per_unit for one in comparison.suppliers), EACH)
        amounts = [[one.by_group.get(group, 0.0) / units for one in comparison.suppliers] for group in groups]
        series = [
            (group, [x / form.divisor for x in found])
            for group, found in zip(groups, amounts, strict=True)
            if any(found)
        ]
        unit = f"{comparison.currency}{form.word} a planned unit"
        words = f"{unit}, levelised, base case, options side by side"
        words += told_marks(any(one.incomplete for one in comparison.suppliers))
        kind = XL_CHART_TYPE.COLUMN_STACKED if len(names) <= _MANY else XL_CHART_TYPE.BAR_STACKED
        chart = self._chart(slide, kind, names, series, words, figures=form.excel, axis=unit)
        chart.category_axis.reverse_order = kind is XL_CHART_TYPE.BAR_STACKED
        if all(min(found) >= 0 for _, found in series):
            chart.value_axis.minimum_scale = 0
        chart.value_axis.tick_labels.number_format = Figures.of((_highest(series) / 2,), EACH).excel
        chart.plots[0].gap_width = 60
        chart.plots[0].overlap = 100

    def certainty(self) -> None:
        """Show how what is saved spreads over draws."""
        from pptx.enum.chart import XL_CHART_TYPE

        if self.found.certain:
            self._certain()
            return
        saved = self.found.worlds.savings(self.decision.challenger)[2]
        likely = chance(self.option.probability_positive["all_in"])
        npv = self.option.npv["all_in"]
        currency = self.decision.currency
        ends = f"{told_signed(npv.p5)} and {told_signed(npv.p95)} {currency}"
        slide = self._slide(
            lambda longest: f"{self._named(longest)} saves in {likely} of worlds; nine in ten lie between {ends}"
        )
        edges = _edges(saved)
        counts = np.histogram(saved, edges)[0] / saved.size
        middles = (edges[:-1] + edges[1:]) / 2
        scale = Figures.of([float(x) for x in edges], _SHORT_SUM)
        names = [f"{edge / scale.divisor + 0.0:,.12g}" for edge in edges[:-1]]
        loses = [float(share) if middle < 0 else 0.0 for share, middle in zip(counts, middles, strict=True)]
        saves = [float(share) if middle >= 0 else 0.0 for share, middle in zip(counts, middles, strict=True)]
        series = [("saves", saves), ("costs more", loses)]
        words = f"share of {saved.size:,} draws by what is saved, all in; each bar begins at the sum below its left end"
        words += told_marks(self.found.incomplete)
        chart = self._chart(
            slide,
            XL_CHART_TYPE.COLUMN_STACKED,
            names,
            series,
            words,
            percent=True,
            height=3.7,
            axis="share of draws",
            along=f"net present value, {currency}{scale.word}",
        )
        _every(chart, max(len(names) // 8, 1))
        chart.plots[0].gap_width = 10
        chart.plots[0].overlap = 100
        form = Figures.of(x for one in self.option.npv.values() for x in (one.mean, one.p5, one.p95))
        rows = []
        for total in TOTALS:
            one = self.option.npv[total]
            cells = [form.signed(x) for x in (one.mean, one.p5, one.p95)]
            rows.append((NAMES[total], *cells, chance(self.option.probability_positive[total])))
        self._table(
            slide,
            Grid((f"saved, {currency}{form.word}", "mean", "5 %", "95 %", "P(saves)"), tuple(rows)),
            0.6,
            5.6,
            12.1,
            14,
        )

    def _certain(self) -> None:
        """Say that nothing is uncertain, and show the one figure that there is of each option."""
        npv, currency = self.option.npv["all_in"].mean, self.decision.currency
        outcome = f"saves {told(npv)} {currency}" if npv > 0 else f"costs {told(-npv)} {currency} more"
        slide = self._slide(lambda longest: f"{self._named(longest)} {outcome}: nothing in this case is uncertain")
        grid = certain_grid(self.found)
        self._line(self._box(slide, 0.6, 1.4, 12.1, 0.4), f"net present value, {grid.caption}", 12, colour=SOFT)
        self._table(slide, grid, 0.6, 2.0, 12.1, 18)

    def changes(self) -> None:
        """Show which inputs move the answer most, and the price to hold out for."""
        from pptx.enum.chart import XL_CHART_TYPE

        told_of = self.found.sensitivity
        if told_of is None:
            slide = self._slide(lambda _: price_line(self.decision))
            self._line(self._box(slide, 0.6, 1.7, 12.1, 1), NOTHING_UNCERTAIN, 18)
            return
        mark = "INCOMPLETE: " if self.found.incomplete else ""
        slide = self._slide(lambda _: mark + brief_swing_words(told_of, _LONGEST_TITLE - len(mark)))
        inputs = [one for one in told_of.inputs if one.swing > 0][:_MOST_INPUTS][::-1]
        if not inputs:
            self._line(self._box(slide, 0.6, 1.7, 12.1, 1), price_line(self.decision) + ".", 18)
            return
        names = inputs_named([sentence(plain(one.label)) for one in inputs], _NAME_ROOM, 12, lines=2)
        names = [" ".join(name.split()) for name in names]
        low = [min(one.bar.low, one.bar.high) - told_of.base for one in inputs]
        high = [max(one.bar.low, one.bar.high) - told_of.base for one in inputs]
        scale = Figures.of([*low, *high], _SHORT_SUM)
        better, worse = [max(x, 0.0) / scale.divisor for x in high], [min(x, 0.0) / scale.divisor for x in low]
        series = [("to its better end", better), ("to its worse end", worse)]
        words = (
            f"what each input does to the {told_signed(told_of.base)} {self.decision.currency} saved in the base case, "
            f"moved from its {100 * told_of.low:.0f}th to its {100 * told_of.high:.0f}th percentile, the others at "
            "their means"
        ) + told_marks(self.found.incomplete)
        unit = f"change of what is saved, {self.decision.currency}{scale.word}"
        chart = self._chart(
            slide, XL_CHART_TYPE.BAR_STACKED, names, series, words, figures="#,##0.###", axis=unit, height=4.5
        )
        chart.value_axis.tick_labels.number_format = "General" if scale.word else "#,##0"
        chart.plots[0].gap_width = 40
        chart.plots[0].overlap = 100
        self._line(self._box(slide, 0.6, 6.5, 12.1, 0.5), price_line(self.decision) + ".", 14)
        from pptx.enum.chart import XL_TICK_LABEL_POSITION

        chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW

    def years(self) -> None:
        """Show the case by year, as finance knows it."""
        grid = year_grid(self.found)
        report = written(self.found)
        section = next(one for one in report.sections if one.title == "The case by year")
        words = next(block.text for block in section.blocks if isinstance(block, Paragraph))
        npv, currency = self.option.npv_base["all_in"], self.decision.currency
        when = payback.in_a_sentence(self.found.cash)
        outcome = f"{told(abs(npv))} {currency} {'saved' if npv > 0 else 'lost'} in present value in the base case"
        mean = f", {told_signed(self.option.npv['all_in'].mean)} on average over draws"
        mean = "" if self.found.certain else mean
        slide = self._slide(lambda longest: f"{self._named(longest)} {when}: {outcome}{mean}")
        top, parts = 1.6, grid.parted(1, MOST_YEARS + 2)
        shown = parts if len(parts) < _MOST_TABLES else (parts[0], parts[-1])
        row = 0.36 if len(shown) == 1 else 0.2
        for part in shown:
            self._table(slide, part, 0.6, top, 12.1, 13 if len(shown) == 1 else 9, row)
            top += row * (len(part.rows) + 1) + 0.15
        box = self._box(slide, 0.6, max(6.3, top), 12.1, 0.9)
        left_out = "" if len(shown) == len(parts) else " The years between are in the report."
        self._line(box, f"{words} {grid.caption}.{left_out}", 11, colour=SOFT)

    def _named(self, longest: int) -> str:
        """Name the option at the start of a title, marked where what is said of it is incomplete."""
        mark = " (INCOMPLETE)" if self.found.incomplete else ""
        return sentence(short(self.option.label, longest)) + mark

    def _slide(self, title: Callable[[int], str]) -> Any:
        """Add a slide with a title, in which names are cut to so many letters as leave room for the rest."""
        tried = [title(longest) for longest in (1000, 60, 44, 34, 26, 18)]
        words = next((one for one in tried if len(one) <= _LONGEST_TITLE), tried[-1])
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[5])
        shape = slide.shapes.title
        shape.left, shape.top, shape.width, shape.height = map(self.inches, (0.6, 0.3, 12.1, 1.1))
        shape.text_frame.word_wrap = True
        shape.text_frame.text = _unbroken(words)
        size = 26 if len(words) <= 90 else 22 if len(words) <= 130 else 18
        self._style(shape.text_frame.paragraphs[0], size, bold=True, colour=INK)
        return slide

    def _box(self, slide: Any, left: float, top: float, width: float, height: float, fill: str = "") -> Any:
        from pptx.dml.color import RGBColor
        from pptx.enum.text import MSO_AUTO_SIZE

        shape = slide.shapes.add_textbox(*map(self.inches, (left, top, width, height)))
        shape.text_frame.word_wrap = True
        shape.text_frame.auto_size = MSO_AUTO_SIZE.NONE
        if fill:
            shape.fill.solid()
            shape.fill.fore_color.rgb = RGBColor.from_string(fill)
        return shape.text_frame

    def _line(self, frame: Any, text: str, size: int, *, bold: bool = False, colour: str = INK, after: int = 2) -> None:
        paragraph = frame.paragraphs[0] if not frame.paragraphs[0].runs else frame.add_paragraph()
        paragraph.text = _unbroken(text)
        paragraph.space_after = self.points(after)
        self._style(paragraph, size, bold=bold, colour=colour)

    def _style(self, paragraph: Any, size: int, *, bold: bool, colour: str) -> None:
        from pptx.dml.color import RGBColor
        from pptx.enum.text import PP_ALIGN

        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.font.size, paragraph.font.bold = self.points(size), bold
        paragraph.font.color.rgb = RGBColor.from_string(colour)

    def _chart(
        self,
        slide: Any,
        kind: Any,
        names: Sequence[str],
        series: Sequence[tuple[str, Sequence[float]]],
        words: str,
        *,
        percent: bool = False,
        figures: str = "0.00",
        height: float = 4.9,
        axis: str = "",
        along: str = "",
    ) -> Any:
        """Add a native chart with a legend below, what it shows above, and the names of its axes."""
        from pptx.chart.data import CategoryChartData
        from pptx.dml.color import RGBColor
        from pptx.enum.chart import XL_LEGEND_POSITION

        self._line(self._box(slide, 0.6, 1.4, 12.1, 0.4), words, 12, colour=SOFT)
        data = CategoryChartData(number_format="0%" if percent else figures)
        data.categories = list(names)
        for name, values in series:
            data.add_series(name, list(values))
        shape = slide.shapes.add_chart(kind, *map(self.inches, (0.6, 1.8, 12.1, height)), data)
        chart = shape.chart
        chart.has_title = False
        chart.has_legend = True
        chart.legend.position = XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False
        chart.font.size = self.points(12 if len(names) <= _MANY else 10)
        for one, name in ((chart.value_axis, axis), (chart.category_axis, along)):
            one.has_title = bool(name)
            if name:
                one.axis_title.text_frame.text = name
                self._style(one.axis_title.text_frame.paragraphs[0], 11, bold=False, colour=SOFT)
        chart.value_axis.tick_labels.number_format = "0%" if percent else figures
        chart.value_axis.tick_labels.number_format_is_linked = False
        chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor.from_string("D0D7DE")
        for position, one in enumerate(chart.plots[0].series):
            one.format.fill.solid()
            one.format.fill.fore_color.rgb = RGBColor.from_string(COLOURS[position % len(COLOURS)])
            one.invert_if_negative = False
        return chart

    def _table(
        self, slide: Any, grid: Grid, left: float, top: float, width: float, size: int, row_height: float = 0.36
    ) -> None:
        """Add a table whose figures stand on one line each."""
        from pptx.dml.color import RGBColor
        from pptx.enum.text import PP_ALIGN

        rows, columns = len(grid.rows) + 1, len(grid.heads)
        shape = slide.shapes.add_table(rows, columns, *map(self.inches, (left, top, width, row_height * rows)))
        table = shape.table
        table.columns[0].width = self.inches(width * 0.28)
        for column in range(1, columns):
            table.columns[column].width = self.inches(width * 0.72 / (columns - 1))
        room = width * 0.72 / (columns - 1) - 2 * _MARGIN
        size = min(size, *(_fitting(cell, room) for cells in grid.rows for cell in cells[1:]))
        size = min(size, *(_fitting(word, room) for head in grid.heads[1:] for word in head.split()))
        for row, cells in enumerate((grid.heads, *grid.rows)):
            for column, text in enumerate(cells):
                cell = table.cell(row, column)
                cell.text = _unbroken(text)
                cell.margin_top = cell.margin_bottom = self.inches(0.03)
                cell.margin_left = cell.margin_right = self.inches(_MARGIN)
                bold = row == 0 or row - 1 in grid.bold
                self._style(cell.text_frame.paragraphs[0], size, bold=bold, colour="FFFFFF" if row == 0 else INK)
                if column:
                    cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
                cell.fill.solid()
                fill = MARK if row == 0 else BAND if row - 1 in grid.bold else "FFFFFF"
                cell.fill.fore_color.rgb = RGBColor.from_string(fill)


def _largest_difference(option: OptionCost, base: OptionCost, units: float) -> str:
    """Name the line that makes most of the difference of two options' costs; nothing where none differs."""
    more = {name: option.lines.get(name, 0.0) - base.lines.get(name, 0.0) for name in {**base.lines, **option.lines}}
    name, most = max(more.items(), key=lambda one: abs(one[1]), default=("", 0.0))
    if not most:
        return ""
    return f"; largest difference: {plain(name)} {'adds' if most > 0 else 'saves'} {told_each(abs(most / units))}"


def _edges(values: np.ndarray) -> np.ndarray:
    """Give the edges of equal bars over the range of draws, at round sums, so that one is 0 where that lies within."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        return np.array([low - 0.5, low + 0.5])
    least = (high - low) / _BARS
    power = 10.0 ** np.floor(np.log10(least))
    width = next(step for step in (1, 2, 2.5, 5, 10) if step * power >= least) * power
    return np.asarray(width * np.arange(np.floor(low / width), np.ceil(high / width) + 1))


def _highest(series: Sequence[tuple[str, Sequence[float]]]) -> float:
    """Give how high stacked columns reach."""
    return max((sum(max(x, 0.0) for x in column) for column in zip(*(x for _, x in series), strict=True)), default=0.0)


def _every(chart: Any, step: int) -> None:
    """Name every so many bars only."""
    axis = chart.category_axis._element
    for tag in ("tickLblSkip", "tickMarkSkip"):
        for old in axis.findall(f"{{{axis.nsmap['c']}}}{tag}"):
            axis.remove(old)
        skip = axis.makeelement(f"{{{axis.nsmap['c']}}}{tag}", {"val": str(step)})
        after = axis.find(f"{{{axis.nsmap['c']}}}noMultiLvlLbl")
        after.addprevious(skip) if after is not None else axis.append(skip)


def _unbroken(words: str) -> str:
    """Keep a number together with its sign, its unit and its currency where lines are broken."""
    words = re.sub(r"-(?=\d)", "\u2212", words)
    words = re.sub(r"\u2212(?=[$£€¥])", "\u2212\u2060", words)
    return re.sub(r"(?<=\d) (?=%|bn\b|m\b|tn\b|k\b|[A-Z]{3}\b)", "\u00a0", words)


def _fitting(words: str, room: float) -> int:
    """Give the largest size of type in which words take at most so much room on one line [point, inch]."""
    return max(int(room * 72 / (_WIDEST * max(len(words), 1))), 5)


def _settled(file: bytes) -> bytes:
    """Give an Office file without the moment at which it was made: in its parts, and in the workbooks within."""
    settled = BytesIO()
    with zipfile.ZipFile(BytesIO(file)) as source, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            data = source.read(entry)
            if entry.endswith(".xlsx"):
                data = _settled(data)
            if entry == "docProps/core.xml":
                data = re.sub(rb">\d{4}-\d\d-\d\dT[\d:]+Z<", b">1980-01-01T00:00:00Z<", data)
            target.writestr(zipfile.ZipInfo(entry, _DATED), data, zipfile.ZIP_DEFLATED)
    return settled.getvalue()
