"""What other rooms ask about stations: who may see them, their deputies and their reception days."""

from stations.receptions.permissions import receptions_visible_to
from stations.register.permissions import deputies_visible_to, stations_visible_to

__all__ = ["deputies_visible_to", "receptions_visible_to", "stations_visible_to"]
