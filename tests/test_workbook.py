"""The workbook: every formula cell recomputed by two engines that are not ours, as delivered and after changes."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from agreement import NO_GAPS, OF_PRESENT_COST, RELATIVE
from strategies import FOLDER, Shape, random_case

import tco
from tco.errors import TcoError
from tco.finance.paybacks import payback
from tco.results import TOTALS
from tco.views.workbook import workbook, write_workbook
from tco.views.workbook.layout import row_form, sheet_names, shown_as

pytest.importorskip("xlsxwriter")
ROOT = Path(__file__).parent.parent
CASES = sorted(ROOT.glob("scenarios/*.yaml")) + sorted(ROOT.glob("tco/templates/*.yaml"))
_NOTHING = (0.0,) * 37
YEARS = "KLMNOPQRST"
"""The columns of the sheet of inputs that hold a path's values by contract year."""
SHORT = 13
"""Months of most cases here: two contract years, the second cut short."""
NAMES = {"hard": "hard", "hard_and_estimated": "hard + estimated", "all_in": "all in"}
_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_FUNCTIONS = {
    *(
        "ABS",
        "AND",
        "AVERAGE",
        "COUNTIF",
        "EXP",
        "IF",
        "IFERROR",
        "INDEX",
        "INT",
        "MATCH",
        "MAX",
        "MIN",
        "ROWS",
        "SQRT",
    ),
    *("SUM", "SUMIF", "SUMPRODUCT", "_xlfn.ISFORMULA", "_xlfn.NORM.S.DIST", "_xlfn.NORM.S.INV"),
}
"""All functions that may stand in a workbook: none that moves (OFFSET, INDIRECT), none that hides its timing (NPV)."""
_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""


@dataclass(frozen=True)
class Cell:
    """A cell of a file: its formula (empty for none) and the value stored with it."""

    formula: str
    value: float | str | None


Book = Mapping[str, Mapping[str, Cell]]


def read(path: Path) -> Book:
    """Read the cells of a workbook, by sheet and address, straight from its XML."""
    with zipfile.ZipFile(path) as file:
        names = sheets_of(file)
        texts: list[str] = []
        if "xl/sharedStrings.xml" in file.namelist():
            items = ElementTree.fromstring(file.read("xl/sharedStrings.xml")).findall(f"{_SPACE}si")
            texts = ["".join(part.text or "" for part in item.iter(f"{_SPACE}t")) for item in items]
        sheets = [ElementTree.fromstring(file.read(f"xl/worksheets/sheet{n}.xml")) for n in range(1, len(names) + 1)]
    return {name: dict(_cells(sheet, texts)) for name, sheet in zip(names, sheets, strict=True)}


def _cells(sheet: ElementTree.Element, texts: list[str]) -> Iterator[tuple[str, Cell]]:
    for one in sheet.iter(f"{_SPACE}c"):
        formula, stored, kind = one.findtext(f"{_SPACE}f"), one.findtext(f"{_SPACE}v"), one.get("t", "n")
        value: float | str | None = stored
        if stored is not None and kind in ("n", "b"):
            value = float(stored)
        if stored is not None and kind == "s":
            value = texts[int(stored)]
        yield one.get("r", ""), Cell(formula or "", value)


def sheets_of(file: zipfile.ZipFile) -> list[str]:
    """Name the sheets of a workbook, in their order."""
    found = ElementTree.fromstring(file.read("xl/workbook.xml")).iter(f"{_SPACE}sheet")
    return [one.get("name", "") for one in found]


def with_cells(path: Path, sheet: str, values: Mapping[str, float | str], target: Path) -> Path:
    """Copy a workbook with other numbers or words in some cells; the results stored with formulas stay as they were."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        place = f"xl/worksheets/sheet{sheets_of(old).index(sheet) + 1}.xml"
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, _replaced(data.decode(), values).encode() if name == place else data)
    return target


def _replaced(text: str, values: Mapping[str, float | str]) -> str:
    for where, value in values.items():
        put = f' t="inlineStr"><is><t>{value}</t></is>' if isinstance(value, str) else f"><v>{value!r}</v>"
        text, count = re.subn(rf'(<c r="{where}"(?: s="\d+")?)(?: t="\w+")?>.*?</c>', rf"\1{put}</c>", text)
        assert count == 1, where
    return text


def with_formula(path: Path, sheet: str, where: str, formula: str, target: Path) -> Path:
    """Copy a workbook with another formula in a cell."""
    told = formula.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        place = f"xl/worksheets/sheet{sheets_of(old).index(sheet) + 1}.xml"
        for name in old.namelist():
            data = old.read(name)
            if name == place:
                pattern = rf'(<c r="{where}"[^>]*><f>).*?(</f>)'
                text, count = re.subn(pattern, lambda found: f"{found[1]}{told}{found[2]}", data.decode())
                assert count == 1, where
                data = text.encode()
            new.writestr(name, data)
    return target


@pytest.fixture(name="recalculated", scope="module")
def fixture_recalculated(tmp_path_factory):
    """Give what recalculates files by LibreOffice: all formulas, whatever results are stored with them."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    profile, out = tmp_path_factory.mktemp("profile"), tmp_path_factory.mktemp("recalculated")
    (profile / "user").mkdir()
    (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS_RECALCULATE)

    def run(files: Iterable[Path]) -> dict[str, Book]:
        given = [str(file) for file in files]
        command = [office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx"]
        subprocess.run([*command, "--outdir", str(out), *given], check=True, capture_output=True)
        return {Path(file).stem: read(out / Path(file).name) for file in given}

    return run


def differences(ours: Book, theirs: Book) -> list[str]:
    """List the formula cells whose stored value another engine does not give.

    Differences of large amounts (NPVs, running totals) are measured by the largest cost as well.
    """
    size = max(abs(cell.value) for cell in ours["Compare"].values() if isinstance(cell.value, float))
    found = []
    for sheet, cells in ours.items():
        for place, cell in cells.items():
            other = theirs[sheet][place].value if place in theirs[sheet] else None
            if cell.formula and not same(cell.value, other, size):
                found.append(f"{sheet}!{place}: ={cell.formula}: {cell.value!r}, another engine {other!r}")
    return found


def same(ours: Any, theirs: Any, size: float) -> bool:
    if isinstance(ours, float) and isinstance(theirs, int | float):
        return abs(ours - theirs) <= RELATIVE * abs(ours) + OF_PRESENT_COST * size
    return bool(ours == theirs)


def count(book: Book) -> int:
    return sum(bool(cell.formula) for cells in book.values() for cell in cells.values())


@cache
def shipped(path: Path, months: int = 0) -> tco.Case:
    case = tco.load(path)
    return case.with_({"horizon_months": min(months, case.timeline.months)}) if months else case


def made_up(seed: int) -> tco.Case:
    return tco.from_data(random_case(seed, Shape(longest=SHORT, most=4)), folder=FOLDER)


def written(case: tco.Case, path: Path, **more: Any) -> Path:
    with NO_GAPS:
        write_workbook(case, path, **more)
    return path


def column_of(label: str, heads: Mapping[str, Cell], row: int) -> str:
    """Give the column of an option, with or without what stands behind its label."""
    words = re.compile(re.escape(label) + r"( \(INCOMPLETE\))?( \(baseline\))?")
    row_of_heads = re.compile(rf"([A-Z]+){row}")
    here = {found[1]: cell for place, cell in heads.items() if (found := row_of_heads.fullmatch(place))}
    return next(letters for letters, cell in here.items() if words.fullmatch(str(cell.value)))


def figures(book: Book, case: tco.Case) -> dict[tuple[str, str], Any]:
    """Give what the sheet Compare says, by option and label."""
    cells = book["Compare"]
    labels = {place[1:]: cell.value for place, cell in cells.items() if place.startswith("A")}
    found = {}
    for option in case.options:
        letters = column_of(option.label, cells, 5)
        for row, label in labels.items():
            if f"{letters}{row}" in cells:
                found[option.name, str(label)] = cells[f"{letters}{row}"].value
    return found


def disagreements(book: Book, case: tco.Case) -> list[str]:
    """List the figures of the sheet Compare that `compare` sees otherwise."""
    with NO_GAPS:
        result = tco.compare(case)
    shown = figures(book, case)
    found = []
    for option in result.suppliers:
        wanted = dict(option.lines)
        for total in TOTALS:
            wanted[f"Cost, {NAMES[total]}"] = option.totals[total].present_cost
            wanted[f"NPV against the baseline, {NAMES[total]}"] = option.totals[total].npv
        for label, value in wanted.items():
            other = shown.get((option.supplier, label))
            if not same(value, other, result.cheapest.present_cost):
                found.append(f"{option.supplier}, {label}: compare {value!r}, workbook {other!r}")
    return found


def input_places(path: Path) -> dict[str, tuple[str, str]]:
    """Give the row and the status of every input, by its path."""
    cells = read(path)["Inputs"]
    return {
        str(cell.value): (place[1:], str(cells[f"J{place[1:]}"].value))
        for place, cell in cells.items()
        if place.startswith("A") and f"J{place[1:]}" in cells
    }


def changed(path: Path, changes: Mapping[str, Any], target: Path) -> Path:
    """Copy a workbook with other inputs: a number, or one for each contract year."""
    places = input_places(path)
    values: dict[str, float | str] = {}
    for name, value in changes.items():
        row = places[name][0]
        if isinstance(value, Mapping):
            values |= {f"{YEARS[year]}{row}": float(one) for year, one in enumerate(value["by_year"])}
        else:
            values[f"C{row}"] = float(value)
    return with_cells(path, "Inputs", values, target)


@pytest.mark.slow
class TestRecalculatedByLibreOffice:
    def test_every_formula_cell_of_every_shipped_case_is_the_engines(self, recalculated, tmp_path):
        files = {}
        for path in CASES:
            stem = f"{path.parent.name} {path.stem}"
            files[stem] = written(shipped(path, SHORT), tmp_path / f"{stem}.xlsx")
        theirs = recalculated(files.values())
        for stem, file in files.items():
            ours = read(file)
            assert count(ours) > 1000
            assert differences(ours, theirs[stem]) == [], stem

    def test_every_formula_cell_of_random_cases_is_the_engines(self, recalculated, tmp_path):
        cases = {f"random {seed}": made_up(seed) for seed in (3, 8, 12, 16, 18, 19)}
        files = {name: written(case, tmp_path / f"{name}.xlsx") for name, case in cases.items()}
        theirs = recalculated(files.values())
        for name, file in files.items():
            assert differences(read(file), theirs[name]) == [], name
            assert disagreements(theirs[name], cases[name]) == [], name

    CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
        ("cartridges", {"suppliers.borealis.unit_price": 5.10}),
        ("cartridges", {"suppliers.acme.failure_rates.leaks": 0.06}),
        (
            "cartridges",
            {"failures.leaks.churn": 0.02, "suppliers.acme.annual_improvement": 0.1},
        ),  # the second a default
        ("cartridges", {"suppliers.acme.price_growth": 0.05, "inflation": 0.04, "demand.new_customers_growth": 0.08}),
        ("cartridges", {"suppliers.borealis.transition_months": 12, "demand.customers": 20_000.0}),
        ("cartridges", {"suppliers.acme_inspected.transition_months": 5, "inventory.service_level": 0.98}),
        ("cartridges", {"discount_rate": 0.03, "demand.seasonality.11": 2.5}),
        (
            "cartridges",
            {
                "suppliers.acme.duty_rate": {"by_year": [0.25, 0.1, 0.0]},
                "suppliers.borealis_box.overrides.product.fulfilment_cost": 3.1,
            },
        ),
        ("dominated", {"suppliers.norvik.price_breaks.1.from_units_per_year": 1000.0}),
        ("dominated", {"suppliers.norvik.disruption.per_year": 0.5, "suppliers.halden.moq": 4000}),
        ("packaging", {"demand.annual_base_churn": 0.3}),
    )

    def test_changed_inputs_give_what_compare_gives(self, recalculated, tmp_path):
        """The results stored with the formulas are those of the old inputs: only a recalculation can pass."""
        cases = {name: shipped(ROOT / f"scenarios/{name}.yaml", SHORT) for name, _ in self.CHANGES}
        files = {name: written(case, tmp_path / f"{name}.xlsx") for name, case in cases.items()}
        made, wanted = [], []
        for number, (name, changes) in enumerate(self.CHANGES):
            made.append(changed(files[name], changes, tmp_path / f"changed {number}.xlsx"))
            wanted.append(cases[name].with_(changes))
        theirs = recalculated(made)
        for file, case, (_, changes) in zip(made, wanted, self.CHANGES, strict=True):
            book = theirs[file.stem]
            assert disagreements(book, case) == [], changes
            assert book["Checks"]["B4"].value == "OK", changes
            assert book["Checks"]["B5"].value >= 1

    def test_any_inputs_of_random_cases_changed_at_once_give_what_compare_gives(self, recalculated, tmp_path):
        made, wanted = [], []
        for seed in (1, 9, 10, 16, 18, 27, 29, 41):
            case = made_up(seed)
            file = written(case, tmp_path / f"{seed}.xlsx")
            changes = any_changes(file, random.Random(seed))
            try:
                wanted.append((changes, case.with_(changes)))
            except TcoError:
                continue  # such as a service level above 100 %
            made.append(changed(file, changes, tmp_path / f"changed {seed}.xlsx"))
        assert len(made) >= 5
        theirs = recalculated(made)
        for file, (changes, case) in zip(made, wanted, strict=True):
            assert disagreements(theirs[file.stem], case) == [], changes

    def test_highest_justified_price_is_that_of_breakeven(self, tmp_path):
        """Solved there from draws of the price, here by the slope that the sheet adds up."""
        for name in ("cartridges", "dominated"):
            case = shipped(ROOT / f"scenarios/{name}.yaml", SHORT)
            shown = figures(read(written(case, tmp_path / "prices.xlsx")), case)
            for option in [one for one in case.options if one.name != case.baseline]:
                found = tco.breakeven(case, option.name, n=16)
                table = "price_breaks" in option.switches  # shown as a share of today's table
                for total in TOTALS:
                    price = shown[option.name, f"Highest justified price, {NAMES[total]}"]
                    wanted = found.totals[total].base / (found.value if table else 1)
                    assert price == pytest.approx(wanted, rel=1e-9)

    def test_highest_justified_price_put_back_saves_nothing(self, tmp_path):
        for name, option, path in (
            ("cartridges", "borealis", "suppliers.borealis.unit_price"),
            ("cartridges", "borealis_box", "suppliers.borealis_box.overrides.product.fulfilment_cost"),
            ("returns_redesign", "", ""),
        ):
            case = shipped(ROOT / f"scenarios/{name}.yaml")
            shown = figures(read(written(case, tmp_path / "prices.xlsx")), case)
            if not option:
                option = next(one.name for one in case.options if one.price_at_stake.startswith("extra_costs"))
                path = case.option(option).price_at_stake
            for total in TOTALS:
                price = shown[option, f"Highest justified price, {NAMES[total]}"]
                if price == "none":
                    continue
                back = tco.compare(case.with_({path: price})).supplier(option)
                assert abs(back.totals[total].npv) < 1e-9 * back.present_cost

    def test_a_broken_cell_turns_its_check_red(self, recalculated, tmp_path):
        case = shipped(ROOT / "scenarios/hard_drives.yaml")
        file = written(case, tmp_path / "whole.xlsx")
        ours = read(file)
        sheet = case.options[1].name
        rows = {cell.value: place[1:] for place, cell in ours[sheet].items() if place.startswith("A")}
        broken = {}
        for name in ("planned_units", "purchase", "discount_factor"):
            broken[name] = tmp_path / f"{name}.xlsx"
            with_cells(file, sheet, {f"H{rows[name]}": 1.0}, broken[name])
        theirs = recalculated([file, *broken.values()])
        assert theirs["whole"]["Checks"]["B4"].value == "OK"
        for name in broken:
            assert theirs[name]["Checks"]["B4"].value == "BROKEN", name
            assert theirs[name]["About"]["B6"].value == "BROKEN", name

    def test_a_replaced_formula_turns_its_check_red_though_an_input_is_changed(self, recalculated, tmp_path):
        """Checks against figures as delivered rest then, and the cell still holds a formula."""
        case = shipped(ROOT / "scenarios/cartridges.yaml", SHORT)
        file = written(case, tmp_path / "whole.xlsx")
        cells = read(file)["borealis"]
        whole = changed(file, {"product.sale_price": 50.0}, tmp_path / "price.xlsx")
        replaced = []
        for name in ("refunds", "landed_cost", "discount_factor", "customers", "purchase", "hard and estimated"):
            rows = [place[1:] for place, cell in cells.items() if place[0] == "A" and cell.value == name]
            formula = cells[f"N{rows[-1]}"].formula
            assert formula
            replaced.append(
                with_formula(whole, "borealis", f"N{rows[-1]}", f"({formula})*0.5", tmp_path / f"{name}.xlsx")
            )
        theirs = recalculated([whole, *replaced])
        assert theirs["price"]["Checks"]["B4"].value == "OK"
        for one in replaced:
            checks = theirs[one.stem]["Checks"]
            red = [
                checks[f"A{place[1:]}"].value
                for place, cell in checks.items()
                if place[0] == "F" and cell.value == "BROKEN"
            ]
            assert "Months agree with their row summed anew" in red, one.stem
            assert theirs[one.stem]["About"]["B6"].value == "BROKEN"

    def test_the_mark_of_an_unknown_rate_stands_at_every_head_until_it_is_filled_in(self, recalculated, tmp_path):
        case = shipped(ROOT / "scenarios/unknown_rate.yaml", SHORT)
        (option,) = [one for one in case.options if one.unknown]
        file = written(case, tmp_path / "unknown.xlsx")
        filled = changed(file, dict.fromkeys(option.unknown, 0.02), tmp_path / "filled.xlsx")
        theirs = recalculated([file, filled])
        for book, mark in ((read(file), " (INCOMPLETE)"), (theirs["unknown"], " (INCOMPLETE)"), (theirs["filled"], "")):
            for sheet in ("About", "Compare", "Cash flow", "By year"):
                named = {str(cell.value) for cell in book[sheet].values() if option.label in str(cell.value)}
                assert named - {f"{option.label}: every quantity, month by month"} == {option.label + mark}, sheet

    def test_lines_move_to_another_grade(self, recalculated, tmp_path):
        case = shipped(ROOT / "scenarios/cartridges.yaml", SHORT)
        file = written(case, tmp_path / "grades.xlsx")
        row = next(p[1:] for p, cell in read(file)["Inputs"].items() if cell.value == "churn" and p.startswith("A"))
        moved = with_cells(file, "Inputs", {f"C{row}": "hard"}, tmp_path / "moved.xlsx")
        shown = figures(recalculated([moved])["moved"], case)
        for option in tco.compare(case.with_({"decision.grades": {"churn": "hard"}})).suppliers:
            assert shown[option.supplier, "Cost, hard"] == pytest.approx(option.totals["hard"].present_cost, rel=1e-9)

    def test_another_total_is_paid_back_elsewhere(self, recalculated, tmp_path):
        case = shipped(ROOT / "scenarios/cartridges.yaml")
        file = written(case, tmp_path / "all.xlsx")
        chosen = with_cells(file, "Cash flow", {"B4": "hard"}, tmp_path / "hard.xlsx")
        book = recalculated([chosen])["hard"]
        shown = figures(book, case)
        result = tco.compare(case)
        hard = [line.name for line in result.lines if line.grade == "hard"]
        for option in result.suppliers[1:]:
            flows = [
                sum(
                    result.supplier(case.baseline).monthly.get(line, _NOTHING)[t]
                    - option.monthly.get(line, _NOTHING)[t]
                    for line in hard
                )
                for t in range(37)
            ]
            label = "Payback, simple, of the total chosen on Cash flow"
            assert shown[option.supplier, label] == pytest.approx(float(payback(flows).periods), rel=1e-9)


def any_changes(file: Path, dice: random.Random) -> dict[str, Any]:
    """Draw new values for some inputs of a workbook."""
    cells = read(file)["Inputs"]
    places = input_places(file)
    may = [path for path, (_, status) in places.items() if status in ("stated", "default") and "season" not in path]
    changes: dict[str, Any] = {}
    for path in dice.sample(may, min(6, len(may))):
        row = places[path][0]
        value = cells[f"C{row}"].value
        if path.endswith("transition_months"):
            changes[path] = dice.randint(0, 14)
        elif isinstance(value, str):
            letters = [
                letter for letter in YEARS if str(cells.get(f"{letter}4", Cell("", "")).value).startswith("Year")
            ]
            years = [cells[f"{letter}{row}"] for letter in letters]
            stated = [float(year.value) for year in years if not year.formula and isinstance(year.value, float)]
            changes[path] = {"by_year": [one * dice.choice((0.9, 1.05)) for one in stated]}
        elif value is not None:
            changes[path] = value * dice.choice((0.9, 1.05)) if value else 0.01
    return changes


@pytest.mark.slow
class TestRecalculatedByAnotherEngine:
    """`formulas`, an interpreter of Excel's language in Python, which shares nothing with LibreOffice or with us."""

    @pytest.mark.parametrize("seed", [4, 41])
    def test_every_formula_cell_is_the_engines(self, seed, tmp_path):
        formulas = pytest.importorskip("formulas")
        file = written(made_up(seed), tmp_path / "small.xlsx")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            solution = formulas.ExcelModel().loads(str(file)).finish().calculate()
        ours = read(file)
        size = max(abs(cell.value) for cell in ours["Compare"].values() if isinstance(cell.value, float))
        checked = 0
        for sheet, cells in ours.items():
            for place, cell in cells.items():
                if cell.formula:
                    given = solution[f"'[small.xlsx]{sheet.upper()}'!{place}"].value[0, 0]
                    assert same(cell.value, given, size), (sheet, place, cell, given)
                    checked += 1
        assert checked == count(ours) > 500


@pytest.fixture(name="cartridges", scope="module")
def fixture_cartridges(tmp_path_factory) -> tuple[tco.Case, Book, Path]:
    case = shipped(ROOT / "scenarios/cartridges.yaml", SHORT)
    file = written(case, tmp_path_factory.mktemp("workbook") / "cartridges.xlsx")
    return case, read(file), file


def all_formulas(book: Book) -> Iterator[tuple[str, str, str]]:
    for sheet, cells in book.items():
        for place, cell in cells.items():
            if cell.formula:
                yield sheet, place, cell.formula


class TestFormulas:
    def test_compare_shows_the_figures_of_compare(self, cartridges):
        case, book, _ = cartridges
        assert disagreements(book, case) == []

    def test_types_no_number_but_0_and_1_and_the_power_of_a_square(self, cartridges):
        _, book, _ = cartridges
        for sheet, place, formula in all_formulas(book):
            bare = re.sub(r"'[^']*'!|\"[^\"]*\"|\$?[A-Z]{1,3}\$?\d+|[A-Z_a-z.]+\(", " ", formula).replace("^2.0", "")
            numbers = {float(number) for number in re.findall(r"\d+\.?\d*(?:[eE][+-]?\d+)?", bare)}
            assert numbers <= {0.0, 1.0}, (sheet, place, formula)

    def test_uses_functions_that_can_be_followed(self, cartridges):
        _, book, _ = cartridges
        used = {name for _, _, formula in all_formulas(book) for name in re.findall(r"[A-Za-z_.]+(?=\()", formula)}
        assert used <= _FUNCTIONS

    def test_is_one_a_row_copied_across_the_months(self, cartridges):
        case, book, _ = cartridges
        for option in case.options:
            by_row: dict[str, set[str]] = {}
            beside = next(place[:-1] for place, cell in book[option.name].items() if "Summed anew" in str(cell.value))
            for place, cell in book[option.name].items():
                letters, row = re.fullmatch(r"([A-Z]+)(\d+)", place).groups()
                if cell.formula and _number("E") < _number(letters) < _number(beside):
                    by_row.setdefault(row, set()).add(_relative(cell.formula, letters))
            assert len(by_row) > 100
            assert all(len(formulas) == 1 for formulas in by_row.values()), option.name

    def test_stands_in_rows_named_as_explain_names_them(self, cartridges):
        case, book, _ = cartridges
        calendar = {"month", "calendar_month", "year_number", "discount_factor", "transition_months", "in_transition"}
        calendar |= {"every_month", "at_start", "missing_at_end"}
        for option in case.options:
            cells = book[option.name]
            end = next(int(place[1:]) for place, cell in cells.items() if cell.value == "Cost lines, nominal")
            filled = {place[1:] for place, cell in cells.items() if cell.formula and place[0] in "DGH"}
            names = {str(cells[f"A{row}"].value) for row in filled if int(row) < end} - calendar
            assert len(names) > 60
            for name in names:
                assert tco.explain(case, name, supplier=option.name).nodes

    def test_growth_of_0_percent_stays_live(self, cartridges):
        """A supplier's improvement is not stated in this case, and each month's factor asks for it all the same."""
        _, book, _ = cartridges
        row = next(place[1:] for place, cell in book["acme"].items() if cell.value == "improvement_factor")
        formulas = [cell.formula for place, cell in book["acme"].items() if place[1:] == row and cell.formula]
        assert formulas
        assert all("^" in formula for formula in formulas)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _relative(formula: str, letters: str) -> str:
    """Write a formula's columns as distances from its own."""
    here = _number(letters)
    return re.sub(
        r"(\$?)\b([A-Z]{1,3})(\$?\d+)\b(?!\()",
        lambda found: found[0] if found[1] else f"[{_number(found[2]) - here}]{found[3]}",
        formula,
    )


class TestTheFile:
    def test_is_the_same_for_the_same_case(self, tmp_path):
        case = shipped(ROOT / "scenarios/hard_drives.yaml")
        again = tco.load(ROOT / "scenarios/hard_drives.yaml")
        first, second = written(case, tmp_path / "first.xlsx"), written(again, tmp_path / "second.xlsx")
        assert first.read_bytes() == second.read_bytes()

    def test_bears_the_date_of_the_case_or_of_source_date_epoch(self, tmp_path, monkeypatch):
        case = shipped(ROOT / "scenarios/hard_drives.yaml")
        monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
        assert f"{case.file.start}-01T00:00:00Z" in _core(written(case, tmp_path / "case.xlsx"))
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")  # 2023-11-14 22:13:20 UTC
        assert "2023-11-14T22:13:20Z" in _core(written(case, tmp_path / "epoch.xlsx"))

    def test_has_no_macros_and_no_links_to_other_files(self, cartridges):
        with zipfile.ZipFile(cartridges[2]) as file:
            assert not [name for name in file.namelist() if "vba" in name.lower() or "external" in name.lower()]

    def test_keeps_text_that_looks_like_a_formula_as_text(self, tmp_path):
        """CSV injection (OWASP): text that begins with = + - or @ must not be computed."""
        tree = random_case(22)
        bad = '=HYPERLINK("http://example.com")'
        tree["name"] = bad
        tree["suppliers"][tree["baseline"]]["label"] = "@SUM(1)"
        tree["inflation"] = {"value": 0.01, "source": "+1+1", "owner": "-2", "note": "=1+1"}
        book = read(written(tco.from_data(tree, folder=FOLDER), tmp_path / "text.xlsx"))
        assert book["About"]["A1"] == Cell("", bad)
        assert all(not formula.startswith(("HYPERLINK", "1+1", "SUM(1)")) for _, _, formula in all_formulas(book))
        for words in ("+1+1", "-2", "=1+1"):
            assert Cell("", words) in book["Inputs"].values()

    def test_is_written_whole_or_not_at_all(self, tmp_path, monkeypatch):
        target = tmp_path / "case.xlsx"
        target.write_text("old")
        from tco.views.workbook import checking

        monkeypatch.setattr(checking.CheckSheet, "write", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            written(shipped(ROOT / "scenarios/hard_drives.yaml"), target)
        assert target.read_text() == "old"
        assert os.listdir(tmp_path) == ["case.xlsx"]

    def test_cannot_be_written_where_there_is_no_folder(self, tmp_path):
        with pytest.raises(TcoError, match="expected a file that can be written, found: No such file or directory"):
            written(shipped(ROOT / "scenarios/hard_drives.yaml"), tmp_path / "nowhere" / "case.xlsx")

    def test_leaves_out_what_was_not_worked_out_and_says_so(self, cartridges):
        _, book, _ = cartridges
        assert "Simulation" not in book
        assert "not in this workbook: it was not worked out" in [cell.value for cell in book["About"].values()]

    def test_holds_a_simulation_as_values_marked_so(self, tmp_path):
        case = shipped(ROOT / "scenarios/hard_drives.yaml")
        simulation = tco.simulate(case, 64, seed=3)
        book = read(written(case, tmp_path / "risk.xlsx", simulation=simulation))
        assert str(book["Simulation"]["A2"].value).startswith("Values, worked out by tco")
        assert "64 draws, seed 3" in str(book["Simulation"]["A2"].value)
        assert not any(cell.formula for cell in book["Simulation"].values())
        row = next(iter(simulation.rows()))
        means = [cell.value for place, cell in book["Simulation"].items() if place.startswith("C")]
        assert pytest.approx(row["mean"], rel=1e-14) in means
        assert pytest.approx(simulation.suppliers[1].npv["all_in"].mean, rel=1e-14) in means
        assert "Sensitivity" not in book

    def test_of_a_command_holds_a_simulation_and_a_tornado(self, tmp_path):
        case = shipped(ROOT / "scenarios/hard_drives.yaml")
        with NO_GAPS:
            workbook(case, tmp_path / "all.xlsx", n=64, seed=3)
            workbook(case, tmp_path / "bare.xlsx", n=0)
        book = read(tmp_path / "all.xlsx")
        assert {"Sensitivity", "Simulation"} <= set(book)
        shown = {cell.value for cell in book["Sensitivity"].values()}
        option = min(tco.compare(case).suppliers[1:], key=lambda one: one.present_cost).supplier
        assert {bar.path for bar in tco.tornado(case, option).bars} <= shown
        assert not {"Sensitivity", "Simulation"} & set(read(tmp_path / "bare.xlsx"))

    def test_every_input_stands_with_its_source(self, cartridges):
        case, book, file = cartridges
        places = input_places(file)
        assert set(case.inputs) <= set(places)
        row = places["suppliers.borealis.unit_price"][0]
        told = [book["Inputs"][f"{column}{row}"].value for column in "CDFG"]
        assert told == [4.78, "GBP/unit", "Quote 2026-10-30, valid 90 days", "procurement"]


LARGE: Mapping[str, Any] = {
    "tco": 1,
    "name": "Transformers",
    "currency": "JPY",
    "start": "2026-06",
    "horizon_months": 14,
    "discount_rate": 0.035,
    "exchange_rates": {"EUR": {"by_year": [165, 160]}},
    "baseline": "here",
    "product": {"sale_price": 310e6},
    "demand": {"units_per_year": 14_000_000},
    "failures": {"rust": {"stage": "use", "liable": "supplier", "returned": 0.2, "refund": 0.5}},
    "returns": {"activities": {"crane": 4e6}},
    "suppliers": {
        "here": {"unit_price": 182e6, "failure_rates": {"rust": 0.02}},
        "there": {"unit_price": 1.05e6, "currency": "EUR", "failure_rates": {"rust": 0.01}},
    },
    "extra_costs": [
        {"name": "insurance", "per": "year", "amount": 30e6, "supplier": "there", "group": "risk", "grade": "soft"}
    ],
}


class TestInputs:
    def test_stand_with_the_currency_that_they_are_stated_in(self, tmp_path):
        extra = {
            "name": "storage",
            "per": "month",
            "amount": 2e6,
            "supplier": "there",
            "group": "risk",
            "grade": "hard",
        }
        case = tco.from_data({**LARGE, "extra_costs": [*LARGE["extra_costs"], extra]})
        file = written(case, tmp_path / "units.xlsx")
        places, cells = input_places(file), read(file)["Inputs"]
        wanted = {
            "suppliers.here.unit_price": "JPY/unit",
            "suppliers.there.unit_price": "EUR/unit",
            "product.sale_price": "JPY/unit",
            "exchange_rates.EUR": "JPY/EUR",
            "extra_costs.insurance.amount": "JPY/year",
            "extra_costs.storage.amount": "JPY/month",
            "suppliers.here.failure_rates.rust": "event/shipment",
        }
        assert {path: cells[f"D{places[path][0]}"].value for path in wanted} == wanted

    @pytest.mark.parametrize("beyond", [True, False])
    def test_list_how_lost_customers_are_valued_and_the_first_page_says_so(self, beyond, tmp_path):
        churn = {"valuation": "lost_margin", "beyond_horizon": beyond}
        demand = {"customers": 8000, "orders_per_customer_per_year": 5, "annual_base_churn": 0.2}
        rust = {**LARGE["failures"]["rust"], "churn": 0.02}
        case = tco.from_data({**LARGE, "churn": churn, "demand": demand, "failures": {"rust": rust}})
        file = written(case, tmp_path / "churn.xlsx")
        book, places = read(file), input_places(file)
        told = {path: book["Inputs"][f"C{places[path][0]}"].value for path in places if path.startswith("churn.")}
        assert told["churn.valuation"] == "lost margin"
        assert told["churn.beyond_horizon"] == ("yes" if beyond else "no")
        assert places["churn.beyond_horizon"][1] == "structure"
        about = " ".join(str(cell.value) for cell in book["About"].values())
        assert "A lost customer counts at the margin that is lost" in about
        after = "The last month's churn holds what customers lost by then would have left after the horizon."
        assert (after in about) == beyond


class TestColumns:
    def test_of_a_simulation_leave_room_for_long_names_and_heads(self, tmp_path):
        label = "Slow Post, box of double wall, delivered by night, and insured against all that may happen to it"
        there = {**LARGE["suppliers"]["there"], "label": label, "freight": {"uniform": [1.0, 2.0]}}
        case = tco.from_data({**LARGE, "suppliers": {**LARGE["suppliers"], "there": there}})
        file = written(case, tmp_path / "risk.xlsx", simulation=tco.simulate(case, 64, seed=3))
        cells, widths, heights = read(file)["Simulation"], widths_of(file, "Simulation"), heights_of(file, "Simulation")
        for words in (label, "chance that it saves"):
            place = next(place for place, cell in cells.items() if cell.value == words)
            lines = heights[place[1:]] // 13.5  # points that a line of ten takes
            assert lines >= 2
            assert lines * widths[place[0]] >= 0.78 * len(words)

    @pytest.mark.slow
    def test_are_as_wide_as_another_program_needs_to_show_large_money(self, tmp_path):
        office, reader = shutil.which("soffice"), shutil.which("pdftotext")
        if office is None or reader is None:
            pytest.skip("LibreOffice or pdftotext is not installed")
        file = written(tco.from_data(LARGE), tmp_path / "large.xlsx")
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        subprocess.run(
            [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(file)],
            check=True,
            capture_output=True,
        )
        shown = subprocess.run([reader, "-layout", str(file.with_suffix(".pdf")), "-"], check=True, capture_output=True)
        words = shown.stdout.decode()
        assert "182,000,000" in words
        assert "182,000,000.00" not in words
        assert "##" not in words

    def test_have_room_for_each_letter_of_a_total(self, tmp_path):
        file = written(tco.from_data(LARGE), tmp_path / "large.xlsx")
        book, widths = read(file), widths_of(file, "Compare")
        totals = [cell.value for place, cell in book["Compare"].items() if place[0] == "D" and cell.formula]
        longest = max(len(f"{value:,.0f}") for value in totals if isinstance(value, float))
        assert longest >= len("2,000,000,000,000,000")  # 14 million a year at 182 million each
        assert widths["D"] >= longest

    def test_show_that_a_price_table_has_no_upper_end_in_few_letters(self, tmp_path):
        table = [{"from_units_per_year": 0, "unit_price": 1.1e6}, {"from_units_per_year": 9e6, "unit_price": 1e6}]
        there = {name: one for name, one in LARGE["suppliers"]["there"].items() if name != "unit_price"}
        suppliers = {**LARGE["suppliers"], "there": {**there, "price_breaks": table}}
        file = written(tco.from_data({**LARGE, "suppliers": suppliers}), tmp_path / "table.xlsx")
        assert 1e300 in [cell.value for cell in read(file)["there"].values()]
        assert widths_of(file, "there")["D"] < 30

    @pytest.mark.parametrize(
        ("value", "form", "shown"),
        [  # as Excel shows them
            (-1234567.8, '#,##0;-#,##0;"–"', "-1,234,568"),
            (0.0, '#,##0;-#,##0;"–"', "–"),
            (-0.0123, "0.00%;-0.00%;0%", "-1.23%"),
            (7.9e-8, "0.000E+00;-0.000E+00;0", "7.900E-08"),
            (0.0, '[=0]"at once";0.0" months"', "at once"),
            (12.34, '[=0]"at once";0.0" months"', "12.3 months"),
            (-1234.5, "#,##0.00", "-1,234.50"),
        ],
    )
    def test_know_how_a_figure_is_shown(self, value, form, shown):
        assert shown_as(value, form) == shown

    def test_money_of_millions_has_no_decimals_and_what_is_minute_a_power_of_ten(self):
        assert row_form("fine", [182e6, 183e6], "0") == '#,##0;-#,##0;"0"'
        assert row_form("fine", [7.9e-8, 8.1e-8], "0") == row_form("count", [1e300], "0") == "power"
        assert row_form("fine", [1234.5], "0") == '#,##0.00;-#,##0.00;"0"'


def heights_of(path: Path, sheet: str) -> dict[str, float]:
    """Give the heights of a sheet's rows, in points."""
    with zipfile.ZipFile(path) as file:
        place = f"xl/worksheets/sheet{sheets_of(file).index(sheet) + 1}.xml"
        rows = list(ElementTree.fromstring(file.read(place)).iter(f"{_SPACE}row"))
    return {one.get("r", ""): float(one.get("ht", "15")) for one in rows}


def widths_of(path: Path, sheet: str) -> dict[str, float]:
    """Give the widths of a sheet's columns, in characters."""
    with zipfile.ZipFile(path) as file:
        place = f"xl/worksheets/sheet{sheets_of(file).index(sheet) + 1}.xml"
        columns = list(ElementTree.fromstring(file.read(place)).iter(f"{_SPACE}col"))
    return {
        chr(ord("A") + number - 1): float(one.get("width", "0"))
        for one in columns
        for number in range(int(one.get("min", "1")), int(one.get("max", "1")) + 1)
    }


def _interrupted(*_arguments: Any, **_options: Any) -> None:
    raise KeyboardInterrupt


def _core(path: Path) -> str:
    with zipfile.ZipFile(path) as file:
        return file.read("docProps/core.xml").decode()


def test_sheets_have_names_that_excel_accepts():
    """At most 31 characters, none of []:*?/\\ or ', no two alike whatever their case (support.microsoft.com)."""
    given = ["a" * 40, "A" * 40, "What's/this?", "about", "History", "plain"]
    found = sheet_names(given, ["About"])
    assert found[0] == "a" * 31
    assert found[5] == "plain"
    assert found[2] == "What_s_this_"
    assert len({name.lower() for name in [*found, "About", "History"]}) == len(given) + 2
    assert all(len(name) <= 31 for name in found)
