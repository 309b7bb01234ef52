"""Writes of the district's record: one function, one transaction, one line of the audit."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.district import queries
from accounts.district.models import District
from accounts.permissions import Asker, is_district_staff
from geokit.refusal import NotPermitted
from ledger import audit
from ui.field_checks import check_fields

FIELDS = tuple(field.name for field in District._meta.concrete_fields if field.name not in ("id", "code", "updated_at"))
SECRET = ("base_map_key",)
"""Fields of which the audit keeps only that they were changed."""


@transaction.atomic
def save_district(actor: Asker, code: str, **given: Any) -> tuple[District, list[str]]:
    """Write the record of the district with area `code`; return it and the names of the fields that changed.

    Fields that are not given stay. Raises NotPermitted, BadInput with an error per field.
    """
    if not is_district_staff(actor):
        raise NotPermitted(_("本区资料由区人大工作人员或管理员填写。"))
    record = District.objects.select_for_update().filter(code=code).first()
    is_new = record is None
    record = record or District(code=code)
    changed = [name for name in FIELDS if name in given and (is_new or getattr(record, name) != given[name])]
    for name in changed:
        setattr(record, name, given[name])
    check_fields(record, "bad-district", validate_unique=False)
    if changed or is_new:
        record.save()
        said = {name: _said(record, name) for name in changed}
        audit.record(actor, "district-written", record, code=code, changed=said)
        queries.forget()
        transaction.on_commit(queries.forget)
    return record, changed


def _said(record: District, name: str) -> Any:
    return "…" if name in SECRET else getattr(record, name)
