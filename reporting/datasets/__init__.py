"""What this room holds of a district, as rows: indicators, their values, what was corrected, and rules of warnings."""

from reporting.datasets.earlier_values import EARLIER_VALUES
from reporting.datasets.indicators import INDICATORS
from reporting.datasets.observations import OBSERVATIONS
from reporting.datasets.warning_rules import WARNING_RULES

DATASETS = (INDICATORS, OBSERVATIONS, EARLIER_VALUES, WARNING_RULES)
