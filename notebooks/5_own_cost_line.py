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
# # 5. A cost line of one's own
#
# Negative reviews cost sales that no line of the model counts. Add what you think they cost an event, in three lines,
# and see it everywhere.

# %%
import tco

case = tco.load("../scenarios/cartridges.yaml")
lines = [*case.document.data["extra_costs"], {"name": "bad reviews", "per": "event", "amount": "1.20 to 3.60",
                                              "group": "customers", "grade": "soft", "source": "a guess, to be measured"}]
with_reviews = case.with_({"extra_costs": lines})

# %% [markdown]
# In the table:

# %%
with_reviews.compare().to_frame().query("line == 'bad reviews'")[["supplier", "grade", "present_value", "per_unit"]].round(3)

# %% [markdown]
# In the explanation, with its formula and its numbers:

# %%
print(with_reviews.explain("bad reviews", supplier="borealis"))

# %% [markdown]
# In the chart:

# %%
ax = tco.chart.bridge(with_reviews.compare(), "borealis")

# %% [markdown]
# And in the workbook, as a live formula:

# %%
import tempfile
import zipfile
from pathlib import Path

with tempfile.TemporaryDirectory() as folder:
    with_reviews.workbook(Path(folder) / "case.xlsx")
    with zipfile.ZipFile(Path(folder) / "case.xlsx") as workbook:
        print("bad reviews" in workbook.read("xl/sharedStrings.xml").decode())
