"""Every model of reporting, for Django and for the rooms above."""

from reporting.boards.models import Board, BoardVersion
from reporting.indicators.models import Indicator
from reporting.observations.models import EarlierValue, Observation, ObservedFeature
from reporting.quarterly.models import QuarterlyReport, ReportText
from reporting.warnings.models import EarlyWarning, EarlyWarningEvent, WarningRule, WarningRuleVersion

__all__ = [
    "Board", "BoardVersion", "EarlierValue", "EarlyWarning", "EarlyWarningEvent", "Indicator", "Observation",
    "ObservedFeature", "QuarterlyReport", "ReportText", "WarningRule", "WarningRuleVersion",
]  # fmt: skip
