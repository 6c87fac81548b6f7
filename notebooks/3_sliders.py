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
import io

import ipywidgets
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

SLIDERS = {
    "price of Borealis": ("suppliers.borealis.unit_price", 4.0, 6.0, 0.01),
    "Acme leaks": ("suppliers.acme.failure_rates.leaks", 0.0, 0.08, 0.001),
    "Borealis leaks": ("suppliers.borealis.failure_rates.leaks", 0.0, 0.08, 0.001),
    "churn a leak": ("failures.leaks.churn", 0.0, 0.15, 0.005),
    "customers": ("demand.customers", 10_000, 100_000, 1_000),
}
BARS = 80
start = list(moved({}).rows())
ends = [moved({path: low if path == fewest else high for path, low, high, _ in SLIDERS.values()})
        for fewest in ("", "demand.customers")]
dearest = max(row["cost_per_unit"] for end in ends for row in end.rows())

figure = Figure(figsize=(8, 2.8), dpi=80, layout="constrained")
left, right = figure.subplots(1, 2)
bars = left.barh([row["label"] for row in start], [row["cost_per_unit"] for row in start], color="#0072B2")
left.set(xlabel="£ a planned unit", xlim=(0, 1.05 * dearest))
left.locator_params(axis="x", nbins=4)
left.invert_yaxis()
worlds = right.stairs(np.zeros(BARS), np.linspace(-500, 500, BARS + 1), fill=True, color="#009E73")
zero = right.axvline(0, color="black")
title = right.set_title("Borealis saves in 100% of worlds")
right.set(xlabel="saved, £ thousand", xlim=(-500, 500), xticks=(-500, 0, 500), yticks=[])
canvas = FigureCanvasAgg(figure)
canvas.draw()  # laid out once
figure.set_layout_engine("none")
MOVING = (*bars, worlds, zero, title)
for artist in MOVING:
    artist.set_animated(True)
picture = ipywidgets.Image(format="png")
readouts = {name: ipywidgets.Label() for name in SLIDERS}
still = {}  # what does not move, by how far the axis reaches


def written(value):
    """Write what a slider stands at: shares in percent, prices in pence, thousands parted."""
    return f"{value:.1%}" if value < 1 else f"{value:.2f}" if value < 1_000 else f"{value:,.0f}"


def background(reach):
    """Draw all that a move leaves alone, once for each reach of the axis."""
    if reach not in still:
        right.set(xlim=(-reach, reach), xticks=(-reach, 0, reach))
        canvas.draw()
        still[reach] = canvas.copy_from_bbox(figure.bbox)
    right.set_xlim(-reach, reach)
    canvas.restore_region(still[reach])


def draw(**values):
    """Cost every option at the sliders' values, and draw what a unit costs and what Borealis saves in every world."""
    for name, value in values.items():
        readouts[name].value = written(value)
    result = moved({SLIDERS[name][0]: value for name, value in values.items()})
    for bar, row in zip(bars, result.rows(), strict=True):
        bar.set_width(row["cost_per_unit"])
    saved = result.npv("borealis") / 1000
    reach = 2 ** int(np.ceil(np.log2(max(np.abs(saved).max(), 1) / 250))) * 250  # 250, 500, 1,000 ...: all worlds fit
    counts, edges = np.histogram(saved, BARS, (-reach, reach))
    background(reach)
    worlds.set_data(counts, edges)
    right.set_ylim(0, 1.1 * counts.max())
    title.set_text(f"Borealis saves in {(saved > 0).mean():.0%} of worlds")
    for artist in MOVING:
        figure.draw_artist(artist)
    png = io.BytesIO()
    Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3]).save(png, "png", compress_level=1)
    picture.value = png.getvalue()


# %%
sliders = {
    name: ipywidgets.FloatSlider(moved.values[path], min=low, max=high, step=step, description=name, readout=False,
                                 style={"description_width": "9em"}, layout={"width": "29em"}, continuous_update=True)
    for name, (path, low, high, step) in SLIDERS.items()
}
moving = ipywidgets.interactive_output(draw, sliders)
rows = [ipywidgets.HBox([slider, readouts[name]]) for name, slider in sliders.items()]
ipywidgets.VBox([*rows, picture, moving])

# %% [markdown]
# How long does a move take, the picture included?

# %%
import time

times = []
for price in np.linspace(4.2, 5.8, 15):
    begun = time.perf_counter()
    draw(**{name: slider.value for name, slider in sliders.items()} | {"price of Borealis": float(price)})
    times.append(time.perf_counter() - begun)
print(f"{1000 * sorted(times)[len(times) // 2]:.0f} ms a move, 10,000 worlds, picture included")
