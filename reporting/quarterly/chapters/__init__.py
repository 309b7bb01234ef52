"""The chapters of the report: each turns facts into blocks."""
