"""Writing what counts for a kind of problem from a day on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Asker, is_district_staff
from geokit.refusal import BadInput, FieldError, NotPermitted
from ledger import audit
from ledger.actors import account_of
from supervision.kinds.models import KindVersion
from ui.field_checks import check_fields


def may_keep_kinds(user: Asker) -> bool:
    """Tell whether `user` says what counts for a kind: the congress staff of the whole district."""
    return is_district_staff(user)


@transaction.atomic
def begin_version(actor: Asker, code: str, facts: Mapping[str, Any], *, since: date, reason: str) -> KindVersion:
    """Let a kind be as `facts` say from a day on, today or later; clocks that run already stay as they are.

    Raises NotPermitted, BadInput with an error per field.
    """
    if not may_keep_kinds(actor):
        raise NotPermitted(_("问题种类由区人大工作人员维护。"))
    if since < timezone.localdate():
        raise _wrong("since", "past", _("启用日期不能早于今天：已经开始的期限不会改变。"))
    if not reason.strip():
        raise _wrong("reason", "required", _("请写明修改理由。"))
    account = account_of(actor)
    row = KindVersion(code=code, since=since, reason=reason.strip(), made_by=account, **facts)
    check_fields(row, "bad-kind")
    row.save()
    audit.record(actor, "kind-changed", row, code=code, since=since.isoformat())
    return row


def _wrong(field: str, code: str, message: str) -> BadInput:
    return BadInput(message, code="bad-kind", errors=[FieldError(field, code, message)])
