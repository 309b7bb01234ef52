"""The audit trail: one line for every write that a person could be asked about."""

from typing import Any

from django.db.models import Model

from ledger.actors import Actor, account_of
from ledger.models import AuditEntry


def record(actor: Actor, verb: str, obj: Model, **detail: Any) -> AuditEntry:
    """Write down that `actor` did `verb` to `obj`, in the caller's transaction.

    `detail` must be JSON and must not hold personal data beyond what the object itself holds.
    """
    return AuditEntry.objects.create(
        actor=account_of(actor),
        verb=verb,
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        detail=detail,
    )
