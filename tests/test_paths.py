"""Paths name one input everywhere: what they lead to, and what is said of those that lead nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import tco
from tco import document, paths
from tco.errors import CaseError, Unexpected
from tco.numbers import read

ROOT = Path(__file__).parent.parent
CASES = sorted(ROOT.glob("scenarios/*.yaml")) + sorted(ROOT.glob("tco/templates/*.yaml"))
DATA: dict[str, Any] = {
    "exchange_rates": {"USD": 0.79},
    "product": {"sale_price": 20},
    "demand": {"seasonality": [1] * 12},
    "returns": {"activities": {"bench time": 0.6}, "dispositions": {"scrap": {"share": "rest"}}},
    "failures": {"leaks": {"stage": "use", "dispositions": {"scrap": {"share": "rest"}}}, "late": {}},
    "suppliers": {
        "acme": {
            "price_breaks": [{"from_units_per_year": 0, "unit_price": 4}],
            "chargeback": {"leaks": "50%"},
            "overrides": {"product.fulfilment_cost": 2.68},
        },
        "borealis": {"chargeback": "50%"},
    },
    "correlations": [{"between": ["product.sale_price", "demand.customers"], "rank": 0.3}],
    "extra_costs": [
        {"name": "audits", "amount": 9},
        {"name": "desk", "supplier": "acme", "amount": 1},
        {"name": "desk", "supplier": "borealis", "amount": 2},
        {"name": "v1.2 portal", "amount": 3},
    ],
    "scenarios": {"tariff shock": {"suppliers.acme.duty_rate": "25%"}},
}


@pytest.mark.parametrize(
    ("path", "keys", "name"),
    [
        ("discount_rate", ("discount_rate",), "discount_rate"),
        ("exchange_rates.USD", ("exchange_rates", "USD"), "exchange_rate"),
        ("product.sale_price", ("product", "sale_price"), "sale_price"),
        ("product.fulfilment_cost", ("product", "fulfilment_cost"), "fulfilment_cost"),
        ("returns.activities.bench time", ("returns", "activities", "bench time"), "activity_cost"),
        ("returns.dispositions.scrap.share", ("returns", "dispositions", "scrap", "share"), "disposition_share"),
        ("failures.leaks.churn", ("failures", "leaks", "churn"), "churn_per_event"),
        (
            "failures.leaks.dispositions.scrap.cost",
            ("failures", "leaks", "dispositions", "scrap", "cost"),
            "disposition_cost",
        ),
        ("failure_rates.late", ("failure_rates", "late"), "failure_rate"),
        ("inventory.stockout.lost_share", ("inventory", "stockout", "lost_share"), "lost_share"),
        ("suppliers.acme.unit_price", ("suppliers", "acme", "unit_price"), "unit_price"),
        ("suppliers.acme.failure_rates.leaks", ("suppliers", "acme", "failure_rates", "leaks"), "failure_rate"),
        ("suppliers.acme.chargeback", ("suppliers", "acme", "chargeback"), "chargeback_share"),
        ("suppliers.acme.chargeback.late", ("suppliers", "acme", "chargeback", "late"), "chargeback_share"),
        ("suppliers.acme.disruption.months", ("suppliers", "acme", "disruption", "months"), "disruption_months"),
        (
            "suppliers.acme.price_breaks.0.unit_price",
            ("suppliers", "acme", "price_breaks", 0, "unit_price"),
            "break_price",
        ),
        (
            "suppliers.acme.overrides.product.fulfilment_cost",
            ("suppliers", "acme", "overrides", "product.fulfilment_cost"),
            "fulfilment_cost",
        ),
        ("extra_costs.audits.amount", ("extra_costs", 0, "amount"), "amount"),
        ("extra_costs.desk.acme.amount", ("extra_costs", 1, "amount"), "amount"),
        ("extra_costs.desk.borealis.amount", ("extra_costs", 2, "amount"), "amount"),
        ("correlations.0.rank", ("correlations", 0, "rank"), ""),
        ("demand.seasonality.3", ("demand", "seasonality", 3), ""),
    ],
)
def test_a_path_leads_to_a_place_and_says_what_the_number_there_is(
    path: str, keys: tuple[str | int, ...], name: str
) -> None:
    place = paths.locate(DATA, path)
    assert place.keys == keys
    assert place.entry is not None
    assert place.entry.name == name


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("name", ("name",)),
        ("product", ("product",)),
        ("failures", ("failures",)),
        ("failures.leaks", ("failures", "leaks")),
        ("failures.leaks.stage", ("failures", "leaks", "stage")),
        ("returns.activities", ("returns", "activities")),
        ("demand.seasonality", ("demand", "seasonality")),
        ("extra_costs", ("extra_costs",)),
        ("extra_costs.audits", ("extra_costs", 0)),
        ("suppliers.acme.label", ("suppliers", "acme", "label")),
        ("scenarios.tariff shock", ("scenarios", "tariff shock")),
        ("suppliers.acme.overrides", ("suppliers", "acme", "overrides")),
    ],
)
def test_a_path_to_what_is_no_number_leads_there_without_an_entry(path: str, keys: tuple[str | int, ...]) -> None:
    assert paths.locate(DATA, path) == paths.Place(keys, None)


@pytest.mark.parametrize(
    ("path", "where", "hint"),
    [
        ("prduct.sale_price", "nothing called 'prduct'", "did you mean 'product'?"),
        ("product.sale_prise", "nothing called 'sale_prise' in product", "did you mean 'product.sale_price'?"),
        ("suppliers.acm.freight", "nothing called 'acm' in suppliers", "did you mean 'suppliers.acme'?"),
        ("suppliers.zzz.freight", "nothing called 'zzz' in suppliers", "suppliers has acme, borealis"),
        (
            "suppliers.acme.frait",
            "nothing called 'frait' in suppliers.acme",
            "did you mean 'suppliers.acme.freight'?",
        ),
        ("failures.leeks.churn", "nothing called 'leeks' in failures", "did you mean 'failures.leaks'?"),
        ("failure_rates.lat", "nothing called 'lat' in failure_rates", "did you mean 'failure_rates.late'?"),
        (
            "suppliers.acme.chargeback.leeks",
            "nothing called 'leeks' in suppliers.acme.chargeback",
            "did you mean 'suppliers.acme.chargeback.leaks'?",
        ),
        (
            "returns.activities.carriage",
            "nothing called 'carriage' in returns.activities",
            "returns.activities has bench time",
        ),
        ("extra_costs.audit.amount", "nothing called 'audit' in extra_costs", "did you mean 'extra_costs.audits'?"),
        ("extra_costs.desk.amount", "nothing called 'desk' in extra_costs", "did you mean 'extra_costs.desk.acme'?"),
        (
            "suppliers.acme.price_breaks.1.unit_price",
            "nothing called '1' in suppliers.acme.price_breaks",
            "suppliers.acme.price_breaks has 0",
        ),
        ("scenarios.boom", "nothing called 'boom' in scenarios", "scenarios has tariff shock"),
        (
            "product.sale_price.mean",
            "nothing called 'mean' in product.sale_price",
            "product.sale_price is an input: its path ends there",
        ),
        (
            "product.",
            "nothing called '' in product",
            "product has sale_price, sale_price_growth, fulfilment_cost, replacement_fulfilment_cost",
        ),
        (
            "suppliers.borealis.inventory.stockouts",
            "nothing called 'stockouts' in suppliers.borealis.inventory",
            "did you mean 'suppliers.borealis.inventory.stockout'?",
        ),
    ],
)
def test_a_path_that_leads_nowhere_is_told_with_the_part_that_is_unknown(path: str, where: str, hint: str) -> None:
    with pytest.raises(Unexpected) as caught:
        paths.locate(DATA, path)
    assert caught.value.message == f"expected the path of an input, found '{path}': {where}"
    assert caught.value.hint == hint


def test_a_path_into_a_section_of_names_that_a_case_leaves_out_is_told_so() -> None:
    with pytest.raises(Unexpected) as caught:
        paths.locate({}, "returns.activities.carriage")
    assert caught.value.hint == "the case states nothing under returns.activities"


@pytest.mark.parametrize("path", ["", 3, None, ["product"]])
def test_what_is_no_path_at_all_is_refused(path: Any) -> None:
    with pytest.raises(Unexpected, match=r"^expected the path of an input, found ") as caught:
        paths.locate(DATA, path)
    assert caught.value.hint == "write a path such as suppliers.NAME.unit_price"


def test_stated_gives_what_stands_at_keys_and_nothing_elsewhere() -> None:
    assert paths.stated(DATA, ("product", "sale_price")) == 20
    assert paths.stated(DATA, ("extra_costs", 1, "amount")) == 1
    assert paths.stated(DATA, ("extra_costs", 9, "amount")) is None
    assert paths.stated(DATA, ("product", "sale_price", "mean")) is None
    assert paths.stated(DATA, ("churn", "valuation")) is None


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_the_path_of_every_input_of_a_shipped_case_leads_back_to_what_its_file_states(file: Path) -> None:
    case = tco.load(file)
    for path, one in case.inputs.items():
        place = paths.locate(case.document.data, path)
        assert place.entry == one.entry
        raw = paths.stated(case.document.data, place.keys)
        assert raw == one.number.word or read(raw, one.entry.manner(file.parent)).value == one.number.value


def test_a_case_with_a_value_set_to_itself_at_any_path_is_the_same_case() -> None:
    case = tco.load(ROOT / "scenarios" / "cartridges.yaml")
    for path in [*case.inputs][::9]:
        raw = paths.stated(case.document.data, paths.locate(case.document.data, path).keys)
        assert case.with_({path: raw}).fingerprint == case.fingerprint


def test_a_value_set_at_a_path_is_found_there_and_nowhere_else() -> None:
    case = tco.load(ROOT / "scenarios" / "cartridges.yaml")
    changed = case.with_({"suppliers.acme.failure_rates.leaks": "5%"})
    moved = {path for path, one in changed.inputs.items() if one.number != case.inputs[path].number}
    assert moved == {"suppliers.acme.failure_rates.leaks"}
    assert changed.inputs["suppliers.acme.failure_rates.leaks"].number.means() == (0.05,)
    assert case.inputs["suppliers.acme.failure_rates.leaks"].number.means() != (0.05,)


def test_a_path_set_where_nothing_is_stated_adds_it() -> None:
    case = tco.load(ROOT / "scenarios" / "cartridges.yaml")
    changed = case.with_(
        {"suppliers.borealis.disruption.per_year": 0.1, "suppliers.borealis.disruption.expedite_cost": 900}
    )
    assert set(changed.inputs) - set(case.inputs) == {
        "suppliers.borealis.disruption.per_year",
        "suppliers.borealis.disruption.expedite_cost",
    }


def test_an_item_of_a_list_is_named_in_messages_as_its_path_names_it() -> None:
    text = "extra_costs:\n  - {name: audits, amount: x}\n  - {name: desk}\n  - {name: desk}\n  - {per: year}\n"
    source = document.parse(text, "case.yaml")
    assert source.path(("extra_costs", 0, "amount")) == "extra_costs.audits.amount"
    assert source.path(("extra_costs", 1, "amount")) == "extra_costs.1.amount"  # two have its name
    assert source.path(("extra_costs", 3, "amount")) == "extra_costs.3.amount"  # it has none
    assert source.path(("extra_costs", 9)) == "extra_costs.9"
    assert source.problem(("extra_costs", 0, "amount"), "", "").line == 2


def test_unknown_paths_in_changed_values_are_all_told_at_once() -> None:
    case = tco.load(ROOT / "scenarios" / "cartridges.yaml")
    with pytest.raises(CaseError) as caught:
        case.with_({"product.sale_prise": 1, "suppliers.acm.freight": 1, "contacts.cost": -1})
    assert [problem.message.split(", ")[0] for problem in caught.value.problems] == [
        "expected the path of an input",
        "expected the path of an input",
        "expected 0 or more",
    ]


# ---------------------------------------------------------------------------------------------------------------------
# Single contract years, as exports name them

FORWARD: dict[str, Any] = {
    "tco": 1,
    "name": "forward rates",
    "currency": "EUR",
    "start": "2027-01",
    "horizon_months": 24,
    "discount_rate": 0,
    "baseline": "old",
    "demand": {"units_per_year": 1000},
    "exchange_rates": {"USD": {"by_year": [0.5, "0.9 to 1.1"]}},
    "product": {"fulfilment_cost": {"value": {"by_year": [1, {"value": "1 to 3", "source": "tender"}]}, "source": "x"}},
    "suppliers": {"old": {"unit_price": 2}, "new": {"unit_price": 2, "currency": "USD"}},
}
RATE, FEE = "exchange_rates.USD.by_year.1", "product.fulfilment_cost.by_year.1"


def forward(**more: Any) -> tco.Case:
    return tco.from_data(FORWARD | more)


def test_every_path_that_an_export_names_leads_to_a_place() -> None:
    case = forward()
    inputs = [path for one in case.inputs.values() for path, _ in one.parts()]
    assert {RATE, FEE, "exchange_rates.USD.by_year.0"} <= {*inputs}
    for path in inputs:
        assert paths.locate(case.document.data, path).entry is not None
    assert paths.locate(case.document.data, FEE).keys == ("product", "fulfilment_cost", "value", "by_year", 1)


def test_the_value_of_one_year_is_set_for_that_year_alone() -> None:
    case = forward(scenarios={"weak": {RATE: 0.25}})

    def cost(one: tco.Case) -> float:
        return one.compare().supplier("new").lines["purchase"]

    assert cost(case.with_({RATE: 0.75})) == pytest.approx(2000 * 0.5 + 2000 * 0.75)  # 1,000 units at 2 USD a year
    assert cost(case.under("weak")) == pytest.approx(2000 * 0.5 + 2000 * 0.25)
    assert case.with_({FEE: 4}).compare().supplier("new").lines["fulfilment"] == pytest.approx(1000 * 1 + 1000 * 4)
    shown = case.with_({RATE: 0.75}).inputs["exchange_rates.USD"].number.means()
    assert shown == (0.5, 0.75)


def test_a_year_of_an_override_or_a_scenario_is_that_of_what_stands_there() -> None:
    suppliers = FORWARD["suppliers"] | {
        "new": {"unit_price": 2, "overrides": {"contacts.cost": {"by_year": [4, 5, 6]}}}
    }
    data = FORWARD | {"suppliers": suppliers, "scenarios": {"long": {"exchange_rates.USD": {"by_year": [1, 2, 3]}}}}
    inside = ("suppliers", "new", "overrides", "contacts.cost", "by_year", 2)
    assert paths.locate(data, "suppliers.new.overrides.contacts.cost.by_year.2").keys == inside
    long = ("scenarios", "long", "exchange_rates.USD", "by_year", 2)
    assert paths.locate(data, "scenarios.long.exchange_rates.USD.by_year.2").keys == long


def test_values_of_single_years_may_be_correlated_and_have_sources_and_are_explained() -> None:
    later = {"USD": {"by_year": ["0.8 to 1.2", "0.9 to 1.1"]}}
    both = [{"between": ["exchange_rates.USD.by_year.0", RATE], "rank": 0.8}]
    case = forward(exchange_rates=later, correlations=both, sources={RATE: "the bank's forward"})
    (found,) = tco.simulate(case, 4096).correlations
    assert found.achieved == pytest.approx(0.8, abs=0.02)
    assert not any("correlation" in warning for warning in case.warnings)
    explained = tco.explain(case, RATE, supplier="new").nodes[0]
    assert explained.name == "exchange_rate"
    assert explained.inputs[0].endswith("; source: year 2: the bank's forward")
    flat = case.with_({"exchange_rates.USD": 1})
    words = f"the correlation with {RATE} changes nothing: exchange_rates.USD is one number for all years"
    assert words in flat.warnings
    whole = forward(correlations=[{"between": ["exchange_rates.USD", FEE], "rank": 0.8}])
    assert any("of which exchange_rates.USD.by_year.0 is the first" in warning for warning in whole.warnings)
    fixed = forward(correlations=[{"between": ["exchange_rates.USD.by_year.0", FEE], "rank": 0.8}])
    assert any("exchange_rates.USD.by_year.0 changes nothing: it is a fixed" in warning for warning in fixed.warnings)


@pytest.mark.parametrize(
    ("more", "message", "hint"),
    [
        (
            {"sources": {"exchange_rates.USD.by_year.2": "bank"}},
            "nothing called '2' in exchange_rates.USD.by_year",
            "exchange_rates.USD.by_year has 0, 1",
        ),
        (
            {"correlations": [{"between": [RATE, f"{FEE}.source"], "rank": 0.1}]},
            "nothing called 'source' in product.fulfilment_cost.value.by_year.1",
            "product.fulfilment_cost.value.by_year.1 is an input: its path ends there",
        ),
        (
            {"scenarios": {"weak": {"suppliers.old.unit_price.by_year.0": 1}}},
            "nothing called 'by_year' in suppliers.old.unit_price",
            "suppliers.old.unit_price is an input: its path ends there",
        ),
        (
            {"suppliers": {"old": {"unit_price": 2}, "new": {"unit_price": 2, "overrides": {FEE: 1}}}},
            f"expected the path of a whole input, found '{FEE}', one contract year of it",
            "an option states all its years anew: write product.fulfilment_cost: {by_year: [...]}",
        ),
        (
            {"suppliers": {"old": {"unit_price": 2}, "new": {"unit_price": 2, "price_at_stake": FEE}}},
            f"expected a price of all years, found '{FEE}', that of one",
            "write product.fulfilment_cost: all turn together",
        ),
    ],
)
def test_a_year_that_is_not_stated_or_cannot_be_taken_alone_is_refused(
    more: dict[str, Any], message: str, hint: str
) -> None:
    with pytest.raises(CaseError) as caught:
        forward(**more)
    (problem,) = caught.value.problems
    assert problem.message.endswith(message)
    assert problem.hint == hint
