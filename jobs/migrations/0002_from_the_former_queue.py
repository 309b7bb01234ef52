"""Jobs and schedules of releases that used django-q2 are carried over; its tables stay as they are."""

from django.db import migrations

from jobs.former_queue import take_over_jobs, take_over_schedules


def take_over(apps, schema_editor):
    take_over_schedules(schema_editor.connection)
    take_over_jobs(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]

    operations = [migrations.RunPython(take_over, migrations.RunPython.noop)]
