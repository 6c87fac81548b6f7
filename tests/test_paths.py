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
