"""What is asked of a project whoever writes it.

Days that somebody can mean, a code for its address, its own lead, and that no vote on it is called.
"""

import re
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Area, Department
from accounts.permissions import answers_in
from projects.plan.models import Project
from projects.plan.refusals import field_refusal
from ui.field_checks import check_moment

CODE = re.compile(r"(?=.*[0-9])\w[\w.-]*")
"""A part of an address; with a digit, since addresses of pages beside it have none."""


def refuse_odd_days(starts_on: Any, ends_on: Any) -> None:
    """Refuse days of works in years that nobody means, and an end before the beginning. Raises BadInput."""
    check_moment("starts_on", starts_on)
    check_moment("ends_on", ends_on)
    if ends_on < starts_on:
        raise field_refusal("ends_on", "ends-too-early", _("计划完成不能早于计划开工。"))


def refuse_foreign_lead(lead: Department, area: Area | None) -> None:
    """Refuse a lead of another district: it would see and keep what is not its own. Raises BadInput."""
    if not answers_in(lead, area):
        message = _("“%s”是别的区县的单位，不能牵头这里的项目。") % lead.name
        raise field_refusal("lead", "other-district", message)


def refuse_bad_code(code: str) -> None:
    """Refuse a code that the address of the project's page cannot have. Raises BadInput."""
    if not CODE.fullmatch(code):
        message = _("编号“%s”应由文字、数字、点和横线组成，至少有一个数字。") % code
        raise field_refusal("code", "bad-code", message)


def stands_in_a_vote(project: Project) -> bool:
    """Tell whether a vote on the project was called that is neither counted nor cancelled."""
    return project.candidacies.filter(session__count__isnull=True, session__cancellation__isnull=True).exists()


def refuse_in_a_vote(project: Project) -> None:
    """Refuse to change what deputies vote on: from the call to the count it is what two people saw. Raises BadInput."""
    if stands_in_a_vote(project):
        message = _("“%(name)s”正在票决，计票以前不能修改；要修改请先取消票决。") % {"name": project.name}
        raise field_refusal("", "in-a-vote", message)
