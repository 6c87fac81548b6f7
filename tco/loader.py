"""A case file, or plain data, into a checked Case: every problem at once, each with its line."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic_core import PydanticCustomError

from tco import checks, document, options, paths, shape
from tco.case import CaseFile, Entry
from tco.document import Document, Keys
from tco.engine import Engine, Timeline
from tco.errors import CaseError, Problem, Unexpected, UsageError
from tco.numbers import Number
from tco.options import Input, Option

NOT_COMPARED = ("product", "returns", "contacts", "churn", "failures", "failure_rates", "inventory", "extra_costs")
"""Sections in which an option may differ by overrides; on all others options are compared."""


@dataclass(frozen=True)
class Case:
    """A case that can be computed: read, resolved and checked.

    Parameters
    ----------
    file : CaseFile
        What the file states.
    options : tuple of Option
        Every option with its inputs resolved, in the file's order.
    document : Document
        The data and lines that it was read from, scenario and settings applied.
    scenario : str
        The named scenario that was applied, or empty.
    warnings : tuple of str
        Doubts that are part of every result.
    """

    file: CaseFile
    options: tuple[Option, ...]
    document: Document
    scenario: str = ""
    warnings: tuple[str, ...] = ()
    original: Document | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """What the case is called."""
        return self.file.name

    @property
    def baseline(self) -> str:
        """The option that others are compared with."""
        return self.file.baseline

    @property
    def currency(self) -> str:
        """ISO 4217 code of all money in the case."""
        return self.file.currency

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The names of the case's scenarios."""
        return tuple(self.file.scenarios)

    @cached_property
    def timeline(self) -> Timeline:
        """The case's months, calendar, seasonality (of mean 1) and discount rate."""
        weights = [number.means()[0] for number in self.file.demand.seasonality or ()] or [1.0] * 12
        mean = sum(weights) / 12 or 1.0  # twelve zeros are refused by checks, which need a timeline too
        return Timeline(
            months=self.file.horizon_months,
            first_month=int(self.file.start[5:]),
            seasonality=tuple(weight / mean for weight in weights),
            discount_rate=self.file.discount_rate.means()[0],
        )

    @cached_property
    def base(self) -> Engine:
        """The model with every uncertain input at its mean."""
        return Engine(self.options, self.baseline, self.timeline)

    @cached_property
    def inputs(self) -> Mapping[str, Input]:
        """Every input that some option uses, by its path."""
        found = {one.path: one for option in self.options for one in option.inputs.values()}
        return found | {extra.amount.path: extra.amount for option in self.options for extra in option.extras}

    @cached_property
    def fingerprint(self) -> str:
        """Hash of all that the case states: equal for equal cases, whatever their layout."""
        stated = json.dumps(self.document.data, sort_keys=True, default=str)
        return hashlib.sha256(stated.encode()).hexdigest()[:16]

    def option(self, name: str) -> Option:
        """Give an option by its name.

        Raises
        ------
        UsageError
            For an unknown name, with the nearest known one.
        """
        found = next((option for option in self.options if option.name == name), None)
        if found is None:
            known = [option.name for option in self.options]
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"the case has {', '.join(known)}"
            raise UsageError(f"expected a supplier of the case, found '{name}': {hint}")
        return found

    def with_(self, changes: Mapping[str, Any], *, source: str = "with_") -> Case:
        """Give a case with other values at some paths; this one stays as it is.

        Parameters
        ----------
        changes : dict
            Values as a case file would state them, by path.
        source : str
            What messages call the place of the new values.

        Raises
        ------
        CaseError
            For unknown paths or values that the format refuses.

        Examples
        --------
        >>> import tco
        >>> dearer = tco.load("scenarios/cartridges.yaml").with_({"suppliers.borealis.unit_price": 5.10})
        >>> dearer.document.data["suppliers"]["borealis"]["unit_price"]
        5.1
        """
        changed = _changed(self.document, [(path, value, (source, 0)) for path, value in changes.items()])
        return replace(_case(changed), scenario=self.scenario, original=self.original or self.document)


def load(path: str | Path, *, scenario: str = "", changes: Iterable[str] = ()) -> Case:
    """Read a case file, apply a scenario and single settings, and check everything.

    Parameters
    ----------
    path : str or Path
        The YAML file.
    scenario : str
        The name of one of its scenarios; empty for the case as it stands.
    changes : iterable of str
        ``PATH=VALUE`` settings, applied after the scenario.

    Raises
    ------
    CaseError
        With every problem found.
    UsageError
        For a scenario that the case does not have, or a setting without ``=``.

    Examples
    --------
    >>> load("scenarios/cartridges.yaml").baseline
    'acme'
    """
    return from_document(document.read(path), scenario=scenario, changes=changes)


def from_data(data: Mapping[str, Any], *, name: str = "case", folder: str | Path = ".") -> Case:
    """Make a case from plain data, as a case file would hold it.

    Parameters
    ----------
    data : dict
        Keys and values of scenario-format.
    name : str
        What messages call it.
    folder : str or Path
        Where files of samples are looked for.
    """
    return _case(Document(name, _plain(data), {}, Path(folder)))


def from_document(source: Document, *, scenario: str = "", changes: Iterable[str] = ()) -> Case:
    """Check a document, with a scenario and settings applied to it."""
    settings = [_setting(change) for change in changes]
    case = _case(source)
    if scenario:
        case = replace(_case(_with_scenario(source, scenario)), scenario=scenario, original=source)
    if settings:
        changed = _changed(case.document, settings)
        case = replace(_case(changed), scenario=scenario, original=source)
    return case


def _plain(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    return data.item() if hasattr(data, "item") else data


def _case(source: Document) -> Case:
    """Check a document and everything in it; a case only if nothing is wrong."""
    problems, case = _checked(source)
    problems += _scenario_problems(source, problems)
    if problems or case is None:
        raise CaseError(problems)
    return replace(case, warnings=tuple(checks.warnings(case)))


def _checked(source: Document) -> tuple[list[Problem], Case | None]:
    """Find every problem of a document but those of its scenarios, however much is wrong with it."""
    file, mended, problems = shape.check(source)
    if file is None:
        return problems, None
    overrides, entries, found = _overrides(mended, file)
    broken, fatal = checks.references(file, mended)
    problems = [*problems, *found, *broken, *_path_problems(mended, file)]
    if fatal:
        return problems, None
    case = Case(file, options.build(file, overrides, entries), source)
    problems += checks.options(replace(case, document=mended), sound=not problems)
    return problems, case


def _setting(change: str) -> tuple[str, Any, tuple[str, int]]:
    path, equals, text = change.partition("=")
    if not equals:
        raise UsageError(f"expected --set PATH=VALUE, found '{change}'")
    return path.strip(), document.value(text, f"--set {path.strip()}"), (f"--set {change}", 0)


def _with_scenario(source: Document, name: str) -> Document:
    known = source.data.get("scenarios") or {}
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"the case has {', '.join(known) or 'none'}"
        raise UsageError(f"expected a scenario of the case, found '{name}': {hint}")
    return _changed(source, _scenario_changes(source, name))


def _scenario_changes(source: Document, name: str) -> list[tuple[str, Any, tuple[str, int]]]:
    places = source.places
    stated = source.data["scenarios"][name]
    return [(path, value, places.get(("scenarios", name, path), (source.file, 0))) for path, value in stated.items()]


def _changed(source: Document, changes: Iterable[tuple[str, Any, tuple[str, int]]]) -> Document:
    """Put values at paths, each with the place where it was written; refuse unknown paths all at once."""
    problems = []
    for path, value, place in changes:
        try:
            keys = paths.locate(source.data, path).keys
        except Unexpected as error:
            problems.append(Problem(*place, "", error.message, error.hint))
            continue
        source = source.replaced(keys, _plain(value), place)
    if problems:
        raise CaseError(problems)
    return source


def _overrides(
    source: Document, file: CaseFile
) -> tuple[dict[str, dict[str, Number]], dict[str, Entry], list[Problem]]:
    """Read every supplier's overrides as numbers at the keys that they change; and what is wrong with them."""
    problems: list[Problem] = []
    entries: dict[str, Entry] = {}
    found: dict[str, dict[str, Number]] = {}
    for name, supplier in file.suppliers.items():
        found[name] = {}
        for path, raw in supplier.overrides.items():
            keys = ("suppliers", name, "overrides", path)
            for key, one in _leaves(source, path, raw):
                try:
                    entry = _overridable(source, key, name)
                    found[name][key] = _number(entry, one, source.folder)
                    entries[key] = entry
                except Unexpected as error:
                    problems.append(source.problem(keys, error.message, error.hint))
                except PydanticCustomError as error:
                    mistakes = (error.context or {})["problems"]
                    problems += [source.problem(keys, mistake.message, mistake.hint) for mistake in mistakes]
    return found, entries, problems


def _leaves(source: Document, path: str, raw: Any) -> list[tuple[str, Any]]:
    """Take a mapping under the path of a section apart, so that overrides merge key by key."""
    try:
        place = paths.locate(source.data, path)
    except Unexpected:
        return [(path, raw)]
    if place.entry is None and isinstance(raw, Mapping) and raw:
        return [leaf for key, one in raw.items() for leaf in _leaves(source, f"{path}.{key}", one)]
    return [(path, raw)]


def _overridable(source: Document, path: str, supplier: str) -> Entry:
    """Give the entry of a shared input that one option may change.

    Raises
    ------
    Unexpected
        For an unknown path, one on which all options are compared, or one that leads to no number.
    """
    place = paths.locate(source.data, path)
    root = path.split(".")[0]
    if root == "suppliers":
        own = path.startswith(f"suppliers.{supplier}.")
        hint = f"write it under suppliers.{supplier} itself" if own else "an option cannot change another one"
        raise Unexpected(f"expected a shared input, found '{path}'", hint)
    if root not in NOT_COMPARED or path.startswith("product.sale_price"):
        message = f"expected an input in which options may differ, found '{path}', on which all options are compared"
        raise Unexpected(message, "change it for all options, or in a scenario")
    if place.entry is None:
        raise Unexpected(f"expected the path of a number, found '{path}'", "name one number in it")
    return place.entry


def _number(entry: Entry, raw: Any, folder: Path) -> Number:
    context = _Context({"folder": folder})
    found = entry.validate(raw, context)  # type: ignore[arg-type]  # only its context is read
    if not isinstance(found, Number):
        raise Unexpected("expected one number, found a mapping", "name the mode in the path")
    return found


@dataclass(frozen=True)
class _Context:
    context: dict[str, Any]


def _path_problems(source: Document, file: CaseFile) -> list[Problem]:
    """Check the paths of correlations, sources and prices at stake."""
    problems = []
    asked: list[tuple[Keys, str]] = [(("sources", path), path) for path in file.sources]
    for position, correlation in enumerate(file.correlations):
        asked += [(("correlations", position, "between", end), path) for end, path in enumerate(correlation.between)]
    for keys, path in asked:
        try:
            place = paths.locate(source.data, path)
            if paths.stated(source.data, place.keys) is None:
                hint = "state the number there, or name the input that it is inherited from"
                raise Unexpected(
                    f"expected the path of a stated input, found '{path}', which the case leaves out", hint
                )
            if keys[0] == "correlations" and place.entry is None:
                raise Unexpected(f"expected the path of one number, found '{path}'", "name one number in it")
        except Unexpected as error:
            problems.append(source.problem(keys, error.message, error.hint, document.dotted(keys[:1])))
    for name, supplier in file.suppliers.items():
        if supplier.price_at_stake is not None:
            keys = ("suppliers", name, "price_at_stake")
            try:
                place = paths.locate(source.data, supplier.price_at_stake)
                if place.entry is None:
                    message = f"expected the path of one number, found '{supplier.price_at_stake}'"
                    raise Unexpected(message, f"such as suppliers.{name}.unit_price or product.fulfilment_cost")
            except Unexpected as error:
                problems.append(source.problem(keys, error.message, error.hint))
    return problems


def _scenario_problems(source: Document, known: Iterable[Problem]) -> list[Problem]:
    """Check each scenario as the whole case that it makes; what is wrong without it is not told again."""
    problems: list[Problem] = []
    told = set(known)
    scenarios = source.data.get("scenarios")
    for name, changes in scenarios.items() if isinstance(scenarios, Mapping) else ():
        if not isinstance(changes, Mapping):
            continue  # told already: it is no mapping of paths to values
        try:
            changed = _changed(source, _scenario_changes(source, name))
            found, _ = _checked(replace(changed, data={**changed.data, "scenarios": {}}))
        except CaseError as error:
            found = list(error.problems)
        problems += [
            problem._replace(path=f"scenarios.{name}", message=f"{problem.path}: {problem.message}".removeprefix(": "))
            for problem in found
            if problem not in told
        ]
    return problems
