"""Django looks for models here; they live in their topics. Rooms above may import them from here as well."""

from river_monitoring.assessment.models import PointMonth, PointSpan
from river_monitoring.network.models import Chief, Grade, ManagementRange, Reach, ReachLink, River, WaterKind
from river_monitoring.points.models import MonitoringPoint, PointChange, PointFollow, RiverFollow, WaterClass
from river_monitoring.rectification.models import Escalation, Evidence, EvidenceCheck, RectificationEvent
from river_monitoring.samples.models import AutomaticStation, Sample, SampleCheck, SampleRevision, Series, StationFault
from river_monitoring.works.models import Measure, Outfall, PointCause, WorkEvent

__all__ = [
    "AutomaticStation",
    "Chief",
    "Escalation",
    "Evidence",
    "EvidenceCheck",
    "Grade",
    "ManagementRange",
    "Measure",
    "MonitoringPoint",
    "Outfall",
    "PointCause",
    "PointChange",
    "PointFollow",
    "PointMonth",
    "PointSpan",
    "Reach",
    "ReachLink",
    "RectificationEvent",
    "River",
    "RiverFollow",
    "Sample",
    "SampleCheck",
    "SampleRevision",
    "Series",
    "StationFault",
    "WaterClass",
    "WaterKind",
    "WorkEvent",
]
