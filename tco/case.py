"""Every key of a case file once: its kind, unit, bounds and meaning, as frozen pydantic models.

An `Entry` beside a field says how its number is written and under which name formulas know it; all that checks, wires,
documents or exports an input reads it from there.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from tco.distributions import Fixed
from tco.errors import Unexpected
from tco.frozen import frozen
from tco.numbers import Manner, Number, NumberErrors, is_number_form, read

STAGES = ("order", "dispatch", "delivery", "unboxing", "use", "return")
PARTIES = ("supplier", "carrier", "warehouse", "listing", "customer")
PER = ("unit", "shipped_unit", "order", "event", "return", "contact", "month", "year", "once")
LONGEST_HORIZON = 600


@dataclass(frozen=True)
class Entry:
    """What a number of a case file is.

    Parameters
    ----------
    kind : str
        share, rate, positive or number.
    unit : str
        As formulas declare it.
    meaning : str
        One phrase for people.
    name : str
        The parameter by which formulas ask for it; empty where none does.
    default : float, str or None
        The value where it is not stated, or the key of the input that then stands for it; None for no default.
    factor : str
        The quantity that it grows with: inflation_factor, price_factor ...; empty where it does not grow.
    path : bool
        Whether it may have a value for each contract year.
    fixed : bool
        Whether it must be a plain number.
    words : tuple of str
        Words that may stand for it: ``unknown``, ``rest``.
    by_mode : bool
        Whether a mapping of failure modes to numbers may stand instead of one number.
    """

    kind: str
    unit: str
    meaning: str
    name: str = ""
    default: float | str | None = None
    factor: str = ""
    path: bool = False
    fixed: bool = False
    words: tuple[str, ...] = ()
    by_mode: bool = False

    @property
    def percent(self) -> bool:
        """Whether it may be written with a percent sign: shares, rates and plain ratios may, money and days not."""
        return self.kind in ("share", "rate") or self.unit in ("1", "contact/event")

    def manner(self, folder: Path) -> Manner:
        """Say how its number may be written."""
        return Manner(self.kind, self.percent, self.fixed, self.path, folder)

    def validate(self, raw: Any, info: core_schema.ValidationInfo) -> Any:
        """Read what the file holds; raise every mistake in it as one error of pydantic's."""
        if isinstance(raw, Number):
            return raw
        folder = (info.context or {}).get("folder", Path())
        if self.by_mode and isinstance(raw, Mapping) and not is_number_form(raw):
            return self._of_modes(raw, folder)
        if raw in self.words:
            return Number(Fixed(0.0), word=raw)
        try:
            return read(raw, self.manner(folder))
        except NumberErrors as errors:
            raise _custom(list(errors.problems)) from None

    def _of_modes(self, raw: Mapping[str, Any], folder: Path) -> Mapping[str, Number]:
        problems, numbers = [], {}
        for mode, one in raw.items():
            try:
                numbers[mode] = read(one, self.manner(folder))
            except NumberErrors as errors:
                problems += [Unexpected(p.message, p.hint, (mode, *p.at)) for p in errors.problems]
        if problems:
            raise _custom(problems)
        return numbers

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        unit = "" if self.unit == "1" else f" [{self.unit}]"
        default = f"; default {self.default}" if self.default is not None else ""
        return {"x-entry": self, "description": f"{self.meaning}{unit}{default}"}


def _custom(problems: list[Unexpected]) -> PydanticCustomError:
    return PydanticCustomError("tco", "mistakes in a number", {"problems": problems})


def _check_name(name: str) -> str:
    if not name.strip() or "." in name or name != name.strip() or any(ord(character) < 32 for character in name):
        raise _custom([Unexpected(f"expected a name, found {name!r}", "names have no dot: paths are built with dots")])
    return name


def _check_currency(code: str) -> str:
    if len(code) != 3 or not code.isascii() or not code.isalpha() or not code.isupper():
        found = f"expected a currency code of three capital letters, found {code!r}"
        raise _custom([Unexpected(found, "ISO 4217 codes: GBP, EUR, USD")])
    return code


def _check_start(month: str) -> str:
    year, _, number = month.partition("-")
    if len(year) == 4 and year.isascii() and year.isdigit() and number in [f"{n:02d}" for n in range(1, 13)]:
        return month
    raise _custom(
        [Unexpected(f"expected a month as YYYY-MM, found {month!r}", "write the first month, such as 2027-01")]
    )


def _check_exact(value: Any) -> Any:
    if isinstance(value, bool) or value != 1:
        raise _custom([Unexpected(f"expected 1, the version of the format, found {value!r}", "write tco: 1")])
    return value


Name = Annotated[str, AfterValidator(_check_name)]
Currency = Annotated[str, AfterValidator(_check_currency), Field(json_schema_extra={"pattern": "^[A-Z]{3}$"})]
Month = Annotated[str, AfterValidator(_check_start), Field(json_schema_extra={"pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"})]
Stage = Literal["order", "dispatch", "delivery", "unboxing", "use", "return"]
Party = Literal["supplier", "carrier", "warehouse", "listing", "customer"]
Grade = Literal["hard", "estimated", "soft"]
Group = Literal["supply", "fulfilment", "failures", "service", "inventory", "risk", "customers"]
Per = Literal["unit", "shipped_unit", "order", "event", "return", "contact", "month", "year", "once"]


class Section(BaseModel):
    """A mapping of the case file; unknown keys are refused, nothing is changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True, defer_build=True)

    def model_post_init(self, _context: Any) -> None:
        """Make its own mappings and lists read-only too: frozen fields alone only stay the same objects."""
        self.__dict__.update((name, frozen(value)) for name, value in self.__dict__.items())


def number(kind: str, unit: str, meaning: str, name: str = "", **more: Any) -> Any:
    """Declare a field that holds a number and may be left out; see `Entry` for the parameters."""
    return _field(Field(default=None), Entry(kind, unit, meaning, name, **more))


def needed(kind: str, unit: str, meaning: str, name: str = "", **more: Any) -> Any:
    """Declare a field that holds a number and must be stated."""
    return _field(Field(), Entry(kind, unit, meaning, name, **more))


def _field(field: Any, entry: Entry) -> Any:
    field.metadata.append(entry)
    return field


_INFLATES = {"factor": "inflation_factor", "path": True}


class Decision(Section):
    """When finance calls the answer clear."""

    confidence: Number | None = number(
        "share", "1", "probability needed to leave the baseline", default=0.8, fixed=True
    )
    materiality: Number | None = number(
        "share", "1", "share of the baseline's cost that a saving must reach", default=0.01, fixed=True
    )
    grades: dict[Name, Grade] = Field(default={}, description="moves a line to another grade")


class Product(Section):
    """What is sold."""

    sale_price: Number | None = number(
        "positive",
        "money/unit",
        "received on average: after discounts, before returns, without VAT",
        "sale_price",
        factor="sale_price_factor",
        path=True,
    )
    sale_price_growth: Number | None = number(
        "rate", "1", "growth of the sale price a year", "sale_price_growth", default="inflation"
    )
    fulfilment_cost: Number | None = number(
        "positive", "money/unit", "pick, pack and outbound courier", "fulfilment_cost", default=0.0, **_INFLATES
    )
    replacement_fulfilment_cost: Number | None = number(
        "positive",
        "money/unit",
        "pick, pack and courier of a replacement",
        "replacement_fulfilment_cost",
        default="product.fulfilment_cost",
        **_INFLATES,
    )


class Demand(Section):
    """What is bought, before returns: a customer base, or units a year."""

    customers: Number | None = number("positive", "customer", "customers at the start", "customers_at_start")
    orders_per_customer_per_year: Number | None = number(
        "positive", "order/customer/year", "orders of a customer", "orders_per_customer_per_year"
    )
    new_customers_per_month: Number | None = number(
        "positive", "customer", "customers who arrive in a month", "new_customers_per_month", default=0.0
    )
    new_customers_growth: Number | None = number(
        "rate", "1", "growth of arrivals a year", "new_customers_growth", default=0.0
    )
    annual_base_churn: Number | None = number(
        "share", "1", "customers who leave in a year for other reasons", "annual_base_churn", default=0.0
    )
    units_per_year: Number | None = number("positive", "unit/year", "units bought a year", "units_per_year")
    annual_growth: Number | None = number("rate", "1", "growth of units a year", "annual_growth", default=0.0)
    units_per_order: Number | None = number(
        "positive", "unit/order", "units in an order", "units_per_order", default=1.0
    )
    monthly_cv: Number | None = number(
        "positive", "1", "sd of a month's forecast error over its mean", "monthly_cv", default=0.0
    )
    seasonality: Annotated[
        list[Annotated[Number, Entry("positive", "1", "the calendar month's weight", fixed=True)]] | None,
        Field(min_length=12, max_length=12),
    ] = None
    skus: Number | None = number(
        "positive", "1", "equal products that share the demand", "skus", default=1.0, fixed=True
    )


class Disposition(Section):
    """Where a returned unit goes."""

    share: Number = needed(
        "share", "1", "share of returned units; one may be `rest`", "disposition_share", words=("rest",)
    )
    recovers: Number | None = number(
        "share", "1", "share of landed cost that is recovered", "disposition_recovers", default=0.0
    )
    proceeds: Number | None = number(
        "positive", "money/unit", "what it is sold for", "disposition_proceeds", default=0.0, **_INFLATES
    )
    cost: Number | None = number(
        "positive", "money/unit", "what disposing of it costs", "disposition_cost", default=0.0, **_INFLATES
    )


class Returns(Section):
    """What a returned unit costs to process and what it brings back."""

    activities: dict[
        Name,
        Annotated[
            Number,
            Entry("positive", "money/unit", "cost of the activity, a returned unit", "activity_cost", **_INFLATES),
        ],
    ] = {}
    dispositions: dict[Name, Disposition] = {}
    repair_cost: Number | None = number(
        "positive", "money/repair", "a repair, carriage both ways included", "repair_cost", **_INFLATES
    )


class Contacts(Section):
    """Customer service."""

    cost: Number | None = number("positive", "money/contact", "a customer contact", "general_contact_cost", **_INFLATES)


class Churn(Section):
    """What a customer who is driven away is worth."""

    valuation: Literal["lost_margin", "lifetime_value", "reacquisition"] = "lost_margin"
    lifetime_value: Number | None = number(
        "positive", "money/customer", "lifetime value of a customer", "lifetime_value", **_INFLATES
    )
    acquisition_cost: Number | None = number(
        "positive", "money/customer", "cost of winning a customer", "acquisition_cost", **_INFLATES
    )
    recovery_effect: Number | None = number(
        "share", "1", "would-be leavers whom good service keeps", "recovery_effect", default=0.0
    )
    other_margin_per_customer_per_year: Number | None = number(
        "positive",
        "money/customer/year",
        "what a customer otherwise leaves here",
        "other_margin",
        default=0.0,
        **_INFLATES,
    )
    beyond_horizon: bool = False


class Mode(Section):
    """A reason why things go wrong, and what one event leads to."""

    stage: Stage
    liable: Party
    per: Literal["unit", "order"] = "unit"
    units: Number | None = number(
        "positive", "unit/event", "units that an event touches; 1, or units_per_order", "units_per_event"
    )
    returned: Number | None = number(
        "share", "1", "share of events in which goods come back to stay", "returned_share", default=0.0
    )
    refund: Number | None = number("share", "1", "share of events that end in a refund", "refund_share", default=0.0)
    replace: Number | None = number(
        "share", "shipment/event", "share of events that end in a replacement", "replace_share", default=0.0
    )
    repair: Number | None = number(
        "share", "repair/event", "share of events that end in a repair", "repair_share", default=0.0
    )
    contacts: Number | None = number(
        "positive", "contact/event", "contacts an event", "contacts_per_event", default=0.0
    )
    contact_cost: Number | None = number(
        "positive", "money/contact", "a contact about this", "contact_cost", default="contacts.cost", **_INFLATES
    )
    effort_minutes: Number | None = number(
        "positive", "minute/event", "the customer's own effort", "effort_minutes", default=0.0
    )
    goodwill: Number | None = number(
        "positive",
        "money/event",
        "vouchers at cost, credits, claims, penalties",
        "goodwill_per_event",
        default=0.0,
        **_INFLATES,
    )
    churn: Number | None = number(
        "share",
        "customer/event",
        "share of a customer's future purchases that an event costs, beyond base churn",
        "churn_per_event",
        default=0.0,
    )
    dispositions: dict[Name, Disposition] | None = None


Rates = dict[
    Name,
    Annotated[
        Number,
        Entry(
            "share",
            "event/shipment",
            "probability per shipped unit or order",
            "failure_rate",
            factor="improvement_factor",
            path=True,
            words=("unknown",),
        ),
    ],
]


class Stockout(Section):
    """What happens to demand that finds no stock."""

    lost_share: Number | None = number("share", "1", "share of unfilled demand that is lost", "lost_share")
    backorder_cost: Number | None = number(
        "positive", "money/unit", "a unit that is delivered late instead", "backorder_cost", **_INFLATES
    )


class Inventory(Section):
    """Stock held against a supplier's lead time."""

    lead_time_days: Number | None = number("positive", "day", "lead time", "lead_time_days")
    lead_time_sd_days: Number | None = number(
        "positive", "day", "standard deviation of the lead time", "lead_time_sd_days"
    )
    order_interval_days: Number | None = number("positive", "day", "days between orders", "order_interval_days")
    service_level: Number | None = number("share", "1", "probability of no stock-out in a month", "service_level")
    holding_rate: Number | None = number(
        "share", "1/year", "cost of holding stock, a share of its value a year", "holding_rate", default=0.0, path=True
    )
    obsolescence_rate: Number | None = number(
        "share", "1/year", "stock that becomes worthless a year", "obsolescence_rate", default=0.0, path=True
    )
    stockout: Stockout | None = None


class Disruption(Section):
    """Months without supply."""

    per_year: Number | None = number("positive", "1/year", "disruptions a year", "disruptions_per_year", path=True)
    months: Number | None = number("positive", "1", "months that one lasts", "disruption_months")
    demand_lost_share: Number | None = number("share", "1", "share of demand lost in it", "disruption_lost_share")
    expedite_cost: Number | None = number("positive", "money", "expediting in one", "expedite_cost", **_INFLATES)


class Break(Section):
    """A row of a price table."""

    from_units_per_year: Number = needed("positive", "unit/year", "yearly units from which the price holds", fixed=True)
    unit_price: Number = needed(
        "positive", "money/unit", "price of every unit", "break_price", factor="price_factor", path=True
    )


class Supplier(Section):
    """An option: a supplier, a courier, a packaging, a returns policy."""

    label: str = ""
    currency: Currency | None = None
    unit_price: Number | None = number(
        "positive",
        "money/unit",
        "purchase price, in the supplier's currency",
        "unit_price",
        factor="price_factor",
        path=True,
    )
    price_breaks: Annotated[list[Break] | None, Field(min_length=1)] = None
    price_growth: Number | None = number("rate", "1", "growth of the price a year", "price_growth", default=0.0)
    freight: Number | None = number(
        "positive", "money/unit", "inbound carriage", "inbound_freight", default=0.0, **_INFLATES
    )
    duty_rate: Number | None = number("share", "1", "import duty", "duty_rate", default=0.0, path=True)
    duty_basis: Literal["fob", "cif"] | None = None
    inspection: Number | None = number(
        "positive", "money/unit", "inspection, a shipped unit", "inspection_cost", default=0.0, **_INFLATES
    )
    payment_days: Number | None = number(
        "number", "day", "days from arrival to payment, negative if paid earlier", "payment_days", default=0.0
    )
    annual_management: Number | None = number(
        "positive", "money/year", "managing the supplier", "annual_management", default=0.0, **_INFLATES
    )
    switching_cost: Number | None = number(
        "positive", "money", "moving from the baseline to this option", "switching_cost", default=0.0
    )
    one_off: Number | None = number("positive", "money", "other cost at the start", "one_off_cost", default=0.0)
    transition_months: Annotated[int, Field(ge=0)] | None = None
    failure_rates: Rates = {}
    annual_improvement: Number | None = number(
        "share", "1", "yearly fall of the failure rates", "annual_improvement", default=0.0
    )
    chargeback: Number | Mapping[str, Number] | None = number(
        "share",
        "1",
        "share of the price that the supplier credits",
        "chargeback_share",
        default=0.0,
        path=True,
        by_mode=True,
    )
    moq: Number | None = number("positive", "unit", "minimum order of each product", "minimum_order")
    capacity_units_per_year: Number | None = number("positive", "unit/year", "units that the supplier can make")
    price_at_stake: str | None = None
    incoterm: str | None = None
    based_on: str | None = None
    overrides: dict[str, Any] = {}
    inventory: Inventory | None = None
    disruption: Disruption | None = None


class ExtraCost(Section):
    """A line of the case's own."""

    name: Name
    supplier: str | None = None
    per: Per
    amount: Number = needed("number", "money", "the amount, negative for a credit", "amount", **_INFLATES)
    group: Group
    grade: Grade
    source: str = ""


class Correlation(Section):
    """Two inputs that move together."""

    between: Annotated[list[str], Field(min_length=2, max_length=2)]
    rank: Number = needed("number", "1", "Spearman's rank correlation", fixed=True)


class CaseFile(Section):
    """A whole case, as one file states it."""

    tco: Annotated[int, AfterValidator(_check_exact), Field(json_schema_extra={"const": 1})]
    name: str
    description: str = ""
    currency: Currency
    start: Month
    horizon_months: Annotated[int, Field(ge=1, le=LONGEST_HORIZON)]
    discount_rate: Number = needed("rate", "1", "annual discount rate", "discount_rate", fixed=True)
    inflation: Number | None = number("rate", "1", "growth of money inputs a year", "inflation", default=0.0)
    baseline: str
    exchange_rates: dict[
        Currency,
        Annotated[Number, Entry("positive", "1", "case currency for one unit of it", "exchange_rate", path=True)],
    ] = {}
    decision: Decision = Field(default_factory=Decision)
    product: Product = Field(default_factory=Product)
    demand: Demand
    returns: Returns = Field(default_factory=Returns)
    contacts: Contacts = Field(default_factory=Contacts)
    churn: Churn | None = None
    failures: dict[Name, Mode] = {}
    failure_rates: Rates = {}
    inventory: Inventory | None = None
    suppliers: Annotated[dict[Name, Supplier], Field(min_length=1)]
    correlations: list[Correlation] = []
    extra_costs: list[ExtraCost] = []
    scenarios: dict[str, dict[str, Any]] = {}
    sources: dict[str, str] = {}


def entry_of(section: type[Section], name: str) -> Entry | None:
    """Give the entry of a field that holds a number, or numbers by name or in a list; None for other fields."""
    info = section.model_fields[name]
    return next((part for part in info.metadata if isinstance(part, Entry)), None) or _inner_entry(info.annotation)


def entries(section: type[Section]) -> dict[str, Entry]:
    """Give the entry of every field of a section that holds one number."""
    found = {name: entry_of(section, name) for name in section.model_fields}
    return {name: entry for name, entry in found.items() if entry and not _is_collection(section, name)}


def section_of(section: type[Section], name: str) -> type[Section] | None:
    """Give the section that a field holds (or may hold), or None."""
    return _inner_section(section.model_fields[name].annotation)


def collection_of(section: type[Section], name: str) -> str:
    """Say whether a field is a ``dict`` of names, a ``list``, or neither (empty)."""
    if not _is_collection(section, name):
        return ""
    kinds = [typing.get_origin(part) for part in _parts(section.model_fields[name].annotation)]
    return "dict" if dict in kinds else "list"


def stated_numbers(section: Section, prefix: str = "") -> Iterator[tuple[str, Entry, Number]]:
    """Walk the numbers that a section states: key, entry and number of each, in the order of the fields."""
    for name in type(section).model_fields:
        yield from _numbers(getattr(section, name), entry_of(type(section), name), f"{prefix}{name}")


def _numbers(value: Any, entry: Entry | None, key: str) -> Iterator[tuple[str, Entry, Number]]:
    if isinstance(value, Number) and entry is not None:
        yield key, entry, value
    elif isinstance(value, Section):
        yield from stated_numbers(value, f"{key}.")
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _numbers(one, entry, f"{key}.{name}")
    elif isinstance(value, list):
        for position, one in enumerate(value):
            yield from _numbers(one, entry, f"{key}.{position}")


def _parts(annotation: Any) -> Iterator[Any]:
    """Yield an annotation and all within it."""
    yield annotation
    for inner in typing.get_args(annotation):
        yield from _parts(inner)


def _is_collection(section: type[Section], name: str) -> bool:
    return any(typing.get_origin(part) in (dict, list) for part in _parts(section.model_fields[name].annotation))


def _inner_entry(annotation: Any) -> Entry | None:
    return next((part for part in _parts(annotation) if isinstance(part, Entry)), None)


def _inner_section(annotation: Any) -> type[Section] | None:
    found = (part for part in _parts(annotation) if isinstance(part, type) and issubclass(part, Section))
    return next(found, None)
