"""The audit trail and the chain came from another room: an older database keeps rows, permissions and triggers."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython, SeparateDatabaseAndState

from ledger.chain import verify
from ledger.models import AuditEntry, ChainLink
from tests import roles

MOVE = import_module("ledger.migrations.0001_audit_and_chain_from_accounts")
MODELS = ["auditentry", "chainlink"]


@pytest.fixture
def older(db):
    """Content types as they were before the models moved, by name."""
    MOVE.to_accounts(apps, None)
    ContentType.objects.clear_cache()
    return {name: ContentType.objects.get(app_label="accounts", model=name) for name in MODELS}


def test_permissions_and_the_administrations_log_follow_the_models(older, staff):
    staff.user_permissions.add(Permission.objects.get(codename="view_auditentry"))
    log = LogEntry.objects.create(user=staff, content_type=older["auditentry"], object_repr="x", action_flag=CHANGE)
    MOVE.to_ledger(apps, None)
    ContentType.objects.clear_cache()
    assert {name: ContentType.objects.get(app_label="ledger", model=name) for name in MODELS} == older
    assert not ContentType.objects.filter(app_label="accounts", model__in=MODELS).exists()
    assert type(staff).objects.get(pk=staff.pk).has_perm("ledger.view_auditentry")
    assert LogEntry.objects.get(pk=log.pk).content_type.model_class() is AuditEntry


def test_moving_twice_changes_nothing_more(older):
    for _time in range(2):
        MOVE.to_ledger(apps, None)
    assert ContentType.objects.filter(model__in=MODELS).count() == len(MODELS)


def test_the_move_itself_writes_no_table():
    loader = MigrationLoader(None)
    for name in (("ledger", MOVE.__name__.rpartition(".")[2]), ("accounts", "0007_audit_and_chain_to_ledger")):
        for operation in loader.get_migration(*name).operations:
            assert isinstance(operation, (SeparateDatabaseAndState, RunPython))
            assert getattr(operation, "database_operations", []) == []


def test_the_tables_keep_their_names_and_their_triggers(staff):
    assert (AuditEntry._meta.db_table, ChainLink._meta.db_table) == ("accounts_auditentry", "accounts_chainlink")
    entry = AuditEntry.objects.create(actor=staff, verb="test", object_type="x", object_id="1")
    for change in (entry.delete, lambda: AuditEntry.objects.update(verb="other")):
        with roles.owner_rights(), pytest.raises(DatabaseError, match="history"), transaction.atomic():
            change()
    assert verify().faults == ()
