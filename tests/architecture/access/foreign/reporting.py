"""The quarterly report is the whole district's."""

from tests.architecture.access.foreign.row import Foreign

FOREIGN = [Foreign("reports:list", "", {"quarter": "2026Q1"}, "403 403 403 404 403")]
NO_OBJECT: dict[str, str] = {}
