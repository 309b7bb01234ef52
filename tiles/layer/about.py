"""What is said about a layer's data besides what it holds: for the catalogue."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """Who provides a layer, of which day its data are, and under which terms; empty where it is not said."""

    created: dt.datetime | None = None
    updated: dt.datetime | None = None
    data_date: dt.date | None = None
    provider: str = ""
    source: str = ""
    licence: str = ""
    review_number: str = ""
    """The number of the map review (审图号)."""
