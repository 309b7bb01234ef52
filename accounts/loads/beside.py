"""A folder that sets up a further district beside others keeps to its own: names, defaults and what it may change.

Codes are of the whole instance, and every bureau calls its department `water`: without this a second district's folder
would rename the first one's.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.directory.levels import DISTRICT, NARROW, and_below
from accounts.directory.models import Area, Department
from geokit.refusal import BadInput, FieldError

WITHIN = (*NARROW, DISTRICT.value)
"""Levels that are of one district."""
_code: ContextVar[str] = ContextVar("code of the district that is set up beside others", default="")


@contextmanager
def beside(code: str) -> Iterator[None]:
    """Within this, rows are of the district with area `code`, and others' things are not theirs to change."""
    token = _code.set(code)
    try:
        yield
    finally:
        _code.reset(token)


def is_beside() -> bool:
    """Tell whether a district is set up beside others now."""
    return bool(_code.get())


def own_district() -> Area | None:
    """Return the district that is set up beside others; None in any other load."""
    code = _code.get()
    return Area.objects.filter(code=code, level=Area.Level.DISTRICT).first() if code else None


def own_areas() -> frozenset[int] | None:
    """Return the keys of the district that is set up beside others and of what lies in it; None in any other load."""
    if not _code.get():
        return None
    own = own_district()
    return frozenset(and_below(own).values_list("pk", flat=True)) if own is not None else frozenset()


def own_first(rows: QuerySet[Any]) -> list[Any]:
    """Return the first two of what a name fits. Beside others a name means the own district's, else what stands above.

    Another district's area or department is never meant by its name: every bureau has the same one.
    """
    path = {Area: "", Department: "area__"}.get(rows.model)
    if path is None or not _code.get():
        return list(rows[:2])
    mine = list(rows.filter(**{f"{path}pk__in": own_areas() or ()})[:2])
    return mine or list(rows.exclude(**{f"{path}level__in": WITHIN})[:2])


def require_own(areas: Iterable[Area | None], own: frozenset[int] | None, column: str, name: str) -> None:
    """Raise BadInput for a thing that lies in none of `own`'s areas (None: no limit); None is the whole instance."""
    if own is None or all(area is not None and area.pk in own for area in areas):
        return
    message = _("“%s”是别的区县或全市共用的，不能由这个区县的文件改动。编码与别人重复的，请换一个。") % name
    raise BadInput(message, code="other-district", errors=[FieldError(column, "other-district", message)])
