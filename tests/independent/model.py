"""The cost model of model.md turned to plain loops over months and modes: a test oracle, slow on purpose.

It shares no code with the product. `compare` takes a case file as parsed and a callback that says what each
uncertain number is; `mean` is the callback of the base case. Section numbers are those of model.md; paths,
based_on and number forms are those of scenario-format.md. Cases are taken as valid: little is checked.
Lists over time are indexed by the month t itself; index 0 is the start for money, unused for all else.
A number may also be an array with a value for each draw: all that is done with it is done draw by draw.
"""

import copy
import csv
import math
from collections.abc import Callable
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

Number = Callable[[str, Any, str], float]
Kinds = dict[str, tuple[str, str]]  # line -> (group, grade)
Mode = dict[str, Any]  # a failure mode in one contract year

FORMS = {
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
}
DAYS_PER_MONTH = 30.4375

LINES = {  # section 5: (group, grade) -> lines
    ("supply", "hard"): "purchase duty freight inspection payment_terms management one_off",
    ("fulfilment", "hard"): "fulfilment",
    ("failures", "hard"): "replacement repair return_processing recovery refunds goodwill chargeback",
    ("service", "hard"): "contacts",
    ("inventory", "estimated"): "inventory_holding stockouts",
    ("risk", "estimated"): "disruption",
    ("customers", "soft"): "churn",
}


# ---------------------------------------------------------------- the case file: paths, based_on, overrides


class Input(NamedTuple):
    """A number, text or list as written, with the path that defines it."""

    path: str
    raw: Any

    @property
    def by_year(self) -> list[Any] | None:
        raw = unwrap(self.raw)
        return raw.get("by_year") if isinstance(raw, dict) else None


def unwrap(raw: Any) -> Any:
    """The number inside {value: number, source: ...}."""
    return unwrap(raw["value"]) if isinstance(raw, dict) and "value" in raw else raw


def annotate(node: Any, path: str = "") -> Any:
    """The tree with every number, text or list replaced by an Input; mappings stay mappings."""
    if path == "extra_costs":
        node = {extra["name"]: extra for extra in node}
    if not isinstance(node, dict) or FORMS & set(node):
        return Input(path, node)
    return {
        str(key): annotate(child, f"{path}.{key}" if path else str(key))
        for key, child in node.items()
        if child is not None
    }


def merge(base: Any, over: Any) -> Any:
    """Mappings merge key by key; numbers and lists replace."""
    if isinstance(base, dict) and isinstance(over, dict):
        return {key: merge(base.get(key), over.get(key)) for key in base | over}
    return base if over is None else over


def override(tree: dict[str, Any], path: str, node: Any) -> None:
    """Put `node` at a dotted path of the tree; names in the tree may hold dots themselves."""
    for key, child in tree.items():
        if path == key:
            tree[key] = merge(child, node)
            return
        if path.startswith(key + ".") and isinstance(child, dict):
            override(child, path[len(key) + 1 :], node)
            return
    head, _, rest = path.partition(".")
    tree[head] = {} if rest else node
    if rest:
        override(tree[head], rest, node)


def lineage(suppliers: dict[str, Any], name: str) -> list[str]:
    """The option and all it is built on, the farthest first."""
    parent = suppliers[name].get("based_on")
    return [*(lineage(suppliers, parent.raw) if parent else []), name]


def own_inputs(suppliers: dict[str, Any], family: list[str], baseline: str) -> dict[str, Any]:
    """An option's section after based_on. One built on the baseline inherits no switching cost."""
    merged: dict[str, Any] = {}
    for member in family:
        replaced = {"unit_price": "price_breaks", "price_breaks": "unit_price"}  # one in place of the other
        for given in set(replaced) & set(suppliers[member]):
            merged.pop(replaced[given], None)
        if baseline in family[:-1]:
            merged.pop("switching_cost", None)
        merged = merge(merged, suppliers[member])
    if family[-1] == baseline:
        merged.pop("switching_cost", None)
    return merged


class Inputs:
    """What one option reads: the shared inputs under its overrides, and its own section at the key `own`."""

    def __init__(self, case: dict[str, Any], name: str, number: Number) -> None:
        self.number = number
        self.family = lineage(case["suppliers"], name)
        self.tree = copy.deepcopy({key: node for key, node in case.items() if key != "suppliers"})
        own = own_inputs(case["suppliers"], self.family, case["baseline"].raw)
        for path, node in own.get("overrides", {}).items():
            override(self.tree, path, node)
        for shared in ("failure_rates", "inventory"):
            own[shared] = merge(self.tree.get(shared, {}), own.get(shared, {}))
        self.tree["own"] = own

    def find(self, *keys: str) -> Any:
        """The Input or mapping at these keys, None where there is none."""
        node: Any = self.tree
        for key in keys:
            node = node.get(key) if isinstance(node, dict) else None
        return node

    def names(self, *keys: str) -> list[str]:
        return list(self.find(*keys) or {})

    def text(self, *keys: str, default: Any = None) -> Any:
        node = self.find(*keys)
        return default if node is None else unwrap(node.raw)

    def fixed(self, *keys: str, default: float = 0.0) -> float:
        """A number that takes no distribution."""
        node = self.find(*keys)
        return default if node is None else mean(node.path, node.raw, "number")

    def read(self, node: Input, kind: str, year: int, growth: float = 0.0) -> float:
        """Value x (1 + growth)^year; or the year's own value of a path, the last holding, without growth."""
        if node.by_year is None:
            return self.number(node.path, node.raw, kind) * (1 + growth) ** year
        i = min(year, len(node.by_year) - 1)
        return self.number(f"{node.path}.by_year.{i}", node.by_year[i], kind)

    def get(self, kind: str, year: int, *keys: str, default: float = 0.0, growth: float = 0.0) -> float:
        node = self.find(*keys)
        return default if node is None else self.read(node, kind, year, growth)

    def share(self, year: int, *keys: str) -> float:
        return self.get("share", year, *keys)

    def positive(self, year: int, *keys: str, default: float = 0.0) -> float:
        return self.get("positive", year, *keys, default=default)

    def money(self, year: int, *keys: str, kind: str = "positive") -> float:
        """A money input grows with inflation (section 1)."""
        return self.get(kind, year, *keys, growth=self.get("rate", year, "inflation"))


# ---------------------------------------------------------------- sections 1 and 2: time and planned demand


class Plan(NamedTuple):
    """What all options are compared on, by month t."""

    horizon: int
    discount_rate: float
    discount: list[float]  # v_0 ... v_T
    units: list[float]  # D0_t
    orders: list[float]  # O0_t
    units_per_order: list[float]  # u
    sale_price: list[float]
    customers: list[float] | None  # N0_1 ... N0_{T+1}
    orders_per_customer: list[float]  # omega
    season: list[float]
    survival: list[float]  # (1 - c0)^(1/12)
    arrivals: list[float]  # A_t

    @property
    def span(self) -> range:
        return range(1, self.horizon + 1)

    def by_year(self, amounts: list[float]) -> list[list[float]]:
        """The months' amounts, a list for each contract year."""
        return [
            [amounts[t] for t in self.span if contract_year(t) == y] for y in range(contract_year(self.horizon) + 1)
        ]


def contract_year(t: int) -> int:
    return max(t - 1, 0) // 12


def plan(inputs: Inputs) -> Plan:
    horizon, r = int(inputs.fixed("horizon_months")), inputs.fixed("discount_rate")
    years = [contract_year(t) for t in range(horizon + 1)]
    season = seasons(inputs, horizon)
    u = [inputs.positive(y, "demand", "units_per_order", default=1.0) for y in years]
    omega = [inputs.positive(y, "demand", "orders_per_customer_per_year") / 12 for y in years]
    survival = [(1 - inputs.share(y, "demand", "annual_base_churn")) ** (1 / 12) for y in years]
    arrivals = [growing(inputs, y, "new_customers_per_month", "new_customers_growth") for y in years]
    n = None
    if inputs.find("demand", "customers"):
        n = [0.0, inputs.positive(0, "demand", "customers")]
        for t in range(1, horizon + 1):
            n.append(n[t] * survival[t] + arrivals[t])
        orders = [n[t] * omega[t] * season[t] for t in range(horizon + 1)]
    else:
        units = [growing(inputs, y, "units_per_year", "annual_growth") / 12 for y in years]
        orders = [0.0] + [units[t] * season[t] / u[t] for t in range(1, horizon + 1)]
    return Plan(
        horizon=horizon,
        discount_rate=r,
        discount=[(1 + r) ** (-t / 12) for t in range(horizon + 1)],
        units=[o * per_order for o, per_order in zip(orders, u, strict=True)],
        orders=orders,
        units_per_order=u,
        sale_price=[sale_price(inputs, y) for y in years],
        customers=n,
        orders_per_customer=omega,
        season=season,
        survival=survival,
        arrivals=arrivals,
    )


def sale_price(inputs: Inputs, year: int) -> float:
    own_growth = ("product", "sale_price_growth")
    growth = inputs.get("rate", year, *(own_growth if inputs.find(*own_growth) else ("inflation",)))
    return inputs.get("positive", year, "product", "sale_price", growth=growth)


def seasons(inputs: Inputs, horizon: int) -> list[float]:
    """The calendar month's number of each month t, the twelve scaled to mean 1."""
    node = inputs.find("demand", "seasonality")
    if node is None:
        return [1.0] * (horizon + 1)
    twelve = [inputs.number(f"{node.path}.{i}", raw, "positive") for i, raw in enumerate(unwrap(node.raw))]
    january = int(str(inputs.text("start")).split("-")[1]) - 1
    return [1.0] + [twelve[(january + t - 1) % 12] / (sum(twelve) / 12) for t in range(1, horizon + 1)]


def growing(inputs: Inputs, year: int, key: str, growth: str) -> float:
    return inputs.get("positive", year, "demand", key, growth=inputs.get("rate", year, "demand", growth))


# ---------------------------------------------------------------- section 3: landed unit cost


class Price(NamedTuple):
    unit: float  # p
    duty: float
    freight: float

    @property
    def landed(self) -> float:
        return self.unit + self.duty + self.freight


def price(inputs: Inputs, planned: Plan, year: int) -> Price:
    currency = inputs.text("own", "currency", default=inputs.text("currency"))
    fx = inputs.positive(year, "exchange_rates", currency) if currency != inputs.text("currency") else 1.0
    node, growth = inputs.find("own", "unit_price"), inputs.get("rate", year, "own", "price_growth")
    p = (inputs.read(node, "positive", year, growth) if node else price_of_breaks(inputs, planned, year, growth)) * fx
    freight = inputs.money(year, "own", "freight")
    dutiable = p + freight if inputs.text("own", "duty_basis") == "cif" else p
    return Price(p, inputs.share(year, "own", "duty_rate") * dutiable, freight)


def price_of_breaks(inputs: Inputs, planned: Plan, year: int, growth: float) -> float:
    """All units at the price of the highest break reached; below the lowest, at the lowest break's; 0 without."""
    node = inputs.find("own", "price_breaks")
    if node is None:
        return 0.0
    months = planned.by_year(planned.units)[year]
    annual_units = sum(months) / len(months) * 12
    steps = []
    for i, step in enumerate(unwrap(node.raw)):
        start = Input(f"{node.path}.{i}.from_units_per_year", step["from_units_per_year"])
        break_price = Input(f"{node.path}.{i}.unit_price", step["unit_price"])
        steps.append((inputs.read(start, "positive", year), inputs.read(break_price, "positive", year, growth)))
    steps.sort(key=lambda step: float(np.mean(step[0])))
    reached = steps[0][1]
    for start, break_price in steps[1:]:
        reached = np.where(start <= annual_units, break_price, reached)
    return reached


# ---------------------------------------------------------------- section 4: failures


class Failures(NamedTuple):
    """All modes in one contract year, and what the geometric series of replacements makes of them."""

    modes: list[Mode]
    shipped: float  # g
    events: list[float]  # e_r, by mode
    units_per_order: float  # u

    def total(self, per_event: Callable[[Mode], float]) -> float:
        """The sum over modes of e_r times something that one event brings."""
        return sum(e * per_event(mode) for e, mode in zip(self.events, self.modes, strict=True))


def failures(inputs: Inputs, u: float, year: int) -> Failures:
    modes = [failure_mode(inputs, name, u, year) for name in inputs.names("failures")]
    g_order = 1 / (1 - sum(mode["q"] * mode["replace"] for mode in modes if mode["per"] == "order"))
    g_unit = 1 / (1 - sum(mode["q"] * mode["replace"] for mode in modes if mode["per"] == "unit"))
    g = g_order * g_unit
    events = [g_order * mode["q"] / u if mode["per"] == "order" else g * mode["q"] for mode in modes]
    return Failures(modes, g, events, u)


def failure_mode(inputs: Inputs, name: str, u: float, year: int) -> Mode:
    """A mode in one contract year: q_r, the shares of remedies, a_r and what an event costs."""
    here = ("failures", name)
    mode: Mode = {key: inputs.share(year, *here, key) for key in ("returned", "refund", "replace", "repair", "churn")}
    per = inputs.text(*here, "per", default="unit")
    contact_cost = (*here, "contact_cost") if inputs.find(*here, "contact_cost") else ("contacts", "cost")
    by_mode = isinstance(inputs.find("own", "chargeback"), dict)
    return mode | {
        "name": name,
        "per": per,
        "q": failure_rate(inputs, name, year),
        "units": inputs.positive(year, *here, "units", default=u if per == "order" else 1.0),
        "resent": mode["replace"] * (u if per == "order" else 1.0),  # an order is sent again whole
        "contacts": inputs.positive(year, *here, "contacts"),
        "contact_cost": inputs.money(year, *contact_cost),
        "effort_minutes": inputs.positive(year, *here, "effort_minutes"),
        "goodwill": inputs.money(year, *here, "goodwill"),
        "chargeback": inputs.share(year, "own", "chargeback", *((name,) if by_mode else ())),
        "dispositions": dispositions(inputs, name, year),
    }


def failure_rate(inputs: Inputs, name: str, year: int) -> float:
    """q_{r,y} = q_r (1 - annual_improvement)^y; an unknown rate counts as 0."""
    if inputs.text("own", "failure_rates", name) == "unknown":
        return 0.0
    improvement = inputs.share(year, "own", "annual_improvement")
    return inputs.get("share", year, "own", "failure_rates", name, growth=-improvement)


def dispositions(inputs: Inputs, mode: str, year: int) -> list[dict[str, float]]:
    """The mode's own dispositions in place of the general ones; `rest` is what the other shares leave."""
    own = ("failures", mode, "dispositions")
    here = own if inputs.find(*own) is not None else ("returns", "dispositions")
    shares = {
        name: inputs.share(year, *here, name, "share")
        for name in inputs.names(*here)
        if inputs.text(*here, name, "share") != "rest"
    }
    rest = 1 - sum(shares.values())
    return [
        {
            "share": shares.get(name, rest),
            "recovers": inputs.share(year, *here, name, "recovers"),
            "proceeds": inputs.money(year, *here, name, "proceeds"),
            "cost": inputs.money(year, *here, name, "cost"),
        }
        for name in inputs.names(*here)
    ]


# ---------------------------------------------------------------- section 5: cost lines


def event_costs(inputs: Inputs, cost: Price, sale: float, year: int, mode: Mode) -> dict[str, float]:
    """What one event of a mode costs, by line."""
    back = mode["returned"] * mode["units"]
    activities = ("returns", "activities")
    h = sum(inputs.money(year, *activities, name) for name in inputs.names(*activities))
    recovered = sum(
        d["share"] * (d["recovers"] * cost.landed + d["proceeds"] - d["cost"]) for d in mode["dispositions"]
    )
    return {
        "replacement": mode["resent"] * (cost.landed + replacement_fulfilment_cost(inputs, year)),
        "repair": mode["repair"] * inputs.money(year, "returns", "repair_cost"),
        "return_processing": back * h,
        "recovery": -back * recovered,
        "refunds": mode["refund"] * mode["units"] * sale,
        "goodwill": mode["goodwill"],
        "contacts": mode["contacts"] * mode["contact_cost"],
        "chargeback": -mode["units"] * mode["chargeback"] * cost.unit,
    }


def replacement_fulfilment_cost(inputs: Inputs, year: int) -> float:
    stated = inputs.find("product", "replacement_fulfilment_cost")
    return inputs.money(year, "product", "replacement_fulfilment_cost" if stated else "fulfilment_cost")


def line_rates(
    inputs: Inputs, r: float, cost: Price, fails: Failures, costs: list[dict[str, float]], year: int
) -> dict[str, float]:
    """The first table of section 5, inventory_holding aside: money per planned unit."""
    g, p = fails.shipped, cost.unit
    payment_days = inputs.get("number", year, "own", "payment_days")
    rates = {
        "purchase": p,
        "duty": cost.duty,
        "freight": cost.freight,
        "inspection": g * inputs.money(year, "own", "inspection"),
        "payment_terms": p * ((1 + r) ** (-payment_days / 365) - 1),
        "fulfilment": inputs.money(year, "product", "fulfilment_cost"),
        "replacement": (g - 1) * (cost.landed + replacement_fulfilment_cost(inputs, year)),
    }
    for line in ("repair", "return_processing", "recovery", "refunds", "goodwill", "contacts", "chargeback"):
        rates[line] = sum(e * per_event[line] for e, per_event in zip(fails.events, costs, strict=True))
    drivers = {
        "unit": 1.0,
        "shipped_unit": g,
        "order": 1 / fails.units_per_order,
        "event": sum(fails.events),
        "return": fails.total(lambda mode: mode["returned"] * mode["units"]),
        "contact": fails.total(lambda mode: mode["contacts"]),
    }
    for per, driver in drivers.items():
        for name in extra_costs(inputs, per):
            rates[name] = driver * inputs.money(year, "extra_costs", name, "amount", kind="number")
    return rates


def extra_costs(inputs: Inputs, per: str) -> list[str]:
    """The extra costs with a driver: those of all options, the option's own, and of what it is built on."""
    return [
        name
        for name in inputs.names("extra_costs")
        if inputs.text("extra_costs", name, "per") == per
        and inputs.text("extra_costs", name, "supplier", default="all") in ("all", *inputs.family)
    ]


def fixed_amounts(inputs: Inputs, year: int) -> dict[str, float]:
    """The lines of the second table that cost the same whatever the volume, for one month."""
    amounts = {"management": inputs.money(year, "own", "annual_management") / 12}
    for per, months in (("month", 1), ("year", 12)):
        for name in extra_costs(inputs, per):
            amounts[name] = inputs.money(year, "extra_costs", name, "amount", kind="number") / months
    return amounts


def start_amounts(inputs: Inputs) -> dict[str, float]:
    """What falls at t = 0; inflation does not apply."""
    one_off = inputs.positive(0, "own", "switching_cost") + inputs.get("number", 0, "own", "one_off")
    return {"one_off": one_off} | {
        name: inputs.get("number", 0, "extra_costs", name, "amount") for name in extra_costs(inputs, "once")
    }


# ---------------------------------------------------------------- sections 7 and 8: inventory, disruption


def inventory(inputs: Inputs, planned: Plan, landed: float, t: int) -> tuple[float, float]:
    """inventory_holding per planned unit, and the unfilled share of demand."""
    if not inputs.find("own", "inventory", "service_level"):
        return 0.0, 0.0
    y, here = contract_year(t), ("own", "inventory")
    lead = inputs.positive(y, *here, "lead_time_days")
    lead_sd = inputs.positive(y, *here, "lead_time_sd_days")
    interval = inputs.positive(y, *here, "order_interval_days")
    cv = inputs.positive(y, "demand", "monthly_cv")
    sd_days = ((lead + interval) * cv**2 * DAYS_PER_MONTH + lead_sd**2) ** 0.5
    minimum = inputs.positive(y, "own", "moq") * inputs.fixed("demand", "skus", default=1.0)
    order_days = np.maximum(interval, minimum * DAYS_PER_MONTH / planned.units[t])
    z = ndtri(inputs.share(y, *here, "service_level") ** (order_days / DAYS_PER_MONTH))
    if np.any(z < 0):
        raise ValueError(f"month {t}: the service level asks for less than no safety stock (z = {z})")
    stock_days = order_days / 2 + z * sd_days
    carrying = inputs.share(y, *here, "holding_rate") + inputs.share(y, *here, "obsolescence_rate")
    holding = stock_days * landed * carrying / 12 / DAYS_PER_MONTH
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return holding, np.minimum(1.0, sd_days * (density - z * ndtr(-z)) / order_days)


def stockouts(inputs: Inputs, unfilled: float, margin: float, year: int) -> float:
    """Rate per planned unit; nothing where the case does not say what an unfilled unit costs."""
    here = ("own", "inventory", "stockout")
    lost = inputs.share(year, *here, "lost_share")
    return unfilled * (lost * margin + (1 - lost) * inputs.money(year, *here, "backorder_cost"))


def disruption(inputs: Inputs, units: float, margin: float, year: int) -> float:
    """Amount of the month."""
    here = ("own", "disruption")
    lost_months = inputs.positive(year, *here, "months") * inputs.share(year, *here, "demand_lost_share")
    loss = lost_months * units * margin + inputs.money(year, *here, "expedite_cost")
    return inputs.positive(year, *here, "per_year") / 12 * loss


# ---------------------------------------------------------------- one month of one option


class Month(NamedTuple):
    """An option's rates, hazards and amounts in one month: all that does not depend on the customers left."""

    rates: dict[str, float]  # line -> money per planned unit: the first table, and stockouts
    unit_cost: float  # k_t, stockouts not among it
    margin: float  # sale_price - k_t
    amounts: dict[str, float]  # line -> money of the month
    by_mode: dict[str, float]  # mode -> money per planned unit, without churn
    churn_weights: dict[str, float]  # mode -> e_r delta_r
    leaving: float  # l_y
    valuation: str
    leaver_value: float  # lifetime_value or acquisition_cost
    other_margin: float  # per customer and month
    beyond_horizon: bool
    physical: dict[str, float]  # per planned unit
    perfect_order_rate: float


def month(inputs: Inputs, planned: Plan, t: int) -> Month:
    y, sale = contract_year(t), planned.sale_price[t]
    cost = price(inputs, planned, y)
    fails = failures(inputs, planned.units_per_order[t], y)
    costs = [event_costs(inputs, cost, sale, y, mode) for mode in fails.modes]
    rates = line_rates(inputs, planned.discount_rate, cost, fails, costs, y)
    rates["inventory_holding"], unfilled = inventory(inputs, planned, cost.landed, t)
    unit_cost = sum(rates.values())
    margin = sale - unit_cost
    rates["stockouts"] = stockouts(inputs, unfilled, margin, y)
    leaving = fails.total(lambda mode: mode["churn"] * (1 - inputs.share(y, "churn", "recovery_effect")))
    valuation = inputs.text("churn", "valuation", default="lost_margin")
    value_key = "lifetime_value" if valuation == "lifetime_value" else "acquisition_cost"
    events = {mode["name"]: e for e, mode in zip(fails.events, fails.modes, strict=True)}
    return Month(
        rates=rates,
        unit_cost=unit_cost,
        margin=margin,
        amounts=fixed_amounts(inputs, y) | {"disruption": disruption(inputs, planned.units[t], margin, y)},
        by_mode={name: events[name] * sum(per_event.values()) for name, per_event in zip(events, costs, strict=True)},
        churn_weights={mode["name"]: events[mode["name"]] * mode["churn"] for mode in fails.modes},
        leaving=leaving,
        valuation=valuation,
        leaver_value=inputs.money(y, "churn", value_key),
        other_margin=inputs.money(y, "churn", "other_margin_per_customer_per_year") / 12,
        beyond_horizon=bool(inputs.text("churn", "beyond_horizon", default=False)),
        physical=physical_rates(fails, leaving),
        perfect_order_rate=perfect_order_rate(fails),
    )


# ---------------------------------------------------------------- section 6: churn


def customers(planned: Plan, months: list[Month]) -> list[float] | None:
    """N_1 ... N_{T+1}; None without a customer base."""
    if planned.customers is None:
        return None
    n = [0.0, planned.customers[1]]
    for t in planned.span:
        units_per_customer = planned.orders_per_customer[t] * planned.season[t] * planned.units_per_order[t]
        hazard = units_per_customer * months[t].leaving
        n.append(n[t] * planned.survival[t] * np.exp(-hazard) + planned.arrivals[t])
    return n


def churn(planned: Plan, now: Month, n: list[float] | None, t: int) -> float:
    """churn_t, in the valuation of the case."""
    if now.valuation != "lost_margin":
        return planned.units[t] * now.leaving * now.leaver_value
    if n is None or planned.customers is None:
        if np.any(now.leaving):
            raise ValueError("lost_margin needs a customer base; use lifetime_value or reacquisition")
        return 0.0
    buys = planned.orders_per_customer[t] * planned.units_per_order[t]
    lost_units = planned.units[t] - n[t] * buys * planned.season[t]
    amount = lost_units * now.margin + (planned.customers[t] - n[t]) * now.other_margin
    if t == planned.horizon and now.beyond_horizon:
        d = (1 + planned.discount_rate) ** (-1 / 12)
        each = (now.margin * buys + now.other_margin) * d / (1 - planned.survival[t] * d)
        amount += (planned.customers[t + 1] - n[t + 1]) * each
    return amount


def churn_by_mode(months: list[Month], amount: float, t: int) -> dict[str, float]:
    """Churn of month t split by e_r delta_r, or by the last weights that were not all zero."""
    for s in range(t, 0, -1):
        total = sum(months[s].churn_weights.values())
        if np.all(total):
            return {mode: amount * weight / total for mode, weight in months[s].churn_weights.items()}
    return {}


# ---------------------------------------------------------------- section 11: physical figures


def physical_rates(fails: Failures, leaving: float) -> dict[str, float]:
    """Per planned unit. Scrapped is what a disposition neither recovers nor sells."""
    return {
        "returned_units": fails.total(lambda mode: mode["returned"] * mode["units"]),
        "contacts": fails.total(lambda mode: mode["contacts"]),
        "effort_minutes": fails.total(lambda mode: mode["effort_minutes"]),
        "replacements": fails.shipped - 1,
        "scrapped_units": fails.total(
            lambda mode: (
                mode["returned"]
                * mode["units"]
                * sum(d["share"] * ((d["recovers"] == 0) & (d["proceeds"] == 0)) for d in mode["dispositions"])
            )
        ),
        "customers_lost": leaving,
    }


def perfect_order_rate(fails: Failures) -> float:
    order = sum(mode["q"] for mode in fails.modes if mode["per"] == "order")
    unit = sum(mode["q"] for mode in fails.modes if mode["per"] == "unit")
    return (1 - order) * (1 - unit) ** fails.units_per_order


def physical(planned: Plan, months: list[Month]) -> dict[str, float]:
    """Per 1,000 planned orders over the horizon; the perfect-order rate is the mean over orders."""
    totals = {
        name: 1000 * sum(planned.units[t] * months[t].physical[name] for t in planned.span)
        for name in months[1].physical
    }
    totals["perfect_order_rate"] = sum(planned.orders[t] * months[t].perfect_order_rate for t in planned.span)
    return {name: total / sum(planned.orders) for name, total in totals.items()}


# ---------------------------------------------------------------- sections 5, 8 and 10: options in money


def compare(tree: dict[str, Any], number: Number) -> dict[str, Any]:
    """All options of a case, every number being what the callback says."""
    case = annotate(tree)
    known: dict[str, float] = {}

    def asked_once(path: str, raw: Any, kind: str) -> float:
        if path not in known:
            known[path] = number(path, raw, kind)
        return known[path]

    baseline = case["baseline"].raw
    options = {name: Inputs(case, name, asked_once) for name in case["suppliers"]}
    planned = plan(options[baseline])
    months = {
        name: [month(inputs, planned, max(t, 1)) for t in range(planned.horizon + 1)]
        for name, inputs in options.items()
    }
    results = []
    for name, inputs in options.items():
        first_own = 1 + int(inputs.fixed("own", "transition_months"))
        lived = months[baseline][:first_own] + months[name][first_own:]
        results.append({"supplier": name} | option(inputs, planned, lived, line_kinds(options[baseline])))
    base = next(result for result in results if result["supplier"] == baseline)
    for result in results:
        result["npv"] = base["present_cost"] - result["present_cost"]
        for level in ("hard", "hard_and_estimated"):
            result[level]["npv"] = base[level]["present_cost"] - result[level]["present_cost"]
    revenue = [units * sale for units, sale in zip(planned.units, planned.sale_price, strict=True)]
    return {
        "baseline": baseline,
        "currency": tree.get("currency"),
        "suppliers": results,
        "planned": {
            "units": [sum(year) for year in planned.by_year(planned.units)],
            "revenue": [sum(year) for year in planned.by_year(revenue)],
        },
    }


def line_kinds(inputs: Inputs) -> Kinds:
    """Group and grade of every line: extra costs as given, grades moved by decision.grades."""
    kinds = {line: kind for kind, lines in LINES.items() for line in lines.split()}
    for name in inputs.names("extra_costs"):
        group, grade = (inputs.text("extra_costs", name, key) for key in ("group", "grade"))
        kinds[name] = (group or "supply", grade or "hard")
    for line in inputs.names("decision", "grades"):
        kinds[line] = (kinds[line][0], inputs.text("decision", "grades", line))
    return kinds


def option(inputs: Inputs, planned: Plan, months: list[Month], kinds: Kinds) -> dict[str, Any]:
    """One option's figures, savings aside."""
    n = customers(planned, months)
    monthly = monthly_lines(inputs, planned, months, n, kinds)
    lines = {line: present_value(planned, amounts) for line, amounts in monthly.items()}
    modes = by_mode(planned, months, monthly["churn"])
    return headline(planned, lines, kinds, "hard", "estimated", "soft") | {
        "cost_per_unit_undiscounted": sum(map(sum, monthly.values())) / sum(planned.units),
        "hard": headline(planned, lines, kinds, "hard"),
        "hard_and_estimated": headline(planned, lines, kinds, "hard", "estimated"),
        "lines": lines,
        "by_mode": modes,
        "by_stage": add_up(modes, stated_of_modes(inputs, "stage")),
        "by_liable": add_up(modes, stated_of_modes(inputs, "liable")),
        "by_group": add_up(lines, {line: kinds[line][0] for line in lines}),
        "monthly": monthly,
        "rates": [months[t].rates for t in planned.span],
        "unit_cost": [months[t].unit_cost for t in planned.span],
        "leavers": [planned.units[t] * months[t].leaving for t in planned.span],
        "customers": n[1:] if n else None,
        "physical": physical(planned, months),
    }


def stated_of_modes(inputs: Inputs, key: str) -> dict[str, str]:
    return {mode: inputs.text("failures", mode, key, default="") for mode in inputs.names("failures")}


def monthly_lines(
    inputs: Inputs, planned: Plan, months: list[Month], n: list[float] | None, kinds: Kinds
) -> dict[str, list[float]]:
    """Every line's amounts at t = 0 ... T."""
    lines = {line: [0.0] * (planned.horizon + 1) for line in kinds}
    for line, amount in start_amounts(inputs).items():
        lines[line][0] = amount
    for t in planned.span:
        for line, rate in months[t].rates.items():
            lines[line][t] = planned.units[t] * rate
        for line, amount in months[t].amounts.items():
            lines[line][t] = amount
        lines["churn"][t] = churn(planned, months[t], n, t)
    return lines


def present_value(planned: Plan, amounts: list[float]) -> float:
    return sum(v * amount for v, amount in zip(planned.discount, amounts, strict=True))


def by_mode(planned: Plan, months: list[Month], churn_amounts: list[float]) -> dict[str, float]:
    """Present value of failure lines, contacts and churn by mode."""
    totals = dict.fromkeys(months[1].by_mode, 0.0)
    for t in planned.span:
        churned = churn_by_mode(months, churn_amounts[t], t)
        for mode, rate in months[t].by_mode.items():
            totals[mode] += planned.discount[t] * (planned.units[t] * rate + churned.get(mode, 0.0))
    return totals


def headline(planned: Plan, lines: dict[str, float], kinds: Kinds, *grades: str) -> dict[str, float]:
    """Present cost of the lines of these grades, and levelised per unit (section 10)."""
    cost = sum(amount for line, amount in lines.items() if kinds[line][1] in grades)
    return {"present_cost": cost, "cost_per_unit": cost / present_value(planned, planned.units)}


def add_up(amounts: dict[str, float], belongs: dict[str, str]) -> dict[str, float]:
    totals: dict[str, float] = {}
    for name, amount in amounts.items():
        totals[belongs[name]] = totals.get(belongs[name], 0.0) + amount
    return totals


# ---------------------------------------------------------------- the mean of every form of number


def mean(path: str, raw: Any, kind: str, folder: Path = Path()) -> float:
    """The mean of a number as written; files of samples are sought in `folder`."""
    raw = unwrap(raw)
    if not isinstance(raw, dict):
        return mean_of_text(str(raw), kind)
    if "samples" in raw:
        with open(folder / raw["samples"], newline="", encoding="utf-8-sig") as file:
            return fmean(plain(row[raw["column"]]) for row in csv.DictReader(file))
    [(form, given)] = raw.items()
    if isinstance(given, dict) and form != "discrete":
        given = {key: plain(value) for key, value in given.items()}
    match form:
        case "pert":
            low, mode, high = map(plain, given)
            return (low + 4 * mode + high) / 6
        case "triangular" | "uniform":
            return fmean(map(plain, given))
        case "discrete":
            return sum(plain(value) * plain(chance) for value, chance in given.items())
        case "metalog":
            return metalog_mean(**given)
        case "normal" | "lognormal" | "gamma" | "beta":
            return given["mean"] if "mean" in given else mean_by_percentiles(form, given)
    raise ValueError(f"{path}: not a number: {raw}")


def plain(written: Any) -> float:
    """12.4, '50_000' or '8%'."""
    text = str(written).replace("_", "").strip()
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


def mean_of_text(text: str, kind: str) -> float:
    if " of " in text:
        events, trials = map(plain, text.split(" of "))
        return (events + 0.5) / (trials + 1)
    if " to " in text:
        low, high = map(plain, text.split(" to "))
        family = {"share": "beta", "positive": "lognormal"}.get(kind, "normal")
        return mean_by_percentiles(family, {"p5": low, "p95": high})
    return plain(text)


def mean_by_percentiles(family: str, stated: dict[str, float]) -> float:
    """The mean of the member of a family that has two given percentiles."""
    (p1, x1), (p2, x2) = sorted((int(key[1:]) / 100, value) for key, value in stated.items())
    if family in ("gamma", "beta"):
        return (gamma_mean if family == "gamma" else beta_mean)(p1, x1, p2, x2)
    z1, z2 = float(ndtri(p1)), float(ndtri(p2))
    if family == "normal":
        return x1 - z1 * (x2 - x1) / (z2 - z1)
    sigma = math.log(x2 / x1) / (z2 - z1)
    return x1 * math.exp(-z1 * sigma + sigma**2 / 2)


def gamma_mean(p1: float, x1: float, p2: float, x2: float) -> float:
    """The ratio of two percentiles settles the shape; the scale follows."""
    from scipy.optimize import brentq
    from scipy.special import gammaincinv

    def miss(log_shape: float) -> float:
        shape = math.exp(log_shape)
        return math.log(gammaincinv(shape, p2) / gammaincinv(shape, p1)) - math.log(x2 / x1)

    shape = math.exp(brentq(miss, -4, 18, xtol=1e-14, rtol=1e-14))
    return float(shape * x1 / gammaincinv(shape, p1))


def beta_mean(p1: float, x1: float, p2: float, x2: float) -> float:
    """Solve for both shapes, from those of the normal with these percentiles; the answer is checked."""
    from scipy.optimize import root
    from scipy.special import betainc, betaincinv, logit

    def miss(logs: Any) -> Any:
        a, b = math.exp(logs[0]), math.exp(logs[1])
        return [logit(betainc(a, b, x)) - logit(p) for p, x in ((p1, x1), (p2, x2))]

    z1, z2 = float(ndtri(p1)), float(ndtri(p2))
    sd = (x2 - x1) / (z2 - z1)
    center = min(max(x1 - z1 * sd, 1e-6), 1 - 1e-6)
    size = max(center * (1 - center) / sd**2 - 1, 0.5)
    found = root(miss, [math.log(center * size), math.log((1 - center) * size)], tol=1e-13)
    a, b = math.exp(found.x[0]), math.exp(found.x[1])
    if not all(math.isclose(betaincinv(a, b, p), x, rel_tol=1e-9) for p, x in ((p1, x1), (p2, x2))):
        raise ValueError(f"no beta found with percentiles {p1}: {x1}, {p2}: {x2}")
    return a / (a + b)


def metalog_mean(p10: float, p50: float, p90: float, min: float = -math.inf, max: float = math.inf) -> float:
    """Keelin's metalog of three terms, in logs or logits where it is bounded; its quantiles integrated.

    In w = logit(probability) the integrand is smooth and dies off at both ends, so that a plain sum is exact.
    """
    floor, ceiling = min > -math.inf, max < math.inf

    def stretched(x: float) -> float:
        if floor or ceiling:
            return (math.log(x - min) if floor else 0.0) - (math.log(max - x) if ceiling else 0.0)
        return x

    low, middle, high = map(stretched, (p10, p50, p90))
    a2, a3 = (high - low) / (2 * math.log(9)), (high + low - 2 * middle) / (0.8 * math.log(9))

    def quantile(w: float) -> float:
        q = middle + a2 * w + a3 * math.tanh(w / 2) / 2 * w
        if floor and ceiling:
            return min + (max - min) * (1 + math.tanh(q / 2)) / 2
        return min + math.exp(q) if floor else max - math.exp(-q) if ceiling else q

    return sum(quantile(i / 20) / math.cosh(i / 40) ** 2 for i in range(-6000, 6001)) / 80
