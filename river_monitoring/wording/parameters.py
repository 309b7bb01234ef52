"""Names of parameters and of assessment rules in the reader's language."""

from django.utils.translation import get_language

from river_monitoring.standard.assessment_rule import AssessmentRule
from river_monitoring.standard.evaluation import Parameter


def parameter_name(parameter: Parameter) -> str:
    """Return the parameter's name in the language of the reader."""
    return parameter.en if _reads_english() else parameter.zh


def rule_name(rule: AssessmentRule) -> str:
    """Return the title of a version of the assessment rule in the language of the reader."""
    return rule.title_en if _reads_english() else rule.title_zh


def _reads_english() -> bool:
    return (get_language() or "").startswith("en")
