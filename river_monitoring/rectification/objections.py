"""Objections to a delisting: the congress staff and deputies supervise, the accepting body answers.

An open objection stops the acceptance and the confirmation of a point (`Proof.UNDISPUTED`), whatever else is there.
"""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from accounts.notices import notify
from accounts.permissions import Asker, has_role, serves
from geokit.refusal import BadInput, NotPermitted
from ledger import audit
from ledger.actors import account_of
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.permissions import accepting_bodies, points_visible_to
from river_monitoring.points.queries import rows_about
from river_monitoring.points.services import lock_point
from river_monitoring.rectification.given_words import given_words
from river_monitoring.rectification.models import Objection, ObjectionAnswer
from river_monitoring.rectification.standing import is_acceptor
from river_monitoring.steps.standing import Standing
from river_monitoring.steps.table import TABLE

OBJECTED_IN = TABLE.in_group("listed")
NOTICE = "river-objection"


def count_open(point: MonitoringPoint) -> int:
    """How many objections wait for an answer, of rows that a page may have read."""
    return sum(not hasattr(objection, "answer") for objection in rows_about(point, "objections"))


def open_objections(point: MonitoringPoint) -> QuerySet[Objection]:
    return point.objections.filter(answer=None)


def may_object(user: Asker, point: MonitoringPoint) -> bool:
    """Deputies, and the congress staff of where the point is."""
    return has_role(user, Role.DEPUTY, Role.STAFF) and serves(user, point.area, point.geom)


@transaction.atomic
def object_to(point_id: int, actor: Asker, reason: str) -> Objection:
    """Object to the delisting of a point, with a reason. Raises NotPermitted or BadInput.

    Whoever waits for an answer does not object again: one objection of a person at a time.
    """
    point = lock_point(point_id, actor)
    if not may_object(actor, point):
        raise NotPermitted(_("对销号的异议由人大代表和当地的人大工作人员提出。"))
    if point.status not in OBJECTED_IN:
        raise BadInput(_("“%s”没有挂号治理，没有可以提出异议的销号。") % point.name, code="not-listed")
    if open_objections(point).filter(actor=account_of(actor)).exists():
        raise BadInput(_("您对“%s”的异议还在等验收单位答复。") % point.name, code="objection-open")
    objection = Objection.objects.create(
        point=point,
        at=timezone.now(),
        actor=account_of(actor),
        reason=given_words("reason", reason, _("请写明异议的理由。")),
    )
    audit.record(actor, "object-to-delisting", point, objection=objection.pk)
    _notify_bodies(objection)
    return objection


@transaction.atomic
def answer_objection(objection_id: int, actor: Asker, words: str) -> ObjectionAnswer:
    """Answer an objection for an accepting body that took no part in the works. Raises NotPermitted or BadInput."""
    found = Objection.objects.filter(pk=objection_id, point__in=points_visible_to(actor)).first()
    if found is None:
        raise BadInput(_("没有编号为 %s 的异议。") % objection_id, code="unknown-objection")
    point = lock_point(found.point_id, actor)
    if not may_answer(actor, point):
        raise NotPermitted(_("异议由没有参与治理的验收单位答复。"))
    if ObjectionAnswer.objects.filter(objection=found).exists():
        raise BadInput(_("这件异议已经答复。"), code="objection-answered")
    account = account_of(actor)
    answer = ObjectionAnswer.objects.create(
        objection=found,
        at=timezone.now(),
        actor=account,
        department=account.department,
        words=given_words("words", words, _("请写明对异议的答复。")),
    )
    audit.record(actor, "answer-objection", point, objection=found.pk)
    _notify_objector(answer)
    return answer


def may_answer(user: Asker, point: MonitoringPoint, standing: Standing | None = None) -> bool:
    """Officers of an accepting body that took no part in the works. `standing` is the point's, if it was read."""
    return is_acceptor(user, point, standing)


def _notify_bodies(objection: Objection) -> None:
    """Tell the accepting bodies that they must answer, and the responsible department that it waits."""
    point = objection.point
    departments = {point.department_id, *accepting_bodies(point).values_list("pk", flat=True)}
    people = User.objects.filter(role=Role.OFFICER, department__in=departments)
    title = format_lazy(gettext_lazy("{point}：对销号提出异议，待验收单位答复"), point=point.name)
    notify(people, NOTICE, title, objection.reason, _address(point), key=f"river-objection:{objection.pk}")


def _notify_objector(answer: ObjectionAnswer) -> None:
    point = answer.objection.point
    title = format_lazy(gettext_lazy("{point}：您的异议已答复"), point=point.name)
    key = f"river-answer:{answer.pk}"
    notify([answer.objection.actor], NOTICE, title, answer.words, _address(point), key=key, to_groups=False)


def _address(point: MonitoringPoint) -> str:
    return f"{point.get_absolute_url()}#objections"
