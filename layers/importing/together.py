"""Several layers of one source, loaded in one transaction: each becomes a layer of its own, or none does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from geokit.refusal import BadInput, Refusal
from layers.importing import vector_loading
from layers.importing.import_report import COUNTS, Report
from layers.importing.options import SLUG_LENGTH, LoadOptions, free_slug, slug_from
from layers.importing.permissions import give_to_department
from layers.importing.row_reading import Progress
from layers.importing.source import KIND_NAMES
from layers.storage.models import LayerVersion

MOST = 100


def load_together(
    options: LoadOptions,
    report: Report,
    progress: Progress,
    published: Callable[[LayerVersion], None],
    picks: Sequence[Mapping[str, str]],
) -> LayerVersion | None:
    """Load each of `picks` (`layer`, `kind`); the report sums them up. Raises Refusal that names the layer at fault."""
    if options.mode != LayerVersion.Mode.CREATE:
        raise BadInput(_("更新图层时一次只能导入一层，请只选一层。"), code="picks-create-only")
    if not 0 < len(picks) <= MOST:
        raise BadInput(_("一次可以选 1 到 %d 层。") % MOST, code="option-invalid")
    versions: list[LayerVersion | None] = []
    with transaction.atomic():
        for one in _each(options, picks):
            part = Report()
            try:
                version = vector_loading.load(one, part, progress)
            except Refusal as refusal:
                said = {"title": one.title, "reason": refusal.message}
                message = _("“%(title)s”没有导入，整批都没有改动：%(reason)s")
                raise BadInput(message % said, code=refusal.code, errors=refusal.errors) from refusal
            if version is not None:
                give_to_department(options.department, version)
            versions.append(version)
            _add(report, part, first=len(versions) == 1)
        first = versions[0]
        if first is not None:
            first.report = first.report | {"parts": report.parts}
            first.save(update_fields=["report"])
            published(first)
    return first


def _each(options: LoadOptions, picks: Sequence[Mapping[str, str]]) -> list[LoadOptions]:
    """The options of every pick, with a slug and a title of its own from the layer's name and the kind."""
    layers = list(dict.fromkeys(pick.get("layer", "") for pick in picks))
    made: list[LoadOptions] = []
    for pick in picks:
        layer, kind = pick.get("layer", ""), pick.get("kind", "")
        several = sum(other.get("layer", "") == layer for other in picks) > 1
        words = [layer] if len(layers) > 1 else []
        slug = "_".join([options.slug, *map(slug_from, words)])
        first_of_layer = not any(other.layer == layer for other in made)
        ending = "" if not several or first_of_layer else f"_{kind}"
        title = " · ".join(
            [options.title or layer, *(words if options.title else []), *([str(KIND_NAMES[kind])] if several else [])]
        )
        slug = free_slug(slug[: SLUG_LENGTH - len(ending)] + ending, {one.slug for one in made})
        made.append(replace(options, layer=layer, kind=kind, slug=slug, title=title[:120], picks=()))
    return made


def _add(report: Report, part: Report, *, first: bool) -> None:
    """Take over one part: what was found from the first, counts and warnings from all."""
    if first:
        for name in ("driver", "layer", "encoding", "encoding_from", "crs", "crs_from", "datum", "axis", "axis_from",
                     "transformation", "geometry_type", "fields", "slug", "version", "dimensions"):  # fmt: skip
            setattr(report, name, getattr(part, name))
    for name in COUNTS:
        setattr(report, name, getattr(report, name) + getattr(part, name))
    report.rows_read -= part.rows_elsewhere  # each row is counted where it belongs
    report.issues.extend(part.issues)
    report.issues_total += part.issues_total
    for warning in part.warnings:
        if warning["code"] != "kinds-elsewhere":
            report.warn(warning["code"], warning["message"])
    if part.bbox:
        report.reach(part.bbox)
    report.status = part.status
    said: dict[str, Any] = {
        name: getattr(part, name) for name in ("slug", "version", "layer", "geometry_type", *COUNTS)
    }
    said["rows_read"] -= part.rows_elsewhere
    report.parts.append(said)
