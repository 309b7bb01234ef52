"""Take back a row that a load entered, if nothing rests on it."""

from typing import Any

from django.db import router
from django.db.models import Model
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput
from ledger import audit


def remove_unused(actor: Asker, thing: Model, *, also: tuple[type[Model], ...] = ()) -> None:
    """Delete a row that no other row points at, but for those of `also`, which are part of it; audited.

    Raises BadInput, and ProtectedError where the database's own rules forbid it.
    """
    collector = Collector(using=router.db_for_write(type(thing)), origin=thing)
    collector.collect([thing])
    parts = (type(thing), *also)
    others = [model for model, rows in collector.data.items() if rows and model not in parts]
    others += [rows.model for rows in collector.fast_deletes if rows.model not in parts and _any(rows)]
    if others:
        raise BadInput(_("已有“%s”用到它。") % others[0]._meta.verbose_name, code="in-use")
    audit.record(actor, "row-taken-back", thing, said=str(thing))
    thing.delete()


def _any(rows: Any) -> bool:
    """Tell whether there are rows; links of many to many count as part of a row."""
    return not rows.model._meta.auto_created and bool(rows.exists())
