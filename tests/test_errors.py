"""Every mistake gives one message that says where, what was expected, what was found and what to write instead."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

import tco
from tco import cli, document, loader, shape
from tco.errors import CaseError, UsageError

ROOT = Path(__file__).parent.parent
CASE = """\
tco: 1
name: Mugs
currency: GBP
start: 2027-01
horizon_months: 24
discount_rate: 10%
baseline: acme
product: {sale_price: 20}
demand:
  customers: 10_000
  orders_per_customer_per_year: 3
returns:
  repair_cost: 9
  activities: {carriage: 2.90}
  dispositions:
    restock: {share: 40%, recovers: 100%}
    scrap: {share: rest, cost: 0.30}
contacts: {cost: 5}
failures:
  leaks: {stage: use, liable: supplier, returned: 70%, refund: 50%, replace: 40%, contacts: 1.2, churn: 3%}
  late: {stage: delivery, liable: carrier, per: order, contacts: 0.5}
failure_rates: {late: 5%}
suppliers:
  acme:
    unit_price: 4
    failure_rates: {leaks: 4%}
  borealis:
    unit_price: 5
    failure_rates: {leaks: 1%}
"""
END = ""


class Mistake(NamedTuple):
    """What to replace in `CASE` by what (nothing: to put it at the end), what is then told of it, and the hint."""

    name: str
    changes: Mapping[str, str]
    told: str
    hint: str

    @property
    def written(self) -> str:
        """What is added, whatever it replaces."""
        return "".join(self.changes.values())


def mistakes(table: str) -> list[Mistake]:
    """Read a table of mistakes.

    Each begins with its name; ``-`` lines are taken out and ``+`` lines put in their place, ``~`` is both in one line,
    ``>`` lines come to the end; ``=`` is told, and ``?`` is the hint.
    """
    found = []
    for block in table.strip("\n").split("\n\n"):
        name, *lines = block.split("\n")
        changes: dict[str, str] = {}
        old = END
        for mark, group in itertools.groupby(lines, key=lambda line: line[0]):
            these = [line[2:] for line in group]
            if mark == "~":
                changes |= dict(line.split(" => ") for line in these)
            elif mark == "-":
                old = "".join(f"{line}\n" for line in these)
                changes[old] = ""
            elif mark in "+>":
                changes[old if mark == "+" else END] = "".join(f"{line}\n" for line in these)
        told, hint = (" ".join(line[2:] for line in lines if line[0] == mark) for mark in "=?")
        found.append(Mistake(name, changes, told, hint))
    return found


def edited(changes: Mapping[str, str]) -> str:
    """Give the text of `CASE` with some parts of it replaced."""
    text = CASE
    for old, new in changes.items():
        part = old if old in text else old.rstrip("\n")  # a part of a line
        assert part in text
        text = text.replace(part, new if part == old else new.rstrip("\n"), 1) if old else text + new
    return text


def load(text: str, *, scenario: str = "", changes: tuple[str, ...] = ()) -> loader.Case:
    return loader.from_document(document.parse(text, "case.yaml"), scenario=scenario, changes=changes)


def told(text: str, *, changes: tuple[str, ...] = ()) -> str:
    """Give all that is told of a text that is no valid case."""
    with pytest.raises(CaseError) as caught:
        load(text, changes=changes)
    assert caught.value.exit_code == 3
    return str(caught.value)


def test_the_case_that_all_mistakes_are_made_in_has_none() -> None:
    assert load(CASE).warnings == ()


# ---------------------------------------------------------------------------------------------------------------------
# Tables: what is changed, what is told of it

SHAPE = mistakes("""
an unknown key of the case
~ baseline: acme => baselin: acme
= 7: baselin: unknown key
? did you mean 'baseline'?

an unknown key of a supplier
~ unit_price: 4 => unit_prise: 4
= 25: suppliers.acme.unit_prise: unknown key
? did you mean 'unit_price'?

an unknown key like no other
- baseline: acme
+ baseline: acme
+ colour: red
= 8: colour: unknown key
? known here: tco, name, description, currency, start, horizon_months, discount_rate, inflation, baseline,
? exchange_rates, decision, product, demand, returns, contacts, churn, failures, failure_rates, inventory,
? suppliers, correlations, extra_costs, scenarios, sources

an empty key
- unit_price: 4
+ unit_price: 4
+     "": 3
= 26: suppliers.acme.'': unknown key
? known here: label, currency, unit_price, price_breaks, price_growth, freight, duty_rate, duty_basis, inspection,
? payment_days, annual_management, switching_cost, one_off, transition_months, failure_rates, annual_improvement,
? chargeback, moq, capacity_units_per_year, price_at_stake, incoterm, based_on, overrides, inventory, disruption

no version
- tco: 1
= 1: tco: missing
? begin the file with tco: 1, the version of the format

another version
~ tco: 1 => tco: 2
= 1: tco: expected 1, the version of the format, found 2
? write tco: 1

no name
- name: Mugs
= 1: name: missing
? write name: what the case, or the line, is called

a number for a name
~ name: Mugs => name: 8
= 2: name: expected text, found 8
? put it in quotes

no currency
- currency: GBP
= 1: currency: missing
? write currency: GBP (all money of the case)

a currency by its sign
~ currency: GBP => currency: £
= 3: currency: expected a currency code of three capital letters, found '£'
? ISO 4217 codes: GBP, EUR, USD

no start
- start: 2027-01
= 1: start: missing
? write start: 2027-01 (year and month)

a start by month and year
~ start: 2027-01 => start: 01/2027
= 4: start: expected a month as YYYY-MM, found '01/2027'
? write the first month, such as 2027-01

no horizon
- horizon_months: 24
= 1: horizon_months: missing
? write horizon_months: 36

a horizon of part of a month
~ horizon_months: 24 => horizon_months: 24.5
= 5: horizon_months: expected a whole number, found 24.5
? write a number without decimals, such as 36

a horizon of no month
~ horizon_months: 24 => horizon_months: 0
= 5: horizon_months: expected 1 or more, found 0
? write a whole number from 1 on

a horizon beyond all planning
~ horizon_months: 24 => horizon_months: 601
= 5: horizon_months: expected at most 600, found 601
? write a number up to 600

no discount rate
- discount_rate: 10%
= 1: discount_rate: missing
? write discount_rate: 10% (a year)

no baseline
- baseline: acme
= 1: baseline: missing
? write baseline: the supplier that you have today

no demand
- demand:
-   customers: 10_000
-   orders_per_customer_per_year: 3
= 1: demand: missing
? write demand: with customers or units_per_year

a number for the demand
- demand:
-   customers: 10_000
-   orders_per_customer_per_year: 3
+ demand: 30_000
= 9: demand: expected keys and values, found 30000
? indent the keys that belong to it below it

a section left empty
~ product: {sale_price: 20} => product:
= 8: product: expected keys and values, found nothing
? indent the keys that belong to it below it, or take the key out

a list for a section
~ product: {sale_price: 20} => product: [20]
= 8: product: expected keys and values, found a list
? indent the keys that belong to it below it

no suppliers
- suppliers:
-   acme:
-     unit_price: 4
-     failure_rates: {leaks: 4%}
-   borealis:
-     unit_price: 5
-     failure_rates: {leaks: 1%}
= 1: suppliers: missing
? write suppliers: with at least the baseline

an empty mapping of suppliers
- suppliers:
-   acme:
-     unit_price: 4
-     failure_rates: {leaks: 4%}
-   borealis:
-     unit_price: 5
-     failure_rates: {leaks: 1%}
+ suppliers: {}
= 23: suppliers: expected at least one entry, found 0
? write at least one entry

a number for the suppliers
- suppliers:
-   acme:
-     unit_price: 4
-     failure_rates: {leaks: 4%}
-   borealis:
-     unit_price: 5
-     failure_rates: {leaks: 1%}
+ suppliers: 3
= 23: suppliers: expected keys and values, found 3
? indent the keys that belong to it below it

a number for a supplier
-   acme:
-     unit_price: 4
-     failure_rates: {leaks: 4%}
+   acme: 4
= 24: suppliers.acme: expected keys and values, found 4
? indent the keys that belong to it below it

a supplier with a dot in its name
> extra_costs: [{name: a.b, per: unit, amount: 1, group: supply, grade: hard}]
= 30: extra_costs.a.b.name: expected a name, found 'a.b'
? names have no dot: paths are built with dots

a number for the failures
- failures:
-   leaks: {stage: use, liable: supplier, returned: 70%, refund: 50%, replace: 40%, contacts: 1.2, churn: 3%}
-   late: {stage: delivery, liable: carrier, per: order, contacts: 0.5}
+ failures: 3
= 19: failures: expected keys and values, found 3
? indent the keys that belong to it below it

a text for a mode
~ late: {stage: delivery, liable: carrier, per: order, contacts: 0.5} => late: carrier
= 21: failures.late: expected keys and values, found 'carrier'
? indent the keys that belong to it below it

a mode without a stage
~ stage: use, liable: => liable:
= 20: failures.leaks.stage: missing
? write stage: order, dispatch, delivery, unboxing, use or return

an unknown stage
~ stage: use => stage: usage
= 20: failures.leaks.stage: expected order, dispatch, delivery, unboxing, use or return, found 'usage'
? did you mean 'use'?

a mode without a liable party
~ liable: supplier, returned: => returned:
= 20: failures.leaks.liable: missing
? write liable: supplier, carrier, warehouse, listing or customer

an unknown party
~ liable: supplier => liable: me
= 20: failures.leaks.liable: expected supplier, carrier, warehouse, listing or customer, found 'me'
? write one of them

modes per something else
~ per: order => per: orders
= 21: failures.late.per: expected unit or order, found 'orders'
? did you mean 'order'?

a disposition without a share
~ {share: 40%, recovers: 100%} => {recovers: 100%}
= 16: returns.dispositions.restock.share: missing
? write share: 35%, or share: rest

a number for a label
- unit_price: 4
+ unit_price: 4
+     label: 3
= 26: suppliers.acme.label: expected text, found 3
? put it in quotes

a label left empty
- unit_price: 4
+ unit_price: 4
+     label:
= 26: suppliers.acme.label: expected text, found nothing
? write a text, or take the key out

a mapping for a label
- unit_price: 4
+ unit_price: 4
+     label: {a: 1}
= 26: suppliers.acme.label: expected text, found keys and values
? write a text

an unknown duty basis
- unit_price: 4
+ unit_price: 4
+     duty_basis: fas
= 26: suppliers.acme.duty_basis: expected fob or cif, found 'fas'
? write one of them

part of a month in transition
- unit_price: 4
+ unit_price: 4
+     transition_months: 1.5
= 26: suppliers.acme.transition_months: expected a whole number, found 1.5
? write a number without decimals, such as 36

less than no transition
- unit_price: 4
+ unit_price: 4
+     transition_months: -1
= 26: suppliers.acme.transition_months: expected 0 or more, found -1
? write a whole number from 0 on

yes for true
> churn: {beyond_horizon: yes}
= 30: churn.beyond_horizon: expected true or false, found 'yes'
? write true or false

a text for a list
-   customers: 10_000
+   customers: 10_000
+   seasonality: flat
= 11: demand.seasonality: expected a list, found 'flat'
? write [first, second, ...]

a mapping for a list
> extra_costs: {audit: 9_000}
= 30: extra_costs: expected a list, found keys and values
? write [first, second, ...]

eleven months of seasonality
-   customers: 10_000
+   customers: 10_000
+   seasonality: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
= 11: demand.seasonality: expected 12 entries, found 11
? write 12 entries

seasonality with decimal commas
-   customers: 10_000
+   customers: 10_000
+   seasonality: [1,1, 1,2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
= 11: demand.seasonality: expected 12 entries, found 14
? keep 12 of them; decimals take a point

a correlation of one
> correlations: [{between: [contacts.cost], rank: 0.3}]
= 30: correlations.0.between: expected 2 entries, found 1
? write 2 entries

a correlation of three
> correlations: [{between: [contacts.cost, product.sale_price, demand.customers], rank: 0.3}]
= 30: correlations.0.between: expected 2 entries, found 3
? keep 2 of them

a correlation without its paths
> correlations: [{rank: 0.3}]
= 30: correlations.0.between: missing
? write between: [suppliers.NAME.failure_rates.MODE, failures.MODE.churn]

a correlation without its rank
> correlations: [{between: [contacts.cost, product.sale_price]}]
= 30: correlations.0.rank: missing
? write rank: 0.3

no price breaks in a table of them
~ unit_price: 4 => price_breaks: []
= 25: suppliers.acme.price_breaks: expected at least one entry, found 0
? write at least one entry

a price break without its price
~ unit_price: 4 => price_breaks: [{from_units_per_year: 0}]
= 25: suppliers.acme.price_breaks.0.unit_price: missing
? write unit_price: price of every unit

an extra cost without its amount
> extra_costs: [{name: audit, per: year, group: supply, grade: hard}]
= 30: extra_costs.audit.amount: missing
? write amount: 9_000

an extra cost without its group
> extra_costs: [{name: audit, per: year, amount: 9_000, grade: hard}]
= 30: extra_costs.audit.group: missing
? write group: supply, fulfilment, failures, service, inventory, risk or customers

an extra cost without its grade
> extra_costs: [{name: audit, per: year, amount: 9_000, group: supply}]
= 30: extra_costs.audit.grade: missing
? write grade: hard, estimated or soft

an extra cost per nothing
> extra_costs: [{name: audit, amount: 9_000, group: supply, grade: hard}]
= 30: extra_costs.audit.per: missing
? write per: unit, shipped_unit, order, event, return, contact, month, year or once

an extra cost per something else
> extra_costs: [{name: audit, per: yearly, amount: 9_000, group: supply, grade: hard}]
= 30: extra_costs.audit.per: expected unit, shipped_unit, order, event, return, contact, month, year or once,
= found 'yearly'
? did you mean 'year'?

an extra cost of no known group
> extra_costs: [{name: audit, per: year, amount: 9_000, group: quality, grade: hard}]
= 30: extra_costs.audit.group: expected supply, fulfilment, failures, service, inventory, risk or customers, found
= 'quality'
? write one of them

an extra cost of no known grade
> extra_costs: [{name: audit, per: year, amount: 9_000, group: supply, grade: firm}]
= 30: extra_costs.audit.grade: expected hard, estimated or soft, found 'firm'
? write one of them

an extra cost with an unknown key
> extra_costs: [{name: audit, suplier: acme, per: year, amount: 9_000, group: supply, grade: hard}]
= 30: extra_costs.audit.suplier: unknown key
? did you mean 'supplier'?

an extra cost without a name
> extra_costs: [{per: year, amount: 9_000, group: supply, grade: hard}]
= 30: extra_costs.0.name: missing
? write name: what the case, or the line, is called

a currency of rates in small letters
> exchange_rates: {usd: 0.79}
= 30: exchange_rates.usd: expected a currency code of three capital letters, found 'usd'
? ISO 4217 codes: GBP, EUR, USD

a scenario that changes nothing
> scenarios:
>   tariff:
= 31: scenarios.tariff: expected keys and values, found nothing
? indent the keys that belong to it below it, or take the key out

a source that is no text
> sources: {contacts.cost: 2026}
= 30: sources.contacts.cost: expected text, found 2026
? put it in quotes

overrides that are a list
- unit_price: 4
+ unit_price: 4
+     overrides: [contacts.cost]
= 26: suppliers.acme.overrides: expected keys and values, found a list
? indent the keys that belong to it below it
""")

NUMBERS = mistakes("""
a decimal comma
~ unit_price: 4 => unit_price: 4,10
= 25: suppliers.acme.unit_price: expected a number, 0 or more, found '4,10'
? decimals take a point: write 4.10

a decimal comma behind thousands
~ unit_price: 4 => unit_price: 1.234,56
= 25: suppliers.acme.unit_price: expected a number, 0 or more, found '1.234,56'
? decimals take a point: write 1_234.56

a comma for thousands or decimals
~ unit_price: 4 => unit_price: 12,345
= 25: suppliers.acme.unit_price: expected a number, 0 or more, found '12,345'
? write 12.345 for a decimal point, 12_345 for thousands

commas for thousands
~ unit_price: 4 => unit_price: 1,234,567.50
= 25: suppliers.acme.unit_price: expected a number, 0 or more, found '1,234,567.50'
? write 1_234_567.50 for thousands

a blank for thousands
~ unit_price: 4 => unit_price: 12 500
= 25: suppliers.acme.unit_price: expected a number, 0 or more, found '12 500'
? write 12_500 for thousands

a decimal comma between braces
~ sale_price: 20} => sale_price: 19,90}
= 8: product.sale_price: expected a number, 0 or more, found '19,90'
? decimals take a point: write 19.90

a decimal comma and a percent sign between braces
~ leaks: 4%} => leaks: 4,5%}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found '4,5%'
? decimals take a point: write 4.5%

a decimal comma in a range between braces
~ leaks: 4%} => leaks: 0,5% to 2%}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found '0,5%'
? decimals take a point: write 0.5%

thousands with a comma in counts
~ leaks: 4%} => leaks: 412 of 9,800}
= 26: suppliers.acme.failure_rates.leaks: expected events of trials, found '412 of 9,800'
? write whole numbers, such as 412 of 9_800

too many numbers by decimal commas
~ leaks: 4%} => leaks: {pert: [0,5%, 2%, 4%]}}
= 26: suppliers.acme.failure_rates.leaks: expected 3 numbers from low to high, found 4 numbers
? write {pert: [low, most likely, high]}; decimals take a point

a decimal comma in a list of years
~ leaks: 4%} => leaks: {by_year: ["4,5%", 6%]}}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found '4,5%'
? decimals take a point: write 4.5%

values parted by decimal commas
~ unit_price: 4 => unit_price: {discrete: {12,4: 70%, 13,1: 30%}}
= 25: suppliers.acme.unit_price: expected a share for each value, found none for 12
? write {discrete: {12.4: 70%, 13.1: 30%}}; decimals take a point

a currency sign
~ unit_price: 4 => unit_price: £4
= 25: suppliers.acme.unit_price: expected a number, 0 or more, found '£4'
? leave out the currency: the case says it once

a currency code
~ unit_price: 4 => unit_price: 4 GBP
= 25: suppliers.acme.unit_price: expected a number, 0 or more, found '4 GBP'
? leave out the currency: the case says it once

a word
~ unit_price: 4 => unit_price: cheap
= 25: suppliers.acme.unit_price: expected a number, 0 or more, found 'cheap'
? write a number such as 12.4 or 50_000, or a range such as 2 to 4

nothing
~ unit_price: 4 => unit_price:
= 25: suppliers.acme.unit_price: expected a number, 0 or more, found nothing
? write a number such as 12.4 or 50_000, or a range such as 2 to 4, or take the key out

true
~ unit_price: 4 => unit_price: true
= 25: suppliers.acme.unit_price: expected a number, 0 or more, found true
? write a number such as 12.4 or 50_000, or a range such as 2 to 4

a list
~ unit_price: 4 => unit_price: [4, 5]
= 25: suppliers.acme.unit_price: expected a number, 0 or more, found a list
? write a number such as 12.4 or 50_000, or a range such as 2 to 4

an empty mapping
~ unit_price: 4 => unit_price: {}
= 25: suppliers.acme.unit_price: expected a number, 0 or more, found an empty mapping
? write a number or one of pert, triangular, uniform, normal, lognormal, gamma, beta, metalog, discrete, samples,
? by_year

a mapping of something else
~ unit_price: 4 => unit_price: {low: 4, high: 5}
= 25: suppliers.acme.unit_price: expected a number, 0 or more, found a mapping with the key 'low'
? write a number or one of pert, triangular, uniform, normal, lognormal, gamma, beta, metalog, discrete, samples,
? by_year

a misspelt distribution
~ unit_price: 4 => unit_price: {pret: [4, 5, 6]}
= 25: suppliers.acme.unit_price: expected a number, 0 or more, found a mapping with the key 'pret'
? did you mean 'pert'?

a number too large for any computer
~ unit_price: 4 => unit_price: 1e999
= 25: suppliers.acme.unit_price: expected 0 or more, found inf
? write a smaller number

a number larger than any amount
~ unit_price: 4 => unit_price: 1e200
= 25: suppliers.acme.unit_price: expected 0 or more, found 1e+200
? write a smaller number

a negative price
~ unit_price: 4 => unit_price: -4
= 25: suppliers.acme.unit_price: expected 0 or more, found -4
? write 4: amounts, credits too, are written without a minus sign

a price in percent
~ unit_price: 4 => unit_price: 4%
= 25: suppliers.acme.unit_price: expected 0 or more without a percent sign, found 4%
? write 4

a range with a dash
~ unit_price: 4 => unit_price: 4 - 5
= 25: suppliers.acme.unit_price: expected a number, 0 or more, found '4 - 5'
? write 4 to 5 for a range

a range with a dash in percent
~ leaks: 4%} => leaks: 1%–4%}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found '1%–4%'
? write 1% to 4% for a range

a share in words
~ leaks: 4%} => leaks: 4 percent}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found '4 percent'
? write 4%

a share of 8 where 8% was meant
~ leaks: 4%} => leaks: 8}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found 8
? write 8% or 0.08

a share above 100 %
~ leaks: 4%} => leaks: 104%}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found 104%
? a share lies between 0% and 100%

a share far above 1
~ leaks: 4%} => leaks: 400}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found 400
? a share lies between 0% and 100%

a negative share
~ leaks: 4%} => leaks: -4%}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found -4%
? a share lies between 0% and 100%

a share that is no number
~ leaks: 4%} => leaks: few}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found 'few'
? write a number such as 8% or 0.08, or a range such as 2% to 4%, or unknown

a range of shares without percent signs
~ leaks: 4%} => leaks: 8 to 12}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1 at both ends, found '8 to 12'
? write 8% to 12%

a range with one percent sign
~ leaks: 4%} => leaks: 1 to 4%}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1 at both ends, found '1 to 4%'
? write 1% to 4%

a range of 0.5 to 2%
~ leaks: 4%} => leaks: 0.5 to 2%}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1 at both ends, found '0.5 to 2%'
? write 0.5% to 2%

a PERT of shares without percent signs
~ leaks: 4%} => leaks: {pert: [2, 4, 9]}}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1 each, found 2, 4, 9
? write {pert: [2%, 4%, 9%]}

a triangle with one percent sign missing
~ leaks: 4%} => leaks: {triangular: [2%, 4%, 9]}}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1 each, found 2%, 4%, 9
? write {triangular: [2%, 4%, 9%]}

a mean of 8 where 8% was meant
~ leaks: 4%} => leaks: {beta: {mean: 8, sd: 1%}}}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found 8
? write 8% or 0.08

an sd of 2 where 2% was meant
~ leaks: 4%} => leaks: {beta: {mean: 8%, sd: 2}}}
= 26: suppliers.acme.failure_rates.leaks: expected an sd below 1, found 2
? write 2% or 0.02

a percentile of 8 where 8% was meant
~ leaks: 4%} => leaks: {beta: {p5: 2%, p95: 8}}}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found 8
? write 8% or 0.08

a metalog of 8 where 8% was meant
~ leaks: 4%} => leaks: {metalog: {p10: 2%, p50: 4%, p90: 8}}}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found 8
? write 8% or 0.08

a year of 8 where 8% was meant
~ leaks: 4%} => leaks: {by_year: [8, 4%]}}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found 8
? write 8% or 0.08

a discrete value of 8 where 8% was meant
~ leaks: 4%} => leaks: {discrete: {8: 50%, 9%: 50%}}}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found 8
? write 8% or 0.08

a probability of 70 where 70% was meant
~ leaks: 4%} => leaks: {discrete: {8%: 70, 9%: 30%}}}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found 70
? write 70% or 0.7

a value with a source of 8 where 8% was meant
~ leaks: 4%} => leaks: {value: 8, source: ledger}}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found 8
? write 8% or 0.08

a chargeback of 20 where 20% was meant
- unit_price: 4
+ unit_price: 4
+     chargeback: {leaks: 20}
= 26: suppliers.acme.chargeback.leaks: expected a share between 0 and 1, found 20
? write 20% or 0.2

a growth of 2 where 2% was meant
- unit_price: 4
+ unit_price: 4
+     price_growth: 2
= 26: suppliers.acme.price_growth: expected a rate above -100 %, found 2
? write 2% or 0.02; 200% if that is what it is

a range of growth without percent signs
- unit_price: 4
+ unit_price: 4
+     price_growth: 1 to 3
= 26: suppliers.acme.price_growth: expected a rate above -100 % at both ends, found '1 to 3'
? write 1% to 3%

a fall by everything
- unit_price: 4
+ unit_price: 4
+     price_growth: -100%
= 26: suppliers.acme.price_growth: expected a rate above -100 %, found -100%
? nothing can shrink by 100 % or more a year

a share of returned units of 40
~ share: 40% => share: 40
= 16: returns.dispositions.restock.share: expected a share between 0 and 1, found 40
? write 40% or 0.4

two numbers for a PERT
~ unit_price: 4 => unit_price: {pert: [4, 6]}
= 25: suppliers.acme.unit_price: expected 3 numbers from low to high, found 2 numbers
? write {pert: [low, most likely, high]}

a number for a PERT
~ unit_price: 4 => unit_price: {pert: 4}
= 25: suppliers.acme.unit_price: expected 3 numbers from low to high, found 4
? write {pert: [low, most likely, high]}

a PERT out of order
~ unit_price: 4 => unit_price: {pert: [5, 4, 6]}
= 25: suppliers.acme.unit_price: expected the lowest, the most likely and the highest value in this order, found
= 5, 4, 6
? write {pert: [4, 5, 6]}

three numbers for a uniform
~ unit_price: 4 => unit_price: {uniform: [4, 5, 6]}
= 25: suppliers.acme.unit_price: expected 2 numbers from low to high, found 3 numbers
? write {uniform: [low, high]}; decimals take a point

a range with its ends swapped
~ unit_price: 4 => unit_price: 6 to 4
= 25: suppliers.acme.unit_price: expected the low end first, found 6 to 4
? write 4 to 6

a range of one number
~ unit_price: 4 => unit_price: 4 to 4
= 25: suppliers.acme.unit_price: expected two different ends, found 4 to 4
? write 4

a positive range from 0
~ unit_price: 4 => unit_price: 0 to 4
= 25: suppliers.acme.unit_price: expected a range above 0, found 0 to 4: a lognormal cannot have its 5th
= percentile at 0
? write {pert: [0, MOST LIKELY, 4]}

a share's range from 0
~ leaks: 4%} => leaks: 0% to 4%}
= 26: suppliers.acme.failure_rates.leaks: expected a range inside 0% to 100%, found 0% to 4%: a beta cannot have
= its 5th percentile at 0%
? write {pert: [0%, MOST LIKELY, 4%]}, or counts such as 4 of 200

a mean without an sd
~ unit_price: 4 => unit_price: {normal: {mean: 4}}
= 25: suppliers.acme.unit_price: expected mean and sd, or two percentiles, found mean
? write {normal: {mean: ..., sd: ...}} or two of p5, p10, p25, p50, p75, p90, p95

a percentile that is not known
~ unit_price: 4 => unit_price: {gamma: {p5: 4, p99: 5}}
= 25: suppliers.acme.unit_price: expected mean and sd, or two percentiles, found p5, p99
? write {gamma: {mean: ..., sd: ...}} or two of p5, p10, p25, p50, p75, p90, p95

a family of nothing
~ unit_price: 4 => unit_price: {lognormal: {}}
= 25: suppliers.acme.unit_price: expected mean and sd, or two percentiles, found nothing
? write {lognormal: {mean: ..., sd: ...}} or two of p5, p10, p25, p50, p75, p90, p95

a negative sd
~ unit_price: 4 => unit_price: {normal: {mean: 4, sd: -1}}
= 25: suppliers.acme.unit_price: expected an sd above 0, found -1
? write 1

a beta too wide for its mean
~ leaks: 4%} => leaks: {beta: {mean: 2%, sd: 50%}}}
= 26: suppliers.acme.failure_rates.leaks: expected an sd below 0.14, the largest possible for a share with mean
= 0.02, found 0.5
? give a smaller sd

a metalog of one percentile
~ unit_price: 4 => unit_price: {metalog: {p50: 4}}
= 25: suppliers.acme.unit_price: expected p10, p50 and p90, found p50
? write {metalog: {p10: ..., p50: ..., p90: ...}}, with min and max where there are any

a metalog whose median is off
~ unit_price: 4 => unit_price: {metalog: {p10: 4, p50: 4.1, p90: 9}}
= 25: suppliers.acme.unit_price: expected a p50 between 4.833 and 8.167 with these p10 and p90, found 4.1
? move the p50 inwards, or give a min close to the percentiles

a discrete list
~ unit_price: 4 => unit_price: {discrete: [4, 5]}
= 25: suppliers.acme.unit_price: expected values with their shares, found a list
? write {discrete: {12.4: 70%, 13.1: 30%}}

a discrete of nothing
~ unit_price: 4 => unit_price: {discrete: {}}
= 25: suppliers.acme.unit_price: expected values with their shares, found an empty mapping
? write {discrete: {12.4: 70%, 13.1: 30%}}

probabilities that do not sum
~ unit_price: 4 => unit_price: {discrete: {4: 50%, 5: 40%}}
= 25: suppliers.acme.unit_price: expected probabilities that sum to 100%, found 90%
? with 50% for 5 they would

counts of money
~ unit_price: 4 => unit_price: 4 of 5
= 25: suppliers.acme.unit_price: expected 0 or more, found counts, '4 of 5'
? only a share can be written as events of trials

more events than trials
~ leaks: 4%} => leaks: 412 of 300}
= 26: suppliers.acme.failure_rates.leaks: expected no more events than trials, found 412 of 300
? write 300 of 412

part of an event
~ leaks: 4%} => leaks: 4.5 of 300}
= 26: suppliers.acme.failure_rates.leaks: expected whole numbers of events and trials, found 4.5 of 300
? write counts, such as 412 of 9_800

negative events
~ leaks: 4%} => leaks: -4 of 300}
= 26: suppliers.acme.failure_rates.leaks: expected events of trials, found '-4 of 300'
? write whole numbers, such as 412 of 9_800

no trials
~ leaks: 4%} => leaks: 0 of 0}
= 26: suppliers.acme.failure_rates.leaks: expected at least one trial, found 0 of 0
? without trials, write a range such as 1% to 4%

years that are no list
~ leaks: 4%} => leaks: {by_year: 4%}}
= 26: suppliers.acme.failure_rates.leaks: expected a list with a value for each contract year, found 4%
? write {by_year: [first, second, ...]}

no years
~ leaks: 4%} => leaks: {by_year: []}}
= 26: suppliers.acme.failure_rates.leaks: expected a list with a value for each contract year, found an empty list
? write {by_year: [first, second, ...]}

years within years
~ leaks: 4%} => leaks: {by_year: [4%, {by_year: [5%]}]}}
= 26: suppliers.acme.failure_rates.leaks: expected one value for all years, found a path by contract year
? write one number; rates and recurring money may follow a path

years for what has none
- unit_price: 4
+ unit_price: 4
+     one_off: {by_year: [100, 200]}
= 26: suppliers.acme.one_off: expected one value for all years, found a path by contract year
? write one number; rates and recurring money may follow a path

a remark beside a distribution
~ unit_price: 4 => unit_price: {pert: [4, 5, 6], source: quote}
= 25: suppliers.acme.unit_price.source: unknown key
? write {value: {pert: ...}, source: ...}

two distributions at once
~ unit_price: 4 => unit_price: {pert: [4, 5, 6], uniform: [4, 6]}
= 25: suppliers.acme.unit_price.uniform: unknown key
? keep one of the two, pert or uniform

an unknown key beside a distribution
~ unit_price: 4 => unit_price: {pert: [4, 5, 6], tails: thin}
= 25: suppliers.acme.unit_price.tails: unknown key
? take it out: pert may stand here alone

an unknown remark
~ unit_price: 4 => unit_price: {value: 4, sourc: quote}
= 25: suppliers.acme.unit_price.sourc: unknown key
? did you mean 'source'?

an unknown remark like no other
~ unit_price: 4 => unit_price: {value: 4, colour: red}
= 25: suppliers.acme.unit_price.colour: unknown key
? beside a value: source, owner, grade, note, date

a remark that is no text
~ unit_price: 4 => unit_price: {value: 4, source: 2026}
= 25: suppliers.acme.unit_price.source: expected text, found 2026
? put it in quotes

an unknown grade of a number
~ unit_price: 4 => unit_price: {value: 4, grade: firm}
= 25: suppliers.acme.unit_price.grade: expected hard, estimated or soft, found 'firm'
? write one of them: how well finance can check the number

a value within a value
~ unit_price: 4 => unit_price: {value: {value: 4}}
= 25: suppliers.acme.unit_price: expected a number, found a value within a value
? write one of the two: {value: 12.4, source: ...}

a range for what takes no distribution
~ discount_rate: 10% => discount_rate: 8% to 12%
= 6: discount_rate: expected one fixed number, found '8% to 12%'
? write one number: it takes no range

a distribution for what takes none
-   customers: 10_000
+   customers: 10_000
+   skus: {pert: [1, 2, 3]}
= 11: demand.skus: expected one fixed number, found a mapping
? write one number: it takes no range

samples without a column
~ unit_price: 4 => unit_price: {samples: prices.csv}
= 25: suppliers.acme.unit_price: expected the name of a column, found nothing
? write {samples: file.csv, column: name}

samples without a file
~ unit_price: 4 => unit_price: {samples: 3, column: price}
= 25: suppliers.acme.unit_price: expected the name of a CSV file, found 3
? write {samples: file.csv, column: name}

samples with a misspelt column key
~ unit_price: 4 => unit_price: {samples: prices.csv, colum: price}
= 25: suppliers.acme.unit_price.colum: unknown key
? did you mean 'column'?

samples from a file that is not there
~ unit_price: 4 => unit_price: {samples: nowhere.csv, column: price}
= 25: suppliers.acme.unit_price: expected a CSV file of samples, found 'nowhere.csv': No such file or directory
? the file is looked for beside the case file

samples from a folder
~ unit_price: 4 => unit_price: {samples: ., column: price}
= 25: suppliers.acme.unit_price: expected a CSV file of samples, found '.', which is none
? name a file beside the case file

unknown for what may not be unknown
~ unit_price: 4 => unit_price: unknown
= 25: suppliers.acme.unit_price: expected a number, 0 or more, found 'unknown'
? write a number such as 12.4 or 50_000, or a range such as 2 to 4
""")

BOUNDS = mistakes("""
a normal cost
~ contacts: {cost: 5} => contacts: {cost: {normal: {mean: 28, sd: 14}}}
= 18: contacts.cost: expected 0 or more, found a normal distribution with 2.3 % of its draws below 0
? a lognormal with the same mean and sd: {lognormal: {mean: 28, sd: 14}}

a normal share
~ leaks: 4%} => leaks: {normal: {mean: 4%, sd: 2%}}}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found a normal distribution with 2.3 %
= of its draws outside 0 to 1
? a beta with the same mean and sd: {beta: {mean: 0.04, sd: 0.02}}

a lognormal share
~ leaks: 4%} => leaks: {lognormal: {mean: 30%, sd: 40%}}}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found a lognormal distribution with
= 4.5 % of its draws above 1
? a beta with the same mean and sd: {beta: {mean: 0.3, sd: 0.4}}

a normal cost around 0
~ contacts: {cost: 5} => contacts: {cost: {normal: {mean: 0, sd: 14}}}
= 18: contacts.cost: expected 0 or more, found a normal distribution with 50 % of its draws below 0
? give it ends that stay within, such as {pert: [0, 0, 23.028]}

a gamma share of wide spread
~ leaks: 4%} => leaks: {gamma: {mean: 90%, sd: 90%}}}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found a gamma distribution with 33 %
= of its draws above 1
? give it ends that stay within, such as {pert: [4.616%, 62.38%, 100%]}

a growth that may lose everything
- unit_price: 4
+ unit_price: 4
+     price_growth: 1% to 300%
= 26: suppliers.acme.price_growth: expected a rate above -100 %, found a normal distribution with 0.29 % of its
= draws below -100 %
? give it ends that stay within, such as {pert: [1%, 150.5%, 300%]}

a metalog share without bounds
~ leaks: 4%} => leaks: {metalog: {p10: 1%, p50: 4%, p90: 9%}}}
= 26: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1, found a metalog distribution with 4.4
= % of its draws outside 0 to 1
? a beta with the same mean and sd: {beta: {mean: 0.045689, sd: 0.0337133}}

an inflation that may lose everything
- discount_rate: 10%
+ inflation: {normal: {mean: 0%, sd: 80%}}
+ discount_rate: 10%
= 6: inflation: expected a rate above -100 %, found a normal distribution with 11 % of its draws below -100 %
? give it ends that stay within, such as {pert: [-99%, 0%, 131.6%]}
""")

REFERENCES = mistakes("""
a baseline that does not exist
~ baseline: acme => baseline: acmee
= 7: baseline: expected a supplier of the case, found 'acmee'
? did you mean 'acme'?

a baseline like no supplier
~ baseline: acme => baseline: nobody
= 7: baseline: expected a supplier of the case, found 'nobody'
? the case has acme, borealis

based on a supplier that does not exist
- unit_price: 4
+ unit_price: 4
+     based_on: boreal
= 26: suppliers.acme.based_on: expected a supplier of the case, found 'boreal'
? did you mean 'borealis'?

based on itself
- unit_price: 4
+ unit_price: 4
+     based_on: acme
= 26: suppliers.acme.based_on: expected no circle, found acme → acme
? one of them must stand by itself

based on each other
-     unit_price: 4
-     failure_rates: {leaks: 4%}
-   borealis:
+     unit_price: 4
+     based_on: borealis
+     failure_rates: {leaks: 4%}
+   borealis:
+     based_on: acme
= 26: suppliers.acme.based_on: expected no circle, found acme → borealis → acme
? one of them must stand by itself

a misspelt mode
~ leaks: 1% => leeks: 1%
= 29: suppliers.borealis.failure_rates.leeks: expected a mode of failures, found 'leeks'
? did you mean 'leaks'?

a misspelt shared mode
~ late: 5% => lat: 5%
= 22: failure_rates.lat: expected a mode of failures, found 'lat'
? did you mean 'late'?

a misspelt mode of chargeback
- unit_price: 4
+ unit_price: 4
+     chargeback: {leeks: 20%}
= 26: suppliers.acme.chargeback.leeks: expected a mode of failures, found 'leeks'
? did you mean 'leaks'?

a mode misspelt where it is defined
~ leaks: {stage => leeks: {stage
= 26: suppliers.acme.failure_rates.leaks: expected a mode of failures, found 'leaks'
? did you mean 'leeks'? (also in line 29)

a mode with a rate for one supplier only
-     unit_price: 5
-     failure_rates: {leaks: 1%}
+     unit_price: 5
= 27: suppliers.borealis.failure_rates.leaks: missing: acme states a rate
? write leaks: with a rate, 0% or unknown

a supplier without a price
-     unit_price: 4
= 24: suppliers.acme.unit_price: missing
? write unit_price: the price of a unit, or price_breaks

a price and price breaks
- unit_price: 4
+ unit_price: 4
+     price_breaks: [{from_units_per_year: 0, unit_price: 3}]
= 26: suppliers.acme.price_breaks: expected one price, found unit_price and price_breaks
? keep unit_price or price_breaks

price breaks that begin late
~ unit_price: 4 => price_breaks: [{from_units_per_year: 500, unit_price: 3}]
= 25: suppliers.acme.price_breaks.0.from_units_per_year: expected the first price from 0 units on, found 500
? begin with from_units_per_year: 0, so that every volume has a price

price breaks out of order
- unit_price: 4
+ price_breaks:
+       - {from_units_per_year: 0, unit_price: 3}
+       - {from_units_per_year: 900, unit_price: 2}
+       - {from_units_per_year: 800, unit_price: 1}
= 28: suppliers.acme.price_breaks.2.from_units_per_year: expected more than 900, found 800
? order the rows from few to many units

a currency without a rate
- unit_price: 4
+ unit_price: 4
+     currency: USD
= 26: suppliers.acme.currency: expected a currency with an exchange rate, found USD
? write exchange_rates: {USD: ...}, GBP for one USD

a rate of the case's own currency
> exchange_rates: {GBP: 1}
= 30: exchange_rates.GBP: expected another currency than the case's own, found GBP
? take it out: rates are of other currencies

customers and units a year
-   customers: 10_000
+   customers: 10_000
+   units_per_year: 30_000
= 11: demand.units_per_year: expected one kind of demand, found customers and units_per_year
? keep customers or units_per_year

neither customers nor units a year
-   customers: 10_000
= 9: demand.customers: missing
? write customers: how many buy today, or units_per_year

customers without orders
-   orders_per_customer_per_year: 3
= 9: demand.orders_per_customer_per_year: missing
? write orders_per_customer_per_year: orders of a customer

growth of units beside customers
-   customers: 10_000
+   customers: 10_000
+   annual_growth: 3%
= 11: demand.annual_growth: expected no annual_growth beside customers
? a customer base grows by new_customers_per_month

orders of no unit
-   customers: 10_000
+   customers: 10_000
+   units_per_order: 0
= 11: demand.units_per_order: expected more than 0, found 0
? write the units in an order

no product
-   customers: 10_000
+   customers: 10_000
+   skus: 0
= 11: demand.skus: expected 1 or more, found 0
? write how many equal products share the demand

a year without demand
-   customers: 10_000
+   customers: 10_000
+   seasonality: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
= 11: demand.seasonality: expected some demand, found twelve zeros
? write weights such as 1

no customers
~ customers: 10_000 => customers: 0
= 10: demand.customers: expected some demand within the horizon, found none
? write how much is bought today

an extra cost of an unknown supplier
> extra_costs: [{name: audit, supplier: acm, per: year, amount: 9, group: supply, grade: hard}]
= 30: extra_costs.audit.supplier: expected a supplier of the case, found 'acm'
? did you mean 'acme'?

an extra cost called as a line of the model
> extra_costs: [{name: purchase, per: year, amount: 9, group: supply, grade: hard}]
= 30: extra_costs.purchase.name: expected a name of its own, found 'purchase', a line of the model
? give it another name

an extra cost twice
> extra_costs:
>   - {name: audit, per: year, amount: 9, group: supply, grade: hard}
>   - {name: audit, per: year, amount: 8, group: supply, grade: hard}
= 32: extra_costs.1.name: expected each extra cost once, found 'audit' again
? give it another name, or each its own supplier

an extra cost in two groups
> extra_costs:
>   - {name: audit, supplier: acme, per: year, amount: 9, group: supply, grade: hard}
>   - {name: audit, supplier: borealis, per: year, amount: 8, group: risk, grade: hard}
= 32: extra_costs.1.name: expected one group and grade for 'audit', found others above
? a line has one group and one grade

a grade of an unknown line
> decision: {grades: {purchas: hard}}
= 30: decision.grades.purchas: expected a cost line, found 'purchas'
? did you mean 'purchase'?

a correlation above 1
> correlations: [{between: [contacts.cost, product.sale_price], rank: 3}]
= 30: correlations.0.rank: expected a rank correlation between -1 and 1, found 3
? write a rank such as 0.3

a correlation with itself
> correlations: [{between: [contacts.cost, contacts.cost], rank: 0.3}]
= 30: correlations.0.between: expected two inputs, found one twice
? name the other one, or take the line out

a correlation with an unknown path
> correlations: [{between: [contacts.cost, failures.leaks.churm], rank: 0.3}]
= 30: correlations.0.between.1: expected the path of an input, found 'failures.leaks.churm': nothing called
= 'churm' in failures.leaks
? did you mean 'failures.leaks.churn'?

a correlation with a section
> correlations: [{between: [contacts.cost, failures.leaks], rank: 0.3}]
= 30: correlations.0.between.1: expected the path of one number, found 'failures.leaks'
? name one number in it, such as failures.MODE.churn

a correlation with what is not stated
> correlations: [{between: [contacts.cost, failures.late.churn], rank: 0.3}]
= 30: correlations.0.between.1: expected the path of a stated input, found 'failures.late.churn', which the case
= leaves out
? state the number there, or name the input that it is inherited from

a source of an unknown path
> sources: {contacts.cots: Ledger}
= 30: sources.contacts.cots: expected the path of an input, found 'contacts.cots': nothing called 'cots' in
= contacts
? did you mean 'contacts.cost'?

a source of an unknown supplier
> sources: {suppliers.acm.unit_price: Quote}
= 30: sources.suppliers.acm.unit_price: expected the path of an input, found 'suppliers.acm.unit_price': nothing
= called 'acm' in suppliers
? did you mean 'suppliers.acme'?

a source of an unknown section
> sources: {contact.cost: Ledger}
= 30: sources.contact.cost: expected the path of an input, found 'contact.cost': nothing called 'contact'
? did you mean 'contacts'?

a source of what is not stated
> sources: {suppliers.acme.freight: Quote}
= 30: sources.suppliers.acme.freight: expected the path of a stated input, found 'suppliers.acme.freight', which
= the case leaves out
? state the number there, or name the input that it is inherited from

a source of a path that is too long
> sources: {contacts.cost.mean: Ledger}
= 30: sources.contacts.cost.mean: expected the path of an input, found 'contacts.cost.mean': nothing called 'mean'
= in contacts.cost
? contacts.cost is an input: its path ends there

a source of nothing
> sources: {"": Ledger}
= 30: sources.'': expected the path of an input, found ''
? write a path such as suppliers.NAME.unit_price

a source of an extra cost where there is none
> sources: {extra_costs.audit.amount: Plan}
= 30: sources.extra_costs.audit.amount: expected the path of an input, found 'extra_costs.audit.amount': nothing
= called 'audit' in extra_costs
? the case states nothing under extra_costs

an unknown price at stake
- unit_price: 4
+ unit_price: 4
+     price_at_stake: product.fulfilment_cst
= 26: suppliers.acme.price_at_stake: expected the path of an input, found 'product.fulfilment_cst': nothing called
= 'fulfilment_cst' in product
? did you mean 'product.fulfilment_cost'?

a section at stake
- unit_price: 4
+ unit_price: 4
+     price_at_stake: product
= 26: suppliers.acme.price_at_stake: expected the path of a price or cost, found 'product'
? name a price or cost, such as suppliers.acme.unit_price or product.fulfilment_cost

what is no money at stake
- unit_price: 4
+ unit_price: 4
+     price_at_stake: demand.customers
= 26: suppliers.acme.price_at_stake: expected the path of a price or cost, found 'demand.customers'
? name a price or cost, such as suppliers.acme.unit_price or product.fulfilment_cost

another option's price at stake
- unit_price: 4
+ unit_price: 4
+     price_at_stake: suppliers.borealis.unit_price
= 26: suppliers.acme.price_at_stake: expected a price or cost of acme, found 'suppliers.borealis.unit_price'
? name a price or cost, such as suppliers.acme.unit_price or product.fulfilment_cost

the sale price at stake
- unit_price: 4
+ unit_price: 4
+     price_at_stake: product.sale_price
= 26: suppliers.acme.price_at_stake: expected a price or cost of acme, found 'product.sale_price', on which
= options are compared
? name a price or cost, such as suppliers.acme.unit_price or product.fulfilment_cost

the price of one contract year at stake
- unit_price: 4
+ unit_price: {by_year: [4, 5]}
+     price_at_stake: suppliers.acme.unit_price.by_year.1
= 26: suppliers.acme.price_at_stake: expected a price of all years, found 'suppliers.acme.unit_price.by_year.1', that
= of one
? write suppliers.acme.unit_price: all turn together

one contract year in overrides
~ contacts: {cost: 5} => contacts: {cost: {by_year: [5, 6]}}
- unit_price: 5
+ unit_price: 5
+     overrides: {contacts.cost.by_year.1: 7}
= 29: suppliers.borealis.overrides.contacts.cost.by_year.1: expected the path of a whole input, found
= 'contacts.cost.by_year.1', one contract year of it
? an option states all its years anew: write contacts.cost: {by_year: [...]}

an unknown path in overrides
- unit_price: 4
+ unit_price: 4
+     overrides: {product.fulfilment_cst: 2.68}
= 26: suppliers.acme.overrides.product.fulfilment_cst: expected the path of an input, found
= 'product.fulfilment_cst': nothing called 'fulfilment_cst' in product
? did you mean 'product.fulfilment_cost'?

a section in overrides
- unit_price: 4
+ unit_price: 4
+     overrides: {failures.leaks: 3%}
= 26: suppliers.acme.overrides.failures.leaks: expected the path of a number, found 'failures.leaks'
? an option changes numbers: name one, such as failures.MODE.returned

a text in overrides
- unit_price: 4
+ unit_price: 4
+     overrides: {failures.leaks.stage: use}
= 26: suppliers.acme.overrides.failures.leaks.stage: expected the path of a number, found 'failures.leaks.stage'
? an option changes numbers: name one, such as failures.MODE.returned

a share of 8 in overrides
- unit_price: 4
+ unit_price: 4
+     overrides: {failures.leaks.churn: 8}
= 26: suppliers.acme.overrides.failures.leaks.churn: expected a share between 0 and 1, found 8
? write 8% or 0.08

a share of 8 inside a section of overrides
- unit_price: 4
+ unit_price: 4
+     overrides: {failures.leaks: {churn: 8}}
= 26: suppliers.acme.overrides.failures.leaks.churn: expected a share between 0 and 1, found 8
? write 8% or 0.08

an unknown key inside a section of overrides
- unit_price: 4
+ unit_price: 4
+     overrides: {failures.leaks: {churm: 8%}}
= 26: suppliers.acme.overrides.failures.leaks.churm: expected the path of an input, found 'failures.leaks.churm':
= nothing called 'churm' in failures.leaks
? did you mean 'failures.leaks.churn'?

another option in overrides
- unit_price: 4
+ unit_price: 4
+     overrides: {suppliers.borealis.freight: 1}
= 26: suppliers.acme.overrides.suppliers.borealis.freight: expected a shared input, found
= 'suppliers.borealis.freight'
? an option cannot change another one: change it there, or in a scenario

the option itself in overrides
- unit_price: 4
+ unit_price: 4
+     overrides: {suppliers.acme.freight: 1}
= 26: suppliers.acme.overrides.suppliers.acme.freight: expected a shared input, found 'suppliers.acme.freight'
? write it under suppliers.acme itself

a mode by modes in overrides
- unit_price: 4
+ unit_price: 4
+     overrides: {contacts.cost: {leaks: 4}}
= 26: suppliers.acme.overrides.contacts.cost: expected a number, 0 or more, found a mapping with the key 'leaks'
? write a number or one of pert, triangular, uniform, normal, lognormal, gamma, beta, metalog, discrete, samples,
? by_year

a pair of correlated inputs twice
> correlations:
>   - {between: [contacts.cost, product.sale_price], rank: 0.3}
>   - {between: [product.sale_price, contacts.cost], rank: 0.2}
= 32: correlations.1.between: expected each pair of inputs once, found it again
? keep one of the two ranks

base churn beside units a year
-   customers: 10_000
-   orders_per_customer_per_year: 3
+   units_per_year: 30_000
+   annual_base_churn: 18%
~ , churn: 3%} => }
= 11: demand.annual_base_churn: expected no annual_base_churn beside units_per_year
? it goes with customers: a demand in units_per_year has none

customers beside a rate of the case in a currency
- unit_price: 4
+ unit_price: 4
+     currency: EUR
> exchange_rates: {USD: 0.79}
= 26: suppliers.acme.currency: expected a currency with an exchange rate, found EUR
? write exchange_rates: {EUR: ...}, GBP for one EUR

an extra cost of one supplier and of all
> extra_costs:
>   - {name: audit, supplier: acme, per: year, amount: 9, group: supply, grade: hard}
>   - {name: audit, per: year, amount: 8, group: supply, grade: hard}
= 32: extra_costs.1.name: expected each extra cost once, found 'audit' again
? give it another name, or each its own supplier

a supplier misspelt where it is defined
~ acme: => acmee:
> extra_costs: [{name: audit, supplier: acme, per: year, amount: 9, group: supply, grade: hard}]
> sources: {suppliers.acme.unit_price: Quote}
= 7: baseline: expected a supplier of the case, found 'acme'
? did you mean 'acmee'? (also in lines 30, 31)

an activity misspelt where it is defined
~ {carriage: 2.90} => {cariage: 2.90}
- unit_price: 4
+ unit_price: 4
+     overrides: {returns.activities.carriage: 2}
> sources: {returns.activities.carriage: Contract}
= 26: suppliers.acme.overrides.returns.activities.carriage: expected the path of an input, found
= 'returns.activities.carriage': nothing called 'carriage' in returns.activities
? did you mean 'returns.activities.cariage'? (also in line 31)

an override of demand.customers
- unit_price: 4
+ unit_price: 4
+     overrides: {demand.customers: 1}
= 26: suppliers.acme.overrides.demand.customers: expected an input in which options may differ, found
= 'demand.customers', on which all options are compared
? change it for all options, or in a scenario

an override of product.sale_price
- unit_price: 4
+ unit_price: 4
+     overrides: {product.sale_price: 1}
= 26: suppliers.acme.overrides.product.sale_price: expected an input in which options may differ, found
= 'product.sale_price', on which all options are compared
? change it for all options, or in a scenario

an override of product.sale_price_growth
- unit_price: 4
+ unit_price: 4
+     overrides: {product.sale_price_growth: 1}
= 26: suppliers.acme.overrides.product.sale_price_growth: expected an input in which options may differ, found
= 'product.sale_price_growth', on which all options are compared
? change it for all options, or in a scenario

an override of exchange_rates.USD
- unit_price: 4
+ unit_price: 4
+     overrides: {exchange_rates.USD: 1}
= 26: suppliers.acme.overrides.exchange_rates.USD: expected an input in which options may differ, found
= 'exchange_rates.USD', on which all options are compared
? change it for all options, or in a scenario

an override of discount_rate
- unit_price: 4
+ unit_price: 4
+     overrides: {discount_rate: 1}
= 26: suppliers.acme.overrides.discount_rate: expected an input in which options may differ, found
= 'discount_rate', on which all options are compared
? change it for all options, or in a scenario

an override of inflation
- unit_price: 4
+ unit_price: 4
+     overrides: {inflation: 1}
= 26: suppliers.acme.overrides.inflation: expected an input in which options may differ, found 'inflation', on
= which all options are compared
? change it for all options, or in a scenario

an override of horizon_months
- unit_price: 4
+ unit_price: 4
+     overrides: {horizon_months: 1}
= 26: suppliers.acme.overrides.horizon_months: expected an input in which options may differ, found
= 'horizon_months', on which all options are compared
? change it for all options, or in a scenario

an override of start
- unit_price: 4
+ unit_price: 4
+     overrides: {start: 1}
= 26: suppliers.acme.overrides.start: expected an input in which options may differ, found 'start', on which all
= options are compared
? change it for all options, or in a scenario

an override of currency
- unit_price: 4
+ unit_price: 4
+     overrides: {currency: 1}
= 26: suppliers.acme.overrides.currency: expected an input in which options may differ, found 'currency', on which
= all options are compared
? change it for all options, or in a scenario

an override of baseline
- unit_price: 4
+ unit_price: 4
+     overrides: {baseline: 1}
= 26: suppliers.acme.overrides.baseline: expected an input in which options may differ, found 'baseline', on which
= all options are compared
? change it for all options, or in a scenario

an override of decision.confidence
- unit_price: 4
+ unit_price: 4
+     overrides: {decision.confidence: 1}
= 26: suppliers.acme.overrides.decision.confidence: expected an input in which options may differ, found
= 'decision.confidence', on which all options are compared
? change it for all options, or in a scenario
""")

JOINT = mistakes("""
remedies over 100 %
~ refund: 50% => refund: 70%
= 20: failures.leaks.refund: expected at most 100 % for refund + replace + repair, found 110 %
? an event has one remedy: lower a share

returned and repaired over 100 %
~ refund: 50%, replace: 40% => repair: 40%
= 20: failures.leaks.returned: expected at most 100 % for returned + repair, found 110 %
? a repaired unit goes back to its customer: count it in repair, not in returned

repairs without a cost
-   repair_cost: 9
~ refund: 50%, replace: 40% => repair: 20%
= 12: returns.repair_cost: missing: failures.leaks has repair
? write returns.repair_cost: what a repair costs

replacements without end
~ refund: 50%, replace: 40% => replace: 100%
~ leaks: 4%} => leaks: 100%}
= 26: suppliers.acme.failure_rates.leaks: expected replacements to come to an end, found that every one fails and
= is replaced again
? lower a rate, or the share of events in `replace`

replacements without end from the second year on
~ refund: 50%, replace: 40% => replace: 100%
~ leaks: 4%} => leaks: {by_year: [4%, 100%]}}
= 26: suppliers.acme.failure_rates.leaks: expected replacements to come to an end, found that every one fails and
= is replaced again
? lower a rate, or the share of events in `replace`

orders replaced without end
~ contacts: 0.5} => contacts: 0.5, replace: 100%}
~ late: 5% => late: 100%
= 22: failure_rates.late: expected replacements to come to an end, found that every one fails and is replaced
= again
? lower a rate, or the share of events in `replace`

rates of an order over 100 %
- failures:
+ failures:
+   lost: {stage: delivery, liable: carrier, per: order}
~ failure_rates: {late: 5%} => failure_rates: {lost: 60%, late: 50%}
= 23: failure_rates.lost: expected at most 100 % of shipped orders to fail, found 110 %
? reasons exclude each other: count each failure once

lost sales without a sale price
- product: {sale_price: 20}
~ refund: 50%, replace: => replace:
~ , churn: 3%} => }
- unit_price: 4
+ unit_price: 4
+     disruption: {per_year: 0.1, months: 2, demand_lost_share: 40%}
= 1: product.sale_price: missing: suppliers.acme.disruption.demand_lost_share loses sales
? write sale_price: what is received for a unit, on average

customers without a margin
- product: {sale_price: 20}
~ refund: 50%, replace: => replace:
= 1: product.sale_price: missing: customers lost are valued by their margin
? write sale_price: what is received for a unit, on average

lost stock without a sale price
- product: {sale_price: 20}
~ refund: 50%, replace: => replace:
~ , churn: 3%} => }
> inventory: {lead_time_days: 3, lead_time_sd_days: 1, order_interval_days: 30,
>   service_level: 95%, stockout: {lost_share: 60%, backorder_cost: 2}}
= 1: product.sale_price: missing: inventory.stockout.lost_share loses sales
? write sale_price: what is received for a unit, on average

a negative safety stock by a minimum order
- unit_price: 4
+ unit_price: 4
+     moq: 500_000
> inventory: {lead_time_days: 3, lead_time_sd_days: 1, order_interval_days: 30,
>   service_level: 95%, holding_rate: 20%}
= 26: suppliers.acme.moq: expected a safety stock of 0 or more, found a negative one: 95 % a month over the 6088
= days of an order
? write a service level of at least 99.7%, or a smaller moq

a minimum order beyond any service level
- unit_price: 4
+ unit_price: 4
+     moq: 500_000_000
> inventory: {lead_time_days: 3, lead_time_sd_days: 1, order_interval_days: 30,
>   service_level: 95%, holding_rate: 20%}
= 26: suppliers.acme.moq: expected a safety stock of 0 or more, found a negative one: 95 % a month over the
= 6.088e+06 days of an order
? write a smaller moq

a minimum order in a month without demand
- unit_price: 4
+ unit_price: 4
+     moq: 500
-   customers: 10_000
+   customers: 10_000
+   seasonality: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]
> inventory: {lead_time_days: 3, lead_time_sd_days: 1, order_interval_days: 30,
>   service_level: 95%, holding_rate: 20%}
= 27: suppliers.acme.moq: expected demand for a minimum order, found none in month 12
? write some demand for every month, or take the moq out

a backorder cost without a lost share
> inventory: {lead_time_days: 3, lead_time_sd_days: 1, order_interval_days: 30,
>   service_level: 95%, stockout: {backorder_cost: 2}, holding_rate: 20%}
= 31: inventory.stockout.lost_share: missing: the inventory of every option needs it
? write inventory: {stockout: {lost_share: ...}}, here or for each supplier

rates of a unit over 100 %
- late: {stage: delivery, liable: carrier, per: order, contacts: 0.5}
- failure_rates: {late: 5%}
+ late: {stage: delivery, liable: carrier, contacts: 0.5}
+ failure_rates: {late: 98%}
= 26: suppliers.acme.failure_rates.leaks: expected at most 100 % of shipped units to fail, found 102 %
? reasons exclude each other: count each failure once

dispositions that do not sum
~ {share: rest, cost: 0.30} => {share: 50%, cost: 0.30}
= 16: returns.dispositions.restock.share: expected shares that sum to 100 %, found 90 %
? change a share, or write `share: rest` for one

a mode's dispositions that do not sum
~ stage: use, => stage: use, dispositions: {scrap: {share: 60%}},
= 20: failures.leaks.dispositions.scrap.share: expected shares that sum to 100 %, found 60 %
? change a share, or write `share: rest` for one

dispositions over 100 % beside the rest
- share: 40%
+ share: 40%}
+     outlet: {share: 70%
= 16: returns.dispositions.restock.share: expected shares that sum to 100 %, found 110 %
? change a share, or write `share: rest` for one

two dispositions for the rest
~ share: 40% => share: rest
= 17: returns.dispositions.scrap.share: expected `rest` for one disposition, found it for two
? give one of them its share

contacts without a cost
- contacts: {cost: 5}
= 1: contacts.cost: missing: failures.leaks has contacts
? write contacts.cost: what a contact costs

refunds without a sale price
- product: {sale_price: 20}
= 1: product.sale_price: missing: failures.leaks has refunds
? write sale_price: what is received for a unit, on average

lost margin without customers
-   customers: 10_000
-   orders_per_customer_per_year: 3
+   units_per_year: 30_000
= 1: churn.valuation: expected demand.customers, which valuing churn by lost_margin needs, found none
? write demand.customers, or churn: {valuation: lifetime_value, lifetime_value: ...} or reacquisition

a lifetime value that is not stated
> churn: {valuation: lifetime_value}
= 30: churn.lifetime_value: missing: the valuation is lifetime_value
? write lifetime_value: what a customer is worth in all, in money

an acquisition cost that is not stated
> churn: {valuation: reacquisition}
= 30: churn.acquisition_cost: missing: the valuation is reacquisition
? write acquisition_cost: what winning a customer costs, in money

an unknown valuation
> churn: {valuation: lifetime}
= 30: churn.valuation: expected lost_margin, lifetime_value or reacquisition, found 'lifetime'
? did you mean 'lifetime_value'?

customers who are worth more than any sum
- discount_rate: 10%
+ discount_rate: 0%
+ churn: {beyond_horizon: true}
= 7: churn.beyond_horizon: expected base churn or discounting, without which a customer is worth more than any sum
? write demand.annual_base_churn, a positive discount_rate, or beyond_horizon: false

a discount rate near -100 %
- horizon_months: 24
- discount_rate: 10%
+ horizon_months: 600
+ discount_rate: -99.9%
= 6: discount_rate: expected a rate at which later money has a finite value, found -99.9 %
? write a rate such as 10%

an inventory without a lead time
> inventory: {lead_time_sd_days: 1, order_interval_days: 30,
>   service_level: 95%, holding_rate: 20%}
= 30: inventory.lead_time_days: missing: the inventory of every option needs it
? write inventory: {lead_time_days: ...}, here or for each supplier

an inventory without a cost of stock
> inventory: {lead_time_days: 3, lead_time_sd_days: 1, order_interval_days: 30,
>   service_level: 95%}
= 30: inventory.holding_rate: missing: the inventory of every option needs it
? write inventory: {holding_rate: ...}, here or for each supplier

stock-outs without a cost
> inventory: {lead_time_days: 3, lead_time_sd_days: 1, order_interval_days: 30,
>   service_level: 95%, stockout: {lost_share: 60%}}
= 31: inventory.stockout.backorder_cost: missing: the inventory of every option needs it
? write inventory: {stockout: {backorder_cost: ...}}, here or for each supplier

one supplier's inventory in part
- unit_price: 4
+ unit_price: 4
+     inventory: {lead_time_days: 3, order_interval_days: 30, service_level: 95%, holding_rate: 20%}
= 26: suppliers.acme.inventory.lead_time_sd_days: missing: the inventory needs it
? write inventory: {lead_time_sd_days: ...}

a disruption without its frequency
- unit_price: 4
+ unit_price: 4
+     disruption: {expedite_cost: 900}
= 26: suppliers.acme.disruption.per_year: missing: the disruption needs it
? write disruption: {per_year: ...}

a disruption without a consequence
- unit_price: 4
+ unit_price: 4
+     disruption: {per_year: 0.1}
= 26: suppliers.acme.disruption.expedite_cost: missing: the disruption needs it
? write disruption: {expedite_cost: ...}

a disruption without its length
- unit_price: 4
+ unit_price: 4
+     disruption: {per_year: 0.1, demand_lost_share: 30%}
= 26: suppliers.acme.disruption.months: missing: the disruption needs it
? write disruption: {months: ...}

a disruption without lost demand
- unit_price: 4
+ unit_price: 4
+     disruption: {per_year: 0.1, months: 3}
= 26: suppliers.acme.disruption.demand_lost_share: missing: the disruption needs it
? write disruption: {demand_lost_share: ...}

a negative safety stock
> inventory: {lead_time_days: 3, lead_time_sd_days: 1, order_interval_days: 30,
>   service_level: 40%, holding_rate: 20%}
= 31: inventory.service_level: expected a safety stock of 0 or more, found a negative one: 40 % a month over the
= 30 days of an order
? write a service level of at least 49.5%, or fewer order_interval_days

a negative safety stock by rare orders
> inventory: {lead_time_days: 3, lead_time_sd_days: 1, order_interval_days: 700,
>   service_level: 95%, holding_rate: 20%}
= 31: inventory.service_level: expected a safety stock of 0 or more, found a negative one: 95 % a month over the
= 700 days of an order
? write a service level of at least 97.1%, or fewer order_interval_days

a service level of 100 %
> inventory: {lead_time_days: 3, lead_time_sd_days: 1, order_interval_days: 30,
>   service_level: 100%, holding_rate: 20%}
= 31: inventory.service_level: expected a service level below 100% and above 0%, found 100%
? a promise lies between 50% and 100%, such as 95%

a service level of 0
> inventory: {lead_time_days: 3, lead_time_sd_days: 1, order_interval_days: 30,
>   service_level: 0, holding_rate: 20%}
= 31: inventory.service_level: expected a service level below 100% and above 0%, found 0%
? a promise lies between 50% and 100%, such as 95%

orders every 0 days
> inventory: {lead_time_days: 3, lead_time_sd_days: 1, order_interval_days: 0,
>   service_level: 95%, holding_rate: 20%}
= 30: inventory.order_interval_days: expected more than 0, found 0
? write the days between orders, such as 30
""")

PLAIN = mistakes("""
two documents
> ---
> tco: 1
= 31: expected one document, found several
? a file holds one case: take out the `---`

text behind the end
> ...
> tco: 1
= 31: expected one document, found several
? a file holds one case: take out the `---`

a key twice
> name: Cups
= 30: name: expected each key once, found it again
? it stands first in line 2: keep one of the two

a key twice in a supplier
- unit_price: 4
+ unit_price: 4
+     unit_price: 5
= 26: suppliers.acme.unit_price: expected each key once, found it again
? it stands first in line 25: keep one of the two

a tag
~ tco: 1 => tco: !!int 1
= 1: tco: expected a value, found the tag !!int
? take out the tag, or put text in quotes

a tag of its own
~ currency: GBP => currency: !code GBP
= 3: currency: expected a value, found the tag !code
? take out the tag, or put text in quotes

an exclamation mark in front of text
~ name: Mugs => name: !Mugs
= 2: name: expected a value, found the tag !Mugs
? take out the tag, or put text in quotes

an anchor
~ unit_price: 4 => unit_price: &price 4
= 25: suppliers.acme.unit_price: expected a value, found the anchor &price
? write each value out

an alias without an anchor
~ unit_price: 5 => unit_price: *price
= 28: suppliers.borealis.unit_price: expected a value, found the alias *price
? write the value out, or put text in quotes

asterisks around a text
~ name: Mugs => name: *Mugs*
= 2: name: expected a value, found the alias *Mugs*
? write the value out, or put text in quotes

keys merged from elsewhere
-     unit_price: 5
+     <<: *acme
+     unit_price: 5
= 28: suppliers.borealis.<<: expected a value, found the alias *acme
? write the value out, or put text in quotes

a key that is a list
> ? [a, b]
> : 1
= 30: expected a key, found a mapping, a list or an alias
? keys are plain words

a key that is a mapping
> {a: 1}: 1
= 30: expected a key, found a mapping, a list or an alias
? keys are plain words

an anchor at a key
~ unit_price: 4 => &price unit_price: 4
= 25: suppliers.acme.unit_price: expected a value, found the anchor &price
? write each value out
""")

SCENARIOS = mistakes("""
a share of 25
> scenarios:
>   tariff: {suppliers.acme.duty_rate: 25}
= 31: scenarios.tariff: suppliers.acme.duty_rate: expected a share between 0 and 1, found 25
? write 25% or 0.25

an unknown path
> scenarios:
>   tariff: {suppliers.acme.duty_rte: 25%}
= 31: scenarios.tariff: expected the path of an input, found 'suppliers.acme.duty_rte': nothing called 'duty_rte'
= in suppliers.acme
? did you mean 'suppliers.acme.duty_rate'?

a baseline that does not exist
> scenarios:
>   tariff: {baseline: nobody}
= 31: scenarios.tariff: baseline: expected a supplier of the case, found 'nobody'
? the case has acme, borealis

remedies over 100 %
> scenarios:
>   tariff: {failures.leaks.refund: 80%}
= 31: scenarios.tariff: failures.leaks.refund: expected at most 100 % for refund + replace + repair, found 120 %
? an event has one remedy: lower a share

replacements without end
> scenarios:
>   tariff: {suppliers.acme.failure_rates.leaks: 100%, failures.leaks.replace: 100%, failures.leaks.refund: 0}
= 31: scenarios.tariff: suppliers.acme.failure_rates.leaks: expected replacements to come to an end, found that
= every one fails and is replaced again
? lower a rate, or the share of events in `replace`

dispositions that do not sum
> scenarios:
>   tariff: {returns.dispositions.scrap.share: 10%}
= 31: scenarios.tariff: returns.dispositions.restock.share: expected shares that sum to 100 %, found 50 %
? change a share, or write `share: rest` for one

a decimal comma
> scenarios:
>   tariff: {contacts.cost: 5,50}
= 31: scenarios.tariff: contacts.cost: expected a number, 0 or more, found '5,50'
? decimals take a point: write 5.50

a distribution outside its bounds
> scenarios:
>   tariff: {contacts.cost: {normal: {mean: 28, sd: 14}}}
= 31: scenarios.tariff: contacts.cost: expected 0 or more, found a normal distribution with 2.3 % of its draws
= below 0
? a lognormal with the same mean and sd: {lognormal: {mean: 28, sd: 14}}

a section that is replaced without what it needs
> scenarios:
>   tariff: {suppliers.acme: {unit_price: 3}}
= 31: scenarios.tariff: suppliers.acme.failure_rates.leaks: missing: borealis states a rate
? write leaks: with a rate, 0% or unknown

an unknown key in a section that is replaced
> scenarios:
>   tariff: {returns: {activites: {carriage: 3}}}
= 31: scenarios.tariff: returns.activites: unknown key
? did you mean 'activities'?

a circle
> scenarios:
>   tariff: {suppliers.acme.based_on: acme}
= 31: scenarios.tariff: suppliers.acme.based_on: expected no circle, found acme → acme
? one of them must stand by itself

a name for a new activity
> scenarios:
>   tariff: {returns.activities.label: 2}
= 31: scenarios.tariff: expected the path of an input, found 'returns.activities.label': nothing called 'label' in
= returns.activities
? returns.activities has carriage

no horizon
> scenarios:
>   tariff: {horizon_months: 0}
= 31: scenarios.tariff: horizon_months: expected 1 or more, found 0
? write a whole number from 1 on

a number for a scenario
> scenarios: {tariff: 3}
= 30: scenarios.tariff: expected keys and values, found 3
? indent the keys that belong to it below it

a number for all scenarios
> scenarios: 3
= 30: scenarios: expected keys and values, found 3
? indent the keys that belong to it below it

a list of scenarios
> scenarios: [tariff]
= 30: scenarios: expected keys and values, found a list
? indent the keys that belong to it below it
""")

YAML = mistakes("""
nothing
= 1: expected keys and values, found nothing
? `tco init` writes a case to start from

a comment alone
> # nothing yet
= 1: expected keys and values, found nothing
? `tco init` writes a case to start from

a list
> - acme
> - borealis
= 1: expected keys and values, found a list
? `tco init` writes a case to start from

a word
> mugs
= 1: expected keys and values, found one value
? `tco init` writes a case to start from

a tab
> tco: 1
> demand:
> \tcustomers: 10
= 3: expected spaces, found a tab
? indent with spaces

a tab behind a key
> tco:\t1
> name:
> \t- x
= 1: expected spaces, found a tab
? indent with spaces

a broken tag
> tco: !{x}
= 1: expected a value, found a tag
? take out the tag, or put text in quotes

an unknown tag
> tco: !a!b 1
= 1: expected a value, found a tag
? take out the tag, or put text in quotes

an asterisk in front of text
> name: * Mugs
= 1: expected a value, found the sign of an anchor or alias
? put the text in quotes

an ampersand in front of text
> name: & sons
= 1: expected a value, found the sign of an anchor or alias
? put the text in quotes

a second colon
> name: Mugs: ours or theirs
= 1: expected one `key: value` a line, found a second colon
? line keys up below each other, or put text that holds a colon in quotes

a line without a colon
> tco: 1
> name Mugs
> start: 2027-01
= 2: expected `key: value`, found a line without a colon
? put a colon and a space behind the key

a colon without a space
> tco: 1
> name:Mugs
> start: 2027-01
= 2: expected `key: value`, found a line without a colon
? put a colon and a space behind the key

a comma that is missing
> product: {sale_price: 20 fulfilment_cost: 2}
= 1: expected a comma or a closing bracket, found something else
? put a comma, or close the bracket that is opened in line 1

a bracket that stays open
> product: {sale_price: 20
> demand: 3
= 2: expected a comma or a closing bracket, found something else
? put a comma, or close the bracket that is opened in line 1

a bracket that stays open at the end
> product: {
= 2: expected a value, found the end of the file
? close what was opened with { or [

a brace too many
> product: {sale_price: 20}}
= 1: expected the end of the value, found a } too many
? take it out

a bracket too many
> between: [a, b]]
= 1: expected the end of the value, found a ] too many
? take it out

a comma behind a brace
> product: {sale_price: 20},
= 1: expected the end of the value, found a comma
? take it out

a comma too many
> product: {sale_price: 20,, fulfilment_cost: 2}
= 1: expected a value, found a bracket or comma
? write a value, or take out the comma

a quote that stays open
> tco: 1
> name: "Mugs
> start: 2027-01
= 2: expected a closing quote, found the end of the file
? close the quote that is opened here

a quote that stays open before another document
> name: "Mugs
> ---
> "
= 1: expected a closing quote, found `---`
? close the quote that is opened here

text behind a quote
> name: "Mugs" and cups
= 1: expected the end of the value, found more text behind it
? put the whole text in quotes, or the next key on a line of its own

a dash for a key
> tco: 1
> - name: Mugs
= 2: expected a key, found a dash that begins a list
? a list stands below its own key

a dash for a value
> name: - Mugs
= 1: expected a value, found a dash that begins a list
? put the list on lines of its own, or the text in quotes

a question mark for a value
> name: ? Mugs
= 1: expected a value, found a question mark
? put the text in quotes

other indentation
> demand:
>     customers: 10
>   orders: 3
= 3: expected keys in one column, found another indentation
? line keys up below each other

a percent sign in front
> name: %Mugs
= 1: expected a value, found a character that cannot begin one
? put the text in quotes

an at sign in front
> name: @home
= 1: expected a value, found a character that cannot begin one
? put the text in quotes

text behind a bar
> name: |Mugs
= 1: expected nothing behind a | or >, found more text
? put the text on the next lines, indented, or in quotes

a backslash in a text
> name: "C:\\Mugs"
= 1: expected a known character behind a backslash, found another
? write the backslash twice, or put the text in 'single quotes'

another YAML
> %YAML 2.0
> ---
> tco: 1
= 1: expected YAML 1.2, found another version
? take out the line that begins with %

a directive
> %mugs
> tco: 1
= 2: expected keys and values, found a line that begins with %
? take out that line

a broken directive
> %
> tco: 1
= 1: expected keys and values, found a line that begins with %
? take out that line

a directive twice
> %YAML 1.2
> %YAML 1.2
> ---
> tco: 1
= 2: expected YAML, found something else
? check indentation, brackets and quotes here

too deep a nesting
> name: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
= 1: expected at most 16 levels, found more
? take out a level

a control character
> tco: 1
> name: Mu\x07gs
= 2: expected text, found a character that YAML does not allow
? take out the character U+0007

a zero byte
> tco: 1
> \0
= 2: expected text, found a character that YAML does not allow
? take out the character U+0000

a no-break space
> tco: 1
> name:\u00a0Mugs
> start: 2027-01
= 2: expected plain spaces, found a no-break space
? type the spaces of this line again
""")

TABLES = (SHAPE, NUMBERS, BOUNDS, REFERENCES, JOINT, PLAIN, SCENARIOS, YAML)


def one_message(mistake: Mistake) -> None:
    assert told(edited(mistake.changes)) == f"case.yaml:{mistake.told}\n    {mistake.hint}"


def named(mistake: Mistake) -> str:
    return mistake.name


@pytest.mark.parametrize("mistake", SHAPE, ids=named)
def test_a_mistake_of_shape_is_told_once_with_its_place_and_what_to_write(mistake: Mistake) -> None:
    one_message(mistake)


@pytest.mark.parametrize("mistake", NUMBERS, ids=named)
def test_a_mistaken_number_is_told_once_with_its_place_and_what_to_write(mistake: Mistake) -> None:
    one_message(mistake)


@pytest.mark.parametrize("mistake", BOUNDS, ids=named)
def test_a_distribution_outside_its_bounds_is_told_with_how_much_lies_there_and_what_to_write(mistake: Mistake) -> None:
    one_message(mistake)


@pytest.mark.parametrize("mistake", REFERENCES, ids=named)
def test_a_name_or_path_that_leads_nowhere_or_where_it_may_not_is_told_once(mistake: Mistake) -> None:
    one_message(mistake)


@pytest.mark.parametrize("mistake", JOINT, ids=named)
def test_inputs_that_do_not_go_together_are_told_once(mistake: Mistake) -> None:
    one_message(mistake)


@pytest.mark.parametrize("mistake", PLAIN, ids=named)
def test_what_a_case_file_must_not_hold_is_told_once(mistake: Mistake) -> None:
    one_message(mistake)


@pytest.mark.parametrize("mistake", SCENARIOS, ids=named)
def test_a_mistake_in_a_scenario_is_told_once_where_the_scenario_is_written(mistake: Mistake) -> None:
    one_message(mistake)


@pytest.mark.parametrize("mistake", YAML, ids=named)
def test_a_text_that_is_no_yaml_is_told_once_in_words_of_our_own(mistake: Mistake) -> None:
    assert told(mistake.written) == f"case.yaml:{mistake.told}\n    {mistake.hint}"


# ---------------------------------------------------------------------------------------------------------------------
# What holds for all messages


@pytest.mark.parametrize(
    "room", ["case", "checks", "document", "loader", "numbers", "paths", "shape"]
)  # distributions: test_distributions.py
def test_every_message_in_the_source_is_matched_by_a_test_in_this_file(room: str) -> None:
    tested = [mistake.told for table in TABLES for mistake in table] + [*OTHER]
    source = ast.parse((ROOT / "tco" / f"{room}.py").read_text(encoding="utf-8"))
    for pattern in patterns_of_messages(source):
        assert any(re.search(pattern, message) for message in tested), pattern


def patterns_of_messages(source: ast.AST) -> list[str]:
    """Give a pattern for each message that a file can tell: its words, with anything where it puts in a value."""
    found, parts = [], set()
    for node in ast.walk(source):
        if isinstance(node, ast.JoinedStr):
            parts |= {id(part) for part in node.values}
            pieces = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".*" for part in node.values]
            found.append("".join(pieces))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            found.append(re.escape(node.value))
    return [one for one in found if re.match(r"expected\\ [^'<]|missing|unknown\\ key", one)]


@pytest.mark.parametrize("mistake", [one for one in NUMBERS if re.match(r"write \S+( or \S+)?$", one.hint)], ids=named)
def test_a_number_written_as_its_hint_says_is_not_mistaken_again(mistake: Mistake) -> None:
    ((old, new),) = mistake.changes.items()
    wrong = mistake.told.rpartition("found ")[2].strip("'")
    assert wrong in new
    for written in mistake.hint.removeprefix("write ").split(" or "):
        try:
            load(edited({old: new.replace(wrong, written)}))
        except CaseError as error:  # of another mistake, such as a distribution that leaves its bounds
            assert mistake.told.partition(": expected")[2] not in str(error)  # noqa: PT017


@pytest.mark.parametrize("mistake", BOUNDS, ids=named)
def test_a_distribution_written_as_its_hint_says_is_accepted(mistake: Mistake) -> None:
    ((old, new),) = mistake.changes.items()
    instead = re.search(r"\{.*\}", mistake.hint)
    wrong = re.search(r"\{(normal|lognormal|gamma|metalog): \{.*?\}\}|1% to 300%", new)
    assert instead
    assert wrong
    load(edited({old: new.replace(wrong[0], instead[0])}))


MANY = {
    "name: Mugs": "name: 8",
    "discount_rate: 10%": "discount_rate: 10",
    "baseline: acme": "baseline: acmee",
    "product: {sale_price: 20}": "product: {sale_prise: 20}",
    "customers: 10_000": "customers: 10,000",
    "carriage: 2.90": "carriage: 2,90",
    "share: 40%": "share: 40",
    "contacts: {cost: 5}": "contacts: {cost: {normal: {mean: 28, sd: 14}}}",
    "stage: use": "stage: usage",
    "refund: 50%": "refund: 70%",
    "{late: 5%}": "{lat: 5%}",
    "    unit_price: 4\n": "    unit_price: 4\n    unit_price: 4\n    colour: red\n    freight: -1\n",
    "{leaks: 4%}": "{leaks: 2 to 4}",
    "    unit_price: 5\n": "    overrides: {demand.customers: 3}\n    price_at_stake: product.fulfilment_cst\n",
    END: "scenarios:\n  tariff: {suppliers.acme.duty_rate: 25}\nsources: {contacts.cots: Ledger}\n",
}


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    assert told(edited(MANY)).splitlines()[::2] == [
        "case.yaml:2: name: expected text, found 8",
        "case.yaml:6: discount_rate: expected a rate above -100 %, found 10",
        "case.yaml:7: baseline: expected a supplier of the case, found 'acmee'",
        "case.yaml:8: product.sale_prise: unknown key",
        "case.yaml:10: demand.customers: expected a number, 0 or more, found '10,000'",
        "case.yaml:14: returns.activities.carriage: expected a number, 0 or more, found '2,90'",
        "case.yaml:16: returns.dispositions.restock.share: expected a share between 0 and 1, found 40",
        "case.yaml:18: contacts.cost: expected 0 or more, found a normal distribution with 2.3 % of its draws below 0",
        "case.yaml:20: failures.leaks.stage: expected order, dispatch, delivery, unboxing, use or return, found "
        "'usage'",
        "case.yaml:22: failure_rates.lat: expected a mode of failures, found 'lat'",
        "case.yaml:26: suppliers.acme.unit_price: expected each key once, found it again",
        "case.yaml:27: suppliers.acme.colour: unknown key",
        "case.yaml:28: suppliers.acme.freight: expected 0 or more, found -1",
        "case.yaml:29: suppliers.acme.failure_rates.leaks: expected a share between 0 and 1 at both ends, found "
        "'2 to 4'",
        "case.yaml:30: suppliers.borealis.unit_price: missing",
        "case.yaml:31: suppliers.borealis.overrides.demand.customers: expected an input in which options may differ, "
        "found 'demand.customers', on which all options are compared",
        "case.yaml:32: suppliers.borealis.price_at_stake: expected the path of an input, found "
        "'product.fulfilment_cst': nothing called 'fulfilment_cst' in product",
        "case.yaml:35: scenarios.tariff: suppliers.acme.duty_rate: expected a share between 0 and 1, found 25",
        "case.yaml:36: sources.contacts.cots: expected the path of an input, found 'contacts.cots': nothing called "
        "'cots' in contacts",
    ]


def test_hints_stand_below_their_messages_indented_by_four() -> None:
    lines = told(edited(MANY)).splitlines()
    assert all(line.startswith("    ") and line[4] != " " for line in lines[1::2])
    assert not any(line.startswith(" ") for line in lines[::2])


@pytest.mark.parametrize("pair", [*itertools.combinations(range(8), 2)], ids=str)
def test_two_mistakes_far_from_each_other_give_two_messages(pair: tuple[int, int]) -> None:
    apart = (  # each in a section of its own, none of which the others need
        ("name: Mugs", "name: 8", "case.yaml:2: name: expected text, found 8\n    put it in quotes"),
        (
            "carriage: 2.90",
            "carriage: -1",
            "case.yaml:14: returns.activities.carriage: expected 0 or more, found -1\n"
            "    write 1: amounts, credits too, are written without a minus sign",
        ),
        (
            "scrap: {share: rest",
            "scrap: {share: 70%",
            "case.yaml:16: returns.dispositions.restock.share: expected shares that sum to 100 %, found 110 %\n"
            "    change a share, or write `share: rest` for one",
        ),
        (
            "refund: 50%",
            "refund: 70%",
            "case.yaml:20: failures.leaks.refund: expected at most 100 % for refund + replace + repair, found 110 %\n"
            "    an event has one remedy: lower a share",
        ),
        (
            "late: 5%",
            "lat: 5%",
            "case.yaml:22: failure_rates.lat: expected a mode of failures, found 'lat'\n    did you mean 'late'?",
        ),
        (
            "unit_price: 4",
            "unit_price: 4\n    based_on: bolt",
            "case.yaml:26: suppliers.acme.based_on: expected a supplier of the case, found 'bolt'\n"
            "    the case has acme, borealis",
        ),
        (
            "unit_price: 5",
            "unit_prise: 5",
            "case.yaml:28: suppliers.borealis.unit_prise: unknown key\n    did you mean 'unit_price'?",
        ),
        (
            END,
            "decision: {confidence: 80}\n",
            "decision.confidence: expected a share between 0 and 1, found 80\n    write 80% or 0.8",
        ),
    )
    first, second = (apart[position] for position in pair)
    message = told(edited({first[0]: first[1], second[0]: second[1]}))
    circle = pair[0] == 5 or pair[1] == 5  # options cannot be resolved, so that their inputs are not compared
    for position, (_, _, expected) in zip(pair, (first, second), strict=True):
        moved = re.sub(r"case.yaml:\d+: ", "", expected)
        assert (moved in message) == (not circle or position not in (2, 3))
    assert len(message.splitlines()) <= 4


def test_one_mistake_in_a_name_that_stands_in_many_places_is_told_once_with_all_its_lines() -> None:
    text = edited(
        {
            "  leaks: {stage": "  leeks: {stage",
            END: "scenarios:\n  few: {failures.leaks.churn: 1%}\nsources:\n  failures.leaks.churn: Survey\n",
        }
    )
    assert told(text) == (
        "case.yaml:26: suppliers.acme.failure_rates.leaks: expected a mode of failures, found 'leaks'\n"
        "    did you mean 'leeks'? (also in lines 29, 31, 33)"
    )


def test_an_input_left_out_is_not_missed_again_by_its_source() -> None:
    text = edited({"product: {sale_price: 20}\n": "", END: "sources: {product.sale_price: Ledger}\n"})
    assert told(text) == (
        "case.yaml:1: product.sale_price: missing: failures.leaks has refunds\n"
        "    write sale_price: what is received for a unit, on average"
    )


def test_a_scenario_is_not_told_what_is_wrong_without_it() -> None:
    scenario = {END: "scenarios:\n  dear: {suppliers.acme.unit_price: 6}\n"}
    assert told(edited({"share: 40%": "share: 40", **scenario})).count("expected") == 1


def test_a_key_that_a_terminal_would_obey_is_written_out() -> None:
    text = edited({"    unit_price: 4\n": '    unit_price: 4\n    "red\\e[31m\\nalert": 4\n'})
    first, *_ = told(text).splitlines()
    assert first == r"case.yaml:26: suppliers.acme.red\x1b[31m\nalert: unknown key"


def test_a_file_with_more_than_a_hundred_mistakes_is_told_a_hundred_of_them() -> None:
    text = edited({END: "".join(f"k{number}: 1\n" for number in range(5000))})
    first, hint, *others = told(text).splitlines()
    assert first == "case.yaml:1: expected a case, found 5000 mistakes, of which 100 are told"
    assert hint == "    mend these first: others may follow from them"
    assert len(others) == 200


def test_a_file_with_more_than_a_hundred_keys_twice_is_told_a_hundred_of_them() -> None:
    *others, message, hint = told(edited({END: "name: Mugs\n" * 5000})).splitlines()
    assert message == "case.yaml:130: expected a case, found more than 100 mistakes up to here"
    assert hint == "    mend these first: others may follow from them"
    assert len(others) == 200


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
def test_numbers_that_no_computer_can_hold_are_told_with_the_quantity_that_overflows() -> None:
    for_ever = {
        "horizon_months: 24": "horizon_months: 600",
        "sale_price: 20": "sale_price: 20, sale_price_growth: 1e18%",
    }
    message, hint = told(edited(for_ever)).splitlines()
    assert message.startswith(
        "case.yaml:1: expected numbers that can be computed with, found that sale_price_factor has no finite value: "
    )
    assert hint == "    one of these numbers is far too large, or divides and is 0"


def test_what_is_wrong_within_a_section_without_a_name_is_told_as_well() -> None:
    text = edited({"    scrap: {share: rest, cost: 0.30}": '    "": {cost: 0.30, colour: red}'})
    assert told(text).splitlines()[::2] == [
        "case.yaml:17: returns.dispositions.'': expected a name, found ''",
        "case.yaml:17: returns.dispositions.''.colour: unknown key",
        "case.yaml:17: returns.dispositions.''.share: missing",
    ]


def test_an_unforeseen_kind_of_mistake_is_told_all_the_same() -> None:
    message, hint = shape._type_message({"type": "unforeseen", "input": {}})
    assert message == "expected another kind of value, found an empty mapping"
    assert hint == "`tco schema` says which"


# ---------------------------------------------------------------------------------------------------------------------
# Settings, data, files, samples and the command line

SETTINGS = {
    "suppliers.acme.duty_rate=8": (
        "--set suppliers.acme.duty_rate=8: suppliers.acme.duty_rate: expected a share between 0 and 1, found 8",
        "write 8% or 0.08",
    ),
    "suppliers.acme.duty_rate=1,5": (
        "--set suppliers.acme.duty_rate=1,5: suppliers.acme.duty_rate: expected a share between 0 and 1, found '1,5'",
        "decimals take a point: write 1.5",
    ),
    "suppliers.acme.duty_rte=8%": (
        "--set suppliers.acme.duty_rte=8%: expected the path of an input, found 'suppliers.acme.duty_rte': "
        "nothing called 'duty_rte' in suppliers.acme",
        "did you mean 'suppliers.acme.duty_rate'?",
    ),
    "failures.leaks.refund=80%": (
        "--set failures.leaks.refund=80%: failures.leaks.refund: expected at most 100 % for refund + replace + repair, "
        "found 120 %",
        "an event has one remedy: lower a share",
    ),
    "contacts.cost={normal: {mean: 28, sd: 14}}": (
        "--set contacts.cost={normal: {mean: 28, sd: 14}}: contacts.cost: expected 0 or more, found a normal "
        "distribution with 2.3 % of its draws below 0",
        "a lognormal with the same mean and sd: {lognormal: {mean: 28, sd: 14}}",
    ),
    "suppliers.acme.unit_price=": (
        "--set suppliers.acme.unit_price=: suppliers.acme.unit_price: expected a number, 0 or more, found nothing",
        "write a number such as 12.4 or 50_000, or a range such as 2 to 4, or take the key out",
    ),
    "suppliers.acme.label=a: b: c": (
        "--set suppliers.acme.label: expected one `key: value` a line, found a second colon",
        "line keys up below each other, or put text that holds a colon in quotes",
    ),
    "name=*Mugs*": (
        "--set name: expected a value, found the alias *Mugs*",
        "write the value out, or put text in quotes",
    ),
    "horizon_months=0": (
        "--set horizon_months=0: horizon_months: expected 1 or more, found 0",
        "write a whole number from 1 on",
    ),
    "=3": ("--set =3: expected the path of an input, found ''", "write a path such as suppliers.NAME.unit_price"),
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_mistaken_setting_is_told_once_with_the_option_that_carried_it(setting: str) -> None:
    message, hint = SETTINGS[setting]
    assert told(CASE, changes=(setting,)) == f"{message}\n    {hint}"


def test_all_mistaken_settings_are_told_at_once() -> None:
    message = told(CASE, changes=("suppliers.acme.duty_rate=8", "colour=red"))
    assert [line.split(":")[0] for line in message.splitlines()[::2]] == [
        "--set colour=red",
        "--set suppliers.acme.duty_rate=8",
    ]
    unreadable = told(CASE, changes=("name=[", "contacts.cost={"))
    assert [line.split(":")[0] for line in unreadable.splitlines()[::2]] == ["--set contacts.cost", "--set name"]


def test_a_setting_without_an_equals_sign_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match=r"^expected --set PATH=VALUE, found 'contacts\.cost'$") as caught:
        load(CASE, changes=("contacts.cost",))
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(("asked", "hint"), [("tarif", "did you mean 'tariff'?"), ("boom", "the case has tariff")])
def test_an_unknown_scenario_is_wrong_usage_that_names_the_nearest(asked: str, hint: str) -> None:
    text = edited({END: "scenarios:\n  tariff: {suppliers.acme.duty_rate: 25%}\n"})
    with pytest.raises(UsageError) as caught:
        load(text, scenario=asked)
    assert str(caught.value) == f"expected a scenario of the case, found '{asked}': {hint}"


def test_a_case_without_scenarios_says_so() -> None:
    with pytest.raises(UsageError, match=r"^expected a scenario of the case, found 'tariff': the case has none$"):
        load(CASE, scenario="tariff")


@pytest.mark.parametrize(("asked", "hint"), [("acmee", "did you mean 'acme'?"), ("x", "the case has acme, borealis")])
def test_an_unknown_supplier_is_wrong_usage_that_names_the_nearest(asked: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(CASE).option(asked)
    assert str(caught.value) == f"expected a supplier of the case, found '{asked}': {hint}"


def test_mistakes_in_plain_data_are_told_by_the_name_of_the_data_without_lines() -> None:
    data = document.parse(CASE, "").data
    with pytest.raises(CaseError) as caught:
        tco.from_data({**data, "baseline": "acmee", "colour": "red"}, name="notebook")
    assert str(caught.value).splitlines()[::2] == [
        "notebook: baseline: expected a supplier of the case, found 'acmee'",
        "notebook: colour: unknown key",
    ]


def test_mistakes_in_changed_values_are_told_by_their_source() -> None:
    with pytest.raises(CaseError) as caught:
        load(CASE).with_({"suppliers.acme.duty_rate": 8, "colour": "red"}, source="slider")
    assert [str(problem).split(": ")[:2] for problem in caught.value.problems] == [
        ["slider", "expected the path of an input, found 'colour'"],
        ["slider", "suppliers.acme.duty_rate"],
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name: caf\xe9\n", ":1: expected text in UTF-8, found byte 0xe9\n    save the file as UTF-8"),
        ("tco: 1".encode("utf-16"), ":1: expected text in UTF-8, found byte 0xff\n    save the file as UTF-8"),
        (
            b"#" * (document.LARGEST_FILE + 1),
            ": expected at most 128 KiB, found a larger file\n"
            "    keep samples in a CSV file: {samples: file.csv, column: name}",
        ),
    ],
    ids=["Latin 1", "UTF-16", "too large"],
)
def test_a_file_that_is_no_text_or_too_large_is_told_so(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "case.yaml"
    path.write_bytes(content)
    with pytest.raises(CaseError) as caught:
        tco.load(path)
    assert str(caught.value) == f"{path}{message}"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "nowhere.yaml",
            "nowhere.yaml: expected a case file, found none that can be read: No such file or directory\n"
            "    check the name; `tco init` writes a case to start from",
        ),
        (
            str(ROOT),
            f"{ROOT}: expected a case file, found none that can be read: Is a directory\n"
            "    check the name; `tco init` writes a case to start from",
        ),
        (
            "a\0b",
            "a\0b: expected a file name, found one with a zero byte\n    take the zero byte out of the name",
        ),
    ],
    ids=["missing", "folder", "zero byte"],
)
def test_a_file_that_cannot_be_read_is_told_so(name: str, message: str) -> None:
    with pytest.raises(CaseError) as caught:
        tco.load(name)
    assert str(caught.value) == message


def test_a_file_with_a_byte_order_mark_and_other_line_ends_is_read() -> None:
    assert load(CASE.replace("\n", "\r\n")).name == "Mugs"
    assert document.scalar("E5") == "E5"  # no exponent without digits in front of it


SAMPLES = {
    "a column that is not there": (
        "price\n4\n",
        "prize",
        "expected a column of prices.csv, found 'prize'\n    did you mean 'price'?",
    ),
    "a column like no other": (
        "price,date\n4,x\n",
        "weight",
        "expected a column of prices.csv, found 'weight'\n    the file has price, date",
    ),
    "an empty file": ("", "price", "expected a column of prices.csv, found 'price'\n    the file has no columns"),
    "no rows": ("price\n", "price", "expected values in prices.csv, found none\n    give a column of numbers"),
    "a row without a value": (
        "date,price\nx,4\ny\n",
        "price",
        "prices.csv, line 3: expected a number, 0 or more, found nothing\n"
        "    write a number such as 12.4 or 50_000, or a range such as 2 to 4, or take the key out",
    ),
    "a row with a decimal comma": (
        'price\n"4,10"\n',
        "price",
        "prices.csv, line 2: expected a number, 0 or more, found '4,10'\n    decimals take a point: write 4.10",
    ),
    "a row below 0": (
        "price\n4\n-4\n",
        "price",
        "prices.csv, line 3: expected 0 or more, found -4\n"
        "    write 4: amounts, credits too, are written without a minus sign",
    ),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_mistake_in_a_file_of_samples_is_told_with_its_line_there(tmp_path: Path, name: str) -> None:
    content, column, message = SAMPLES[name]
    (tmp_path / "prices.csv").write_text(content, encoding="utf-8")
    path = tmp_path / "case.yaml"
    path.write_text(
        edited({"unit_price: 4": f"unit_price: {{samples: prices.csv, column: {column}}}"}), encoding="utf-8"
    )
    with pytest.raises(CaseError) as caught:
        tco.load(path)
    assert str(caught.value) == f"{path}:25: suppliers.acme.unit_price: {message}"


def test_samples_that_are_no_text_or_too_many_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "prices.csv"
    path = tmp_path / "case.yaml"
    path.write_text(edited({"unit_price: 4": "unit_price: {samples: prices.csv, column: price}"}), encoding="utf-8")
    file.write_bytes(b"price\n\xff\n")
    with pytest.raises(
        CaseError, match=r"found 'prices\.csv': not a CSV file in UTF-8\n    the file is looked for beside"
    ):
        tco.load(path)
    file.write_text("price\n4\n5\n", encoding="utf-8")
    monkeypatch.setattr("tco.numbers.LARGEST_SAMPLES_FILE", 4)
    with pytest.raises(
        CaseError, match=r"expected a file of at most 0 MiB, found a larger one\n    take a sample of its rows"
    ):
        tco.load(path)


OTHER = (
    "expected a case, found 5000 mistakes, of which 100 are told",
    "expected numbers that can be computed with, found that sale_price_factor has no finite value",
    "expected a case, found more than 100 mistakes up to here",
    "expected another kind of value, found an empty mapping",
    "expected --set PATH=VALUE, found 'contacts.cost'",
    "expected a scenario of the case, found 'tarif': did you mean",
    "expected text in UTF-8, found byte 0xe9",
    "expected at most 128 KiB, found a larger file",
    "expected a case file, found none that can be read: No such file or directory",
    "expected a file name, found one with a zero byte",
    "expected a column of prices.csv, found 'prize'",
    "expected a supplier of the case, found 'acmee': did you mean 'acme'?",
    "expected a file of at most 0 MiB, found a larger one",
    "expected a case, found 'cartridges.yaml': tco.load(file) gives one",
    "expected new values by path, found 'a=5': write with_({'suppliers.NAME.unit_price': 5.1})",
    "expected the name of a case file, found 5: tco.from_data takes plain data",
    "expected the keys and values of a case, found None: tco.init writes a case to start from",
)
"""Messages that are tested one by one above, or in test_library.py."""


@pytest.mark.parametrize(
    "command", [("validate",), ("compare",), ("explain", "refunds"), ("validate", "--set", "contacts.cost=5,5")]
)
def test_a_command_ends_with_exit_code_3_and_messages_on_standard_error(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    path = tmp_path / "case.yaml"
    wrong = {} if "--set" in command else {"baseline: acme": "baseline: acmee"}
    path.write_text(edited(wrong), encoding="utf-8")
    name, *rest = command
    result = CliRunner().invoke(cli.main, [name, str(path), *rest])
    assert result.exit_code == 3
    assert result.stdout == ""
    assert re.search(r"expected .*, found .*\n    \S", result.stderr)
    assert "Traceback" not in result.output


def test_validate_tells_the_problems_of_all_its_files_and_the_files_without_any(tmp_path: Path) -> None:
    names = ["good.yaml", "bad.yaml", "worse.yaml"]
    texts = [CASE, edited({"name: Mugs": "name: 8"}), "tco: [\n"]
    for name, text in zip(names, texts, strict=True):
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = CliRunner().invoke(cli.main, ["validate", *(str(tmp_path / name) for name in names)])
    assert result.exit_code == 3
    assert result.stdout.startswith(f"{tmp_path / 'good.yaml'}: no problems: 2 options")
    assert [line.split(":")[0] for line in result.stderr.splitlines()[::2]] == [
        str(tmp_path / "bad.yaml"),
        str(tmp_path / "worse.yaml"),
    ]


def test_an_unknown_scenario_ends_a_command_with_exit_code_2(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    result = CliRunner().invoke(cli.main, ["compare", str(path), "--scenario", "boom"])
    assert result.exit_code == 2
    assert result.stderr == "expected a scenario of the case, found 'boom': the case has none\n"
