"""Videos of findings and, by the same rows and job, of whatever else a room attaches them to.

What came is kept until a worker has encoded it anew, then deleted: it holds place and device. Nobody is shown it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile, File
from django.db import models, transaction
from django.db.models import Q
from django.db.models.fields.files import FieldFile
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from geokit.refusal import Busy, FieldError
from jobs.calls import Later
from jobs.lanes import Lane
from jobs.models import Job
from jobs.queue import enqueue
from ledger.filestore import addressed
from ledger.filestore.refusals import FileDamaged, FileLost
from ledger.filestore.removal import release, remove_unnamed
from ui.photo_claims import sha256_of
from ui.videos import files
from ui.videos.files import VideoRefused

MOST_WAITING = {Lane.VIDEOS: 100, Lane.SITE_VIDEOS: 20}
"""Videos in each queue, 5 GB and 2.6 GB of them at most; one more is refused for now."""
WAITS = timedelta(days=1)
PREPARE = "supervision.findings.videos.prepare"


class State(models.TextChoices):
    WAITING = "waiting", _("正在处理，几分钟后可以播放")
    READY = "ready", _("可以播放")
    FAILED = "failed", _("无法处理，没有保留")


@dataclass(frozen=True, slots=True)
class SentVideo:
    """An upload that was looked at and may be kept."""

    upload: Any
    seen: files.Seen
    sha256: str
    """Of its bytes as they were sent."""


class KeptVideo(models.Model):
    """A video of something: waiting for a worker, encoded anew, or failed."""

    State = State
    measure: files.Measure | None = None
    """How long and how large such a video may be; None for what a telephone films."""
    lane = Lane.VIDEOS

    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    container = models.CharField(max_length=4, editable=False)
    original = models.FileField(upload_to="videos/%Y/%m/", blank=True, editable=False)
    """As it came, until it is encoded."""
    file = models.FileField(upload_to="videos/%Y/%m/", blank=True, editable=False)
    poster = models.ImageField(upload_to="videos/%Y/%m/", blank=True, editable=False)
    sent_at = models.DateTimeField(default=timezone.now, db_default=Now(), editable=False)
    sent_sha256 = models.CharField(max_length=64, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    seconds = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    why = models.CharField(_("没有保留的原因"), max_length=200, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_ready(self) -> bool:
        return self.state == State.READY


def video_constraints(of: str) -> list[Any]:
    """The constraints that every such table has; `of` is part of their names."""
    return [
        models.CheckConstraint(
            condition=Q(state="waiting") & ~Q(original="") | ~Q(state="waiting") & Q(original=""),
            name=f"a_video_of_a_{of}_waits_with_its_original",
        ),
        models.CheckConstraint(
            condition=~Q(state="ready") | ~Q(file="") & ~Q(poster="") & ~Q(sha256=""),
            name=f"a_video_of_a_{of}_is_ready_with_its_file",
        ),
    ]


def check_video(upload: Any, of: type[KeptVideo] = KeptVideo) -> SentVideo | None:
    """Look at an upload before anything is stored; None for none. Raises VideoRefused, VideoTooLarge, Busy."""
    if not upload:
        return None
    _require_room(of.lane)
    try:
        return SentVideo(upload, files.look_at(upload, of.measure), sha256_of(upload))
    except VideoRefused as refusal:
        errors = [FieldError("video", refusal.code, refusal.message)]
        raise type(refusal)(refusal.message, code=refusal.code, errors=errors) from refusal


def _require_room(lane: Lane) -> None:
    rows = [model.objects.filter(state=State.WAITING) for model in models_with_videos() if model.lane == lane]
    if sum(waiting.count() for waiting in rows) < MOST_WAITING[lane]:
        return
    if lane == Lane.VIDEOS:
        raise Busy(gettext("等待处理的视频太多，请过一会儿再发，或者先发照片。"), code="videos-busy")
    raise Busy(gettext("等待处理的视频太多，请过一会儿再传。"), code="videos-busy")


def store_video(row: KeptVideo, sent: SentVideo, written: list[FieldFile]) -> KeptVideo:
    """Keep an upload with its row and have a worker encode it. Within a transaction."""
    row.container, row.sent_sha256 = sent.seen.container, sent.sha256
    sent.upload.seek(0)
    row.original.save(f"{sent.sha256[:16]}.{sent.seen.container}", sent.upload, save=False)
    written.append(row.original)
    row.save()
    enqueue(PREPARE, row._meta.label, row.pk, lane=row.lane)
    return row


def pass_on(of: KeptVideo, row: KeptVideo) -> KeptVideo:
    """Give another thing the same video, in whatever state it is. Within a transaction."""
    for field in KeptVideo._meta.local_fields:
        setattr(row, field.attname, getattr(of, field.attname))
    row.save()
    if row.state == State.WAITING:
        enqueue(PREPARE, row._meta.label, row.pk, lane=row.lane)
    return row


def prepare(label: str, pk: int) -> str:
    """Encode the video of one row; what is done already is left alone. Returns what became of it.

    Raises Later on a machine that cannot.
    """
    if not files.are_taken():
        raise Later
    model = next(model for model in models_with_videos() if model._meta.label == label)
    row = model.objects.filter(pk=pk, state=State.WAITING).first()
    if row is None:
        return "nothing to do"
    name = str(row.original.name)
    try:
        with files.encoded(addressed.store().local_copy(name), row.container, model.measure) as made:
            _finish(row, made)
    except (VideoRefused, FileLost, FileDamaged) as refusal:
        let_fail(row, refusal.message)
    return str(model.objects.values_list("state", flat=True).get(pk=pk))


def _still_waiting(row: KeptVideo) -> KeptVideo | None:
    """The row, locked, unless it was erased or given up since it was read. Within a transaction."""
    return type(row)._default_manager.select_for_update().filter(pk=row.pk, state=State.WAITING).first()


def _finish(stale: KeptVideo, made: files.Encoded) -> None:
    written: list[FieldFile] = []
    try:
        with transaction.atomic(), made.video.open("rb") as video:
            row = _still_waiting(stale)
            if row is None:
                return
            row.file.save(f"{row.pk}.mp4", File(video), save=False)
            row.poster.save(f"{row.pk}.jpg", ContentFile(made.poster), save=False)
            written += [row.file, row.poster]
            row.sha256 = _digest_of(row.file)
            row.seconds, row.width, row.height = made.seconds, made.width, made.height
            _let_go(row, State.READY)
    except BaseException:
        for file in written:
            remove_unnamed(str(file.name))
        raise


@transaction.atomic
def let_fail(row: KeptVideo, why: str) -> None:
    """Let go of a video that waits, for a reason that its page says; what was erased meanwhile stays as it is."""
    waiting = _still_waiting(row)
    if waiting is not None:
        waiting.why = why[:200]
        _let_go(waiting, State.FAILED)


def erased_with[Row: KeptVideo](rows: models.QuerySet[Row]) -> Iterator[Row]:
    """The videos that an erasure takes; one that nobody has encoded yet is not encoded any more."""
    for row in rows.select_for_update():
        if row.state == State.WAITING:
            let_fail(row, gettext("已依法删除。"))
        yield row


def _let_go(row: KeptVideo, state: str) -> None:
    """The file that came goes with the change of state, unless the same was sent twice and the other still waits."""
    release(str(row.original.name))
    row.original, row.state = "", state
    row.save()


def give_up(now: datetime | None = None) -> int:
    """Let go of what no worker could encode in a day; how many.

    What only waits for its turn, or has it just now, is kept: a long queue is no fault of what stands in it.
    """
    before, given_up, in_turn = (now or timezone.now()) - WAITS, 0, _in_turn()
    for model in models_with_videos():
        for row in model.objects.filter(state=State.WAITING, sent_at__lt=before):
            if (model._meta.label, row.pk) not in in_turn:
                let_fail(row, gettext("超过一天没有处理完。"))
                given_up += 1
    return given_up


def _in_turn() -> set[tuple[str, int]]:
    """Label and key of what no worker has taken up yet, or has in hand."""
    jobs = Job.objects.filter(func=PREPARE, finished=None).filter(Q(started=None) | Q(leased_until__isnull=False))
    return {(label, pk) for label, pk in jobs.values_list("args", flat=True)}


def _digest_of(file: FieldFile) -> str:
    with file.storage.open(str(file.name), "rb") as content:
        return sha256_of(content)


def models_with_videos() -> Sequence[type[Any]]:
    """The tables of videos, of this room and those above."""
    return [model for model in apps.get_models() if issubclass(model, KeptVideo)]
