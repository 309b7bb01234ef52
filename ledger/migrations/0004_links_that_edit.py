"""An index for the few links that change or delete, and the pending rows by transaction (empty between transactions).

`chained` makes both too, so the database may have them already.
"""

from django.db import migrations, models

from ledger.chain.sql import INSTALL


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_anchors")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(["DROP TABLE IF EXISTS ledger_pending", INSTALL], [])],
            state_operations=[
                migrations.AddIndex(
                    "ChainLink",
                    models.Index(
                        fields=["table_name", "id"],
                        condition=models.Q(op__in=["U", "D"]),
                        name="ledger_links_that_edit",
                    ),
                ),
            ],
        ),
    ]
