"""What staff set of the clocks becomes rules of the district, in force from the day of the migration."""

from django.db import migrations
from django.utils import timezone


def carry_over(apps, schema_editor):
    changes = apps.get_model("accounts", "RuleChange").objects
    now = timezone.now()
    today = timezone.localdate(now)
    for rule in apps.get_model("supervision", "ClockRule").objects.order_by("pk"):
        changes.create(
            key=f"clocks.{rule.clock}",
            value={"amount": rule.amount, "unit": rule.unit, "to_workday": rule.ends_on_workday},
            effective_from=today,
            written_on=today,
            at=now,
            reason="此前在“办理期限”中设定",
        )


class Migration(migrations.Migration):
    dependencies = [("supervision", "0009_consent_to_pass_on"), ("accounts", "0010_rules_are_history")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
