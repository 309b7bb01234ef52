from django.db import migrations

from ledger.history import append_only


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial"), ("accounts", "0002_audit_is_append_only")]

    operations = [append_only("projects_progressreport")]
