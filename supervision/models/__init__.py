"""Supervision: what was seen, the matter it became, and the rules by which it is handled."""

from supervision.models.finding import Category, Finding, FindingPhoto, PublishedPhoto, ReporterAccess, Support
from supervision.models.rules import ClockRule, RoutingRule
from supervision.models.suggestion import CoHandling, MatterLink, Suggestion, SuggestionEvent

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
