"""What we charge: plans, rules, assignments, the price of a number."""
