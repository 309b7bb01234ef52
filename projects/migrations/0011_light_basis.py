"""A light keeps the rules that it was judged by; computed as it is, a change of it alone makes no link."""

from django.db import migrations, models

from ledger.chain import chained


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0010_lights_become_rules_of_the_district"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="light_basis",
            field=models.JSONField(db_default={}, default=dict, editable=False, verbose_name="亮灯依据"),
        ),
        chained(
            "projects_project", omitted=("search_key", "progress", "light", "light_basis", "updated_at", "version")
        ),
    ]
