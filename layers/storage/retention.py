"""How long versions are kept: old ones lose their rows and keep their record.

A published version is never touched, and of every other its record stays: who, when, which file, the report.
Deliveries and sittings of edits are counted apart, so that many small edits push no delivered file out.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts import rules
from layers.rules import KEEP_DAYS, KEEP_VERSIONS
from layers.signals import version_removed
from layers.storage import tables
from layers.storage.models import Layer, LayerVersion
from ledger.audit import record

EDIT = LayerVersion.Mode.EDIT


def due_versions() -> list[LayerVersion]:
    """Versions that are not published, not among their layer's newest, old enough, and below no sitting that stays."""
    book = rules.book()
    limit, most = timezone.now() - timedelta(days=book.value(KEEP_DAYS)), book.value(KEEP_VERSIONS)
    return [version for layer in Layer.objects.all() for version in _due_of(layer, limit, most)]


def _due_of(layer: Layer, limit: datetime, most: int) -> list[LayerVersion]:
    """Those of a layer, the oldest first. A sitting that stays keeps the delivery before it: what it changed."""
    versions = list(layer.versions.filter(removed=None).order_by("-number").defer("report"))
    delivered = [version for version in versions if version.mode != EDIT]
    sittings = [version for version in versions if version.mode == EDIT]
    stay = {layer.current_version_id, *(version.pk for version in (*delivered[:most], *sittings[:most]))}
    stay |= {version.pk for version in versions if version.created >= limit}
    for sitting in sittings:
        if sitting.pk in stay:
            stay.add(next((version.pk for version in delivered if version.number < sitting.number), None))
    return [version for version in reversed(versions) if version.pk not in stay]


def remove_version(version: LayerVersion) -> bool:
    """Drop a version's rows and keep its record; False when it has been published, or is busy, in the meantime."""
    with transaction.atomic():
        if not tables.lock_layer(version.layer_id):
            return False
        layer = Layer.objects.select_for_update(of=("self",)).get(pk=version.layer_id)
        if layer.current_version_id == version.pk:
            return False
        version_removed.send(LayerVersion, version=version)
        if version.table_name:
            tables.drop(version.table_name)
        version.rejections.all().delete()
        LayerVersion.objects.filter(pk=version.pk).update(removed=timezone.now())
        record(None, "layer.clean", layer, version=version.number, rows=version.rows)
    return True


def table_bytes() -> dict[str, Any]:
    """Return the bytes of all versions' tables with their indexes, and of each layer's, the largest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, pg_total_relation_size(c.oid)"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relkind = 'r'",
            [tables.SCHEMA],
        )
        sizes: dict[str, int] = dict(cursor.fetchall())
    layers = [_bytes_of(layer, sizes) for layer in Layer.objects.prefetch_related("versions").order_by("slug")]
    return {"tables": sum(sizes.values()), "layers": sorted(layers, key=lambda item: -item["bytes"])}


def _bytes_of(layer: Layer, sizes: dict[str, int]) -> dict[str, Any]:
    versions = list(layer.versions.all())
    return {
        "slug": layer.slug,
        "versions": sum(1 for version in versions if version.removed is None),
        "bytes": sum(sizes.get(version.table_name, 0) for version in versions),
    }
