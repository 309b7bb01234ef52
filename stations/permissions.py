"""What other rooms ask about stations: who may see them, their deputies and their reception days, and who runs them."""

from stations.receptions.permissions import receptions_visible_to
from stations.register.permissions import (
    deputies_visible_to,
    deputy_of,
    may_run,
    station_staff,
    stations_run_by,
    stations_visible_to,
)

__all__ = [
    "deputies_visible_to", "deputy_of", "may_run", "receptions_visible_to", "station_staff", "stations_run_by",
    "stations_visible_to",
]  # fmt: skip
