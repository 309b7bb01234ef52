from django.db import migrations


class Migration(migrations.Migration):
    """The audit trail and the chain of evidence are `ledger`'s models now; their tables stay as they are."""

    dependencies = [
        ("accounts", "0006_tokens_of_departments"),
        ("ledger", "0001_audit_and_chain_from_accounts"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name="AuditEntry"),
                migrations.DeleteModel(name="ChainLink"),
            ],
        ),
    ]
