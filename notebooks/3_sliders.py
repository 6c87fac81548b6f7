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
# # 3. What if? Sliders on price, failure rates, churn and volume
#
# The model of all options is compiled once; a move of a slider costs all of them anew in 10,000 worlds.

# %%
import tco

case = tco.load("../scenarios/cartridges.yaml")
moved = tco.live(
    case,
    [
        "suppliers.borealis.unit_price",
        "suppliers.acme.failure_rates.leaks",
        "suppliers.borealis.failure_rates.leaks",
        "failures.leaks.churn",
        "demand.customers",
    ],
    n=10_000,
)
moved.values

# %%
moved({"suppliers.borealis.unit_price": 5.10}).to_frame().round(2)

# %% [markdown]
# ## The sliders

# %%
import ipywidgets
import numpy as np
from matplotlib.figure import Figure

SLIDERS = {
    "price of Borealis": ("suppliers.borealis.unit_price", 4.0, 6.0, 0.01),
    "Acme leaks": ("suppliers.acme.failure_rates.leaks", 0.0, 0.08, 0.001),
    "Borealis leaks": ("suppliers.borealis.failure_rates.leaks", 0.0, 0.08, 0.001),
    "churn a leak": ("failures.leaks.churn", 0.0, 0.15, 0.005),
    "customers": ("demand.customers", 10_000, 100_000, 1_000),
}
figure = Figure(figsize=(9, 3.2), layout="constrained")
left, right = figure.subplots(1, 2)


def draw(**values):
    """Cost every option at the sliders' values and draw what a unit costs, and what Borealis saves."""
    result = moved({SLIDERS[name][0]: value for name, value in values.items()})
    rows = list(result.rows())
    left.clear()
    left.barh([row["label"] for row in rows], [row["cost_per_unit"] for row in rows], color="#0072B2")
    left.set(xlabel="£ a planned unit", xlim=(0, 12))
    left.invert_yaxis()
    saved = result.npv("borealis") / 1000
    right.clear()
    right.hist(saved, np.linspace(-600, 1000, 81), color="#009E73")
    right.axvline(0, color="black")
    likely = next(row for row in rows if row["supplier"] == "borealis")["probability_positive_all_in"]
    right.set(title=f"Borealis saves in {likely:.0%} of worlds", xlabel="saved, £ thousand", yticks=[])
    return figure


# %%
sliders = {
    name: ipywidgets.FloatSlider(moved.values[path], min=low, max=high, step=step, description=name, readout_format=".4g",
                                 style={"description_width": "9em"}, layout={"width": "34em"}, continuous_update=True)
    for name, (path, low, high, step) in SLIDERS.items()
}
ipywidgets.VBox([*sliders.values(), ipywidgets.interactive_output(draw, sliders)])

# %% [markdown]
# How long does a move take?

# %%
import time

times = []
for price in np.linspace(4.2, 5.8, 9):
    begun = time.perf_counter()
    draw(**{name: slider.value for name, slider in sliders.items()} | {"price of Borealis": float(price)})
    times.append(time.perf_counter() - begun)
print(f"{1000 * sorted(times)[len(times) // 2]:.0f} ms a move, 10,000 worlds, charts included")
