"""The newest rule of the lights becomes rules of the district, in force from the day of the migration."""

from django.db import migrations
from django.utils import timezone

DEFAULTS = {"method": "points", "yellow_from_points": 10, "red_above_points": 30, "red_unstarted_months": 3}


def carry_over(apps, schema_editor):
    newest = apps.get_model("projects", "LightSetting").objects.order_by("-pk").first()
    if newest is None:
        return
    now = timezone.now()
    today = timezone.localdate(now)
    for name, default in DEFAULTS.items():
        if (value := getattr(newest, name)) != default:
            apps.get_model("accounts", "RuleChange").objects.create(
                key=f"lights.{name}",
                value=value,
                effective_from=today,
                written_on=today,
                at=now,
                reason=newest.source or "此前在“亮灯规则”中设定",
            )


class Migration(migrations.Migration):
    dependencies = [("projects", "0009_rows_are_chained"), ("accounts", "0010_rules_are_history")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
