"""Commenting on a document of a session."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from geokit.refusal import BadInput, NotPermitted, refuse
from library.models import Article
from meetings.agenda.models import MeetingDocument
from meetings.agenda.permissions import seat_in
from meetings.comments.models import ArticleComment
from ui.field_checks import check_fields

WHOLE = "all"
"""Stands for the whole document where the name of an article stands."""
MOST = 100
"""Comments of one deputy on one document."""


def article_of(document: MeetingDocument, anchor: str) -> Article | None:
    """Return the article of an anchor; None for the whole document. Raises BadInput (``unknown-article``)."""
    if anchor == WHOLE:
        return None
    found = document.text.articles.filter(anchor=anchor).first() if anchor and "\0" not in anchor else None
    if found is None:
        raise BadInput(_("这份文件没有这一条，可能换了版本；请回到文件再选。"), code="unknown-article")
    return found


@transaction.atomic
def comment(user: User, document: MeetingDocument, anchor: str, text: str) -> ArticleComment:
    """Say something of an article or of the whole; the same words again are the same comment sent again.

    Raises NotPermitted, BadInput.
    """
    seat = seat_in(user, document.meeting)
    if seat is None:
        raise NotPermitted(_("意见由出席会议的代表提出。"))
    article = article_of(document, anchor)
    if document.comments_until is None:
        raise BadInput(_("这份文件不收意见。"), code="no-comments")
    if timezone.now() > document.comments_until:
        raise BadInput(_("提意见的时间已经截止。"), code="too-late")
    if not text.strip():
        raise refuse("text", "required", _("请写下意见。"))
    if not MeetingDocument.objects.select_for_update(of=("self",)).filter(pk=document.pk).exists():
        raise BadInput(_("这份文件已经移走。"), code="gone")
    Membership.objects.select_for_update(of=("self",)).get(pk=seat.pk)
    last = document.comments.filter(member=seat).order_by("-pk").first()
    if last is not None and (last.article, last.text) == (article, text.strip()):
        return last
    if document.comments.filter(member=seat).count() >= MOST:
        raise refuse("text", "too-many", _("对一份文件最多提 %d 条意见。") % MOST)
    made = ArticleComment(document=document, article=article, member=seat, text=text.strip())
    check_fields(made, "bad-comment")
    made.save()
    return made
