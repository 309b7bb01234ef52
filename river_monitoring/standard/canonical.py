"""A standard or a rule as one text, the same in every process, so that a fingerprint can be made of it.

Pure Python, no Django. `repr` would not do: the order of a set's members differs from process to process.
"""

import json
from dataclasses import asdict
from typing import Any

from river_monitoring.standard.assessment_rule import AssessmentRule
from river_monitoring.standard.limits import Standard


def canonical(version: Standard | AssessmentRule) -> str:
    """Return all that a version says as JSON: sets sorted, numbers and days as they are written."""
    return json.dumps(asdict(version), default=_plain)


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else str(value)
