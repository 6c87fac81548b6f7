"""Every mistake in a case file, by the words that tell it: where, expected, found, and what to write instead."""

from __future__ import annotations

import pytest

import tco
from tco import document, loader

CASE = """\
tco: 1
name: Lamps
currency: GBP
start: 2027-01
horizon_months: 24
discount_rate: 8%
baseline: today
product: {sale_price: 20, fulfilment_cost: 3}
demand: {customers: 1_000, orders_per_customer_per_year: 4, annual_base_churn: 10%}
returns:
  activities: {shipping: 3, check: 1.20}
  dispositions: {restock: {share: 60%, recovers: 100%}, scrap: {share: rest}}
contacts: {cost: 6}
churn: {valuation: lost_margin}
failures:
  broken: {stage: unboxing, liable: supplier, returned: 50%, refund: 40%, replace: 50%, contacts: 0.5, churn: 3%}
  late: {stage: delivery, liable: carrier, per: order, contacts: 0.2}
failure_rates: {late: 5%}
inventory: {lead_time_days: 20, lead_time_sd_days: 3, order_interval_days: 30, service_level: 95%, holding_rate: 20%}
suppliers:
  today:
    unit_price: 8
    failure_rates: {broken: 4%}
  better:
    unit_price: {pert: [8.5, 9, 9.9]}
    failure_rates: {broken: 12 of 1_000}
  box:
    based_on: today
    overrides: {product.fulfilment_cost: 3.20}
correlations:
  - {between: [suppliers.better.unit_price, suppliers.better.failure_rates.broken], rank: 0.2}
scenarios:
  dear: {suppliers.better.unit_price: 11}
sources: {suppliers.today.unit_price: "Invoice"}
"""

# One edit of the case above each, and all that is said of it.
MISTAKES = [
    (
        "name: Lamps",
        "nme: Lamps",
        ("case.yaml:2: nme: unknown key\n    did you mean 'name'?\n"),
    ),
    (
        "currency: GBP",
        "currency: gbp",
        (
            "case.yaml:3: currency: expected a currency code of three capital letters, found 'gbp'\n"
            "    ISO 4217 codes: GBP, EUR, USD\n"
        ),
    ),
    (
        "8%\nbase",
        "8\nbase",
        (
            "case.yaml:6: discount_rate: expected a rate above -100 %, found 8\n"
            "    write 8% or 0.08; 800% if that is what it is\n"
        ),
    ),
    (
        "start: 2027-01",
        "start: Jan 2027",
        (
            "case.yaml:4: start: expected a month as YYYY-MM, found 'Jan 2027'\n"
            "    write the first month, such as 2027-01\n"
        ),
    ),
    (
        "horizon_months: 24",
        "horizon_months: two",
        (
            "case.yaml:5: horizon_months: expected a whole number, found 'two'\n"
            "    write a number without decimals, such as 36\n"
        ),
    ),
    (
        "horizon_months: 24",
        "horizon_months: 0",
        ("case.yaml:5: horizon_months: expected 1 or more, found 0\n    write a whole number from 1 on\n"),
    ),
    (
        "baseline: today",
        "baseline: toda",
        ("case.yaml:7: baseline: expected a supplier of the case, found 'toda'\n    did you mean 'today'?\n"),
    ),
    (
        "sale_price: 20",
        "sale_price: 19,90",
        (
            "case.yaml:8: product.sale_price: expected a number, 0 or more, found '19,90'\n"
            "    decimals take a point: write 19.90\n"
        ),
    ),
    (
        "unit_price: 8\n",
        "unit_price: 1,870\n",
        (
            "case.yaml:22: suppliers.today.unit_price: expected a number, 0 or more, found '1,870'\n"
            "    write 1.870 for a decimal point, 1_870 for thousands\n"
        ),
    ),
    (
        "cost: 6",
        "cost: £6",
        (
            "case.yaml:13: contacts.cost: expected a number, 0 or more, found '£6'\n"
            "    leave out the currency: the case says it once\n"
        ),
    ),
    (
        "sale_price: 20, ",
        "",
        (
            "case.yaml:8: product.sale_price: missing: failures.broken has refunds\n"
            "    write sale_price: what is received for a unit, on average\n"
        ),
    ),
    (
        "annual_base_churn: 10%",
        "annual_base_churn: 10",
        ("case.yaml:9: demand.annual_base_churn: expected a share between 0 and 1, found 10\n    write 10% or 0.1\n"),
    ),
    (
        "broken: 4%",
        "broken: 4",
        (
            "case.yaml:23: suppliers.today.failure_rates.broken: expected a share between 0 and 1, found 4\n"
            "    write 4% or 0.04\n"
        ),
    ),
    (
        "broken: 4%",
        "broken: 2 to 4",
        (
            "case.yaml:23: suppliers.today.failure_rates.broken: expected a share between 0 and 1 at both en"
            "ds, found '2 to 4'\n"
            "    write 2% to 4%\n"
        ),
    ),
    (
        "broken: 4%",
        "broken: {pert: [2%, 4, 9%]}",
        (
            "case.yaml:23: suppliers.today.failure_rates.broken: expected a share between 0 and 1 each, foun"
            "d 2%, 4, 9%\n"
            "    write {pert: [2%, 4%, 9%]}\n"
        ),
    ),
    (
        "broken: 4%",
        "broken: {normal: {mean: 4%, sd: 2%}}",
        (
            "case.yaml:23: suppliers.today.failure_rates.broken: expected a share between 0 and 1, found a n"
            "ormal distribution with 2.3 % of its draws outside 0 to 1\n"
            "    a beta with the same mean and sd: {beta: {mean: 0.04, sd: 0.02}}\n"
        ),
    ),
    (
        "unit_price: 8\n",
        "unit_price: {normal: {mean: 8, sd: 4}}\n",
        (
            "case.yaml:22: suppliers.today.unit_price: expected 0 or more, found a normal distribution with "
            "2.3 % of its draws below 0\n"
            "    a lognormal with the same mean and sd: {lognormal: {mean: 8, sd: 4}}\n"
        ),
    ),
    (
        "broken: 4%",
        "broken: 40 of 20",
        (
            "case.yaml:23: suppliers.today.failure_rates.broken: expected no more events than trials, found "
            "40 of 20\n"
            "    write 20 of 40\n"
        ),
    ),
    (
        "share: 60%",
        "share: 160%",
        (
            "case.yaml:12: returns.dispositions.restock.share: expected a share between 0 and 1, found 160%\n"
            "    a share lies between 0% and 100%\n"
        ),
    ),
    (
        "{share: rest}",
        "{share: 30%}",
        (
            "case.yaml:12: returns.dispositions.restock.share: expected shares that sum to 100 %, found 90 %\n"
            "    change a share, or write `share: rest` for one\n"
        ),
    ),
    (
        "refund: 40%",
        "refund: 70%",
        (
            "case.yaml:16: failures.broken.refund: expected at most 100 % for refund + replace + repair, fou"
            "nd 120 %\n"
            "    an event has one remedy: lower a share\n"
        ),
    ),
    (
        "broken: 4%",
        "broken: 120%",
        (
            "case.yaml:23: suppliers.today.failure_rates.broken: expected a share between 0 and 1, found 120"
            "%\n"
            "    a share lies between 0% and 100%\n"
        ),
    ),
    (
        "broken: 4%}",
        "broken: 96%, lte: 3%}",
        (
            "case.yaml:23: suppliers.today.failure_rates.lte: expected a mode of failures, found 'lte'\n"
            "    did you mean 'late'?\n"
        ),
    ),
    (
        "replace: 50%",
        "replace: 100%, refund: 0%",
        (
            "case.yaml:16: failures.broken.refund: expected each key once, found it again\n"
            "    it stands first in line 16: keep one of the two\n"
        ),
    ),
    (
        "customers: 1_000, orders_per_customer_per_year: 4, annual_base_churn: 10%",
        "units_per_year: 5_000",
        (
            "case.yaml:14: churn.valuation: expected demand.customers, which valuing churn by lost_margin ne"
            "eds, found none\n"
            "    write demand.customers, or churn: {valuation: lifetime_value, lifetime_value: ...} or reacq"
            "uisition\n"
        ),
    ),
    (
        "customers: 1_000",
        "customers: 1_000, units_per_year: 3",
        (
            "case.yaml:9: demand.units_per_year: expected one kind of demand, found customers and units_per_"
            "year\n"
            "    keep customers or units_per_year\n"
        ),
    ),
    (
        "contacts: {cost: 6}\n",
        "",
        (
            "case.yaml:1: contacts.cost: missing: failures.broken has contacts\n"
            "    write contacts.cost: what a contact costs\n"
        ),
    ),
    (
        "service_level: 95%",
        "service_level: 40%",
        (
            "case.yaml:19: inventory.service_level: expected a safety stock of 0 or more, found a negative o"
            "ne: 40 % a month over the 30 days of an order\n"
            "    write a service level of at least 49.5%, or fewer order_interval_days\n"
        ),
    ),
    (
        "service_level: 95%, ",
        "",
        (
            "case.yaml:19: inventory.service_level: missing: the inventory of every option needs it\n"
            "    write inventory: {service_level: ...}, here or for each supplier\n"
        ),
    ),
    (
        "unit_price: 8\n",
        "unit_price: 8\n    currency: USD\n",
        (
            "case.yaml:23: suppliers.today.currency: expected a currency with an exchange rate, found USD\n"
            "    write exchange_rates: {USD: ...}, GBP for one USD\n"
        ),
    ),
    (
        "    failure_rates: {broken: 4%}\n",
        "",
        (
            "case.yaml:21: suppliers.today.failure_rates.broken: missing: better states a rate\n"
            "    write broken: with a rate, 0% or unknown\n"
        ),
    ),
    (
        "based_on: today",
        "based_on: tday",
        (
            "case.yaml:28: suppliers.box.based_on: expected a supplier of the case, found 'tday'\n"
            "    did you mean 'today'?\n"
        ),
    ),
    (
        "    unit_price: 8\n",
        "    unit_price: 8\n    based_on: box\n",
        (
            "case.yaml:23: suppliers.today.based_on: expected no circle, found today → box → today\n"
            "    one of them must stand by itself\n"
        ),
    ),
    (
        "product.fulfilment_cost: 3.20",
        "product.fulfilment: 3.20",
        (
            "case.yaml:29: suppliers.box.overrides.product.fulfilment: expected the path of an input, found "
            "'product.fulfilment': nothing called 'fulfilment' in product\n"
            "    did you mean 'product.fulfilment_cost'?\n"
        ),
    ),
    (
        "product.fulfilment_cost: 3.20",
        "demand.customers: 900",
        (
            "case.yaml:29: suppliers.box.overrides.demand.customers: expected an input in which options may "
            "differ, found 'demand.customers', on which all options are compared\n"
            "    change it for all options, or in a scenario\n"
        ),
    ),
    (
        "product.fulfilment_cost: 3.20",
        "product.sale_price: 21",
        (
            "case.yaml:29: suppliers.box.overrides.product.sale_price: expected an input in which options ma"
            "y differ, found 'product.sale_price', on which all options are compared\n"
            "    change it for all options, or in a scenario\n"
        ),
    ),
    (
        "product.fulfilment_cost: 3.20",
        "suppliers.better.unit_price: 9",
        (
            "case.yaml:29: suppliers.box.overrides.suppliers.better.unit_price: expected a shared input, fou"
            "nd 'suppliers.better.unit_price'\n"
            "    an option cannot change another one: change it there, or in a scenario\n"
        ),
    ),
    (
        "product.fulfilment_cost: 3.20",
        "discount_rate: 9%",
        (
            "case.yaml:29: suppliers.box.overrides.discount_rate: expected an input in which options may dif"
            "fer, found 'discount_rate', on which all options are compared\n"
            "    change it for all options, or in a scenario\n"
        ),
    ),
    (
        "suppliers.better.unit_price: 11",
        "suppliers.better.price: 11",
        (
            "case.yaml:33: scenarios.dear: expected the path of an input, found 'suppliers.better.price': no"
            "thing called 'price' in suppliers.better\n"
            "    did you mean 'suppliers.better.unit_price'?\n"
        ),
    ),
    (
        "suppliers.better.unit_price: 11",
        "suppliers.better.duty_rate: 11",
        (
            "case.yaml:33: scenarios.dear: suppliers.better.duty_rate: expected a share between 0 and 1, fou"
            "nd 11\n"
            "    write 11% or 0.11\n"
        ),
    ),
    (
        "failure_rates.broken], rank: 0.2",
        "failure_rates.brokn], rank: 0.2",
        (
            "case.yaml:31: correlations.0.between.1: expected the path of an input, found 'suppliers.better."
            "failure_rates.brokn': nothing called 'brokn' in suppliers.better.failure_rates\n"
            "    did you mean 'suppliers.better.failure_rates.broken'?\n"
        ),
    ),
    (
        "rank: 0.2",
        "rank: 2",
        (
            "case.yaml:31: correlations.0.rank: expected a rank correlation between -1 and 1, found 2\n"
            "    write a rank such as 0.3\n"
        ),
    ),
    (
        "sources: {suppliers.today.unit_price",
        "sources: {suppliers.today.unit_pric",
        (
            "case.yaml:34: sources.suppliers.today.unit_pric: expected the path of an input, found 'supplier"
            "s.today.unit_pric': nothing called 'unit_pric' in suppliers.today\n"
            "    did you mean 'suppliers.today.unit_price'?\n"
        ),
    ),
    (
        "churn: 3%}",
        "churn: 3%, stage: use}",
        (
            "case.yaml:16: failures.broken.stage: expected each key once, found it again\n"
            "    it stands first in line 16: keep one of the two\n"
        ),
    ),
    (
        "tco: 1",
        "tco: 2",
        ("case.yaml:1: tco: expected 1, the version of the format, found 2\n    write tco: 1\n"),
    ),
    (
        "per: order",
        "per: parcel",
        ("case.yaml:17: failures.late.per: expected unit or order, found 'parcel'\n    write one of them\n"),
    ),
    (
        "{cost: 6}",
        "&a {cost: 6}",
        ("case.yaml:13: contacts: expected a value, found the anchor &a\n    write each value out\n"),
    ),
    (
        "{cost: 6}",
        "*a",
        (
            "case.yaml:13: contacts: expected a value, found the alias *a\n"
            "    write the value out, or put text in quotes\n"
        ),
    ),
    (
        "{cost: 6}",
        "!!map {cost: 6}",
        (
            "case.yaml:13: contacts: expected a value, found the tag !!map\n"
            "    take out the tag, or put text in quotes\n"
        ),
    ),
    (
        "    unit_price: 8\n",
        "\tunit_price: 8\n",
        ("case.yaml:22: expected spaces, found a tab\n    indent with spaces\n"),
    ),
    (
        "contacts: {cost: 6}",
        "contacts: {cost: 6",
        (
            "case.yaml:14: expected a comma or a closing bracket, found something else\n"
            "    put a comma, or close the bracket that is opened in line 13\n"
        ),
    ),
    (
        "unit_price: {pert: [8.5, 9, 9.9]}",
        "unit_price: {prt: [8.5, 9, 9.9]}",
        (
            "case.yaml:25: suppliers.better.unit_price: expected a number, 0 or more, found a mapping with t"
            "he key 'prt'\n"
            "    did you mean 'pert'?\n"
        ),
    ),
    (
        "unit_price: {pert: [8.5, 9, 9.9]}",
        "unit_price: {pert: [8.5, 9]}",
        (
            "case.yaml:25: suppliers.better.unit_price: expected 3 numbers from low to high, found 2 numbers\n"
            "    write {pert: [low, most likely, high]}\n"
        ),
    ),
    (
        "unit_price: {pert: [8.5, 9, 9.9]}",
        "unit_price: {value: 9, sorce: x}",
        ("case.yaml:25: suppliers.better.unit_price.sorce: unknown key\n    did you mean 'source'?\n"),
    ),
    (
        "unit_price: {pert: [8.5, 9, 9.9]}",
        "price_breaks: [{from_units_per_year: 100, unit_price: 9}]",
        (
            "case.yaml:25: suppliers.better.price_breaks.0.from_units_per_year: expected the first price fro"
            "m 0 units on, found 100\n"
            "    begin with from_units_per_year: 0, so that every volume has a price\n"
            "case.yaml:31: correlations.0.between.0: expected the path of a stated input, found 'suppliers.b"
            "etter.unit_price', which the case leaves out\n"
            "    state the number there, or name the input that it is inherited from\n"
            "case.yaml:33: scenarios.dear: suppliers.better.price_breaks: expected one price, found unit_pri"
            "ce and price_breaks\n"
            "    keep unit_price or price_breaks\n"
        ),
    ),
    (
        "valuation: lost_margin",
        "valuation: lifetime_value",
        (
            "case.yaml:14: churn.lifetime_value: missing: the valuation is lifetime_value\n"
            "    write lifetime_value: what a customer is worth in all, in money\n"
        ),
    ),
    (
        "check: 1.20",
        "check: -1.20",
        (
            "case.yaml:11: returns.activities.check: expected 0 or more, found -1.2\n"
            "    write 1.2: amounts, credits too, are written without a minus sign\n"
        ),
    ),
    (
        "name: Lamps",
        "name: 12",
        ("case.yaml:2: name: expected text, found 12\n    put it in quotes\n"),
    ),
    (
        "unit_price: 8\n",
        "unit_price: 8%\n",
        (
            "case.yaml:22: suppliers.today.unit_price: expected 0 or more without a percent sign, found 8%\n"
            "    write 8\n"
        ),
    ),
    (
        "unit_price: 8\n",
        "unit_price: {by_year: []}\n",
        (
            "case.yaml:22: suppliers.today.unit_price: expected a list with a value for each contract year, "
            "found an empty list\n"
            "    write {by_year: [first, second, ...]}\n"
        ),
    ),
    (
        "orders_per_customer_per_year: 4",
        "orders_per_customer_per_year: {by_year: [4, 5]}",
        (
            "case.yaml:9: demand.orders_per_customer_per_year: expected one value for all years, found a pat"
            "h by contract year\n"
            "    write one number; rates and money may follow a path\n"
        ),
    ),
    (
        "discount_rate: 8%",
        "discount_rate: 7% to 9%",
        (
            "case.yaml:6: discount_rate: expected one fixed number, found '7% to 9%'\n"
            "    write one number: it takes no range\n"
        ),
    ),
    (
        "  box:",
        "  to.day:",
        (
            "case.yaml:27: suppliers.to.day: expected a name, found 'to.day'\n"
            "    names have no dot: paths are built with dots\n"
        ),
    ),
    (
        "unit_price: 8\n",
        "unit_price:\n",
        (
            "case.yaml:22: suppliers.today.unit_price: expected a number, 0 or more, found nothing\n"
            "    write a number such as 12.4 or 50_000, or a range such as 2 to 4, or take the key out\n"
        ),
    ),
]


def read(text: str) -> tco.Case:
    return loader.from_document(document.parse(text, "case.yaml"))


def test_the_case_itself_has_none():
    assert read(CASE).warnings == ()


@pytest.mark.parametrize(
    ("old", "new", "told"), MISTAKES, ids=[new.strip() or f"without {old}" for old, new, _ in MISTAKES]
)
def test_a_mistake_is_told_in_these_words_and_no_others(old, new, told):
    assert CASE.count(old) >= 1
    with pytest.raises(tco.CaseError) as error:
        read(CASE.replace(old, new, 1))
    assert f"{error.value}\n" == told


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines():
    """Edits of different lines do not hide each other."""
    text, expected = CASE, []
    for old, new, told in MISTAKES:
        alone = [line for line in told.splitlines() if not line.startswith("    ")]
        if len(alone) == 1 and new in TOGETHER:
            text = text.replace(old, new, 1)
            expected.append(alone[0])
    with pytest.raises(tco.CaseError) as error:
        read(text)
    found = [line for line in str(error.value).splitlines() if not line.startswith("    ")]
    assert found == sorted(expected, key=lambda line: (int(line.split(":")[1]), line))
    assert len(found) == len(TOGETHER)


TOGETHER = (
    "currency: gbp",
    "horizon_months: two",
    "sale_price: 19,90",
    "annual_base_churn: 10",
    "check: -1.20",
    "share: 160%",
    "cost: £6",
    "per: parcel",
    "service_level: 40%",
    "broken: 4",
    "product.fulfilment: 3.20",
    "rank: 2",
    "suppliers.better.price: 11",
    "sources: {suppliers.today.unit_pric",
)


def test_a_file_that_is_no_case_ends_in_an_error_with_its_name(tmp_path):
    for name, content, words in (
        ("empty.yaml", b"", "expected keys and values, found nothing"),
        ("list.yaml", b"- 1\n- 2\n", "expected keys and values, found a list"),
        ("binary.yaml", bytes(range(256)), "binary.yaml"),
        ("utf16.yaml", "tco: 1".encode("utf-16"), "expected text in UTF-8"),
        ("deep.yaml", b"a: " + b"[" * 5000, "expected at most 16 levels"),
        ("large.yaml", b"# " + b"x" * 300_000, r"expected at most \d+ KiB"),
        ("two.yaml", b"a: 1\n---\nb: 2\n", "expected one document"),
    ):
        file = tmp_path / name
        file.write_bytes(content)
        with pytest.raises(tco.CaseError, match=words) as error:
            tco.load(file)
        assert str(error.value).startswith(str(file))
    for missing in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(tco.CaseError, match="expected a case file"):
            tco.load(missing)
