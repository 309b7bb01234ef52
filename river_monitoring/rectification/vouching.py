"""Vouching for a photo that does not say where or when it was taken: the word of another person than its uploader.

The word stands beside the photo for everybody. A photo that says a place which is not the point's is refused whatever
anybody says.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from geokit.refusal import BadInput, NotPermitted
from ledger import audit
from ledger.actors import account_of
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.services import lock_point
from river_monitoring.rectification.attachments import PHOTO_KINDS, photo_of
from river_monitoring.rectification.given_words import given_words
from river_monitoring.rectification.models import Evidence, PhotoVouch
from river_monitoring.rectification.permissions import evidence_visible_to
from river_monitoring.rectification.standing import is_own_or_body, present_steps
from river_monitoring.steps.standing import Standing
from river_monitoring.steps.table import TABLE

VOUCHED_IN = TABLE.in_group("on_the_way")


def needs_a_word(piece: Evidence) -> bool:
    """Whether the photo belongs to a running listing, says too little of itself, and nobody has vouched for it."""
    if piece.kind not in PHOTO_KINDS or hasattr(piece, "vouch") or piece.event.point.status not in VOUCHED_IN:
        return False
    return not photo_of(piece).says_enough


def to_vouch(user: Asker, point: MonitoringPoint, standing: Standing | None = None) -> list[Evidence]:
    """The photos of the present listing that wait for the word of `user`; `standing` is the point's, if it was read."""
    account = account_of(user)
    if account is None or point.status not in VOUCHED_IN or not is_own_or_body(user, point, standing):
        return []
    pieces = Evidence.objects.filter(
        event__in=[event.pk for event in present_steps(point)], kind__in=PHOTO_KINDS, vouch=None
    )
    found = pieces.exclude(event__actor=account).select_related("event__point", "check_result", "vouch").order_by("pk")
    return [piece for piece in found if needs_a_word(piece)]


def may_vouch(user: Asker, piece: Evidence) -> bool:
    """An officer of the responsible department or of an accepting body who did not hand the photo in."""
    account = account_of(user)
    if account is None or account.pk == piece.event.actor_id:
        return False
    return is_own_or_body(user, piece.event.point)


@transaction.atomic
def vouch_for(evidence_id: int, actor: Asker, reason: str) -> PhotoVouch:
    """Say why the photo is believed to show the point. Raises NotPermitted or BadInput."""
    found = evidence_visible_to(actor).filter(pk=evidence_id).select_related("event__point", "check_result").first()
    if found is None:
        raise BadInput(_("没有编号为 %s 的照片。") % evidence_id, code="unknown-photo")
    point = lock_point(found.event.point_id, actor)
    if not may_vouch(actor, found):
        raise NotPermitted(_("照片须由上传人以外的人说明，且是责任部门或验收单位的联络员。"))
    if not needs_a_word(found):
        raise BadInput(_("这张照片不需要说明：它写明了位置和时间，或已有人说明。"), code="nothing-to-vouch-for")
    words = given_words("words", reason, _("请写明凭什么认定照片拍的是这个点位、这个时间。"))
    account = account_of(actor)
    vouch = PhotoVouch.objects.create(
        evidence=found, at=timezone.now(), actor=account, department=account.department, reason=words
    )
    audit.record(actor, "vouch-for-photo", point, evidence=found.pk)
    return vouch
