"""Writes about sources: added, chosen, asked, stopped, given another schedule or token, ended; and about hosts."""

from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from accounts.notices import notify
from accounts.permissions import Asker
from geokit.fetching.addresses import INNER_NAMES, public_host
from geokit.refusal import BadInput, Busy, NotPermitted, refuse
from jobs.lanes import Lane
from jobs.queue import enqueue
from layers.importing import jobs
from layers.importing.permissions import jobs_visible_to
from layers.importing.states import TABLE
from layers.permissions import keeps_layers, layers_managed_by, may_edit_layers, own_department
from layers.sources.allowlist import inner_hosts, require_allowed, require_no_secret
from layers.sources.models import LayerSource, SourceHost
from layers.sources.permissions import hosts_decided_by, sources_managed_by
from layers.sources.schedule import next_time, retry_time
from layers.storage.models import Layer
from layers.storage.ownership import area_of_new
from ledger.audit import record

WORK = "layers.sources.fetching.work"
MOST = 100
"""Active ones of one person."""
MOST_WAITING = 5
"""Of one person's that wait at once: the lane reads one after the other, and others' are to have their turn."""
TOLD_AFTER = 3
"""Failures one after the other, after which those who look after the layer are told."""
Doing, Outcome, Kind = LayerSource.Doing, LayerSource.Outcome, LayerSource.Kind


@transaction.atomic
def add_source(
    actor: User, *, kind: str, url: str, title: str, layer: str = "", secret: str = "", passed_as: str = ""
) -> LayerSource:
    """Have a layer read from a service; its list of layers is read first. Raises NotPermitted, BadInput."""
    if not keeps_layers(actor):
        raise NotPermitted(_("数据来源由 GIS 人员、区人大工作人员和提供图层的部门设置。"))
    target = _target(actor, layer)
    area = target.area if target else area_of_new(actor)
    url = url.strip()
    require_no_secret(url)
    require_allowed(url, area.pk if area else None)
    if not title.strip() and target is None:
        raise refuse("title", "missing", _("请写明新图层的名称。"))
    User.objects.select_for_update().get(pk=actor.pk)  # so that two forms at once do not both count to less
    if LayerSource.objects.filter(made_by=actor, is_active=True).count() >= MOST:
        raise BadInput(_("一个人最多 %s 个，请先停用不用的。") % MOST, code="too-many")
    source = LayerSource.objects.create(
        layer=target, title=title.strip() or str(target), kind=kind, url=url, secret=secret.strip(),
        passed_as=passed_as.strip() or ("token" if kind == Kind.ARCGIS and secret.strip() else ""),
        department_id=target.department_id if target else own_department(actor), area=area, made_by=actor,
    )  # fmt: skip
    said = {"kind": kind, "url": url.partition("?")[0], "layer": target.slug if target else ""}
    record(actor, "layer.source-added", source, **said)
    queue(source)
    return source


def _target(actor: User, slug: str) -> Layer | None:
    if not slug:
        return None
    found = layers_managed_by(actor).filter(slug=slug, kind=Layer.Kind.VECTOR, current_version__isnull=False).first()
    if found is None:
        raise refuse("layer", "layer-missing", _("没有名为“%s”的图层。") % slug)
    return found


@transaction.atomic
def choose(actor: User, pk: int, name: str) -> None:
    """Take one of the layers that the service listed, and fetch it. Raises NotPermitted, BadInput, Busy."""
    source = _own(actor, pk)
    if name not in {each["name"] for each in source.choices}:
        raise refuse("name", "invalid", _("服务的目录里没有这个图层。"))
    if source.type_name and source.type_name != name:
        raise BadInput(_("已经选过图层；要读另一个图层，请另外添加一个来源。"), code="chosen")
    LayerSource.objects.filter(pk=pk).update(type_name=name)
    record(actor, "layer.source-chosen", source, name=name)
    queue(source)


@transaction.atomic
def ask_now(actor: User, pk: int) -> None:
    """Read it now, whatever its schedule. Raises NotPermitted, Busy where it is being read."""
    queue(_own(actor, pk))


@transaction.atomic
def stop(actor: User, pk: int) -> None:
    """Stop the reading that is under way; what was read of it is thrown away."""
    source = _own(actor, pk)
    LayerSource.objects.filter(pk=source.pk).exclude(doing=Doing.NOTHING).update(
        doing=Doing.NOTHING, outcome=Outcome.STOPPED, said=""
    )


@transaction.atomic
def change_settings(actor: User, pk: int, *, schedule: str, at_hour: int, applies_itself: bool) -> None:
    """Say when it is read, and whether small changes go into the layer without a person. Raises NotPermitted."""
    source = _own(actor, pk)
    source.schedule, source.at_hour, source.applies_itself = schedule, at_hour, applies_itself
    source.next_at = next_time(source, timezone.now())
    source.save(update_fields=["schedule", "at_hour", "applies_itself", "next_at"])
    said = {"schedule": schedule, "at_hour": at_hour, "applies_itself": applies_itself}
    record(actor, "layer.source-settings", source, **said)


@transaction.atomic
def change_secret(actor: User, pk: int, *, secret: str, passed_as: str) -> None:
    """Give another token, or none; it goes to the same host as before. Raises NotPermitted."""
    source = _own(actor, pk)
    LayerSource.objects.filter(pk=source.pk).update(secret=secret.strip(), passed_as=passed_as.strip())
    record(actor, "layer.source-secret", source)


@transaction.atomic
def end_source(actor: User, pk: int) -> None:
    """Read it no more; its layer stays. A second time changes nothing. Raises NotPermitted."""
    source = sources_managed_by(actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if source is None:
        raise NotPermitted(_("没有这个数据来源。"))
    if source.is_active:
        switch_off(source, actor, "ended")


@transaction.atomic
def switch_off(source: LayerSource, actor: Any, why: str) -> None:
    """End it and forget its token; part of whoever says why: `ended`, `maker`."""
    said = _("添加人不再管这个图层，已停用。请由现在的人重新添加。") if why == "maker" else ""
    LayerSource.objects.filter(pk=source.pk).update(
        is_active=False, secret="", doing=Doing.NOTHING, next_at=None, said=said
    )
    record(actor, "layer.source-ended", source, because=why)


def _own(actor: User, pk: int) -> LayerSource:
    source = sources_managed_by(actor).select_for_update(of=("self",)).filter(pk=pk, is_active=True).first()
    if source is None:
        raise NotPermitted(_("没有这个数据来源，或者它已停用。"))
    return source


def take(source: LayerSource) -> None:
    """Mark it as about to be read by whoever calls. Raises Busy where it is being read already."""
    waiting = LayerSource.objects.filter(pk=source.pk, is_active=True, doing=Doing.NOTHING)
    if not waiting.update(doing=Doing.WAITING, heartbeat=timezone.now(), rows_done=0, rows_total=None):
        raise Busy(_("正在读取，请等它结束。"))


def queue(source: LayerSource, *, by_clock: bool = False) -> None:
    """Have the worker read it. Raises Busy where it is being read, or too many of its maker's wait."""
    if LayerSource.objects.filter(made_by=source.made_by_id, doing=Doing.WAITING).count() >= MOST_WAITING:
        raise Busy(_("同一个人添加的来源已有 %d 个在排队，请等它们取完再试。") % MOST_WAITING)
    take(source)
    enqueue(WORK, source.pk, by_clock, lane=Lane.FETCHES)


@transaction.atomic
def note_failure(source: LayerSource, message: str) -> None:
    """Write down in words why a reading failed; it is tried again later. Who looks after the layer is told once."""
    now = timezone.now()
    source.failures = min(source.failures + 1, 1000)
    source.failing_since = source.failing_since or now
    values = {
        "doing": Doing.NOTHING, "outcome": Outcome.FAILED, "said": message, "failures": source.failures,
        "failing_since": source.failing_since, "next_at": retry_time(source, now),
    }  # fmt: skip
    LayerSource.objects.filter(pk=source.pk).update(**values)
    if source.failures == TOLD_AFTER:
        title = format_lazy(gettext_lazy("数据来源“{title}”多次没有取到"), title=source.title)
        key = f"layer-source:{source.pk}:failing:{source.failing_since.isoformat()}"
        notify(keepers_of(source), "layer-source-failing", title, message, source.get_absolute_url(), key=key)


def tell_of_changes(source: LayerSource) -> None:
    """Tell those who look after the layer that a change waits for them."""
    title = format_lazy(gettext_lazy("“{title}”的数据来源有变化，等您确认"), title=source.title)
    body = gettext_lazy("新的内容已经取到并检查过，请看过差异后确认导入，或者取消。")
    _tell_of_import(source, "layer-source-changed", title, body, "")


def tell_of_application(source: LayerSource) -> None:
    """Tell the same people that a change went in by itself."""
    title = format_lazy(gettext_lazy("“{title}”已按数据来源自动更新"), title=source.title)
    body = gettext_lazy("变化不大，按设置没有等人确认。请看一看差异；不对的话，可以撤销这个版本。")
    _tell_of_import(source, "layer-source-applied", title, body, ":applied")


def _tell_of_import(source: LayerSource, kind: str, title: Any, body: Any, once: str) -> None:
    assert source.last_job is not None  # noqa: S101 - there is an import to be told of
    page = reverse("layers:import_job", args=[source.last_job.pk])
    notify(keepers_of(source), kind, title, body, page, key=f"layer-source:job:{source.last_job.pk}{once}")


def keepers_of(source: LayerSource) -> list[User]:
    """Who made it, and the officers of the department whose layer it fills, as far as they see its imports."""
    department = source.layer.department_id if source.layer else source.department_id
    officers = User.objects.filter(role=Role.OFFICER, department=department) if department else User.objects.none()
    people = {person.pk: person for person in (source.made_by, *officers) if person.is_active and not person.is_service}
    job = source.last_job_id
    return [one for one in people.values() if job is None or jobs_visible_to(one).filter(pk=job).exists()]


def area_of(source: LayerSource) -> int | None:
    """The district whose hosts it may name."""
    return source.layer.area_id if source.layer else source.area_id


def drop_waiting(source: LayerSource) -> None:
    """Cancel the import that waits for a person: it brought nothing new, or a newer one takes its place."""
    if source.last_job is not None and source.last_job.state in TABLE.sources("confirm"):
        jobs.cancel(source.last_job)


@transaction.atomic
def add_host(actor: User, *, host: str, note: str = "") -> SourceHost:
    """Let sources name a host, an inner one where the operator names it too. Raises NotPermitted, BadInput."""
    if not may_edit_layers(actor):
        raise NotPermitted(_("由 GIS 人员或区人大工作人员决定可以读取哪些主机。"))
    host = host.strip().lower()
    if len(host) > 120 or not (host in inner_hosts() or _is_public_name(host)):
        raise refuse("host", "invalid", _("只写主机名，例如 data.example.gov.cn，不带 https:// 和路径。"))
    area = area_of_new(actor)
    try:
        with transaction.atomic():
            made = SourceHost.objects.create(host=host, note=note.strip(), area=area, added_by=actor)
    except IntegrityError:
        raise refuse("host", "exists", _("这个主机已经在名单里。")) from None
    record(actor, "layer.source-host-added", made, host=host)
    return made


def _is_public_name(host: str) -> bool:
    is_plain = host.isascii() and "." in host and not any(one in host for one in "/:@?#[]\\ *")
    return is_plain and public_host(f"https://{host}/") == host and not host.endswith(INNER_NAMES)


@transaction.atomic
def end_host(actor: Asker, pk: int) -> None:
    """Take a host off the list; sources there are asked no more. Raises NotPermitted."""
    found = hosts_decided_by(actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None or not isinstance(actor, User):
        raise NotPermitted(_("没有这个主机。"))
    if found.ended_at is None:
        SourceHost.objects.filter(pk=pk).update(ended_by=actor, ended_at=timezone.now())
        record(actor, "layer.source-host-ended", found, host=found.host)
