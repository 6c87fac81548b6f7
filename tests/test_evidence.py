"""Evidence: what a saving rests on, every input once, and doubts about what is counted twice."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from agreement import NO_GAPS, expected, parsed
from click.testing import CliRunner
from independent import model
from ruamel.yaml import YAML

import tco
from tco import cli
from tco.errors import UsageError
from tco.outcomes import uncertain_inputs
from tco.results import TOTALS

ROOT = Path(__file__).parent.parent
FILES = sorted([*(ROOT / "scenarios").glob("*.yaml"), *(ROOT / "tco" / "templates").glob("*.yaml")])
CARTRIDGES = ROOT / "scenarios" / "cartridges.yaml"
GRADES = ("hard", "estimated", "soft")
each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)

CASE = """
tco: 1
name: by hand
currency: EUR
start: 2027-01
horizon_months: 12
discount_rate: 0%
baseline: old
demand: {units_per_year: 12_000}
product: {sale_price: 20}
failures: {broken: {stage: use, liable: supplier, refund: 50%}}
suppliers:
  old: {unit_price: 10, failure_rates: {broken: 10%}}
  new: {unit_price: 9.5, failure_rates: {broken: 5%}}
"""


def case_of(text: str) -> tco.Case:
    return tco.from_data(YAML(typ="safe", pure=True).load(text))


def changed(*changes: tuple[str, str], end: str = "") -> tco.Case:
    text = CASE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return case_of(text + end)


@cache
def loaded(file: Path) -> tco.Case:
    return tco.load(file)


@cache
def of_file(file: Path) -> tco.Evidence:
    return tco.evidence(loaded(file))


# ---------------------------------------------------------------------------------------------------------------------
# The ladder


@each_file
def test_the_ladder_climbs_from_hard_to_soft_and_ends_at_the_npv(file: Path) -> None:
    case, found = loaded(file), of_file(file)
    with NO_GAPS:
        compared = tco.compare(case)
    option = compared.supplier(found.supplier)
    close = 1e-9 * option.present_cost
    assert found.ladder[-1].cumulative == pytest.approx(option.npv, rel=1e-9, abs=close)
    ranks = [GRADES.index(rung.grade) for rung in found.ladder]
    assert ranks == sorted(ranks)
    reached = 0.0
    for rung in found.ladder:
        reached += rung.npv
        assert rung.cumulative == pytest.approx(reached, rel=1e-9, abs=close)
    for total, last in zip(TOTALS, GRADES, strict=True):
        inside = [rung for rung in found.ladder if GRADES.index(rung.grade) <= GRADES.index(last)]
        assert inside[-1].cumulative == pytest.approx(option.totals[total].npv, rel=1e-9, abs=close)
    others = [one for one in compared.suppliers if one.supplier != case.baseline]
    assert found.supplier == min(others, key=lambda one: one.present_cost).supplier


def test_rungs_are_the_savings_of_the_independent_model() -> None:
    file = ROOT / "scenarios" / "couriers.yaml"
    found = of_file(file)
    oracle = {one["supplier"]: one["lines"] for one in expected(parsed(file), file.parent)["suppliers"]}
    for rung in found.ladder:
        saved = oracle[loaded(file).baseline].get(rung.line, 0) - oracle[found.supplier].get(rung.line, 0)
        assert rung.npv == pytest.approx(saved, rel=1e-9, abs=1e-6)


def test_a_line_that_finance_moves_to_another_grade_climbs_there() -> None:
    case = changed(end="decision: {grades: {refunds: soft}}\n")
    found = tco.evidence(case)
    assert [(rung.line, rung.grade) for rung in found.ladder] == [("purchase", "hard"), ("refunds", "soft")]
    assert [rung.cumulative for rung in found.ladder] == pytest.approx([6_000, 12_000])  # 0.5·12,000; 5 %·50 %·20
    assert dict(found.grades) == {"refunds": "soft"}


# ---------------------------------------------------------------------------------------------------------------------
# The register


def numbers(node: Any, path: str = "") -> set[str]:
    """Every number that a case states, by its path: worked out from the plain data with the independent reader."""
    skipped = ("tco", "name", "description", "currency", "start", "baseline", "decision", "correlations", "scenarios")
    skipped += ("sources", "horizon_months")
    if path.split(".")[0] in skipped:
        return set()
    last = path.rpartition(".")[2]
    texts = ("stage", "liable", "per", "valuation", "based_on", "price_at_stake", "incoterm", "duty_basis")
    if isinstance(node, dict) and not model.FORMS & set(node):
        return {one for key, child in node.items() for one in numbers(child, f"{path}.{key}".strip("."))}
    if isinstance(node, list):
        if path == "extra_costs":
            return {f"extra_costs.{extra['name']}.amount" for extra in node}
        if last == "price_breaks":
            return {one for i, row in enumerate(node) for one in numbers(row, f"{path}.{i}")}
        return {path}
    if last in (*texts, "currency", "transition_months", "beyond_horizon") or node == "rest":
        return set()
    if last == "label" and path.count(".") == 2 and path.startswith("suppliers."):
        return set()
    return {path}


@each_file
def test_the_register_has_every_number_that_is_stated_once(file: Path) -> None:
    paths = [one.path for one in of_file(file).assumptions]
    assert len(paths) == len(set(paths))
    ours = {path for path in paths if not path.startswith(("demand.seasonality", "decision"))}
    stated = {path for path in numbers(parsed(file)) if not path.startswith("demand.seasonality")}
    # a rate that all suppliers share and each one restates is stated, and yet no input of the case
    assert ours <= stated
    restated = stated - ours
    assert all(path.startswith(("failure_rates.", "inventory.")) or "capacity" in path for path in restated), restated


@each_file
def test_values_and_ranges_are_those_of_the_inputs(file: Path) -> None:
    uncertain = uncertain_inputs(loaded(file))
    for one in of_file(file).assumptions:
        assert one.in_hard <= one.used
        if one.path in uncertain:
            low, high = (float(uncertain[one.path].quantile(share)) for share in (0.05, 0.95))
            assert (one.low, one.high) == pytest.approx((low, high))
        else:
            assert one.low is None
            assert one.high is None


def test_inputs_without_a_source_are_counted_and_a_sections_source_holds_below_it() -> None:
    assert len(of_file(CARTRIDGES).without_source) == 0
    everything = tco.evidence(case_of(CASE))
    assert len(everything.without_source) == len(everything.assumptions)
    sourced = tco.evidence(
        changed(
            ("unit_price: 9.5", "unit_price: {value: 9.5, source: quote}"),
            end='sources: {suppliers.old: "contract", product.sale_price: "ledger"}\n',
        )
    )
    assert len(everything.without_source) - len(sourced.without_source) == 4  # quote, ledger, two of the contract
    by_path = {one.path: one.source for one in sourced.assumptions}
    assert by_path["suppliers.old.failure_rates.broken"] == "contract"
    assert by_path["suppliers.new.unit_price"] == "quote"
    assert sourced.to_dict()["without_source"] == len(sourced.without_source)


def test_inputs_of_the_hard_headline_that_are_graded_softer_are_counted() -> None:
    found = tco.evidence(
        changed(
            ("refund: 50%", "refund: {value: 50%, grade: estimated}, churn: {value: 2%, grade: soft}"),
            ("unit_price: 9.5", "unit_price: {value: 9.5, grade: hard}"),
            end="churn: {valuation: reacquisition, acquisition_cost: {value: 30, grade: soft}}\n",
        )
    )
    assert [one.path for one in found.softer_in_hard] == ["failures.broken.refund"]  # churn is no hard line
    assert found.to_dict()["hard_inputs_graded_softer"] == 1


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(UsageError, match="found 'boreals': did you mean 'borealis'"):
        tco.evidence(loaded(CARTRIDGES), "boreals")
    assert tco.evidence(loaded(CARTRIDGES), "borealis").supplier == "borealis"


# ---------------------------------------------------------------------------------------------------------------------
# Counting twice: a case that raises each doubt, and one beside it that does not

CUSTOMERS = ("{units_per_year: 12_000}", "{customers: 4_000, orders_per_customer_per_year: 3}")
CHURNS = ("refund: 50%", "refund: 50%, churn: 3%")
STOCK = (
    "inventory: {lead_time_days: 9, lead_time_sd_days: 2, order_interval_days: 30, service_level: 95%, "
    "stockout: {lost_share: 60%, backorder_cost: 1}}\n"
)
HOLDING = STOCK.replace("95%,", "95%, holding_rate: 20%,")


def lifetime(end: str = "", other: str = "") -> tuple[str, ...]:
    churn = f"churn: {{valuation: lifetime_value, lifetime_value: 50{other}}}\n"
    return changed(CHURNS, end=churn + end).warnings


def test_a_lifetime_value_beside_refunds_is_doubted_unless_it_has_a_source() -> None:
    (told,) = lifetime()
    assert told.startswith("churn.lifetime_value: without a source; broken refund the sale and cost customers too")
    assert lifetime('sources: {churn.lifetime_value: "CRM, after the first order"}\n') == ()
    alone = changed(
        ("refund: 50%", "goodwill: 1, churn: 3%"), end="churn: {valuation: lifetime_value, lifetime_value: 50}\n"
    )
    assert alone.warnings == ()


def test_other_margin_beside_a_lifetime_value_is_doubted() -> None:
    source = 'sources: {churn.lifetime_value: "CRM"}\n'
    (told,) = lifetime(source, ", other_margin_per_customer_per_year: 5")
    assert told.startswith("churn.other_margin_per_customer_per_year: stated beside a lifetime value")
    assert lifetime(source, ", other_margin_per_customer_per_year: 0") == ()
    lost_margin = "churn: {valuation: lost_margin, other_margin_per_customer_per_year: 5}\n"
    assert changed(CUSTOMERS, CHURNS, end=lost_margin).warnings == ()


@pytest.mark.parametrize("name", ["lost sales when out of stock", "stock-out penalties", "backorder desk", "Shortages"])
def test_a_shortage_charged_in_the_inventory_and_as_an_extra_cost_is_doubted(name: str) -> None:
    extra = (
        f"extra_costs: [{{name: {name}, supplier: old, per: year, amount: 900, group: inventory, grade: estimated}}]\n"
    )
    (told,) = changed(end=STOCK + extra).warnings
    assert told.startswith(f"extra cost '{name}': inventory.stockout charges shortages already")
    assert changed(end=extra).warnings == ()  # without inventory
    assert changed(end=STOCK + extra.replace(name, "audits")).warnings == ()


def test_safety_stock_paid_for_in_the_holding_rate_and_as_an_extra_cost_is_doubted() -> None:
    extra = "extra_costs: [{name: safety stock, per: year, amount: 900, group: inventory, grade: estimated}]\n"
    told = changed(end=HOLDING + extra).warnings
    assert any("extra cost 'safety stock': inventory_holding pays for safety stock already" in one for one in told)
    assert changed(end=STOCK + extra).warnings == ()  # no holding rate


LATE = (
    ("failures: {broken:", "failures: {late delivery: {stage: delivery, liable: WHO, goodwill: 1}, broken:"),
    ("failure_rates: {broken: 10%}", "failure_rates: {broken: 10%, late delivery: 5%}"),
    ("failure_rates: {broken: 5%}", "failure_rates: {broken: 5%, late delivery: 5%}"),
)


def late(who: str, end: str) -> tuple[str, ...]:
    (old, new), *rest = LATE
    return changed((old, new.replace("WHO", who)), *rest, end=end).warnings


def test_a_backorder_cost_beside_a_late_mode_of_the_supplier_is_doubted() -> None:
    told = late("supplier", STOCK)
    assert told
    assert all("late delivery is the supplier's fault and inventory.stockout.backorder_cost" in one for one in told)
    assert late("carrier", STOCK) == ()
    assert late("supplier", STOCK.replace("backorder_cost: 1", "backorder_cost: 0")) == ()
    assert late("supplier", "") == ()


def test_disruptions_whose_delays_may_be_in_the_lead_times_spread_are_doubted() -> None:
    struck = ("unit_price: 9.5", "unit_price: 9.5, disruption: {per_year: 0.1, months: 2, demand_lost_share: 50%}")
    (told,) = changed(struck, end=STOCK).warnings
    assert told.startswith("new: stock-outs and disruptions both lose sales")
    assert changed(struck).warnings == ()
    assert changed(struck, end=STOCK.replace("lead_time_sd_days: 2", "lead_time_sd_days: 0")).warnings == ()
    source = 'sources: {inventory.lead_time_sd_days: "goods receipts, without the strike"}\n'
    assert changed(struck, end=STOCK + source).warnings == ()


def test_doubts_are_part_of_the_evidence() -> None:
    case = changed(CHURNS, end="churn: {valuation: lifetime_value, lifetime_value: 50}\n")
    assert tco.evidence(case).warnings == case.warnings
    assert case.warnings[0].split(":")[0] in str(tco.evidence(case))


@each_file
def test_shipped_cases_count_nothing_twice(file: Path) -> None:
    assert [told for told in loaded(file).warnings if "twice" in told] == []


# ---------------------------------------------------------------------------------------------------------------------
# The command


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli.main, ["evidence", *arguments])


def test_the_command_prints_what_the_function_gives() -> None:
    data = run(str(CARTRIDGES), "--format", "json")
    assert data.exit_code == 0
    assert json.loads(data.stdout) == of_file(CARTRIDGES).to_dict()
    text = run(str(CARTRIDGES)).stdout
    assert max(map(len, text.splitlines())) <= 100
    assert text.startswith("Borealis + stronger box: of ")
    rows = run(str(CARTRIDGES), "--format", "csv").stdout.splitlines()
    assert rows[0].startswith("path,meaning,unit,kind,value")
    wrong = run(str(CARTRIDGES), "--supplier", "boreals")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "did you mean 'borealis'" in wrong.stderr
    assert "Traceback" not in wrong.stderr


@each_file
def test_plain_data_is_json_without_nan(file: Path) -> None:
    json.dumps(of_file(file).to_dict(), allow_nan=False)
