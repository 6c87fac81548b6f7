"""How far long runs have come: told in steps that only go forward and end at the whole, and shown as a bar."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tco
from tco import cli
from tco.analyses.curves import acceptability, belief
from tco.progress import Steps, each

CARTRIDGES = Path(__file__).parent.parent / "scenarios" / "cartridges.yaml"
PRICE, LEAKS = "suppliers.borealis.unit_price", "suppliers.borealis.failure_rates.leaks"

LONG_RUNS: dict[str, Callable[[Any, Path, Any], Any]] = {
    "simulate": lambda case, _, told: tco.simulate(case, 64, progress=told),
    "luck": lambda case, _, told: tco.simulate(case, 64, predictive=True, progress=told),
    "decide": lambda case, _, told: tco.decide(case, n=64, progress=told),
    "price": lambda case, _, told: tco.breakeven(case, "borealis", n=64, progress=told),
    "bent": lambda case, _, told: tco.breakeven(case, "borealis", of="demand.customers", n=64, progress=told),
    "lost customer": lambda case, _, told: tco.breakeven(case, "borealis", of="lost_customer", n=64, progress=told),
    "acceptability": lambda case, _, told: acceptability(case, "borealis", n=64, progress=told),
    "belief": lambda case, _, told: belief(case, "borealis", n=64, progress=told),
    "grid": lambda case, _, told: tco.grid(case, PRICE, LEAKS, n=64, progress=told),
    "table": lambda case, _, told: tco.table(case, "horizon_months", [12, 24, 36], progress=told),
    "scenarios": lambda case, _, told: tco.scenarios(case, n=64, progress=told),
    "diff": lambda case, _, told: tco.diff(case, case.with_({PRICE: 5, LEAKS: 0.02}), progress=told),
    "sensitivity": lambda case, _, told: tco.sensitivity(case, n=64, draws=64, progress=told),
    "information": lambda case, _, told: tco.information(case, n=64, units=(1, 100), progress=told),
    "chart": lambda case, folder, told: tco.chart("npv", case, folder / "npv.svg", n=64, progress=told),
    "report": lambda case, folder, told: tco.report(case, folder / "case.md", n=64, progress=told),
    "page": lambda case, folder, told: tco.report(case, folder / "case.html", n=64, progress=told),
    "workbook": lambda case, folder, told: tco.workbook(case, folder / "case.xlsx", n=64, progress=told),
    "what-if": lambda case, folder, told: tco.whatif(case, folder / "whatif.html", n=64, progress=told),
}


@pytest.mark.parametrize("name", LONG_RUNS)
def test_a_long_run_is_told_forward_and_to_its_end(name: str, tmp_path: Path) -> None:
    told: list[float] = []
    LONG_RUNS[name](tco.load(CARTRIDGES), tmp_path, lambda done, of: told.append(done / of))
    assert told == sorted(told)
    assert told[0] > 0
    assert told[-1] == 1
    assert len(told) >= (1 if name == "simulate" else 2)


def test_slides_are_told_forward_and_to_their_end(tmp_path: Path) -> None:
    pytest.importorskip("pptx")
    told: list[float] = []
    tco.slides(tco.load(CARTRIDGES), tmp_path / "a.pptx", n=64, progress=lambda done, of: told.append(done / of))
    assert told == sorted(told)
    assert told[-1] == 1


def test_steps_of_a_step_are_a_share_of_the_whole() -> None:
    told: list[float] = []
    steps = Steps(lambda done, of: told.append(done / of), 4)
    steps.done()
    half = steps.part(2)
    assert half is not None
    half(1, 10)
    half(10, 10)
    steps.done()
    assert told == [0.25, 0.3, 0.75, 1]


def test_nobody_need_listen() -> None:
    steps = Steps(None, 2)
    steps.done()
    assert steps.part(1) is None
    assert list(each("ab", None)) == ["a", "b"]


def test_going_through_nothing_tells_that_all_is_done() -> None:
    told: list[tuple[int, int]] = []
    assert list(each([], lambda done, of: told.append((done, of)))) == []
    assert told == [(1, 1)]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("soon", "shown"), [(0.0, True), (60.0, False)])
def test_a_bar_with_the_time_left_is_shown_at_a_terminal_for_what_takes_long(
    soon: float, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(cli, "SOON", soon)
    with cli._progress("deciding") as progress:
        assert progress is not None
        progress(1, 2)
        progress(3, 4)
        progress(4, 4)
    text = terminal.getvalue()
    assert ("deciding" in text) == ("50%  00:00:00" in text) == ("100%" in text) == shown


def test_no_bar_is_shown_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with cli._progress("deciding") as progress:
        assert progress is None
