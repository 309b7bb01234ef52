"""Writing articles of a sheet, and taking them back: by the steps of any page, so that it waits for its reviews."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.loads.models import Load
from accounts.loads.together import read_and_written
from accounts.models import User
from geokit.refusal import NotPermitted, Refusal, only_answer, refuse
from ledger import audit
from ledger.actors import account_of
from ledger.steps.together import apply_many, lock_many
from publishing.body.blocks import Block, check_body
from publishing.body.from_html import is_words
from publishing.imports.models import ImportedArticle, OldAddress
from publishing.register.models import PageRevision, SitePage
from publishing.register.services import WORDS
from publishing.register.table import TABLE, Status, Verb
from publishing.register.together import BATCH, Beginning, Rewriting, check_rewriting, make_together, rewrite_together
from publishing.register.workflow import PAGES, Standing, standings


@dataclass(frozen=True, slots=True)
class Article:
    """An article as a sheet says it: words and facts by the names of the page's fields.

    What the sheet has no column for is missing in `words` and `facts`. `page` is the one that stands for it already.
    """

    path: str
    words: Mapping[str, str]
    body: Sequence[Block]
    pictures: Sequence[str]
    facts: Mapping[str, Any]
    page: SitePage | None = None


@transaction.atomic
def bring_together(actor: Any, articles: Sequence[Article]) -> list[SitePage | Refusal]:
    """Enter articles, or other wordings of them, and have them wait for their first review.

    For each the page, or why not; the queries do not grow with the articles.
    """
    try:
        user = _author(actor)
    except NotPermitted as refusal:
        return [refusal] * len(articles)
    new = iter(_bring_new(user, [one for one in articles if one.page is None]))
    known = iter(_bring_anew(user, [one for one in articles if one.page is not None]))
    return [next(new if one.page is None else known) for one in articles]


def _bring_new(user: User, articles: Sequence[Article]) -> list[SitePage | Refusal]:
    made = make_together(user, [Beginning(one.words, one.body, one.facts) for one in articles])
    brought = [(one, page) for one, page in zip(articles, made, strict=True) if isinstance(page, SitePage)]
    waiting = _submit(user, [page for _one, page in brought])
    now = timezone.now()
    OldAddress.objects.bulk_create(
        [OldAddress(path=one.path, page=page, added_at=now) for one, page in brought], batch_size=BATCH
    )
    ImportedArticle.objects.bulk_create(
        [ImportedArticle(page=page, revision=waiting[page.pk], pictures=list(one.pictures)) for one, page in brought],
        batch_size=BATCH,
    )
    entries = [(page, {"path": one.path, "day": _day(page.published_at)}) for one, page in brought]
    audit.record_many(user, "page-imported", entries)
    return made


def _submit(user: User, pages: Sequence[SitePage]) -> dict[int, PageRevision]:
    """Have drafts wait for their first review; return by page the wording that waits."""
    return {page.pk: event.revision for page, event in _step(user, pages, Verb.SUBMIT)}


def _step(user: User, pages: Sequence[SitePage], verb: Verb, text: str = "") -> list[tuple[SitePage, Any]]:
    """Take one step with pages. Raises the Refusal of any: none of them is then half on its way."""
    return [only_answer([answer]) for answer in apply_many(PAGES, user, pages, verb, {"text": text})]


def _bring_anew(user: User, articles: Sequence[Article]) -> list[SitePage | Refusal]:
    """Enter what a sheet says otherwise as one more wording; the same writes nothing, unless it was sent back."""
    locked = lock_many(PAGES, user, [one.page for one in articles if one.page is not None])
    stands = dict(zip(locked, standings(list(locked.values())), strict=True))

    def read(one: Article) -> Rewriting | SitePage:
        page = locked.get(one.page.pk) if one.page is not None else None
        if page is None:
            raise NotPermitted(_("页面由发布单位的人大工作人员编辑。"))
        return _said_otherwise(user, page, stands[page.pk], one)

    return read_and_written(articles, read, lambda read: _write_anew(user, read))


def _said_otherwise(user: User, page: SitePage, stands: Standing, one: Article) -> Rewriting | SitePage:
    """What an article says otherwise than its page, or the page. Raises BadInput for what cannot be taken over."""
    old = stands.newest
    assert old is not None  # noqa: S101 - a page is made with its first wording
    changed = {name: value for name, value in one.facts.items() if not _is_now(page, name, value)}
    words = {name: getattr(old, name) for name in WORDS} | dict(one.words)
    body = check_body(one.body, {})
    is_same_text = body == old.body
    if not changed and is_same_text and all(getattr(old, name) == words[name] for name in words):
        return page
    if not is_same_text and not is_words(old.body):
        raise refuse("body", "edited-here", _("这篇在本站加了图片、附件或地点，正文请在编辑台改。"))
    day = changed.pop("published_at", None)
    if day is not None and stands.was_public:
        raise refuse("day", "fixed", _("页面发布过，日期不能再改。"))
    found = Rewriting(page, old, words, body, changed, day)
    check_rewriting(user, replace(found, page=copy(page)))
    return found


def _is_now(page: SitePage, name: str, value: Any) -> bool:
    """Tell whether a fact is as it is said, without reading an area for it; a sheet says places to seven digits."""
    if isinstance(value, Model):
        return bool(getattr(page, f"{name}_id") == value.pk)
    now = getattr(page, name)
    if isinstance(value, GEOSGeometry) and now is not None:
        return bool(now.equals_exact(value, 1e-7))
    return bool(now == value)


def _write_anew(user: User, read: Sequence[Rewriting | SitePage]) -> list[SitePage]:
    """Bring pages back to where they can be written to, by the steps that lead there, and write."""
    said = {one.page.pk: one for one in read if isinstance(one, Rewriting)}
    drafts = _as_drafts(user, [one.page for one in said.values()])
    days = [(page, said[page.pk].published_at) for page in drafts if said[page.pk].published_at is not None]
    entries = [(page, {"before": _day(page.published_at), "after": _day(day)}) for page, day in days]
    audit.record_many(user, "page-day-changed", entries)
    rewrite_together(user, [replace(said[page.pk], page=page) for page in drafts])
    sent_back = [one for one in read if isinstance(one, SitePage) and one.state == Status.DRAFT]
    waiting = _submit(user, [*drafts, *sent_back])
    rows = list(ImportedArticle.objects.filter(page__in=said))
    for row in rows:
        row.revision = waiting[row.page_id]
    ImportedArticle.objects.bulk_update(rows, ["revision"], batch_size=BATCH)
    return [one.page if isinstance(one, Rewriting) else one for one in read]


def _as_drafts(user: User, pages: Sequence[SitePage]) -> list[SitePage]:
    drafts = [page for page in pages if page.state == Status.DRAFT]
    shown = [page for page in pages if page.state in (Status.PUBLISHED, Status.WITHDRAWN)]
    others = [page for page in pages if page.state not in (Status.DRAFT, Status.PUBLISHED, Status.WITHDRAWN)]
    for group, verb in ((shown, Verb.REVISE), (others, Verb.SEND_BACK)):
        drafts += [page for page, _event in _step(user, group, verb, _("按导入的表格更新。"))]
    return drafts


def _author(actor: Any) -> User:
    """Return the account that is answerable for a page. Raises NotPermitted for none."""
    account = account_of(actor)
    if account is None:
        raise NotPermitted(_("页面由发布单位的人大工作人员编辑。"))
    return account


def _day(moment: datetime | None) -> str:
    return timezone.localtime(moment).date().isoformat() if moment else ""


@transaction.atomic
def take_back(actor: Any, pages: Sequence[SitePage]) -> None:
    """Take articles of a load back: pages are withdrawn, since what was said stays on record; their addresses go."""
    user, why = _author(actor), _("撤销导入。")
    in_review = [page for page in pages if page.state in (*TABLE.in_group("in_review"), *TABLE.in_group("waiting"))]
    others = [page for page in pages if page not in in_review and page.state != Status.WITHDRAWN]
    _step(user, [*others, *(page for page, _event in _step(user, in_review, Verb.SEND_BACK, why))], Verb.WITHDRAW, why)
    OldAddress.objects.filter(page__in=pages).delete()
    ImportedArticle.objects.filter(page__in=pages).update(load=None)
    audit.record_many(user, "row-taken-back", [(page, {"said": page.title}) for page in pages])


def belong_to(load: Load) -> None:
    """The pages that a load wrote wait in its batch."""
    keys = [int(key) for key in load.rows.values_list("object_id", flat=True)]
    ImportedArticle.objects.filter(page__in=keys).update(load=load)
