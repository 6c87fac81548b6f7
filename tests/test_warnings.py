"""Doubts are part of every result: each is told above its threshold and not just below it."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

import tco
from tco import cli, document, loader

CASE = """\
tco: 1
name: Mugs
currency: GBP
start: 2027-01
horizon_months: 24
discount_rate: 10%
baseline: acme
product: {sale_price: 10}
demand: {units_per_year: 12_000}
failures:
  leaks: {stage: use, liable: supplier}
suppliers:
  acme:
    unit_price: 4
    failure_rates: {leaks: 4%}
  borealis:
    unit_price: 5
    failure_rates: {leaks: 1%}
"""
STOCK = "inventory: {lead_time_days: 9, lead_time_sd_days: 2, order_interval_days: 30, service_level: 95%"


def warned(*changes: tuple[str, str], end: str = "", **loading: Any) -> tuple[str, ...]:
    """Give the warnings of `CASE` with some parts replaced and an end added."""
    text = CASE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return loader.from_document(document.parse(text + end, "case.yaml"), **loading).warnings


def acme(keys: str) -> tuple[str, str]:
    return "    unit_price: 4\n", f"    unit_price: 4\n    {keys}\n"


def test_a_case_without_doubts_has_no_warnings() -> None:
    assert warned() == ()


# ---------------------------------------------------------------------------------------------------------------------
# Lost sales that gain: k above the sale price (model.md, section 6)

LOSES = "disruption: {per_year: 0.1, months: 2, demand_lost_share: 50%}"


def test_a_unit_that_costs_more_than_it_is_sold_for_makes_lost_sales_a_gain() -> None:
    assert warned(("unit_price: 4", f"unit_price: 10.01\n    {LOSES}")) == (
        "acme: from month 1 a unit costs 0.01 GBP more than it is sold for, so that every lost sale counts as a gain",
    )


def test_a_unit_that_costs_as_much_as_it_is_sold_for_is_not_doubted() -> None:
    assert warned(("unit_price: 4", f"unit_price: 10\n    {LOSES}")) == ()
    thirds = "unit_price: 3.3\n    freight: 3.3\n    duty_rate: 100%"  # 9.9 to rounding
    assert warned(("unit_price: 4", f"{thirds}\n    {LOSES}"), ("sale_price: 10", "sale_price: 9.9")) == ()


def test_a_unit_that_becomes_too_dear_is_doubted_from_that_month_on() -> None:
    assert warned(("unit_price: 4", f"unit_price: 9.9\n    price_growth: 2%\n    {LOSES}")) == (
        "acme: from month 13 a unit costs 0.10 GBP more than it is sold for, so that every lost sale counts as a gain",
    )
    assert warned(("unit_price: 4", f"unit_price: 9.9\n    price_growth: 1%\n    {LOSES}")) == ()


def test_a_unit_sold_at_a_loss_is_not_doubted_where_no_lost_sale_is_counted() -> None:
    assert warned(("unit_price: 4", "unit_price: 12")) == ()


@pytest.mark.parametrize(
    "change",
    [
        acme(f"{LOSES}"),
        acme(f"{STOCK}, stockout: {{lost_share: 60%, backorder_cost: 1}}}}"),
    ],
    ids=["disruption", "stock-outs"],
)
def test_every_line_that_counts_lost_sales_raises_the_doubt(change: tuple[str, str]) -> None:
    (told,) = warned(change, ("unit_price: 4", "unit_price: 30"))
    assert told.startswith("acme: from month 1 a unit costs ")
    assert told.endswith("GBP more than it is sold for, so that every lost sale counts as a gain")


def test_customers_lost_raise_the_doubt_too() -> None:
    customers = ("{units_per_year: 12_000}", "{customers: 4_000, orders_per_customer_per_year: 3}")
    leaves = ("liable: supplier}", "liable: supplier, churn: 2%}")
    assert [told.split(" a unit")[0] for told in warned(customers, leaves, ("unit_price: 5", "unit_price: 30"))] == [
        "borealis: from month 1"
    ]
    assert warned(customers, leaves) == ()


# ---------------------------------------------------------------------------------------------------------------------
# Demand above capacity


def test_demand_above_a_suppliers_capacity_is_doubted() -> None:
    assert warned(acme("capacity_units_per_year: 11_999")) == (
        "acme: planned demand of 12,000 units in year 1 is above its capacity of 11,999",
    )
    assert warned(acme("capacity_units_per_year: 12_000")) == ()


def test_demand_that_outgrows_the_capacity_is_doubted_in_its_first_year() -> None:
    grows = ("12_000}", "12_000, annual_growth: 5%}")
    assert warned(grows, acme("capacity_units_per_year: 12_500")) == (
        "acme: planned demand of 12,600 units in year 2 is above its capacity of 12,500",
    )
    assert warned(grows, acme("capacity_units_per_year: 12_600")) == ()


def test_a_year_cut_short_by_the_horizon_is_held_against_the_capacity_as_a_whole_year() -> None:
    short = ("horizon_months: 24", "horizon_months: 15")
    grows = ("12_000}", "12_000, annual_growth: 5%}")
    assert warned(short, grows, acme("capacity_units_per_year: 12_600")) == ()
    assert "in year 2" in warned(short, grows, acme("capacity_units_per_year: 12_599"))[0]


def test_seasons_do_not_raise_the_demand_of_a_year_by_a_rounding_error() -> None:
    seasons = ("12_000}", "12_000, seasonality: [0.7, 0.9, 1.1, 1, 1, 1.3, 1.1, 1, 1, 0.7, 1, 1.3]}")
    assert warned(seasons, acme("capacity_units_per_year: 12_000")) == ()


# ---------------------------------------------------------------------------------------------------------------------
# Returns that pay twice (model.md, section 5)


def pays(recovers: str, chargeback: str) -> tuple[str, ...]:
    """Give the warnings of a unit that lands for 5 (4 and 1 of freight), of which all comes back that leaks."""
    return warned(
        acme(f"freight: 1\n    chargeback: {{leaks: {chargeback}}}"),
        ("liable: supplier}", "liable: supplier, returned: 100%}"),
        end=f"returns: {{dispositions: {{restock: {{share: 100%, recovers: {recovers}}}}}}}\n",
    )


def test_recovery_and_chargeback_above_the_landed_cost_are_doubted() -> None:
    assert pays("60%", "51%") == (  # 60 % of 5, 51 % of 4: 5.04
        "acme: recovery and chargeback of leaks bring 0.04 GBP a unit more than the unit's landed cost: is a returned "
        "unit paid for twice?",
    )
    assert pays("60%", "50%") == ()  # 5.00


def test_recovery_is_doubted_only_for_the_share_that_comes_back() -> None:
    changes = acme("chargeback: 90%"), ("liable: supplier}", "liable: supplier, returned: 10%}")
    restock = "returns: {dispositions: {restock: {share: 100%, recovers: 100%}}}\n"
    assert warned(*changes, end=restock) == ()  # 0.9·4 + 0.1·4 = 4
    (told,) = warned(*changes, end=restock.replace("recovers: 100%", "recovers: 100%, proceeds: 0.1"))
    assert told.startswith("acme: recovery and chargeback of leaks bring 0.01 GBP a unit more")


# ---------------------------------------------------------------------------------------------------------------------
# Gross churn: more than 10 % mean or 20 % at the upper end for one event, without a source


def churned(churn: str, end: str = "") -> tuple[str, ...]:
    customers = ("{units_per_year: 12_000}", "{customers: 4_000, orders_per_customer_per_year: 3}")
    return warned(customers, ("liable: supplier}", f"liable: supplier, churn: {churn}}}"), end=end)


@pytest.mark.parametrize(
    ("below", "above", "loss"),
    [
        ("10%", "10.01%", "10.01 %"),
        ("{pert: [5%, 10%, 15%]}", "{pert: [5%, 10.1%, 15%]}", "10.07 %, up to 15 %,"),  # (5 + 4·10.1 + 15)/6
        ("{uniform: [1%, 19%]}", "{uniform: [1%, 19.1%]}", "10.05 %, up to 19.1 %,"),
        ("{pert: [1%, 5%, 20%]}", "{pert: [1%, 5%, 20.01%]}", "6.835 %, up to 20.01 %,"),  # (1 + 20 + 20.01)/6
        ("{triangular: [0%, 1%, 20%]}", "{triangular: [0%, 1%, 21%]}", "7.333 %, up to 21 %,"),
        ("1% to 20%", "1% to 20.1%", "8.027 %, up to 20.1 %,"),  # means by scipy: fsolve on beta.cdf
        ("2% to 20%", "2% to 20.1%", "9.172 %, up to 20.1 %,"),
        ("{beta: {p5: 1%, p95: 20%}}", "{beta: {p5: 1%, p95: 21%}}", "8.334 %, up to 21 %,"),
        ("{discrete: {1%: 90%, 20%: 10%}}", "{discrete: {1%: 90%, 21%: 10%}}", "3 %, up to 21 %,"),
    ],
)
def test_churn_above_either_threshold_is_doubted_and_at_it_is_not(below: str, above: str, loss: str) -> None:
    assert churned(below) == ()
    number, comma, rest = loss.partition(",")
    (told,) = churned(above)
    assert told.startswith(
        f"failures.leaks.churn: {number} of a customer's future purchases{comma}{rest} lost by one event, without a "
        "source: is it gross churn, or what surveys say, and not the excess over base churn? "
    )
    assert "2.1 % fewer orders" in told  # benchmarks.yaml, churn-backorder-field: the one measured effect


def test_churn_with_a_source_beside_it_or_in_the_list_of_sources_is_not_doubted() -> None:
    assert churned("{value: 30%, source: cohort study}") == ()
    assert churned("30%", end="sources: {failures.leaks.churn: cohort study}\n") == ()
    assert churned("30%", end="sources: {failures.leaks: cohort study}\n") == ()  # of the section around it
    assert churned("30%", end="sources: {failures: cohort study}\n") == ()
    assert len(churned("30%", end="sources: {suppliers: offers}\n")) == 1
    assert len(churned("{value: 30%, note: a guess}")) == 1


def test_churn_of_one_option_is_doubted_under_its_own_path() -> None:
    customers = ("{units_per_year: 12_000}", "{customers: 4_000, orders_per_customer_per_year: 3}")
    (told,) = warned(customers, acme("overrides: {failures.leaks.churn: 11%}"))
    assert told.startswith("suppliers.acme.overrides.failures.leaks.churn: 11 % of a customer's future purchases lost")
    source = "sources: {suppliers.acme.overrides.failures.leaks.churn: cohort study}\n"
    assert warned(customers, acme("overrides: {failures.leaks.churn: 11%}"), end=source) == ()


# ---------------------------------------------------------------------------------------------------------------------
# A minimum order without inventory, duty twice, correlations that change nothing


def test_a_minimum_order_without_inventory_is_doubted() -> None:
    assert warned(acme("moq: 500")) == ("acme: a moq is stated but no inventory, so it changes nothing",)
    assert warned(acme("moq: 500"), end=f"{STOCK}, holding_rate: 20%}}\n") == ()


@pytest.mark.parametrize("term", ["DDP", "ddp", "DDP Felixstowe (Incoterms 2020)"])
def test_duty_under_delivered_duty_paid_is_doubted(term: str) -> None:
    assert warned(acme(f"incoterm: {term}\n    duty_rate: 0.1%")) == (
        "acme: delivered duty paid (DDP), and yet a duty_rate: is duty paid twice?",
    )


@pytest.mark.parametrize(
    "keys", ["incoterm: DDP\n    duty_rate: 0%", "incoterm: DDP", "incoterm: DAP\n    duty_rate: 4%"]
)
def test_duty_paid_once_is_not_doubted(keys: str) -> None:
    assert warned(acme(keys)) == ()


def test_an_option_that_inherits_its_term_is_doubted_for_its_own_duty() -> None:
    based = ("    unit_price: 5\n", "    based_on: acme\n    unit_price: 5\n    duty_rate: 4%\n")
    assert warned(acme("incoterm: DDP"), based) == (
        "borealis: delivered duty paid (DDP), and yet a duty_rate: is duty paid twice?",
    )


def test_a_correlation_with_a_fixed_number_is_doubted() -> None:
    pair = "correlations: [{between: [suppliers.acme.failure_rates.leaks, suppliers.acme.unit_price], rank: 0.3}]\n"
    uncertain = ("{leaks: 4%}", "{leaks: 3% to 5%}")
    assert warned(uncertain, end=pair) == (
        "the correlation with suppliers.acme.unit_price changes nothing: it is a fixed number",
    )
    assert warned(uncertain, ("unit_price: 4", "unit_price: 4 to 5"), end=pair) == ()


# ---------------------------------------------------------------------------------------------------------------------
# Warnings belong to the result


def test_a_doubt_about_shared_inputs_is_told_once_and_one_about_each_option_for_each() -> None:
    assert len(churned("30%")) == 1
    both = acme("moq: 500"), ("    unit_price: 5\n", "    unit_price: 5\n    moq: 500\n")
    assert [told.split(":")[0] for told in warned(*both)] == ["acme", "borealis"]


def test_a_scenario_or_setting_brings_its_own_doubts() -> None:
    scenario = "scenarios:\n  duty: {suppliers.acme.duty_rate: 4%, suppliers.acme.incoterm: DDP}\n"
    assert warned(end=scenario) == ()
    assert len(warned(end=scenario, scenario="duty")) == 1
    assert len(warned(acme("incoterm: DDP"), changes=["suppliers.acme.duty_rate=4%"])) == 1


def test_warnings_are_in_the_comparison_the_validation_and_what_is_printed(tmp_path: Any) -> None:
    path = tmp_path / "case.yaml"
    old, new = acme("moq: 500")
    path.write_text(CASE.replace(old, new), encoding="utf-8")
    told = "acme: a moq is stated but no inventory, so it changes nothing"
    assert tco.compare(tco.load(path)).to_dict()["warnings"] == [told]
    assert tco.validate(path).to_dict()["warnings"] == [told]
    assert [*tco.validate(path).rows()] == [{"file": str(path), "warning": told}]
    result = CliRunner().invoke(cli.main, ["validate", str(path)])
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1:] == [f"  warning: {told}"]
    assert told in CliRunner().invoke(cli.main, ["compare", str(path)]).stdout
