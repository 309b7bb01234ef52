"""Brings up the embedded PostGIS for the tests that touch a database; without them nothing is started."""

import os
from collections.abc import Iterator

import pytest

from ops import environment


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """pytest-django asks for this right before it makes the test database."""
    with environment.database(os.environ, durable=os.environ.get("EMBEDDED_DURABLE", "1") != "0"):
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rooms", default="", help="of the access table, ask only these rooms' addresses (projects,layers)"
    )
