"""Demand (model.md section 2): planned customers, orders and units, before any customer is driven away."""

from tco.quantity import quantity


@quantity("1", when=("units_per_year",))
def demand_growth_factor(annual_growth, contract_year):
    """Growth of a yearly budget of units since the first contract year."""
    return (1 + annual_growth) ** contract_year


@quantity("order/customer")
def orders_per_customer(orders_per_customer_per_year, months_per_year, season):
    """Orders that a customer places in the month, ω times the month's season."""
    return orders_per_customer_per_year / months_per_year * season


@quantity("unit/customer")
def units_per_customer(orders_per_customer, units_per_order):
    """Units that a customer orders in the month."""
    return orders_per_customer * units_per_order


@quantity("1")
def monthly_retention(annual_base_churn, months_per_year):
    """Share of customers who stay for another month when no supplier drives them away."""
    return (1 - annual_base_churn) ** (1 / months_per_year)


@quantity("customer")
def new_customers(new_customers_per_month, new_customers_growth, contract_year):
    """Customers who arrive at the month's end."""
    return new_customers_per_month * (1 + new_customers_growth) ** contract_year


@quantity("customer", start="customers_at_start", when=("customers_at_start",))
def planned_customers(planned_customers, monthly_retention, new_customers):
    """Customers at the start of the month if no supplier drives any away."""
    return planned_customers * monthly_retention + new_customers


@quantity("unit", name="planned_units", when=("units_per_year",))
def planned_units_of_budget(units_per_year, months_per_year, demand_growth_factor, season):
    """Units that are planned for the month from a yearly budget."""
    return units_per_year / months_per_year * demand_growth_factor * season


@quantity("unit", name="planned_units", when=("customers_at_start",))
def planned_units_of_customers(planned_customers, units_per_customer):
    """Units that planned customers order in the month."""
    return planned_customers * units_per_customer


@quantity("order")
def planned_orders(planned_units, units_per_order):
    """Orders that are planned for the month."""
    return planned_units / units_per_order


@quantity("unit/year", total_of="planned_units")
def planned_units_in_year(planned_units, months_per_year, months_in_contract_year):
    """Planned units of the contract year, a year cut short by the horizon brought to twelve months."""
    return planned_units * months_per_year / months_in_contract_year


@quantity("money", when=("sale_price",))
def planned_revenue(planned_units, sale_price):
    """What planned units are sold for in the month."""
    return planned_units * sale_price
