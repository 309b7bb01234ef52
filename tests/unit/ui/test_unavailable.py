"""Which errors pass, so that the same request may be sent again."""

import errno

import psycopg2
import pytest
from django.db import IntegrityError, InterfaceError, OperationalError
from psycopg2 import errors

from geokit.refusal import Unavailable
from ui.unavailable import unavailable


def of_server(state, kind=OperationalError):
    """As Django raises what the server said with an SQLSTATE."""
    driver = errors.lookup(state)("said by the server")
    driver.__setstate__({"pgcode": state})
    error = kind("said by the server")
    error.__cause__ = driver
    return error


def of_client(driver, kind=OperationalError):
    error = kind(str(driver))
    error.__cause__ = driver
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (of_client(psycopg2.OperationalError("could not connect to server")), "database-away"),
        (of_client(psycopg2.InterfaceError("connection already closed"), InterfaceError), "database-away"),
        (psycopg2.OperationalError("server closed the connection unexpectedly"), "database-away"),
        (of_server("57P01"), "database-away"),
        (of_server("57P03"), "database-away"),
        (of_server("08006"), "database-away"),
        (of_server("53300"), "database-away"),
        (of_server("25006"), "database-away"),
        (of_server("53100"), "disk-full"),
        (of_server("57014"), "too-slow"),
        (of_server("55P03"), "too-slow"),
        (of_server("40P01"), "too-slow"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk-full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "disk-full"),
        (OSError(errno.EMFILE, "Too many open files"), "database-away"),
    ],
)
def test_what_passes_is_unavailable_and_says_when_to_come_again(error, code):
    found = unavailable(error)
    assert found.code == code
    assert found.retry_after > 0


@pytest.mark.parametrize(
    "error",
    [
        ValueError("a defect"),
        FileNotFoundError(errno.ENOENT, "no such file"),
        OSError("without a number"),
        OperationalError("raised by Django itself"),
        of_server("42P01"),
        of_server("23505", IntegrityError),
        of_server("22003"),
    ],
)
def test_a_defect_stays_one(error):
    assert unavailable(error) is None


def test_what_is_unavailable_already_stays_as_it_is():
    said = Unavailable("稍等", code="no-place")
    assert unavailable(said) is said
