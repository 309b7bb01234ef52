"""`manage.py fetch_layer_source [ID]`: read a source now and say what came of it, or list the sources."""

import argparse
from typing import Any

from django.utils.translation import gettext as _

from geokit.refusal import BadInput
from layers.management.layer_command import LayerCommand
from layers.sources import fetching, services
from layers.sources.models import LayerSource


class Command(LayerCommand):
    help = "Read a layer's source (WFS, OGC API, ArcGIS REST, a file's address) now; without ID list the sources."
    name = "fetch_layer_source"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("id", type=int, nargs="?", help="number of the source, as in its page's address")
        super().add_arguments(parser)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        sources = LayerSource.objects.select_related("layer", "last_job", "made_by").filter(is_active=True)
        if given["id"] is None:
            return {"status": "listed", "sources": [_summary(source) for source in sources]}
        source = sources.filter(pk=given["id"]).first()
        if source is None or not source.is_chosen:
            raise BadInput(_("没有这个数据来源，或者它已停用。"), code="source-missing")
        services.take(source)
        fetching.work(source.pk)
        found = _summary(sources.get(pk=source.pk))
        error = {"code": "source-failed", "message": found["said"]}
        return found | ({"error": error} if found["status"] == "failed" else {})

    def print_result(self, body: dict[str, Any]) -> None:
        for found in body.get("sources", [body]):
            waits = f", import {found['import']}" if found["import"] else ""
            self.stdout.write(f"{found['id']} {found['title']}: {found['status']}{waits} {found['said']}".rstrip())


def _summary(source: LayerSource) -> dict[str, Any]:
    """How a source stands; never its token."""
    return {
        "id": source.pk,
        "title": source.title,
        "slug": source.layer.slug if source.layer else "",
        "kind": source.kind,
        "status": source.outcome or "new",
        "said": source.said,
        "fetched": source.fetched_at.isoformat() if source.fetched_at else None,
        "unchanged_since": source.changed_at.isoformat() if source.changed_at else None,
        "next": source.next_at.isoformat() if source.next_at else None,
        "import": source.last_job_id,
    }
