"""What tests of anchors do to the chain, and to what waits for delivery."""

from django.db import connection

from ledger.anchors import jobs
from ledger.models import Delivery
from tests import roles

AUDIT, LINKS = "accounts_auditentry", "accounts_chainlink"


def run(statement, *params):
    with roles.owner_rights(), connection.cursor() as cursor:
        cursor.execute(statement, params)


def rewrite_the_whole_chain():
    """Alter an audit entry, then make every link and the head anew, so that nothing inside contradicts."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    tables = {AUDIT: f"{AUDIT}_append_only", LINKS: f"{LINKS}_append_only"}
    for table, trigger in tables.items():
        run(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    run(f"ALTER TABLE {AUDIT} DISABLE TRIGGER {AUDIT}_chained_update")
    run(f"UPDATE {AUDIT} SET verb = 'never' WHERE id = (SELECT min(id) FROM {AUDIT})")
    run(f"ALTER TABLE {AUDIT} ENABLE ALWAYS TRIGGER {AUDIT}_chained_update")
    run(
        f"UPDATE {LINKS} l SET content = to_jsonb(e)::text FROM {AUDIT} e"
        f" WHERE l.table_name = '{AUDIT}' AND e.id = l.row_id"
    )
    run(
        "DO $$ DECLARE one record; last bytea := ''; BEGIN SET LOCAL timezone = 'UTC';"
        f" FOR one IN SELECT * FROM {LINKS} ORDER BY id LOOP"
        " last := ledger_digest(last, one.table_name, one.row_id, one.op, one.xact, one.at, one.content);"
        f" UPDATE {LINKS} SET digest = last WHERE id = one.id; END LOOP; UPDATE ledger_head SET digest = last; END $$"
    )
    for table, trigger in tables.items():
        run(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


def kinds(faults):
    return {fault.kind for fault in faults}


def deliver_all():
    for delivery in Delivery.objects.order_by("pk"):
        jobs.deliver(delivery.pk)
    return list(Delivery.objects.order_by("pk"))
