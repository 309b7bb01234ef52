"""The models of all topics, imported so that Django finds them."""

from stations.activities.models import Activity, ActivityEvent, Presence, SignUp
from stations.duty.models import DutyEvent, DutyKind, DutyRecord, PointsItem, PointsRule
from stations.receptions.models import (
    Attendance,
    Booking,
    Matter,
    Reception,
    ReceptionEvent,
    ReceptionLeave,
    ReceptionSeries,
)
from stations.register.models import Deputy, OpeningDay, Station
from stations.service_areas.models import ServiceArea

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
    "ReceptionLeave",
    "ReceptionSeries",
    "ServiceArea",
    "SignUp",
    "Station",
]
