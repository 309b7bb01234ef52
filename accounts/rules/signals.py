"""Sent within the transaction that set a rule: ``change`` is the row. For what is computed from rules and kept."""

from django.dispatch import Signal

rule_changed = Signal()
