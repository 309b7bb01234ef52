"""The target by which each kept month is judged: that of its time, as the changes of the point have it."""

from django.db import migrations, models

FILL = """
    UPDATE river_monitoring_pointmonth AS kept SET target_class = coalesce(
        (
            SELECT change.target_before FROM river_monitoring_pointchange AS change
            WHERE change.point_id = kept.point_id AND (change.at AT TIME ZONE 'Asia/Shanghai')::date > kept.month
            ORDER BY change.at, change.id LIMIT 1
        ),
        point.target_class
    )
    FROM river_monitoring_monitoringpoint AS point
    WHERE point.id = kept.point_id AND point.target_class BETWEEN 1 AND 5
"""


class Migration(migrations.Migration):
    dependencies = [
        ("river_monitoring", "0015_who_measured"),
    ]

    operations = [
        migrations.AddField(
            model_name="pointmonth",
            name="target_class",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="当月目标类别"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
