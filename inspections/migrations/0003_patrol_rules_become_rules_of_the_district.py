"""What the administration asked of patrols becomes rules of the district, in force from the day of the migration."""

from django.db import migrations
from django.utils import timezone


def carry_over(apps, schema_editor):
    changes = apps.get_model("accounts", "RuleChange").objects
    now = timezone.now()
    today = timezone.localdate(now)
    for rule in apps.get_model("supervision_patrols", "PatrolRule").objects.order_by("pk"):
        for name in ("every_days", "min_minutes", "min_metres"):
            if value := getattr(rule, name):
                changes.create(
                    key=f"patrols.{rule.capacity}.{name}",
                    value=value,
                    effective_from=today,
                    written_on=today,
                    at=now,
                    reason=rule.basis or "此前在系统管理中设定",
                )


class Migration(migrations.Migration):
    dependencies = [("supervision_patrols", "0002_events_are_history"), ("accounts", "0010_rules_are_history")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
