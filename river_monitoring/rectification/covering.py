"""Covering a photo that shows a face, a door or a number plate: out of sight with a reason, and still evidence.

Everybody sees that a photo is covered, by whom and why. The picture itself is then for those who judge the step: the
staff of the place, the responsible department and the accepting bodies. Nobody uncovers; the next hand-in can bring a
better photo.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.permissions import Asker, has_role, serves
from geokit.refusal import BadInput, NotPermitted
from ledger import audit
from ledger.actors import account_of
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.points.services import lock_point
from river_monitoring.rectification.attachments import PHOTO_KINDS
from river_monitoring.rectification.given_words import given_words
from river_monitoring.rectification.models import Evidence, PhotoCover
from river_monitoring.rectification.permissions import evidence_visible_to
from river_monitoring.rectification.standing import is_own_or_body
from river_monitoring.steps.standing import Standing


def may_cover_at(user: Asker, point: MonitoringPoint, standing: Standing | None = None) -> bool:
    """Congress staff of the place, and officers of the responsible department or of an accepting body.

    `standing` is the point's, if it was read.
    """
    if account_of(user) is None:
        return False
    if has_role(user, Role.STAFF):
        return serves(user, point.area, point.geom)
    return is_own_or_body(user, point, standing)


def may_cover(user: Asker, piece: Evidence) -> bool:
    """Whether `user` may cover this piece, which only a photo needs."""
    return piece.kind in PHOTO_KINDS and may_cover_at(user, piece.event.point)


def may_see_picture(user: Asker, piece: Evidence) -> bool:
    """Whether the file of a piece of evidence that `user` may know of is for her eyes too."""
    return not hasattr(piece, "cover") or may_cover(user, piece)


@transaction.atomic
def cover(evidence_id: int, actor: Asker, reason: str) -> PhotoCover:
    """Take a photo out of sight. Raises NotPermitted or BadInput."""
    found = evidence_visible_to(actor).filter(pk=evidence_id).select_related("event__point", "cover").first()
    if found is None:
        raise BadInput(_("没有编号为 %s 的照片。") % evidence_id, code="unknown-photo")
    point = lock_point(found.event.point_id, actor)
    if not may_cover(actor, found):
        raise NotPermitted(_("照片由所在地的人大工作人员，或责任部门、验收单位的联络员遮盖。"))
    if PhotoCover.objects.filter(evidence=found).exists():
        raise BadInput(_("这张照片已经遮盖。"), code="covered-already")
    words = given_words("words", reason, _("请写明为什么遮盖，例如拍到人脸、门牌或车牌。"))
    account = account_of(actor)
    done = PhotoCover.objects.create(
        evidence=found, at=timezone.now(), actor=account, department=account.department, reason=words
    )
    audit.record(actor, "cover-photo", point, evidence=found.pk)
    return done
