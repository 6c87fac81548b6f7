"""The library as people use it in notebooks: cases that stay as they are, results that show themselves."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

import pytest

import tco

CARTRIDGES = str(Path(__file__).parent.parent / "scenarios/cartridges.yaml")
PRICE = "suppliers.borealis.unit_price"


@pytest.fixture(scope="module")
def case() -> tco.Case:
    return tco.load(CARTRIDGES)


class TestACaseStaysAsItIs:
    @pytest.mark.parametrize(
        "change",
        [
            lambda case: case.document.data["suppliers"]["borealis"].update(unit_price=99),
            lambda case: case.document.data["suppliers"]["borealis"].__setitem__("unit_price", 99),
            lambda case: case.document.data.pop("product"),
            lambda case: case.document.data["extra_costs"].append({}),
            lambda case: case.document.data["extra_costs"][0].clear(),
            lambda case: case.inputs.__setitem__("x", 1),
            lambda case: case.inputs.clear(),
            lambda case: case.file.suppliers.pop("acme"),
            lambda case: case.file.suppliers["acme"].failure_rates.clear(),
            lambda case: case.file.extra_costs.clear(),
            lambda case: case.file.scenarios["tariff shock"].clear(),
            lambda case: case.options[1].inputs.__delitem__("unit_price"),
            lambda case: case.options[1].settings.setdefault("currency", "EUR"),
        ],
    )
    def test_whatever_is_tried_to_change_in_place(self, change):
        case = tco.load(CARTRIDGES)
        before = json.dumps(case.compare().to_dict())
        with pytest.raises(tco.TcoError, match=r"found a change in place: case.with_\(\{path: value\}\)"):
            change(case)
        with pytest.raises(TypeError):
            change(case)
        assert json.dumps(case.with_({}).compare().to_dict()) == before

    def test_when_it_is_pickled_or_copied_before_and_after_it_was_computed(self, case):
        fresh = tco.load(CARTRIDGES)
        compared = case.compare()
        for one in (fresh, case):
            again = pickle.loads(pickle.dumps(one))
            assert again == case
            assert again.fingerprint == case.fingerprint
            assert again.compare() == compared
            assert again.with_({PRICE: 5.0}).fingerprint == case.with_({PRICE: 5.0}).fingerprint
            with pytest.raises(tco.TcoError):
                again.document.data["suppliers"].clear()
        assert copy.deepcopy(case) is case

    def test_while_a_copy_of_its_data_can_be_edited_and_made_a_case(self, case):
        for data in (copy.deepcopy(case.document.data), json.loads(json.dumps(case.document.data))):
            data["suppliers"]["borealis"]["unit_price"] = 5.10
            edited = tco.from_data(data, folder=case.document.folder)
            assert edited.fingerprint == case.with_({PRICE: 5.10}).fingerprint
        assert case.document.data["suppliers"]["borealis"]["unit_price"] != 5.10

    def test_whatever_becomes_of_the_data_that_it_was_made_from(self, case):
        data = copy.deepcopy(case.document.data)
        made = tco.from_data(data, folder=case.document.folder)
        before = made.fingerprint
        data["suppliers"].clear()
        assert tco.from_data(made.document.data, folder=case.document.folder).fingerprint == before
