"""Taking in a video of a page, and who may play it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Asker
from accounts.rate_limits import Limit, spend
from geokit.refusal import refuse
from ledger import audit
from publishing.files.services import is_shown_to
from publishing.register.services import check_draft, locked_draft
from publishing.videos.models import PageVideo
from supervision.findings.videos import SentVideo, check_video, store_video
from ui.attachments import kept_name
from ui.videos.files import are_taken

MOST_VIDEOS = 10
"""Of one page, over all its versions."""
UPLOADS = Limit("page-video", 20, timedelta(days=1))
"""Of one account: each may take a worker the better part of an hour."""


def look_at_video(user: User, pk: int, upload: Any, version: int | None = None) -> SentVideo:
    """Check an upload for a draft; takes seconds, so no transaction is open meanwhile. Raises Refusal."""
    if not are_taken():
        raise refuse("upload", "videos-not-taken", _("这台机器没有 ffmpeg，不能上传视频。"))
    check_draft(user, pk, version)
    spend(UPLOADS, f"user:{user.pk}")
    sent = check_video(upload, PageVideo)
    assert sent is not None  # noqa: S101 - the form has a file
    return sent


@transaction.atomic
def keep_video(user: User, pk: int, sent: SentVideo) -> PageVideo:
    """Keep a video of a draft and have a worker encode it; the same again is the same. Raises Refusal."""
    page = locked_draft(user, pk)
    known = page.videos.filter(sent_sha256=sent.sha256).exclude(state=PageVideo.State.FAILED).first()
    if known is not None:
        return known
    if page.videos.count() >= MOST_VIDEOS:
        raise refuse("upload", "too-many-files", _("一页最多 %d 段视频。") % MOST_VIDEOS)
    kept = PageVideo(page=page, name=kept_name(sent.upload.name), added_by=user)
    store_video(kept, sent, [])
    audit.record(user, "page-file-added", page, name=kept.name, sha256=sent.sha256)
    return kept


def video_shown_to(user: Asker, number: UUID) -> PageVideo | None:
    """Return a video that `user` may play, by the same rule as a file of a page."""
    found = PageVideo.objects.filter(number=number).select_related("page__live").first()
    return found if found is not None and is_shown_to(user, found.page, number) else None
