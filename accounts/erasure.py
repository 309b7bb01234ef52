"""Erasing a person's words on a lawful ground: who may, and what the trail says of it. Rooms say which rows."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.directory.models import Area
from accounts.permissions import Asker, leads
from geokit.refusal import NotPermitted
from ledger import audit
from ledger.actors import account_of
from ledger.erasure import erase


@transaction.atomic
def erase_words(
    actor: Asker, verb: str, thing: Model, area: Area | None, reason: str, rows: Iterable[Model] = ()
) -> int:
    """Erase `thing`, further `rows` and what other rooms hold of them; how many rows held something.

    `area` is where the thing is, `verb` names it in the audit trail. Raises NotPermitted but for staff of the district,
    BadInput without a reason or where nothing is left to erase.
    """
    require_eraser(actor, area)
    records = erase(actor, [thing, *rows], reason)
    audit.record(account_of(actor), verb, thing, rows=len(records))
    return len(records)


def require_eraser(actor: Asker, area: Area | None) -> None:
    """Raise NotPermitted but for congress staff of the whole district in which `area` lies."""
    if not leads(actor, area):
        raise NotPermitted(_("只有区人大工作人员可以删除个人信息。"))
