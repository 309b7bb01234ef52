"""The audit trail and the chain came from another room: an older database keeps rows, permissions and triggers."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from ledger.chain import verify
from ledger.models import AuditEntry, ChainLink

BEFORE = [("ledger", None), ("accounts", "0006_tokens_of_departments")]
MODELS = ["auditentry", "chainlink"]


def migrate(targets):
    executor = MigrationExecutor(connection)
    executor.loader.build_graph()
    executor.migrate(targets)


def newest():
    return list(MigrationExecutor(connection).loader.graph.leaf_nodes())


@pytest.fixture
def older(transactional_db):
    """A database as it was before the models moved."""
    after = newest()
    migrate(BEFORE)
    yield
    migrate(after)


@pytest.mark.django_db(transaction=True)
def test_an_older_database_keeps_rows_permissions_and_the_administrations_log(older, staff):
    types = {name: ContentType.objects.get(app_label="accounts", model=name) for name in MODELS}
    staff.user_permissions.add(Permission.objects.get(codename="view_auditentry"))
    log = LogEntry.objects.create(user=staff, content_type=types["auditentry"], object_repr="x", action_flag=CHANGE)
    entry = AuditEntry.objects.create(actor=staff, verb="test", object_type="x", object_id="1")
    migrate(newest())
    ContentType.objects.clear_cache()
    assert AuditEntry.objects.get() == entry
    assert {name: ContentType.objects.get(app_label="ledger", model=name) for name in MODELS} == types
    assert not ContentType.objects.filter(app_label="accounts", model__in=MODELS).exists()
    assert staff.__class__.objects.get(pk=staff.pk).has_perm("ledger.view_auditentry")
    assert LogEntry.objects.get(pk=log.pk).content_type.model_class() is AuditEntry


@pytest.mark.django_db
def test_the_tables_keep_their_names_and_their_triggers(staff):
    assert (AuditEntry._meta.db_table, ChainLink._meta.db_table) == ("accounts_auditentry", "accounts_chainlink")
    entry = AuditEntry.objects.create(actor=staff, verb="test", object_type="x", object_id="1")
    for change in (entry.delete, lambda: AuditEntry.objects.update(verb="other")):
        with pytest.raises(DatabaseError, match="history"), transaction.atomic():
            change()
    assert verify().is_sound
