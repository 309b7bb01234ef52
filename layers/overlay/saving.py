"""Save the result of a run as a layer: a version like an imported one, published in one transaction."""

from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg2 import sql

from accounts.permissions import Asker
from geokit.refusal import BadInput, Busy
from layers.importing.options import LoadOptions
from layers.overlay import result_table, runs
from layers.overlay.models import OverlayRun
from layers.signals import version_published
from layers.storage import tables
from layers.storage.columns import columns_from
from layers.storage.ids import note_ids
from layers.storage.models import Layer, LayerVersion
from layers.storage.ownership import area_of_new, layer_to_change
from layers.storage.versions import show_version
from ledger.actors import account_of
from ledger.audit import record

Mode = LayerVersion.Mode


def save_as_layer(run: OverlayRun, slug: str, title: str, user: Asker, mode: str = "") -> LayerVersion:
    """Make the answer a new layer, or with mode `replace` the next version of one. Raises Refusal."""
    runs.must_have_answer(run)
    if run.rows == 0:
        raise BadInput(_("结果是空的，没有可以保存的要素。"), code="no-rows")
    name = Path(f"overlay-{run.pk}")
    options = LoadOptions(path=name, file_name=name.name, slug=slug, mode=mode or Mode.CREATE)
    options = options.checked()
    with transaction.atomic():
        layer = _layer(run, options, title, user)
        previous = layer.current_version
        version = _version(run, layer, options.mode, user)
        _fill(run, version)
        note_ids(layer, version)
        layer = show_version(layer, version, geometry_type=run.geometry_type)
        _keep_inside(layer, user)
        run.version = version
        run.save(update_fields=["version"])
        record(user, "layer.derive", layer, version=version.number, overlay=run.pk)
        version_published.send(Layer, layer=layer, version=version, previous=previous)
    return version


def _layer(run: OverlayRun, options: LoadOptions, title: str, user: Asker) -> Layer:
    if options.mode == Mode.REPLACE:
        layer = layer_to_change(options.slug, user)
        if layer.kind != Layer.Kind.VECTOR:
            raise BadInput(_("图层“%s”是栅格图层，不能用结果替换。") % layer.title, code="layer-kind-changed")
        if not tables.lock_layer(layer.pk):
            raise Busy(_("图层“%s”正在被另一个导入更新，请稍后再试。") % layer.title, code="layer-busy")
        layer.refresh_from_db()
        return layer
    if options.mode != Mode.CREATE:
        raise BadInput(_("结果只能存为新图层，或整体替换一个图层。"), code="option-invalid")
    try:
        with transaction.atomic():
            return Layer.objects.create(
                slug=options.slug, title=title[:120] or str(run),
                geometry_type=run.geometry_type, description=describe(run), source=_("叠加分析"),
                area=area_of_new(user),
            )  # fmt: skip
    except IntegrityError as error:
        raise BadInput(_("图层“%s”已经存在。") % options.slug, code="layer-exists") from error


def _keep_inside(layer: Layer, user: Asker) -> None:
    """Take a public layer that an answer replaced back inside: the answer is made with all columns of its inputs."""
    if layer.visibility == Layer.Visibility.PUBLIC:
        layer.visibility, layer.revision = Layer.Visibility.INTERNAL, layer.revision + 1
        layer.save(update_fields=["visibility", "revision", "updated"])
        record(user, "layer.withdraw", layer)


def _version(run: OverlayRun, layer: Layer, mode: str, user: Asker) -> LayerVersion:
    number = (layer.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    box = run.result.get("bbox") or (None,) * 4
    report = {
        "status": "loaded", "slug": layer.slug, "version": number, "geometry_type": run.geometry_type,
        "rows_read": run.rows, "rows_loaded": run.rows, "rows_repaired": 0, "rows_rejected": 0,
        "warnings": [], "bbox": run.result.get("bbox"), "derived_from": runs.provenance(run),
    }  # fmt: skip
    return LayerVersion.objects.create(
        layer=layer, number=number, mode=mode, table_name=f"l{layer.pk}_v{number}", fields=run.fields,
        file_name=f"{run.get_tool_display()} {run.pk}", sha256=runs.fingerprint(run), report=report, rows=run.rows,
        west=box[0], south=box[1], east=box[2], north=box[3], created_by=account_of(user),
    )  # fmt: skip


def _fill(run: OverlayRun, version: LayerVersion) -> None:
    columns = columns_from(run.fields)
    tables.build(version.table_name, columns, run.geometry_type)
    names = sql.SQL(", ").join(map(sql.Identifier, [*tables.OWN_COLUMNS, *(column.column for column in columns)]))
    statement = sql.SQL("INSERT INTO {to} ({names}) SELECT {names} FROM {made} ORDER BY geom")
    result_table.run_sql(
        statement.format(
            to=result_table.qualified_name(version.table_name),
            names=names,
            made=result_table.qualified_name(run.table_name),
        )
    )
    tables.finish(version.table_name, columns, None, f"{version.layer.title} v{version.number}")


def describe(run: OverlayRun) -> str:
    """One sentence on where a derived layer comes from."""
    inputs = run.result.get("inputs", [])
    sources = _("、").join(f"{item['title']} {_version_word(item['version'])}" for item in inputs)
    return _("由 %(sources)s 经“%(tool)s”得到。%(method)s") % {
        "sources": sources,
        "tool": run.get_tool_display(),
        "method": run.result.get("method", ""),
    }


def _version_word(version: Any) -> str:
    return f"v{version}" if isinstance(version, int) else str(version)
