"""Gaps: nothing is silently zero, and uneven gaps stand first with the NPV if the other's value were used."""

from __future__ import annotations

from typing import Any

import pytest

import tco

CASE: dict[str, Any] = {
    "tco": 1,
    "name": "gaps",
    "currency": "EUR",
    "start": "2027-01",
    "horizon_months": 12,
    "discount_rate": 0,
    "baseline": "old",
    "demand": {"units_per_year": 1200},
    "failures": {"faulty": {"stage": "use", "liable": "supplier", "goodwill": 10}},
    "suppliers": {
        "old": {"unit_price": 5, "freight": 0.5, "failure_rates": {"faulty": "2%"}},
        "new": {"unit_price": 6, "inspection": 0.25, "failure_rates": {"faulty": "1%"}},
    },
}


def compare(**changes: Any) -> tco.Comparison:
    data = {**CASE, "suppliers": {name: dict(one) for name, one in CASE["suppliers"].items()}}
    for path, value in changes.items():
        name, key = path.split("__")
        data["suppliers"].setdefault(name, {})[key] = value
    return tco.compare(tco.from_data(data))


def test_what_one_option_states_and_another_does_not_is_uneven_and_stands_first():
    result = compare()
    assert [(gap.kind, gap.name) for gap in result.gaps[:2]] == [
        ("uneven", "suppliers.new.freight"),
        ("uneven", "suppliers.old.inspection"),
    ]
    assert {gap.kind for gap in result.gaps[2:]} == {"line"}


def test_an_uneven_gap_tells_the_npv_if_the_others_value_were_used():
    """1,200 units: saved today 1200·(5 + 0.5 + 0.2) − 1200·(6 + 0.25 + 0.1) = −780.

    Freight of 0.5 for the new one costs 600 more, an inspection of 0.25 for the old one 300.
    """
    result = compare()
    assert result.supplier("new").npv == pytest.approx(-780, rel=1e-12)
    gaps = {gap.name: gap for gap in result.gaps}
    assert gaps["suppliers.new.freight"].npv_if_equal == {"new": pytest.approx(-1380, rel=1e-12)}
    assert gaps["suppliers.old.inspection"].npv_if_equal == {"new": pytest.approx(-480, rel=1e-12)}


def test_a_stated_zero_is_not_a_gap():
    names = {gap.name for gap in compare(new__freight=0, old__inspection=0).gaps}
    assert not names & {"suppliers.new.freight", "suppliers.old.inspection", "freight", "inspection"}


def test_a_line_that_no_option_has_inputs_for_is_a_gap():
    lines = {gap.name for gap in compare().gaps if gap.kind == "line"}
    assert {"duty", "management", "churn", "stockouts", "inventory_holding", "repair", "refunds"} <= lines
    assert not lines & {"purchase", "freight", "inspection", "goodwill"}


def test_an_option_built_on_another_does_not_repeat_its_gaps():
    result = compare(newer__based_on="new", newer__unit_price=6.1)
    assert [gap.name for gap in result.gaps if gap.kind == "uneven"] == [
        "suppliers.new.freight",
        "suppliers.old.inspection",
    ]
    assert set(result.gaps[0].npv_if_equal) == {"new", "newer"}


def test_the_baseline_and_what_is_built_on_it_need_no_switching_cost():
    result = compare(new__switching_cost=100, checked__based_on="old", checked__inspection=0.1)
    assert not [gap for gap in result.gaps if "switching_cost" in gap.name]


def test_a_whole_section_left_out_is_one_gap():
    stock = {"lead_time_days": 10, "lead_time_sd_days": 2, "order_interval_days": 30, "service_level": "95%"}
    result = compare(old__inventory={**stock, "holding_rate": "20%"})
    assert [gap.name for gap in result.gaps if "inventory" in gap.name and gap.kind == "uneven"] == [
        "suppliers.new.inventory"
    ]
    gap = next(gap for gap in result.gaps if gap.name == "suppliers.new.inventory")
    assert gap.npv_if_equal["new"] < result.supplier("new").npv


def test_an_unknown_rate_is_a_gap_with_the_npv_at_the_others_rate_and_marks_the_option():
    """With 2 % in place of unknown: goodwill 1200·2 %·10 = 240 dearer than with none."""
    result = compare(new__failure_rates={"faulty": "unknown"})
    gap = next(gap for gap in result.gaps if gap.kind == "unknown")
    assert gap.name == "suppliers.new.failure_rates.faulty"
    assert gap.npv_if_equal == {"new": pytest.approx(result.supplier("new").npv - 240, rel=1e-12)}
    assert result.supplier("new").incomplete == ("suppliers.new.failure_rates.faulty",)
    assert result.supplier("old").incomplete == ()
    assert "INCOMPLETE" in str(result)


def test_a_rate_that_nobody_knows_is_a_gap_without_an_npv():
    unknown = {"faulty": "unknown"}
    result = compare(new__failure_rates=unknown, old__failure_rates=unknown)
    assert [(gap.kind, gap.npv_if_equal) for gap in result.gaps if gap.kind == "unknown"] == [("unknown", {})] * 2
