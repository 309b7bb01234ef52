"""Names of parameters in the reader's language."""

from django.utils.translation import get_language

from river_monitoring.standard.evaluation import Parameter


def parameter_name(parameter: Parameter) -> str:
    """Return the parameter's name in the language of the reader."""
    return parameter.en if (get_language() or "").startswith("en") else parameter.zh
