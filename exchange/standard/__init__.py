"""The data standard: kinds of records, their fields, code lists, identifiers, JSON Schemas."""
