"""Laws that every reading of the model page obeys, on random cases: sums, scales, symmetries, limits, the identity."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from agreement import compare, expected, planned
from hypothesis import HealthCheck, Phase, given, settings
from strategies import FOLDER, PER_UNIT, Shape, Tree, cases, money_scaled

SMALL = Shape(longest=16, most=3)
SMALL_FIXED = Shape(uncertain=False, longest=16, most=3)
RELATIVE = 1e-9
UNIT_LINES = {
    "purchase",
    "duty",
    "freight",
    "inspection",
    "payment_terms",
    "fulfilment",
    "replacement",
    "repair",
    "return_processing",
    "recovery",
    "refunds",
    "goodwill",
    "contacts",
    "chargeback",
    "inventory_holding",
}
"""The first table of section 5: what is a rate per planned unit and part of its cost, extra costs aside."""
MODE_LINES = {
    "replacement",
    "repair",
    "return_processing",
    "recovery",
    "refunds",
    "goodwill",
    "chargeback",
    "contacts",
    "churn",
}
"""Lines that are kept by failure mode."""
FIXED_LINES = {"management", "one_off"}

Law = Callable[..., None]


def law(shape: Shape, examples: int = 12) -> Callable[[Law], Law]:
    """Test a law on random cases, the same ones every time; their seeds are not worth shrinking."""

    def decorate(test: Law) -> Law:
        stable = settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        return stable(given(tree=cases(shape))(test))

    return decorate


def same(option: Any, other: Any, factor: float = 1.0) -> None:
    """Require the same lines, month by month, and the same totals, up to a factor."""
    size = abs(other.present_cost * factor) + sum(abs(amount) for amount in other.lines.values())
    near = {"rel": RELATIVE, "abs": 1e-12 * size}
    assert option.monthly.keys() == other.monthly.keys()
    for line, amounts in option.monthly.items():
        assert amounts == pytest.approx([amount * factor for amount in other.monthly[line]], **near), line
    assert option.lines == pytest.approx({line: amount * factor for line, amount in other.lines.items()}, **near)
    for name, total in option.totals.items():
        assert total.present_cost == pytest.approx(other.totals[name].present_cost * factor, **near)


# ---------------------------------------------------------------- sums


@law(SMALL, examples=20)
def test_parts_add_up_to_the_whole_in_every_table(tree: Tree) -> None:
    result = compare(tree)
    grades = {line.name: line.grade for line in result.lines}
    groups = {line.name: line.group for line in result.lines}
    baseline = result.supplier(result.baseline)
    for option in result.suppliers:
        size = sum(abs(amount) for amount in option.lines.values())
        near = {"rel": RELATIVE, "abs": 1e-12 * size}
        lines, totals = option.lines, option.totals
        assert sum(lines.values()) == pytest.approx(option.present_cost, **near)
        assert sum(option.by_group.values()) == pytest.approx(option.present_cost, **near)
        for group, amount in option.by_group.items():
            assert amount == pytest.approx(sum(lines[line] for line in lines if groups[line] == group), **near)
        of_grade = {grade: sum(lines[line] for line in lines if grades[line] == grade) for grade in grades.values()}
        assert totals["hard"].present_cost == pytest.approx(of_grade.get("hard", 0), **near)
        soft = of_grade.get("soft", 0)
        assert totals["hard_and_estimated"].present_cost == pytest.approx(option.present_cost - soft, **near)
        of_modes = sum(amount for line, amount in lines.items() if line in MODE_LINES)
        for table in (option.by_mode, option.by_stage, option.by_liable):
            assert sum(table.values()) == pytest.approx(of_modes, **near)
        for name, total in totals.items():
            assert total.npv + total.present_cost == pytest.approx(baseline.totals[name].present_cost, **near)
            assert total.cost_per_unit * result.planned.discounted_units == pytest.approx(total.present_cost, **near)
        undiscounted = sum(sum(amounts) for amounts in option.monthly.values())
        assert option.cost_per_unit_undiscounted * sum(result.planned.units) == pytest.approx(undiscounted, **near)


@law(SMALL, examples=20)
def test_present_values_and_years_are_those_of_the_months(tree: Tree) -> None:
    result = compare(tree)
    discount = planned(tree, FOLDER).discount
    for option in result.suppliers:
        size = sum(abs(amount) for amount in option.lines.values())
        assert option.monthly.keys() == option.lines.keys()
        for line, amounts in option.monthly.items():
            assert len(amounts) == tree["horizon_months"] + 1
            value = sum(v * amount for v, amount in zip(discount, amounts, strict=True))
            assert option.lines[line] == pytest.approx(value, rel=RELATIVE, abs=1e-12 * size)
            years = option.yearly()[line]
            assert years[0] == amounts[0]
            for year, amount in enumerate(years[1:]):
                assert amount == pytest.approx(
                    sum(amounts[1 + 12 * year : 13 + 12 * year]), rel=RELATIVE, abs=1e-12 * size
                )
            assert sum(years) == pytest.approx(sum(amounts), rel=RELATIVE, abs=1e-12 * size)


# ---------------------------------------------------------------- the accounting identity of section 6

PLAIN_CHURN = Shape(
    demands=("customers",),
    valuations=("lost_margin",),
    stockouts=False,
    disruption=False,
    other_margin=False,
    beyond_horizon=False,
    sells=True,
    longest=20,
    most=3,
)


@law(PLAIN_CHURN, examples=20)
def test_costs_of_a_month_are_planned_revenue_less_the_profit_made_on_the_customers_who_are_left(tree: Tree) -> None:
    result = compare(tree)
    plan = planned(tree, FOLDER)
    per = {extra["name"]: extra["per"] for extra in tree.get("extra_costs", [])}
    for option, other in zip(result.suppliers, expected(tree, FOLDER)["suppliers"], strict=True):
        for t in plan.span:
            amounts = {line: months[t] for line, months in option.monthly.items()}
            varying = sum(a for line, a in amounts.items() if line in UNIT_LINES or per.get(line) in PER_UNIT)
            fixed = sum(a for line, a in amounts.items() if line == "management" or per.get(line) in ("month", "year"))
            # who is left is counted by the independent model; what a unit costs is what planned units cost
            sold = other["customers"][t - 1] * plan.orders_per_customer[t] * plan.season[t] * plan.units_per_order[t]
            profit = sold * (plan.sale_price[t] - varying / plan.units[t]) - fixed
            revenue = plan.units[t] * plan.sale_price[t]
            assert sum(amounts.values()) == pytest.approx(revenue - profit, rel=RELATIVE)


# ---------------------------------------------------------------- options: clones, order, baselines


@law(SMALL_FIXED, examples=20)
def test_a_clone_costs_what_it_clones_and_so_does_a_clone_of_the_clone(tree: Tree) -> None:
    suppliers = dict(tree["suppliers"])
    for name in tree["suppliers"]:
        suppliers |= {f"{name} again": {"based_on": name}, f"{name} once more": {"based_on": f"{name} again"}}
    result = compare({**tree, "suppliers": suppliers})
    for name in tree["suppliers"]:
        option = result.supplier(name)
        inherited = not_inherited(tree, name)
        for clone in (result.supplier(f"{name} again"), result.supplier(f"{name} once more")):
            assert clone.npv - inherited == pytest.approx(option.npv, rel=RELATIVE, abs=1e-9)
            one_off = clone.lines.get("one_off", 0) + inherited
            assert {**clone.lines, "one_off": one_off} == pytest.approx(
                {"one_off": 0, **option.lines}, rel=RELATIVE, abs=1e-9
            )
            if "transition_months" not in str(tree["suppliers"]):
                assert clone.npv - inherited == option.npv  # exactly: the same steps, not equal ones


def not_inherited(tree: Tree, name: str) -> float:
    """Give the switching cost that an option built on the baseline states: what is built on it does not inherit it."""
    chain = []
    parent = tree["suppliers"][name].get("based_on")
    while parent:
        chain.append(parent)
        parent = tree["suppliers"][parent].get("based_on")
    stated = tree["suppliers"][name].get("switching_cost", 0)
    stated = stated["value"] if isinstance(stated, dict) else stated
    return float(str(stated).replace("_", "")) if tree["baseline"] in chain else 0.0


@law(SMALL)
def test_the_order_of_suppliers_changes_nothing_but_the_order_of_the_answer(tree: Tree) -> None:
    backwards = {**tree, "suppliers": dict(reversed(tree["suppliers"].items()))}
    result, other = compare(tree), compare(backwards)
    assert [option.supplier for option in other.suppliers] == [option.supplier for option in result.suppliers][::-1]
    for option in result.suppliers:
        same(option, other.supplier(option.supplier))
        assert option.physical == tables_near(other.supplier(option.supplier).physical)


@law(Shape(switching=False, transition=False, longest=16, most=3))
def test_seen_from_the_other_side_a_saving_is_a_loss(tree: Tree) -> None:
    names = list(tree["suppliers"])
    seen = {name: compare({**tree, "baseline": name}) for name in names}
    for one in names:
        for other in names:
            gain, loss = seen[one].supplier(other).npv, seen[other].supplier(one).npv
            assert gain == pytest.approx(-loss, rel=RELATIVE, abs=1e-12 * seen[one].supplier(one).present_cost)


@law(SMALL)
def test_an_option_that_others_do_not_refer_to_can_go_without_changing_them(tree: Tree) -> None:
    new = {"based_on": tree["baseline"], "unit_price": 1.0, "transition_months": 3, "overrides": {"contacts.cost": 9}}
    result, other = compare(tree), compare({**tree, "suppliers": {"new": new, **tree["suppliers"]}})
    for option in result.suppliers:
        same(option, other.supplier(option.supplier))
        assert option.npv == pytest.approx(
            other.supplier(option.supplier).npv, rel=RELATIVE, abs=1e-9 * option.present_cost
        )


# ---------------------------------------------------------------- scale and linearity


@law(SMALL_FIXED)
def test_all_money_times_a_factor_gives_all_results_times_that_factor(tree: Tree) -> None:
    result, other = compare(tree), compare(money_scaled(tree, 3.7))
    for option in result.suppliers:
        same(other.supplier(option.supplier), option, factor=3.7)
        assert option.physical == tables_near(other.supplier(option.supplier).physical)
    assert money_scaled(tree, 3.7) != tree


@law(Shape(uncertain=False, price_breaks=False, minimum_orders=False, disruption=False, longest=16, most=3))
def test_twice_the_demand_costs_twice_as_much_but_for_what_is_fixed(tree: Tree) -> None:
    twice = copy.deepcopy(tree)
    for key in ("customers", "new_customers_per_month", "units_per_year"):
        if key in tree["demand"]:
            twice["demand"][key] = 2 * plain(tree["demand"][key])
    fixed = FIXED_LINES | {extra["name"] for extra in tree.get("extra_costs", []) if extra["per"] not in PER_UNIT}
    result, other = compare(tree), compare(twice)
    for option in result.suppliers:
        for line, amount in other.supplier(option.supplier).lines.items():
            size = 1e-12 * option.present_cost
            assert amount == pytest.approx(option.lines[line] * (1 if line in fixed else 2), rel=RELATIVE, abs=size), (
                line
            )


@law(SMALL)
def test_costs_are_linear_in_the_price_and_purchase_rises_by_it_for_every_discounted_unit(tree: Tree) -> None:
    name = tree["baseline"]
    at = [compare(with_supplier(tree, name, unit_price=4 + d, price_growth=0, currency="GBP")) for d in (0, 2, 5)]
    cheap, _, dear = (one.supplier(name).lines["purchase"] for one in at)
    plan = planned(tree, FOLDER)
    discounted = sum(v * units for v, units in zip(plan.discount, plan.units, strict=True))
    assert dear - cheap == pytest.approx(5 * discounted, rel=RELATIVE)
    for option in at[0].suppliers:
        costs = [one.supplier(option.supplier).present_cost for one in at]
        assert (costs[1] - costs[0]) / 2 == pytest.approx((costs[2] - costs[0]) / 5, rel=1e-7, abs=1e-10 * costs[0])


# ---------------------------------------------------------------- symmetries of the format


@law(SMALL)
def test_a_price_in_another_currency_is_that_price_at_the_exchange_rate(tree: Tree) -> None:
    rated = {**tree, "exchange_rates": {**tree["exchange_rates"], "JPY": 0.5}}
    result = compare(with_options(rated, {"currency": "JPY", "unit_price": 12}, {"currency": "GBP", "unit_price": 6}))
    same(result.supplier("one"), result.supplier("two"))


@law(SMALL)
def test_growth_inflation_and_improvement_are_the_paths_that_they_spell(tree: Tree) -> None:
    growing: Tree = {"unit_price": 6, "price_growth": "5%", "freight": 0.5, "inspection": 0.2, "annual_management": 900}
    stated = {mode for place in (tree, *tree["suppliers"].values()) for mode in place.get("failure_rates", ())}
    growing |= {"annual_improvement": "20%", "failure_rates": dict.fromkeys(stated, 0.1), "currency": "GBP"}
    path = {"unit_price": steps(6, 1.05), "price_growth": "50%", "annual_improvement": "99%", "currency": "GBP"}
    path |= {key: steps(growing[key], 1.03) for key in ("freight", "inspection", "annual_management")}
    path |= {"failure_rates": dict.fromkeys(stated, steps(0.1, 0.8))}
    result = compare(with_options({**tree, "inflation": "3%"}, growing, path))
    same(result.supplier("one"), result.supplier("two"))


def steps(first: float, factor: float) -> Tree:
    """Write growth as a path by contract year."""
    return {"by_year": [first * factor**year for year in range(4)]}


@law(SMALL)
def test_a_price_table_without_steps_is_a_price(tree: Tree) -> None:
    rows = [{"from_units_per_year": edge, "unit_price": 6} for edge in (0, 3000, 20_000)]
    result = compare(with_options(tree, {"price_breaks": rows}, {"unit_price": 6}))
    same(result.supplier("one"), result.supplier("two"))


@law(SMALL_FIXED)
def test_a_failure_mode_cut_in_two_halves_costs_the_same(tree: Tree) -> None:
    for mode in list(tree["failures"])[:1]:
        result, other = compare(tree), compare(halved(tree, mode))
        for option in result.suppliers:
            two = other.supplier(option.supplier)
            same(option, two)
            assert option.by_stage == pytest.approx(two.by_stage, rel=1e-8, abs=1e-11 * option.present_cost)
            assert option.by_liable == pytest.approx(two.by_liable, rel=1e-8, abs=1e-11 * option.present_cost)
            assert two.by_mode[mode] == pytest.approx(two.by_mode["twin"], rel=1e-8, abs=1e-11 * option.present_cost)
            assert option.physical["contacts"] == pytest.approx(two.physical["contacts"])
            assert option.physical["perfect_order_rate"] == pytest.approx(two.physical["perfect_order_rate"])


def halved(tree: Tree, mode: str) -> Tree:
    """Give a case in which half of a mode's events go under the name of a twin."""
    found = copy.deepcopy(tree)
    found["failures"]["twin"] = copy.deepcopy(found["failures"][mode])
    for place in (found, *found["suppliers"].values()):
        rates = place.get("failure_rates", {})
        if mode in rates:
            rates[mode] = rates["twin"] = scaled(rates[mode], 0.5)
        charged = place.get("chargeback")
        if isinstance(charged, dict) and mode in charged:
            charged["twin"] = charged[mode]
        overrides = place.get("overrides", {})
        for path in list(overrides):
            if path in (f"failure_rates.{mode}",):
                overrides[path] = overrides["failure_rates.twin"] = scaled(overrides[path], 0.5)
            elif path == f"failures.{mode}" or path.startswith(f"failures.{mode}."):
                overrides[path.replace(mode, "twin")] = overrides[path]
    return found


@law(Shape(uncertain=False, longest=12, most=2))
def test_with_one_unit_an_order_a_mode_of_the_order_is_one_of_the_unit(tree: Tree) -> None:
    single = copy.deepcopy(tree)
    single["demand"].pop("units_per_order", None)
    for supplier in single["suppliers"].values():
        supplier["overrides"] = {k: v for k, v in supplier.get("overrides", {}).items() if not k.endswith(".units")}
    for mode in single["failures"].values():
        mode.pop("units", None)
    results = []
    for per in ("unit", "order"):
        for mode in single["failures"].values():
            mode["per"] = per
        results.append(compare(single))
    for option in results[0].suppliers:
        same(option, results[1].supplier(option.supplier))
        assert option.physical == tables_near(results[1].supplier(option.supplier).physical)


# ---------------------------------------------------------------- limits


@law(SMALL)
def test_failures_that_never_happen_cost_as_much_as_none_at_all(tree: Tree) -> None:
    never, without = without_failures(tree), without_failures(tree)
    never["failures"] = tree["failures"]
    never["failure_rates"] = dict.fromkeys(tree["failures"], 0)
    result, other = compare(never), compare({**without, "failures": {}})
    for option in result.suppliers:
        assert {line: option.lines[line] for line in MODE_LINES & option.lines.keys() if option.lines[line] != 0} == {}
        assert option.present_cost == pytest.approx(other.supplier(option.supplier).present_cost, rel=RELATIVE)
        assert option.physical["replaced_units"] == 0
        assert option.physical["perfect_order_rate"] == pytest.approx(1)
        if "inspection" in option.lines:
            assert option.lines["inspection"] == pytest.approx(other.supplier(option.supplier).lines["inspection"])


def without_failures(tree: Tree) -> Tree:
    """Give a case without rates, and without what options say of failures."""
    found = copy.deepcopy(tree)
    found.pop("failure_rates", None)
    for supplier in found["suppliers"].values():
        for key in ("failure_rates", "chargeback"):
            supplier.pop(key, None)
        of_failures = ("failures.", "failure_rates.")
        overrides = supplier.get("overrides", {})
        supplier["overrides"] = {path: one for path, one in overrides.items() if not path.startswith(of_failures)}
    return found


@law(SMALL)
def test_an_option_in_transition_over_the_whole_horizon_saves_nothing_and_pays_its_one_offs(tree: Tree) -> None:
    waiting = copy.deepcopy(tree)
    for name, supplier in waiting["suppliers"].items():
        if name != tree["baseline"]:
            supplier["transition_months"] = tree["horizon_months"]
    result = compare(waiting)
    baseline = result.supplier(result.baseline)
    for option in result.suppliers:
        at_start = {one.supplier: sum(amounts[0] for amounts in one.monthly.values()) for one in (option, baseline)}
        difference = at_start[baseline.supplier] - at_start[option.supplier]
        assert option.npv == pytest.approx(difference, rel=RELATIVE, abs=1e-10 * baseline.present_cost)
        for line, amounts in baseline.monthly.items():
            assert option.monthly.get(line, (0.0,) * len(amounts))[1:] == pytest.approx(amounts[1:], rel=RELATIVE), line
        assert option.by_mode == pytest.approx(baseline.by_mode, rel=RELATIVE, abs=1e-12 * baseline.present_cost)


@law(Shape(price_breaks=False, beyond_horizon=False, longest=16, most=3))
def test_a_longer_horizon_leaves_the_months_before_as_they_were(tree: Tree) -> None:
    months = tree["horizon_months"]
    result, longer = compare(tree), compare({**tree, "horizon_months": months + 9})
    for option in result.suppliers:
        after = longer.supplier(option.supplier).monthly
        size = 1e-12 * abs(option.present_cost)
        for line, amounts in option.monthly.items():
            assert after[line][: months + 1] == pytest.approx(amounts, rel=RELATIVE, abs=size), line


@law(SMALL)
def test_customers_who_leave_move_no_other_line(tree: Tree) -> None:
    staying = copy.deepcopy(tree)
    staying.pop("churn", None)
    for mode in staying["failures"].values():
        mode.pop("churn", None)
    for supplier in staying["suppliers"].values():
        overrides = supplier.get("overrides", {})
        supplier["overrides"] = {p: one for p, one in overrides.items() if "churn" not in p}
    result, other = compare(tree), compare(staying)
    for option in result.suppliers:
        there = other.supplier(option.supplier).lines
        assert "churn" not in there
        assert {line: amount for line, amount in option.lines.items() if line != "churn"} == pytest.approx(
            there, rel=RELATIVE
        )


@law(SMALL, examples=20)
def test_shares_and_counts_stay_within_their_bounds(tree: Tree) -> None:
    for option in compare(tree).suppliers:
        physical = option.physical
        assert 0 <= physical["perfect_order_rate"] <= 1
        assert 0 <= physical["scrapped_units"] <= physical["returned_units"] * (1 + RELATIVE)
        for table in physical["by_mode"].values():
            assert min(table.values()) >= 0
        for line in ("purchase", "duty", "freight", "inspection", "replacement", "inventory_holding", "goodwill"):
            assert min(option.monthly.get(line, (0.0,))) >= 0, line
        assert max(option.monthly.get("chargeback", (0.0,))) <= 0


# ---------------------------------------------------------------- changing cases


def with_supplier(tree: Tree, name: str, **keys: Any) -> Tree:
    """Give a case in which a supplier states some keys, a price in place of a table."""
    found = copy.deepcopy(tree)
    found["suppliers"][name].pop("price_breaks", None)
    found["suppliers"][name] |= keys
    return found


def with_options(tree: Tree, one: Tree, two: Tree) -> Tree:
    """Add two options that are built on the baseline."""
    base = {"based_on": tree["baseline"]}
    return {**tree, "suppliers": {**tree["suppliers"], "one": {**base, **one}, "two": {**base, **two}}}


def plain(raw: Any) -> float:
    """Read a fixed number."""
    text = str(raw["value"] if isinstance(raw, Mapping) else raw).replace("_", "")
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


def scaled(raw: Any, factor: float) -> Any:
    """Multiply a fixed number or a path of them; a rate that is unknown stays so."""
    if isinstance(raw, Mapping) and "by_year" in raw:
        return {"by_year": [scaled(one, factor) for one in raw["by_year"]]}
    return raw if raw == "unknown" else plain(raw) * factor


def tables_near(physical: Mapping[str, Any]) -> Any:
    """Compare physical figures and their tables by mode and stage, whatever the order of the rows."""
    return Tables(physical)


class Tables:
    """Nested mappings of numbers, equal to others that are nearly so."""

    def __init__(self, tables: Mapping[str, Any]) -> None:
        self.tables = tables

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and _nearly(self.tables, other)

    def __repr__(self) -> str:
        return repr(self.tables)


def _nearly(one: Any, other: Any) -> bool:
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(_nearly(one[key], other[key]) for key in one)
    return bool(other == pytest.approx(one, rel=RELATIVE, abs=1e-12))
