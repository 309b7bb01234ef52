"""Values that came from the archive of another instance say so. No column changes."""

from django.db import migrations, models

WAYS = [
    ("sheet", "表格"),
    ("api", "接口"),
    ("page", "页面"),
    ("room", "平台记录"),
    ("station", "监测数据"),
    ("formula", "公式"),
    ("archive", "档案"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("supervision_report", "0007_brackets_of_names"),
    ]

    operations = [
        migrations.AlterField(
            model_name=model,
            name="way",
            field=models.CharField(choices=WAYS, max_length=8, verbose_name="途径"),
        )
        for model in ("earliervalue", "observation")
    ]
