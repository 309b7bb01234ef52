"""The link of a deletion holds the row as it was, so that what explains the deletion can be found by it."""

from django.db import migrations

from ledger.chain.sql import INSTALL


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_links_that_edit")]

    operations = [migrations.RunSQL([INSTALL], [])]
