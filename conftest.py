"""Brings up the embedded PostGIS for the tests that touch a database; without them nothing is started."""

import gc
import os
from collections.abc import Iterator
from typing import Any

import pytest

from ops import environment


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any
) -> Iterator[None]:
    """pytest-django asks for this right before it makes the test database, a copy of one that is migrated already."""
    from django.db import connection

    from tests import roles, template_database

    with environment.database(os.environ, durable=os.environ.get("EMBEDDED_DURABLE", "1") != "0"):
        with django_db_blocker.unblock():
            roles.log_in_as_owner(connection)
            connection.settings_dict["TEST"]["TEMPLATE"] = template_database.ensure(connection)
        yield


GARBAGE = (50_000, 20, 100)
"""Objects made since the last look, and how many looks at the young ones make one at the older."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The owner makes and drops the database; in between, tests may do what the site may."""
    from django.db import connection

    from tests import roles

    with django_db_blocker.unblock(), roles.as_the_site(connection):
        connection.close()
        yield


def pytest_collection_finish() -> None:
    """What is there by now, some million objects, stays: garbage collection need not look through it each time.

    Nor so often: at Python's own thresholds a seventh of the tests' time went into looking.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rooms", default="", help="of the access table, ask only these rooms' addresses (projects,layers)"
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After the shuffling: what takes long comes early."""
    from tests.order_of_files import in_order

    items[:] = in_order(items)
