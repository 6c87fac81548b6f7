"""Every cost line of the model page (section 5) on a case small enough to compute by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

import tco

HEAD = "tco: 1\nname: by hand\ncurrency: EUR\nbaseline: a\n"
EXACT = 1e-12

EVEN = "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"
JARS = "[0.8, 0.8, 0.9, 0.9, 1, 0.9, 0.8, 0.9, 1.1, 1.2, 1.4, 1.3]"
"""A seasonality whose months of a whole number of units do not add up to it in floating point."""

Compare = Callable[[str], tco.Comparison]


@pytest.fixture(name="compare")
def fixture_compare(tmp_path: Path) -> Compare:
    """Write a case below the usual head, read it as a user's file is read, and compare its options."""

    def compare(text: str) -> tco.Comparison:
        file = tmp_path / "case.yaml"
        file.write_text(HEAD + text, encoding="utf-8")
        return tco.compare(tco.load(file))

    return compare


def line(result: tco.Comparison, name: str, supplier: str = "a") -> float:
    """Give the present value of one option's line."""
    return result.supplier(supplier).lines[name]


def near(value: float) -> object:
    """Compare to twelve digits: the arithmetic is exact, floating point is not."""
    return pytest.approx(value, rel=EXACT, abs=1e-9)


# ---------------------------------------------------------------- purchase: price, growth, breaks, currency


def test_purchase_is_price_times_planned_units(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
demand: {units_per_year: 1_200}
suppliers: {a: {unit_price: 4.10}}
""")
    assert line(result, "purchase") == near(4920)  # 1,200 x 4.10
    assert result.supplier("a").monthly["purchase"] == near((0.0, *[410.0] * 12))  # 100 a month, nothing at the start


def test_money_is_discounted_at_the_end_of_each_month(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 10%
demand: {units_per_year: 1_200}
suppliers: {a: {unit_price: 4}}
""")
    # an annuity in arrears of 400 over 12 months at i = 1.1^(1/12) - 1 = 0.797414 %: 400 x (1 - 1/1.1) / i = 4,560.2
    monthly_rate = 1.1 ** (1 / 12) - 1
    assert line(result, "purchase") == near(400 * (1 - 1 / 1.1) / monthly_rate)
    assert result.supplier("a").cost_per_unit == near(4)  # levelised: 4 a unit, whenever bought
    assert result.supplier("a").cost_per_unit_undiscounted == near(4)


def test_a_price_grows_with_its_own_growth_by_contract_year_and_not_with_inflation(compare: Compare) -> None:
    result = compare("""
start: 2027-07
horizon_months: 30
discount_rate: 0%
inflation: 50%
demand: {units_per_year: 1_200}
suppliers: {a: {unit_price: 4, price_growth: 10%}}
""")
    # contract years begin in July: 1,200 x 4 + 1,200 x 4.4 + 600 x 4.84
    assert result.supplier("a").yearly()["purchase"] == near((0, 4800, 5280, 2904))


def test_a_price_path_replaces_growth_and_its_last_value_holds(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 36
discount_rate: 0%
demand: {units_per_year: 1_200}
suppliers: {a: {unit_price: {by_year: [4, 5]}, price_growth: 10%}}
""")
    assert result.supplier("a").yearly()["purchase"] == near((0, 4800, 6000, 6000))  # 1,200 x 4, 5, 5


def test_all_units_of_a_year_have_the_price_of_the_break_that_the_year_reaches(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 36
discount_rate: 0%
demand: {units_per_year: 1_000, annual_growth: 50%}
suppliers:
  a:
    price_breaks:
      - {from_units_per_year: 0, unit_price: 4}
      - {from_units_per_year: 1_500, unit_price: 3.5}
      - {from_units_per_year: 2_251, unit_price: 3}
    price_growth: 10%
""")
    # 1,000, 1,500 (reached exactly) and 2,250 units (the last break just missed); prices grow by 10 % a year
    assert result.supplier("a").yearly()["purchase"] == near((0, 1000 * 4, 1500 * 3.5 * 1.1, 2250 * 3.5 * 1.21))


def test_a_year_cut_short_by_the_horizon_reaches_the_break_of_its_annual_rate(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 18
discount_rate: 0%
demand: {units_per_year: 1_200, annual_growth: 50%}
suppliers:
  a:
    price_breaks: [{from_units_per_year: 0, unit_price: 4}, {from_units_per_year: 1_800, unit_price: 3}]
""")
    # year 2 has six months with 900 units: 1,800 a year, which is the break
    assert result.supplier("a").yearly()["purchase"] == near((0, 1200 * 4, 900 * 3))


def test_a_break_can_follow_a_path_of_its_own(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 24
discount_rate: 0%
demand: {units_per_year: 1_200}
suppliers:
  a:
    price_breaks: [{from_units_per_year: 0, unit_price: 9}, {from_units_per_year: 1_000, unit_price: {by_year: [4, 3]}}]
    price_growth: 10%
""")
    assert result.supplier("a").yearly()["purchase"] == near((0, 4800, 3600))  # 1,200 x 4, then x 3


@pytest.mark.parametrize("units", [1_000, 7_000, 11_000, 25_000, 36_000, 50_000])
@pytest.mark.parametrize("season", [EVEN, JARS], ids=["even", "jars"])
def test_a_break_is_reached_by_the_very_number_of_units_that_it_names(
    compare: Compare, units: int, season: str
) -> None:
    result = compare(f"""
start: 2027-01
horizon_months: 12
discount_rate: 0%
demand: {{units_per_year: {units}, seasonality: {season}}}
suppliers:
  a: {{price_breaks: [{{from_units_per_year: 0, unit_price: 4}}, {{from_units_per_year: {units}, unit_price: 3}}]}}
""")
    assert line(result, "purchase") == near(3 * units)  # the plan is the break, to the unit


def test_a_price_in_another_currency_is_converted_and_all_else_is_not(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
exchange_rates: {USD: 0.80}
demand: {units_per_year: 1_200}
suppliers:
  a: {currency: USD, unit_price: 5, freight: 0.25}
  b: {currency: USD, price_breaks: [{from_units_per_year: 0, unit_price: 6}, {from_units_per_year: 900, unit_price: 4}]}
""")
    assert line(result, "purchase", "a") == near(4800)  # 1,200 x 5 x 0.80
    assert line(result, "purchase", "b") == near(3840)  # 1,200 x 4 x 0.80
    assert line(result, "freight", "a") == near(300)  # 1,200 x 0.25, in the case's currency


# ---------------------------------------------------------------- duty, freight, inspection, payment terms, fulfilment


def test_duty_is_on_the_price_alone_unless_cif_adds_the_freight(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
demand: {units_per_year: 1_200}
suppliers:
  a: {unit_price: 4, freight: 0.50, duty_rate: 10%}
  b: {based_on: a, duty_basis: cif}
""")
    assert line(result, "duty", "a") == near(480)  # 1,200 x 10 % x 4.00
    assert line(result, "duty", "b") == near(540)  # 1,200 x 10 % x 4.50


def test_duty_follows_its_path_and_the_growing_price(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 24
discount_rate: 0%
demand: {units_per_year: 1_200}
suppliers: {a: {unit_price: 4, price_growth: 25%, duty_rate: {by_year: [4%, 6%]}}}
""")
    assert result.supplier("a").yearly()["duty"] == near((0, 192, 360))  # 1,200 x 4 x 4 %; 1,200 x 5 x 6 %


def test_freight_grows_with_inflation_but_its_path_does_not(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 24
discount_rate: 0%
inflation: 10%
demand: {units_per_year: 1_200}
suppliers:
  a: {unit_price: 4, freight: 0.50}
  b: {unit_price: 4, freight: {by_year: [0.50, 0.40]}}
""")
    assert result.supplier("a").yearly()["freight"] == near((0, 600, 660))  # 1,200 x 0.50, 0.55
    assert result.supplier("b").yearly()["freight"] == near((0, 600, 480))  # 1,200 x 0.50, 0.40


def test_inspection_is_paid_for_every_shipped_unit(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
demand: {units_per_year: 1_200}
failures: {faulty: {stage: use, liable: supplier, replace: 50%}}
suppliers: {a: {unit_price: 4, inspection: 0.09, failure_rates: {faulty: 20%}}}
""")
    assert line(result, "inspection") == near(120)  # g = 1 / (1 - 20 % x 50 %) = 10/9; 1,200 x 10/9 x 0.09


def test_paying_later_is_a_credit_and_paying_earlier_a_cost(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 1
discount_rate: 10%
demand: {units_per_year: 1_200}
suppliers:
  a: {unit_price: 4, freight: 1, duty_rate: 10%, payment_days: 73}
  b: {unit_price: 4, freight: 1, duty_rate: 10%, payment_days: -36.5}
""")
    # 100 units x the price of 4 (not the landed cost) x (1.1^(-73/365) - 1), a fifth of a year; then a tenth earlier
    assert result.supplier("a").monthly["payment_terms"][1] == near(400 * (1.1**-0.2 - 1))  # -7.55
    assert result.supplier("b").monthly["payment_terms"][1] == near(400 * (1.1**0.1 - 1))  # +3.83


def test_fulfilment_is_paid_for_planned_units_and_not_for_replacements(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
product: {fulfilment_cost: 2.50, replacement_fulfilment_cost: 0}
demand: {units_per_year: 1_200}
failures: {faulty: {stage: use, liable: supplier, replace: 100%}}
suppliers: {a: {unit_price: 4, failure_rates: {faulty: 20%}}}
""")
    assert line(result, "fulfilment") == near(3000)  # 1,200 x 2.50
    assert line(result, "replacement") == near(1200)  # g - 1 = 1/0.8 - 1 = 0.25; 1,200 x 0.25 x (4 + 0)


# ---------------------------------------------------------------- failures: replacement and its series


def test_a_replaced_unit_can_fail_again_and_costs_landed_cost_and_fulfilment(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
product: {fulfilment_cost: 2}
demand: {units_per_year: 1_200}
failures: {faulty: {stage: use, liable: supplier, replace: 50%}}
suppliers: {a: {unit_price: 3, freight: 0.70, duty_rate: 10%, failure_rates: {faulty: 20%}}}
""")
    # g - 1 = 1 / (1 - 0.1) - 1 = 1/9; landed 3 + 0.3 + 0.7 = 4; 1,200 / 9 x (4 + 2)
    assert line(result, "replacement") == near(800)


def test_a_replaced_order_is_sent_again_whole_whatever_units_it_touches(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
product: {replacement_fulfilment_cost: 1}
demand: {units_per_year: 1_200, units_per_order: 2}
failures: {lost: {stage: delivery, liable: carrier, per: order, units: 0.5, replace: 100%}}
suppliers: {a: {unit_price: 4, failure_rates: {lost: 10%}}}
""")
    # 600 orders, 1/0.9 - 1 = 1/9 of them sent again: 66.7 orders of 2 units = 133.3 units x (4 + 1)
    assert line(result, "replacement") == near(600 / 9 * 2 * 5)


def test_unit_and_order_modes_multiply_each_others_replacements(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
demand: {units_per_year: 1_200, units_per_order: 3}
failures:
  faulty: {stage: use, liable: supplier, replace: 80%, effort_minutes: 1}
  lost: {stage: delivery, liable: carrier, per: order, replace: 50%, effort_minutes: 1}
suppliers: {a: {unit_price: 4, inspection: 1, failure_rates: {faulty: 25%, lost: 20%}}}
""")
    # G_o = 1 / (1 - 20 % x 50 %) = 10/9, G_u = 1 / (1 - 25 % x 80 %) = 5/4, g = 25/18
    g = 25 / 18
    assert line(result, "inspection") == near(1200 * g)
    assert line(result, "replacement") == near(1200 * (g - 1) * 4)
    # by mode: faulty g x 25 % x 80 % = 5/18; lost 10/9 x 20 % x 50 % = 2/18; together 7/18 = g - 1
    assert result.supplier("a").by_mode == near({"faulty": 1200 * 5 / 18 * 4, "lost": 1200 * 2 / 18 * 4})
    # events per 1,000 orders of 3 units, counted by an effort of one minute each: 3,000 x g x 25 %; 1,000 x 10/9 x 20 %
    by_mode = result.supplier("a").physical["by_mode"]
    assert by_mode["faulty"]["effort_minutes"] == near(3000 * g * 0.25)
    assert by_mode["lost"]["effort_minutes"] == near(1000 * 10 / 9 * 0.2)


def test_repairs_are_paid_by_the_event(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 24
discount_rate: 0%
inflation: 10%
demand: {units_per_year: 1_200, units_per_order: 2}
returns: {repair_cost: 7.50}
failures:
  faulty: {stage: use, liable: supplier, units: 9, repair: 40%}
  missing_part: {stage: unboxing, liable: supplier, per: order, repair: 50%}
suppliers: {a: {unit_price: 4, failure_rates: {faulty: 5%, missing_part: 2%}}}
""")
    # 1,200 x 5 % x 40 % = 24 repairs and 600 x 2 % x 50 % = 6, at 7.50, then 8.25
    assert result.supplier("a").yearly()["repair"] == near((0, 30 * 7.50, 30 * 8.25))


# ---------------------------------------------------------------- returns, recovery, refunds, goodwill


def test_returned_units_are_processed_by_all_activities(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 24
discount_rate: 0%
inflation: 10%
demand: {units_per_year: 1_200, units_per_order: 3}
returns: {activities: {label: 1.50, receiving: {by_year: [0.50, 0.35]}}}
failures:
  faulty: {stage: use, liable: supplier, returned: 70%}
  bundle: {stage: use, liable: supplier, returned: 50%, units: 2}
  wrong_order: {stage: dispatch, liable: warehouse, per: order, returned: 80%}
suppliers: {a: {unit_price: 4, failure_rates: {faulty: 10%, bundle: 1%, wrong_order: 5%}}}
""")
    # units back: 1,200 x 10 % x 70 % = 84; 1,200 x 1 % x 50 % x 2 = 12; 400 orders x 5 % x 80 % x 3 units = 48
    # an activity of 1.50 grows to 1.65, the path of the other does not grow: 2.00, then 2.00
    assert result.supplier("a").yearly()["return_processing"] == near((0, 144 * 2.00, 144 * (1.65 + 0.35)))
    assert result.supplier("a").by_mode == near({"faulty": 84 * 4.0, "bundle": 12 * 4.0, "wrong_order": 48 * 4.0})


def test_recovery_is_what_the_dispositions_bring_less_what_they_cost(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
demand: {units_per_year: 1_200}
returns:
  dispositions:
    restock: {share: 40%, recovers: 100%}
    outlet: {share: 25%, recovers: 10%, proceeds: 1.50, cost: 0.20}
    scrap: {share: rest, cost: 0.30}
failures:
  wrong_size: {stage: use, liable: listing, returned: 100%}
  faulty: {stage: use, liable: supplier, returned: 50%, dispositions: {scrap: {share: rest, cost: 0.40}}}
suppliers: {a: {unit_price: 4, freight: 0.50, failure_rates: {wrong_size: 10%, faulty: 5%}}}
""")
    # wrong_size, 120 units: 40 % x 4.50 + 25 % x (0.45 + 1.50 - 0.20) - 35 % x 0.30 = 1.80 + 0.4375 - 0.105 = 2.1325
    # faulty: its own disposition replaces the general ones: -0.40 a unit; 30 units
    assert result.supplier("a").by_mode == near({"wrong_size": -120 * 2.1325, "faulty": 30 * 0.40})
    assert line(result, "recovery") == near(-243.9)  # -255.90 + 12.00: a credit is negative


def test_a_mode_with_an_empty_list_of_dispositions_recovers_nothing(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
demand: {units_per_year: 1_200}
returns: {dispositions: {restock: {share: 100%, recovers: 100%}}}
failures:
  wrong_size: {stage: use, liable: listing, returned: 100%}
  faulty: {stage: use, liable: supplier, returned: 100%, dispositions: {}}
suppliers: {a: {unit_price: 4, failure_rates: {wrong_size: 10%, faulty: 5%}}}
""")
    assert result.supplier("a").by_mode == near({"wrong_size": -480, "faulty": 0})  # 120 x 4; nothing


def test_refunds_are_the_sale_price_of_the_units_touched(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 24
discount_rate: 0%
inflation: 10%
product: {sale_price: 20}
demand: {units_per_year: 1_200, units_per_order: 2}
failures:
  faulty: {stage: use, liable: supplier, refund: 50%}
  late: {stage: delivery, liable: carrier, per: order, refund: 10%}
suppliers: {a: {unit_price: 4, failure_rates: {faulty: 10%, late: 5%}}}
""")
    # 1,200 x 10 % x 50 % = 60 units and 600 x 5 % x 10 % x 2 = 6; a sale price without its own growth follows inflation
    assert result.supplier("a").yearly()["refunds"] == near((0, 66 * 20, 66 * 22))


def test_the_sale_price_follows_its_own_growth_where_that_is_stated(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 24
discount_rate: 0%
inflation: 10%
product: {sale_price: 20, sale_price_growth: 0%}
demand: {units_per_year: 1_200}
failures: {faulty: {stage: use, liable: supplier, refund: 100%}}
suppliers: {a: {unit_price: 4, failure_rates: {faulty: 10%}}}
""")
    assert result.supplier("a").yearly()["refunds"] == near((0, 2400, 2400))  # 120 x 20, twice
    assert result.planned.revenue == near((24_000, 24_000))  # 1,200 x 20, twice


def test_goodwill_is_paid_by_the_event(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 24
discount_rate: 0%
inflation: 10%
demand: {units_per_year: 1_200, units_per_order: 2}
failures: {late: {stage: delivery, liable: carrier, per: order, goodwill: 0.80}}
suppliers: {a: {unit_price: 4, failure_rates: {late: 10%}}}
""")
    assert result.supplier("a").yearly()["goodwill"] == near((0, 48, 52.8))  # 600 x 10 % = 60 events x 0.80, 0.88


def test_contacts_cost_their_own_price_or_the_general_one(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
demand: {units_per_year: 1_200}
contacts: {cost: 5}
failures:
  faulty: {stage: use, liable: supplier, contacts: 1.2}
  scald: {stage: use, liable: supplier, contacts: 2, contact_cost: 14}
suppliers: {a: {unit_price: 4, failure_rates: {faulty: 5%, scald: 1%}}}
""")
    assert result.supplier("a").by_mode == near({"faulty": 360, "scald": 336})  # 60 x 1.2 x 5; 12 x 2 x 14
    assert line(result, "contacts") == near(696)


def test_a_chargeback_credits_a_share_of_the_price_of_the_units_touched(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 24
discount_rate: 0%
exchange_rates: {USD: 0.5}
demand: {units_per_year: 1_200, units_per_order: 2}
failures:
  faulty: {stage: use, liable: supplier}
  lost: {stage: delivery, liable: carrier, per: order}
  late: {stage: delivery, liable: carrier, per: order}
suppliers:
  a:
    currency: USD
    unit_price: 8
    freight: 1
    price_growth: 25%
    failure_rates: {faulty: 10%, lost: 1%, late: 5%}
    chargeback: {faulty: 50%, lost: {by_year: [25%, 0%]}}
  b: {based_on: a, chargeback: 20%}
""")
    # a: 120 x 50 % x 4 + 6 orders x 2 units x 25 % x 4; 8 USD are 4 EUR, freight is not credited; late: nothing stated
    # year 2: the price is 5, lost is credited no more
    assert result.supplier("a").yearly()["chargeback"] == near((0, -240 - 12, -300))
    # b: one share for all modes: (120 + 6 x 2 + 30 x 2) units x 20 % x 4, then x 5
    assert result.supplier("b").yearly()["chargeback"] == near((0, -192 * 0.8, -192 * 1.0))


# ---------------------------------------------------------------- failure rates over time


def test_failure_rates_fall_with_improvement_and_their_paths_do_not(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 36
discount_rate: 0%
demand: {units_per_year: 1_200}
failures:
  faulty: {stage: use, liable: supplier, goodwill: 1}
  dented: {stage: use, liable: supplier, goodwill: 100}
suppliers: {a: {unit_price: 4, annual_improvement: 50%, failure_rates: {faulty: 10%, dented: {by_year: [1%, 2%]}}}}
""")
    # 120, 60, 30 events at 1; 12, 24, 24 events at 100
    assert result.supplier("a").yearly()["goodwill"] == near((0, 120 + 1200, 60 + 2400, 30 + 2400))


def test_an_unknown_rate_counts_as_nothing_and_marks_the_option(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
demand: {units_per_year: 1_200}
failures: {faulty: {stage: use, liable: supplier, goodwill: 1}}
suppliers: {a: {unit_price: 4, failure_rates: {faulty: 10%}}, b: {unit_price: 4, failure_rates: {faulty: unknown}}}
""")
    assert line(result, "goodwill", "b") == 0
    assert result.supplier("b").incomplete == ("suppliers.b.failure_rates.faulty",)
    assert result.supplier("a").incomplete == ()


# ---------------------------------------------------------------- extra costs

EXTRA = """
start: 2027-01
horizon_months: 24
discount_rate: 0%
inflation: 10%
demand: {{units_per_year: 1_200, units_per_order: 2}}
contacts: {{cost: 0}}
failures:
  faulty: {{stage: use, liable: supplier, replace: 50%, returned: 40%, contacts: 1.5}}
  lost: {{stage: delivery, liable: carrier, per: order, returned: 25%, contacts: 2}}
suppliers: {{a: {{unit_price: 4, failure_rates: {{faulty: 20%, lost: 5%}}}}, b: {{based_on: a}}, c: {{based_on: b}}}}
extra_costs: [{{name: extra, per: {per}, amount: {amount}, group: service, grade: estimated}}]
"""
# g = 1 / (1 - 20 % x 50 %) = 10/9; a year: 1,200 x 10/9 x 20 % = 800/3 faulty, 600 x 5 % = 30 lost
FAULTY, LOST = 800 / 3, 30


@pytest.mark.parametrize(
    ("per", "amount", "first_year"),
    [
        ("unit", 3, 1200 * 3),
        ("shipped_unit", 3, 1200 * 10 / 9 * 3),
        ("order", 3, 600 * 3),
        ("event", 3, (FAULTY + LOST) * 3),
        ("return", 3, (FAULTY * 0.4 * 1 + LOST * 0.25 * 2) * 3),  # an order's return brings both its units
        ("contact", 3, (FAULTY * 1.5 + LOST * 2) * 3),
        ("month", 3, 36),
        ("year", 3, 3),
        ("unit", -3, -3600),  # a credit
    ],
)
def test_an_extra_cost_is_its_amount_times_what_it_is_counted_by_and_grows(
    compare: Compare, per: str, amount: float, first_year: float
) -> None:
    result = compare(EXTRA.format(per=per, amount=amount))
    assert result.supplier("a").yearly()["extra"] == near((0, first_year, first_year * 1.1))
    assert result.supplier("a").by_group["service"] == near(first_year * 2.1)


def test_an_extra_cost_paid_once_falls_at_the_start(compare: Compare) -> None:
    result = compare(EXTRA.format(per="once", amount=500))
    assert result.supplier("c").yearly()["extra"] == near((0 + 500, 0, 0))


def test_a_path_of_an_extra_cost_does_not_grow(compare: Compare) -> None:
    result = compare(EXTRA.format(per="unit", amount="{by_year: [3, 2]}"))
    assert result.supplier("a").yearly()["extra"] == near((0, 3600, 2400))


def test_an_extra_cost_of_one_supplier_is_paid_by_all_that_are_built_on_it_and_no_other(compare: Compare) -> None:
    result = compare(EXTRA.format(per="unit", amount=3).replace("name: extra,", "name: extra, supplier: b,"))
    assert "extra" not in result.supplier("a").lines
    assert line(result, "extra", "b") == near(3600 * 2.1)
    assert line(result, "extra", "c") == near(3600 * 2.1)


def test_suppliers_can_each_have_an_extra_cost_of_one_name(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
demand: {units_per_year: 1_200}
suppliers: {a: {unit_price: 4}, b: {unit_price: 4}, c: {based_on: b}}
extra_costs:
  - {name: audits, supplier: a, per: year, amount: 900, group: supply, grade: hard}
  - {name: audits, supplier: b, per: month, amount: 50, group: supply, grade: hard}
""")
    assert [line(result, "audits", name) for name in "abc"] == [near(900), near(600), near(600)]


# ---------------------------------------------------------------- inventory and stock-outs

Z = 2.0
ABOVE_Z, DENSITY = 0.02275013194817921, 0.05399096651318806  # 1 - Φ(2) and φ(2), tables of the standard normal
SERVICE = 1 - ABOVE_Z

INVENTORY = f"""
start: 2027-01
horizon_months: 12
discount_rate: 0%
product: {{sale_price: 20}}
demand: {{units_per_year: 1_200, monthly_cv: 20%, skus: 2}}
inventory:
  lead_time_days: 69.5625
  lead_time_sd_days: 12
  order_interval_days: 30.4375
  service_level: {SERVICE}
  holding_rate: 18%
  obsolescence_rate: 2%
  stockout: {{lost_share: 60%, backorder_cost: 3}}
"""
# sd of demand over 100 days and of the lead time: √(100 x 0.2² x 30.4375 + 12²) = √265.75 = 16.302 days
SD_DAYS = math.sqrt(265.75)
# an order covers a month, so the promise of a month is that of an order, and z = 2; half an order and 2 sd are held
STOCK_DAYS = 30.4375 / 2 + 2 * SD_DAYS
HOLDING = STOCK_DAYS * 4.50 * 0.20 / 365.25  # a planned unit, on a landed cost of 4.50: 0.118


def test_stock_is_half_an_order_and_the_safety_stock_at_landed_cost(compare: Compare) -> None:
    result = compare(INVENTORY + "suppliers: {a: {unit_price: 4, freight: 0.50}}\n")
    assert line(result, "inventory_holding") == near(1200 * HOLDING)


def test_stockouts_lose_the_margin_of_some_units_and_delay_the_others(compare: Compare) -> None:
    result = compare(INVENTORY + "suppliers: {a: {unit_price: 4, freight: 0.50}}\n")
    # of an order of 30.4375 days' demand, sd x (φ(z) - z (1 - Φ(z))) = 16.302 x 0.0084907 = 0.138 days' find no stock;
    # 60 % are lost at 20 - (4 + 0.50 + holding), 40 % are delivered late at 3
    unfilled = SD_DAYS * (DENSITY - Z * ABOVE_Z) / 30.4375
    expected = 1200 * unfilled * (0.6 * (20 - 4.50 - HOLDING) + 0.4 * 3)
    assert line(result, "stockouts") == pytest.approx(expected, rel=1e-9)  # fewer digits: a difference of table values


def test_an_order_of_two_months_keeps_the_promise_of_a_month(compare: Compare) -> None:
    result = compare(
        INVENTORY.replace("order_interval_days: 30.4375", "order_interval_days: 60.875").replace("69.5625", "39.125")
        + "suppliers: {a: {unit_price: 4, freight: 0.50}}\n"
    )
    # SERVICE² = 0.955017 over an order of two months: z = 1.69558 (inverse of the normal, to 5 digits)
    assert line(result, "inventory_holding") == pytest.approx(
        1200 * (60.875 / 2 + 1.69558 * SD_DAYS) * 4.50 * 0.20 / 365.25, rel=1e-5
    )


def test_a_minimum_order_makes_orders_cover_more_days_in_weak_months(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
demand: {units_per_year: 1_200, skus: 2, seasonality: [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5]}
inventory:
  {lead_time_days: 10, lead_time_sd_days: 0, order_interval_days: 30.4375, service_level: 99%, holding_rate: 12%}
suppliers: {a: {unit_price: 4, moq: 50}}
""")
    # nothing varies, so only half an order is held. Two products of 50: 100 units, twice the demand of a weak month,
    # hence 60.875 days; a strong month's 150 units are more than the minimum, hence 30.4375 days
    holding = result.supplier("a").monthly["inventory_holding"]
    assert holding[1] == near(50 * 60.875 / 2 * 4 * 0.12 / 365.25)
    assert holding[7] == near(150 * 30.4375 / 2 * 4 * 0.12 / 365.25)


def test_holding_rates_can_follow_paths(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 24
discount_rate: 0%
demand: {units_per_year: 1_200}
inventory:
  lead_time_days: 10
  lead_time_sd_days: 0
  order_interval_days: 36.525
  service_level: 90%
  holding_rate: {by_year: [20%, 10%]}
suppliers: {a: {unit_price: 4}}
""")
    # 18.2625 days of stock: a twentieth of a year; 1,200 x 4 / 20 x 20 %, then x 10 %
    assert result.supplier("a").yearly()["inventory_holding"] == near((0, 48, 24))


# ---------------------------------------------------------------- fixed lines


def test_management_is_a_yearly_amount_paid_by_the_month(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 15
discount_rate: 0%
inflation: 10%
demand: {units_per_year: 1_200}
suppliers: {a: {unit_price: 4, annual_management: 1_200}}
""")
    assert result.supplier("a").yearly()["management"] == near((0, 1200, 330))  # three months of year 2 at 110


def test_one_offs_and_switching_are_paid_at_the_start_and_never_grow(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 24
discount_rate: 10%
inflation: 10%
demand: {units_per_year: 1_200}
suppliers:
  a: {unit_price: 4, one_off: 500}
  b: {unit_price: 4, one_off: 700, switching_cost: 4_000}
""")
    assert line(result, "one_off", "a") == near(500)
    assert line(result, "one_off", "b") == near(4700)
    assert result.supplier("b").yearly()["one_off"] == near((4700, 0, 0))
    assert result.supplier("b").npv == near(500 - 4700)


def test_the_baseline_pays_no_switching_cost_and_options_built_on_it_inherit_none(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
demand: {units_per_year: 1_200}
suppliers:
  a: {unit_price: 4, switching_cost: 4_000}
  checked: {based_on: a}
  checked_twice: {based_on: checked}
  moved: {based_on: a, switching_cost: 1_000}
  b: {unit_price: 4, switching_cost: 4_000}
  b_boxed: {based_on: b}
""")
    paid = {option.supplier: option.lines.get("one_off", 0.0) for option in result.suppliers}
    assert paid == {"a": 0, "checked": 0, "checked_twice": 0, "moved": 1000, "b": 4000, "b_boxed": 4000}


# ---------------------------------------------------------------- disruption


def test_a_disruption_loses_the_margin_of_its_months_and_expedites(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 24
discount_rate: 0%
inflation: 10%
product: {sale_price: 20, sale_price_growth: 0%}
demand: {units_per_year: 1_200}
suppliers:
  a:
    unit_price: 4
    annual_management: 9_999
    disruption: {per_year: {by_year: [0.5, 0.25]}, months: 2, demand_lost_share: 40%, expedite_cost: 3_000}
extra_costs: [{name: levy, per: unit, amount: {by_year: [1, 2]}, group: supply, grade: hard}]
""")
    # management is not in the margin. A month: 0.5/12 x (2 x 40 % x 100 units x (20 - 4 - 1) + 3,000) = 0.5/12 x 4,200
    # year 2: 0.25/12 x (80 x (20 - 4 - 2) + 3,300) = 0.25/12 x 4,420
    assert result.supplier("a").yearly()["disruption"] == near((0, 2100, 0.25 * 4420))


# ---------------------------------------------------------------- churn, three valuations

LEAVERS = """
start: 2027-01
horizon_months: 3
discount_rate: {discount}
product: {{sale_price: 10}}
demand: {{customers: 1_000, orders_per_customer_per_year: 12, units_per_order: 2 {more}}}
churn: {{valuation: {churn}}}
failures: {{faulty: {{stage: use, liable: supplier, goodwill: 5, churn: 20%}}}}
suppliers: {{a: {{unit_price: 4, failure_rates: {{faulty: 10%}}}}}}
"""
# 1,000 customers order 2 units a month. k = 4 + 10 % x 5 = 4.50, so a unit leaves 5.50.
# Leavers a planned unit: 10 % x 20 % = 2 %; a customer's hazard a month: 2 units x 2 % = 0.04.


def test_lost_margin_is_what_those_who_stayed_away_would_have_left(compare: Compare) -> None:
    result = compare(LEAVERS.format(discount="0%", churn="lost_margin", more=""))
    # customers: 1,000, 1,000 e^-0.04 = 960.8, 1,000 e^-0.08 = 923.1; lost units twice what is missing; 5.50 each
    lost = [0, 2000 * (1 - math.exp(-0.04)), 2000 * (1 - math.exp(-0.08))]
    assert result.supplier("a").monthly["churn"] == near((0, *[units * 5.5 for units in lost]))


def test_those_driven_away_would_also_have_left_by_themselves_and_newcomers_replace_none_of_them(
    compare: Compare,
) -> None:
    more = ", annual_base_churn: 50%, new_customers_per_month: 100"
    result = compare(LEAVERS.format(discount="0%", churn="lost_margin", more=more))
    stay, loyal = 0.5 ** (1 / 12), math.exp(-0.04)
    planned = [1000, 1000 * stay + 100, (1000 * stay + 100) * stay + 100]
    left = [1000, 1000 * stay * loyal + 100, (1000 * stay * loyal + 100) * stay * loyal + 100]
    expected = [2 * (p - n) * 5.5 for p, n in zip(planned, left, strict=True)]
    assert result.supplier("a").monthly["churn"] == near((0, *expected))
    assert result.planned.units == near((2 * sum(planned),))


def test_what_a_customer_leaves_elsewhere_in_the_shop_is_lost_too(compare: Compare) -> None:
    churn = "lost_margin, other_margin_per_customer_per_year: 24"
    result = compare(LEAVERS.format(discount="0%", churn=churn, more=""))
    # 24 a year are 2 a month and customer, beside 2 units x 5.50: 13
    missing = [0, 1000 * (1 - math.exp(-0.04)), 1000 * (1 - math.exp(-0.08))]
    assert result.supplier("a").monthly["churn"] == near((0, *[customers * 13 for customers in missing]))


def test_good_service_keeps_a_share_of_those_who_would_leave(compare: Compare) -> None:
    result = compare(LEAVERS.format(discount="0%", churn="lost_margin, recovery_effect: 25%", more=""))
    assert result.supplier("a").monthly["churn"][2] == near(2000 * (1 - math.exp(-0.03)) * 5.5)  # 0.04 x 75 %


def test_customers_missing_at_the_end_are_worth_their_margin_for_ever_discounted_and_thinned(compare: Compare) -> None:
    more = ", annual_base_churn: 50%"
    valuation = "lost_margin, other_margin_per_customer_per_year: 24"
    within = compare(LEAVERS.format(discount="21%", churn=valuation, more=more))
    beyond = compare(LEAVERS.format(discount="21%", churn=f"{valuation}, beyond_horizon: true", more=more))
    # missing in month 4: 1,000 s³ (1 - e^-0.12); each leaves 2 x 5.50 + 2 = 13 a month: 13 d / (1 - s d) from then on
    stay, d = 0.5 ** (1 / 12), 1.21 ** (-1 / 12)
    worth = 1000 * stay**3 * (1 - math.exp(-0.12)) * 13 * d / (1 - stay * d)
    assert beyond.supplier("a").monthly["churn"][3] - within.supplier("a").monthly["churn"][3] == near(worth)
    assert within.supplier("a").beyond_horizon == near(worth * d**3)  # the memo, at present value, in no total
    assert beyond.supplier("a").present_cost - within.supplier("a").present_cost == near(worth * d**3)


def test_no_customer_is_worth_anything_beyond_the_horizon_without_base_churn_or_discounting(compare: Compare) -> None:
    result = compare(LEAVERS.format(discount="0%", churn="lost_margin", more=""))
    assert result.supplier("a").beyond_horizon is None


@pytest.mark.parametrize("valuation", ["lifetime_value, lifetime_value: 30", "reacquisition, acquisition_cost: 30"])
def test_lifetime_value_and_reacquisition_count_leavers_on_planned_demand(compare: Compare, valuation: str) -> None:
    result = compare(LEAVERS.format(discount="0%", churn=f"{valuation}, recovery_effect: 25%", more=""))
    # 2,000 planned units a month x 2 % x 75 % = 30 leavers, each 30; nobody is missing in what follows
    assert result.supplier("a").monthly["churn"] == near((0, 900, 900, 900))


def test_lifetime_value_needs_no_customer_base_and_grows_with_inflation(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 24
discount_rate: 0%
inflation: 10%
demand: {units_per_year: 1_200, units_per_order: 4}
churn: {valuation: lifetime_value, lifetime_value: 30}
failures: {late: {stage: delivery, liable: carrier, per: order, churn: 5%}}
suppliers: {a: {unit_price: 4, failure_rates: {late: 10%}}}
""")
    assert result.supplier("a").yearly()["churn"] == near((0, 45, 49.5))  # 300 orders x 10 % x 5 % = 1.5 x 30, 33


def test_churn_that_only_an_override_states_is_valued_as_any_other(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 2
discount_rate: 0%
product: {sale_price: 10}
demand: {customers: 1_000, orders_per_customer_per_year: 12}
failures: {faulty: {stage: use, liable: supplier}}
suppliers:
  a: {unit_price: 4, failure_rates: {faulty: 10%}}
  b: {based_on: a, overrides: {failures.faulty.churn: 20%}}
""")
    # the valuation is lost_margin unless stated; a hazard of 2 % in month 1, a margin of 6 in month 2
    assert line(result, "churn", "b") == near(1000 * (1 - math.exp(-0.02)) * 6)


def test_a_months_churn_is_split_over_modes_by_those_who_leave_in_it(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 13
discount_rate: 0%
product: {sale_price: 10}
demand: {customers: 1_000, orders_per_customer_per_year: 12}
failures:
  faulty: {stage: use, liable: supplier, churn: 20%}
  late: {stage: delivery, liable: carrier, per: order, churn: 5%}
suppliers: {a: {unit_price: 4, failure_rates: {faulty: {by_year: [1%, 0%]}, late: {by_year: [4%, 0%]}}}}
""")
    # 0.2 % leave for either reason a month, 0.4 % together, half for each; in month 13 nobody fails any more, but those
    # who left are still missing: split as in the month before
    lost = sum(1000 * (1 - math.exp(-0.004 * t)) for t in range(13)) * 6
    assert line(result, "churn") == near(lost)
    assert result.supplier("a").by_mode == near({"faulty": lost / 2, "late": lost / 2})
    assert result.supplier("a").by_stage == near({"use": lost / 2, "delivery": lost / 2})
    assert result.supplier("a").by_liable == near({"supplier": lost / 2, "carrier": lost / 2})


# ---------------------------------------------------------------- demand and time


def test_seasonality_is_the_calendar_months_and_is_scaled_to_mean_one(compare: Compare) -> None:
    result = compare("""
start: 2027-11
horizon_months: 3
discount_rate: 0%
demand: {units_per_year: 1_200, seasonality: [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3]}
suppliers: {a: {unit_price: 1}}
""")
    # the twelve sum to 24: halved. November 2/2, December 3/2, January 1/2 of 100
    assert result.supplier("a").monthly["purchase"] == near((0, 100, 150, 50))


def test_demand_grows_by_contract_year_and_new_customers_by_their_own_growth(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 15
discount_rate: 0%
demand: {customers: 100, orders_per_customer_per_year: 12, new_customers_per_month: 10, new_customers_growth: 50%}
suppliers: {a: {unit_price: 1}}
""")
    # 100, 110 ... 220 in month 13; those who arrive at the end of months 13 and 14 are 15
    assert result.supplier("a").monthly["purchase"][12:] == near((210, 220, 235, 250))


def test_in_transition_all_is_as_with_the_baseline_but_the_one_offs(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 3
discount_rate: 0%
product: {sale_price: 10}
demand: {customers: 1_000, orders_per_customer_per_year: 12}
failures: {faulty: {stage: use, liable: supplier, churn: 10%}}
suppliers:
  a: {unit_price: 4, annual_management: 1_200, one_off: 50, failure_rates: {faulty: 40%}}
  b: {unit_price: 5, switching_cost: 300, transition_months: 2, failure_rates: {faulty: 10%}}
""")
    b = result.supplier("b").monthly
    assert b["purchase"] == near((0, 4000, 4000, 5000))
    assert b["management"] == near((0, 100, 100, 0))
    assert b["one_off"] == near((300, 0, 0, 0))
    # hazard 4 % in months 1 and 2; the customers whom the baseline drove away in them are missing in b's month 3
    assert b["churn"] == near((0, 0, 1000 * (1 - math.exp(-0.04)) * 6, 1000 * (1 - math.exp(-0.08)) * 5))


def test_a_plan_without_any_demand_is_refused_in_words(compare: Compare) -> None:
    with pytest.raises(tco.CaseError, match="units_per_year"):
        compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
demand: {units_per_year: 0}
suppliers: {a: {unit_price: 4}}
""")


def test_a_minimum_order_in_a_month_without_demand_is_refused_in_words(compare: Compare) -> None:
    with pytest.raises(
        tco.CaseError, match=r"moq|service_level|seasonality"
    ):  # order_days have no end, so z is negative
        compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
demand: {units_per_year: 1_200, seasonality: [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}
inventory:
  {lead_time_days: 10, lead_time_sd_days: 0, order_interval_days: 30, service_level: 95%, holding_rate: 12%}
suppliers: {a: {unit_price: 4, moq: 50}}
""")


def test_months_without_demand_cost_nothing(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 3
discount_rate: 0%
demand: {units_per_year: 1_200, seasonality: [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}
suppliers: {a: {unit_price: 4}}
""")
    assert result.supplier("a").monthly["purchase"] == near((0, 0, 4800 / 11, 4800 / 11))  # 100 x 12/11 units a month


# ---------------------------------------------------------------- totals and physical figures


def test_a_grade_moves_a_line_between_the_three_totals(compare: Compare) -> None:
    text = """
start: 2027-01
horizon_months: 12
discount_rate: 0%
demand: {units_per_year: 1_200}
churn: {valuation: reacquisition, acquisition_cost: 50}
failures: {faulty: {stage: use, liable: supplier, goodwill: 5, churn: 10%}}
suppliers: {a: {unit_price: 4, failure_rates: {faulty: 10%}, disruption: {per_year: 0.5, expedite_cost: 100}}}
"""
    # purchase 4,800 and goodwill 600 are hard, disruption 50 is estimated, churn 120 x 10 % x 50 = 600 is soft
    totals = compare(text).supplier("a").totals
    costs = {name: total.present_cost for name, total in totals.items()}
    assert costs == near({"hard": 5400, "hard_and_estimated": 5450, "all_in": 6050})
    totals = compare(text + "decision: {grades: {goodwill: estimated, churn: hard}}\n").supplier("a").totals
    costs = {name: total.present_cost for name, total in totals.items()}
    assert costs == near({"hard": 5400, "hard_and_estimated": 6050, "all_in": 6050})


def test_physical_figures_are_counted_per_thousand_orders(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 10%
product: {sale_price: 10}
demand: {units_per_year: 1_200, units_per_order: 2}
returns: {dispositions: {restock: {share: 25%, recovers: 1%}, outlet: {share: 30%, proceeds: 1}, scrap: {share: rest}}}
contacts: {cost: 5}
churn: {valuation: reacquisition, acquisition_cost: 50, recovery_effect: 50%}
failures:
  faulty: {stage: use, liable: supplier, returned: 50%, contacts: 1.5, effort_minutes: 20, replace: 50%, churn: 10%}
  lost: {stage: delivery, liable: carrier, per: order, returned: 10%, contacts: 2, effort_minutes: 30, churn: 4%}
suppliers: {a: {unit_price: 4, failure_rates: {faulty: 20%, lost: 5%}}}
""")
    # of 1,000 orders, 2,000 units: shipped 2,000 x 10/9; faulty 2,000 x 10/9 x 20 % = 4,000/9; lost 50
    faulty, lost = 4000 / 9, 50
    physical = result.supplier("a").physical
    assert physical["by_mode"]["faulty"] == near(
        {
            "returned_units": faulty * 0.5,
            "contacts": faulty * 1.5,
            "effort_minutes": faulty * 20,
            "replaced_units": faulty * 0.5,
            "scrapped_units": faulty * 0.5 * 0.45,  # what is neither restocked nor sold
            "customers_lost": faulty * 0.1 * 0.5,
        }
    )
    assert physical["by_stage"]["delivery"] == near(
        {
            "returned_units": lost * 0.1 * 2,  # an order's two units
            "contacts": lost * 2,
            "effort_minutes": lost * 30,
            "replaced_units": 0,
            "scrapped_units": lost * 0.1 * 2 * 0.45,
            "customers_lost": lost * 0.04 * 0.5,
        }
    )
    assert physical["contacts"] == near(faulty * 1.5 + lost * 2)
    assert physical["perfect_order_rate"] == near(0.95 * 0.8**2)


def test_figures_a_unit_are_levelised_and_the_budgets_figure_is_not(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 24
discount_rate: 44%
demand: {units_per_year: 1_200}
suppliers: {a: {unit_price: {by_year: [4, 2]}}}
""")
    # a year's annuity is discounted by 1.44 once more in year 2: (4 + 2/1.44) / (1 + 1/1.44) = 3.18; undiscounted 3
    assert result.supplier("a").cost_per_unit == near((4 + 2 / 1.44) / (1 + 1 / 1.44))
    assert result.supplier("a").cost_per_unit_undiscounted == near(3)


def test_based_on_changes_the_given_keys_and_keeps_all_others(compare: Compare) -> None:
    result = compare("""
start: 2027-01
horizon_months: 12
discount_rate: 0%
product: {fulfilment_cost: 1}
demand: {units_per_year: 1_200}
failures:
  faulty: {stage: use, liable: supplier, goodwill: 5}
  dented: {stage: unboxing, liable: carrier, goodwill: 2}
failure_rates: {dented: 5%}
suppliers:
  a: {price_breaks: [{from_units_per_year: 0, unit_price: 4}], freight: 1, failure_rates: {faulty: 10%}}
  boxed: {based_on: a, failure_rates: {dented: 1%}, overrides: {product.fulfilment_cost: 1.50}}
  boxed_dear: {based_on: boxed, unit_price: 6, overrides: {failures.faulty.goodwill: 7}}
""")
    boxed, dear = result.supplier("boxed").lines, result.supplier("boxed_dear").lines
    assert boxed == near({"purchase": 4800, "freight": 1200, "fulfilment": 1800, "goodwill": 120 * 5 + 12 * 2})
    assert dear == near({"purchase": 7200, "freight": 1200, "fulfilment": 1800, "goodwill": 120 * 7 + 12 * 2})
