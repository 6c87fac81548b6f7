"""Gaps: what a case leaves out. Nothing is silently zero; what is uneven between options stands first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tco.costs import MODEL
from tco.loader import Case
from tco.options import Input, Option

PresentCosts = Callable[[Case], Mapping[str, float]]

_NEVER_UNEVEN = ("price_breaks", "capacity_units_per_year", "unit_price")
_WHOLE = ("inventory", "disruption")
"""Sections that are one gap where an option states nothing of them."""


@dataclass(frozen=True)
class Gap:
    """Something that a case leaves out.

    Parameters
    ----------
    kind : str
        ``uneven`` (one option states it, another does not), ``unknown`` (a rate written so), or ``line`` (no option
        has inputs for it).
    name : str
        The input's path for the option that lacks it, or the line.
    supplier : str
        The option that lacks it; empty for a line.
    stated_by : tuple of str
        Options that state it.
    value_from : str
        The option whose value `npv_if_equal` uses.
    npv_if_equal : dict of str to float
        All-in NPV of each option that the gap moves, if the other's value were used [money].
    """

    kind: str
    name: str
    supplier: str = ""
    stated_by: tuple[str, ...] = ()
    value_from: str = ""
    npv_if_equal: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {
            "kind": self.kind,
            "name": self.name,
            "supplier": self.supplier,
            "stated_by": list(self.stated_by),
            "value_from": self.value_from,
            "npv_if_equal": dict(self.npv_if_equal),
        }


def find(case: Case, before: Mapping[str, float], present_costs: PresentCosts) -> tuple[Gap, ...]:
    """Find the gaps of a case.

    Parameters
    ----------
    case : Case
        A checked case.
    before : dict of str to float
        The present cost of every option as the case stands.
    present_costs : callable
        Gives the present cost of every option of a case.

    Returns
    -------
    tuple of Gap
        Uneven ones first, each with the NPV if the other option's value were used.
    """
    uneven = [_valued(case, gap, inputs, before, present_costs) for gap, inputs in _uneven(case)]
    return (*uneven, *_missing_lines(case))


def _uneven(case: Case) -> Iterator[tuple[Gap, Mapping[str, Input]]]:
    """Yield each uneven gap with the other option's inputs that would close it."""
    for key in _own_keys(case):
        stating = [option for option in case.options if _states(option, key)]
        for option in case.options:
            if option in stating or _meaningless(case, option, key):
                continue
            if any(not _states(case.option(parent), key) for parent in option.parents):
                continue  # inherited: told once, for the option that it is built on
            unknown = key in option.inputs and option.inputs[key].number.word == "unknown"
            kind = "unknown" if unknown else "uneven"
            path = option.inputs[key].path if unknown else f"suppliers.{option.name}.{key}"
            if not stating:
                yield Gap(kind, path, option.name), {}
                continue
            other = next((one for one in stating if one.name == case.baseline), stating[0])
            inputs = {name: one for name, one in other.inputs.items() if _under(name, key) and not one.number.word}
            yield Gap(kind, path, option.name, tuple(one.name for one in stating), other.name), inputs


def _own_keys(case: Case) -> list[str]:
    """List the inputs that belong to options, a section that may be left out whole as one."""
    keys: dict[str, None] = {}
    for option in case.options:
        for key, one in option.inputs.items():
            top = key.split(".")[0]
            own = one.path.startswith("suppliers.") and ".overrides." not in one.path
            if (own and top not in _NEVER_UNEVEN) or one.number.word == "unknown":
                keys[top if top in _WHOLE and _leaves_out(case, top) else key] = None
    return list(keys)


def _leaves_out(case: Case, section: str) -> bool:
    return any(not any(_under(key, section) for key in option.inputs) for option in case.options)


def _states(option: Option, key: str) -> bool:
    if key.startswith("chargeback."):
        return key in option.inputs or "chargeback" in option.inputs
    found = [one for name, one in option.inputs.items() if _under(name, key)]
    return bool(found) and not any(one.number.word == "unknown" for one in found)


def _under(name: str, key: str) -> bool:
    return name == key or name.startswith(f"{key}.")


def _meaningless(case: Case, option: Option, key: str) -> bool:
    """Leave out what the baseline, which does not switch, and whatever is built on it need not state."""
    return key == "switching_cost" and (option.name == case.baseline or case.baseline in option.parents)


def _valued(
    case: Case, gap: Gap, inputs: Mapping[str, Input], before: Mapping[str, float], present_costs: PresentCosts
) -> Gap:
    """Add the NPV of each option that closing the gap would move."""
    if not inputs:
        return gap  # no option states it
    closed = tuple(_closed(case, option, gap, inputs) for option in case.options)
    after = present_costs(replace(case, options=closed))
    base = case.baseline
    saved = {name: after[base] - cost for name, cost in after.items() if name != base}
    moved = {name: npv for name, npv in saved.items() if abs(npv - before[base] + before[name]) > 1e-9 * before[base]}
    return replace(gap, npv_if_equal=moved)


def _closed(case: Case, option: Option, gap: Gap, inputs: Mapping[str, Input]) -> Option:
    """Give the option, and those built on it, the other one's inputs."""
    if option.name != gap.supplier and gap.supplier not in option.parents:
        return option
    merged = {
        **inputs,
        **{key: one for key, one in option.inputs.items() if one.number.word != "unknown" or key not in inputs},
    }
    return replace(option, inputs=merged, switches=option.switches | _switches(inputs))


def _switches(inputs: Mapping[str, Input]) -> set[str]:
    names = {one.entry.name for one in inputs.values()}
    return names | ({"holding"} if names & {"holding_rate", "obsolescence_rate"} else set())


def _missing_lines(case: Case) -> Iterator[Gap]:
    """Yield the lines of the model that no option has inputs for."""
    present = {line.cost.line for lines in case.base.lines.values() for line in lines if line.cost}
    for line in dict.fromkeys(line.cost.line for line in MODEL.lines if line.cost):
        if line not in present:
            yield Gap("line", line)
