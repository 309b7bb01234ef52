"""Kept rows say when they were last written, so that what was counted of them is counted anew only where one changed.

Their indexes, and that by which the newest year up to a month of each point is found.
"""

from django.db import migrations, models

STAMP = """
    CREATE FUNCTION river_monitoring_stamp_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.stamp := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
        RETURN NEW;
    END $$;
    CREATE TRIGGER river_monitoring_pointmonth_stamp BEFORE INSERT OR UPDATE ON river_monitoring_pointmonth
        FOR EACH ROW EXECUTE FUNCTION river_monitoring_stamp_kept();
    CREATE TRIGGER river_monitoring_pointspan_stamp BEFORE INSERT OR UPDATE ON river_monitoring_pointspan
        FOR EACH ROW EXECUTE FUNCTION river_monitoring_stamp_kept();
"""
FORGET = """
    DROP TRIGGER river_monitoring_pointmonth_stamp ON river_monitoring_pointmonth;
    DROP TRIGGER river_monitoring_pointspan_stamp ON river_monitoring_pointspan;
    DROP FUNCTION river_monitoring_stamp_kept();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("river_monitoring", "0022_series_of_parameters"),
    ]

    operations = [
        migrations.AddField(
            model_name="pointmonth",
            name="stamp",
            field=models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="pointspan",
            name="stamp",
            field=models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.RunSQL(STAMP, FORGET),
        migrations.AddIndex(
            model_name="pointmonth",
            index=models.Index(fields=["month", "stamp"], name="stamps_of_a_month"),
        ),
        migrations.AddIndex(
            model_name="pointspan",
            index=models.Index(fields=["period", "first_day", "stamp"], name="stamps_of_a_span"),
        ),
        migrations.AddIndex(
            model_name="pointspan",
            index=models.Index(fields=["point", "period", "first_day"], name="spans_of_a_point"),
        ),
    ]
