"""Making codes for the doors and walls of a village."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Area, Role
from accounts.permissions import Asker, has_role, is_staff_of
from geokit.refusal import BadInput, FieldError, NotPermitted
from ledger import audit
from ledger.actors import account_of
from voters.codes.models import PlaceCode

MOST_AT_ONCE = 60
MAX_LABEL = 40


def may_print(user: Asker, area: Area | None = None) -> bool:
    """Tell whether `user` prints codes: congress staff, in their own town."""
    if area is None:
        return has_role(user, Role.STAFF)
    town = area.parent if area.level == Area.Level.VILLAGE else area
    return is_staff_of(user, town, area.point)


@transaction.atomic
def add_doors(actor: Asker, area: Area, labels: Iterable[str]) -> int:
    """Make a code for each label that has none in this village; how many are new. Raises NotPermitted, BadInput."""
    if not may_print(actor, area):
        raise NotPermitted(_("门牌码由人大工作人员制作。"))
    wanted = list(dict.fromkeys(label.strip() for label in labels if label.strip()))
    if not wanted:
        raise _wrong("required", _("请写明位置，每行一个。"))
    if len(wanted) > MOST_AT_ONCE:
        raise _wrong("too-many", _("一次最多 %d 个。") % MOST_AT_ONCE)
    if long := next((label for label in wanted if len(label) > MAX_LABEL), None):
        raise _wrong("too-long", _("“%(label)s…”超过 %(most)d 字。") % {"label": long[:12], "most": MAX_LABEL})
    by = {"made_by": account_of(actor)}
    made = sum(PlaceCode.objects.get_or_create(area=area, label=label, defaults=by)[1] for label in wanted)
    if made:
        audit.record(actor, "door-codes-made", area, count=made)
    return made


def _wrong(code: str, message: str) -> BadInput:
    return BadInput(message, code="bad-doors", errors=[FieldError("labels", code, message)])
