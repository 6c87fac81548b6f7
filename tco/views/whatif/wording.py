"""What people call a case's numbers: their labels, units and sections."""

from __future__ import annotations

from tco.analyses.figure import labels_of
from tco.loader import Case
from tco.options import Input

_KEYS = {
    "failure_rates": "failure rate",
    "chargeback": "chargeback",
    "activities": "cost",
    "exchange_rates": "exchange rate",
}
"""What a number is where its own key is a name that the case gives."""
_SECTIONS = {
    "product": "Product",
    "demand": "Demand",
    "returns": "Returns",
    "contacts": "Contacts",
    "churn": "Customers lost",
    "failures": "Failures",
    "failure_rates": "Failure rates of all options",
    "inventory": "Inventory of all options",
    "extra_costs": "Extra costs",
}


def label_of(case: Case, path: str, *, whole: bool = False) -> str:
    """Call a number by whose it is and its key: Acme, leaks: failure rate; a whole path by no year."""
    meaning = next(one.entry.meaning for one in case.inputs.values() if path in dict(one.parts()))
    known = labels_of(case, [path])[path]
    whose = known[: known.rindex(meaning.split(";")[0])]
    words = path.split(".")
    year = ""
    if "by_year" in words:
        year = "" if whole else f", year {int(words[-1]) + 1}"
        words = words[: words.index("by_year")]
    key = words[-1]
    if len(words) > 1 and words[-2] in _KEYS:
        key = _KEYS[words[-2]]
    elif words[-2:] == ["contacts", "cost"]:
        key = "cost of a contact"
    elif "price_breaks" in words:
        key = "unit price"  # whose break it is says which
    text = f"{whose}{key}".replace("_", " ") + year
    return sentence(text)


def table_of(case: Case, path: str) -> str:
    """Call a whole table of prices by whose it is."""
    return sentence(f"{case.option(path.split('.')[1]).label}: table of prices")


def sentence(text: str) -> str:
    """Begin a text with a capital letter."""
    return text[:1].upper() + text[1:]


def section_of(case: Case, path: str) -> str:
    """Say under which heading a number stands."""
    words = path.split(".")
    if words[0] == "suppliers":
        return sentence(case.option(words[1]).label)
    return _SECTIONS.get(words[0], "Money and time")


def unit_of(case: Case, one: Input) -> str:
    """Write a unit as people say it: EUR a unit."""
    words = one.path.split(".")
    currency = case.currency
    if words[0] == "suppliers" and one.entry.name in ("unit_price", "break_price"):
        currency = case.option(words[1]).settings.get("currency", currency)
    extras = {extra.amount.path: extra.per for option in case.options for extra in option.extras}
    if one.path in extras:
        per = extras[one.path].replace("_", " ")
        return f"{currency} once" if per == "once" else f"{currency} {_each(per)}"
    first, *others = one.entry.unit.split("/")
    counted = currency if first == "money" else "" if first == "1" else f"{first}s"
    return " ".join([*([counted] if counted else []), *map(_each, others)])


def _each(thing: str) -> str:
    return f"an {thing}" if thing[0] in "aeio" else f"a {thing}"
