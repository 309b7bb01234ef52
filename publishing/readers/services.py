"""Confirming a notice, and who has not yet."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from geokit.refusal import BadInput, NotPermitted, StaleEdit
from publishing.readers.models import PageReading
from publishing.register.models import SitePage
from publishing.register.permissions import addressees, is_addressed, pages_visible_to


def is_confirmed(page: SitePage) -> bool:
    """Tell whether readers confirm this page: notices that are addressed to somebody."""
    return page.column == SitePage.Column.NOTICE and page.audience in (
        SitePage.Audience.TOWN,
        SitePage.Audience.GROUP,
        SitePage.Audience.DEPUTIES,
    )


@transaction.atomic
def confirm(user: User, code: str, number: int) -> PageReading:
    """Say that one has read the notice in the wording with that number; said again it is the same.

    Raises NotPermitted, BadInput, StaleEdit where the page says something else by now.
    """
    page = pages_visible_to(user).select_related("live").filter(code=code).first()
    if page is None or page.live is None:
        raise BadInput(_("没有这个页面。"), code="unknown-page")
    if not is_confirmed(page) or not is_addressed(user, page):
        raise NotPermitted(_("这个页面不要您确认。"))
    if page.live.number != number:
        raise StaleEdit(_("这份通知在您打开之后改过，请看过现在的内容再确认。"))
    reading, _new = PageReading.objects.get_or_create(page=page, revision=page.live, reader=user)
    return reading


def has_confirmed(user: User, page: SitePage) -> bool:
    """Tell whether somebody has confirmed what the page says now."""
    return PageReading.objects.filter(revision=page.live_id, reader=user).exists()


def readers_of(page: SitePage) -> QuerySet[User]:
    """Return those to whom a notice is addressed, each with `has_read`; who has not stands first."""
    read = PageReading.objects.filter(revision=page.live_id, reader=OuterRef("pk"))
    found = addressees(page).select_related("department", "area").annotate(has_read=Exists(read))
    return found.order_by("has_read", "username")
