"""Writes of a page: begin, its facts, its blocks, a step, what the clock brings."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.congress.permissions import groups_seen_by
from accounts.models import User
from accounts.permissions import leads, serves
from geokit.refusal import NotPermitted, StaleEdit, refuse
from ledger import audit
from ledger.actors import SITE
from ledger.steps.apply import apply
from publishing.body.blocks import Block, BlockKind, check_body
from publishing.register.models import RESERVED, PageEvent, PageRevision, SitePage
from publishing.register.permissions import pages_kept_by
from publishing.register.table import Status, Verb
from publishing.register.workflow import PAGES, newest_of
from ui.control_characters import check_text
from ui.field_checks import check_fields, check_moment

log = logging.getLogger(__name__)
Audience = SitePage.Audience
FACTS = ("code", "column", "area", "audience", "for_area", "group", "place_area", "geom", "publish_at", "withdraw_at",
         "issue_year", "issue_number", "issued_on")  # fmt: skip
FIXED = tuple(name for name in FACTS if name != "publish_at")
"""What stays as it was reviewed while the page is shown."""
WORDS = ("title", "summary", "source")


@transaction.atomic
def make(user: User, words: Mapping[str, Any], body: Sequence[Block] = (), **facts: Any) -> SitePage:
    """Begin a page. Raises NotPermitted, BadInput."""
    page = SitePage(title=words.get("title", ""), **facts)
    check_page(user, page)
    page.save()
    PageEvent.objects.create(page=page, verb=PageEvent.Verb.MADE, at=timezone.now(), actor=user)
    _write(user, page, words, list(body))
    audit.record(user, "page-made", page)
    return page


@transaction.atomic
def change(user: User, pk: int, version: int, words: Mapping[str, Any], facts: Mapping[str, Any]) -> SitePage:
    """Change title, summary and facts of a draft. Raises NotPermitted, StaleEdit, BadInput."""
    page = locked_draft(user, pk, version)
    changed = sorted(name for name, value in facts.items() if getattr(page, name) != value)
    if page.live_id is not None and (fixed := [name for name in changed if name in FIXED]):
        raise refuse(fixed[0], "fixed", _("页面正在显示：网址、栏目、对象、地点和定时撤下要先撤下再改。"))
    for name in changed:
        setattr(page, name, facts[name])
    check_page(user, page)
    newest = newest_of(page)
    _write(user, page, words, newest.body if newest else [], anew=bool(changed))
    audit.record(user, "page-changed", page, fields=changed)
    return page


@transaction.atomic
def save_body(user: User, pk: int, version: int, body: Sequence[Block]) -> SitePage:
    """Save the blocks of a draft as another wording. Raises NotPermitted, StaleEdit, BadInput."""
    page = locked_draft(user, pk, version)
    newest = newest_of(page)
    words = {name: getattr(newest, name) for name in WORDS} if newest else {"title": page.title}
    _write(user, page, words, body)
    return page


@transaction.atomic
def restore(user: User, pk: int, version: int, number: int) -> SitePage:
    """Say again in a draft what an earlier wording said. Raises NotPermitted, StaleEdit, BadInput."""
    page = locked_draft(user, pk, version)
    earlier = page.revisions.filter(number=number).first()
    if earlier is None:
        raise refuse("number", "unknown-wording", _("没有这一版。"))
    _write(user, page, {name: getattr(earlier, name) for name in WORDS}, earlier.body)
    return page


def _write(user: User, page: SitePage, words: Mapping[str, Any], body: Sequence[Block], *, anew: bool = False) -> None:
    """Append a wording unless it says what the newest says, and take the next version of the page.

    With `anew` it is appended all the same: who changed the facts has a hand in what is reviewed.
    """
    files = {str(number): kind for number, kind in page.files.values_list("number", "kind")}
    files |= {str(number): str(BlockKind.VIDEO) for number in page.videos.values_list("number", flat=True)}
    newest = newest_of(page)
    made = wording_of(user, page, newest, words, check_body(body, files))
    check_fields(made, "bad-page", exclude=["body"])
    if anew or not says_the_same(made, newest):
        made.save()
    page.title = page.title if page.live_id else made.title
    page.version += 1
    page.save()


def wording_of(
    user: User, page: SitePage, newest: PageRevision | None, words: Mapping[str, Any], body: Sequence[Block]
) -> PageRevision:
    """Return the next wording of a page, which is not stored yet. Raises BadInput."""
    for name in WORDS:
        check_text(name, words.get(name, ""))
    return PageRevision(
        page=page, number=newest.number + 1 if newest else 1, body=body, made_by=user, made_at=timezone.now(),
        **{name: words.get(name, "") for name in WORDS},
    )  # fmt: skip


def says_the_same(made: PageRevision, newest: PageRevision | None) -> bool:
    """Tell whether a wording says what the newest one says."""
    return newest is not None and all(getattr(made, name) == getattr(newest, name) for name in (*WORDS, "body"))


def step(user: User, pk: int, verb: str, version: int, text: str = "") -> PageEvent:
    """Take a step. Raises what `apply` raises."""
    return apply(PAGES, user, pk, verb, version, {"text": text})


def publish_due(now: datetime | None = None) -> dict[str, int]:
    """Put up and take down what the clock says; how many of each. One that fails stops no other."""
    now = now or timezone.now()
    shown = _each(SitePage.objects.filter(state=Status.SCHEDULED, publish_at__lte=now), Verb.GO_LIVE, "", now)
    over = SitePage.objects.filter(live__isnull=False, withdraw_at__lte=now)
    return {"published": shown, "withdrawn": _each(over, Verb.WITHDRAW, _("到了定时撤下的时间。"), now)}


def _each(rows: Any, verb: str, text: str, now: datetime) -> int:
    done = 0
    for pk in list(rows.values_list("pk", flat=True)):
        try:
            apply(PAGES, SITE, pk, verb, None, {"text": text}, at=now)  # a transaction of its own
            done += 1
        except NotPermitted:
            continue
        except Exception:
            log.exception("page %s could not be put up or taken down", pk)
    return done


def locked_draft(user: User, pk: int, version: int | None = None) -> SitePage:
    """Return a draft to be written to, locked; `version` is the one that was seen. Raises NotPermitted, StaleEdit."""
    page = pages_kept_by(user).select_for_update(of=("self",)).select_related("area").filter(pk=pk).first()
    if page is None:
        raise NotPermitted(_("页面由发布单位的人大工作人员编辑。"))
    if version is not None and page.version != version:
        raise StaleEdit(_("您打开页面后有人改过，请看过新的内容再保存。"))
    if page.state != Status.DRAFT:
        raise NotPermitted(_("只有起草中的页面可以修改。"), code="wrong-state")
    return page


@transaction.atomic
def check_draft(user: User, pk: int, version: int | None = None) -> None:
    """Refuse who may not write to a draft before anything she sends is looked at. Raises NotPermitted, StaleEdit."""
    locked_draft(user, pk, version)


def check_page(user: User, page: SitePage, check: Callable[[Model, str], None] = check_fields) -> None:
    """Refuse what does not fit together: whose page it is, to whom it is shown. `check` looks at the fields."""
    if not serves(user, page.area):
        raise refuse("area", "foreign-area", _("只能以本单位的名义发布。"))
    _check_times(page)
    _check_issue(page)
    if page.code in RESERVED:
        raise refuse("code", "reserved", _("这个网址另有用处，请换一个。"))
    for wanted, name, words in (
        (Audience.GROUP, "group", _("请选择代表小组。")),
        (Audience.TOWN, "for_area", _("请选择镇街。")),
    ):
        if page.audience == wanted and getattr(page, f"{name}_id") is None:
            raise refuse(name, "required", words)
        if page.audience != wanted:
            setattr(page, name, None)
    if page.audience == Audience.DEPUTIES and not leads(user, page.area):
        raise refuse("audience", "not-leading", _("只有全区的工作人员能发给全体代表。"))
    if page.group is not None and not groups_seen_by(user).filter(pk=page.group.pk).exists():
        raise refuse("group", "foreign-group", _("这不是本单位人大的小组。"))
    if page.for_area is not None and not serves(user, page.for_area):
        raise refuse("for_area", "foreign-area", _("只能发给本单位所辖的镇街。"))
    if page.geom is None and page.place_area is not None:
        page.geom = page.place_area.point
    check(page, "bad-page")


def _check_issue(page: SitePage) -> None:
    """An issue of the journal says which it is; any other page says nothing of that."""
    for name, words in (
        ("issue_year", _("请写年份。")),
        ("issue_number", _("请写期号。")),
        ("issued_on", _("请写出版日期。")),
    ):
        if page.column != SitePage.Column.JOURNAL:
            setattr(page, name, None)
        elif getattr(page, name) is None:
            raise refuse(name, "required", words)


def _check_times(page: SitePage) -> None:
    for name in ("publish_at", "withdraw_at"):
        check_moment(name, getattr(page, name))
    if page.withdraw_at is not None and page.withdraw_at <= timezone.now():
        raise refuse("withdraw_at", "too-early", _("定时撤下的时间已过。"))
