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
# # 2. The case for a pricier supplier
#
# From counts in the returns ledger to the most that the better supplier may charge.
# The case is `scenarios/cartridges.yaml`; its firm is invented.

# %%
import tco

case = tco.load("../scenarios/cartridges.yaml")
case

# %% [markdown]
# **What was counted.** `1_870 of 48_200` leaked with Acme, `24 of 1_950` in a pilot with Borealis: the fewer the units,
# the wider the range that is drawn from.

# %%
register = case.evidence("borealis").to_frame()
register.loc[register.path.str.contains("leaks") & register.path.str.startswith("suppliers"), ["path", "value", "low", "high", "source"]]

# %% [markdown]
# **What a unit really costs.** Acme's price is 0.68 lower, and its goods cost more:

# %%
comparison = case.compare()
ax = tco.chart.cost(comparison)

# %%
ax = tco.chart.bridge(comparison, "borealis")

# %% [markdown]
# **How sure?** Every uncertain number is drawn; so is what they have in common.

# %%
simulation = case.simulate(16_384, seed=1)
ax = tco.chart.npv(simulation, "borealis")

# %% [markdown]
# **Where the money comes from.** Finance trusts invoices, so the saving is added up from the hardest line to the softest:

# %%
import pandas

pandas.DataFrame([vars(rung) for rung in case.evidence("borealis").ladder]).round(0)

# %% [markdown]
# **The most that Borealis may charge**, on hard lines alone, with estimates, and all in:

# %%
found = tco.breakeven(case, "borealis")
print(found)

# %%
ax = tco.chart.acceptability(tco.acceptability(case, "borealis"))

# %% [markdown]
# **And if customers do not leave?** With churn at zero the hard savings still stand:

# %%
nobody_leaves = case.with_({f"failures.{mode}.churn": 0 for mode in ("leaks", "crushed", "wrong_item", "late")})
without = nobody_leaves.decide()
{total: round(without.option("borealis").npv[total].mean) for total in ("hard", "hard_and_estimated", "all_in")}
