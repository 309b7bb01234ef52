"""What earlier versions kept as numbers becomes rows, so that every figure is counted."""

import secrets

from django.db import migrations

PLACEHOLDER = "（早期记录只有件数，没有内容）"

STATUS = """
    UPDATE stations_reception SET status = 'recorded' WHERE was_held
"""
ATTENDANCES = """
    INSERT INTO stations_attendance (reception_id, deputy_id, how, at)
    SELECT r.id, d.deputy_id, 'staff', r.starts_at
    FROM stations_reception r JOIN stations_reception_deputies d ON d.reception_id = r.id WHERE r.was_held
"""
MATTERS = """
    INSERT INTO stations_matter (reception_id, number, level, text, reference, answer, settled_on, version)
    SELECT r.id, n, 'general', %s, '', CASE WHEN n <= r.matters_settled THEN %s ELSE '' END,
        CASE WHEN n <= r.matters_settled THEN r.ends_at::date END, 1
    FROM stations_reception r, generate_series(1, r.matters) n
"""


def name_pages(apps, schema_editor):
    Deputy = apps.get_model("stations", "Deputy")
    for deputy in Deputy.objects.filter(page_code=None):
        deputy.page_code = secrets.token_hex(5)
        deputy.save(update_fields=["page_code"])


class Migration(migrations.Migration):
    dependencies = [("stations", "0002_service_areas_receptions_and_duty")]

    operations = [
        migrations.RunSQL(STATUS, migrations.RunSQL.noop),
        migrations.RunSQL(ATTENDANCES, migrations.RunSQL.noop),
        migrations.RunSQL([(MATTERS, [PLACEHOLDER, PLACEHOLDER])], migrations.RunSQL.noop),
        migrations.RunPython(name_pages, migrations.RunPython.noop),
    ]
