"""Notices of what organs and deputies do with a paper. Who took the step gets none."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from papers.handling.models import Handling, HandlingEvent
from papers.register.notifications import lead, send, signers, staff_of


def officers(department_id: int) -> Q:
    """Match the liaison officers of an organ."""
    return Q(role=Role.OFFICER, department=department_id)


def _organ(event: HandlingEvent) -> Q:
    return officers(event.handling.department_id)


def _deputies(event: HandlingEvent) -> Q:
    return signers(event.handling.paper)


def _staff(event: HandlingEvent) -> Q:
    return staff_of(event.handling.paper)


def _lead_organ(event: HandlingEvent) -> Q:
    first = event.handling.paper.handlings.filter(role=Handling.Role.LEAD, returned_on=None).first()
    return officers(first.department_id) if first else Q(pk=None)


def _organ_and_staff(event: HandlingEvent) -> Q:
    return _organ(event) | _staff(event)


CONCERNED: dict[str, tuple[Any, Any]] = {
    "assigned": (_organ, _("交您单位办理：{title}")),
    "delivered": (lambda event: _deputies(event) | _staff(event), _("{department}的答复已送达：{title}")),
    "corrected": (lambda event: _deputies(event) | _staff(event), _("{department}更正了答复：{title}")),
    "rated": (_organ_and_staff, _("代表评价了答复：{title}")),
    "planned": (_organ_and_staff, _("代表评价了答复，列入计划继续跟踪：{title}")),
    "reopened": (_organ_and_staff, _("代表不满意，请重新办理：{title}")),
    "advised": (_lead_organ, _("{department}提出了会办意见：{title}")),
    "return_asked": (_staff, _("{department}申请退回，请决定：{title}")),
    "extend_asked": (_staff, _("{department}申请延期，请决定：{title}")),
    "returned": (_organ, _("人大同意退回：{title}")),
    "extended": (lambda event: _organ(event) | lead(event.handling.paper), _("{department}的答复延期：{title}")),
    "ask_refused": (_organ, _("人大不同意申请：{title}")),
    "urged": (_organ, _("催办：{title}")),
}


def tell(event: HandlingEvent) -> None:
    """Notify those whom an event concerns."""
    who, words = CONCERNED[event.verb]
    handling = event.handling
    key = f"paper-handling:{event.pk}"
    send(who(event), event, words, handling.paper, key, department=handling.department.short_name)
