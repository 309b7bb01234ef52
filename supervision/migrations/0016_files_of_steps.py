import django.db.models.deletion
from django.db import migrations, models

from ledger.chain import chained
from ledger.history import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0015_reply_texts"),
    ]

    operations = [
        migrations.CreateModel(
            name="EventFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(upload_to="matters/%Y/%m/", verbose_name="文件")),
                ("name", models.CharField(max_length=120, verbose_name="文件名")),
                ("sha256", models.CharField(editable=False, max_length=64)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="supervision.suggestionevent",
                    ),
                ),
            ],
            options={
                "verbose_name": "附件",
                "verbose_name_plural": "附件",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("event", "sha256"), name="one_copy_of_a_file_per_event")
                ],
            },
        ),
        append_only("supervision_eventfile"),
        chained("supervision_eventfile", sealed=("name",)),
    ]
