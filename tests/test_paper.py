"""Figures on paper: none vanishes, none is in the wrong unit, and the same thing is said in the same words."""

from __future__ import annotations

import functools
import re
import shutil
from pathlib import Path

import pytest
from test_workbook import fixture_recalculated, read, with_cells  # noqa: F401 - a fixture is used by its name

import tco
from tco.charting import KINDS, _Asked, chart
from tco.errors import TcoError, UsageError
from tco.files import build_date
from tco.views import figures, payback
from tco.views.charts.sentences import shortened
from tco.views.charts.style import inputs_named
from tco.views.report import markdown, report
from tco.views.report.content import Grid, Report, written
from tco.views.report.findings import Findings
from tco.views.slides import slides
from tco.views.workbook import workbook, write_workbook

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium")
SCREWS = """
tco: 1
name: Screws in cents
currency: USD
start: 2027-11
horizon_months: 18
discount_rate: 10%
baseline: cheap
product: {sale_price: 0.09, fulfilment_cost: 0.002}
demand: {units_per_year: 4_000_000, units_per_order: 100}
returns: {activities: {a: 0.001}, dispositions: {scrap: {share: rest}}}
failures: {bent: {stage: use, liable: supplier, returned: 5%, refund: 40%, replace: 20%}}
suppliers:
  cheap: {unit_price: 0.0310, freight: 0.0021, failure_rates: {bent: 20 of 4_000}}
  dear: {unit_price: 0.0332 to 0.0338, freight: 0.0021, failure_rates: {bent: 0.1% to 0.3%}}
  mystery: {based_on: dear, failure_rates: {bent: unknown}}
"""
BLADES = """
tco: 1
name: Turbine blades
currency: JPY
start: 2026-10
horizon_months: 24
discount_rate: 6%
baseline: heimu
product: {sale_price: 48_000_000, fulfilment_cost: 250_000}
demand: {units_per_year: 3_600}
returns: {activities: {shipping: 180_000}, dispositions: {scrap: {share: rest}}}
failures: {crack: {stage: use, liable: supplier, returned: 40%, refund: 10%, replace: 50%}}
suppliers:
  heimu: {unit_price: 21_500_000, freight: 840, failure_rates: {crack: 55 of 9_000}}
  seiko: {unit_price: 22_900_000, freight: 90_000, failure_rates: {crack: 0.1% to 0.4%}, switching_cost: 400_000_000}
"""


@functools.cache
def case_of(text: str) -> tco.Case:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        path.write_text(text)
        return tco.load(path)


@functools.cache
def found_of(text: str) -> Findings:
    return Findings.of(case_of(text), n=256)


@functools.cache
def said_of(text: str) -> Report:
    return written(found_of(text))


def register_of(said: Report) -> dict[str, tuple[str, ...]]:
    section = next(one for one in said.sections if one.title == "What it rests on")
    return {row[0]: row for row in [one for one in section.blocks if isinstance(one, Grid)][-1].rows}


class TestFigures:
    @pytest.mark.parametrize(
        ("amounts", "full", "words"),
        [
            ([0.0365, 0.0021, -0.00002], figures.EACH, ["0.03650", "0.00210", "-0.00002"]),
            ([9.24, 0.18], figures.EACH, ["9.24", "0.18"]),
            ([21_512_345, 122_400, 840], figures.EACH, ["21.512", "0.122", "0.001"]),
            ([-23_530_703_229, 4e8], figures.SUMS, ["-23,531", "400"]),
            ([152_345.4, -812.2], figures.SUMS, ["152,345", "-812"]),
            ([12.345, 0.5], figures.SUMS, ["12.35", "0.50"]),
        ],
    )
    def test_of_one_table_have_the_decimals_and_the_unit_of_the_largest(self, amounts, full, words):
        form = figures.Figures.of(amounts, full)
        assert [form.plain(amount) for amount in amounts] in (words, [w.replace("12.35", "12.34") for w in words])

    @pytest.mark.parametrize(
        ("amount", "words"),
        [
            (0.00424, "0.00424"),
            (-0.0332, "-0.0332"),
            (0.5, "0.50"),
            (4.7812, "4.78"),
            (21_467_256, "21.47 m"),
            (0, "0.00"),
        ],
    )
    def test_of_a_unit_alone_keep_three_digits(self, amount, words):
        assert figures.told_each(amount) == words

    def test_of_large_sums_are_told_in_billions(self):
        assert figures.told_signed(-23_530_703_229) == "-23.53 bn"
        assert figures.told_signed(294_865.4) == "+294,865"
        assert figures.told_signed(0.0) == "0"

    @pytest.mark.parametrize(
        ("amount", "kind", "unit", "words"),
        [
            (0.0041, "rate", "1/unit", "0.41 %"),
            (300, "positive", "customer", "300"),
            (0.0021, "positive", "money/unit", "0.0021"),
            (3, "positive", "money/contact", "3.00"),
            (21_500_000, "positive", "money/unit", "21,500,000"),
            (0.0061, "positive", "1", "0.0061"),
        ],
    )
    def test_of_an_input_are_written_by_its_kind(self, amount, kind, unit, words):
        assert figures.value(amount, kind, unit) == words


class TestReport:
    def test_in_cents_shows_no_figure_as_nothing(self):
        said = said_of(SCREWS)
        assert said.tiles[0].value.startswith("-0.00")
        assert float(said.tiles[0].value) < -0.001
        assert said.tiles[3].value != said.tiles[3].remark.removeprefix("now ")
        table = next(one for one in said.sections if one.title == "Where the money goes")
        rows = {row[0]: row for grid in table.blocks if isinstance(grid, Grid) for row in grid.rows}
        assert rows["freight"][2] == "0.00210"
        assert register_of(said)["suppliers.cheap.freight"][1:3] == ("0.0021", "USD a unit")

    def test_in_millions_tells_them_as_people_do(self):
        said = said_of(BLADES)
        assert said.tiles[1].value.endswith("bn")
        assert not re.search(r"\d{1,3}(,\d{3}){3}", " ".join([*said.answer, *(tile.value for tile in said.tiles)]))
        grid = next(block for block in said.sections[0].blocks if isinstance(block, Grid))
        assert grid.caption.startswith("JPY million")

    def test_says_unknown_of_an_unknown_rate_and_marks_the_option_in_every_table(self):
        row = register_of(said_of(SCREWS))["suppliers.mystery.failure_rates.bent"]
        assert (row[1], row[3]) == ("unknown (counts as 0)", "unknown")
        grids = [one for section in said_of(SCREWS).sections for one in section.blocks if isinstance(one, Grid)]
        named = [
            cell for grid in grids for row in (grid.heads, *grid.rows) for cell in row if cell.startswith("mystery")
        ]
        assert len(named) >= 3
        assert set(named) == {"mystery (INCOMPLETE)"}

    def test_writes_the_value_at_which_an_unknown_rate_flips_as_a_share(self):
        text = markdown(written(Findings.of(tco.load(ROOT / "scenarios/unknown_rate.yaml"), n=256)))
        assert re.search(r"overheats \(unknown\): saved .* flips at 0\.\d+ %", text)

    def test_names_the_currency_and_the_years_of_each_input(self):
        rows = register_of(written(Findings.of(tco.load(ROOT / "scenarios/cartridges.yaml"), n=64)))
        assert rows["suppliers.acme.duty_rate"][1:3] == ("4 %, 4 %, 6 %", "by year")
        assert rows["demand.customers"][1] == "50,000"
        lamps = tco.load(ROOT / "scenarios/not_worth_it.yaml")
        foreign = [path for path in lamps.inputs if figures.currency_of(lamps, path) != lamps.currency]
        assert foreign
        money = [path for path in foreign if lamps.inputs[path].entry.unit.startswith("money")]
        assert money
        assert all("price" in path for path in money)

    def test_counts_as_many_inputs_as_validate(self):
        case = tco.load(ROOT / "scenarios/cartridges.yaml")
        section = next(one for one in written(Findings.of(case, n=64)).sections if one.title == "What it rests on")
        assert section.blocks[0].text.startswith(f"{tco.validate(ROOT / 'scenarios/cartridges.yaml').n_inputs} inputs ")

    def test_parts_tables_of_many_options_so_that_all_are_on_paper(self):
        grid = Grid(("line", "grade", *"abcdefgh"), (("x", "hard", *"12345678"),), "caption")
        parts = grid.parted(2, 4)
        assert [part.heads for part in parts] == [("line", "grade", *"abcd"), ("line", "grade", *"efgh")]
        assert [part.rows for part in parts] == [(("x", "hard", *"1234"),), (("x", "hard", *"5678"),)]
        assert parts[0].caption == "caption (1 of 2)"
        assert grid.parted(2, 8) == (grid,)

    def test_says_what_is_lost_where_there_is_nothing_to_pay_back(self):
        found = found_of(SCREWS)
        assert payback.only_costs(found.cash)
        more = f"{-found.cash.cumulative[-1]:,.0f}"
        assert said_of(SCREWS).tiles[4].value == "none"
        assert more in said_of(SCREWS).tiles[4].remark
        from tco.views import charts

        ax = charts.cash(found.cash)
        assert "needs no payback: it costs nothing more at the start, and has cost" in ax.get_title(loc="left").replace(
            "\n", " "
        )
        assert "payback of the base case" not in [text.get_text() for text in ax.get_legend().get_texts()]

    def test_keeps_what_looks_like_markdown(self):
        from tco.views.report import _plain

        assert _plain("- a box") == "\\- a box"
        assert _plain("1. Acme") == "1\\. Acme"
        assert _plain("0.09") == "0.09"
        assert _plain("&lt;b&gt; & co") == "\\&lt;b\\&gt; & co"

    @pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
    def test_of_eight_long_names_prints_every_column(self, tmp_path):
        playwright = pytest.importorskip("playwright.sync_api")
        from test_charts import eight

        report(eight(8), tmp_path / "case.html", n=64)
        with playwright.sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 690, "height": 900})  # 182 mm, the width of a printed A4 page
            page.emulate_media(media="print")
            page.goto(f"file://{tmp_path / 'case.html'}")
            wide = (
                "[...document.querySelectorAll('table')].filter(t => t.getBoundingClientRect().right > innerWidth + 1)"
            )
            assert page.evaluate(f"{wide}.length") == 0
            browser.close()


class TestWorkbook:
    def test_has_formats_that_show_small_figures(self, tmp_path):
        openpyxl = pytest.importorskip("openpyxl")
        write_workbook(case_of(SCREWS), tmp_path / "case.xlsx")
        book = openpyxl.load_workbook(tmp_path / "case.xlsx")
        freight = next(row for row in book["Inputs"].iter_rows() if row[0].value == "suppliers.cheap.freight")
        assert freight[2].number_format == "#,##0.0000"  # 0.0021
        line = next(row for row in book["Compare"].iter_rows() if row[0].value == "freight")
        assert line[4].number_format.startswith("#,##0.00000")
        unknown = next(
            row for row in book["Inputs"].iter_rows() if row[0].value == "suppliers.mystery.failure_rates.bent"
        )
        assert "unknown" in unknown[2].number_format
        assert unknown[9].value == "unknown"

    @pytest.mark.slow
    def test_of_large_prices_agrees_without_slack_and_its_first_page_is_checked(self, recalculated, tmp_path):
        file = tmp_path / "case.xlsx"
        write_workbook(case_of(BLADES), file)
        broken = [with_cells(file, "About", {place: 1.0}, tmp_path / f"{place}.xlsx") for place in ("B5", "D11", "F11")]
        books = recalculated([file, *broken])
        for sheet, cells in read(file).items():
            for place, cell in cells.items():
                if cell.formula and isinstance(cell.value, float):
                    other = books["case"][sheet][place].value
                    assert other == pytest.approx(cell.value, rel=1e-9, abs=0), (sheet, place)
        assert books["case"]["Checks"]["B4"].value == "OK"
        for place in ("B5", "D11", "F11"):
            assert books[place]["Checks"]["B4"].value == "BROKEN", place

    def test_says_that_an_option_that_only_costs_has_no_payback(self, tmp_path):
        write_workbook(case_of(SCREWS), tmp_path / "case.xlsx")
        shown = [cell.value for cell in read(tmp_path / "case.xlsx")["About"].values()]
        assert payback.NOT_NEEDED in shown


class TestSlides:
    def test_stack_costs_from_0_and_tell_findings_in_whole_numbers(self, tmp_path):
        pptx = pytest.importorskip("pptx")
        slides(case_of(SCREWS), tmp_path / "case.pptx", n=256)
        deck = pptx.Presentation(tmp_path / "case.pptx")
        drawn = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
        assert drawn[0].value_axis.minimum_scale == 0
        assert drawn[0].value_axis.tick_labels.number_format == "#,##0.00000"
        assert drawn[1].category_axis.has_title
        titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
        assert "needs no payback" in titles[4]
        assert "in the base case" in titles[4]
        assert "widest swing" in titles[3]
        assert not any(re.search(r"\d [A-Z]{3}\b|-\d", title) for title in titles)


class TestCharts:
    def test_of_a_price_are_dense_where_the_chance_changes(self):
        curve = tco.acceptability(case_of(BLADES), "seiko", n=256)
        wins = curve.wins["all_in"]
        assert sum(0.01 < share < 0.99 for share in wins) >= 8
        ax = KINDS["acceptability"](_Asked(case_of(BLADES), "seiko", "", "", 256, 0))
        low, high = ax.get_xlim()
        assert high - low < 0.1 * 22_900_000
        ax.figure.draw_without_rendering()
        premiums = [label.get_text().split("\n")[1] for label in ax.get_xticklabels() if "\n" in label.get_text()]
        assert len(set(premiums)) == len(premiums)

    def test_of_a_break_even_measure_the_premium_as_the_report_does(self):
        one = _Asked(tco.load(ROOT / "scenarios/cartridges.yaml"), "borealis_box", "", "", 256, 0)
        title = " ".join(KINDS["breakeven"](one).get_title(loc="left").split())
        assert re.search(r"% above the baseline's; now £2.68$", title)

    def test_cut_names_where_they_say_whose_an_input_is(self):
        label = "A supplier with an endless name that never ends at all, leaks: probability per shipped unit"
        assert shortened(label, 60).endswith("…, leaks: probability per shipped unit")
        others = [label, label.replace("leaks", "crushed"), label.replace("leaks", "late")]
        cut = [name.replace("\n", " ") for name in inputs_named(others, 215, 9, lines=2)]
        assert len(set(cut)) == 3
        assert all(word in name for word, name in zip(("leaks", "crushed", "late"), cut, strict=True))

    def test_of_letters_that_no_font_has_say_so_once(self, tmp_path, caplog, recwarn):
        data = dict(case_of(SCREWS).document.data)
        data["name"] = "Screws \U000e0041"  # a tag, which no font draws
        chart("cost", tco.from_data(data), tmp_path / "a.png")
        chart("cost", tco.from_data(data), tmp_path / "b.svg")
        assert sum("no font here has the letters" in one.getMessage() for one in caplog.records) == 1
        assert not [one for one in recwarn if "Glyph" in str(one.message)]

    @pytest.mark.parametrize(("kind", "options"), [("cost", {"supplier": "chaep"}), ("bridge", {"x": "inflation"})])
    def test_refuse_what_they_do_not_use(self, kind, options, tmp_path):
        with pytest.raises(UsageError, match=r"did you mean|leave them out"):
            chart(kind, case_of(SCREWS), tmp_path / "a.png", **options)


class TestFiles:
    @pytest.mark.parametrize(
        ("write", "name", "options"),
        [
            (report, "case.foo", {}),
            (report, "case.html", {"form": "md"}),
            (workbook, "case.xls", {}),
            (slides, "case.ppt", {}),
        ],
    )
    def test_that_end_otherwise_are_refused_at_once(self, write, name, options, tmp_path):
        with pytest.raises(UsageError, match="expected a file that ends in"):
            write(case_of(SCREWS), tmp_path / name, n=10**9, **options)

    @pytest.mark.parametrize(("write", "name"), [(report, "case.html"), (workbook, "case.xlsx"), (slides, "case.pptx")])
    def test_that_cannot_be_written_are_refused_at_once(self, write, name, tmp_path):
        with pytest.raises(TcoError, match="expected a file that can be written, found: No such file"):
            write(case_of(SCREWS), tmp_path / "nowhere" / name, n=10**9)

    def test_of_a_single_option_are_refused_in_the_same_words(self, tmp_path):
        data = dict(case_of(SCREWS).document.data)
        data["suppliers"] = {"cheap": data["suppliers"]["cheap"]}
        alone = tco.from_data(data)
        makers = (
            lambda: report(alone, tmp_path / "a.html"),
            lambda: slides(alone, tmp_path / "a.pptx"),
            lambda: chart("bridge", alone, tmp_path / "a.png"),
            lambda: tco.decide(alone),
        )
        told = set()
        for make in makers:
            with pytest.raises(TcoError) as raised:
                make()
            told.add((str(raised.value), raised.value.exit_code))
        assert len(told) == 1

    def test_take_no_moment_before_1970(self, monkeypatch, tmp_path):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "-1")
        with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH: expected seconds since 1970"):
            build_date()
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        write_workbook(case_of(SCREWS), tmp_path / "case.xlsx")
        assert read(tmp_path / "case.xlsx")["Log"]["A5"].value == "2023-11-14"
