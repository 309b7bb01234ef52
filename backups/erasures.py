"""Erasures of personal text that are younger than a backup: a restore brings the text back, so they are made again.

They are read from the database that the restore replaces. An app names in `erasures` of its AppConfig, by the verb of
the audit entry, the function that makes it: it takes who erases, the thing and the ground.
"""

from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import User
from backups import databases
from backups.store import Backup
from geokit.refusal import BadInput, Refusal

_SINCE = """
    SELECT a.verb, a.object_type, a.object_id, a.actor_id,
        coalesce((SELECT e.reason FROM accounts_chainlink le JOIN ledger_erasure e ON e.id = le.row_id
            WHERE le.table_name = 'ledger_erasure' AND le.xact = l.xact ORDER BY le.id LIMIT 1), '')
    FROM accounts_chainlink l JOIN accounts_auditentry a ON a.id = l.row_id
    WHERE l.table_name = 'accounts_auditentry' AND l.op = 'I' AND a.verb = ANY(%s)
        AND l.id > (SELECT id FROM accounts_chainlink WHERE digest = decode(%s, 'hex'))
    ORDER BY l.id
"""


@dataclass(frozen=True, slots=True)
class Erased:
    """One erasure as the trail has it: what was done, to which thing, by whom (account number) and on which ground."""

    verb: str
    kind: str
    number: str
    actor: int | None
    reason: str


def named() -> dict[str, str]:
    """The functions of the apps by the verb of their audit entries, as dotted paths."""
    return {verb: path for config in apps.get_app_configs() for verb, path in getattr(config, "erasures", {}).items()}


def is_of_this_site(backup: Backup) -> bool:
    """Whether the chain of the site's own database, where there is one, leads through the backup's head."""
    own, head = databases.ours(), backup.manifest["chain"]["head"]
    if not (head and databases.has_site(own)):
        return False
    with databases.session(own) as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM accounts_chainlink WHERE digest = decode(%s, 'hex'))", [head])
        return bool(cursor.fetchone()[0])


def since(backup: Backup) -> list[Erased]:
    """Erasures in the site's own database that the backup of it does not know."""
    own = databases.ours()
    if not is_of_this_site(backup):
        return []
    with databases.session(own) as cursor:
        cursor.execute("SELECT to_regclass('public.ledger_erasure') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return []  # of a release that erased nothing
        cursor.execute(_SINCE, [list(named()), backup.manifest["chain"]["head"]])
        return [Erased(*row) for row in cursor.fetchall()]


def make_again(erased: list[Erased]) -> list[str]:
    """Make them in the restored site, as whoever made them; those that could not be, in words."""
    return [words for each in erased if (words := _make_again(each))]


def _make_again(one: Erased) -> str:
    try:
        with transaction.atomic():
            actor = User.objects.filter(pk=one.actor).first()
            thing = apps.get_model(one.kind)._default_manager.get(pk=int(one.number))
            import_string(named()[one.verb])(actor, thing, one.reason)
    except (ObjectDoesNotExist, BadInput):
        return ""  # written after the backup as well, or erased in it already
    except (Refusal, DatabaseError) as refusal:
        return _("%(kind)s %(number)s：%(why)s") % {"kind": one.kind, "number": one.number, "why": refusal}
    return ""
