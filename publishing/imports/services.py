"""Writing one article of a sheet, and taking it back: by the steps of any page, so that it waits for its reviews."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.loads.models import Load
from accounts.models import User
from geokit.refusal import NotPermitted, refuse
from ledger import audit
from ledger.actors import account_of
from publishing.body.blocks import Block, check_body
from publishing.body.from_html import is_words
from publishing.imports.models import ImportedArticle, OldAddress
from publishing.register import services
from publishing.register.models import PageEvent, PageRevision, SitePage
from publishing.register.permissions import keeps_page
from publishing.register.table import TABLE, Status, Verb
from publishing.register.workflow import newest_of


@transaction.atomic
def bring(
    actor: Any, path: str, words: Mapping[str, str], body: Sequence[Block], pictures: Sequence[str], **facts: Any
) -> SitePage:
    """Enter an article and have it wait for its first review. Raises NotPermitted, BadInput."""
    user = _author(actor)
    page = services.make(user, words, body, **facts)
    services.step(user, page.pk, Verb.SUBMIT, page.version)
    OldAddress.objects.create(path=path, page=page)
    ImportedArticle.objects.create(page=page, revision=_wording(page), pictures=list(pictures))
    audit.record(user, "page-imported", page, path=path, day=_day(page.published_at))
    page.refresh_from_db()
    return page


@transaction.atomic
def bring_anew(
    actor: Any, page: SitePage, words: Mapping[str, str], body: Sequence[Block] | None, facts: Mapping[str, Any]
) -> SitePage:
    """Enter what a sheet says otherwise as another wording that waits for its reviews; the same writes nothing.

    `body` is None where the sheet leaves it as it is. Raises NotPermitted, BadInput.
    """
    user = _author(actor)
    if not keeps_page(user, page):
        raise NotPermitted(_("页面由发布单位的人大工作人员编辑。"))
    old = _wording(page)
    changed = {name: value for name, value in facts.items() if getattr(page, name) != value}
    wanted = old.body if body is None else check_body(body, {})
    if not changed and wanted == old.body and all(getattr(old, name) == words[name] for name in words):
        return _asked_again(user, page)
    if wanted != old.body and not is_words(old.body):
        raise refuse("body", "edited-here", _("这篇在本站加了图片、附件或地点，正文请在编辑台改。"))
    _require_day(page, changed)
    page = _as_draft(user, page)
    if (day := changed.pop("published_at", None)) is not None:
        audit.record(user, "page-day-changed", page, before=_day(page.published_at), after=_day(day))
        SitePage.objects.filter(pk=page.pk).update(published_at=day)
    page = services.change(user, page.pk, page.version, words, {name: facts[name] for name in changed})
    if wanted != old.body:
        page = services.save_body(user, page.pk, page.version, wanted)
    services.step(user, page.pk, Verb.SUBMIT, page.version)
    ImportedArticle.objects.filter(page=page).update(revision=_wording(page))
    page.refresh_from_db()
    return page


def _author(actor: Any) -> User:
    """Return the account that is answerable for a page. Raises NotPermitted for none."""
    account = account_of(actor)
    if account is None:
        raise NotPermitted(_("页面由发布单位的人大工作人员编辑。"))
    return account


def _wording(page: SitePage) -> PageRevision:
    newest = newest_of(page)
    assert newest is not None  # noqa: S101 - a page is made with its first wording
    return newest


def _require_day(page: SitePage, changed: Mapping[str, Any]) -> None:
    """A page that was public keeps its day, also after it was withdrawn."""
    if "published_at" in changed and page.events.filter(verb=PageEvent.Verb.PUBLISHED).exists():
        raise refuse("day", "fixed", _("页面发布过，日期不能再改。"))


def _day(moment: datetime | None) -> str:
    return timezone.localtime(moment).date().isoformat() if moment else ""


def _asked_again(user: User, page: SitePage) -> SitePage:
    """What was sent back and comes again as it was waits for its reviews again."""
    if page.state == Status.DRAFT:
        services.step(user, page.pk, Verb.SUBMIT, page.version)
        page.refresh_from_db()
    return page


def _as_draft(user: User, page: SitePage) -> SitePage:
    """Bring a page back to where it can be written to, by the step that leads there."""
    verb = Verb.REVISE if page.state in (Status.PUBLISHED, Status.WITHDRAWN) else Verb.SEND_BACK
    if page.state != Status.DRAFT:
        services.step(user, page.pk, verb, page.version, _("按导入的表格更新。"))
    page.refresh_from_db()
    return page


@transaction.atomic
def take_back(actor: Any, page: SitePage) -> None:
    """Take an article of a load back: the page is withdrawn, since what was said stays on record; its address goes."""
    user, why = _author(actor), _("撤销导入。")
    if page.state in (*TABLE.in_group("in_review"), *TABLE.in_group("waiting")):
        services.step(user, page.pk, Verb.SEND_BACK, page.version, why)
        page.refresh_from_db()
    if page.state != Status.WITHDRAWN:
        services.step(user, page.pk, Verb.WITHDRAW, page.version, why)
    OldAddress.objects.filter(page=page).delete()
    ImportedArticle.objects.filter(page=page).update(load=None)
    audit.record(user, "row-taken-back", page, said=page.title)


def belong_to(load: Load) -> None:
    """The pages that a load wrote wait in its batch."""
    keys = [int(key) for key in load.rows.values_list("object_id", flat=True)]
    ImportedArticle.objects.filter(page__in=keys).update(load=load)
