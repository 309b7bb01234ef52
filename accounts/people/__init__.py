"""Accounts and what they may do: invited, given a role, department and area, closed; singly or by the sheet."""
