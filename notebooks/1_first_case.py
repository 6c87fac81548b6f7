# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 1. A first case in ten lines
#
# Two mugs: the one that you buy today breaks more often. Is the dearer one worth it?
# All numbers are made up; put yours in their place.

# %%
import tco

case = tco.from_data({
    "tco": 1, "name": "Mugs", "currency": "EUR", "start": "2027-01", "horizon_months": 24, "discount_rate": "8%",
    "baseline": "today", "product": {"sale_price": 14, "fulfilment_cost": 3.2}, "demand": {"units_per_year": 20_000},
    "returns": {"activities": {"return_shipping": 3.5, "inspection": "0.60 to 1.40"}}, "contacts": {"cost": 4.5},
    "failures": {"broken": {"stage": "unboxing", "liable": "supplier", "returned": "30%", "refund": "50%",
                            "replace": "45%", "contacts": 0.8}},
    "suppliers": {"today": {"unit_price": 3.10, "failure_rates": {"broken": "412 of 9_800"}},
                  "dearer": {"unit_price": 3.38, "failure_rates": {"broken": "0.6% to 1.8%"}}}})
case.decide()

# %% [markdown]
# What a unit costs, line by line, and what makes the difference:

# %%
case.compare()

# %%
ax = tco.chart.bridge(case.compare(), "dearer")

# %% [markdown]
# `case` never changes: `with_` gives another one. A mistake is told with what to write instead.

# %%
dearer_still = case.with_({"suppliers.dearer.unit_price": 3.60})
print(dearer_still.decide().leave_baseline)

try:
    case.with_({"suppliers.dearer.unit_prise": 3.60})
except tco.CaseError as error:
    print(error)
