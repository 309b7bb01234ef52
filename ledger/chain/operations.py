"""What a migration writes so that a table is in the chain."""

from django.db import migrations

from ledger.chain.sql import INSTALL, create_triggers, drop_triggers, note_present


def chained(
    table: str, omitted: tuple[str, ...] = (), sealed: tuple[str, ...] = (), once_clear: tuple[str, ...] = ()
) -> migrations.RunSQL:
    """Make an operation that links every version of every row of `table` from now on, and the rows already there.

    `omitted` are columns that are computed from others; a change of these alone makes no link. `sealed` are columns of
    personal text: the link holds a salted hash of them. Again for a table that is chained, it sets these anew; columns
    that older links hold in clear are `once_clear`, and an erasure empties those links.
    """
    return migrations.RunSQL(
        [
            INSTALL,
            drop_triggers(table),
            note_present(table, omitted, sealed),
            create_triggers(table, omitted, sealed, once_clear),
        ],
        [drop_triggers(table)],
    )
