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
# # 4. Which input matters, and what to measure next

# %%
import tco

case = tco.load("../scenarios/cartridges.yaml")
told = case.sensitivity("borealis")
ax = tco.chart.tornado(told)

# %% [markdown]
# The swing speaks of the base case, one input at a time. Shares of the variance speak of all inputs at once; inputs that
# are correlated share theirs, and are judged as one group.

# %%
ax = tco.chart.sobol(told)

# %% [markdown]
# An input may move the saving a great deal and yet not be worth knowing, if the choice is the same whatever it turns out
# to be. What would it be worth to know each, before choosing?

# %%
worth = case.information()
ax = tco.chart.evppi(worth)

# %%
for pilot in worth.pilots[:2]:
    print(pilot.rule)

# %% [markdown]
# What would a pilot be worth after it is paid for?

# %%
paid = case.information(pilot_cost=500, pilot_unit_cost=0.40)
best = paid.pilots[0]
print(f"{best.n:,} units: worth {best.evsi:,.0f}, net of its cost {best.net:,.0f} {paid.currency}")

# %% [markdown]
# Two inputs together: the line along which the decision flips.

# %%
both = case.grid("suppliers.borealis.unit_price", "suppliers.borealis.failure_rates.leaks", supplier="borealis")
ax = tco.chart.grid(both)
