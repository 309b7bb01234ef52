"""Writes of departments: enter or change them by their codes, one or those of a sheet."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.areas.together import Given, record_written
from accounts.directory.models import Department
from accounts.permissions import Asker, is_district_staff
from geokit.refusal import NotPermitted, Refusal, only_answer
from ledger.written import Written, store_written
from ui.field_checks import check_own_fields, set_facts


@transaction.atomic
def save_department(actor: Asker, code: str, facts: Mapping[str, Any]) -> Department:
    """Enter or change the department of `code`; fields that are not given stay.

    Raises NotPermitted, BadInput with an error per field.
    """
    return only_answer(save_departments(actor, [Given(code, facts)]))


def save_departments(actor: Asker, given: Sequence[Given]) -> list[Department | Refusal]:
    """Enter or change many departments in a number of queries that does not grow with them; each code once."""
    if not is_district_staff(actor):
        raise NotPermitted(_("部门由区人大工作人员或管理员录入。"))
    locked = Department.objects.select_for_update(of=("self",)).select_related("area")
    known = {unit.code: unit for unit in locked.filter(code__in={one.code for one in given})}
    answers: list[Department | Refusal] = []
    written: Written[Department] = []
    for one in given:
        there = known.get(one.code)
        unit = there or Department(code=one.code)
        changed = set_facts(unit, _facts_of(one.facts, is_new=there is None), there is None)
        try:
            check_own_fields(unit, "bad-department")
        except Refusal as refusal:
            answers.append(refusal)
            continue
        answers.append(unit)
        if changed or there is None:
            written.append((unit, changed))
    record_written(actor, "department", *store_written(Department, written))
    return answers


def _facts_of(facts: Mapping[str, Any], *, is_new: bool) -> Mapping[str, Any]:
    """Return the facts with what a new department is called in short, where nothing says it."""
    return {"short_name": facts["name"][:20], **facts} if is_new and "name" in facts else facts
