"""Writes of areas: enter or change one by its code. Borders may come later, or never."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.directory.models import Area
from accounts.district.models import CODE
from accounts.district.queries import forget
from accounts.permissions import Asker, is_district_staff
from geokit.refusal import BadInput, FieldError, NotPermitted
from ledger import audit
from ui.field_checks import set_facts

LEVELS = list(Area.Level.values)
"""From the widest to the narrowest."""


@transaction.atomic
def save_area(actor: Asker, code: str, facts: Mapping[str, Any]) -> Area:
    """Enter or change the area of `code`; `facts` are its fields, those that are not given stay.

    A polygon in `geom` becomes a MultiPolygon; without a `point` of its own an area is named at a place inside it.
    Raises NotPermitted, BadInput with an error per field.
    """
    require_keeper(actor)
    area = Area.objects.select_for_update(of=("self",)).filter(code=code).first()
    is_new = area is None
    area = area or Area(code=code)
    changed = set_area(area, facts, is_new=is_new)
    check_area(area, area.children.all() if area.pk else ())
    if is_new or changed:
        area.save()
        audit.record(actor, "area-entered" if is_new else "area-changed", area, code=code, fields=changed)
        transaction.on_commit(forget)
    return area


def require_keeper(actor: Asker) -> None:
    """Raise NotPermitted for whoever may not enter areas."""
    if not is_district_staff(actor):
        raise NotPermitted(_("区划由区人大工作人员或管理员录入。"))


def set_area(area: Area, facts: Mapping[str, Any], *, is_new: bool) -> list[str]:
    """Set what is given, and a place inside a new border; return the fields that this changes. Raises BadInput."""
    facts = {**facts, **({"geom": _multi(facts["geom"])} if "geom" in facts else {})}
    changed = set_facts(area, facts, is_new)
    if "geom" in changed and area.geom is not None and not (area.point and area.geom.intersects(area.point)):
        area.point = area.geom.point_on_surface
        changed = sorted({*changed, "point"})
    return changed


def _multi(shape: Any) -> MultiPolygon | None:
    if isinstance(shape, Polygon):
        return MultiPolygon(shape, srid=4326)
    if shape is None or isinstance(shape, MultiPolygon):
        return shape
    raise _wrong("geom", "not-an-area", _("界线应是面。"))


def check_area(area: Area, below: Iterable[Area]) -> None:
    """Refuse a code, name or level that is none, and a level that does not fit those above and `below`."""
    if not CODE.regex.fullmatch(area.code):  # type: ignore[union-attr]  # compiled by Django
        raise _wrong("code", "invalid", _("区划代码“%s”应是 2 到 12 位数字。") % area.code)
    if not area.name:
        raise _wrong("name", "required", _("没有写名称。"))
    if area.level not in LEVELS:
        raise _wrong("level", "unknown", _("没有写层级。"))
    if area.parent is not None and LEVELS.index(area.parent.level) >= LEVELS.index(area.level):
        words = _("上级“%(parent)s”的层级不高于“%(name)s”。")
        raise _wrong("parent", "not-above", words % {"parent": area.parent.name, "name": area.name})
    if any(LEVELS.index(child.level) <= LEVELS.index(area.level) for child in below):
        raise _wrong("level", "not-above", _("“%s”的下级层级不低于它。") % area.name)


def _wrong(field: str, code: str, message: str) -> BadInput:
    return BadInput(message, code="bad-area", errors=[FieldError(field, code, message)])
