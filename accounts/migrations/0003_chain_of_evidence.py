from django.db import migrations, models

from ledger.history import append_only


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_audit_is_append_only")]

    operations = [
        migrations.CreateModel(
            name="ChainLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table_name", models.CharField(max_length=63, verbose_name="事件表")),
                ("row_id", models.BigIntegerField(verbose_name="事件编号")),
                ("content", models.TextField(verbose_name="写入时的内容")),
                ("digest", models.BinaryField(verbose_name="摘要")),
            ],
            options={
                "verbose_name": "证据链环节",
                "verbose_name_plural": "证据链环节",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("table_name", "row_id"), name="one_link_per_event"),
                ],
            },
        ),
        append_only("accounts_chainlink"),
    ]
