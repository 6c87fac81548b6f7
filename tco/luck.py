"""Luck: single orders and failures drawn around what is expected, for small volumes where chance matters.

Demand is Poisson; failures are binomial among what is shipped; what a failure leads to (return, refund, replacement,
repair, a customer leaving) is binomial among failures; contacts and disruptions are Poisson. Counts are those of a
contract year. Options that share an input share its luck, so that a clone still saves nothing.
"""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tco.engine import Engine
from tco.options import Input

CHUNK = "the chunk of draws"
"""The name under which a run passes the number of the chunk, of which streams are made."""
OUTCOMES = ("replaced_events", "repaired_events", "refunded_events", "returned_events", "leavers_of_modes")
SETTLED = ("order_days", "planned_units_in_year")
"""What planned units settle whatever comes: how large orders are, and which price break holds."""


@dataclass(frozen=True)
class Luck:
    """Realizes the quantities that chance touches; all others stay what their formulas give.

    Parameters
    ----------
    seed : int
        Of all streams.
    """

    seed: int

    def __call__(self, engine: Engine, name: str, option: str, month: int, step: int) -> int:
        """Give the step of a realized quantity in place of its expected one."""
        if name == "planned_units":
            ratio = self._demand(engine, option, month)
            return engine.graph.call("planned_units, realized", operator.mul, (step, ratio))
        if name == "events":
            return self._rows(engine, name, option, month, _failures, (step, engine.at("failure_rate", option, month)))
        if name in OUTCOMES:
            return self._rows(engine, name, option, month, _outcomes, (step, engine.at("events", option, month)))
        if name == "contacts_per_unit":
            return self._rows(engine, name, option, month, _poisson, (step,))
        if name == "disruptions":
            return self._disruptions(engine, option, month, step)
        return self._as_planned(engine, name, option, month) if name in SETTLED else step

    def _as_planned(self, engine: Engine, name: str, option: str, month: int) -> int:
        """Give a quantity that is settled before luck, from units as they are planned."""
        quantity = engine.quantity(name, option)
        months = engine.timeline.months_of(engine.timeline.year(month)) if quantity.total_of else [month]
        planned = engine.graph.total([(1.0, engine.expected("planned_units", option, one)) for one in months], "units")
        asked = [planned if one == "planned_units" else engine.at(one, option, month) for one in quantity.arguments]
        return engine.graph.call(name, quantity.function, asked, quantity.arguments)

    def _demand(self, engine: Engine, option: str, month: int) -> int:
        """Give the contract year's orders over those expected."""
        year = engine.timeline.year(month)
        per_order = engine.at("units_per_order", option, month)
        months = engine.timeline.months_of(year)
        units = engine.graph.total([(1.0, engine.expected("planned_units", option, one)) for one in months], "units")
        draw = _Draw(_realized_share, self.seed, (f"demand {year}",))
        return engine.graph.call("luck of demand", draw, (units, per_order, engine.graph.draw(CHUNK)), key=draw)

    def _rows(
        self, engine: Engine, name: str, option: str, month: int, function: Callable[..., Any], steps: tuple[int, ...]
    ) -> int:
        """Realize a quantity with a row a failure mode, a stream a row, among the units of the contract year."""
        if not engine.options[option].modes:
            return steps[0]
        year = engine.timeline.year(month)
        rates = engine.options[option].bindings["failure_rate"]
        modes = engine.options[option].modes
        assert isinstance(rates, tuple)
        paths = [one.path if isinstance(one, Input) else mode.name for one, mode in zip(rates, modes, strict=True)]
        draw = _Draw(function, self.seed, tuple(f"{name} {path} {year}" for path in paths))
        months = engine.timeline.months_of(year)
        units = engine.graph.total([(1.0, engine.at("planned_units", option, one)) for one in months], "units")
        return engine.graph.call(f"luck of {name}", draw, (*steps, units, engine.graph.draw(CHUNK)), key=draw)

    def _disruptions(self, engine: Engine, option: str, month: int, step: int) -> int:
        year = engine.timeline.year(month)
        stated = engine.options[option].bindings["disruptions_per_year"]
        path = stated.path if isinstance(stated, Input) else option
        draw = _Draw(_disrupted, self.seed, (f"disruptions {path} {year}",))
        share = engine.graph.constant(len(engine.timeline.months_of(year)) / 12)
        return engine.graph.call("luck of disruptions", draw, (step, share, engine.graph.draw(CHUNK)), key=draw)


@dataclass(frozen=True)
class _Draw:
    """A random function of its arguments and the chunk: the same streams for the same seed and names."""

    function: Callable[..., Any]
    seed: int
    names: tuple[str, ...]

    def __call__(self, *values: Any) -> Any:
        """Draw; the last value is the chunk's number and its size, as an array of that size."""
        *arguments, chunk = values
        n = len(chunk)
        streams = [self._stream(name, int(chunk[0])) for name in self.names]
        rows = [
            self.function(stream, *(_row(value, row, n) for value in arguments)) for row, stream in enumerate(streams)
        ]
        return rows[0] if self.function in (_realized_share, _disrupted) else np.stack(rows)

    def _stream(self, name: str, chunk: int) -> np.random.Generator:
        digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
        key = (self.seed, int.from_bytes(digest), chunk)
        return np.random.Generator(np.random.SFC64(np.random.SeedSequence(key)))


def _row(value: Any, row: int, n: int) -> Any:
    """Give one row of a value in n draws, whatever its shape: a number, (n,), (rows, 1) or (rows, n)."""
    return np.broadcast_to(value[row] if np.ndim(value) == 2 else value, (n,))


def _realized_share(stream: np.random.Generator, units: Any, units_per_order: Any) -> Any:
    """Give orders that come over orders expected."""
    expected = units / units_per_order
    return np.where(expected > 0, stream.poisson(expected) / np.where(expected > 0, expected, 1), 1.0)


def _failures(stream: np.random.Generator, events: Any, rate: Any, units: Any) -> Any:
    """Draw failures among what is shipped, a planned unit; a part of a shipment counts with its probability."""
    trials = np.where(rate > 0, events * units / np.where(rate > 0, rate, 1), 0)
    whole = np.floor(trials + stream.random(len(trials))).astype(np.int64)
    return _per_unit(stream.binomial(whole, rate), units)


def _outcomes(stream: np.random.Generator, outcomes: Any, events: Any, units: Any) -> Any:
    """Draw how many failures have an outcome, a planned unit."""
    share = np.where(events > 0, outcomes / np.where(events > 0, events, 1), 0)
    failures = np.rint(events * units).astype(np.int64)
    return _per_unit(stream.binomial(failures, np.clip(share, 0, 1)), units)


def _poisson(stream: np.random.Generator, rate: Any, units: Any) -> Any:
    return _per_unit(stream.poisson(rate * units), units)


def _disrupted(stream: np.random.Generator, per_year: Any, share_of_year: Any) -> Any:
    """Draw disruptions of a contract year, as a yearly rate."""
    return stream.poisson(per_year * share_of_year) / share_of_year


def _per_unit(count: Any, units: Any) -> Any:
    return np.where(units > 0, count / np.where(units > 0, units, 1), 0)
