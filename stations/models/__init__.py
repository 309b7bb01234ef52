"""Stations, whom they serve, whom they receive, and what their deputies do."""

from stations.models.activity import Activity, ActivityEvent, Presence
from stations.models.booking import Booking
from stations.models.duty import DutyEvent, DutyKind, DutyRecord
from stations.models.matter import Matter
from stations.models.points import PointsItem, PointsRule
from stations.models.reception import Attendance, Reception, ReceptionEvent
from stations.models.service_area import ServiceArea
from stations.models.station import Deputy, OpeningDay, Station

__all__ = [
    "Activity",
    "ActivityEvent",
    "Attendance",
    "Booking",
    "Deputy",
    "DutyEvent",
    "DutyKind",
    "DutyRecord",
    "Matter",
    "OpeningDay",
    "PointsItem",
    "PointsRule",
    "Presence",
    "Reception",
    "ReceptionEvent",
    "ServiceArea",
    "Station",
]
