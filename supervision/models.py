"""Every model of supervision, for Django and for the rooms above. Inside the room each topic's own `models` is read."""

from supervision.deadlines.models import ClockRule
from supervision.findings.models import Category, Finding, FindingPhoto, FindingVideo
from supervision.kinds.models import KindVersion
from supervision.matters.models import CoHandling, EventFile, MatterAnswer, MatterLink, Suggestion, SuggestionEvent
from supervision.public.models import PublishedPhoto, ReporterAccess, Support
from supervision.reply_texts.models import ReplyText
from supervision.routing.models import RoutingRule

__all__ = [
    "Category", "ClockRule", "CoHandling", "EventFile", "Finding", "FindingPhoto", "FindingVideo", "KindVersion",
    "MatterAnswer", "MatterLink", "PublishedPhoto", "ReplyText", "ReporterAccess", "RoutingRule",
    "Suggestion", "SuggestionEvent", "Support",
]  # fmt: skip
