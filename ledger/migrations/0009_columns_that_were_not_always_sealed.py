"""An erasure empties links that hold a column in clear which was sealed later (`once_clear`)."""

from django.db import migrations

from ledger.chain.sql import FUNCTIONS


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_text_after_an_erasure_is_sealed")]

    operations = [migrations.RunSQL([FUNCTIONS], [])]
