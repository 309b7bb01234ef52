"""What the worker does with a source: read the list of layers, or all of one layer, and hand it to the importer."""

import logging
import shutil
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from geokit.refusal import Refusal
from jobs.calls import Later
from layers.importing import uploads
from layers.importing.memory import remembered
from layers.importing.models import ImportJob
from layers.importing.options import NUMBERED, free_slug, slug_from
from layers.importing.states import State
from layers.sources import services
from layers.sources.allowlist import require_allowed
from layers.sources.client import Client
from layers.sources.models import LayerSource
from layers.sources.permissions import maker_stands
from layers.sources.protocols import arcgis, file, ogcapi, wfs
from layers.sources.protocols.base import MOST_CHOICES, Adapter, Fetched, Wanted
from layers.sources.schedule import next_time
from layers.sources.settling import BY_CLOCK, is_same
from layers.storage.models import Layer, LayerVersion
from ledger.actors import SITE
from ledger.filestore import places
from ledger.locks import hold_for_work

log = logging.getLogger(__name__)
Doing, Outcome, Kind = LayerSource.Doing, LayerSource.Outcome, LayerSource.Kind
ADAPTERS = {Kind.WFS: wfs, Kind.OGCAPI: ogcapi, Kind.ARCGIS: arcgis, Kind.FILE: file}
BEAT_SECONDS = 1.0


class Stopped(Exception):
    """Somebody has stopped this reading, or ended the source."""


def work(source_id: int, by_clock: bool = False) -> None:
    """Read a source that waits for it, `by_clock` where its time has come and nobody asked.

    A second delivery finds nothing to do, or starts anew what was killed. Raises Later while another process holds it:
    it may have been stopped and asked for again before that one noticed.
    """
    with hold_for_work("layers.source", source_id) as held:
        source = LayerSource.objects.select_related("layer__current_version", "made_by", "last_job").filter(
            pk=source_id, is_active=True
        ).exclude(doing=Doing.NOTHING).first()  # fmt: skip
        if source is None:
            return
        if not held:
            raise Later
        if not maker_stands(source):
            services.switch_off(source, SITE, "maker")
            return
        with translation.override(settings.LANGUAGE_CODE):
            _run(source, partial(_fetch, by_clock=by_clock) if source.is_chosen else _list)


def _run(source: LayerSource, read: Callable[[LayerSource, Client], None]) -> None:
    try:
        allowed = partial(require_allowed, area_id=services.area_of(source))
        most = min(settings.UPLOAD_MAX_BYTES, 2 * 1024**3)
        read(source, Client(source.url, allowed, source.secret, source.passed_as, most_bytes=most))
    except Stopped:
        log.info("reading source %s was stopped", source.pk)
    except Refusal as refusal:
        _fail(source, refusal.message)
    except Exception:
        _fail(source, _("读取时发生内部错误，没有改动任何数据。请联系管理员。"))
        raise


def _fail(source: LayerSource, message: str) -> None:
    """Note why a reading failed; one that was stopped meanwhile, or stopped and queued anew, has not failed."""
    if _going(source).exists():
        services.note_failure(source, message)


def _adapter(source: LayerSource) -> Adapter:
    return cast(Adapter, ADAPTERS[Kind(source.kind)])


def _list(source: LayerSource, client: Client) -> None:
    _note(source, doing=Doing.LISTING)
    found = _adapter(source).choices(client)
    if not found:
        services.note_failure(source, _("这个服务里没有可以读取的图层。"))
        return
    listed = [{"name": one.name[:200], "title": client.words(one.title)} for one in found[:MOST_CHOICES]]
    _note(source, doing=Doing.NOTHING, choices=listed, outcome=Outcome.LISTED, said="", failures=0, failing_since=None)


def _fetch(source: LayerSource, client: Client, *, by_clock: bool) -> None:
    _note(source, doing=Doing.FETCHING, rows_done=0, rows_total=None)
    folder = places.local_path(str(uploads.new_folder()))
    try:
        wanted = Wanted(source.type_name, folder, _stem(source), client.most_bytes, source.etag, source.last_modified)
        found = _adapter(source).fetch(client, wanted, _Progress(source))
        if found.path is None or found.digest == source.sha256:
            shutil.rmtree(folder, ignore_errors=True)
            _unchanged(source, found)
        else:
            _deliver(source, found, {BY_CLOCK: True} if by_clock else {})
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _stem(source: LayerSource) -> str:
    return source.layer.slug if source.layer else slug_from(source.title)


def _unchanged(source: LayerSource, found: Fetched) -> None:
    kept = {"etag": found.etag, "last_modified": found.last_modified} if found.path else {}
    now, outcome = timezone.now(), _unchanged_outcome(source.last_job)
    _note(source, doing=Doing.NOTHING, outcome=outcome, said="", fetched_at=now, **_in_order(source), **kept)


def _unchanged_outcome(job: ImportJob | None) -> LayerSource.Outcome:
    """What was fetched before is the layer's, or still waits for a person, or a person did not want it."""
    if job is not None and job.state == State.PREVIEWED:
        return Outcome.CHANGED
    if job is not None and job.state == State.CANCELLED and not is_same(job.preview):
        return Outcome.STOPPED
    return Outcome.UNCHANGED


def _in_order(source: LayerSource) -> dict[str, Any]:
    return {"failures": 0, "failing_since": None, "next_at": next_time(source, timezone.now())}


@transaction.atomic
def _deliver(source: LayerSource, found: Fetched, more: dict[str, Any]) -> None:
    """Hand the file to the importer as the next delivery; an older one that still waits gives way to it."""
    assert found.path is not None  # noqa: S101 - the caller has looked
    services.drop_waiting(source)
    job = uploads.receive_fetched(found.path, found.digest, source.made_by, _options(source) | more)
    now = timezone.now()
    _note(
        source, doing=Doing.NOTHING, outcome=Outcome.CHECKING, said="", fetched_at=now, changed_at=now,
        sha256=found.digest, etag=found.etag, last_modified=found.last_modified, last_job=job, **_in_order(source),
    )  # fmt: skip


def _options(source: LayerSource) -> dict[str, Any]:
    """How the importer is to read it: as the layer's last version was; the whole replaces the whole."""
    said = {"language": settings.LANGUAGE_CODE}
    if source.layer is None:
        stem = _stem(source)
        taken = set(Layer.objects.filter(slug__startswith=stem[:NUMBERED]).values_list("slug", flat=True))
        return {**said, "slug": free_slug(stem, taken), "title": source.title, "mode": LayerVersion.Mode.CREATE}
    return {**remembered(source.layer), **said, "mode": LayerVersion.Mode.REPLACE}


class _Progress:
    """Writes how far a reading is, and ends it when somebody has stopped it."""

    def __init__(self, source: LayerSource) -> None:
        self._source = source
        self._next = 0.0

    def __call__(self, done: int, total: int | None) -> None:
        if monotonic() >= self._next:
            self._next = monotonic() + BEAT_SECONDS
            _note(self._source, rows_done=done, rows_total=total)


def _note(source: LayerSource, **values: Any) -> None:
    """Write, unless the reading was stopped meanwhile, or stopped and queued anew. Raises Stopped."""
    if not _going(source).update(heartbeat=timezone.now(), **values):
        raise Stopped
    for name, value in values.items():
        setattr(source, name, value)


def _going(source: LayerSource) -> QuerySet[LayerSource]:
    """The row, while this very reading goes on."""
    return LayerSource.objects.filter(pk=source.pk, is_active=True, doing=source.doing)
