"""Numbers as people write them: 8%, 50_000, 2% to 4%, 412 of 9_800, {pert: [...]}, {by_year: [...]}, with a source."""

from __future__ import annotations

import csv
import difflib
import math
import re
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tco import distributions
from tco.distributions import Distribution, Fixed
from tco.errors import Unexpected

KINDS: Mapping[str, tuple[str, float, float]] = {
    "share": ("a share between 0 and 1", 0.0, 1.0),
    "rate": ("a rate above -100 %", -1.0, math.inf),
    "positive": ("0 or more", 0.0, math.inf),
    "number": ("a number", -math.inf, math.inf),
}
"""Each kind of input: how messages call it, its lowest and its highest value (a rate stays above its lowest)."""

PERCENTILES: Mapping[str, float] = {
    "p5": 0.05,
    "p10": 0.10,
    "p25": 0.25,
    "p50": 0.50,
    "p75": 0.75,
    "p90": 0.90,
    "p95": 0.95,
}
REMARKS = ("source", "owner", "grade", "note", "date")
FORMS = (
    "pert",
    "triangular",
    "uniform",
    "normal",
    "lognormal",
    "gamma",
    "beta",
    "metalog",
    "discrete",
    "samples",
    "by_year",
    "value",
)
NEGLIGIBLE = 1e-9
"""A distribution may have this share of its draws outside its input's bounds: less than one in a billion."""
LARGEST_SAMPLES_FILE = 64 * 2**20

_NUMBER = re.compile(r"[-+]?(\d[\d_]*(\.\d[\d_]*|\.)?|\.\d[\d_]*)([eE][-+]?\d+)?")


@dataclass(frozen=True)
class Number:
    """One number of a case file: its value or distribution, and what was said about it.

    Parameters
    ----------
    value : Distribution or tuple of Number
        A tuple is a path by contract year, the last value holding.
    source, owner, grade, note, date : str
        As written beside it.
    word : str
        ``unknown`` (counts as 0 and marks the result incomplete) or ``rest`` (what others leave), where so written.
    """

    value: Distribution | tuple[Number, ...]
    source: str = ""
    owner: str = ""
    grade: str = ""
    note: str = ""
    date: str = ""
    word: str = ""

    @property
    def is_path(self) -> bool:
        """Whether it has a value for each contract year."""
        return isinstance(self.value, tuple)

    @property
    def is_fixed(self) -> bool:
        """Whether it has no uncertainty."""
        if isinstance(self.value, tuple):
            return all(year.is_fixed for year in self.value)
        return isinstance(self.value, Fixed)

    def means(self) -> tuple[float, ...]:
        """Give its mean, or the mean of each contract year that it states."""
        if isinstance(self.value, tuple):
            return tuple(mean for year in self.value for mean in year.means())
        return (self.value.mean(),)


@dataclass(frozen=True)
class Manner:
    """How a number may be written in its place.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    percent : bool
        Whether it may be written with a percent sign.
    fixed, path : bool
        Whether it must be a plain number; whether it may have a value for each contract year.
    folder : Path
        Where files of samples are looked for.
    """

    kind: str
    percent: bool
    fixed: bool = False
    path: bool = False
    folder: Path = Path()

    @property
    def expected(self) -> str:
        """How messages call it."""
        return KINDS[self.kind][0]

    @property
    def wanted(self) -> str:
        """How messages call it where what was found is no number at all."""
        return f"a number, {self.expected}" if self.kind == "positive" else self.expected

    @property
    def example(self) -> str:
        """How it may be written, in the words of a hint."""
        plain = "8% or 0.08" if self.percent else "12.4 or 50_000"
        return f"write a number such as {plain}" + ("" if self.fixed else f", or a range such as {self._range}")

    @property
    def _range(self) -> str:
        return "2% to 4%" if self.percent else "2 to 4"


class NumberErrors(ValueError):
    """Every mistake in one number."""

    def __init__(self, problems: Sequence[Unexpected]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


def read(raw: Any, manner: Manner) -> Number:
    """Read a number as a case file states it.

    Parameters
    ----------
    raw : int, float, str or dict
        What the file holds in its place.
    manner : Manner
        How it may be written there.

    Raises
    ------
    NumberErrors
        With every mistake found.

    Examples
    --------
    >>> read("8%", Manner("share", percent=True)).value
    Fixed(value=0.08)
    """
    try:
        if isinstance(raw, Mapping) and "value" in raw:
            return _with_remarks(raw, manner)
        if isinstance(raw, Mapping) and "by_year" in raw:
            return _path(raw, manner)
        return Number(_checked(_distribution(raw, manner), manner))
    except Unexpected as problem:
        raise NumberErrors([problem]) from None


def is_number_form(raw: Any) -> bool:
    """Say whether a mapping is a number in one of its forms, and not a mapping of names to numbers."""
    return isinstance(raw, Mapping) and any(key in FORMS for key in raw)


def literal(raw: Any, manner: Manner) -> float:
    """Read one plain number, such as ``12.4``, ``50_000`` or ``8%``, and hold it to its bounds."""
    value, percent = _parsed(raw, manner)
    expected, low, high = KINDS[manner.kind]
    shown = _shown(raw)
    if not abs(value) < distributions.HUGE:
        number = f"write a number such as {'8%' if manner.kind in ('share', 'rate') else '12.5'}"
        hint = number if math.isnan(value) else "write a smaller number"
        raise Unexpected(f"expected {expected}, found {shown}", hint)
    if manner.kind == "rate" and not percent and abs(value) >= 1:
        hint = f"write {value:g}% or {value / 100:g}; {value * 100:g}% if that is what it is"
        raise Unexpected(f"expected {expected}, found {shown}", hint)
    if not (low <= value <= high) or (manner.kind == "rate" and value == low):
        raise Unexpected(f"expected {expected}, found {shown}", _bounds_hint(value, manner, percent))
    return value


def _with_remarks(raw: Mapping[str, Any], manner: Manner) -> Number:
    problems = []
    for key in raw:
        if key not in ("value", *REMARKS):
            near = difflib.get_close_matches(key, ("value", *REMARKS), n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"beside a value: {', '.join(REMARKS)}"
            problems.append(Unexpected("unknown key", hint, (key,)))
    remarks = {}
    for key in REMARKS:
        if key in raw and not isinstance(raw[key], str):
            problems.append(Unexpected(f"expected text, found {_shown(raw[key])}", "put it in quotes", (key,)))
        elif key == "grade" and raw.get(key) not in (None, "hard", "estimated", "soft"):
            found = f"expected hard, estimated or soft, found {_shown(raw[key])}"
            problems.append(Unexpected(found, "write one of them: how well finance can check the number", (key,)))
        elif key in raw:
            remarks[key] = raw[key]
    try:
        if isinstance(raw["value"], Mapping) and "value" in raw["value"]:
            hint = "write one of the two: {value: 12.4, source: ...}"
            raise NumberErrors([Unexpected("expected a number, found a value within a value", hint)])
        number = replace(read(raw["value"], manner), **remarks)
    except NumberErrors as errors:
        problems += [Unexpected(p.message, p.hint, ("value", *p.at)) for p in errors.problems]
    if problems:
        raise NumberErrors(problems)
    return number


def _path(raw: Mapping[str, Any], manner: Manner) -> Number:
    if not manner.path:
        raise Unexpected(
            "expected one value for all years, found a path by contract year",
            "write one number; rates and recurring money may follow a path",
            ("by_year",),
        )
    _only(raw, ("by_year",))
    years = raw["by_year"]
    if not isinstance(years, list) or not years:
        raise Unexpected(
            f"expected a list with a value for each contract year, found {_shown(years)}",
            "write {by_year: [first, second, ...]}",
            ("by_year",),
        )
    problems, numbers = [], []
    for position, year in enumerate(years):
        try:
            numbers.append(read(year, replace(manner, path=False)))
        except NumberErrors as errors:
            problems += [Unexpected(p.message, p.hint, ("by_year", position, *p.at)) for p in errors.problems]
    if problems:
        raise NumberErrors(problems)
    return Number(tuple(numbers))


def _distribution(raw: Any, manner: Manner) -> Distribution:
    if isinstance(raw, str):
        for joint, reader in ((" to ", _interval), (" of ", _counts)):
            if joint in raw:
                return reader(*raw.split(joint, 1), raw=raw, manner=manner)
    if not isinstance(raw, Mapping):
        return Fixed(literal(raw, manner))
    form = next((key for key in raw if key in FORMS), None)
    if form is None:
        key = next(iter(raw), "")
        near = difflib.get_close_matches(str(key), FORMS, n=1)
        found = f"a mapping with the key '{key}'" if raw else "an empty mapping"
        raise Unexpected(
            f"expected {manner.wanted}, found {found}",
            f"did you mean '{near[0]}'?" if near else "write a number or one of " + ", ".join(FORMS[:-1]),
            (key,) if raw else (),
        )
    _refuse_if_fixed(raw, manner)
    if form == "samples":
        return _samples(raw, manner)
    _only(raw, (form,))
    return _FORM_READERS[form](form, raw[form], manner)


def _interval(low: str, high: str, *, raw: str, manner: Manner) -> Distribution:
    _refuse_if_fixed(raw, manner)
    if manner.kind in ("share", "rate") and _lacks_percent((low, high), manner):
        hint = f"write {_with_percent(low)} to {_with_percent(high)}"
        raise Unexpected(f"expected {manner.expected} at both ends, found {raw!r}", hint)
    return distributions.from_interval(literal(low, manner), literal(high, manner), manner.kind)


def _lacks_percent(raw: Sequence[Any], manner: Manner) -> bool:
    """Say whether 8 was written for 8%: above 1, or above a later end that has its percent sign."""
    try:
        ends = [_parsed(one, manner) for one in raw]
    except Unexpected:
        return False  # told where each is read
    bare = [position for position, (_, percent) in enumerate(ends) if not percent]
    too_large = any(1 < abs(ends[position][0]) <= 100 for position in bare)
    return too_large or any(ends[p][0] >= end for p in bare for end, percent in ends[p + 1 :] if percent)


def _with_percent(raw: Any) -> str:
    return f"{str(raw).strip().removesuffix('%').rstrip()}%"


def _counts(events: str, trials: str, *, raw: str, manner: Manner) -> Distribution:
    if manner.kind != "share":
        raise Unexpected(
            f"expected {manner.expected}, found counts, {raw!r}", "only a share can be written as events of trials"
        )
    _refuse_if_fixed(raw, manner)
    count = Manner("positive", percent=False)
    try:
        numbers = literal(events, count), literal(trials, count)
    except Unexpected:
        hint = "write whole numbers, such as 412 of 9_800"
        raise Unexpected(f"expected events of trials, found {raw!r}", hint) from None
    return distributions.from_counts(*numbers)


def _ends(form: str, raw: Any, manner: Manner) -> Distribution:
    """Read PERT, triangular or uniform: a list of two or three numbers from low to high."""
    needed = ("low", "high") if form == "uniform" else ("low", "most likely", "high")
    if not isinstance(raw, list) or len(raw) != len(needed):
        found = f"{len(raw)} numbers" if isinstance(raw, list) else _shown(raw)
        commas = "; decimals take a point" if isinstance(raw, list) and len(raw) > len(needed) else ""
        hint = f"write {{{form}: [{', '.join(needed)}]}}{commas}"
        raise Unexpected(f"expected {len(needed)} numbers from low to high, found {found}", hint, (form,))
    if manner.kind in ("share", "rate") and _lacks_percent(raw, manner):
        hint = f"write {{{form}: [{', '.join(map(_with_percent, raw))}]}}"
        raise Unexpected(f"expected {manner.expected} each, found {', '.join(map(str, raw))}", hint, (form,))
    values = [_at((form, position), one, manner) for position, one in enumerate(raw)]
    try:
        return _ENDS[form](*values)
    except Unexpected as problem:
        raise Unexpected(problem.message, problem.hint, (form,)) from None


def _family(form: str, raw: Any, manner: Manner) -> Distribution:
    """Read normal, lognormal, gamma or beta: mean and sd, or two percentiles."""
    hint = f"write {{{form}: {{mean: ..., sd: ...}}}} or two of {', '.join(PERCENTILES)}"
    if not isinstance(raw, Mapping) or not (
        set(raw) == {"mean", "sd"} or (len(raw) == 2 and set(raw) <= set(PERCENTILES))
    ):
        found = ", ".join(map(str, raw)) if isinstance(raw, Mapping) else _shown(raw)
        raise Unexpected(f"expected mean and sd, or two percentiles, found {found or 'nothing'}", hint, (form,))
    try:
        if "sd" in raw:
            mean, sd = _at((form, "mean"), raw["mean"], manner), _spread(form, raw["sd"], manner)
            return distributions.from_moments(form, mean, sd)
        return distributions.from_percentiles(
            form, {PERCENTILES[key]: _at((form, key), value, manner) for key, value in raw.items()}
        )
    except Unexpected as problem:
        raise Unexpected(problem.message, problem.hint, problem.at or (form,)) from None


def _spread(form: str, raw: Any, manner: Manner) -> float:
    """Read an sd: a plain number, and where percent signs are usual not 2 for 2%."""
    sd = _at((form, "sd"), raw, Manner("number", percent=manner.percent))
    if manner.kind in ("share", "rate") and sd > 1 and not _parsed(raw, manner)[1]:
        raise Unexpected(f"expected an sd below 1, found {_shown(raw)}", f"write {sd:g}% or {sd / 100:g}", (form, "sd"))
    return sd


def _metalog(form: str, raw: Any, manner: Manner) -> Distribution:
    keys = ("p10", "p50", "p90", "min", "max")
    if not isinstance(raw, Mapping) or not set(keys[:3]) <= set(raw) <= set(keys):
        found = ", ".join(map(str, raw)) if isinstance(raw, Mapping) else _shown(raw)
        hint = "write {metalog: {p10: ..., p50: ..., p90: ...}}, with min and max where there are any"
        raise Unexpected(f"expected p10, p50 and p90, found {found}", hint, (form,))
    values = {key: _at((form, key), value, manner) for key, value in raw.items()}
    try:
        return distributions.Metalog(*(values.get(key) for key in keys))  # type: ignore[arg-type]  # the first three are there
    except Unexpected as problem:
        raise Unexpected(problem.message, problem.hint, (form,)) from None


def _discrete(form: str, raw: Any, manner: Manner) -> Distribution:
    if not isinstance(raw, Mapping) or not raw:
        hint = "write {discrete: {12.4: 70%, 13.1: 30%}}"
        raise Unexpected(f"expected values with their shares, found {_shown(raw)}", hint, (form,))
    share = Manner("share", percent=True, fixed=True)
    bare = next((key for key, weight in raw.items() if weight is None), None)
    if bare is not None:
        hint = "write {discrete: {12.4: 70%, 13.1: 30%}}; decimals take a point"
        raise Unexpected(f"expected a share for each value, found none for {bare}", hint, (form,))
    values = tuple(_at((form, key), key, manner) for key in raw)
    weights = tuple(_at((form, key), weight, share) for key, weight in raw.items())
    try:
        return distributions.Discrete(values, weights)
    except Unexpected as problem:
        raise Unexpected(problem.message, problem.hint, (form,)) from None


def _samples(raw: Mapping[str, Any], manner: Manner) -> Distribution:
    _only(raw, ("samples", "column"))
    name, column = (_name(raw, key, what) for key, what in (("samples", "a CSV file"), ("column", "a column")))
    file = manner.folder / name.replace("\0", "\N{REPLACEMENT CHARACTER}")
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            hint = "name a file beside the case file"
            raise Unexpected(f"expected a CSV file of samples, found {name!r}, which is none", hint, ("samples",))
        if file.stat().st_size > LARGEST_SAMPLES_FILE:
            message = f"expected a file of at most {LARGEST_SAMPLES_FILE // 2**20} MiB, found a larger one"
            raise Unexpected(message, "take a sample of its rows", ("samples",))
        with file.open(encoding="utf-8-sig", newline="") as stream:
            values = _column(csv.DictReader(stream), column, manner, name)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a CSV file in UTF-8"
        hint = "the file is looked for beside the case file"
        raise Unexpected(f"expected a CSV file of samples, found {name!r}: {reason}", hint, ("samples",)) from None
    return distributions.Samples(values, name, column)


def _name(raw: Mapping[str, Any], key: str, what: str) -> str:
    name = raw.get(key)
    if isinstance(name, str):
        return name
    hint = "write {samples: file.csv, column: name}"
    raise Unexpected(f"expected the name of {what}, found {_shown(name)}", hint, ("samples",))


def _column(rows: csv.DictReader[str], column: str, manner: Manner, name: str) -> list[float]:
    known = rows.fieldnames or []
    if column not in known:
        near = difflib.get_close_matches(column, known, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"the file has {', '.join(known) or 'no columns'}"
        raise Unexpected(f"expected a column of {name}, found '{column}'", hint, ("column",))
    values = []
    for row in rows:
        try:
            values.append(literal(row[column], manner))
        except Unexpected as problem:
            hint = problem.hint or "leave out rows without a value"
            raise Unexpected(f"{name}, line {rows.line_num}: {problem.message}", hint, ("samples",)) from None
    return values


def _checked(distribution: Distribution, manner: Manner) -> Distribution:
    """Refuse a distribution whose draws leave its input's bounds."""
    expected, low, high = KINDS[manner.kind]
    if isinstance(distribution, Fixed):
        return distribution
    outside = distributions.share_outside(distribution, low, high)
    if outside <= NEGLIGIBLE:
        return distribution
    lowest = "-100 %" if manner.kind == "rate" else f"{low:g}"
    side = f"below {lowest}" if distribution.bounds[0] < low else f"above {high:g}"
    if distribution.bounds[0] < low and distribution.bounds[1] > high:
        side = f"outside {lowest} to {high:g}"
    found = f"{distribution.name} with {_percent(outside)} of its draws {side}"
    raise Unexpected(f"expected {expected}, found {found}", _instead(distribution, manner))


def _instead(distribution: Distribution, manner: Manner) -> str:
    """Name a distribution that stays within the bounds and is otherwise like the one that does not."""
    mean, sd = distribution.mean(), distribution.sd()
    if manner.kind == "positive" and mean > 0 and math.isfinite(sd):
        return f"a lognormal with the same mean and sd: {{lognormal: {{mean: {mean:.6g}, sd: {sd:.6g}}}}}"
    if manner.kind == "share" and 0 < mean < 1 and sd**2 < mean * (1 - mean):
        return f"a beta with the same mean and sd: {{beta: {{mean: {mean:.6g}, sd: {sd:.6g}}}}}"
    _, low, high = KINDS[manner.kind]
    low += 0.01 * (manner.kind == "rate")  # nothing shrinks by all of itself
    points = [min(max(float(distribution.quantile(u)), low), high) for u in (0.05, 0.5, 0.95)]
    shown = [f"{100 * point:.4g}%" if manner.kind in ("share", "rate") else f"{point:.6g}" for point in points]
    return f"give it ends that stay within, such as {{pert: [{', '.join(shown)}]}}"


def _refuse_if_fixed(raw: Any, manner: Manner) -> None:
    if manner.fixed:
        raise Unexpected(f"expected one fixed number, found {_shown(raw)}", "write one number: it takes no range")


def _only(raw: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    for key in raw:
        if key in keys:
            continue
        near = difflib.get_close_matches(key, keys, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"take it out: {' and '.join(keys)} may stand here alone"
        if key in REMARKS:
            hint = f"write {{value: {{{keys[0]}: ...}}, {key}: ...}}"
        if key in FORMS:
            hint = f"keep one of the two, {keys[0]} or {key}"
        raise Unexpected("unknown key", hint, (key,))


def _at(place: tuple[str | int, ...], raw: Any, manner: Manner) -> float:
    try:
        return literal(raw, manner)
    except Unexpected as problem:
        raise Unexpected(problem.message, problem.hint, place) from None


def _parsed(raw: Any, manner: Manner) -> tuple[float, bool]:
    """Give a number and whether it was written with a percent sign."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        hint = f"{manner.example}, or take the key out" if raw is None else manner.example
        raise Unexpected(f"expected {manner.wanted}, found {_shown(raw)}", hint)
    if isinstance(raw, int | float):
        return _float(raw), False
    body = raw.strip()
    percent = body.endswith("%")
    digits = body[:-1].rstrip() if percent else body
    if not _NUMBER.fullmatch(digits):
        raise Unexpected(f"expected {manner.wanted}, found {_shown(raw)}", _text_hint(digits, percent, manner))
    if percent and not manner.percent:
        raise Unexpected(f"expected {manner.expected} without a percent sign, found {_shown(raw)}", f"write {digits}")
    value = _float(digits.replace("_", ""))
    return (value / 100 if percent else value), percent


def _float(raw: int | float | str) -> float:
    try:
        return float(raw)
    except OverflowError:
        return math.inf


def _text_hint(digits: str, percent: bool, manner: Manner) -> str:
    """Say how what is no number as it stands is probably meant."""
    sign = "%" if percent else ""
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", digits):
        point = f"{digits.replace(',', '.')}{sign} for a decimal point, " if digits.count(",") == 1 else ""
        return f"write {point}{digits.replace(',', '_')}{sign} for thousands"
    if re.fullmatch(r"[-+]?[\d_.]*,\d+", digits):
        return f"decimals take a point: write {digits.replace('.', '_').replace(',', '.')}{sign}"
    if re.fullmatch(r"[-+]?\d{1,3}(['’\s]\d{3})+(\.\d+)?", digits):
        return f"write {re.sub(r'[^-+.0-9]', '_', digits)}{sign} for thousands"
    if re.match(r"[£$€¥]|[A-Z]{3}\b", digits) or re.search(r"[£$€¥]|\b[A-Z]{3}$", digits):
        return "leave out the currency: the case says it once"
    ends = re.fullmatch(r"([\d_.]+%?)\s*(?:-|–|—|\.\.+)\s*([\d_.]+)", digits)
    if ends and not manner.fixed and all(_NUMBER.fullmatch(end.rstrip("%")) for end in ends.groups()):
        return f"write {ends[1]} to {ends[2]}{sign} for a range"
    share = re.fullmatch(r"([\d_.]+)\s*(?:percent|per cent|pct\.?)", digits)
    if share and manner.percent:
        return f"write {share[1]}%"
    return manner.example


def _bounds_hint(value: float, manner: Manner, percent: bool) -> str:
    if manner.kind == "share" and not percent and 1 < value <= 100:
        return f"write {value:g}% or {value / 100:g}"
    if manner.kind == "share":
        return "a share lies between 0% and 100%"
    if manner.kind == "rate":
        return "nothing can shrink by 100 % or more a year"
    return f"write {-value:g}: amounts, credits too, are written without a minus sign"


def _shown(raw: Any) -> str:
    if raw is None:
        return "nothing"
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, Mapping | list):
        kind = "mapping" if isinstance(raw, Mapping) else "list"
        return f"a {kind}" if raw else f"an empty {kind}"
    shown = repr(raw) if isinstance(raw, str) and not _NUMBER.fullmatch(raw.strip("% ")) else str(raw)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _percent(share: float) -> str:
    return f"{share * 100:.2g} %"


_ENDS: Mapping[str, Callable[..., Distribution]] = {
    "pert": distributions.Pert,
    "triangular": distributions.Triangular,
    "uniform": distributions.Uniform,
}
_FORM_READERS: Mapping[str, Callable[[str, Any, Manner], Distribution]] = {
    "pert": _ends,
    "triangular": _ends,
    "uniform": _ends,
    "normal": _family,
    "lognormal": _family,
    "gamma": _family,
    "beta": _family,
    "metalog": _metalog,
    "discrete": _discrete,
}
