"""What becomes of a source when the import that it brought comes to rest: nothing new, loaded, or a person is asked."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from layers.importing import jobs
from layers.importing.cleanup import EXPIRED
from layers.importing.models import ImportJob
from layers.importing.states import TABLE, State
from layers.sources import services
from layers.sources.models import LayerSource
from layers.sources.permissions import maker_stands
from layers.storage.models import LayerVersion
from ledger.actors import SITE
from ledger.audit import record

MOST_SHARE = 0.2
"""Of the layer's rows that may be new, changed or missing in a change that goes in by itself."""
BY_CLOCK, BY_ITSELF = "by_clock", "by_itself"
"""Options of an import: its source was read at its time, not because somebody asked; nobody confirmed it."""
NOTHING_READ = {"sha256": "", "etag": "", "last_modified": ""}
"""Of a source: its content is fetched and offered again even where nothing has changed over there."""
Outcome = LayerSource.Outcome


def settled(job: ImportJob, **_kwargs: Any) -> None:
    """Receiver of `import_settled`."""
    held_jobs = ImportJob.objects.select_related("version__layer").select_for_update(of=("self",))
    sources = LayerSource.objects.select_related("layer", "made_by").select_for_update(of=("self",))
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        # The import first, as who delivers the next one does; it may have gone on meanwhile.
        held = held_jobs.filter(pk=job.pk).first()
        source = sources.filter(last_job=job).first()
        if source is not None and held is not None and held.state in TABLE.in_group("at_rest"):
            source.last_job = held
            _settle(source, held)


def catch_up() -> None:
    """Settle what came to rest while nobody could say so; what expired unseen is fetched and offered again."""
    open_ones = LayerSource.objects.filter(outcome__in=(Outcome.CHECKING, Outcome.CHANGED)).select_related("last_job")
    for source in open_ones:
        job = source.last_job
        if job is not None and job.state in TABLE.in_group("at_rest"):
            settled(job)
    expired = LayerSource.objects.filter(last_job__error_code=EXPIRED, last_job__state=State.CANCELLED)
    expired.exclude(sha256="").update(**NOTHING_READ)


def _settle(source: LayerSource, job: ImportJob) -> None:
    if job.state == State.DONE and job.version is not None:
        _loaded(source, job, job.version)
    elif job.state == State.FAILED:
        # Read again next time even if nothing changed over there: this content is not in the layer.
        _note(source, **NOTHING_READ)
        services.note_failure(source, job.error_message)
    elif job.state == State.CANCELLED:
        # Where there is no layer yet, the same content has to be offered again: it is nowhere.
        anew = NOTHING_READ if source.layer is None else {}
        _note(source, outcome=Outcome.STOPPED, said="", **anew)
    elif source.layer is not None and not job.error_code and is_same(job.preview):
        services.drop_waiting(source)
        _note(source, outcome=Outcome.UNCHANGED, said=_("内容写法不同，但与图层里的数据没有差别。"))
    elif may_apply_itself(source, job):
        difference = job.preview["difference"]
        base = {"base_version": difference["against"], "base_edits": difference.get("against_edits", 0)}
        jobs.confirm(job, job.options | base | {BY_ITSELF: True})
    elif source.outcome != Outcome.CHANGED:
        _note(source, outcome=Outcome.CHANGED, said="")
        if source.layer is not None:  # of a new layer nobody is told: who set it up waits for it
            services.tell_of_changes(source)


def _loaded(source: LayerSource, job: ImportJob, version: LayerVersion) -> None:
    """Note the version; where nobody confirmed it, the site did it, and those who look after the layer are told."""
    is_new = source.outcome != Outcome.APPLIED
    said = _("图层“%(title)s”版本 %(number)d") % {"title": version.layer.title, "number": version.number}
    _note(source, outcome=Outcome.APPLIED, said=said, layer_id=source.layer_id or version.layer_id)
    if is_new and job.options.get(BY_ITSELF):
        found = job.preview.get("difference") or {}
        counts = {name: found.get(name) for name in ("new", "changed", "missing")}
        record(SITE, "layer.source-applied", source, layer=version.layer.slug, version=version.number, **counts)
        services.tell_of_application(source)


def may_apply_itself(source: LayerSource, job: ImportJob) -> bool:
    """Whether nobody needs to be asked: somebody chose so, it came at its time, is small, and today's first."""
    asked_for = source.applies_itself and bool(job.options.get(BY_CLOCK))
    return asked_for and is_small(job) and maker_stands(source) and not _has_applied_today(source)


def _has_applied_today(source: LayerSource) -> bool:
    """Many small changes in a row are a large one, from however many sources of the layer."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    loaded = ImportJob.objects.filter(version__layer=source.layer_id, finished__gte=midnight)
    return loaded.filter(options__contains={BY_ITSELF: True}).exists()


def is_same(preview: dict[str, Any]) -> bool:
    """Whether an inspected delivery differs in nothing from the layer."""
    found = preview.get("difference")
    if not found or _columns_differ(found):
        return False
    return not any(found[name] for name in ("new", "changed", "missing"))


def is_small(job: ImportJob) -> bool:
    """Whether a delivery has the layer's columns, no open question, and few enough changes to go in by itself."""
    found = job.preview.get("difference")
    if not found or job.error_code or _columns_differ(found) or job.preview.get("rows_rejected"):
        return False
    changes = found["new"] + found["changed"] + found["missing"]
    before = found["unchanged"] + found["changed"] + found["missing"]
    return bool(changes <= before * MOST_SHARE)


def _columns_differ(found: dict[str, Any]) -> bool:
    return any(found.get(name) for name in ("fields_added", "fields_removed", "fields_retyped"))


def _note(source: LayerSource, **values: Any) -> None:
    LayerSource.objects.filter(pk=source.pk).update(**values)
    for name, value in values.items():
        setattr(source, name, value)
