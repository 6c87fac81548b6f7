"""The engine agrees with an independent reading of the model page, on every case file and on random cases."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
from agreement import differences, parsed
from hypothesis import HealthCheck, given, settings
from strategies import FOLDER, Tree, cases

import tco

ROOT = Path(__file__).parent.parent
FILES = sorted([*(ROOT / "scenarios").glob("*.yaml"), *(ROOT / "tco" / "templates").glob("*.yaml")])
VARIANTS = [(file, name) for file in FILES for name in ("", *(parsed(file).get("scenarios") or {}))]
NO_GAPS = patch("tco.comparison.gaps.find", return_value=())
"""Gaps are a matter of their own; finding them costs several comparisons for each."""


@pytest.mark.parametrize(("file", "scenario"), VARIANTS, ids=lambda one: one.stem if isinstance(one, Path) else one)
def test_every_figure_of_a_case_file_and_its_scenarios_is_what_the_independent_model_gives(
    file: Path, scenario: str
) -> None:
    with NO_GAPS:
        result = tco.compare(tco.load(file, scenario=scenario))
    assert differences(result, parsed(file, scenario), file.parent) == []


@settings(max_examples=70, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(tree=cases())
def test_every_figure_of_a_random_case_is_what_the_independent_model_gives(tree: Tree) -> None:
    with NO_GAPS:
        result = tco.compare(tco.from_data(tree, folder=FOLDER))
    assert differences(result, tree, FOLDER) == []


def test_there_are_case_files_with_scenarios_to_compare() -> None:
    assert len(FILES) >= 12
    assert len(VARIANTS) >= len(FILES) + 20
