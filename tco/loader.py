"""A case file, or plain data, into a checked Case: every problem at once, each with its line."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, partial
from importlib import import_module
from os import PathLike
from pathlib import Path
from types import MethodType
from typing import TYPE_CHECKING, Any, cast

from pydantic_core import PydanticCustomError

from tco import checks, document, options, paths, shape
from tco.case import CaseFile, Entry
from tco.document import Document, Keys
from tco.engine import Engine, Timeline
from tco.errors import CaseError, Problem, Unexpected, UsageError, shown, unknown
from tco.frozen import FrozenDict, frozen
from tco.graph import NotFinite
from tco.numbers import Number
from tco.options import Input, Option
from tco.paths import Place

if TYPE_CHECKING:
    import tco
    from tco.progress import Progress

NOT_COMPARED = ("product", "returns", "contacts", "churn", "failures", "failure_rates", "inventory", "extra_costs")
"""Sections in which an option may differ by overrides; on all others options are compared."""

_LONGEST_VALUE = 40


class _Question:
    """A function of the library as a method of its first argument, with its own signature and description.

    Its room stands below this one, so that it is looked up when it is asked for.
    """

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = name

    def __get__(self, case: Case | None, _owner: type | None = None) -> Any:
        function = getattr(import_module("tco"), self.name)
        return function if case is None else MethodType(function, case)


@dataclass(frozen=True, repr=False)
class Case:
    """A case that can be computed: read, resolved and checked.

    What the library does with a case is a method of it too: ``case.simulate(1000, seed=1)`` is
    ``tco.simulate(case, 1000, seed=1)``. Only ``tco.scenarios(case)`` is not: `scenarios` are a case's own names.

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
    original : Document or None
        What it was read from, where a scenario or settings were applied.
    changed : dict
        What `with_` or ``--set`` changed: values as a case file would state them, by path.

    Examples
    --------
    >>> import tco
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> case.compare().cheapest.supplier
    'borealis_box'
    >>> case.with_({"suppliers.borealis.unit_price": 5.10}).variant
    'suppliers.borealis.unit_price = 5.1'
    """

    file: CaseFile
    options: tuple[Option, ...]
    document: Document
    scenario: str = ""
    warnings: tuple[str, ...] = ()
    original: Document | None = None
    changed: Mapping[str, Any] = field(default_factory=FrozenDict)

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
        """The names of the case's scenarios; `tco.scenarios` decides each of them."""
        return tuple(self.file.scenarios)

    @property
    def changes(self) -> tuple[str, ...]:
        """What was changed, each as ``path = value``, so that variants can be told apart."""
        return tuple(f"{document.printable(path)} = {_short(value)}" for path, value in self.changed.items())

    @property
    def variant(self) -> str:
        """What was made of the file: its scenario and changes, or ``as it stands``."""
        return ", ".join(part for part in (self.scenario, *self.changes) if part) or "as it stands"

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
        extras = {extra.amount.path: extra.amount for option in self.options for extra in option.extras}
        return FrozenDict(found | extras)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of all that the case states: equal for equal cases, whatever their layout."""
        stated = json.dumps(self.document.data, sort_keys=True, default=str)
        return hashlib.sha256(stated.encode()).hexdigest()[:16]

    def __getstate__(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}  # what is computed from them is left behind

    def __copy__(self) -> Case:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Case:
        return self

    def source_of(self, one: Input) -> str:
        """Give the source stated for an input: beside it, by its path, or for the section around it; empty for none.

        What is stated for single contract years by their paths comes with it.
        """
        path, years = one.path, f"{one.path}.by_year."
        stated = one.number.source
        while not stated and path:
            stated = self.file.sources.get(path, "")
            path = path.rpartition(".")[0]
        told = [
            (int(key.removeprefix(years)), text) for key, text in self.file.sources.items() if key.startswith(years)
        ]
        return "; ".join([stated] * bool(stated) + [f"year {year + 1}: {text}" for year, text in sorted(told)])

    def option(self, name: str) -> Option:
        """Give an option by its name.

        Raises
        ------
        UsageError
            For an unknown name, with the nearest known one.
        """
        found = next((option for option in self.options if option.name == name), None)
        if found is None:
            raise unknown("a supplier of the case", name, [option.name for option in self.options])
        return found

    if TYPE_CHECKING:
        acceptability = tco.acceptability
        belief = tco.belief
        breakeven = tco.breakeven
        cash_flow = tco.cash_flow
        compare = tco.compare
        curve = tco.curve
        decide = tco.decide
        diff = tco.diff
        evidence = tco.evidence
        explain = tco.explain
        grid = tco.grid
        information = tco.information
        live = tco.live
        report = tco.report
        sensitivity = tco.sensitivity
        simulate = tco.simulate
        slides = tco.slides
        table = tco.table
        tornado = tco.tornado
        whatif = tco.whatif
        workbook = tco.workbook
    else:
        acceptability = _Question()
        belief = _Question()
        breakeven = _Question()
        cash_flow = _Question()
        compare = _Question()
        curve = _Question()
        decide = _Question()
        diff = _Question()
        evidence = _Question()
        explain = _Question()
        grid = _Question()
        information = _Question()
        live = _Question()
        report = _Question()
        sensitivity = _Question()
        simulate = _Question()
        slides = _Question()
        table = _Question()
        tornado = _Question()
        whatif = _Question()
        workbook = _Question()

    def chart(
        self,
        kind: str,
        path: str | Path,
        supplier: str = "",
        *,
        x: str = "",
        y: str = "",
        n: int = 16_384,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> None:
        """Draw a chart of the case and write it to a file: see `tco.chart`, whose functions draw results on axes."""
        import tco

        tco.chart(kind, self, path, supplier, x=x, y=y, n=n, seed=seed, progress=progress)

    def __str__(self) -> str:
        options = ", ".join(option.name for option in self.options)
        uncertain = sum(not one.number.is_fixed for one in self.inputs.values())
        name = f"{self.name} ({self.variant})" if self.scenario or self.changes else self.name
        return f"{name}: {options}; baseline {self.baseline}; {len(self.inputs)} inputs, {uncertain} uncertain"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(str(self))}</p>"

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
        if not isinstance(changes, Mapping):
            hint = "write with_({'suppliers.NAME.unit_price': 5.1})"
            raise UsageError(f"expected new values by path, found {shown(changes)}: {hint}")
        stated = {path: plain(value) for path, value in changes.items()}
        changed = _case(*_changed(self.document, [(path, value, (source, 0)) for path, value in stated.items()]))
        kept = {path: value for path, value in self.changed.items() if path not in stated}
        return replace(
            changed,
            scenario=self.scenario,
            original=self.original or self.document,
            changed=frozen(kept | stated),
        )

    def under(self, scenario: str) -> Case:
        """Give the case under another of its scenarios; what was changed stays so, whatever the scenario says.

        Raises
        ------
        CaseError
            Where a change fits this case and not the scenario.
        UsageError
            For a scenario that the case does not have.

        Examples
        --------
        >>> import tco
        >>> dearer = tco.load("scenarios/cartridges.yaml").with_({"suppliers.borealis.unit_price": 5.10})
        >>> dearer.under("tariff shock").variant
        'tariff shock, suppliers.borealis.unit_price = 5.1'
        """
        source = self.original or self.document
        new = [(path, value, ("with_", 0)) for path, value in self.changed.items() if path.split(".")[0] == "scenarios"]
        found = from_document(_changed(source, new)[0], scenario=scenario)
        return replace(found.with_(self.changed), original=source) if self.changed else found


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
    if not isinstance(path, str | PathLike):
        raise UsageError(f"expected the name of a case file, found {shown(path)}: tco.from_data takes plain data")
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

    Examples
    --------
    >>> import tco
    >>> case = tco.from_data({
    ...     "tco": 1, "name": "two boxes", "currency": "EUR", "start": "2027-01", "horizon_months": 12,
    ...     "discount_rate": "8%", "baseline": "plain", "demand": {"units_per_year": 1000},
    ...     "suppliers": {"plain": {"unit_price": 1.0}, "padded": {"unit_price": 1.2}},
    ... })
    >>> case.compare().cheapest.supplier
    'plain'
    """
    if not isinstance(data, Mapping):
        hint = "tco.load reads a case file" if isinstance(data, str | Path) else "tco.init writes a case to start from"
        raise UsageError(f"expected the keys and values of a case, found {shown(data)}: {hint}")
    return _case(Document(name, plain(data), {}, Path(folder)))


def from_document(source: Document, *, scenario: str = "", changes: Iterable[str] = ()) -> Case:
    """Check a document, with a scenario and settings applied to it."""
    settings = _settings(changes)
    case = _case(source)
    if scenario:
        case = replace(_case(*_with_scenario(source, scenario)), scenario=scenario, original=source)
    if settings:
        changed = frozen({path: value for path, value, _ in settings})
        case = replace(_case(*_changed(case.document, settings)), scenario=scenario, original=source, changed=changed)
    return case


def _short(value: Any) -> str:
    words = document.printable(json.dumps(value, default=str, ensure_ascii=False).replace('"', ""))
    return words if len(words) <= _LONGEST_VALUE else words[: _LONGEST_VALUE - 1] + "…"


def plain(data: Any) -> Any:
    """Give data as a file would hold it: arrays and series as lists, numbers of any kind as Python's own."""
    if isinstance(data, Mapping):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(value) for value in data]
    if hasattr(data, "tolist"):
        return plain(data.tolist())
    return float(data) if isinstance(data, Decimal | Fraction) else data


def checked_case(one: Any) -> Case:
    """Give a case as it is, and refuse anything else.

    Raises
    ------
    UsageError
        For a file's name, plain data, or whatever else is no case.
    """
    if isinstance(one, Case):
        return one
    how = "tco.from_data(...)" if isinstance(one, Mapping) else "tco.load(file)"
    raise UsageError(f"expected a case, found {shown(one)}: {how} gives one")


def _case(source: Document, unknown: Sequence[Problem] = ()) -> Case:
    """Check a document and everything in it; a case only if nothing is wrong, unknown paths of changes included."""
    problems, case = _checked(source)
    problems = [*unknown, *problems]
    problems += _scenario_problems(source, problems)
    if problems or case is None:
        raise CaseError(_told_once(problems))
    try:
        return replace(case, warnings=tuple(checks.warnings(case)))
    except NotFinite as error:
        raise CaseError([_not_finite(source, error)]) from None


def _checked(source: Document) -> tuple[list[Problem], Case | None]:
    """Find every problem of a document but those of its scenarios, however much is wrong with it."""
    file, mended, problems = shape.check(source)
    problems = [*source.problems, *problems]
    told = {problem.path for problem in problems if problem.path}
    if file is None:
        return problems, None
    overrides, entries, found = _overrides(mended, file, told)
    problems += found + checks.references(file, mended, told)
    if not checks.resolvable(file):
        return [*problems, *_path_problems(mended, file, {problem.path for problem in problems if problem.path})], None
    case = Case(file, options.build(file, overrides, entries), source)
    try:
        problems += checks.options(replace(case, document=mended), {problem.path for problem in problems})
    except NotFinite as error:
        problems.append(_not_finite(source, error))
    problems += _path_problems(mended, file, {problem.path for problem in problems if problem.path})
    return problems, case


def _not_finite(source: Document, error: NotFinite) -> Problem:
    hint = "one of these numbers is far too large, or divides and is 0"
    return source.problem((), f"expected numbers that can be computed with, found that {error}", hint)


_UNKNOWN = re.compile(r": nothing called '(.*)' in (.*)$|expected a (mode|supplier) of .*, found '(.*)'$")
_HOMES = {"mode": "failures", "supplier": "suppliers"}


def _told_once(problems: Iterable[Problem]) -> list[Problem]:
    """Tell of an unknown name where it stands first, and only if nothing is wrong with what should have given it."""
    first: dict[tuple[str, ...], Problem] = {}
    lines: dict[tuple[str, ...], list[str]] = {}
    for problem in sorted(set(problems)):
        subject = _subject(problem)
        there = first.setdefault(subject, problem)
        if problem.file == there.file and 0 < problem.line != there.line:
            lines.setdefault(subject, []).append(str(problem.line))
    paths_told = {problem.path for problem in problems if problem.path}
    mistaken = {re.sub(r"^(extra_costs)\.\d+(\.name)?$", r"\1", path) for path in paths_told}
    known = {subject: problem for subject, problem in first.items() if not mistaken & set(subject[1:2])}
    return [_also(problem, list(dict.fromkeys(lines.get(subject, ())))) for subject, problem in known.items()]


def _also(problem: Problem, lines: list[str]) -> Problem:
    shown = ", ".join(lines[:5]) + (f" and {len(lines) - 5} more" if len(lines) > 5 else "")
    there = f" (also in line{'s' * (len(lines) > 1)} {shown})" if lines else ""
    return Problem(problem.file, problem.line, problem.path, problem.message, f"{problem.hint}{there}")


def _subject(problem: Problem) -> tuple[str, ...]:
    """Give what is unknown, after the section that should have given it; for other problems all of it."""
    found = _UNKNOWN.search(problem.message)
    if not found:
        return (problem.file, "", str(problem.line), problem.path, problem.message, problem.hint)
    part, place, kind, name = found.groups()
    if kind is None and place.endswith(("failure_rates", "chargeback")):
        kind = "mode"
    return (problem.file, _HOMES.get(kind, place), name or part)


def _settings(changes: Iterable[str]) -> list[tuple[str, Any, tuple[str, int]]]:
    """Read ``PATH=VALUE`` settings; refuse all that cannot be read at once."""
    settings: list[tuple[str, Any, tuple[str, int]]] = []
    problems: list[Problem] = []
    for change in [changes] if isinstance(changes, str) else changes:
        path, equals, text = change.partition("=")
        if not equals:
            raise UsageError(f"expected --set PATH=VALUE, found '{change}'")
        try:
            value = document.value(text, f"--set {document.printable(path.strip())}")
            settings.append((path.strip(), value, (f"--set {document.printable(change)}", 0)))
        except CaseError as error:
            problems += error.problems
    if problems:
        raise CaseError(problems)
    return settings


def _with_scenario(source: Document, name: str) -> tuple[Document, list[Problem]]:
    known = source.data.get("scenarios") or {}
    if name not in known:
        raise unknown("a scenario of the case", name, known)
    return _changed(source, _scenario_changes(source, name))


def _scenario_changes(source: Document, name: str) -> list[tuple[str, Any, tuple[str, int]]]:
    places = source.places
    stated = source.data["scenarios"][name]
    return [(path, value, places.get(("scenarios", name, path), (source.file, 0))) for path, value in stated.items()]


def _changed(source: Document, changes: Iterable[tuple[str, Any, tuple[str, int]]]) -> tuple[Document, list[Problem]]:
    """Put values at paths, each with the place where it was written; and give the paths that lead nowhere."""
    problems = []
    for path, value, place in changes:
        try:
            source = source.replaced(paths.locate(source.data, path).keys, plain(value), place)
        except Unexpected as error:
            message, hint = map(document.printable, (error.message, error.hint))
            problems.append(Problem(*place, "", message, hint))
    return source, problems


def _overrides(
    source: Document, file: CaseFile, told: Collection[str]
) -> tuple[dict[str, dict[str, Number]], dict[str, Entry], list[Problem]]:
    """Read every supplier's overrides as numbers at the keys that they change; and what is wrong with them."""
    problems: list[Problem] = []
    entries: dict[str, Entry] = {}
    found: dict[str, dict[str, Number]] = {}
    for name, supplier in file.suppliers.items():
        found[name] = {}
        for path, raw in supplier.overrides.items():
            for keys, key, one in _leaves(source, ("suppliers", name, "overrides", path), path, raw):
                where = f"suppliers.{name}.overrides.{key}"
                try:
                    entry = _overridable(source, key, name)
                    found[name][key] = _number(entry, one, source.folder)
                    entries[key] = entry
                except Unexpected as error:
                    problems.append(source.problem(keys, error.message, error.hint, where))
                except PydanticCustomError as error:
                    mistakes = (error.context or {})["problems"]
                    problems += [source.problem(keys, mistake.message, mistake.hint, where) for mistake in mistakes]
                    found[name][key], entries[key] = shape.STAND_IN, entry
    return found, entries, [one for one in problems if not _leads_into(one, told)]


def _leads_into(problem: Problem, told: Collection[str]) -> bool:
    """Say whether an override leads nowhere because of what it leads into: a mistake is told there."""
    path = problem.path.partition(".overrides.")[2]
    return _UNKNOWN.search(problem.message) is not None and shape.follows(path, told)


def _leaves(source: Document, keys: Keys, path: str, raw: Any) -> list[tuple[Keys, str, Any]]:
    """Take a mapping under the path of a section apart, so that overrides merge key by key."""
    try:
        place = paths.locate(source.data, path)
    except Unexpected:
        return [(keys, path, raw)]
    if place.entry is None and isinstance(raw, Mapping) and raw:
        inner = [_leaves(source, (*keys, key), f"{path}.{key}", one) for key, one in raw.items()]
        return [leaf for leaves in inner for leaf in leaves]
    return [(keys, path, raw)]


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
        another = "an option cannot change another one: change it there, or in a scenario"
        hint = f"write it under suppliers.{supplier} itself" if own else another
        raise Unexpected(f"expected a shared input, found '{path}'", hint)
    if root not in NOT_COMPARED or path.startswith("product.sale_price"):
        message = f"expected an input in which options may differ, found '{path}', on which all options are compared"
        raise Unexpected(message, "change it for all options, or in a scenario")
    if place.is_year:
        whole = path.rpartition(".by_year.")[0]
        hint = f"an option states all its years anew: write {whole}: {{by_year: [...]}}"
        raise Unexpected(f"expected the path of a whole input, found '{path}', one contract year of it", hint)
    if place.entry is None:
        hint = "an option changes numbers: name one, such as failures.MODE.returned"
        raise Unexpected(f"expected the path of a number, found '{path}'", hint)
    return place.entry


def _number(entry: Entry, raw: Any, folder: Path) -> Number:
    context = _Context({"folder": folder})
    found = entry.validate(raw, context)  # type: ignore[arg-type]  # only its context is read
    return cast(Number, found)  # only chargebacks are given by modes, and they are each supplier's own


@dataclass(frozen=True)
class _Context:
    context: dict[str, Any]


def _path_problems(source: Document, file: CaseFile, told: Collection[str]) -> list[Problem]:
    """Check the paths of correlations, sources and prices at stake, but those into what is told to be mistaken."""
    problems = []
    for keys, path, check in _asked(source, file):
        if shape.follows(path, told) or shape.follows(source.path(keys), told):
            continue
        try:
            check((paths.locate if keys[0] == "suppliers" else paths.locate_year)(source.data, path))
        except Unexpected as error:
            problems.append(source.problem(keys, error.message, error.hint))
    return problems


def _asked(source: Document, file: CaseFile) -> Iterator[tuple[Keys, str, Callable[[Place], None]]]:
    """Yield the paths that a case names, each with its place and with what refuses the wrong kind of input."""
    for path in file.sources:
        yield ("sources", path), path, partial(_is_stated, source, path)
    for position, correlation in enumerate(file.correlations):
        for end, path in enumerate(correlation.between):
            yield ("correlations", position, "between", end), path, partial(_is_stated_number, source, path)
    for name, supplier in file.suppliers.items():
        if supplier.price_at_stake is not None:
            path = supplier.price_at_stake
            yield ("suppliers", name, "price_at_stake"), path, partial(_is_price, file, name, path)


def _is_stated(source: Document, path: str, place: Place) -> None:
    if paths.stated(source.data, place.keys) is None:
        hint = "state the number there, or name the input that it is inherited from"
        raise Unexpected(f"expected the path of a stated input, found '{path}', which the case leaves out", hint)


def _is_stated_number(source: Document, path: str, place: Place) -> None:
    _is_stated(source, path, place)
    if place.entry is None:
        hint = "name one number in it, such as failures.MODE.churn"
        raise Unexpected(f"expected the path of one number, found '{path}'", hint)


def _is_price(file: CaseFile, name: str, path: str, place: Place) -> None:
    """Refuse as a price at stake what is no money, what all options are compared on, and what is another option's."""
    hint = f"name a price or cost, such as suppliers.{name}.unit_price or product.fulfilment_cost"
    if place.entry is None or not place.entry.unit.startswith("money"):
        raise Unexpected(f"expected the path of a price or cost, found '{path}'", hint)
    if place.is_year:
        whole = path.rpartition(".by_year.")[0]
        raise Unexpected(
            f"expected a price of all years, found '{path}', that of one", f"write {whole}: all turn together"
        )
    root, _, rest = path.partition(".")
    if root == "suppliers" and not any(rest.startswith(f"{owner}.") for owner in checks.lineage(file, name)):
        raise Unexpected(f"expected a price or cost of {name}, found '{path}'", hint)
    if path.startswith("product.sale_price"):
        raise Unexpected(f"expected a price or cost of {name}, found '{path}', on which options are compared", hint)


def _scenario_problems(source: Document, known: Sequence[Problem]) -> list[Problem]:
    """Check each scenario as the whole case that it makes; what is wrong without it is not told again."""
    problems: list[Problem] = []
    told = {problem.path for problem in known if problem.path}
    scenarios = source.data.get("scenarios")
    for name, changes in scenarios.items() if isinstance(scenarios, Mapping) else ():
        if not isinstance(changes, Mapping):
            continue  # told already: it is no mapping of paths to values
        stated = [one for one in _scenario_changes(source, name) if not shape.follows(one[0], told)]
        changed, found = _changed(source, stated)
        found += _checked(replace(changed, data={**changed.data, "scenarios": {}}, problems=()))[0]
        written = {place for *_, place in stated}
        new = [one for one in found if one not in known and not shape.follows(one.path, told)]
        problems += [_of_scenario(source, name, problem, written) for problem in new]
    return problems


def _of_scenario(source: Document, name: str, problem: Problem, written: Collection[tuple[str, int]]) -> Problem:
    """Tell a problem of a scenario where the scenario is written."""
    place = (problem.file, problem.line)
    file, line = place if place in written else source.places.get(("scenarios", name), place)
    message = f"{problem.path}: {problem.message}".removeprefix(": ")
    return Problem(file, line, f"scenarios.{name}", message, problem.hint)
