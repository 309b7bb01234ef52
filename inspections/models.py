"""Every model of inspections, for Django and for the rooms above."""

from inspections.patrols.models import (
    Capacity,
    FindingPhotoCheck,
    Patrol,
    PatrolEvent,
    PatrolFinding,
    PatrolPhoto,
    PatrolReach,
    PatrolRule,
    TrackBatch,
    TrackPoint,
)

__all__ = [
    "Capacity", "FindingPhotoCheck", "Patrol", "PatrolEvent", "PatrolFinding", "PatrolPhoto", "PatrolReach",
    "PatrolRule", "TrackBatch", "TrackPoint",
]  # fmt: skip
