"""The chain's functions write with the rights of the tables' owner, and look names up where no temporary table stands."""

from django.db import migrations

from ledger.chain.sql import INSTALL


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_deleted_rows_keep_their_content")]

    operations = [migrations.RunSQL([INSTALL], [])]
