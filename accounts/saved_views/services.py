"""Keeping a view under a name, and removing it; always one's own."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.directory.models import User
from accounts.saved_views.models import SavedView
from geokit.refusal import BadInput, FieldError
from ui.field_checks import check_fields

MOST = 30
LEFT_OUT = ("page",)
"""Of a question: on which page of its answer somebody was when she kept it."""


def views_of(user: Any, page: str) -> QuerySet[SavedView]:
    """What `user` keeps of that page, by name."""
    return SavedView.objects.filter(user=user, page=page)


@transaction.atomic
def save_view(user: Any, page: str, name: str, query: str) -> SavedView:
    """Keep the filters under a name; a name that is there gets them. Raises BadInput."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)  # two at once are one after the other
    name, query = " ".join(name.split()), tidy(query)
    if not name:
        raise _wrong("required", _("请给这个视图起个名字。"))
    mine = views_of(user, page)
    kept = mine.filter(name=name[:40]).first()
    if kept is None and mine.count() >= MOST:
        raise _wrong("too-many", _("最多保存 %d 个视图，请先删除不用的。") % MOST)
    kept = kept or SavedView(user=user, page=page)
    kept.name, kept.query = name, query
    check_fields(kept, "bad-view")
    kept.save()
    return kept


def remove_view(user: Any, page: str, pk: int) -> bool:
    """Remove one's own; False where there is none."""
    kept = views_of(user, page).filter(pk=pk).first()
    if kept is not None:
        kept.delete()
    return kept is not None


def tidy(query: str) -> str:
    """The question alone, in one order: without empty and unreadable parts and the page of its answer."""
    try:
        pairs = parse_qsl(query.lstrip("?")[:2000], max_num_fields=50)
    except ValueError:  # more parts than any page asks by
        return ""
    return urlencode(sorted((name, value) for name, value in pairs if name not in LEFT_OUT and value.isprintable()))


def _wrong(code: str, message: str) -> BadInput:
    return BadInput(message, code=code, errors=[FieldError("name", code, message)])
