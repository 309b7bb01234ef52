"""Writes of departments: enter or change one by its code."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.directory.models import Department
from accounts.permissions import Asker, is_district_staff
from geokit.refusal import NotPermitted
from ledger import audit
from ui.field_checks import check_fields


@transaction.atomic
def save_department(actor: Asker, code: str, facts: Mapping[str, Any]) -> Department:
    """Enter or change the department of `code`; fields that are not given stay.

    Raises NotPermitted, BadInput with an error per field.
    """
    if not is_district_staff(actor):
        raise NotPermitted(_("部门由区人大工作人员或管理员录入。"))
    unit = Department.objects.select_for_update(of=("self",)).filter(code=code).first()
    is_new = unit is None
    unit = unit or Department(code=code)
    changed = [name for name, value in facts.items() if is_new or getattr(unit, name) != value]
    for name in changed:
        setattr(unit, name, facts[name])
    check_fields(unit, "bad-department", validate_unique=False)
    if is_new or changed:
        unit.save()
        audit.record(actor, "department-entered" if is_new else "department-changed", unit, code=code, fields=changed)
    return unit
