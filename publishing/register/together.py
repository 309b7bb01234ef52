"""Pages that are begun or changed together, in a number of queries that does not grow with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.loads.together import read_and_written
from accounts.models import User
from geokit.refusal import Refusal, refuse
from ledger import audit
from publishing.body.blocks import Block, check_body
from publishing.register.models import PageEvent, PageRevision, SitePage
from publishing.register.services import FIXED, check_page, says_the_same, wording_of
from ui.field_checks import check_own_fields

BATCH = 500
SET_BY_CHECKS = ("for_area", "geom", "group", "issue_year", "issue_number", "issued_on")
"""Fields that `check_page` empties or fills in, so that they are written whatever else changes."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a new page says: title, summary and source, blocks of words, and the facts by the names of its fields."""

    words: Mapping[str, str]
    body: Sequence[Block]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What a draft says otherwise; `newest` is its newest wording, `facts` are only those that change.

    `published_at` is the day of an article that was never public here; None leaves it as it is.
    """

    page: SitePage
    newest: PageRevision
    words: Mapping[str, str]
    body: Sequence[Block]
    facts: Mapping[str, Any]
    published_at: datetime | None = None


@transaction.atomic
def make_together(user: User, beginnings: Sequence[Beginning]) -> list[SitePage | Refusal]:
    """Begin many pages of words, as `services.make` begins one; for each the page, or why not."""
    return read_and_written(beginnings, lambda one: _begun(user, one), lambda made: _store_new(user, made))


def _begun(user: User, one: Beginning) -> PageRevision:
    page = SitePage(title=one.words["title"], version=2, **one.facts)
    check_page(user, page, check_own_fields)
    return _checked(wording_of(user, page, None, one.words, check_body(one.body, {})))


def _checked(wording: PageRevision) -> PageRevision:
    check_own_fields(wording, "bad-page", besides={"body"})
    return wording


def _store_new(user: User, wordings: list[PageRevision]) -> list[SitePage]:
    pages, now = [wording.page for wording in wordings], timezone.now()
    SitePage.objects.bulk_create(pages, batch_size=BATCH)
    PageEvent.objects.bulk_create(
        [PageEvent(page=page, verb=PageEvent.Verb.MADE, at=now, actor=user) for page in pages], batch_size=BATCH
    )
    PageRevision.objects.bulk_create(wordings, batch_size=BATCH)
    audit.record_many(user, "page-made", [(page, {}) for page in pages])
    return pages


def check_rewriting(user: User, one: Rewriting) -> None:
    """Refuse what `rewrite_together` could not store: before a step makes a draft of the page. Raises BadInput."""
    if one.page.live_id is not None and (fixed := [name for name in one.facts if name in FIXED]):
        raise refuse(fixed[0], "fixed", _("页面正在显示：网址、栏目、对象、地点和定时撤下要先撤下再改。"))
    _rewritten(user, one)


def _rewritten(user: User, one: Rewriting) -> PageRevision:
    """Set on the page what is said otherwise, and return the wording that says it."""
    page = one.page
    for name, value in one.facts.items():
        setattr(page, name, value)
    page.published_at = one.published_at or page.published_at
    check_page(user, page, check_own_fields)
    return _checked(wording_of(user, page, one.newest, one.words, check_body(one.body, {})))


@transaction.atomic
def rewrite_together(user: User, rewritings: Sequence[Rewriting]) -> None:
    """Change facts and words of many locked drafts that `check_rewriting` lets pass, each as one more wording."""
    wordings = []
    for one in rewritings:
        made = _rewritten(user, one)
        if one.facts or not says_the_same(made, one.newest):
            wordings.append(made)
        one.page.title = one.page.title if one.page.live_id else made.title
        one.page.version += 1
    said = {name for one in rewritings for name in one.facts}
    fields = sorted({"title", "version", "published_at", *SET_BY_CHECKS, *said})
    SitePage.objects.bulk_update([one.page for one in rewritings], fields, batch_size=BATCH)
    PageRevision.objects.bulk_create(wordings, batch_size=BATCH)
    audit.record_many(user, "page-changed", [(one.page, {"fields": sorted(one.facts)}) for one in rewritings])
