"""A matter in hand, as the tests of supervision have it."""

from tests.integration.supervision.conftest import assigned, file_finding, point

__all__ = ["assigned", "file_finding", "point"]
