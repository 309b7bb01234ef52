"""How long versions are kept: old ones lose their rows and keep their record.

A published version is never touched, and of every other its record stays: who, when, which file, the report.
Deliveries and sittings of edits are counted apart, so that many small edits push no delivered file out. Days count from
when a version was replaced, not from when it was loaded: what was published until yesterday is not old.
"""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts import rules
from layers.rules import KEEP_DAYS, KEEP_VERSIONS, most_kept
from layers.signals import version_removed
from layers.storage import tables
from layers.storage.models import Layer, LayerVersion
from ledger.audit import record
from ledger.models import AuditEntry

EDIT = LayerVersion.Mode.EDIT
UNDONE = "layer.undo"
"""What the audit trail calls going back to another version; `after` in its detail is that one's number."""


def due_versions() -> list[LayerVersion]:
    """Versions not published, not among their layer's newest, replaced long enough ago, below no sitting that stays."""
    book = rules.book()
    limit, most = timezone.now() - timedelta(days=most_kept(book, KEEP_DAYS)), most_kept(book, KEEP_VERSIONS)
    return [version for layer in Layer.objects.all() for version in _due_of(layer, limit, most)]


def _due_of(layer: Layer, limit: datetime, most: int) -> list[LayerVersion]:
    """Those of a layer, the oldest first. A sitting that stays keeps the delivery before it: what it changed."""
    versions = list(layer.versions.filter(removed=None).order_by("-number").defer("report"))
    delivered = [version for version in versions if version.mode != EDIT]
    sittings = [version for version in versions if version.mode == EDIT]
    stay = {layer.current_version_id, *(version.pk for version in (*delivered[:most], *sittings[:most]))}
    replaced = _replaced(layer)
    stay |= {version.pk for version in versions if (at := replaced.get(version.number)) is None or at >= limit}
    for sitting in sittings:
        if sitting.pk in stay:
            stay.add(next((version.pk for version in delivered if version.number < sitting.number), None))
    return [version for version in reversed(versions) if version.pk not in stay]


def _replaced(layer: Layer) -> dict[int, datetime]:
    """When each version, by its number, was published last until: by a newer one, or by going back to another.

    The one that came last is not among them.
    """
    begun: list[tuple[datetime, int | None]] = list(layer.versions.values_list("created", "number"))
    about = {"verb": UNDONE, "object_type": Layer._meta.label_lower, "object_id": str(layer.pk)}
    begun += AuditEntry.objects.filter(**about).values_list("at", "detail__after")
    begun.sort(key=lambda one: (one[0], one[1] or 0))
    return {number: until for (_at, number), (until, _next) in pairwise(begun) if number is not None}


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
