"""Each option as it stands once shared inputs, `based_on` and overrides are resolved: what the model is run on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from tco.case import (
    CaseFile,
    Disposition,
    Entry,
    ExtraCost,
    Mode,
    Section,
    Supplier,
    collection_of,
    entries,
    section_of,
    stated_numbers,
)
from tco.frozen import frozen
from tco.numbers import Number

Flat = dict[str, "Input"]


@dataclass(frozen=True)
class Input:
    """One stated number of a case: the path that names it everywhere, what it is, and its value."""

    path: str
    entry: Entry
    number: Number

    @property
    def grows(self) -> bool:
        """Whether it grows with its entry's factor: a path by contract year does not."""
        return bool(self.entry.factor) and not self.number.is_path

    def parts(self) -> tuple[tuple[str, Number], ...]:
        """Give the numbers that are drawn, each with its path: itself, or one for each contract year."""
        if isinstance(self.number.value, tuple):
            return tuple((f"{self.path}.by_year.{year}", one) for year, one in enumerate(self.number.value))
        return ((self.path, self.number),)


@dataclass(frozen=True)
class Constant:
    """A number that formulas use and that no one states: a default, a switch, a count of rows."""

    value: float


Bound = Input | Constant
Binding = Bound | tuple[Bound, ...]
"""What a formula's name stands for: one number, or one for each row (mode, activity, disposition, price break)."""


@dataclass(frozen=True)
class ModeInfo:
    """A failure mode's place in the journey, and how it counts."""

    name: str
    stage: str
    liable: str
    per: str


@dataclass(frozen=True)
class Extra:
    """An extra cost line of an option."""

    name: str
    per: str
    group: str
    grade: str
    amount: Input


@dataclass(frozen=True)
class Option:
    """A supplier, courier, packaging or policy with every input resolved.

    Parameters
    ----------
    name, label : str
        The key in the case file, and what people call it.
    inputs : dict of str to Input
        Every stated input by its key: shared ones as in the file (``failures.leaks.churn``), its own without
        ``suppliers.NAME`` (``unit_price``); inherited ones keep the path under which they were defined.
    modes : tuple of ModeInfo
        In the order of the file.
    extras : tuple of Extra
        Extra cost lines that apply to it.
    switches : frozenset of str
        Which variants of formulas apply: ``lost_margin``, ``duty_on_cif`` ... and every input name that is stated.
    transition_months : int
        Months in which all is as with the baseline.
    parents : tuple of str
        The options that it is built on, nearest first.
    price_at_stake : str
        Key of the input whose highest justified value is asked for.
    settings : dict of str to str
        Texts that formulas do not see: currency, duty_basis, incoterm, stated or inherited.
    """

    name: str
    label: str
    inputs: Mapping[str, Input]
    modes: tuple[ModeInfo, ...]
    dispositions: Mapping[str, tuple[str, ...]]
    extras: tuple[Extra, ...]
    switches: frozenset[str]
    transition_months: int
    parents: tuple[str, ...]
    price_at_stake: str
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("inputs", "dispositions", "settings"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    @property
    def disposition_sets(self) -> tuple[tuple[str, ...], ...]:
        """The different sets of dispositions that modes have: the general one, and those of their own."""
        return tuple(dict.fromkeys(self.dispositions[mode.name] for mode in self.modes))

    @property
    def unknown(self) -> tuple[str, ...]:
        """The paths of its rates that are written ``unknown``."""
        return tuple(one.path for one in self.inputs.values() if one.number.word == "unknown")

    def stated(self, name: str) -> list[Input]:
        """Give the stated inputs that formulas know under a name."""
        return [one for one in self.inputs.values() if one.entry.name == name]

    def means(self, key: str, default: float = 0.0) -> tuple[float, ...]:
        """Give an input's mean, or one for each contract year that it states; the default where it is not stated."""
        return self.inputs[key].number.means() if key in self.inputs else (default,)

    @cached_property
    def bindings(self) -> Mapping[str, Binding]:
        """Say what each name of a formula stands for in this option."""
        amounts = {f"extra_costs.{extra.name}.amount": extra.amount for extra in self.extras}
        return {**_scalars(self), **_mode_rows(self), **_other_rows(self), **amounts}


def shared_inputs(file: CaseFile) -> Flat:
    """Give the inputs that all options share, by key."""
    skipped = {"suppliers", "scenarios", "correlations", "extra_costs", "decision"}
    return {
        key: Input(key, entry, number)
        for key, entry, number in stated_numbers(file)
        if key.split(".")[0] not in skipped and not key.startswith("demand.seasonality")
    }


def build(
    file: CaseFile, overrides: Mapping[str, Mapping[str, Number]], entries: Mapping[str, Entry]
) -> tuple[Option, ...]:
    """Resolve every supplier of a checked case file.

    Parameters
    ----------
    file : CaseFile
        Whose suppliers' `based_on` are known and without circles.
    overrides : dict
        For each supplier the numbers of its overrides, by key.
    entries : dict
        The entry of every overridden key.
    """
    shared = shared_inputs(file)
    return tuple(_option(file, name, shared, overrides, entries) for name in file.suppliers)


def ancestry(file: CaseFile, name: str) -> tuple[str, ...]:
    """Give the options that an option is built on, nearest first."""
    chain: list[str] = []
    parent = file.suppliers[name].based_on
    while parent is not None:
        chain.append(parent)
        parent = file.suppliers[parent].based_on
    return tuple(chain)


def _option(
    file: CaseFile,
    name: str,
    shared: Flat,
    overrides: Mapping[str, Mapping[str, Number]],
    entries: Mapping[str, Entry],
) -> Option:
    parents = ancestry(file, name)
    line = (*reversed(parents), name)
    inputs = dict(shared)
    for member in line:
        for key, number in overrides.get(member, {}).items():
            inputs[key] = Input(f"suppliers.{member}.overrides.{key}", entries[key], number)
    own: Flat = {}
    for member in line:
        own = _merged(own, _own_inputs(file.suppliers[member], member))
    if not _pays_to_switch(own, file, name, parents):
        own.pop("switching_cost", None)
    inputs.update(own)
    settings = _settings(file, line)
    extras = _extras(file, line, inputs)
    option = Option(
        name=name,
        label=file.suppliers[name].label or name,
        inputs=inputs,
        modes=tuple(ModeInfo(key, mode.stage, mode.liable, mode.per) for key, mode in file.failures.items()),
        dispositions={key: _dispositions_of(file, key) for key in file.failures},
        extras=extras,
        switches=frozenset(),
        transition_months=0 if name == file.baseline else int(settings.pop("transition_months", "0")),
        parents=parents,
        price_at_stake=_at_stake(settings.pop("price_at_stake", "unit_price"), line),
        settings=settings,
    )
    return _switched(option, file)


def _pays_to_switch(own: Flat, file: CaseFile, name: str, parents: tuple[str, ...]) -> bool:
    """Say no for an option built on the baseline, however far down, that would inherit the cost of moving away."""
    stated = own.get("switching_cost")
    inherited = stated is not None and not stated.path.startswith(f"suppliers.{name}.")
    return name != file.baseline and not (inherited and file.baseline in parents)


def _own_inputs(supplier: Supplier, name: str) -> Flat:
    return {key: Input(f"suppliers.{name}.{key}", entry, number) for key, entry, number in stated_numbers(supplier)}


def _merged(parent: Flat, child: Flat) -> Flat:
    """Lay an option's own inputs over those of the option it is built on: numbers and lists replace."""
    tops = {key.split(".")[0] for key in child}
    merged = dict(parent)
    for key in parent:
        top = key.split(".")[0]
        replaced = top in ("unit_price", "price_breaks") and tops & {"unit_price", "price_breaks"}
        if replaced or (top == "chargeback" and top in tops and (key == "chargeback" or "chargeback" in child)):
            del merged[key]
    return {**merged, **child}


def _settings(file: CaseFile, line: tuple[str, ...]) -> dict[str, str]:
    settings = {}
    for member in line:
        supplier = file.suppliers[member]
        for name in ("currency", "duty_basis", "incoterm", "price_at_stake", "transition_months"):
            if getattr(supplier, name) is not None:
                settings[name] = str(getattr(supplier, name))
    return settings


def _at_stake(path: str, line: tuple[str, ...]) -> str:
    for member in line:
        path = path.removeprefix(f"suppliers.{member}.")
    return path


def extra_key(file: CaseFile, extra: ExtraCost) -> str:
    """Name an extra cost's amount: by its name, and by its supplier too where several suppliers have one so named."""
    alone = sum(other.name == extra.name for other in file.extra_costs) == 1
    return f"extra_costs.{extra.name}.amount" if alone else f"extra_costs.{extra.name}.{extra.supplier}.amount"


def _extras(file: CaseFile, line: tuple[str, ...], inputs: Mapping[str, Input]) -> tuple[Extra, ...]:
    """Give the extra costs of an option and of those it is built on, the nearest one's where names are equal."""
    found: dict[str, Extra] = {}
    for member in (None, *line):
        for extra in file.extra_costs:
            if extra.supplier == member:
                key = extra_key(file, extra)
                amount = replace(extra.amount, source=extra.amount.source or extra.source)
                stated = Input(key, _AMOUNT, amount)
                found[extra.name] = Extra(extra.name, extra.per, extra.group, extra.grade, inputs.get(key, stated))
    order = list(dict.fromkeys(extra.name for extra in file.extra_costs))
    return tuple(found[name] for name in order if name in found)


def _dispositions_of(file: CaseFile, mode: str) -> tuple[str, ...]:
    """Give the key of each disposition of a mode: its own, or the general ones."""
    own = file.failures[mode].dispositions
    if own is not None:
        return tuple(f"failures.{mode}.dispositions.{name}" for name in own)
    return tuple(f"returns.dispositions.{name}" for name in file.returns.dispositions)


def _switched(option: Option, file: CaseFile) -> Option:
    """Add the switches that choose between variants of formulas."""
    switches = {one.entry.name for one in option.inputs.values()}
    if file.churn or "churn_per_event" in switches:
        valuation = file.churn.valuation if file.churn else "lost_margin"
        if valuation != "lost_margin":
            switches.add(f"{valuation}_valuation")
        elif "customers_at_start" in switches:  # without them any churn is 0, or refused by the checks
            switches.add(valuation)
        switches |= {"beyond_horizon"} if file.churn and file.churn.beyond_horizon else set()
    if "price_breaks.0.unit_price" in option.inputs:
        switches.add("price_breaks")
    if option.settings.get("duty_basis") == "cif":
        switches.add("duty_on_cif")
    if {"holding_rate", "obsolescence_rate"} & switches:
        switches.add("holding")
    if "general_contact_cost" in switches:
        switches.add("contact_cost")
    return replace(option, switches=frozenset(switches))


def _scalars(option: Option) -> dict[str, Binding]:
    """Bind every name that stands for one number."""
    found: dict[str, Binding] = {}
    for key, entry in SCALARS.items():
        if key in option.inputs:
            found[entry.name] = option.inputs[key]
        elif isinstance(entry.default, str) and entry.default in option.inputs:
            found[entry.name] = option.inputs[entry.default]
        else:
            found[entry.name] = Constant(entry.default if isinstance(entry.default, float) else 0.0)
    rate = f"exchange_rates.{option.settings.get('currency')}"
    found["exchange_rate"] = option.inputs.get(rate, Constant(1.0))
    return found


def _mode_rows(option: Option) -> dict[str, Binding]:
    """Bind every name that stands for one number a failure mode."""
    found: dict[str, Binding] = {}
    for name, entry in entries(Mode).items():
        found[entry.name] = tuple(_of_mode(option, mode, name, entry) for mode in option.modes)
    found["failure_rate"] = tuple(option.inputs.get(f"failure_rates.{m.name}", Constant(0.0)) for m in option.modes)
    one = option.inputs.get("chargeback", Constant(0.0))
    found["chargeback_share"] = tuple(option.inputs.get(f"chargeback.{mode.name}", one) for mode in option.modes)
    units_per_order = option.inputs.get("demand.units_per_order", Constant(1.0))
    found["order_mode"] = tuple(Constant(float(mode.per == "order")) for mode in option.modes)
    found["units_per_shipment"] = tuple(
        units_per_order if mode.per == "order" else Constant(1.0) for mode in option.modes
    )
    return found


def _of_mode(option: Option, mode: ModeInfo, name: str, entry: Entry) -> Bound:
    stated = option.inputs.get(f"failures.{mode.name}.{name}")
    if stated is not None:
        return stated
    if name == "units":
        order = option.inputs.get("demand.units_per_order", Constant(1.0))
        return order if mode.per == "order" else Constant(1.0)
    if isinstance(entry.default, str):
        return option.inputs.get(entry.default, Constant(0.0))
    return Constant(entry.default or 0.0)


def _other_rows(option: Option) -> dict[str, Binding]:
    """Bind the rows of activities, dispositions and price breaks."""
    found: dict[str, Binding] = {
        "activity_cost": tuple(one for key, one in option.inputs.items() if key.startswith("returns.activities.")),
        "break_price": tuple(one for key, one in option.inputs.items() if _is_break(key, "unit_price")),
    }
    starts = [one for key, one in option.inputs.items() if _is_break(key, "from_units_per_year")]
    edges = [one.number.means()[0] for one in starts]
    found["break_from"] = tuple(Constant(edge if position else 0.0) for position, edge in enumerate(edges))
    found["break_below"] = tuple(Constant(edge) for edge in [*edges[1:], 1e300])
    rows: dict[str, list[Bound]] = {name: [] for name in (*_DISPOSITION_ENTRIES, "rest", "scraps")}
    first_rows, count = [], 0
    for group in option.disposition_sets:
        first_rows.append(Constant(float(count)))
        for key in group or ("",):
            _add_disposition(option, key, rows)
            count += 1
    sets = [option.disposition_sets.index(option.dispositions[mode.name]) for mode in option.modes]
    found |= {entry.name: tuple(rows[name]) for name, entry in _DISPOSITION_ENTRIES.items()}
    return found | {
        "disposition_rest": tuple(rows["rest"]),
        "disposition_scraps": tuple(rows["scraps"]),
        "disposition_first_rows": tuple(first_rows),
        "disposition_sets": tuple(Constant(float(one)) for one in sets),
    }


def _is_break(key: str, name: str) -> bool:
    return key.startswith("price_breaks.") and key.endswith(f".{name}")


def _add_disposition(option: Option, key: str, rows: dict[str, list[Bound]]) -> None:
    """Add one disposition to the rows; an empty key stands for a mode that has none."""
    for name, entry in _DISPOSITION_ENTRIES.items():
        default = entry.default if isinstance(entry.default, float) else 0.0
        rows[name].append(option.inputs.get(f"{key}.{name}", Constant(default)))
    share = rows["share"][-1]
    rows["rest"].append(Constant(float(isinstance(share, Input) and share.number.word == "rest")))
    brings = any(option.means(f"{key}.{name}") != (0.0,) for name in ("recovers", "proceeds"))
    rows["scraps"].append(Constant(float(bool(key) and not brings)))


def _scalar_entries(section: type[Section], prefix: str = "") -> dict[str, Entry]:
    """Give the entry of every single number under a section, by key."""
    found = {f"{prefix}{name}": entry for name, entry in entries(section).items()}
    for name in section.model_fields:
        inner = section_of(section, name)
        if inner and not collection_of(section, name):
            found |= _scalar_entries(inner, f"{prefix}{name}.")
    return found


SCALARS: Mapping[str, Entry] = {
    key: entry
    for key, entry in {**_scalar_entries(CaseFile), **_scalar_entries(Supplier)}.items()
    if entry.name and not entry.by_mode
}
"""The inputs that formulas know as one number, by key."""
_DISPOSITION_ENTRIES = entries(Disposition)
_AMOUNT = entries(ExtraCost)["amount"]
