"""Sheets to and from the provincial system."""
