"""Levers: one number of a case, or one table of prices, turned while all else stays as it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from tco import paths
from tco.costs import MODEL
from tco.distributions import FloatArray
from tco.engine import Engine
from tco.errors import Unexpected, UsageError
from tco.graph import NotFinite
from tco.loader import Case
from tco.numbers import KINDS
from tco.options import Input, Option
from tco.outcomes import Outcomes, own_input, path_of
from tco.paths import Place

_SHARED = ("product", "returns", "contacts", "churn", "failures", "exchange_rates")
_TIME = ("discount_rate",)
"""Numbers that formulas ask for, and that time is made of too: turning them in formulas alone would be wrong."""
_SMALL = {"share": 0.01, "rate": 0.01}
MONTHS = ("horizon_months", "transition_months")
"""Numbers of months: whole, and no input of a formula."""
LOWEST_RATE = -0.99
_ABOVE_ZERO = 1e-12
"""Above 0 by less than what breaks any joint limit: what a case needs only where it is not 0 is then asked for."""
_ASKED = frozenset(name for quantity in MODEL.quantities for name in quantity.all_arguments)


@dataclass(frozen=True)
class Lever:
    """A number that is turned.

    Parameters
    ----------
    case : Case
        The case, in which the number is stated.
    outcomes : Outcomes
        The model in which it varies.
    path : str
        Of the number, as the case states it.
    parts : dict of str to float
        The drawn paths that move with it, each with the multiple of the value that it takes: one path for a plain
        number; those of all contract years of a path, or of all breaks of a price table.
    value : float
        What it is now: its mean, in the first contract year [unit of the number].
    low, high : float
        What its kind allows; may be infinite.
    unit, meaning, kind : str
        Of the input.
    key : str
        The name by which formulas know the input.
    """

    case: Case
    outcomes: Outcomes
    path: str
    parts: Mapping[str, float]
    value: float
    low: float
    high: float
    unit: str
    meaning: str
    kind: str
    key: str

    def draws(self, values: FloatArray) -> dict[str, FloatArray]:
        """Give the draws of its parts for values of shape (n,)."""
        return {path: ratio * values for path, ratio in self.parts.items()}

    @property
    def is_live(self) -> bool:
        """Whether some present cost depends on it."""
        return bool(self.outcomes.present.draws.keys() & self.parts.keys())

    @property
    def ratios(self) -> tuple[float, ...]:
        """What its value is multiplied by in each contract year of a path, or break of a table; none for one number."""
        return tuple(self.parts.values()) if len(self.parts) > 1 else ()

    @property
    def scaled(self) -> str:
        """What moves with its value in proportion: ``by_year``, ``price_breaks``; nothing for one number."""
        if not self.ratios:
            return ""
        return "price_breaks" if self.path.endswith("price_breaks") else "by_year"

    @property
    def scale(self) -> float:
        """A step of a size that fits it."""
        return abs(self.value) or _SMALL.get(self.kind, 1.0)


def lever(case: Case, path: str) -> Lever:
    """Give the lever of a path: everywhere in the case, as `--set` turns it.

    Raises
    ------
    UsageError
        For a path that leads nowhere, to no number, or to one that moves no cost.
    CaseError
        For a number that the case leaves out and that cannot be stated alone.
    """
    case, path = _stated(case, path)
    inputs = [one for name, one in case.inputs.items() if _leads_to(name, path)]
    found = _lever(case, path, inputs, None) if inputs and path not in _TIME else None
    if found is None or not found.is_live:
        raise _unasked(path)
    return found


def turnable(case: Case, path: str) -> Case:
    """Give a case that states a number, at its default if it left it out, so that it can be turned.

    Raises
    ------
    UsageError
        For a path that leads nowhere or to no single number, and for one that formulas do not ask for alone.
    """
    case, path = _stated(case, path)
    if path in _TIME:
        raise _unasked(path)
    parts = [name for one in case.inputs.values() if _leads_to(one.path, path) for name, _ in one.parts()]
    if path not in parts and path not in {name for one in case.inputs.values() for name, _ in one.parts()}:
        hint = f"name one of its numbers, such as {parts[0]}" if parts else "no formula asks for it"
        raise UsageError(f"expected the path of a single number, found '{path}': {hint}")
    return case


def levers(case: Case, names: list[str]) -> list[Lever]:
    """Give several levers in one model, so that they can be turned together."""
    for path in names:
        case, _ = _stated(case, path)
    found = [lever(case, path) for path in names]
    free = [part for one in found for part in one.parts]
    outcomes = Outcomes(case, free=free)
    return [
        Lever(case, outcomes, x.path, x.parts, x.value, x.low, x.high, x.unit, x.meaning, x.kind, x.key) for x in found
    ]


def stake(case: Case, name: str) -> Lever:
    """Give the lever of an option's price at stake, turned for this option alone.

    Raises
    ------
    UsageError
        For an unknown option, or the baseline, which is what prices are held against.
    """
    option = case.option(name)
    if name == case.baseline:
        others = (
            ", ".join(one.name for one in case.options if one.name != name) or "none: the case needs another option"
        )
        raise UsageError(f"expected an option other than the baseline, found '{name}': the case has {others}")
    key = option.price_at_stake
    if key == "unit_price" and "price_breaks" in option.switches:
        key = "price_breaks"
    if not _is_stated(option, key):
        root = key.split(".")[0]
        path = f"suppliers.{name}.{f'overrides.{key}' if root in _SHARED else key}"
        case = _with(case, path, _default(case, path, option))
        option = case.option(name)
    own = f"{path_of(option, key)} of {name} alone"
    turned = own_input(option, key, own)
    options = tuple(turned if one.name == name else one for one in case.options)
    inputs = [one for one in _all_inputs(turned) if one.path == own or one.path.startswith(f"{own}.")]
    return _lever(case, path_of(option, key), inputs, options)


def currency_of(one: Lever, supplier: str) -> str:
    """Name the currency of what is turned for an option: its own for the price it asks, else the case's."""
    own = one.case.option(supplier).settings.get("currency") if one.key == "price" else None
    return own or one.case.currency


def check_bounds(one: Lever, values: FloatArray) -> FloatArray:
    """Give values that an input can have.

    Raises
    ------
    UsageError
        For the first that it cannot.
    """
    for value in values:
        if not one.low <= value <= one.high:
            raise UsageError(f"expected {KINDS[one.kind][0]} for {one.path}, found {value:g}")
    return values


def refusal(error: Unexpected) -> UsageError:
    """Say in a command's words what is wrong with a path."""
    return UsageError(f"{error.message}: {error.hint}")


def located(case: Case, path: str) -> Place:
    """Find a path in a case.

    Raises
    ------
    UsageError
        With the nearest known one.
    """
    try:
        return paths.locate(case.document.data, path)
    except Unexpected as error:
        raise refusal(error) from None


def _stated(case: Case, path: str) -> tuple[Case, str]:
    """Give a case in which a number is stated, at its default where the case leaves it out, and can be turned up.

    Raises
    ------
    UsageError
        For a path that leads nowhere, or to no number.
    CaseError
        For a number of 0 that the case cannot have above 0, such as churn where nothing says what it costs.
    """
    place = located(case, path)
    if place.is_year:
        whole = path.rpartition(".by_year.")[0]
        hint = f"{whole} turns all years in proportion, and tco table or --set a single one"
        raise UsageError(f"expected the path of a whole input, found '{path}', one contract year of it: {hint}")
    if any(_leads_to(name, path) for name in case.inputs):
        _check_above_zero(case, path)
        return case, path
    if place.entry is None and place.keys[-1] in MONTHS:
        hint = "tco table turns it"
        raise UsageError(f"expected the path of a number that formulas ask for, found '{path}', months of time: {hint}")
    if place.entry is None:
        hint = "name a single number, such as suppliers.NAME.unit_price"
        raise UsageError(f"expected the path of a number, found '{path}': {hint}")
    if paths.stated(case.document.data, place.keys) is not None:
        return case, path  # stated, and yet no option uses it
    default = _default(case, path, case.option(case.baseline))
    if default == 0:
        _with(case, path, _ABOVE_ZERO)  # refuses what is missing only then
    return _with(case, path, default), path


def _check_above_zero(case: Case, path: str) -> None:
    """Refuse a number that the case states as 0 and cannot have above it, in the loader's words."""
    one = case.inputs.get(path)
    if one is not None and not one.number.word and not any(one.number.means()):
        _with(case, path, _ABOVE_ZERO)


def _default(case: Case, path: str, option: Option) -> float:
    """Give what an option counts with where it states nothing: a number, or the mean of another of its inputs.

    Raises
    ------
    UsageError
        For a number without a default, which means nothing until it is stated.
    """
    entry = located(case, path).entry
    default = None if entry is None else entry.default
    if isinstance(default, str):
        return option.means(default)[0] if default in option.inputs else _default(case, default, option)
    if default is not None:
        return default
    if entry is None or entry.name not in _ASKED:
        raise _unasked(path)
    hint = f"state it in the case, or with --set {path}=..."
    inherited = _inherited(case, path)
    if inherited:
        hint = f"it is that of {inherited}: turn this one, or {hint}"
    raise UsageError(f"expected a number that the case states, or that has a default, found '{path}': {hint}")


def _inherited(case: Case, path: str) -> str | None:
    """Give the path that an option takes a number from, which it is based on."""
    section, name, key = [*path.split(".", 2), "", ""][:3]
    found = case.option(name).inputs.get(key) if section == "suppliers" else None
    return None if found is None else found.path


def _unasked(path: str) -> UsageError:
    expected = "expected the path of a number that moves some cost"
    if path in _TIME:
        hint = "the rate at which savings are worth nothing is the IRR (tco decide); tco table turns it"
        return UsageError(f"{expected}, found '{path}', of which time itself is made: {hint}")
    return UsageError(f"{expected}, found '{path}', which no formula asks for: try tco table, or --set")


def _with(case: Case, path: str, value: float) -> Case:
    """State a number that a case leaves out; its scenarios, which would be checked anew, are left behind."""
    bare = replace(case, document=case.document.without(("scenarios",)), original=None)
    return bare.with_({path: value}, source="at its default")


def _lever(case: Case, path: str, inputs: list[Input], options: tuple[Option, ...] | None) -> Lever:
    """Put the parts of a lever together; of a table of prices, those are its prices."""
    if len(inputs) > 1:
        inputs = [one for one in inputs if one.entry.unit.startswith("money")]
    first = inputs[0]
    parts = [part for one in inputs for part in one.parts()]
    means = {name: float(number.means()[0]) for name, number in parts}
    outcomes = Outcomes(case, free=list(means), options=options)
    value = next(iter(means.values()))
    if len(inputs) > 1:
        value = _reached(outcomes, case, path)
    if value == 0 and len(means) > 1 and any(means.values()):
        raise UsageError(f"expected a path by contract year that can be scaled, found '{path}', which begins with 0")
    kind, (_, low, high) = first.entry.kind, KINDS[first.entry.kind]
    return Lever(
        case=case,
        outcomes=outcomes,
        path=path,
        parts={name: mean / value if value else 1.0 for name, mean in means.items()},
        value=value,
        low=LOWEST_RATE if kind == "rate" else low,
        high=high,
        unit=_unit(first, options or case.options),
        meaning=first.entry.meaning,
        kind=kind,
        key="price" if first.entry.name in ("unit_price", "break_price") else first.entry.name,
    )


def _unit(one: Input, options: tuple[Option, ...]) -> str:
    """Give the unit of an input; of an extra cost's amount, with what it is counted by."""
    extras = (extra for option in options for extra in option.extras)
    per = next((extra.per for extra in extras if extra.amount.path == one.path and extra.per != "once"), "")
    return f"{one.entry.unit}/{per}" if per else one.entry.unit


def _reached(outcomes: Outcomes, case: Case, path: str) -> float:
    """Give the price of the break that the plan reaches in the first contract year, in the table's own currency."""
    owner = next(one for one in case.options if path_of(one, "price_breaks") == path)
    engine = settled(case.base)
    steps = [engine.at(name, owner.name, 1) for name in ("price", "exchange_rate")]
    price, rate = (float(np.reshape(engine.graph.known[step], -1)[0]) for step in steps)
    return price / rate


def settled(engine: Engine) -> Engine:
    """Give the model of the same options as if none were in transition: each one's own figures, in the same graph."""
    options = [replace(option, transition_months=0) for option in engine.options.values()]
    found = Engine(options, engine.baseline, engine.timeline, engine.leaf)
    found.graph = engine.graph
    return found


def _is_stated(option: Option, key: str) -> bool:
    stated = any(_leads_to(name, key) for name in option.inputs)
    return stated or any(extra.amount.path == key for extra in option.extras)


def _all_inputs(option: Option) -> list[Input]:
    return [*option.inputs.values(), *(extra.amount for extra in option.extras)]


def _leads_to(name: str, path: str) -> bool:
    return name == path or (path.endswith("price_breaks") and name.startswith(f"{path}."))


def feasible(one: Lever, values: FloatArray) -> FloatArray:
    """Give those of some values at which the base case can be computed and breaks no joint limit."""
    kept = []
    for value in values:
        draws = {**one.outcomes.means, **one.draws(np.array([value]))}
        try:
            broken = any(np.max(step) > 1e-9 for step in one.outcomes.limits.run(draws))
            one.outcomes.present.run(draws)
        except NotFinite:
            continue
        if not broken:
            kept.append(value)
    return np.array(kept)


def nodes(one: Lever) -> FloatArray:
    """Give values to look at between a lever's bounds, close together around where it is now, in order."""
    steps = one.scale * 2.0 ** np.arange(-6, 21)
    found = {one.value, 0.0, *(one.value + steps), *(one.value - steps), *steps}
    for bound in (one.low, one.high):
        if math.isfinite(bound):
            found.add(bound)
    if math.isfinite(one.low) and math.isfinite(one.high):
        found |= set(np.linspace(one.low, one.high, 33))
    inside = [value for value in found if one.low <= value <= one.high]
    return np.array(sorted(inside))
