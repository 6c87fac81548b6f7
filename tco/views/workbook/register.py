"""What stands on the sheet of inputs: every number that the model needs, stated, left at its default or structural."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tco.case import CaseFile, Mode, entries
from tco.costs import CONSTANTS, MODEL
from tco.loader import Case
from tco.numbers import Number
from tco.options import SCALARS, Bound, Constant, Extra, Input, Option
from tco.quantity import Quantity
from tco.views.workbook.months import MONTHS
from tco.views.workbook.stake import Stake
from tco.views.workbook.wiring import Wiring, disposition_keys

STATED, DEFAULT, STRUCTURE, UNUSED = "stated", "default", "structure", "moves no cost"
TOLERANCE = 1e-9
"""How far, as a share, a check may be off."""
NONE, ONE, ENDLESS = "none", "one", "no upper limit"
BEYOND = "the last month's churn holds what customers lost by then would have left after the horizon"
_SEASON = "demand.seasonality"
_MODE_FIELDS = {entry.name: name for name, entry in entries(Mode).items()}
_SCALAR_KEYS = {entry.name: key for key, entry in SCALARS.items()}
_SHARED = frozenset(CaseFile.model_fields)


@dataclass(frozen=True)
class Item:
    """One number of the sheet of inputs.

    Parameters
    ----------
    path : str
        By which it is known everywhere; of what no case states, a name.
    meaning, unit, kind : str
        In words; as ``money/unit``; share, rate, positive or number.
    values : tuple of float
        One, or one a contract year.
    status : str
        Whether it is stated, a default, structure (to be changed in the case file only), or moves no cost.
    number : Number or None
        As stated, with its distribution and remarks.
    source : str
        Stated beside it or for its section.
    word : str
        What is chosen, where that is no number.
    """

    path: str
    meaning: str
    unit: str
    kind: str
    values: tuple[float, ...]
    status: str = STATED
    number: Number | None = None
    source: str = ""
    word: str = ""

    @property
    def is_path(self) -> bool:
        """Whether it has a value a contract year."""
        return self.number is not None and self.number.is_path


class Register:
    """The items of a case, each once, and which of them each binding of an option stands for."""

    def __init__(self, case: Case, wirings: Mapping[str, Wiring]) -> None:
        self.case, self.wirings = case, wirings
        self.items: dict[str, Item] = {}
        self._constants()
        self._steps()
        self._case_wide()
        for one in case.inputs.values():
            self._keep(self._stated(one, UNUSED))
        for option in case.options:
            if option.name != case.baseline:
                self._keep(self._transition(option))
            for name in wirings[option.name].inputs:
                for position, bound in enumerate(wirings[option.name].bounds(name)):
                    self.item(option, name, position, bound)

    def item(self, option: Option, name: str, position: int, bound: Bound) -> Item:
        """Give the item behind one number of a binding."""
        if name in ("break_from", "break_below"):
            return self._edge(option, name, position, bound)
        if isinstance(bound, Input):
            status = STRUCTURE if bound.number.word == "rest" else STATED
            return self._keep(self._stated(bound, status))
        return self._left_out(option, name, position, bound)

    def transition(self, option: Option) -> Item:
        """Give the item of an option's months of transition."""
        return self.items[self._transition(option).path]

    def seasons(self) -> list[str]:
        """Give the paths of the twelve calendar months' weights."""
        return [f"{_SEASON}.{month}" for month in range(12)]

    def _keep(self, item: Item) -> Item:
        """Add an item; one that formulas use replaces what was thought unused."""
        known = self.items.get(item.path)
        if known is None or known.status == UNUSED:
            self.items[item.path] = item
        return self.items[item.path]

    def _constants(self) -> None:
        for name, (value, unit, meaning) in CONSTANTS.items():
            self._keep(Item(name, meaning, unit, "number", (value,), STRUCTURE))
        self._keep(Item("tolerance", "how far, as a share, a check may be off", "1", "number", (TOLERANCE,), STRUCTURE))
        self._keep(Item(NONE, "the sum over what a case has none of", "1", "number", (0.0,), STRUCTURE))
        self._keep(Item(ONE, "a unit in a unit; a price in the case's own currency", "1", "number", (1.0,), STRUCTURE))
        if any("break_below" in wiring.inputs for wiring in self.wirings.values()):
            unlimited = "where the last price of a table ends"
            self._keep(Item(ENDLESS, unlimited, "unit/year", "number", (1e300,), STRUCTURE))

    def _steps(self) -> None:
        """Keep by how much each option's price is raised to find the slope of its break-even."""
        meaning = "how much the price at stake is raised, for the slope of the break-even"
        for name, wiring in self.wirings.items():
            stake = Stake.of(wiring.option, wiring) if name != self.case.baseline else None
            if stake is not None and not stake.scaled:
                self._keep(Item(stake.step_path, meaning, "1", "number", (stake.step,), STRUCTURE))

    def _case_wide(self) -> None:
        file = self.case.file
        structure = (
            ("horizon_months", "months that are costed", float(file.horizon_months)),
            ("start", "calendar month of month 1", float(self.case.timeline.first_month)),
        )
        for path, meaning, value in structure:
            self._keep(Item(path, meaning, "1", "number", (value,), STRUCTURE))
        self._choices()
        stated = file.demand.seasonality
        for month, path in enumerate(self.seasons()):
            number = stated[month] if stated else None
            value = number.means()[0] if number else 1.0
            status, source = (STATED, self.source(path)) if number else (DEFAULT, "")
            self._keep(
                Item(
                    path,
                    f"weight of {MONTHS[month]} in a year's demand",
                    "1",
                    "positive",
                    (value,),
                    status,
                    number,
                    source,
                )
            )

    def _choices(self) -> None:
        """Keep how lost customers are valued, which chooses formulas."""
        churn = self.case.file.churn
        if churn is not None:
            chosen = (
                ("churn.valuation", "what a lost customer counts at", churn.valuation.replace("_", " ")),
                ("churn.beyond_horizon", BEYOND, "yes" if churn.beyond_horizon else "no"),
            )
            for path, meaning, word in chosen:
                self._keep(Item(path, meaning, "1", "number", (0.0,), STRUCTURE, word=word))

    def _stated(self, one: Input, status: str) -> Item:
        entry, number = one.entry, one.number
        unit = entry.unit
        extra = next((x for option in self.case.options for x in option.extras if x.amount.path == one.path), None)
        if extra is not None:
            unit = unit_of_extra(extra)
        return Item(
            one.path, entry.meaning, unit, entry.kind, number.means(), status, number, self.source(one.path, number)
        )

    def _edge(self, option: Option, name: str, position: int, bound: Bound) -> Item:
        """Give the item of an edge between two prices of a table."""
        stated = option.inputs.get(f"price_breaks.{position + (name == 'break_below')}.from_units_per_year")
        if stated is None:
            return self.items[ENDLESS]
        if name == "break_from" and position == 0:
            return self.items[NONE]
        return self._keep(self._stated(stated, STATED))

    def _left_out(self, option: Option, name: str, position: int, bound: Constant) -> Item:
        """Give the item of a number that no one states: a default, which may be changed, or structure."""
        name = self._stands_for(option, name, position)
        path, structural = self._default_path(option, name, position)
        if not path:
            return self.items[ONE if bound.value else NONE]
        entry = next((one for one in _ENTRIES.values() if one.name == name), None)
        kind = entry.kind if entry else "number"
        unit = entry.unit if entry else "1"
        status = STRUCTURE if structural or self._brings_a_line(path, name) else DEFAULT
        return self._keep(Item(path, MODEL.sources[name].summary, unit, kind, (bound.value,), status))

    def _stands_for(self, option: Option, name: str, position: int) -> str:
        """Name the input that stands for another that is left out: inflation for the growth of the sale price."""
        orders = name in ("units_per_event", "units_per_shipment") and option.modes[position].per == "order"
        if orders:
            return "units_per_order"
        entry = next((one for one in _ENTRIES.values() if one.name == name), None)
        return SCALARS[entry.default].name if entry and isinstance(entry.default, str) else name

    def _brings_a_line(self, path: str, name: str) -> bool:
        """Say whether stating a default adds a line, or another formula, to some option: not a matter of a cell."""
        parts = path.split(".")
        own = parts[0] == "suppliers"
        return any(
            name in quantity.when and name not in option.switches and option.switches >= set(quantity.when) - {name}
            for option in self.case.options
            if not own or parts[1] in (option.name, *option.parents)
            for quantity in MODEL.quantities
        )

    def _default_path(self, option: Option, name: str, position: int) -> tuple[str, bool]:
        """Give the path at which a case would state a number, and whether it is structure."""
        mode = option.modes[position].name if MODEL.sources[name].rows == "modes" else ""
        if name == "order_mode":
            return f"failures.{mode}.per", True
        if name == "failure_rate":
            return f"failure_rates.{mode}", False
        if name == "chargeback_share":
            return f"suppliers.{self._owner(option, name)}.chargeback.{mode}", False
        if name in _MODE_FIELDS:
            return f"failures.{mode}.{_MODE_FIELDS[name]}", False
        if name.startswith("disposition_"):
            key = disposition_keys(option)[position]
            return (f"{key}.{name.removeprefix('disposition_')}", name == "disposition_rest") if key else ("", True)
        if name not in _SCALAR_KEYS:
            return "", True
        key = _SCALAR_KEYS[name]
        return (key if key.split(".")[0] in _SHARED else f"suppliers.{self._owner(option, name)}.{key}"), False

    def _owner(self, option: Option, name: str) -> str:
        """Name the option at whose place a default stands: the first that this one is built on and that uses it."""
        line = (*reversed(option.parents), option.name)
        return next(member for member in line if name in self.wirings[member].inputs)

    def _transition(self, option: Option) -> Item:
        line = (option.name, *option.parents)
        stating = [name for name in line if self.case.file.suppliers[name].transition_months is not None]
        moving = [
            name for name in line if name != self.case.baseline
        ]  # which has none, though heirs take what it states
        path = f"suppliers.{(stating or moving[-1:])[0]}.transition_months"
        status = STATED if stating else DEFAULT
        meaning = "first months in which all is as with the baseline"
        item = Item(path, meaning, "1", "positive", (float(option.transition_months),), status)
        return replace(item, source=self.source(path))

    def source(self, path: str, number: Number | None = None) -> str:
        """Give the source stated beside a number, for its path, or for the section around it."""
        if number is not None and number.source:
            return number.source
        while path:
            if path in self.case.file.sources:
                return self.case.file.sources[path]
            path = path.rpartition(".")[0]
        return ""


def template_of(extra: Extra) -> Quantity:
    """Give the quantity that an extra cost is made from, by what it is counted by."""
    return MODEL.variants[f"per_{extra.per}"][0]


def unit_of_extra(extra: Extra) -> str:
    """Name the unit of an extra cost's amount."""
    from tco import units

    return units.name(MODEL.unit_of(template_of(extra).arguments[0]))


_ENTRIES = {**SCALARS, **entries(Mode)}
