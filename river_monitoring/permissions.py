"""Who may see and do what in river monitoring, for rooms above; each topic's `permissions` holds its own.

Waters, points, classes and samples are public by law and here. Plan documents are working papers: they are shown to
people who are signed in.
"""

from river_monitoring.network.permissions import (
    ranges_visible_to,
    reaches_visible_to,
    rivers_to_choose,
    rivers_visible_to,
)
from river_monitoring.points.permissions import FOLLOWERS, points_audience, points_visible_to
from river_monitoring.rectification.permissions import PUBLIC_EVIDENCE, events_visible_to, evidence_visible_to
from river_monitoring.samples.permissions import (
    may_load_history,
    may_record_sample,
    points_to_record,
    points_to_watch,
    samples_visible_to,
)

__all__ = [
    "FOLLOWERS",
    "PUBLIC_EVIDENCE",
    "events_visible_to",
    "evidence_visible_to",
    "may_load_history",
    "may_record_sample",
    "points_audience",
    "points_to_record",
    "points_to_watch",
    "points_visible_to",
    "ranges_visible_to",
    "reaches_visible_to",
    "rivers_to_choose",
    "rivers_visible_to",
    "samples_visible_to",
]
