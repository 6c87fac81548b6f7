"""Five slides of a business case: the finding as title, native charts that can be edited."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from tco.errors import TcoError
from tco.files import replacing
from tco.loader import Case, checked_case
from tco.outcomes import DEFAULT_DRAWS
from tco.progress import Progress, Steps, each
from tco.quantity import GRADES
from tco.results import TOTALS
from tco.views.decision import price_line, verdict
from tco.views.report.content import Grid, written
from tco.views.report.findings import Findings
from tco.views.risk import chance
from tco.views.table import NAMES, Scale, a_unit, money, short, signed

INK, SOFT, MARK, BAND = "1B1F24", "57606A", "0B5394", "F3F6F9"
COLOURS = ("0B5394", "E69F00", "009E73", "CC79A7", "56B4E9", "D55E00", "8C8C8C", "F0E442")
_BARS = 24
_MOST_INPUTS = 8
_LABEL = 34
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
        slide = self._slide(verdict(self.decision))
        width = 12.1 / len(report.tiles)
        for position, tile in enumerate(report.tiles):
            left = 0.6 + position * width
            box = self._box(slide, left, 1.7, width - 0.2, 1.5, fill=BAND)
            self._line(box, tile.value, 26, bold=True, colour=MARK)
            self._line(box, tile.name, 14)
            self._line(box, tile.remark, 11, colour=SOFT)
        box = self._box(slide, 0.6, 3.5, 12.1, 3.2)
        for sentence in report.answer[1:]:
            self._line(box, sentence, 18, after=10)

    def costs(self) -> None:
        """Show the cost of a unit by grade and group, options side by side."""
        from pptx.enum.chart import XL_CHART_TYPE

        comparison = self.found.comparison
        units = comparison.planned.discounted_units
        base, option = (comparison.supplier(name) for name in (self.decision.baseline, self.decision.challenger))
        change = (option.present_cost - base.present_cost) / units
        cheaper = "less" if change < 0 else "more"
        title = f"{option.label} costs {a_unit(abs(change))} {comparison.currency} a unit {cheaper}, all in: "
        paid = option.lines.get("purchase", 0.0) - base.lines.get("purchase", 0.0)
        title += f"its purchase price {'adds' if paid > 0 else 'saves'} {a_unit(abs(paid / units))}"
        slide = self._slide(title)
        groups = list(dict.fromkeys(line.group for grade in GRADES for line in comparison.lines if line.grade == grade))
        names = [short(one.label, _LABEL) for one in comparison.suppliers]
        series = [(group, [one.by_group.get(group, 0.0) / units for one in comparison.suppliers]) for group in groups]
        words = f"{comparison.currency} a planned unit, levelised, base case"
        chart = self._chart(slide, XL_CHART_TYPE.COLUMN_STACKED, names, series, words)
        chart.plots[0].gap_width = 60
        chart.plots[0].overlap = 100

    def certainty(self) -> None:
        """Show how what is saved spreads over draws."""
        from pptx.enum.chart import XL_CHART_TYPE

        saved = self.found.worlds.savings(self.decision.challenger)[2]
        likely = chance(self.option.probability_positive["all_in"])
        npv = self.option.npv["all_in"]
        title = (
            f"{self.option.label} saves in {likely} of worlds; nine in ten lie between {signed(npv.p5)} and "
            f"{signed(npv.p95)} {self.decision.currency}"
        )
        slide = self._slide(title)
        edges = _edges(saved)
        counts = np.histogram(saved, edges)[0] / saved.size
        middles = (edges[:-1] + edges[1:]) / 2
        scale = Scale.of(float(np.abs(edges).max()))
        names = [scale.signed(float(middle)) for middle in middles]
        loses = [float(share) if middle < 0 else 0.0 for share, middle in zip(counts, middles, strict=True)]
        saves = [float(share) if middle >= 0 else 0.0 for share, middle in zip(counts, middles, strict=True)]
        series = [("saves", saves), ("costs more", loses)]
        words = f"share of {saved.size:,} draws by net present value, {self.decision.currency}{scale.word}, all in"
        chart = self._chart(slide, XL_CHART_TYPE.COLUMN_STACKED, names, series, words, percent=True, height=3.7)
        chart.plots[0].gap_width = 10
        chart.plots[0].overlap = 100
        rows = []
        for total in TOTALS:
            one = self.option.npv[total]
            cells = [signed(x) for x in (one.mean, one.p5, one.p95)]
            rows.append((NAMES[total], *cells, chance(self.option.probability_positive[total])))
        self._table(slide, Grid(("saved by", "mean", "5 %", "95 %", "P(saves)"), tuple(rows)), 0.6, 5.6, 12.1, 14)

    def changes(self) -> None:
        """Show which inputs move the answer most, and the price to hold out for."""
        from pptx.enum.chart import XL_CHART_TYPE

        slide = self._slide(price_line(self.decision))
        told = self.found.sensitivity
        if told is None:
            self._line(self._box(slide, 0.6, 1.7, 12.1, 1), "Nothing in this case is uncertain.", 18)
            return
        inputs = [one for one in told.inputs if one.swing > 0][:_MOST_INPUTS][::-1]
        names = [short(one.label, 60) for one in inputs]
        low = [min(one.bar.low, one.bar.high) - told.base for one in inputs]
        high = [max(one.bar.low, one.bar.high) - told.base for one in inputs]
        series = [("to its better end", [max(x, 0.0) for x in high]), ("to its worse end", [min(x, 0.0) for x in low])]
        words = (
            f"what each input does to the {signed(told.base)} {self.decision.currency} saved in the base case, moved "
            f"from its {100 * told.low:.0f}th to its {100 * told.high:.0f}th percentile, the others at their means"
        )
        chart = self._chart(slide, XL_CHART_TYPE.BAR_STACKED, names, series, words, figures="#,##0")
        chart.plots[0].gap_width = 40
        chart.plots[0].overlap = 100
        from pptx.enum.chart import XL_TICK_LABEL_POSITION

        chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW

    def years(self) -> None:
        """Show the case by year, as finance knows it."""
        report = written(self.found)
        section = next(one for one in report.sections if one.title == "The case by year")
        grid = next(block for block in section.blocks if isinstance(block, Grid))
        words = next(block.text for block in section.blocks if hasattr(block, "text"))
        months = self.option.payback_months
        when = "never pays back" if months is None else f"pays back after {months:.0f} months"
        when = "pays back at once" if self.option.payback == "immediate" else when
        npv, currency = self.option.npv_base["all_in"], self.decision.currency
        outcome = f"{money(abs(npv))} {currency} {'saved' if npv > 0 else 'lost'} in present value"
        slide = self._slide(f"{self.option.label} {when}: {outcome}")
        self._table(slide, grid, 0.6, 1.7, 12.1, 13)
        box = self._box(slide, 0.6, 6.3, 12.1, 0.9)
        self._line(box, f"{words} {grid.caption}.", 11, colour=SOFT)

    def _slide(self, title: str) -> Any:
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[5])
        shape = slide.shapes.title
        shape.left, shape.top, shape.width, shape.height = map(self.inches, (0.6, 0.35, 12.1, 1.15))
        shape.text_frame.word_wrap = True
        shape.text_frame.text = title
        size = 26 if len(title) <= 90 else 22 if len(title) <= 140 else 18
        self._style(shape.text_frame.paragraphs[0], size, bold=True, colour=INK)
        return slide

    def _box(self, slide: Any, left: float, top: float, width: float, height: float, fill: str = "") -> Any:
        from pptx.dml.color import RGBColor

        shape = slide.shapes.add_textbox(*map(self.inches, (left, top, width, height)))
        shape.text_frame.word_wrap = True
        if fill:
            shape.fill.solid()
            shape.fill.fore_color.rgb = RGBColor.from_string(fill)
        return shape.text_frame

    def _line(self, frame: Any, text: str, size: int, *, bold: bool = False, colour: str = INK, after: int = 2) -> None:
        paragraph = frame.paragraphs[0] if not frame.paragraphs[0].runs else frame.add_paragraph()
        paragraph.text = text
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
    ) -> Any:
        """Add a native chart with a legend below and what it shows above."""
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
        chart.font.size = self.points(12)
        chart.value_axis.tick_labels.number_format = "0%" if percent else figures
        chart.value_axis.tick_labels.number_format_is_linked = False
        chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor.from_string("D0D7DE")
        for position, one in enumerate(chart.plots[0].series):
            one.format.fill.solid()
            one.format.fill.fore_color.rgb = RGBColor.from_string(COLOURS[position % len(COLOURS)])
            one.invert_if_negative = False
        return chart

    def _table(self, slide: Any, grid: Grid, left: float, top: float, width: float, size: int) -> None:
        from pptx.dml.color import RGBColor
        from pptx.enum.text import PP_ALIGN

        rows, columns = len(grid.rows) + 1, len(grid.heads)
        shape = slide.shapes.add_table(rows, columns, *map(self.inches, (left, top, width, 0.36 * rows)))
        table = shape.table
        table.columns[0].width = self.inches(width * 0.28)
        for column in range(1, columns):
            table.columns[column].width = self.inches(width * 0.72 / (columns - 1))
        for row, cells in enumerate((grid.heads, *grid.rows)):
            for column, text in enumerate(cells):
                cell = table.cell(row, column)
                cell.text = text
                cell.margin_top = cell.margin_bottom = self.inches(0.03)
                bold = row == 0 or row - 1 in grid.bold
                self._style(cell.text_frame.paragraphs[0], size, bold=bold, colour="FFFFFF" if row == 0 else INK)
                if column:
                    cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
                cell.fill.solid()
                fill = MARK if row == 0 else BAND if row - 1 in grid.bold else "FFFFFF"
                cell.fill.fore_color.rgb = RGBColor.from_string(fill)


def _edges(values: np.ndarray) -> np.ndarray:
    """Give the edges of equal bins over the range of draws, one of them at 0 where that lies within."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        return np.array([low - 0.5, low + 0.5])
    width = (high - low) / _BARS
    if low < 0 < high:
        return width * np.arange(np.floor(low / width), np.ceil(high / width) + 1)
    return np.linspace(low, high, _BARS + 1)


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
