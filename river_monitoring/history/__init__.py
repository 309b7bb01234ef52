"""A point's whole history for everybody, in plain sentences, newest first.

Departments are named, people are not: neither the citizens who reported nor the officers who typed.
"""

from river_monitoring.history.entries import Entry, history_asked
from river_monitoring.history.queries import Year, history_of, years_of

__all__ = ["Entry", "Year", "history_asked", "history_of", "years_of"]
