"""Play out the lives of single customers, orders, parcels and units, to check the model's expected values.

The story knows no formula of the model: it rolls dice for each order, each unit and each failure, pays what
each event costs and counts. Averages over replications must agree with the model's expected values.

The story
---------
* In a month each customer places a Poisson number of orders. An order has floor(u) or ceil(u) units, u on
  average. The order is shipped; at most one order mode befalls the shipment, at most one unit mode each unit
  in it, independently of one another (so the units of a lost parcel can still fail, as in the model).
* An event draws one remedy or none, whether the goods come back to stay (never if they are repaired), where
  each returned unit goes, how often the customer gets in touch, and whether the supplier credits the price.
* A replaced order is shipped again whole and can fail again in every way. A replaced unit is shipped again
  alone and can fail again by unit modes only. Everything that follows from an order happens in its month.
* When an order and all that was re-sent for it are settled, the customer decides **once** whether to leave:
  the chances of the order's events add up, one event gets the blame, good service may still keep the
  customer. Who leaves goes at the month's end, having bought what the month held. New customers arrive then.

Two worlds share every roll of the dice. The *planned* world keeps customers who were driven away (they only
stop being `loyal`); its events give the counts and costs. In the *churned* world only loyal customers exist;
what the others buy in the planned world is lost.

Why one decision an order
-------------------------
Orders are Poisson, so orders after which a customer wants to leave are Poisson too: thinning. Their monthly
mean is H = orders x expected sum of churn shares of an order's events, so P(no such order) = exp(-H). This is
exact where the shares of one order sum to at most 1 (`excess_leaving` adds up what was cut off: expect 0).
Were every event to decide by itself, two marks in one order would lose a customer only once, and the hazard
would be lower than the model's by about orders x E[sum of churn_i * churn_j over pairs of an order's events]:
0.3 % of H where two-unit orders fail at 3-6 % a unit and events cost 2-4 %; 2.7 % of H where units and orders
fail at 30 %, most are replaced and fail again, and events cost 1-5 %.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.random import Generator

LINES = (
    "inspection",
    "replacement",
    "repair",
    "return_processing",
    "recovery",
    "refunds",
    "goodwill",
    "contacts",
    "chargeback",
)
COUNTS = (
    "planned_orders",
    "planned_units",
    "shipped_units",
    "returned_units",
    "replacements",
    "repairs",
    "contacts",
    "perfect_orders",
    "leavers",
    "excess_leaving",
)
MODE_COUNTS = ("events", "replacements", "leavers")

Item = TypeVar("Item")
Totals = dict[str, float | list[float]]


class Disposition(NamedTuple):
    """Where a returned unit goes: `recovers` is a share of landed cost, the others are money a unit."""

    name: str
    share: float
    recovers: float = 0.0
    proceeds: float = 0.0
    cost: float = 0.0


@dataclass(frozen=True)
class Mode:
    """One way to fail, and what one event leads to; `rate` has one value a contract year, the last one holds.

    `units` touched by an event: None means the unit itself, or all units of the order at hand.
    """

    name: str
    per: str
    rate: tuple[float, ...]
    units: float | None = None
    returned: float = 0.0
    refund: float = 0.0
    replace: float = 0.0
    repair: float = 0.0
    contacts: float = 0.0
    contact_cost: float = 0.0
    goodwill: float = 0.0
    churn: float = 0.0
    chargeback: float = 0.0
    dispositions: tuple[Disposition, ...] = ()

    def __post_init__(self) -> None:
        """Refuse shares that cannot be drawn."""
        _require(self.per in ("unit", "order"), f"{self.name}: per is 'unit' or 'order'")
        _require(self.refund + self.replace + self.repair <= 1 + 1e-12, f"{self.name}: remedies exceed 1")
        _require(self.returned + self.repair <= 1 + 1e-12, f"{self.name}: returned + repair exceed 1")
        shares = sum(place.share for place in self.dispositions)
        placed = not self.dispositions or math.isclose(shares, 1)
        _require(placed, f"{self.name}: dispositions sum to {shares}")

    def rate_in(self, year: int) -> float:
        """Return the chance of an event in a contract year, counted from 0."""
        return self.rate[min(year, len(self.rate) - 1)]


@dataclass(frozen=True)
class World:
    """Customers, prices and one supplier's failures; money a unit, a repair, a returned or a shipped unit."""

    modes: tuple[Mode, ...]
    customers: int = 250
    orders_per_customer_per_year: float = 6.0
    units_per_order: float = 1.0
    new_customers_per_month: float = 0.0
    annual_base_churn: float = 0.0
    seasonality: tuple[float, ...] = (1.0,) * 12
    horizon_months: int = 18
    recovery_effect: float = 0.0
    price: float = 0.0
    landed: float = 0.0
    sale_price: float = 0.0
    replacement_fulfilment_cost: float = 0.0
    repair_cost: float = 0.0
    processing_cost: float = 0.0
    inspection: float = 0.0

    def __post_init__(self) -> None:
        """Refuse worlds whose story cannot be told."""
        _require(self.units_per_order >= 1, "units_per_order below 1: an order would be empty")
        _require(len(self.seasonality) == 12, "seasonality needs twelve multipliers")
        _require(len({mode.name for mode in self.modes}) == len(self.modes), "two modes share a name")
        for year in range(math.ceil(self.horizon_months / 12)):
            for per in ("unit", "order"):
                chance = sum(mode.rate_in(year) for mode in self.modes if mode.per == per)
                _require(chance <= 1 + 1e-12, f"{per} modes sum to {chance} in contract year {year + 1}")


def _require(true: bool, message: str) -> None:
    if not true:
        raise ValueError(message)


@dataclass
class Customer:
    """A customer of the planned world; the churned world has only the loyal ones."""

    loyal: bool = True


def simulate(world: World, rng: Generator) -> Totals:
    """Play one replication and return what happened, undiscounted, over the whole horizon.

    Keys: the names in COUNTS; `events.MODE`, `replacements.MODE` (units re-sent because of it) and
    `leavers.MODE` (decisions to leave, in the planned world); `disposed.NAME` (returned units);
    `cost.LINE` [money]; lists by month: `lost_units` (t = 1..T), `planned_customers` and
    `customers` (start of month t = 1..T+1, without and with customers driven away).
    """
    return _Story(world, rng).play()


def replicate(world: World, n: int, seed: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Play n independent replications; return the mean and its standard error by key, lists by element."""
    seeds = np.random.SeedSequence(seed).spawn(n)
    runs = [simulate(world, np.random.default_rng(one)) for one in seeds]
    return {key: _mean_and_error(np.array([run[key] for run in runs], dtype=float)) for key in runs[0]}


def _mean_and_error(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return values.mean(axis=0), values.std(axis=0, ddof=1) / math.sqrt(len(values))


class _Story:
    """One replication: the customers, the tally of what happened to them, and the dice."""

    def __init__(self, world: World, rng: Generator) -> None:
        self.world = world
        self.rng = rng
        self.people = [Customer() for _ in range(world.customers)]
        self.tally = dict.fromkeys(_tally_keys(world), 0.0)
        self.order_modes: list[tuple[Mode, float]] = []
        self.unit_modes: list[tuple[Mode, float]] = []

    def play(self) -> Totals:
        """Play all months."""
        lost_units = []
        census = [self.count_customers()]
        for month in range(self.world.horizon_months):
            self.look_up_rates(year=month // 12)
            lost_units.append(float(self.sell_and_ship(month)))
            self.turn_the_month()
            census.append(self.count_customers())
        planned_customers, customers = (list(column) for column in zip(*census, strict=True))
        by_month = {"lost_units": lost_units, "planned_customers": planned_customers, "customers": customers}
        return {**self.tally, **by_month}

    def count_customers(self) -> tuple[float, float]:
        """Count customers in the planned and in the churned world."""
        return float(len(self.people)), float(sum(customer.loyal for customer in self.people))

    def look_up_rates(self, year: int) -> None:
        """Note the contract year's chances of failing."""
        chances = [(mode, mode.rate_in(year)) for mode in self.world.modes]
        self.order_modes = [(mode, chance) for mode, chance in chances if mode.per == "order"]
        self.unit_modes = [(mode, chance) for mode, chance in chances if mode.per == "unit"]

    def sell_and_ship(self, month: int) -> int:
        """Let every customer order for a month; return the units that the churned world does not sell."""
        mean = self.world.orders_per_customer_per_year / 12 * self.world.seasonality[month % 12]
        orders = self.rng.poisson(mean, size=len(self.people))
        lost_units = 0
        for customer, n_orders in zip(self.people, orders, strict=True):
            gone_before = not customer.loyal
            units = sum(self.place_order(customer) for _ in range(n_orders))
            lost_units += units if gone_before else 0
        return lost_units

    def turn_the_month(self) -> None:
        """Let base churn take customers of both worlds alike, then let new ones arrive."""
        stays = (1 - self.world.annual_base_churn) ** (1 / 12)
        self.people = [customer for customer in self.people if self.rng.random() < stays]
        arrivals = self.whole_number(self.world.new_customers_per_month)
        self.people += [Customer() for _ in range(arrivals)]

    def place_order(self, customer: Customer) -> int:
        """Ship one order, settle all that follows, let the customer decide; return the units ordered."""
        units = self.whole_number(self.world.units_per_order)
        self.tally["planned_orders"] += 1
        self.tally["planned_units"] += units
        events = self.ship_order(units)
        if not events:  # a first shipment without an event is never followed by another one
            self.tally["perfect_orders"] += 1
        elif self.wants_to_leave(events):
            customer.loyal = False
        return units

    def ship_order(self, units: int) -> list[Mode]:
        """Ship a whole order, again if it is replaced; return all events that follow."""
        events = [event for _ in range(units) for event in self.ship_unit()]
        mode = self.draw(self.order_modes)
        if mode is not None:
            events.append(mode)
            if self.settle(mode, units):
                self.resend(mode, units)
                events += self.ship_order(units)
        return events

    def ship_unit(self) -> list[Mode]:
        """Ship a unit, again if it is replaced; return all events that follow."""
        self.tally["shipped_units"] += 1
        self.tally["cost.inspection"] += self.world.inspection
        mode = self.draw(self.unit_modes)
        if mode is None:
            return []
        if not self.settle(mode, 1):
            return [mode]
        self.resend(mode, 1)
        return [mode, *self.ship_unit()]

    def resend(self, mode: Mode, units: int) -> None:
        """Pay for units that are shipped again."""
        self.tally["replacements"] += units
        self.tally[f"replacements.{mode.name}"] += units
        self.tally["cost.replacement"] += units * (self.world.landed + self.world.replacement_fulfilment_cost)

    def settle(self, mode: Mode, units: int) -> bool:
        """Play out one event on a unit or on an order of some units; return whether it is replaced."""
        touched = units if mode.units is None else self.whole_number(mode.units)
        self.tally[f"events.{mode.name}"] += 1
        self.tally["cost.goodwill"] += mode.goodwill
        self.answer_contacts(mode)
        if self.rng.random() < mode.chargeback:
            self.tally["cost.chargeback"] -= touched * self.world.price
        remedy = self.draw((("refund", mode.refund), ("replace", mode.replace), ("repair", mode.repair)))
        if remedy == "refund":
            self.tally["cost.refunds"] += touched * self.world.sale_price
        if remedy == "repair":
            self.tally["repairs"] += 1
            self.tally["cost.repair"] += self.world.repair_cost
        elif self.rng.random() * (1 - mode.repair) < mode.returned:  # `returned` is a share of all events
            self.take_back(mode, touched)
        return remedy == "replace"

    def answer_contacts(self, mode: Mode) -> None:
        """Answer the customer as often as the event makes them get in touch."""
        contacts = int(self.rng.poisson(mode.contacts))
        self.tally["contacts"] += contacts
        self.tally["cost.contacts"] += contacts * mode.contact_cost

    def take_back(self, mode: Mode, units: int) -> None:
        """Process units that come back to stay and send each where its disposition says."""
        self.tally["returned_units"] += units
        self.tally["cost.return_processing"] += units * self.world.processing_cost
        for _ in range(units):
            place = self.draw((place, place.share) for place in mode.dispositions)
            if place is not None:
                worth = place.recovers * self.world.landed + place.proceeds - place.cost
                self.tally[f"disposed.{place.name}"] += 1
                self.tally["cost.recovery"] -= worth

    def wants_to_leave(self, events: list[Mode]) -> bool:
        """Decide, after an order's events, whether one of them drives the customer away."""
        self.tally["excess_leaving"] += max(0.0, sum(event.churn for event in events) - 1)
        blamed = self.draw((event, event.churn) for event in events)
        if blamed is None or self.rng.random() < self.world.recovery_effect:
            return False
        self.tally["leavers"] += 1
        self.tally[f"leavers.{blamed.name}"] += 1
        return True

    def draw(self, chances: Iterable[tuple[Item, float]]) -> Item | None:
        """Draw at most one of mutually exclusive things; None is what remains of the probability."""
        roll = self.rng.random()
        for thing, chance in chances:
            if roll < chance:
                return thing
            roll -= chance
        return None

    def whole_number(self, mean: float) -> int:
        """Draw the whole number below or above a mean, so that the mean is kept."""
        below = math.floor(mean)
        return below + (self.rng.random() < mean - below)


def _tally_keys(world: World) -> list[str]:
    """List all that is counted, so that what never happens is reported as 0."""
    names = [mode.name for mode in world.modes]
    places = dict.fromkeys(place.name for mode in world.modes for place in mode.dispositions)
    return [
        *COUNTS,
        *(f"{count}.{name}" for count in MODE_COUNTS for name in names),
        *(f"disposed.{place}" for place in places),
        *(f"cost.{line}" for line in LINES),
    ]
