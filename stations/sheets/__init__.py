"""Stations, deputies and receptions as sheets: exported for their staff, imported with a report of every row."""

from types import ModuleType

from stations.sheets import deputies, receptions, stations

KINDS: dict[str, ModuleType] = {"stations": stations, "deputies": deputies, "receptions": receptions}
"""Each has `TITLE`, `COLUMNS`, `NEEDED`, `may_use`, `example`, `export_rows` and `import_row`."""
