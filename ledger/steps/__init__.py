"""The step kit: what may happen to a thing, as a table, and the one way to do it.

`table` is plain Python and knows no Django: states, transitions, and what a table answers. `workflow` says how a table
applies to a model, `apply` takes a step, `pictures` draws a table for the docs.
"""

from ledger.steps.definition import State, Transition, from_each, stay
from ledger.steps.table import StepTable, TableError

__all__ = ["State", "StepTable", "TableError", "Transition", "from_each", "stay"]
