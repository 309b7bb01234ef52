"""A load of articles as one batch: what of it waits, and one review of all of it.

The reviews are those of any page (`register.workflow`), as many as the rule says, each by somebody who has no hand in
the articles; only the hand movement is one for all.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts import rules
from accounts.loads.models import Load
from accounts.models import User
from accounts.permissions import Asker
from accounts.rules.queries import read_once
from geokit.refusal import BadInput, NotPermitted, Refusal, StaleEdit, refuse
from ledger import audit
from ledger.steps.together import apply_many
from publishing.imports.models import ImportedArticle, as_imported
from publishing.register.models import SitePage
from publishing.register.permissions import pages_kept_by
from publishing.register.table import REVIEWS, TABLE, Status, Verb
from publishing.register.workflow import PAGES

SLUG = "articles"


class Decision(StrEnum):
    PASS = "pass"  # noqa: S105 - a step, no password
    SEND_BACK = "send_back"


@dataclass(slots=True)
class Reviewed:
    """How many pages took their step, and why the others did not."""

    done: int = 0
    left: Counter[str] = field(default_factory=Counter)


def batches_kept_by(user: Asker) -> QuerySet[Load]:
    """Return the loads of articles that hold a page which `user` keeps, the newest first."""
    own = ImportedArticle.objects.filter(load=OuterRef("pk"), page__in=pages_kept_by(user))
    return Load.objects.filter(Exists(own), dataset=SLUG).select_related("actor").order_by("-pk")


def pages_of(user: Asker, load: Load) -> QuerySet[SitePage]:
    """Return the pages of a batch that `user` keeps."""
    return pages_kept_by(user).filter(imported__load=load)


def waiting_in(user: Asker, load: Load) -> QuerySet[SitePage]:
    """Return the pages of a batch that wait for a review in the wording that the load brought."""
    return as_imported(pages_of(user, load)).filter(state__in=TABLE.in_group("in_review"))


@transaction.atomic
def review(user: User, load: Load, decision: str, seen: int, text: str = "") -> Reviewed:
    """Let `user` review every waiting page of a batch; `seen` is how many the page showed. Raises Refusal.

    One that she may not review, because she wrote or passed it, stays where it is and is counted with the reason.
    Where none can be reviewed the first reason is raised.
    """
    if decision not in list(Decision):
        raise BadInput(_("没有这个步骤。"), code="unknown-step")
    if decision == Decision.SEND_BACK and not text.strip():
        raise refuse("text", "required", _("请写明要改什么。"))
    rows = list(waiting_in(user, load).order_by("pk"))
    if len(rows) != seen:
        raise StaleEdit(_("这一批等待审校的页面有变化，请看过再办。"))
    answer = Reviewed()
    with read_once():
        last = int(rules.value("publishing.reviews"))
        for verb, pages in groupby(sorted(rows, key=lambda page: page.state), lambda page: _verb(page, decision, last)):
            _take(user, list(pages), verb, text, answer)
    if not answer.done:
        raise NotPermitted(next(iter(answer.left), _("这一批没有等待审校的页面。")), code="nothing-to-review")
    audit.record(user, "articles-reviewed", load, decision=decision, done=answer.done, left=sum(answer.left.values()))
    return answer


def _take(user: User, pages: list[SitePage], verb: str, text: str, answer: Reviewed) -> None:
    for one in apply_many(PAGES, user, pages, verb, {"text": text}):
        if isinstance(one, Refusal):
            answer.left[one.message] += 1
        else:
            answer.done += 1


def _verb(page: SitePage, decision: str, last: int) -> str:
    """The step that this review is for one page: on to the next, or the last of them, which publishes."""
    if decision == Decision.SEND_BACK:
        return Verb.SEND_BACK
    return Verb.PUBLISH if REVIEWS.index(Status(page.state)) + 1 >= last else Verb.PASS
