"""Stations, deputies and receptions as spreadsheets: out for the staff who keep them, back in with a report per row."""

from types import ModuleType

from stations.sheets import deputies, receptions, stations

KINDS: dict[str, ModuleType] = {"stations": stations, "deputies": deputies, "receptions": receptions}
"""Each has `TITLE`, `COLUMNS`, `NEEDED`, `may_use`, `rows_out` and `take`."""
