"""The business case on paper: one self-contained HTML file, or Markdown."""

from __future__ import annotations

import base64
import hashlib
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

from tco.analyses.decision import refuse_one_alone
from tco.errors import UsageError
from tco.files import checked, named, write_text
from tco.loader import Case, checked_case
from tco.outcomes import DEFAULT_DRAWS
from tco.progress import Progress, Steps, each
from tco.views.report.content import Block, Bullets, Grid, Paragraph, Picture, Report, written
from tco.views.report.findings import Findings

ENDINGS = {"html": (".html", ".htm"), "md": (".md", ".markdown")}
FORMS = tuple(ENDINGS)
_FIGURE = re.compile(r"((± )?[+\-<>]?\s*[\d,.]+( %)?|–|)$")
"""What stands to the right in its column: a figure, or nothing."""
_WHOLE = 10
"""Letters of the longest word of a head up to which none is broken; names of options may be."""


@dataclass(frozen=True)
class _Image:
    """A chart as a page holds it: its data, and the finding that it shows."""

    source: str
    title: str


def report(
    case: Case,
    path: str | Path,
    *,
    form: str = "",
    n: int = DEFAULT_DRAWS,
    seed: int = 0,
    progress: Progress | None = None,
) -> None:
    """Write the business case of a case: the answer first, then all that it rests on.

    Parameters
    ----------
    case : Case
        From `tco.load` or `tco.from_data`, with at least two options.
    path : str or Path
        Where to; written whole or not at all.
    form : str
        ``html``: one self-contained file with charts; ``md``: Markdown, without them. By default by the path's ending.
    n, seed : int
        Draws, and what they are made from.
    progress : callable, optional
        Called with steps done and steps in all.

    Raises
    ------
    UsageError
        For an unknown form, or a file that ends otherwise.
    TcoError
        For a case with a single option, or a file that cannot be written.

    Examples
    --------
    >>> import tco
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> with TemporaryDirectory() as folder:
    ...     tco.report(case, f"{folder}/case.md", n=512)
    ...     Path(f"{folder}/case.md").read_text(encoding="utf-8").startswith("# ")
    True
    """
    checked_case(case)
    chosen = form or next((name for name, known in ENDINGS.items() if named(path).suffix.lower() in known), "html")
    if chosen not in FORMS:
        raise UsageError(f"expected a report as {' or '.join(FORMS)}, found '{form}'")
    checked(path, ENDINGS[form] if form else [ending for known in ENDINGS.values() for ending in known])
    refuse_one_alone(case)
    drawing = 0 if chosen == "md" else 4
    steps = Steps(progress, 6 + drawing)
    found = Findings.of(case, n=n, seed=seed, progress=steps.part(6))
    text = html(written(found), _pictures(found, steps.part(drawing))) if drawing else markdown(written(found))
    write_text(path, text)


def html(report: Report, pictures: Mapping[str, _Image]) -> str:
    """Lay a report out as one HTML page; everything that it says is escaped."""
    from jinja2 import Environment, StrictUndefined

    style = _text("report.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["together"] = lambda text: str(text).replace(" %", "\u00a0%")
    page = environment.from_string(_text("report.html"))
    from markupsafe import Markup

    return page.render(report=_laid_out(report), pictures=pictures, style=Markup(style), style_hash=digest) + "\n"


def markdown(report: Report) -> str:
    """Write a report as Markdown, without its charts."""
    parts = [f"# {_plain(report.title)}", f"**{_plain(report.answer[0])}**", *map(_plain, report.answer[1:])]
    if report.description:
        parts.append(f"*{_plain(report.description)}*")
    parts.append(
        "\n".join(f"- {_plain(tile.name)}: **{_plain(tile.value)}** ({_plain(tile.remark)})" for tile in report.tiles)
    )
    for section in report.sections:
        parts.append(f"## {section.title}")
        for block in section.blocks:
            match block:
                case Paragraph():
                    parts.append(f"**{_plain(block.text)}**" if block.strong else _plain(block.text))
                case Bullets():
                    parts.append("\n".join(f"- {_plain(item)}" for item in block.items))
                case Grid():
                    parts.append(_markdown_table(block))
                case Picture():
                    continue
    return "\n\n".join(parts) + "\n"


def _markdown_table(grid: Grid) -> str:
    heads = [_cell(head) for head in grid.heads]
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    for position, row in enumerate(grid.rows):
        cells = [f"**{_cell(cell)}**" if position in grid.bold and cell else _cell(cell) for cell in row]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*([f"*{_plain(grid.caption)}*", ""] if grid.caption else []), *lines])


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|").replace("\n", " ")


def _plain(text: str) -> str:
    """Write out what Markdown would take for markup: marks anywhere, entities, and what begins a list at the start."""
    marked = re.sub(r"([\\`*_<>\[\]#~]|&(?=#?\w+;))", r"\\\1", text)
    return re.sub(r"^(\s*)([-+](?=\s|$)|\d+(?=[.)](\s|$)))", _escaped_lead, marked)


def _escaped_lead(match: re.Match[str]) -> str:
    lead = match[2]
    return f"{match[1]}\\{lead}" if lead in "+-" else f"{match[1]}{lead}\\"


def _laid_out(report: Report) -> dict[str, Any]:
    """Give a report as plain data for the template, each block with its kind."""
    names = {Paragraph: "paragraph", Bullets: "bullets", Grid: "grid", Picture: "picture"}
    sections = [
        {
            "title": section.title,
            "blocks": [{**vars(block), **_columns(block), "kind_of": names[type(block)]} for block in section.blocks],
        }
        for section in report.sections
    ]
    return {**vars(report), "sections": sections}


def _columns(block: Block) -> dict[str, Any]:
    """Say whether a table has heads, which of its columns hold figures only, and how each head is set."""
    if not isinstance(block, Grid):
        return {}
    columns = list(zip(*block.rows, strict=True))
    figures = [i for i, cells in enumerate(columns) if i and all(map(_FIGURE.match, cells)) and any(cells)]
    empty = [i for i, cells in enumerate(columns) if i and not any(cells)]
    whole = [i for i, head in enumerate(block.heads) if max(map(len, head.split()), default=0) <= _WHOLE]
    kinds = (("figure", figures), ("whole", whole))
    classes = [" ".join(kind for kind, of in kinds if i in of) for i in range(len(block.heads))]
    return {"named": any(block.heads), "figures": figures, "empty": empty, "classes": classes}


def _pictures(found: Findings, progress: Progress | None) -> dict[str, _Image]:
    """Draw the charts of a report, each as an SVG in a data address."""
    from tco.charting import price_currency
    from tco.views import charts
    from tco.views.charts.style import unshown

    case, chosen = found.case, found.decision.challenger
    names = {option.name: option.label for option in case.options}
    wins = found.decision.option(chosen).probability_positive["all_in"]
    drawn: dict[str, Callable[[], Any]] = {
        "cost": lambda: charts.cost(found.comparison),
        "bridge": lambda: charts.bridge(found.comparison, chosen, wins=wins),
        "cash": lambda: charts.cash(found.cash, names=names),
        "acceptability": lambda: charts.acceptability(found.curve, names=names, currency=price_currency(case, chosen)),
        "evppi": lambda: charts.evppi(found.information),
    }
    if found.decision.price is not None:
        drawn["breakeven"] = partial(charts.breakeven, found.decision.price, names=names)
    if any(option.by_stage for option in found.comparison.suppliers):
        drawn["stages"] = lambda: charts.stages(found.comparison)
        drawn["modes"] = lambda: charts.modes(found.comparison)
    if found.worlds.draws:
        drawn["npv"] = lambda: charts.npv(found.simulation, chosen)
    if found.sensitivity is not None:
        drawn["tornado"] = partial(charts.tornado, found.sensitivity)
    with unshown():
        return {kind: _image(drawn[kind]()) for kind in each(drawn, progress)}


def _image(ax: Any) -> _Image:
    """Give a chart as a page holds it."""
    from tco.charting import save

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chart.svg"
        save(ax, path, "svg")
        data = base64.b64encode(path.read_bytes()).decode()
    return _Image(f"data:image/svg+xml;base64,{data}", " ".join(ax.get_title(loc="left").split()))


def _text(name: str) -> str:
    return resources.files("tco.views.report").joinpath(name).read_text(encoding="utf-8")
