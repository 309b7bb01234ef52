"""What of the site the search finds: pages that are shown, in the words that are shown."""

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Asker
from publishing.body.blocks import words_of
from publishing.issues.models import IssuePage, shown_in
from publishing.register.models import SitePage
from publishing.register.permissions import pages_visible_to
from search.offers import Described, Offer, Watch


def _page(row: SitePage) -> Described:
    live = row.live
    said = [live.summary, words_of(live.body)] if live else []
    return Described(
        row.title,
        row.get_absolute_url(),
        text="\n".join(filter(None, said)),
        meta=str(row.get_column_display()),
        area_id=row.area_id,
        year=timezone.localtime(row.published_at).year if row.published_at else None,
    )


def issue_pages_visible_to(user: Asker) -> QuerySet[IssuePage]:
    """Return the pages of the issues that `user` may read."""
    return shown_in(pages_visible_to(user))


def _issue_page(row: IssuePage) -> Described:
    page = row.file.page
    number = gettext("第 %d 页") % row.number
    return Described(
        f"{page.title} {number}", row.get_absolute_url(), text=row.text, meta=str(page.get_column_display()),
        area_id=page.area_id, year=page.issue_year,
    )  # fmt: skip


OFFERS = [
    Offer(
        "site_pages", _("人大网站"), SitePage, pages_visible_to, _page, weight=3, related=("live",),
        only=Q(live__isnull=False),
    ),
    Offer(
        "issue_pages", _("会刊页"), IssuePage, issue_pages_visible_to, _issue_page, weight=1,
        related=("file__page__live",), only=Q(file__page__live__isnull=False),
        watches=(Watch(SitePage, via="file__page"),),
    ),
]  # fmt: skip
