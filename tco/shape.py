"""The shape of a case file: its keys and the kinds of their values, every mistake in words of our own."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError

from tco.case import CaseFile, Entry, Section, collection_of, entry_of, section_of
from tco.distributions import Fixed
from tco.document import MEND_FIRST, MOST_TOLD, Document, Keys
from tco.errors import Problem, Unexpected
from tco.numbers import FORMS, REMARKS, Number

STAND_IN = Number(Fixed(0.0), word="mistaken")
"""Takes the place of a number that cannot be read, so that what else is wrong can be told at once."""
_MOST_MENDS = 4
_LIKE, _SURE = 0.6, 0.8
"""How alike two keys are for one to be a guess at the other, and to be surely meant by it."""


def check(source: Document) -> tuple[CaseFile | None, Document, list[Problem]]:
    """Read a document as a case file, mending what is wrong in it so that all else can be checked.

    Parameters
    ----------
    source : Document
        From `tco.document`.

    Returns
    -------
    CaseFile or None
        What the document states, mistakes replaced by stand-ins; None where it cannot be mended.
    Document
        The document so mended.
    list of Problem
        Every mistake of shape; empty for a document without any.
    """
    problems: list[Problem] = []
    told = {problem.path for problem in source.problems if problem.path}
    for _ in range(_MOST_MENDS):
        try:
            return CaseFile.model_validate(source.data, context={"folder": source.folder}), source, problems
        except ValidationError as error:
            mistakes, count = error.errors()[:MOST_TOLD], error.error_count()
        found = [(one, problem) for one in mistakes for problem in _shape_problems(one, source)]
        renamed = {keys for keys in (_meant(tuple(one["loc"]), source) for one in mistakes) if keys}
        guessed = {source.path(keys) for keys in (_meant(_keys(one), source, unsure=True) for one in mistakes) if keys}
        new = [p for one, p in found if not (one["type"] == "missing" and tuple(one["loc"]) in renamed)]
        problems += [problem for problem in new if not follows(problem.path, told)]
        told |= {problem.path for problem in new} | guessed
        if count > MOST_TOLD:
            message = f"expected a case, found {count} mistakes, of which {MOST_TOLD} are told"
            problems.append(source.problem((), message, MEND_FIRST))
            return None, source, problems
        for one in sorted(mistakes, key=lambda one: "[key]" in one["loc"]):  # what has no name goes when mended within
            source = _mended(one, source)
    return None, source, problems


def follows(path: str, told: Collection[str]) -> bool:
    """Say whether a path leads to, or into, a place of which a mistake is told: more would be said of a stand-in."""
    parts = path.split(".")
    return any(".".join(parts[:count]) in told for count in range(1, len(parts) + 1))


def mistaken(one: Any) -> bool:
    """Say whether a number is a stand-in for one that could not be read."""
    return isinstance(one, Number) and one.word == STAND_IN.word


def _keys(error: Any) -> Keys:
    return tuple(key for key in error["loc"] if key != "[key]")


def _mended(error: Any, source: Document) -> Document:
    """Put something harmless in a mistake's place: a near key, a stand-in, the first of the allowed words."""
    keys = _keys(error)
    if error["type"] == "extra_forbidden" or "[key]" in error["loc"]:
        value, meant = _at(source.data, keys), _meant(keys, source)
        source = source.without(keys)
        return source.replaced(meant, value, source.places.get(keys, (source.file, 0))) if meant else source
    place = source.places.get(keys, (source.file, 0))
    if error["type"] == "tco" and _entry_at(keys) is not None:
        return source.replaced(keys, STAND_IN, place)
    filler = _item(keys) if _place(keys)[2] else _filler(keys, source)
    return source.without(keys) if filler is None else source.replaced(keys, filler, place)


def _place(keys: Keys) -> tuple[type[Section], str, bool]:
    """Follow keys through the format: the last section, the field in it, and whether they go on to one of its items."""
    section: type[Section] = CaseFile
    position = 0
    while True:
        name = str(keys[position])
        known = name in section.model_fields
        size = 2 if known and collection_of(section, name) else 1
        if len(keys) <= position + size:
            return section, name, len(keys) == position + 2
        section = (section_of(section, name) if known else None) or section
        position += size


def _entry_at(keys: Keys) -> Entry | None:
    """Give what the number at some keys is; None where another thing stands there."""
    section, name, item = _place(keys)
    several = name in section.model_fields and bool(collection_of(section, name))
    return entry_of(section, name) if name in section.model_fields and item == several else None


def _item(keys: Keys) -> Any:
    """Give what may stand for one of a collection, itself to be mended; None to leave it out."""
    section, name, _ = _place(keys)
    if section_of(section, name) is not None:
        return {}
    if entry_of(section, name) is not None:
        return STAND_IN
    return f"?{keys[-1]}" if isinstance(keys[-1], int) else None


def _filler(keys: Keys, source: Document) -> Any:
    """Give what may stand for a field; None to leave it out."""
    section, name, _ = _place(keys)
    if name == "price_breaks":
        return [{"from_units_per_year": STAND_IN, "unit_price": STAND_IN}]
    if not section.model_fields[name].is_required():
        return None
    if _entry_at(keys) is not None:
        return STAND_IN
    suppliers, baseline = source.data.get("suppliers"), source.data.get("baseline")
    first = next(iter(suppliers), "none") if isinstance(suppliers, Mapping) else "none"
    only = baseline if isinstance(baseline, str) and "." not in baseline else "none"
    own = {"baseline": first, "name": f"?{keys[-2]}" if len(keys) > 1 else "none"}
    return {**_FILLERS, **own, "suppliers": {only: {"unit_price": STAND_IN}}}.get(name)


_FILLERS: Mapping[str, Any] = {
    "tco": 1,
    "currency": "XXX",
    "start": "2000-01",
    "horizon_months": 12,
    "stage": "use",
    "liable": "supplier",
    "per": "unit",
    "group": "supply",
    "grade": "hard",
    "between": ["?0", "?1"],
    "demand": {"customers": STAND_IN, "orders_per_customer_per_year": STAND_IN},
}


def _meant(keys: Keys, source: Document, *, unsure: bool = False) -> Keys | None:
    """Give the key that an unknown one was meant to be, if that one is not there; or only if that is a mere guess."""
    section, name, item = _place(keys)
    if item or name in section.model_fields:
        return None
    around = _at(source.data, keys[:-1])
    if not isinstance(around, Mapping):
        return None
    free = [field for field in section.model_fields if field not in around]
    near = difflib.get_close_matches(name, free, n=1, cutoff=_LIKE)
    if not near or (unsure and difflib.get_close_matches(name, near, cutoff=_SURE)):
        return None
    return (*keys[:-1], near[0])


def _shape_problems(error: Any, source: Document) -> list[Problem]:
    """Turn one error of the validation library into problems in our own words."""
    keys = _keys(error)
    if error["type"] == "tco":
        found = error["ctx"]["problems"]
        return [
            source.problem((*keys, *one.at), one.message, _words_too(one.hint, error), _path_of(keys, one, source))
            for one in found
        ]
    if error["type"] == "extra_forbidden":
        return [_unknown_key(keys, source)]
    if error["type"] == "missing":
        return [source.problem(keys, "missing", _missing_hint(keys))]
    message, hint = _type_message(error)
    return [source.problem(keys, message, hint)]


def _path_of(keys: Keys, problem: Unexpected, source: Document) -> str:
    """Name the input itself: for a number by modes the mode's, and what stands beside a number by its own key."""
    first, last = (problem.at[0], problem.at[-1]) if problem.at else ("", "")
    if problem.message == "unknown key" or last in REMARKS:
        return source.path((*keys, *problem.at))
    entry = _entry_at(keys)
    by_mode = entry is not None and entry.by_mode and problem.at and first not in FORMS
    return source.path((*keys, first) if by_mode else keys)


def _words_too(hint: str, error: Any) -> str:
    """Name the words that may stand for a number as well, to who wrote another one."""
    entry, written = _entry_at(_keys(error)), error["input"]
    words = entry.words if entry and isinstance(written, str) and written.isalpha() else ()
    return ", or ".join((hint, *words))


def _unknown_key(keys: Keys, source: Document) -> Problem:
    key, meant = str(keys[-1]), _meant(keys, source)
    known = list(_place(keys)[0].model_fields)
    near = [str(meant[-1])] if meant else difflib.get_close_matches(key, known, n=1, cutoff=_LIKE)
    hint = f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(known)}"
    return source.problem(keys, "unknown key", hint)


def _missing_hint(keys: Keys) -> str:
    name, entry = str(keys[-1]), _entry_at(keys)
    return _MISSING.get(name) or (f"write {name}: {entry.meaning}" if entry else f"write {name}: ...")


_MISSING = {
    "tco": "begin the file with tco: 1, the version of the format",
    "name": "write name: what the case, or the line, is called",
    "currency": "write currency: GBP (all money of the case)",
    "start": "write start: 2027-01 (year and month)",
    "horizon_months": "write horizon_months: 36",
    "discount_rate": "write discount_rate: 10% (a year)",
    "baseline": "write baseline: the supplier that you have today",
    "demand": "write demand: with customers or units_per_year",
    "suppliers": "write suppliers: with at least the baseline",
    "stage": "write stage: order, dispatch, delivery, unboxing, use or return",
    "liable": "write liable: supplier, carrier, warehouse, listing or customer",
    "per": "write per: unit, shipped_unit, order, event, return, contact, month, year or once",
    "amount": "write amount: 9_000",
    "group": "write group: supply, fulfilment, failures, service, inventory, risk or customers",
    "grade": "write grade: hard, estimated or soft",
    "share": "write share: 35%, or share: rest",
    "between": "write between: [suppliers.NAME.failure_rates.MODE, failures.MODE.churn]",
    "rank": "write rank: 0.3",
}


def _type_message(error: Any) -> tuple[str, str]:
    found = _found(error["input"])
    context = error.get("ctx", {})
    match error["type"]:
        case "model_type" | "dict_type" | "model_attributes_type":
            hint = "indent the keys that belong to it below it"
            return f"expected keys and values, found {found}", hint + _or_take_out(error)
        case "list_type":
            return f"expected a list, found {found}", "write [first, second, ...]" + _or_take_out(error)
        case "string_type":
            hint = "put it in quotes" if isinstance(error["input"], int | float) else "write a text"
            return f"expected text, found {found}", hint + _or_take_out(error)
        case "bool_type":
            return f"expected true or false, found {found}", "write true or false" + _or_take_out(error)
        case "int_type" | "int_from_float" | "int_parsing_size":
            return f"expected a whole number, found {found}", "write a number without decimals, such as 36"
        case "literal_error":
            return f"expected {context['expected'].replace(chr(39), '')}, found {found}", _nearest(error)
        case "greater_than_equal":
            return f"expected {context['ge']} or more, found {found}", f"write a whole number from {context['ge']} on"
        case "less_than_equal":
            return f"expected at most {context['le']}, found {found}", f"write a number up to {context['le']}"
        case "too_short" | "too_long":
            return _length_message(error)
    return f"expected another kind of value, found {found}", "`tco schema` says which"


def _length_message(error: Any) -> tuple[str, str]:
    if error["type"] == "too_long":
        most = error["ctx"]["max_length"]
        hint = f"keep {most} of them" + ("; decimals take a point" if most > 2 else "")
        return f"expected {most} entries, found {len(error['input'])}", hint
    least = error["ctx"]["min_length"]
    amount = "at least one entry" if least == 1 else f"{least} entries"
    return f"expected {amount}, found {error['ctx']['actual_length']}", f"write {amount}"


def _or_take_out(error: Any) -> str:
    return ", or take the key out" if error["input"] is None else ""


def _nearest(error: Any) -> str:
    known = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
    near = difflib.get_close_matches(str(error["input"]), known, n=1)
    return f"did you mean '{near[0]}'?" if near else "write one of them"


def _found(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "keys and values" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    shown = repr(value) if isinstance(value, str) else str(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _at(data: Any, keys: Keys) -> Any:
    for key in keys:
        data = data[key]
    return data
