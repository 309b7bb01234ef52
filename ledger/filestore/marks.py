"""Which sites keep files in a store: a mark for each, so that none takes another's files for nobody's.

A mark is named after the database (cluster and database, as physical copies keep and restored ones change them), and is
made with the first file that a process stores. It is a folder: who counts files does not meet it.
"""

from hashlib import sha256

from django.db import connection

IDENTITY = """
    SELECT system_identifier::text || '.' || d.oid FROM pg_control_system(), pg_database d
    WHERE d.datname = current_database()
"""


def own_mark() -> str:
    """The name of this site's mark: that of its database."""
    with connection.cursor() as cursor:
        cursor.execute(IDENTITY)
        return sha256(cursor.fetchone()[0].encode()).hexdigest()[:24]
