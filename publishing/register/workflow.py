"""How the table of steps applies to a page: who is who, what stands in the way, what is written."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import rules
from accounts.models import User
from accounts.notices.services import notify
from geokit.refusal import BadInput, FieldError, Refusal, refuse
from ledger.actors import Actor, Site, account_of
from ledger.steps.workflow import Step, Workflow
from publishing.body.blocks import BlockKind
from publishing.register.models import MAX_REASON, PageEvent, PageRevision, SitePage
from publishing.register.permissions import addressees, keeps_page, pages_kept_by
from publishing.register.table import REVIEWS, TABLE, Party, Status, Verb


@dataclass(frozen=True, slots=True)
class Standing:
    """What the steps ask of a page beyond its row."""

    newest: PageRevision | None
    hands: frozenset[int]
    """Accounts that wrote, submitted or passed what is being reviewed; they do not review it again."""
    was_public: bool


type PageStep = Step[SitePage, Standing]
BEGINS = (PageEvent.Verb.SENT_BACK, PageEvent.Verb.REVISED, PageEvent.Verb.MADE)
"""With these a new round of reviews begins."""
ENDS = frozenset({Verb.PUBLISH, Verb.SCHEDULE})


class PageWorkflow(Workflow[SitePage, PageEvent, Standing]):
    """Three reviews by persons who neither wrote this version nor passed it before; the last of them publishes."""

    table, model, related = TABLE, SitePage, ("area",)

    def visible_to(self, actor: Actor) -> Any:
        rows = SitePage.objects.all() if isinstance(actor, Site) else pages_kept_by(account_of(actor))
        return rows.defer("area__geom", "area__point")

    def facts(self, thing: SitePage) -> Standing:
        return standings([thing])[0]

    def facts_of(self, things: Sequence[SitePage]) -> list[Standing]:
        return standings(things)

    def parties(self, actor: Actor, thing: SitePage, facts: Standing) -> Collection[str]:
        if isinstance(actor, Site):
            return {Party.SITE}
        account = account_of(actor)
        if account is None or not keeps_page(account, thing):
            return set()
        return {Party.EDITOR} if account.pk in facts.hands else {Party.EDITOR, Party.REVIEWER}

    def obstacle(self, step: PageStep) -> str:
        verb, page = step.line.verb, step.thing
        if verb in (Verb.PASS, *ENDS) and (why := _not_this_many(page, verb)):
            return why
        is_later = page.publish_at is not None and page.publish_at > step.at
        if verb == Verb.PUBLISH and is_later:
            return _("定了发布时间，请用“终审通过，定时发布”；要马上发布先退回去掉时间。")
        if verb == Verb.SCHEDULE and not is_later:
            return _("没有定发布时间，或者时间已过。")
        if verb in ENDS and page.withdraw_at is not None and page.withdraw_at <= step.at:
            return _("定时撤下的时间已过，请退回改时间。")
        return ""

    def missing(self, step: PageStep) -> Sequence[FieldError]:
        newest = step.facts.newest
        body = newest.body if newest and step.verb == Verb.SUBMIT else []
        has_issue = step.thing.column != SitePage.Column.JOURNAL or any(one["kind"] == BlockKind.ISSUE for one in body)
        return self.table.missing(
            step.line, {**step.given, "body": "1" if body else "", "issue": "1" if has_issue else ""}
        )

    def change(self, step: PageStep) -> Mapping[str, Any]:
        text = str(step.given.get("text", "")).strip()
        if len(text) > MAX_REASON:
            raise refuse("text", "too-long", _("最多 %d 字。") % MAX_REASON)
        page, newest = step.thing, step.facts.newest
        if step.line.target == Status.PUBLISHED and newest is not None:
            page.published_at = page.published_at or step.at
            page.live, page.title = newest, newest.title
            page.changed_at = step.at if step.facts.was_public else page.published_at  # an older article keeps its day
        elif step.line.target == Status.WITHDRAWN:
            page.live, page.withdraw_at = None, None
        elif step.line.verb == Verb.REVISE and page.live_id is None:
            page.publish_at = page.publish_at if page.publish_at and page.publish_at > timezone.now() else None
        return {"text": text, "revision": newest}

    def write_event(self, step: PageStep, fields: Mapping[str, Any]) -> PageEvent:
        return self.write_events([(step, fields)])[0]

    def write_events(self, steps: Sequence[tuple[PageStep, Mapping[str, Any]]]) -> list[PageEvent]:
        return PageEvent.objects.bulk_create(
            PageEvent(page=step.thing, verb=step.line.event, at=step.at, actor=account_of(step.actor), **fields)
            for step, fields in steps
        )

    def tell(self, step: PageStep, event: PageEvent) -> None:
        """Tell those to whom a notice is addressed; what is public or inside is found, not told."""
        page = step.thing
        if page.column == SitePage.Column.NOTICE:
            summary = event.revision.summary if event.revision else ""
            key = f"page:{page.pk}:{event.revision_id}"
            if people := list(addressees(page)):
                notify(people, "other-page", page.title, summary, page.get_absolute_url(), key=key)

    def unknown(self, key: object) -> Refusal:
        return BadInput(_("没有这个页面。"), code="unknown-page")


def newest_of(page: SitePage) -> PageRevision | None:
    """Return the newest wording of a page."""
    return page.revisions.first()


def _not_this_many(page: SitePage, verb: str) -> str:
    """Why a review is not the one for this step: the district's rule says how many there are."""
    done, needed = REVIEWS.index(Status(page.state)) + 1, int(rules.value("publishing.reviews"))
    if verb == Verb.PASS and done >= needed:
        return _("这是最后一审，请发布或者退回。")
    if verb in ENDS and done < needed:
        return _("还要再审：本区规定 %d 审。") % needed
    return ""


def standings(pages: Sequence[SitePage]) -> list[Standing]:
    """Return how each of many pages stands, in three queries."""
    keys = {page.pk: page.live_id for page in pages}
    wordings: dict[int, list[tuple[int, int]]] = defaultdict(list)  # key and author, the oldest first
    told = PageRevision.objects.filter(page__in=keys).order_by("page", "number")
    for page, *wording in told.values_list("page", "pk", "made_by"):
        wordings[page].append((wording[0], wording[1]))
    newest = {one.page_id: one for one in PageRevision.objects.filter(pk__in=[own[-1][0] for own in wordings.values()])}
    events: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    steps = PageEvent.objects.filter(page__in=keys).order_by("pk")
    for page, verb, actor in steps.values_list("page", "verb", "actor"):
        events[page].append((verb, actor))
    return [
        Standing(
            newest.get(pk),
            _hands(wordings[pk], live, events[pk]),
            any(verb == PageEvent.Verb.PUBLISHED for verb, _actor in events[pk]),
        )
        for pk, live in keys.items()
    ]


def _hands(
    wordings: Sequence[tuple[int, int]], live: int | None, events: Sequence[tuple[str, int | None]]
) -> frozenset[int]:
    """Who wrote what is not public yet, or took a step in this round of reviews."""
    shown = next((index for index, (key, _author) in enumerate(wordings) if key == live), -1)
    wrote = {author for _key, author in (*wordings[shown + 1 :], *wordings[-1:])}
    begun = max((index for index, (verb, _actor) in enumerate(events) if verb in BEGINS), default=-1)
    return frozenset(wrote | {actor for _verb, actor in events[begun + 1 :] if actor is not None})


def to_review(account: User) -> QuerySet[SitePage]:
    """Return the pages in review that she neither wrote nor passed in this round, as the step itself asks."""
    events = PageEvent.objects.filter(page=OuterRef("pk"))
    begun = events.filter(verb__in=BEGINS).order_by("-pk").values("pk")[:1]
    own = PageRevision.objects.filter(page=OuterRef("pk"), made_by=account)
    newer = own.filter(Q(page__live=None) | Q(number__gt=F("page__live__number")))
    rows = pages_kept_by(account).filter(state__in=TABLE.in_group("in_review")).annotate(begun=Subquery(begun))
    took_part = events.filter(actor=account, pk__gt=Coalesce(OuterRef("begun"), 0))
    return rows.filter(~Exists(newer), ~Exists(took_part))


PAGES = PageWorkflow()
