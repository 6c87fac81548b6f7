"""Tables: at most 100 columns, the answer in the first three lines, nothing lost in Markdown, CSV or HTML."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

import tco
from tco.views import risk, table

ROOT = Path(__file__).parent.parent
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))


@pytest.fixture(name="many", scope="module")
def fixture_many() -> tco.Case:
    """Eight options with long names, one of them with marks that Markdown and HTML must escape."""
    suppliers = {
        f"s{number}": {
            "label": f"<b>Supplier | number {number}</b> with a very long name of its own, limited company",
            "unit_price": 1_000_000 + 1000 * number,
            "freight": {"pert": [1, 2, 3 + number]},
        }
        for number in range(8)
    }
    return tco.from_data(
        {
            "tco": 1,
            "name": "many | <i>",
            "currency": "JPY",
            "start": "2027-01",
            "horizon_months": 84,
            "discount_rate": "5%",
            "baseline": "s3",
            "demand": {"units_per_year": 1_000_000},
            "suppliers": suppliers,
        }
    )


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name)
def test_comparison_of_every_shipped_case_fits_into_100_columns_and_answers_first(path):
    case = tco.load(path)
    result = tco.compare(case)
    lines = str(result).splitlines()
    assert max(map(len, lines)) <= 100
    assert result.cheapest.label in lines[0]
    assert case.currency in "".join(lines[:3])
    assert sum("* cheapest" in line for line in lines) == 1


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name)
def test_simulation_of_every_shipped_case_fits_into_100_columns_and_answers_first(path):
    result = tco.simulate(tco.load(path), 512)
    lines = str(result).splitlines()
    assert max(map(len, lines)) <= 100
    assert result.best.label in lines[0]
    assert "512 draws" in lines[2]


def test_scenarios_side_by_side_fit_into_100_columns_and_name_what_tells_them_apart():
    path = ROOT / "scenarios/cartridges.yaml"
    result = tco.compare(tco.load(path), *(tco.load(path, scenario=name) for name in tco.load(path).scenarios))
    lines = str(result).splitlines()
    assert max(map(len, lines)) <= 100
    assert [line.split(":")[0].strip() for line in lines[1:4]] == ["as it stands", "tariff shock", "half the churn"]
    assert str(result).count("shock") >= 1 + len(result.cases[0].suppliers)


def test_eight_options_with_long_names_and_large_sums_fit_into_100_columns(many):
    for shown in (str(tco.compare(many)), str(tco.simulate(many, 256)), str(tco.compare(many, many))):
        assert max(map(len, shown.splitlines())) <= 100


def test_lines_stand_hard_to_soft_with_a_total_after_each_grade():
    lines = str(tco.compare(tco.load(ROOT / "scenarios/cartridges.yaml"))).splitlines()
    names = [line[:20].strip() for line in lines]
    order = ["purchase", "hard", "inventory_holding", "hard + estimated", "churn", "all in"]
    assert [names.index(name) for name in order] == sorted(names.index(name) for name in order)


def test_csv_gives_every_number_in_full():
    result = tco.compare(tco.load(ROOT / "scenarios/cartridges.yaml"))
    rows = list(csv.DictReader(io.StringIO(table.csv_text(result))))
    purchase = next(row for row in rows if row["supplier"] == "borealis" and row["line"] == "purchase")
    assert float(purchase["present_value"]) == result.supplier("borealis").lines["purchase"]
    assert len(rows) == len(result.suppliers) * len(result.lines)


def test_frame_gives_the_same_rows():
    result = tco.compare(tco.load(ROOT / "scenarios/cartridges.yaml"))
    frame = result.to_frame()
    assert len(frame) == len(list(result.rows()))
    whole = frame.groupby("supplier")["present_value"].sum()
    assert whole["acme"] == pytest.approx(result.supplier("acme").present_cost, rel=1e-12)


def test_markdown_has_as_many_cells_in_every_row(many):
    for text in (table.markdown(tco.compare(many)), risk.markdown(tco.simulate(many, 64))):
        rows = [line.replace("\\|", "") for line in text.splitlines() if line.startswith("|")]
        assert len({row.count("|") for row in rows}) == 1
        assert len(rows) > 3


def test_html_escapes_what_people_typed(many):
    for text in (tco.compare(many)._repr_html_(), tco.simulate(many, 64)._repr_html_()):
        assert "<b>" not in text
        assert "&lt;b&gt;" in text
