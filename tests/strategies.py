"""Random case files as plain data: every key of the format, every way to write a number, no invalid case by design.

`cases()` is the strategy. Its bounds keep joint limits (rates, remedies, dispositions, safety stock) so far away that
draws of the uncertain numbers stay valid too: tests of a simulation can use it as well.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

Tree = dict[str, Any]

FOLDER = Path(__file__).parent / "data"
"""Where the files of samples lie that random cases name."""
SAMPLES = {"share": 0.02, "positive": 4.5}
"""What samples of each kind are about."""
LINES = (
    "purchase",
    "duty",
    "freight",
    "inspection",
    "payment_terms",
    "fulfilment",
    "replacement",
    "repair",
    "return_processing",
    "recovery",
    "refunds",
    "goodwill",
    "contacts",
    "chargeback",
    "inventory_holding",
    "management",
    "one_off",
    "stockouts",
    "disruption",
    "churn",
)
GROUPS = ("supply", "fulfilment", "failures", "service", "inventory", "risk", "customers")
GRADES = ("hard", "estimated", "soft")
STAGES = ("order", "dispatch", "delivery", "unboxing", "use", "return")
PARTIES = ("supplier", "carrier", "warehouse", "listing", "customer")
PER_UNIT = ("unit", "shipped_unit", "order", "event", "return", "contact")
"""What extra costs that are a rate per planned unit may be counted by."""
PER = (*PER_UNIT, "month", "year", "once")
MODES = ("leaks", "crushed", "wrong item", "late", "lost")
VALUATIONS = ("lost_margin", "lifetime_value", "reacquisition")
_STEPS = 40


@dataclass(frozen=True)
class Shape:
    """What random cases may contain; everything by default.

    Parameters
    ----------
    uncertain : bool
        Distributions in place of numbers.
    demands : tuple of str
        Of ``customers`` and ``units``.
    valuations : tuple of str
        Of `VALUATIONS`.
    price_breaks, minimum_orders, stockouts, disruption, transition, switching, other_margin, beyond_horizon : bool
        Parts of the model that may be left out of all cases.
    sells : bool
        Whether there always is a sale price.
    longest : int
        The longest horizon [months].
    most : int
        Suppliers at most.
    """

    uncertain: bool = True
    demands: tuple[str, ...] = ("customers", "units")
    valuations: tuple[str, ...] = VALUATIONS
    price_breaks: bool = True
    minimum_orders: bool = True
    stockouts: bool = True
    disruption: bool = True
    transition: bool = True
    switching: bool = True
    other_margin: bool = True
    beyond_horizon: bool = True
    sells: bool = False
    longest: int = 30
    most: int = 5


ANYTHING = Shape()
FIXED = Shape(uncertain=False)


def cases(shape: Shape = ANYTHING) -> st.SearchStrategy[Tree]:
    """Draw whole cases as `tco.from_data` takes them (samples are in `FOLDER`).

    Hypothesis draws the seed only: left to itself it prefers small and repeated draws, so that in a hundred cases
    rare features never met. `simplest` does its shrinking.
    """
    return st.integers(0, 2**32 - 1).map(lambda seed: random_case(seed, shape))


def random_case(seed: int, shape: Shape = ANYTHING) -> Tree:
    """Make the case of a seed."""
    return _Maker(random.Random(seed), shape).case()


def simplest(tree: Tree, fails: Callable[[Tree], bool], tries: int = 150) -> Tree:
    """Take out of a case whatever can go while it still fails: a small case to put in a bug report.

    `fails` is given cases that may be invalid and says no to those; it is asked so many times at most, since each time
    is a comparison.
    """
    for keys in sorted(_places(tree), key=len):
        smaller = _without(tree, keys)
        if smaller is None:
            continue  # gone with what it was a part of
        if tries == 0:
            break
        tries -= 1
        tree = smaller if fails(smaller) else tree
    return tree


def _places(node: Any, keys: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the chain of keys of everything in a case."""
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in parts:
        yield (*keys, key)
        yield from _places(child, (*keys, key))


def _without(tree: Tree, keys: tuple[Any, ...]) -> Tree | None:
    """Give a copy of a case without one of its places; None where it has no such place."""
    found = copy.deepcopy(tree)
    node: Any = found
    try:
        for key in keys[:-1]:
            node = node[key]
        del node[keys[-1]]
    except (KeyError, IndexError, TypeError):
        return None
    return found


class _Maker:
    """One case in the making: the dice, and what later parts must know of earlier ones."""

    def __init__(self, dice: random.Random, shape: Shape) -> None:
        self.dice = dice
        self.shape = shape
        self.sells = shape.sells or self.chance(90)
        self.horizon = self.whole(1, shape.longest)

    # ------------------------------------------------------------ dice

    def chance(self, percent: int) -> bool:
        """Say yes in so many percent of cases."""
        return self.dice.random() * 100 < percent

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number."""
        return self.dice.randint(low, high)

    def pick(self, options: Iterable[Any]) -> Any:
        """Draw one of some things."""
        return self.dice.choice(list(options))

    def some(self, options: Iterable[Any], most: int, least: int = 0) -> list[Any]:
        """Draw some different things in any order, each number of them as likely."""
        known = list(options)
        return self.dice.sample(known, self.whole(min(least, len(known)), min(most, len(known))))

    def optional(self, keys: Mapping[str, Callable[[], Any]]) -> Tree:
        """State each of some keys or not, as by tossing a coin."""
        return {name: make() for name, make in keys.items() if self.chance(50)}

    def rising(self, low: float, high: float, count: int) -> list[float]:
        """Draw so many rising numbers, each a step of at least a 40th of the range above the one before."""
        return [_grid(low, high, step) for step in sorted(self.some(range(_STEPS + 1), count, count))]

    # ------------------------------------------------------------ numbers

    def number(self, kind: str, low: float, high: float, *, path: bool = False, percent: bool = False) -> Any:
        """Write a number in any form that its kind allows, its draws (nearly) all between `low` and `high`.

        `low` is above 0 for what is positive or a share. `path` allows a path by contract year; `percent` a percent
        sign on a number that is neither a share nor a rate.
        """
        percent = percent or kind in ("share", "rate")
        form = self.pick(_FORMS)
        if form == "path" and path:
            return {"by_year": [self.number(kind, low, high, percent=percent) for _ in range(self.whole(1, 4))]}
        if form == "uncertain" and self.shape.uncertain:
            return self.uncertain(kind, low, high, percent=percent)
        if form == "with source":
            return {"value": self.plain(low, high), "source": "a guess"}
        return self.plain(low, high, percent=percent and form == "percent")

    def plain(self, low: float, high: float, *, percent: bool = False) -> float | str:
        """Write a fixed number: 0.08, 8% or, where it is large, 50_000."""
        return _written(_grid(low, high, self.whole(0, _STEPS)), percent=percent)

    def uncertain(self, kind: str, low: float, high: float, *, percent: bool) -> Any:
        """Write a distribution that lies between `low` and `high`, by far the most of it at least."""
        forms = ["interval", "pert", "triangular", "uniform", "normal", "discrete", "metalog"]
        forms += {"share": ["beta", "counts"], "positive": ["gamma", "lognormal"]}.get(kind, [])
        forms += ["samples"] if low <= SAMPLES.get(kind, -1) <= high else []
        form = self.pick(forms)
        if form == "samples":
            return {"samples": "samples.csv", "column": "share" if kind == "share" else "money"}
        if form == "counts":
            trials = self.whole(200, 4000)
            return f"{round(trials * self.rising(low, high, 1)[0])} of {trials}"
        ends = {"pert": 3, "triangular": 3, "uniform": 2}
        if form in ends:
            return {form: [_written(x, percent=percent) for x in self.rising(low, high, ends[form])]}
        return self.family(form, kind, low, high, percent=percent)

    def family(self, form: str, kind: str, low: float, high: float, *, percent: bool) -> Any:
        """Write an interval or a distribution by moments or percentiles, from the middle of the range."""
        middle, reach = (low + high) / 2, (high - low) / 2
        p10, p50, p90 = self.rising(middle - reach / 3, middle + reach / 3, 3)
        if form == "interval":
            return f"{_written(p10, percent=percent)} to {_written(p90, percent=percent)}"
        if form == "discrete":
            share = self.whole(1, 99)
            return {"discrete": {_written(p10, percent=percent): f"{share}%", p90: (100 - share) / 100}}
        if form == "metalog":
            bounds = {"share": {"min": 0, "max": 1}, "positive": {"min": 0}}.get(kind, {})
            gentle = p10 + (p90 - p10) * (0.4 + 0.2 * self.whole(0, 10) / 10)  # far from what a metalog cannot follow
            return {"metalog": {"p10": p10, "p50": gentle, "p90": p90, **bounds}}
        if form == "normal" or self.chance(50):
            return {form: {"mean": p50, "sd": reach / (20 if form == "normal" else 6)}}
        lower, upper = self.pick((("p5", "p95"), ("p10", "p90"), ("p25", "p75"), ("p50", "p90")))
        return {form: {lower: p10, upper: p90}}

    # ------------------------------------------------------------ sections

    def case(self) -> Tree:
        """Draw a case from top to bottom."""
        tree: Tree = {"tco": 1, "name": "random", "currency": "GBP", "start": f"2027-{self.whole(1, 12):02d}"}
        self.discounts = self.chance(90)
        discount_rate = self.plain(0.01, 0.2, percent=True) if self.discounts else 0
        tree |= {"horizon_months": self.horizon, "discount_rate": discount_rate}
        tree |= self.optional({"inflation": lambda: self.number("rate", -0.02, 0.08)})
        tree["exchange_rates"] = {code: self.number("positive", 0.5, 1.5, path=True) for code in ("USD", "EUR")}
        tree["product"] = self.product()
        tree["demand"] = self.demand()
        tree["returns"] = self.returns()
        tree |= {"contacts": {"cost": self.money(3, 9)}} if self.chance(80) else {}
        self.contact_cost = "contacts" in tree
        self.repairs = "repair_cost" in tree["returns"]
        churn = self.churn()
        tree |= {"churn": churn} if churn else {}
        tree["failures"] = {name: self.mode() for name in self.some(MODES, 4, least=0 if self.chance(10) else 1)}
        tree |= self.inventory_section()
        tree |= self.options(tree)
        tree |= self.extras(tree)
        self.overrides(tree)
        tree |= self.decision(tree)
        return tree

    def money(self, low: float, high: float) -> Any:
        """Write a positive amount of money, perhaps one a contract year."""
        return self.number("positive", low, high, path=True)

    def once(self, low: float, high: float) -> Any:
        """Write an amount that is paid once; not as `1 to 2`: the format does not say what that is for `one_off`."""
        written = self.number("positive", low, high)
        return self.plain(low, high) if "to" in str(written) else written

    def product(self) -> Tree:
        """Draw the product."""
        product = {"sale_price": self.money(15, 60)} if self.sells else {}
        growth = {"sale_price_growth": lambda: self.number("rate", -0.03, 0.06)} if self.sells else {}
        costs = {name: lambda: self.money(1, 4) for name in ("fulfilment_cost", "replacement_fulfilment_cost")}
        return product | self.optional({**growth, **costs})

    def demand(self) -> Tree:
        """Draw one of the two kinds of demand."""
        self.has_customers = "customers" in self.shape.demands and (len(self.shape.demands) == 1 or self.chance(65))
        demand: Tree = {}
        if self.has_customers:
            demand["customers"] = self.number("positive", 500, 5000)
            demand["orders_per_customer_per_year"] = self.number("positive", 1, 8)
            demand |= self.optional(
                {
                    "new_customers_per_month": lambda: self.number("positive", 10, 90),
                    "new_customers_growth": lambda: self.number("rate", -0.1, 0.1),
                    "annual_base_churn": lambda: self.number("share", 0.05, 0.3),
                }
            )
        else:
            demand["units_per_year"] = self.number("positive", 5000, 60_000)
            demand |= self.optional({"annual_growth": lambda: self.number("rate", -0.1, 0.1)})
        demand |= self.optional(
            {
                "units_per_order": lambda: self.number("positive", 0.8, 3),
                "monthly_cv": lambda: self.number("positive", 0.1, 0.5, percent=True),
                "seasonality": lambda: [self.whole(5, 20) / 10 for _ in range(12)],
                "skus": lambda: self.whole(1, 4),
            }
        )
        return demand

    def returns(self) -> Tree:
        """Draw activities, dispositions and the cost of a repair."""
        names = self.some(("label", "receiving", "grading"), 3)
        returns: Tree = {"activities": {name: self.money(0.5, 3) for name in names}}
        returns |= {"dispositions": self.dispositions()} if self.chance(70) else {}
        return returns | ({"repair_cost": self.money(5, 12)} if self.chance(70) else {})

    def dispositions(self) -> Tree:
        """Draw dispositions whose shares sum to 100 %, one of them `rest` unless all are fixed."""
        names = self.some(("restock", "outlet", "scrap"), 3, least=0 if self.chance(5) else 1)
        rest = self.chance(70)
        found: Tree = {}
        for position, name in enumerate(names):
            last = position == len(names) - 1
            if rest:
                found[name] = {"share": "rest" if last else self.number("share", 0.05, 0.4)}
            else:
                found[name] = {"share": 1 - 0.25 * position if last else 0.25}
            found[name] |= self.optional(
                {
                    "recovers": lambda: self.number("share", 0.3, 1.0),
                    "proceeds": lambda: self.money(0.5, 4),
                    "cost": lambda: self.money(0.1, 1),
                }
            )
        return found

    def churn(self) -> Tree:
        """Draw how customers who are driven away are valued; nothing where none may be."""
        valuations = [
            one for one in self.shape.valuations if one != "lost_margin" or (self.sells and self.has_customers)
        ]
        self.loses = bool(valuations) and self.chance(90)
        if not self.loses:
            return {}
        valuation = valuations[0] if self.chance(50) else self.pick(valuations)
        if valuation == "lost_margin" and self.chance(10):
            return {}  # the default
        churn: Tree = {"valuation": valuation}
        if valuation == "lost_margin":
            other = {"other_margin_per_customer_per_year": lambda: self.money(4, 14)} if self.shape.other_margin else {}
            churn |= self.optional(other)
            churn |= {"beyond_horizon": True} if self.beyond() else {}
        else:
            churn["lifetime_value" if valuation == "lifetime_value" else "acquisition_cost"] = self.money(10, 60)
        return churn | self.optional({"recovery_effect": lambda: self.number("share", 0.05, 0.5)})

    def beyond(self) -> bool:
        """Say whether customers count beyond the horizon: undiscounted they might be worth more than any sum."""
        return self.shape.beyond_horizon and self.discounts and self.chance(50)

    def mode(self) -> Tree:
        """Draw a failure mode; shares of remedies stay below 1 together."""
        mode: Tree = {"stage": self.pick(STAGES), "liable": self.pick(PARTIES)}
        mode |= {"per": self.pick(("unit", "order"))} if self.chance(80) else {}
        remedies = {"replace": (0.1, 0.5), "returned": (0.1, 0.6)}
        remedies |= {"refund": (0.05, 0.3)} if self.sells else {}
        remedies |= {"repair": (0.05, 0.15)} if self.repairs else {}
        keys = {
            name: lambda low=low, high=high: self.number("share", low, high) for name, (low, high) in remedies.items()
        }
        keys["units"] = lambda: self.number("positive", 1, 2)
        keys["goodwill"] = lambda: self.money(0.5, 4)
        keys["effort_minutes"] = lambda: self.number("positive", 5, 30)
        keys |= {"churn": lambda: self.number("share", 0.01, 0.15)} if self.loses else {}
        mode |= self.optional(keys)
        mode |= {"dispositions": self.dispositions()} if self.chance(30) else {}
        if self.chance(60):
            mode["contacts"] = self.number("positive", 0.2, 2, percent=True)
        if ("contacts" in mode and not self.contact_cost) or self.chance(20):
            mode["contact_cost"] = self.money(3, 9)
        return mode

    def inventory_section(self) -> Tree:
        """Draw the inventory that suppliers share; their own lead times may replace it."""
        self.holds = self.chance(60)
        return {"inventory": self.inventory()} if self.holds else {}

    def inventory(self) -> Tree:
        """Draw a whole inventory, whose service level allows for orders of half a year."""
        inventory: Tree = {
            "lead_time_days": self.number("positive", 5, 80),
            "lead_time_sd_days": self.number("positive", 1, 12),
            "order_interval_days": self.number("positive", 7, 60),
            "service_level": self.number("share", 0.92, 0.99),
            "holding_rate": self.number("share", 0.1, 0.3, path=True),
        }
        inventory |= self.optional({"obsolescence_rate": lambda: self.number("share", 0.01, 0.1, path=True)})
        if self.shape.stockouts and self.chance(70):
            lost = self.number("share", 0.2, 0.8) if self.sells else 0
            inventory["stockout"] = {"lost_share": lost, "backorder_cost": self.money(1, 4)}
        return inventory

    # ------------------------------------------------------------ suppliers

    def options(self, tree: Tree) -> Tree:
        """Draw suppliers, some built on others, and the failure rates that all share."""
        names = ("acme", "borealis", "corvus", "delta", "elara")[: self.whole(1, self.shape.most)]
        rates = {mode: self.pick(("own", "shared", "both", "none")) for mode in tree["failures"]}
        suppliers: Tree = {}
        for name in names:
            parent = self.pick(list(reversed(suppliers))) if suppliers and self.chance(60) else None
            suppliers[name] = self.based_on(parent, rates, tree) if parent else self.supplier(rates, tree)
        order = self.some(names, len(names), len(names))
        shared = {mode: self.rate(path=True) for mode, where in rates.items() if where in ("shared", "both")}
        found: Tree = {"baseline": self.pick(names), "suppliers": {name: suppliers[name] for name in order}}
        return found | ({"failure_rates": shared} if shared else {})

    def rate(self, *, path: bool = False) -> Any:
        """Write a failure rate: four modes of this size never reach 1 together."""
        return self.number("share", 0.005, 0.22, path=path)

    def supplier(self, rates: Mapping[str, str], tree: Tree) -> Tree:
        """Draw a supplier that stands by itself."""
        supplier: Tree = self.price()
        supplier |= self.terms(tree)
        own = [mode for mode, where in rates.items() if where == "own" or (where == "both" and self.chance(50))]
        if own:
            supplier["failure_rates"] = {mode: self.rate(path=True) for mode in own}
        if own and self.chance(10):
            supplier["failure_rates"][own[0]] = "unknown"
        if self.holds and self.chance(50):
            times = {
                "lead_time_days": self.number("positive", 5, 80),
                "lead_time_sd_days": self.number("positive", 1, 12),
            }
            supplier["inventory"] = times
        elif not self.holds and self.chance(30):
            supplier["inventory"] = self.inventory()
        return supplier

    def based_on(self, parent: str, rates: Mapping[str, str], tree: Tree) -> Tree:
        """Draw an option that changes a few keys of another one."""
        option: Tree = {"based_on": parent}
        option |= self.price() if self.chance(30) else {}
        terms = self.terms(tree)
        option |= {key: terms[key] for key in self.some(terms, 3)} if terms else {}
        changed = self.some([mode for mode, where in rates.items() if where != "none"], 2)
        if changed:
            option["failure_rates"] = {mode: self.rate(path=True) for mode in changed}
        if self.holds and self.chance(20):
            option["inventory"] = self.optional(
                {
                    "lead_time_days": lambda: self.number("positive", 5, 80),
                    "holding_rate": lambda: self.number("share", 0.1, 0.3, path=True),
                    "service_level": lambda: self.number("share", 0.92, 0.99),
                }
            )
        return option

    def price(self) -> Tree:
        """Draw one price or a table of prices, in the case's currency or another one."""
        currency = {"currency": self.pick(("USD", "EUR", "GBP"))} if self.chance(40) else {}
        if not (self.shape.price_breaks and self.chance(30)):
            return currency | {"unit_price": self.money(3, 9)}
        edges = [0, *sorted({self.whole(1, 30) * 1000 for _ in range(self.whole(0, 2))})]
        rows = [{"from_units_per_year": edge, "unit_price": self.money(3, 9)} for edge in edges]
        return currency | {"price_breaks": rows}

    def terms(self, tree: Tree) -> Tree:
        """Draw what else a supplier may state."""
        keys: dict[str, Any] = {
            "price_growth": lambda: self.number("rate", -0.03, 0.06),
            "freight": lambda: self.money(0.1, 1),
            "duty_rate": lambda: self.number("share", 0.01, 0.2, path=True),
            "duty_basis": lambda: self.pick(("cif", "fob")),
            "inspection": lambda: self.money(0.05, 0.5),
            "payment_days": lambda: self.number("number", -60, 90),
            "annual_management": lambda: self.money(500, 5000),
            "one_off": lambda: self.once(500, 9000),
            "annual_improvement": lambda: self.number("share", 0.02, 0.3),
            "chargeback": lambda: self.chargeback(tree),
        }
        keys |= {"switching_cost": lambda: self.once(500, 9000)} if self.shape.switching else {}
        keys |= {"transition_months": lambda: self.whole(0, 15)} if self.shape.transition else {}
        keys |= {"disruption": self.disruption} if self.shape.disruption else {}
        keys |= {"moq": lambda: self.minimum_order(tree["demand"])} if self.shape.minimum_orders else {}
        return self.optional(keys)

    def chargeback(self, tree: Tree) -> Any:
        """Write one share for all modes, or one for some of them."""
        modes = self.some(tree["failures"], 3) if tree["failures"] else []
        if modes and self.chance(60):
            return {mode: self.number("share", 0.1, 0.8, path=True) for mode in modes}
        return self.number("share", 0.1, 0.8, path=True)

    def disruption(self) -> Tree:
        """Draw a disruption with lost demand, expediting or both."""
        found: Tree = {"per_year": self.number("positive", 0.05, 0.5, path=True)}
        expedited = not self.sells or self.chance(60)
        if self.sells and (not expedited or self.chance(70)):
            found |= {"months": self.number("positive", 0.5, 2), "demand_lost_share": self.number("share", 0.1, 0.9)}
        return found | ({"expedite_cost": self.money(500, 5000)} if expedited else {})

    def minimum_order(self, demand: Tree) -> float:
        """Draw a minimum order between one that never binds and one of some three months' demand."""
        least = 250.0 if "customers" in demand else 1500.0  # units of a weak month, roughly, whatever is uncertain
        return round(least * self.whole(1, 12) / 10 / demand.get("skus", 1), 2)

    def extras(self, tree: Tree) -> Tree:
        """Draw extra costs of every kind, for one supplier or all of them."""
        found = []
        for name in self.some(("audits", "insurance", "claims desk", "adviser", "portal"), 4):
            per = self.pick(PER)
            size = _SIZES.get(per, 1)
            amount = self.number("positive", 0.1 * size, size, path=per != "once")
            if self.chance(20):
                amount = -self.whole(1, 40) / 100 * size
            extra = {"name": name, "per": per, "amount": amount, "group": self.pick(GROUPS), "grade": self.pick(GRADES)}
            found.append(extra | ({"supplier": self.pick(tree["suppliers"])} if self.chance(50) else {}))
        return {"extra_costs": found} if found else {}

    def overrides(self, tree: Tree) -> None:
        """Let some options change shared inputs, as single numbers or as whole sections."""
        paths = self.overridable(tree)
        for supplier in tree["suppliers"].values():
            if self.chance(40):
                chosen = self.some(paths, 3)
                supplier["overrides"] = {path: paths[path]() for path in chosen}

    def overridable(self, tree: Tree) -> dict[str, Any]:
        """List paths that options may change, each with what draws a new value for it."""
        paths: dict[str, Any] = {
            "product.fulfilment_cost": lambda: self.money(1, 4),
            "product.replacement_fulfilment_cost": lambda: self.money(1, 4),
            "contacts.cost": lambda: self.money(3, 9),
            "returns.repair_cost": lambda: self.money(5, 12),
        }
        activities = tree["returns"]["activities"]
        paths |= {f"returns.activities.{name}": lambda: self.money(0.5, 3) for name in activities}
        if activities:
            paths["returns.activities"] = lambda: {self.pick(activities): self.money(0.5, 3)}
        dispositions = tree["returns"].get("dispositions", {})
        for name, one in dispositions.items():
            paths[f"returns.dispositions.{name}.recovers"] = lambda: self.number("share", 0.3, 1.0)
            paths[f"returns.dispositions.{name}"] = lambda: {"cost": self.money(0.1, 1), "proceeds": self.money(0.5, 4)}
            if one["share"] != "rest" and any(other["share"] == "rest" for other in dispositions.values()):
                paths[f"returns.dispositions.{name}.share"] = lambda: self.number("share", 0.05, 0.4)
        for name, mode in tree["failures"].items():
            paths[f"failures.{name}.returned"] = lambda: self.number("share", 0.1, 0.6)
            paths[f"failures.{name}.replace"] = lambda: self.number("share", 0.1, 0.5)
            paths[f"failures.{name}.units"] = lambda: self.number("positive", 1, 2)
            paths[f"failures.{name}"] = lambda: {
                "goodwill": self.money(0.5, 4),
                "effort_minutes": self.number("positive", 5, 30),
            }
            if self.contact_cost or "contact_cost" in mode:
                paths[f"failures.{name}.contacts"] = lambda: self.number("positive", 0.2, 2, percent=True)
            if self.loses:
                paths[f"failures.{name}.churn"] = lambda: self.number("share", 0.01, 0.15)
        for name in tree.get("failure_rates", {}):
            paths[f"failure_rates.{name}"] = lambda: self.rate(path=True)
        if "inventory" in tree:
            paths["inventory.holding_rate"] = lambda: self.number("share", 0.1, 0.3, path=True)
            paths["inventory.lead_time_days"] = lambda: self.number("positive", 5, 80)
        if "churn" in tree:
            paths["churn.recovery_effect"] = lambda: self.number("share", 0.05, 0.5)
            if self.shape.other_margin:
                paths["churn.other_margin_per_customer_per_year"] = lambda: self.money(4, 14)
        for extra in tree.get("extra_costs", []):
            size = _SIZES.get(extra["per"], 1)
            paths[f"extra_costs.{extra['name']}.amount"] = lambda size=size: self.number("positive", 0.1 * size, size)
        return paths

    def decision(self, tree: Tree) -> Tree:
        """Move some lines to other grades."""
        lines = [*LINES, *(extra["name"] for extra in tree.get("extra_costs", []))]
        grades = {line: self.pick(GRADES) for line in self.some(lines, 3)}
        return {"decision": {"grades": grades}} if grades else {}


_FORMS = ("number", "number", "percent", "with source", "path", "path", "uncertain", "uncertain")


_SIZES = {"month": 300, "year": 3000, "once": 5000}
"""How large extra costs are that come by the month and so on; others are about 1."""


def _written(value: float, *, percent: bool) -> float | str:
    """Write a value as 0.08 or 8%, a large one with underscores."""
    if percent:
        return f"{value * 100:.10g}%"
    return f"{value:_}" if value >= 10_000 else value


def _grid(low: float, high: float, step: int) -> float:
    """Give a point of a range in five significant digits, so that cases stay readable."""
    return float(f"{low + (high - low) * step / _STEPS:.5g}")


# ---------------------------------------------------------------- changing cases


def changed(tree: Tree, path: str, value: Any) -> Tree:
    """Give a copy of a case with another value at a path; extra costs are found by their names."""
    found = copy.deepcopy(tree)
    node: Any = found
    keys = _keys(found, path)
    for key in keys[:-1]:
        listed = isinstance(node, list)
        node = next(one for one in node if one["name"] == key) if listed else node.setdefault(key, {})
    node[keys[-1]] = value
    return found


def _keys(node: Any, path: str) -> list[str]:
    """Split a path at its dots, keeping names whole that hold dots or are lists' own."""
    if isinstance(node, list):
        node = {one["name"]: one for one in node}
    if isinstance(node, Mapping):
        for key, child in node.items():
            if path.startswith(f"{key}."):
                return [str(key), *_keys(child, path[len(str(key)) + 1 :])]
    return path.split(".")


def money_scaled(tree: Tree, factor: float) -> Tree:
    """Give a copy of a case of fixed numbers with every money input so many times as large."""
    return _scaled(copy.deepcopy(tree), (), factor)


_MONEY = {
    "sale_price",
    "fulfilment_cost",
    "replacement_fulfilment_cost",
    "repair_cost",
    "proceeds",
    "contact_cost",
    "lifetime_value",
    "goodwill",
    "acquisition_cost",
    "other_margin_per_customer_per_year",
    "unit_price",
    "freight",
    "inspection",
    "annual_management",
    "switching_cost",
    "one_off",
    "backorder_cost",
    "expedite_cost",
    "amount",
}


def is_money(keys: tuple[str, ...]) -> bool:
    """Say whether an input, by its chain of keys, is money; `cost` and activities are named by where they stand."""
    return keys[-1] in _MONEY or keys[-1] == "cost" or "activities" in keys


def _scaled(node: Any, keys: tuple[str, ...], factor: float) -> Any:
    if isinstance(node, dict) and "by_year" in node:
        return {"by_year": [_scaled(one, keys, factor) for one in node["by_year"]]}
    if isinstance(node, dict) and "value" in node:
        return {**node, "value": _scaled(node["value"], keys, factor)}
    if isinstance(node, dict):
        return {key: _scaled(child, (*keys, *str(key).split(".")), factor) for key, child in node.items()}
    if isinstance(node, list):
        return [_scaled(one, keys, factor) for one in node]
    number = isinstance(node, int | float) and not isinstance(node, bool)
    if (
        keys
        and is_money(keys)
        and (number or (isinstance(node, str) and node.replace("_", "").replace(".", "").isdigit()))
    ):
        return float(str(node).replace("_", "")) * factor
    return node
