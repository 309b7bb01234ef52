"""Which parameters were ever measured at a point: a row for each, kept by a trigger as samples are written."""

import django.db.models.deletion
from django.db import migrations, models

_NOTE = """
    INSERT INTO river_monitoring_series (point_id, code, first_at, last_at)
    SELECT point_id, code, min(phenomenon_time), max(phenomenon_time)
    FROM {samples} AS s, jsonb_object_keys(readings) AS code
    WHERE jsonb_typeof(readings) = 'object' AND length(code) <= 40
    GROUP BY point_id, code ORDER BY point_id, code
    ON CONFLICT (point_id, code) DO UPDATE
        SET first_at = least(river_monitoring_series.first_at, excluded.first_at),
            last_at = greatest(river_monitoring_series.last_at, excluded.last_at)
        WHERE excluded.first_at < river_monitoring_series.first_at OR excluded.last_at > river_monitoring_series.last_at
"""
KEEP = f"""
    CREATE FUNCTION river_monitoring_keep_series() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {_NOTE.format(samples="fresh")};
        RETURN NULL;
    END $$;
    CREATE TRIGGER river_monitoring_sample_series_insert AFTER INSERT ON river_monitoring_sample
        REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION river_monitoring_keep_series();
    CREATE TRIGGER river_monitoring_sample_series_update AFTER UPDATE ON river_monitoring_sample
        REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION river_monitoring_keep_series();
    {_NOTE.format(samples="river_monitoring_sample")};
"""
FORGET = """
    DROP TRIGGER river_monitoring_sample_series_insert ON river_monitoring_sample;
    DROP TRIGGER river_monitoring_sample_series_update ON river_monitoring_sample;
    DROP FUNCTION river_monitoring_keep_series();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("river_monitoring", "0021_why_a_span_has_no_class_is_kept"),
    ]

    operations = [
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, verbose_name="指标")),
                ("first_at", models.DateTimeField(verbose_name="最早采样时间")),
                ("last_at", models.DateTimeField(verbose_name="最近采样时间")),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="series",
                        to="river_monitoring.monitoringpoint",
                        verbose_name="点位",
                    ),
                ),
            ],
            options={
                "verbose_name": "监测序列",
                "verbose_name_plural": "监测序列",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("point", "code"), name="one_series_per_point_and_parameter")
                ],
            },
        ),
        migrations.RunSQL(KEEP, FORGET),
    ]
