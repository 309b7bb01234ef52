"""What of the site the search finds: pages that are shown, in the words that are shown."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publishing.body.blocks import words_of
from publishing.register.models import SitePage
from publishing.register.permissions import pages_visible_to
from search.offers import Described, Offer


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


OFFERS = [
    Offer(
        "site_pages", _("人大网站"), SitePage, pages_visible_to, _page, weight=3, related=("live",),
        only=Q(live__isnull=False),
    )
]  # fmt: skip
