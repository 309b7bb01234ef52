"""What waits: pages for somebody to review, and notices that she has not confirmed."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.inbox import Item, Waiting
from accounts.loads.models import Load
from accounts.models import Role, User
from accounts.permissions import Asker, has_role
from publishing.imports.models import as_imported
from publishing.readers.models import PageReading
from publishing.register.models import PageEvent, SitePage
from publishing.register.permissions import addressed_to, pages_kept_by, pages_visible_to
from publishing.register.table import Status
from publishing.register.workflow import to_review


def waiting(user: Asker, today: date) -> Iterator[Waiting]:
    """Yield what waits for `user` here."""
    if not isinstance(user, User):
        return
    if has_role(user, Role.STAFF):
        alone = to_review(user).exclude(pk__in=as_imported(SitePage.objects.all()).values("pk"))
        yield _pages("pages-to-review", _("等我审校的页面"), alone)
        yield _batches("articles-to-review", _("等我审校的导入文章"), as_imported(to_review(user)))
        mine = pages_kept_by(user).filter(state=Status.DRAFT, revisions__made_by=user).distinct()
        back = mine.filter(Exists(_events().filter(verb=PageEvent.Verb.SENT_BACK)))
        brought = as_imported(back)
        yield _batches("articles-sent-back", _("退回给我的导入文章"), brought)
        yield _pages("pages-sent-back", _("退回给我修改的页面"), back.exclude(pk__in=brought.values("pk")))
    yield _notices(user)


def _events() -> QuerySet[PageEvent]:
    return PageEvent.objects.filter(page=OuterRef("pk"))


def _batches(kind: str, title: object, pages: QuerySet[SitePage]) -> Waiting:
    """The loads of articles that `pages` came with; none of those waits by itself."""
    loads = pages.order_by().values("imported__load")
    return Waiting(
        kind=kind,
        title=title,
        rows=Load.objects.filter(pk__in=loads).select_related("actor").order_by("pk"),
        show=_batch,
        search=("file_name",),
    )


def _batch(row: Load) -> Item:
    address = reverse("cms:batch", args=[row.pk])
    return Item(title=row.file_name, url=address, facts=(str(row.actor or ""),), badge=str(_("一批文章")), tone="warn")


def _pages(kind: str, title: object, rows: QuerySet[SitePage]) -> Waiting:
    return Waiting(
        kind=kind,
        title=title,
        rows=rows.select_related("area").order_by("pk"),
        show=_show,
        search=("title",),
        area="area",
    )


def _show(row: SitePage) -> Item:
    return Item(
        title=row.title,
        url=reverse("cms:desk", args=[row.pk]),
        facts=(str(row.get_column_display()), row.area.name),
        badge=str(row.standing.label),
        tone=row.standing.tone,
    )


def _notices(user: User) -> Waiting:
    read = PageReading.objects.filter(revision=OuterRef("live"), reader=user)
    # Who keeps a notice sees it without being addressed.
    rows = pages_visible_to(user).filter(addressed_to(user), column=SitePage.Column.NOTICE)
    return Waiting(
        kind="notices-to-confirm",
        title=_("等我确认的通知"),
        rows=rows.filter(~Exists(read)).select_related("area").order_by("pk"),
        show=_notice,
        search=("title",),
        area="area",
    )


def _notice(row: SitePage) -> Item:
    address = row.get_absolute_url()
    return Item(title=row.title, url=address, facts=(row.area.name,), badge=str(_("待确认")), tone="warn")
