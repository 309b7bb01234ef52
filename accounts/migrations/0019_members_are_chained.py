"""What Django's models cannot say of congresses and members; and every version of them enters the chain of evidence."""

from django.db import migrations

from ledger.chain import chained

CONSTRAINTS = """
    ALTER TABLE accounts_congress ADD CONSTRAINT congress_level_is_its_areas
        FOREIGN KEY (area_id, level) REFERENCES accounts_area (id, level);
    ALTER TABLE accounts_deputygroup ADD CONSTRAINT group_with_its_congress UNIQUE (id, congress_id);
    ALTER TABLE accounts_membership ADD CONSTRAINT group_is_of_the_congress
        FOREIGN KEY (group_id, congress_id) REFERENCES accounts_deputygroup (id, congress_id);
    ALTER TABLE accounts_membership ADD CONSTRAINT one_membership_at_a_time
        EXCLUDE USING gist (
            int8range(person_id, person_id, '[]') WITH &&,
            int8range(congress_id, congress_id, '[]') WITH &&,
            daterange(starts_on, ends_on, '[]') WITH &&
        )
"""
NONE = """
    ALTER TABLE accounts_membership DROP CONSTRAINT IF EXISTS one_membership_at_a_time;
    ALTER TABLE accounts_membership DROP CONSTRAINT IF EXISTS group_is_of_the_congress;
    ALTER TABLE accounts_deputygroup DROP CONSTRAINT IF EXISTS group_with_its_congress;
    ALTER TABLE accounts_congress DROP CONSTRAINT IF EXISTS congress_level_is_its_areas
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0018_congresses_and_members"),
        ("ledger", "0005_deleted_rows_keep_their_content"),
    ]

    operations = [
        migrations.RunSQL(CONSTRAINTS, NONE),
        chained("accounts_congress"),
        chained("accounts_person", sealed=("name",)),
        chained("accounts_deputygroup"),
        chained("accounts_membership"),
    ]
