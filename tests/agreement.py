"""Hold a comparison of `tco` against the independent model, figure by figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from independent import model
from ruamel.yaml import YAML
from strategies import FOLDER, Tree, changed

import tco

RELATIVE = 1e-9
OF_PRESENT_COST = 1e-12
"""How far a figure may be off that is the difference of larger ones, as a share of the option's present cost."""
PHYSICAL = {"replaced_units": "replacements"}
"""Physical figures that the independent model calls otherwise."""

NO_GAPS = patch("tco.comparison.gaps.find", return_value=())
"""Gaps are a matter of their own; finding them costs several comparisons for each."""
Figures = Iterator[tuple[str, float, float, float]]
"""Name of a figure, what tco gives, what the independent model gives, and the size that rounding is measured by."""


def parsed(path: Path, scenario: str = "") -> Tree:
    """Read a case file with another YAML reader's defaults and put a scenario's values in their places."""
    tree = _read(path)
    for place, value in (tree["scenarios"][scenario] if scenario else {}).items():
        tree = changed(tree, place, value)
    return tree


@cache
def _read(path: Path) -> Tree:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def expected(tree: Tree, folder: Path) -> dict[str, Any]:
    """Run the independent model on a case as plain data, every input at its mean."""
    return model.compare(tree, partial(model.mean, folder=folder))


def compare(tree: Tree) -> tco.Comparison:
    """Compare the options of a case given as plain data, leaving out its gaps."""
    with NO_GAPS:
        return tco.compare(tco.from_data(tree, folder=FOLDER))


def differences(result: tco.Comparison, tree: Tree, folder: Path) -> list[str]:
    """List every figure of a comparison that the independent model sees otherwise."""
    oracle = expected(tree, folder)
    found = [f"baseline {result.baseline}"] if result.baseline != oracle["baseline"] else []
    for name, ours, theirs, size in figures(result, oracle, tree, folder):
        if not abs(ours - theirs) <= RELATIVE * abs(theirs) + OF_PRESENT_COST * size:  # not: finds what is no number
            found.append(f"{name}: tco {ours!r}, independent model {theirs!r}")
    return found


def figures(result: tco.Comparison, oracle: Mapping[str, Any], tree: Tree, folder: Path) -> Figures:
    """Pair all figures of a comparison with those of the independent model."""
    assert [option.supplier for option in result.suppliers] == [option["supplier"] for option in oracle["suppliers"]]
    memos = beyond_horizon(tree, oracle, folder)
    for option, theirs in zip(result.suppliers, oracle["suppliers"], strict=True):
        size = sum(abs(amount) for amount in theirs["lines"].values())
        for name, ours, other in (*_totals(option, theirs), *_parts(option, theirs), *_months(option, theirs)):
            yield f"{option.supplier}: {name}", ours, other, size
        for name, ours, other in _physical(option, theirs):
            yield f"{option.supplier}: {name}", ours, other, 0.0
        if option.beyond_horizon is not None and option.supplier in memos:
            yield f"{option.supplier}: beyond the horizon", abs(option.beyond_horizon), memos[option.supplier], size
    yield from _planned(result, oracle, tree, folder)


def _totals(option: Any, theirs: Mapping[str, Any]) -> Iterator[tuple[str, float, float]]:
    shown = option.to_dict()
    for level in ("all_in", "hard", "hard_and_estimated"):
        ours, other = (shown, theirs) if level == "all_in" else (shown[level], theirs[level])
        for figure in ("present_cost", "cost_per_unit", "npv"):
            yield f"{figure} ({level})", ours[figure], other[figure]
    yield "cost_per_unit_undiscounted", option.cost_per_unit_undiscounted, theirs["cost_per_unit_undiscounted"]


def _parts(option: Any, theirs: Mapping[str, Any]) -> Iterator[tuple[str, float, float]]:
    for table in ("lines", "by_mode", "by_stage", "by_liable", "by_group"):
        yield from _pairs(table, getattr(option, table), theirs[table])


def _months(option: Any, theirs: Mapping[str, Any]) -> Iterator[tuple[str, float, float]]:
    months = len(theirs["monthly"]["purchase"])
    nothing = (0.0,) * months
    for line in option.monthly.keys() | theirs["monthly"].keys():
        ours, other = option.monthly.get(line, nothing), theirs["monthly"].get(line, nothing)
        for t, (amount, amount_there) in enumerate(zip(ours, other, strict=True)):
            yield f"{line} in month {t}", amount, amount_there


def _physical(option: Any, theirs: Mapping[str, Any]) -> Iterator[tuple[str, float, float]]:
    for name, ours in option.physical.items():
        if not isinstance(ours, Mapping):
            yield f"physical {name}", ours, theirs["physical"][PHYSICAL.get(name, name)]
            for split in ("by_mode", "by_stage"):
                parts = [part[name] for part in option.physical[split].values() if name in part]
                if parts:
                    yield f"physical {name}, {split} added up", sum(parts), ours


def _planned(result: tco.Comparison, oracle: Mapping[str, Any], tree: Tree, folder: Path) -> Figures:
    plan = planned(tree, folder)
    ours = result.planned
    yield from _sized("planned units", ours.units, oracle["planned"]["units"])
    discounted = sum(v * units for v, units in zip(plan.discount, plan.units, strict=True))
    yield "discounted units", ours.discounted_units, discounted, 0.0
    if "sale_price" not in tree.get("product", {}):
        assert ours.revenue is None
        assert not ours.contribution
        return
    assert ours.revenue is not None
    yield from _sized("planned revenue", ours.revenue, oracle["planned"]["revenue"])
    for option in oracle["suppliers"]:
        earned = [
            units * (sale - cost)
            for units, sale, cost in zip(plan.units[1:], plan.sale_price[1:], option["unit_cost"], strict=True)
        ]
        years = [sum(year) for year in plan.by_year([0.0, *earned])]
        yield from _sized(f"contribution of {option['supplier']}", ours.contribution[option["supplier"]], years)


def planned(tree: Tree, folder: Path) -> model.Plan:
    """Give the independent model's plan: months, units, customers, discount factors."""
    case = model.annotate(tree)
    return model.plan(model.Inputs(case, tree["baseline"], partial(model.mean, folder=folder)))


def beyond_horizon(tree: Tree, oracle: Mapping[str, Any], folder: Path) -> dict[str, float]:
    """Value what is missing beyond the horizon, by option: churn that counts it less churn that does not."""
    churn = tree.get("churn") or {}
    plan = planned(tree, folder)
    endless = plan.survival[-1] * (1 + plan.discount_rate) ** (-1 / 12) >= 1
    if churn.get("valuation", "lost_margin") != "lost_margin" or plan.customers is None or endless:
        return {}
    counted = churn.get("beyond_horizon", False)
    other = expected({**tree, "churn": {**churn, "beyond_horizon": not counted}}, folder)
    pairs = zip(oracle["suppliers"], other["suppliers"], strict=True)
    return {one["supplier"]: abs(one["lines"]["churn"] - two["lines"]["churn"]) for one, two in pairs}


def _pairs(table: str, ours: Mapping[str, float], theirs: Mapping[str, float]) -> Iterator[tuple[str, float, float]]:
    for name in ours.keys() | theirs.keys():
        yield f"{table} {name}", ours.get(name, 0.0), theirs.get(name, 0.0)


def _sized(name: str, ours: Sequence[float], theirs: Sequence[float]) -> Figures:
    assert len(ours) == len(theirs), name
    size = sum(abs(amount) for amount in theirs)
    for year, (amount, other) in enumerate(zip(ours, theirs, strict=True), start=1):
        yield f"{name} in year {year}", amount, other, size
