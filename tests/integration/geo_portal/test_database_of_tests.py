"""The database between tests: what one has left neither stays nor keeps the next ones waiting."""

import pytest
from django.db import connection
from django.test import TransactionTestCase

from accounts.models import Department
from tests import bare_database


@pytest.mark.django_db(transaction=True)
def test_a_session_left_in_a_transaction_is_ended(monkeypatch, capsys):
    monkeypatch.setattr(bare_database, "PATIENCE", "200ms")
    bare_database.restore(TransactionTestCase())
    Department.objects.create(name="水利局", code="water")
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT name FROM accounts_department FOR UPDATE")
    bare_database.restore(TransactionTestCase())
    assert "accounts_department FOR UPDATE" in capsys.readouterr().err
    assert not Department.objects.exists()
    other.close()
