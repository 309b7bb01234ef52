"""Supervision: what was seen, the matter it became, and the rules by which it is handled."""

from supervision.findings.models import Category, Finding, FindingPhoto, PublishedPhoto, ReporterAccess, Support
from supervision.matters.models import CoHandling, MatterLink, Suggestion, SuggestionEvent
from supervision.routing.models import ClockRule, RoutingRule

__all__ = [
    "Category",
    "ClockRule",
    "CoHandling",
    "Finding",
    "FindingPhoto",
    "MatterLink",
    "PublishedPhoto",
    "ReporterAccess",
    "RoutingRule",
    "Suggestion",
    "SuggestionEvent",
    "Support",
]
