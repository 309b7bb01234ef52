"""How long versions are kept: old ones lose their rows and keep their record.

A published version is never touched, and of every other its record stays: who, when, which file, the report.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from layers.signals import version_removed
from layers.storage import tables
from layers.storage.models import Layer, LayerVersion
from ledger.audit import record


def due_versions() -> list[LayerVersion]:
    """Versions that are not published, not among their layer's newest and old enough."""
    limit = timezone.now() - timedelta(days=settings.LAYER_KEEP_DAYS)
    due = []
    for layer in Layer.objects.all():
        kept = layer.versions.filter(removed=None)
        newest = list(kept.order_by("-number").values_list("pk", flat=True)[: settings.LAYER_KEEP_VERSIONS])
        old = kept.filter(created__lt=limit).exclude(pk__in=[*newest, layer.current_version_id])
        due += list(old.order_by("number"))
    return due


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
