from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("layers", "0006_import_heartbeat")]

    operations = [
        migrations.AddField(
            model_name="layerversion",
            name="removed",
            field=models.DateTimeField(blank=True, null=True, verbose_name="数据清除时间"),
        ),
    ]
