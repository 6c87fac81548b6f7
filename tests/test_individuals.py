"""The engine's expected values are the averages of simulated lives of single customers, within three standard errors.

Months are compared as sums over the horizon: what a single month loses is a small, skewed count, whose standard error
from some forty replications is itself so uncertain that a few of a hundred months would miss by chance; and months
beside each other say the same thing. Sums are close to normal, and each of them says something of its own.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from agreement import compare
from independent.customers import LINES, Disposition, Mode, World, simulate

import tco

SEED = 2027
STANDARD_ERRORS = 3

ANYWHERE = (
    Disposition("restock", 0.35, recovers=1),
    Disposition("liquidate", 0.25, proceeds=1.5),
    Disposition("scrap", 0.40, cost=0.3),
)
SCRAP = (Disposition("scrap", 1, cost=0.3),)
MONEY = {
    "price": 4.1,
    "landed": 4.6,
    "sale_price": 17.4,
    "replacement_fulfilment_cost": 2.6,
    "repair_cost": 7.5,
    "processing_cost": 5.3,
    "inspection": 0.16,
}
WEIGHTS = np.array([0.9, 0.9, 1, 1, 1, 1.1, 1.1, 1, 1, 1, 1, 1.4])
SEASON = tuple(WEIGHTS / WEIGHTS.mean())


def mode(name: str, per: str, *rates: float, contact_cost: float = 5.8, **consequences: Any) -> Mode:
    """Describe a failure mode, one rate a contract year."""
    return Mode(name, per, rates, contact_cost=contact_cost, **consequences)


LEAKS = mode(
    "leaks",
    "unit",
    0.06,
    returned=0.7,
    refund=0.5,
    replace=0.3,
    repair=0.15,
    contacts=1.2,
    churn=0.04,
    chargeback=0.5,
    dispositions=SCRAP,
)
CRUSHED = mode(
    "crushed",
    "unit",
    0.03,
    returned=0.5,
    refund=0.4,
    replace=0.55,
    contacts=0.9,
    goodwill=0.5,
    churn=0.02,
    chargeback=0.2,
    dispositions=ANYWHERE,
)
WRONG_ITEM = mode(
    "wrong_item",
    "order",
    0.05,
    returned=0.8,
    replace=0.9,
    contacts=1.1,
    churn=0.03,
    dispositions=ANYWHERE,
)

WORLDS = {
    "unit modes only": World(
        (LEAKS, CRUSHED), customers=300, units_per_order=2, seasonality=SEASON, annual_base_churn=0.18, **MONEY
    ),
    "order modes only": World(
        (
            WRONG_ITEM,
            mode(
                "late",
                "order",
                0.12,
                returned=0.1,
                refund=0.15,
                contacts=0.5,
                contact_cost=4,
                goodwill=0.8,
                churn=0.01,
                chargeback=0.1,
                dispositions=ANYWHERE,
            ),
        ),
        customers=300,
        units_per_order=3,
        annual_base_churn=0.1,
        new_customers_per_month=4.5,
        **MONEY,
    ),
    "units and orders that fail again and again": World(
        (
            mode(
                "faulty",
                "unit",
                0.22,
                returned=0.6,
                refund=0.1,
                replace=0.8,
                repair=0.1,
                contacts=1,
                churn=0.03,
                chargeback=0.5,
                dispositions=ANYWHERE,
            ),
            mode(
                "damaged",
                "unit",
                0.08,
                returned=0.3,
                refund=0.5,
                replace=0.4,
                contacts=0.7,
                contact_cost=3,
                churn=0.02,
                chargeback=0.2,
                dispositions=SCRAP,
            ),
            mode(
                "lost",
                "order",
                0.20,
                replace=0.9,
                refund=0.1,
                contacts=1.5,
                goodwill=1,
                churn=0.05,
                chargeback=0.3,
            ),
            mode(
                "late",
                "order",
                0.10,
                returned=0.05,
                refund=0.1,
                repair=0.02,
                contacts=0.5,
                churn=0.01,
                units=1.5,
                dispositions=ANYWHERE,
            ),
        ),
        customers=200,
        units_per_order=2,
        seasonality=SEASON,
        recovery_effect=0.1,
        **MONEY,
    ),
    "newcomers, strong churn, rates that fall by year": World(
        (
            mode(
                "faulty",
                "unit",
                0.15,
                0.06,
                returned=0.6,
                refund=0.4,
                replace=0.5,
                contacts=1,
                churn=0.15,
                chargeback=0.5,
                dispositions=ANYWHERE,
            ),
            mode(
                "late",
                "order",
                0.2,
                0.1,
                0.05,
                returned=0.02,
                refund=0.05,
                replace=0.1,
                contacts=0.5,
                goodwill=0.8,
                churn=0.1,
                dispositions=SCRAP,
            ),
        ),
        customers=200,
        units_per_order=1,
        new_customers_per_month=14.3,
        annual_base_churn=0.2,
        seasonality=SEASON,
        horizon_months=30,
        recovery_effect=0.15,
        **MONEY,
    ),
    "orders of one or two units": World(
        (
            LEAKS,
            CRUSHED,
            WRONG_ITEM,
            mode(
                "late",
                "order",
                0.07,
                returned=0.02,
                refund=0.02,
                contacts=0.5,
                goodwill=0.8,
                churn=0.02,
                dispositions=ANYWHERE,
            ),
        ),
        customers=300,
        orders_per_customer_per_year=8,
        units_per_order=1.4,
        new_customers_per_month=6,
        annual_base_churn=0.18,
        seasonality=SEASON,
        recovery_effect=0.1,
        **MONEY,
    ),
    # 24 orders a year, 30 % of which fail and cost 40 % of a customer: a hazard of 0.24 in an average month. 1 - H in
    # place of exp(-H) would lose an eighth more.
    "a hazard so large that 1 - H will not do for exp(-H)": World(
        (mode("faulty", "unit", 0.3, 0.2, refund=1, churn=0.4),),
        customers=250,
        orders_per_customer_per_year=24,
        new_customers_per_month=25,
        annual_base_churn=0.3,
        seasonality=SEASON,
        horizon_months=14,
        **MONEY,
    ),
}
REPLICATIONS = dict.fromkeys(WORLDS, 40) | {"a hazard so large that 1 - H will not do for exp(-H)": 30}


@pytest.mark.parametrize("name", WORLDS)
def test_expected_values_are_averages_of_individual_customers(name: str) -> None:
    world = WORLDS[name]
    lived = replicated(world, REPLICATIONS[name])
    figures = expected_values(world)
    assert len(figures) >= 20
    missed = {}
    for key, figure in figures.items():
        mean, error = float(lived[key].mean()), float(lived[key].std(ddof=1) / math.sqrt(len(lived[key])))
        if abs(figure - mean) > STANDARD_ERRORS * error + 1e-9 * abs(mean):
            missed[key] = f"expected {figure:.6g}, lived {mean:.6g} ± {error:.3g}"
    assert missed == {}


def replicated(world: World, n: int) -> dict[str, np.ndarray]:
    """Play n replications; give each figure's values, those by month added up."""
    seeds = np.random.SeedSequence(SEED).spawn(n)
    runs = [simulate(world, np.random.default_rng(seed)) for seed in seeds]
    assert all(run["excess_leaving"] == 0 for run in runs)  # else the model's hazard is not the story's
    found = {key: np.array([run[key] for run in runs]) for key in runs[0] if not isinstance(runs[0][key], list)}
    missing = np.array([run["planned_customers"] for run in runs]) - np.array([run["customers"] for run in runs])
    return found | {
        "lost_units": np.array([sum(run["lost_units"]) for run in runs]),
        "missing customer-months": missing[:, :-1].sum(axis=1),
        "missing at the end": missing[:, -1],
    }


# ---------------------------------------------------------------- the same world as a case


def as_case(world: World) -> dict[str, Any]:
    """Write a world as a case; an effort of one minute an event makes physical figures count events."""
    return {
        "tco": 1,
        "name": "individuals",
        "currency": "EUR",
        "start": "2027-01",
        "horizon_months": world.horizon_months,
        "discount_rate": 0,
        "baseline": "a",
        "product": {
            "sale_price": world.sale_price,
            "replacement_fulfilment_cost": world.replacement_fulfilment_cost,
        },
        "demand": {
            "customers": world.customers,
            "orders_per_customer_per_year": world.orders_per_customer_per_year,
            "units_per_order": world.units_per_order,
            "new_customers_per_month": world.new_customers_per_month,
            "annual_base_churn": world.annual_base_churn,
            "seasonality": list(world.seasonality),
        },
        "returns": {"activities": {"all": world.processing_cost}, "repair_cost": world.repair_cost},
        "churn": {"valuation": "lost_margin", "recovery_effect": world.recovery_effect},
        "failures": {one.name: as_failure(one) for one in world.modes},
        "suppliers": {
            "a": {
                "unit_price": world.price,
                "freight": world.landed - world.price,
                "inspection": world.inspection,
                "failure_rates": {one.name: {"by_year": list(one.rate)} for one in world.modes},
                "chargeback": {one.name: one.chargeback for one in world.modes},
            }
        },
    }


def as_failure(one: Mode) -> dict[str, Any]:
    """Write a mode as a case does."""
    shares = ("returned", "refund", "replace", "repair", "contacts", "contact_cost", "goodwill", "churn")
    places = {
        place.name: {"share": place.share, "recovers": place.recovers, "proceeds": place.proceeds, "cost": place.cost}
        for place in one.dispositions
    }
    failure = {"stage": "use", "liable": "supplier", "per": one.per, "effort_minutes": 1, "dispositions": places}
    failure |= {name: getattr(one, name) for name in shares}
    return failure | ({} if one.units is None else {"units": one.units})


def expected_values(world: World) -> dict[str, float]:
    """Read off the engine's comparison what the simulation counts, over the whole horizon."""
    case = as_case(world)
    result = compare(case)
    option, units = result.supplier("a"), sum(result.planned.units)
    orders = units / world.units_per_order
    lines, physical = option.lines, option.physical
    found = {"planned_units": units, "planned_orders": orders}
    found |= {f"cost.{line}": lines[line] for line in LINES if line in lines}
    found["shipped_units"] = lines["inspection"] / world.inspection
    found["replacements"] = physical["replaced_units"] * orders / 1000
    for key, name in (("returned_units", "returned_units"), ("contacts", "contacts"), ("leavers", "customers_lost")):
        found[key] = physical[name] * orders / 1000
    for one, counts in physical["by_mode"].items():
        found[f"events.{one}"] = counts["effort_minutes"] * orders / 1000
        found[f"replacements.{one}"] = counts["replaced_units"] * orders / 1000
        found[f"leavers.{one}"] = counts["customers_lost"] * orders / 1000
    if any("scrap" in (place.name for place in one.dispositions) for one in world.modes):
        found["disposed.scrap"] = physical["scrapped_units"] * orders / 1000
    if float(world.units_per_order).is_integer():  # else (1 - q)^u is not the mean over orders of one and of two units
        found["perfect_orders"] = physical["perfect_order_rate"] * orders
    return found | lost(case, result)


def lost(case: dict[str, Any], result: tco.Comparison) -> dict[str, float]:
    """Count lost units by what one of them leaves, and missing customers by a margin of 1 a month on other goods."""
    planned = result.planned
    margins = [earned / units for earned, units in zip(planned.contribution["a"], planned.units, strict=True)]
    churn = result.supplier("a").monthly["churn"][1:]
    units = sum(amount / margins[month // 12] for month, amount in enumerate(churn))
    longer = {**case, "horizon_months": case["horizon_months"] + 1}  # who is missing at the end starts the next month
    elsewhere = {**longer, "churn": {**case["churn"], "other_margin_per_customer_per_year": 12}}
    without, with_more = (compare(one).supplier("a").monthly["churn"][1:] for one in (longer, elsewhere))
    missing = [more - less for more, less in zip(with_more, without, strict=True)]
    return {"lost_units": units, "missing customer-months": sum(missing[:-1]), "missing at the end": missing[-1]}
