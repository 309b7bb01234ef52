"""The audit trail: one line for every write that a person could be asked about."""

from collections.abc import Iterable, Mapping
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


def record_many(actor: Actor, verb: str, about: Iterable[tuple[Model, Mapping[str, Any]]]) -> None:
    """Write down that `actor` did `verb` to each of many things, with the detail of each."""
    account = account_of(actor)
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                actor=account, verb=verb, object_type=obj._meta.label_lower, object_id=str(obj.pk), detail=dict(detail)
            )
            for obj, detail in about
        ],
        batch_size=500,
    )
