"""What tests of erasures ask: a ground, and where words still stand."""

from django.db import connection

GROUND = "本人申请，个人信息保护法第四十七条"


def stored_anywhere(words: str) -> set[str]:
    """Tables of ours that hold the words in any column."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        found = set()
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{words}%"])
            if cursor.fetchone()[0]:
                found.add(table)
    return found
