"""Packages of others: compared, taken, taken back."""
