"""Writes of departments: enter or change one by its code."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.directory.models import Department
from accounts.permissions import Asker, is_district_staff
from geokit.refusal import NotPermitted
from ledger import audit
from ui.field_checks import check_fields, set_facts


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
    changed = set_facts(unit, facts_of(facts, is_new=is_new), is_new)
    check_fields(unit, "bad-department", validate_unique=False)
    if is_new or changed:
        unit.save()
        audit.record(actor, "department-entered" if is_new else "department-changed", unit, code=code, fields=changed)
    return unit


def facts_of(facts: Mapping[str, Any], *, is_new: bool) -> Mapping[str, Any]:
    """Return the facts with what a new department is called in short, where nothing says it."""
    return {"short_name": facts["name"][:20], **facts} if is_new and "name" in facts else facts
