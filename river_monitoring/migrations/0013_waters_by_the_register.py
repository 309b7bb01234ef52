"""Points on a registered river or lake take its kind of limits; where that changes, their months are assessed anew.

The months are removed here; the next start makes them again (`assess_months --missing`).
"""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def follow_the_register(apps, schema_editor):
    point, river = (apps.get_model("river_monitoring", name) for name in ("MonitoringPoint", "River"))
    wrong = point.objects.filter(river__isnull=False).exclude(water=F("river__kind"))
    keys = list(wrong.values_list("pk", flat=True))
    apps.get_model("river_monitoring", "PointMonth").objects.filter(point__in=keys).delete()
    kind = river.objects.filter(pk=OuterRef("river")).values("kind")
    point.objects.filter(pk__in=keys).update(water=Subquery(kind))


class Migration(migrations.Migration):
    dependencies = [("river_monitoring", "0012_rows_are_chained")]

    operations = [migrations.RunPython(follow_the_register, migrations.RunPython.noop)]
