"""Which tables there are: each app names its own in `step_tables` of its AppConfig, as dotted paths."""

from typing import Any

from django.apps import apps
from django.utils.module_loading import import_string

from ledger.steps.table import StepTable


def all_tables() -> dict[str, StepTable[Any, Any, Any]]:
    """Every table of the installed apps by its name. Raises ValueError where two have the same name."""
    paths = [path for config in apps.get_app_configs() for path in getattr(config, "step_tables", ())]
    tables = [import_string(path) for path in paths]
    found = {table.name: table for table in tables}
    if len(found) < len(tables):
        raise ValueError(f"two tables of steps have one name: {sorted(table.name for table in tables)}")
    return found
