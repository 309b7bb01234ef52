"""What was written into the district's record, when and by whom, out of the audit trail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.district.models import District
from ledger.models import AuditEntry

VERB = "district-written"


@dataclass(frozen=True, slots=True)
class Written:
    """One save: the fields that it changed by their labels, with what they were set to; in force from that moment."""

    at: datetime
    who: str
    changed: list[tuple[Any, str]]


def history(record: District) -> list[Written]:
    """Return every save of the record, the newest first; a key is never shown."""
    about = {"object_type": District._meta.label_lower, "object_id": str(record.pk), "verb": VERB}
    entries = AuditEntry.objects.filter(**about).select_related("actor").order_by("-pk")
    return [Written(entry.at, str(entry.actor or ""), list(_changed(entry))) for entry in entries]


def _changed(entry: AuditEntry) -> Iterator[tuple[Any, str]]:
    labels = {field.name: field.verbose_name for field in District._meta.concrete_fields}
    for name, value in entry.detail.get("changed", {}).items():
        yield labels.get(name, name), "" if value is None else str(value)


def table(record: District) -> Iterator[list[Any]]:
    """Yield the history as rows of a file, one for each field that was changed."""
    yield [_("生效时间"), _("内容"), _("改为"), _("操作人")]
    for one in history(record):
        for label, value in one.changed:
            yield [timezone.localtime(one.at).strftime("%Y-%m-%d %H:%M"), str(label), value, one.who]
