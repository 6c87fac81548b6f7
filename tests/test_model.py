"""The engine agrees with an independent reading of the model page, on every case file and on random cases."""

from __future__ import annotations

import pprint
from pathlib import Path

import pytest
from agreement import NO_GAPS, compare, differences, parsed
from hypothesis import HealthCheck, Phase, given, settings
from strategies import FOLDER, Tree, cases, simplest

import tco

ROOT = Path(__file__).parent.parent
FILES = sorted([*(ROOT / "scenarios").glob("*.yaml"), *(ROOT / "tco" / "templates").glob("*.yaml")])
VARIANTS = [(file, name) for file in FILES for name in ("", *(parsed(file).get("scenarios") or {}))]


@pytest.mark.parametrize(("file", "scenario"), VARIANTS, ids=lambda one: one.stem if isinstance(one, Path) else one)
def test_every_figure_of_a_case_file_and_its_scenarios_is_what_the_independent_model_gives(
    file: Path, scenario: str
) -> None:
    with NO_GAPS:
        result = tco.compare(tco.load(file, scenario=scenario))
    assert differences(result, parsed(file, scenario), file.parent) == []


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(tree=cases())
def test_every_figure_of_a_random_case_is_what_the_independent_model_gives(tree: Tree) -> None:
    found = differences(compare(tree), tree, FOLDER)
    if found:
        least = simplest(tree, differs)
        shown = [*differences(compare(least), least, FOLDER)[:5], pprint.pformat(least, sort_dicts=False, width=120)]
        pytest.fail("\n".join(shown), pytrace=False)


def differs(tree: Tree) -> bool:
    """Say whether the two models differ on a case; on an invalid one they do not."""
    try:
        return bool(differences(compare(tree), tree, FOLDER))
    except Exception:  # whatever either makes of a mutilated case
        return False


def test_there_are_case_files_with_scenarios_to_compare() -> None:
    assert len(FILES) >= 12
    assert len(VARIANTS) >= len(FILES) + 20
