"""Forms of indicators, rules, warnings and boards."""
