"""The report and the slides: what they say is what the library computes; one file, escaped, the same every time."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import tco
from tco.analyses.stress import Condition, Rule
from tco.views import table
from tco.views.report import html, markdown, report
from tco.views.report.content import Grid, written
from tco.views.report.findings import Findings
from tco.views.slides import slides

ROOT = Path(__file__).parent.parent
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))
CHROMIUM = shutil.which("chromium")
HOSTILE = '<script>alert(1)</script> & "quoted" | *starred* =1+1'


@pytest.fixture(scope="module")
def cartridges() -> Findings:
    return Findings.of(tco.load(ROOT / "scenarios/cartridges.yaml"), n=1024)


def hostile_case() -> tco.Case:
    data = {
        "tco": 1,
        "name": HOSTILE,
        "currency": "EUR",
        "start": "2027-01",
        "horizon_months": 24,
        "discount_rate": "8%",
        "baseline": "old",
        "product": {"sale_price": 20},
        "demand": {"units_per_year": "9_000 to 11_000"},
        "returns": {"activities": {"receiving": 1.5}, "dispositions": {"scrap": {"share": "rest", "cost": 0.2}}},
        "failures": {
            "broken": {"stage": "use", "liable": "supplier", "returned": "80%", "refund": "60%", "replace": "30%"}
        },
        "suppliers": {
            "old": {
                "label": HOSTILE,
                "unit_price": {"value": 5, "source": HOSTILE},
                "failure_rates": {"broken": "4% to 6%"},
            },
            "new": {"label": "New & <b>bold</b>", "unit_price": 5.4, "failure_rates": {"broken": "1% to 2%"}},
        },
    }
    return tco.from_data(data)


class _Page(HTMLParser):
    """Collects tags, and the addresses that a page loads from or leads to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "action") and value]

    def handle_data(self, data: str) -> None:
        self.text.append(data.replace("\u00a0", " "))


def table_of(found: Findings, title: str) -> Grid:
    section = next(one for one in written(found).sections if one.title == title)
    return next(block for block in section.blocks if isinstance(block, Grid))


def numbers(cells: tuple[str, ...]) -> list[float]:
    return [float(cell.replace(",", "")) for cell in cells if cell]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_shipped_case_has_a_report_that_answers_first(path: Path, tmp_path: Path) -> None:
    case = tco.load(path)
    found = Findings.of(case, n=512)
    said = written(found)
    assert said.answer[0].startswith(("Leave ", "Stay with "))
    page = _Page(html(said, {}))
    body = "".join(page.text)
    assert body.index(said.answer[0]) < body.index("The case by year")
    assert all(option.label in body for option in case.options)
    plain = markdown(said)
    assert plain.startswith("# ")
    assert "nan" not in body.lower().split()
    assert "None" not in plain


def test_the_year_table_adds_up_to_the_npv_of_the_base_case(cartridges: Findings) -> None:
    rows = {row[0]: numbers(row[1:]) for row in table_of(cartridges, "The case by year").rows}
    net, benefits, costs = rows["Net"], rows["Benefits"], rows["Costs"]
    assert [b - c for b, c in zip(benefits, costs, strict=True)] == pytest.approx(net, abs=1.01)  # whole money, rounded
    assert sum(net[:4]) == pytest.approx(net[4], abs=2.5)
    assert rows["Running total"][-1] == pytest.approx(net[4], abs=1)
    choice = cartridges.decision.challenger
    assert net[5] == pytest.approx(tco.compare(cartridges.case).supplier(choice).npv, abs=0.51)
    saved = [value for name, value in rows.items() if name.startswith("Saved: ")]
    assert [sum(column) for column in zip(*saved, strict=True)] == pytest.approx(benefits, abs=2.5)


def test_present_values_of_the_year_table_discount_each_month(cartridges: Findings) -> None:
    case, choice = cartridges.case, cartridges.decision.challenger
    comparison = tco.compare(case)
    lines = {line.name for line in comparison.lines if line.group == "service"}
    option, base = comparison.supplier(choice), comparison.supplier(case.baseline)
    by_hand = sum(
        (base.monthly[line][t] - option.monthly[line][t]) * 1.10 ** (-t / 12) for line in lines for t in range(37)
    )  # 10 % a year, at the end of each month
    rows = {row[0]: numbers(row[1:]) for row in table_of(cartridges, "The case by year").rows}
    assert rows["Saved: service"][-1] == pytest.approx(by_hand, abs=0.51)


def test_the_register_lists_every_input_with_its_source(cartridges: Findings) -> None:
    section = next(one for one in written(cartridges).sections if one.title == "What it rests on")
    register = [block for block in section.blocks if isinstance(block, Grid)][-1]
    by_path = {row[0]: row for row in register.rows}
    assert by_path["suppliers.borealis.unit_price"][4:6] == ("Quote 2026-10-30, valid 90 days", "procurement")
    chosen = {row[0]: row[1:4] for row in register.rows if row[3] == "chosen"}
    assert len(by_path) - len(chosen) == len(cartridges.evidence.assumptions)


def test_the_register_lists_what_is_chosen_and_names_units_in_full(tmp_path: Path) -> None:
    text = BOXES.format(switch="true").replace("thick: {", "thick: {duty_rate: 3%, duty_basis: cif, currency: EUR, ")
    text += """
exchange_rates: {EUR: 0.95}
extra_costs:
  - {name: insurance, per: year, amount: 300, supplier: thick, group: risk, grade: hard}
  - {name: training, per: once, amount: 900, supplier: thick, group: risk, grade: hard}
  - {name: leaflet, per: order, amount: 0.1, group: risk, grade: hard}
"""
    (tmp_path / "case.yaml").write_text(text)
    section = next(
        one for one in written(Findings.of(tco.load(tmp_path / "case.yaml"), n=64)).sections if "rests on" in one.title
    )
    rows = {row[0]: row[1:3] for row in [one for one in section.blocks if isinstance(one, Grid)][-1].rows}
    assert rows["churn.valuation"] == ("lost_margin", "")  # scenario-format.md: the default
    assert rows["churn.beyond_horizon"] == ("true", "")
    assert rows["suppliers.thick.transition_months"] == ("2", "month")
    assert rows["suppliers.thick.duty_basis"] == ("cif", "")
    assert rows["suppliers.thick.unit_price"] == ("18.30", "EUR a unit")
    assert rows["exchange_rates.EUR"] == ("0.95", "CHF a EUR")
    assert rows["extra_costs.insurance.amount"] == ("300.00", "CHF a year")
    assert rows["extra_costs.training.amount"] == ("900.00", "CHF once")
    assert rows["extra_costs.leaflet.amount"] == ("0.10", "CHF an order")


BOXES = """
tco: 1
name: Boxes
currency: CHF
start: 2027-03
horizon_months: 18
discount_rate: 6%
baseline: thin
product: {{sale_price: 46, fulfilment_cost: 6}}
demand: {{customers: 800_000, orders_per_customer_per_year: 5, annual_base_churn: 20%}}
churn: {{beyond_horizon: {switch}}}
failures: {{broken: {{stage: unboxing, liable: carrier, churn: 1% to 3%}}}}
suppliers:
  thin: {{unit_price: 18, failure_rates: {{broken: 4%}}}}
  thick: {{unit_price: 18.3, failure_rates: {{broken: 1%}}, transition_months: 2}}
"""


def boxes(switch: str, folder: Path) -> tco.Case:
    (folder / f"{switch}.yaml").write_text(BOXES.format(switch=switch))
    return tco.load(folder / f"{switch}.yaml")


def test_what_is_saved_after_the_horizon_is_told_beside_what_is_saved(tmp_path: Path) -> None:
    with_it, without = (boxes(switch, tmp_path) for switch in ("true", "false"))
    saved = [tco.compare(case).supplier("thick").npv for case in (with_it, without)]
    later = f"{saved[0] - saved[1]:+,.0f} CHF"  # what the switch adds, by two runs
    said = written(Findings.of(with_it, n=64))
    assert any(later in words and f"without it {saved[1]:+,.0f} CHF" in words for words in said.answer[1:])
    assert f"year 2 holds what customers would have left only after the horizon, {later}" in markdown(said)
    said = written(Findings.of(without, n=64))
    assert "after the" not in " ".join(said.answer)
    assert f"Memo, in no total: what lost customers would still have left after the 18 months would add {later}" in (
        markdown(said)
    )


def test_a_comparison_tells_what_lost_customers_would_have_left_after_the_horizon(tmp_path: Path) -> None:
    with_it, without = (tco.compare(boxes(switch, tmp_path)) for switch in ("true", "false"))
    pairs = zip(with_it.suppliers, without.suppliers, strict=True)
    more = [f"{one.present_cost - other.present_cost:,.0f}" for one, other in pairs]  # what the switch adds
    amounts = f"thin {more[0]}; thick {more[1]} CHF, present value"
    for words in (str(without), without._repr_html_(), table.markdown(without)):
        assert "would still have left (in no total)" in words
        assert amounts in words
    assert "(counted in churn, in month 18)" in str(with_it)
    assert amounts in str(with_it)


def test_planned_units_are_not_divided_by_what_money_is(tmp_path: Path) -> None:
    text = (
        BOXES.format(switch="false")
        .replace("customers: 800_000,", "customers: 24,")
        .replace("sale_price: 46", "sale_price: 9e8")
    )
    (tmp_path / "case.yaml").write_text(text.replace("unit_price: 18", "unit_price: 8e8").replace("8e8.3", "8.3e8"))
    line = next(
        one for one in str(tco.compare(tco.load(tmp_path / "case.yaml"))).splitlines() if "planned units" in one
    )
    assert 90 < int(line.split()[2]) <= 120  # 24 customers, 5 orders a year, a fifth of them leaving
    assert "million" not in line


def test_what_losing_worlds_have_in_common_is_told_in_words(cartridges: Findings) -> None:
    assert cartridges.sensitivity is not None
    rate = "suppliers.borealis.failure_rates.leaks"
    conditions = (Condition(rate, above=True, value=0.021, percentile=0.9),)
    rule = Rule(conditions, coverage=0.82, density=0.72, share=0.1)
    found = replace(cartridges, sensitivity=replace(cartridges.sensitivity, rules=(rule,)))
    plain = markdown(written(found)).replace("\\", "")
    assert f"- {rate} above 2.1 %: 82 % of the losing worlds; 72 % of the worlds there lose" in plain
    assert "Rule(" not in plain


def test_a_report_loads_nothing_and_escapes_everything(tmp_path: Path) -> None:
    report(hostile_case(), tmp_path / "case.html", n=256)
    text = (tmp_path / "case.html").read_text()
    page = _Page(text)
    assert "script" not in page.tags
    assert "<b>bold" not in text
    assert all(address.startswith("data:") for address in page.addresses)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    assert not re.search(r"https?://(?!www\.w3\.org)", re.sub(r"data:[^\"]*", "", text))


def test_markdown_shows_marks_as_they_were_written() -> None:
    text = markdown(written(Findings.of(hostile_case(), n=256)))
    assert "\\<script\\>" in text
    assert "\\*starred\\*" in text
    tables = [line for line in text.splitlines() if line.startswith("| ") and "starred" in line]
    assert all("\\|" in line for line in tables)


@pytest.mark.parametrize("name", ["case.html", "case.md", "case.pptx"])
def test_the_same_case_gives_the_same_file(name: str, tmp_path: Path) -> None:
    if name.endswith("pptx"):
        pytest.importorskip("pptx")
    write = slides if name.endswith("pptx") else report
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        write(tco.load(ROOT / "scenarios/packaging.yaml"), tmp_path / folder / name, n=256)
    first, second = ((tmp_path / folder / name).read_bytes() for folder in ("one", "two"))
    assert first == second


def test_the_date_is_that_of_the_environment_or_of_the_case(monkeypatch: pytest.MonkeyPatch) -> None:
    case = hostile_case()
    assert Findings.of(case, n=64).date == "2027-01"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")  # 2023-11-14T22:13:20Z
    assert Findings.of(case, n=64).date == "2023-11-14"


def test_a_file_that_stands_there_is_kept_where_a_report_fails(tmp_path: Path) -> None:
    alone = dict(hostile_case().document.data)
    alone["suppliers"] = {"old": alone["suppliers"]["old"]}
    target = tmp_path / "case.html"
    target.write_text("old")
    with pytest.raises(tco.TcoError, match="expected two options or more"):
        report(tco.from_data(alone), target)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["case.html"]


def test_an_option_whose_rate_is_unknown_is_called_incomplete() -> None:
    said = written(Findings.of(tco.load(ROOT / "scenarios/unknown_rate.yaml"), n=512))
    assert any("INCOMPLETE" in sentence for sentence in said.answer)
    assert "(INCOMPLETE)" in said.answer[0]
    assert all(tile.remark.startswith("INCOMPLETE, ") for tile in said.tiles)
    for title in ("The case by year", "Who pays, who gains"):
        section = next(one for one in said.sections if one.title == title)
        caption = next(block.caption for block in section.blocks if isinstance(block, Grid))
        assert "(INCOMPLETE) against" in caption
        assert "INCOMPLETE: an unknown rate counts as 0" in caption


def test_nothing_uncertain_is_no_reason_to_fail(tmp_path: Path) -> None:
    data = dict(hostile_case().document.data)
    data["demand"] = {"units_per_year": 10_000}
    for name, rate in (("old", "5%"), ("new", "1.5%")):
        data["suppliers"] = {**data["suppliers"], name: {**data["suppliers"][name], "failure_rates": {"broken": rate}}}
    case = tco.from_data(data)
    report(case, tmp_path / "case.html", n=64)
    text = (tmp_path / "case.html").read_text()
    assert "Leave" in text
    plain = markdown(written(Findings.of(case, n=64)))
    assert "nothing in this case is uncertain, so that there is one figure and no range" in plain
    for words in ("nine worlds in ten", "draws,", "over draws", "of worlds", "P(saves)"):
        assert words not in plain
    once = f"{tco.compare(case).supplier('new').npv:+,.1f}"
    deck = slides_of(case, tmp_path)
    shown = [shape for shape in deck.slides[2].shapes if shape.has_table]
    assert [cell.text for cell in shown[0].table.rows[1].cells][-1] == once
    assert not any(shape.has_chart for shape in deck.slides[2].shapes)


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
@pytest.mark.parametrize("width", [1280, 390])
def test_it_renders_in_a_browser_without_errors_or_sideways_scrolling(width: int, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    report(tco.load(ROOT / "scenarios/cartridges.yaml"), tmp_path / "case.html", n=512)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 900})
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"file://{tmp_path / 'case.html'}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.inner_text(".verdict").startswith("Leave Acme (today): yes")
        drawn = page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 100)")
        assert drawn
        if width == 1280:
            assert len(page.pdf(format="A4")) > 20_000
        browser.close()
    assert errors == []


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_long_names_leave_figures_and_their_heads_whole(tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    data = dict(hostile_case().document.data)
    long = {**data["suppliers"]["new"], "label": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbaugesellschaft"}
    report(tco.from_data({**data, "suppliers": {**data["suppliers"], "new": long}}), tmp_path / "case.html", n=64)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 690, "height": 900})  # A4 less its margins
        page.emulate_media(media="print")
        page.goto(f"file://{tmp_path / 'case.html'}")
        table = page.locator(".table", has=page.locator("th", has_text="P(saves)"))
        assert table.evaluate("e => e.scrollWidth <= e.clientWidth")
        for head in ("median", "P(saves)"):
            lines = table.locator("th", has_text=head).evaluate(
                "e => { const r = document.createRange(); r.selectNodeContents(e); return r.getClientRects().length }"
            )
            assert lines == 1
        browser.close()


# ---------------------------------------------------------------------------------------------------------------------
# Slides


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Any:
    pptx = pytest.importorskip("pptx")
    path = tmp_path_factory.mktemp("slides") / "case.pptx"
    slides(tco.load(ROOT / "scenarios/cartridges.yaml"), path, n=1024)
    return pptx.Presentation(path)


def test_there_are_five_slides_whose_titles_are_findings(deck: Any) -> None:
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert len(titles) == 5
    assert titles[0].startswith("Leave Acme (today): yes")
    assert "costs 0.53\xa0GBP a unit less" in titles[1]  # 9.24 and 8.71 a unit
    assert "pays back after 9 months" in titles[4]


def slides_of(case: tco.Case, folder: Path) -> Any:
    pptx = pytest.importorskip("pptx")
    slides(case, folder / "case.pptx", n=256)
    return pptx.Presentation(folder / "case.pptx")


def test_an_incomplete_option_is_marked_on_every_slide(tmp_path: Path) -> None:
    deck = slides_of(tco.load(ROOT / "scenarios/unknown_rate.yaml"), tmp_path)
    assert all("INCOMPLETE" in slide.shapes.title.text_frame.text for slide in deck.slides)


def test_the_costs_are_told_by_the_line_that_differs_most(tmp_path: Path) -> None:
    case = tco.from_data(
        {
            "tco": 1,
            "name": "Couriers",
            "currency": "CHF",
            "start": "2027-01",
            "horizon_months": 12,
            "discount_rate": "0%",
            "baseline": "slow",
            "product": {"sale_price": 46, "fulfilment_cost": 6},
            "demand": {"units_per_year": 12_000},
            "suppliers": {
                "slow": {"unit_price": "17 to 19"},
                "fast": {"based_on": "slow", "overrides": {"product.fulfilment_cost": 5.4}, "inspection": 0.25},
            },
        }
    )
    title = slides_of(case, tmp_path).slides[1].shapes.title.text_frame.text
    assert title.endswith("0.35\xa0CHF a unit less, all in; largest difference: fulfilment saves 0.60")  # 0.60 - 0.25


def test_figures_on_slides_stand_on_one_line_in_any_common_typeface(tmp_path: Path) -> None:
    data = dict(hostile_case().document.data)
    data["horizon_months"] = 96
    data["demand"] = {"units_per_year": 900_000}
    deck = slides_of(tco.from_data(data), tmp_path)
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    assert len(tables) == 3  # how sure, and the years in two parts
    for one in tables:
        for row in one.rows:
            for column, cell in list(zip(one.columns, row.cells, strict=True))[1:]:
                size = cell.text_frame.paragraphs[0].font.size
                longest = max(map(len, cell.text.split() if cell.text[:1].isalpha() else [cell.text]))
                # a digit of DejaVu Sans Bold, the widest of the usual fonts, is 0.696 of its size
                assert 0.696 * size * longest <= column.width - cell.margin_left - cell.margin_right


def charts(deck: Any) -> list[Any]:
    return [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]


def test_stacked_costs_add_up_to_the_cost_of_a_unit(deck: Any) -> None:
    chart = charts(deck)[0]
    stacked = [sum(values) for values in zip(*(series.values for series in chart.plots[0].series), strict=True)]
    result = tco.compare(tco.load(ROOT / "scenarios/cartridges.yaml"))
    assert stacked == pytest.approx([option.cost_per_unit for option in result.suppliers], rel=1e-9)
    assert list(chart.plots[0].categories) == [option.label for option in result.suppliers]


def test_the_bars_of_the_distribution_hold_every_draw(deck: Any) -> None:
    series = charts(deck)[1].plots[0].series
    assert sum(sum(one.values) for one in series) == pytest.approx(1, abs=1e-12)


def test_bars_of_inputs_are_those_of_the_tornado(deck: Any) -> None:
    told = tco.sensitivity(tco.load(ROOT / "scenarios/cartridges.yaml"), "borealis_box", draws=1024)
    largest = max(told.inputs, key=lambda one: one.swing)
    better, worse = charts(deck)[2].plots[0].series
    assert 1000 * (better.values[-1] - worse.values[-1]) == pytest.approx(largest.swing, rel=1e-9)  # GBP thousand
