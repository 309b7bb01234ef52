"""A body as a page shows it: each block with its file or its drawing."""

from typing import Any

from django.contrib.gis.geos import Point
from django.urls import reverse

from accounts.areas.locator import locator_for
from publishing.body.blocks import Block, BlockKind, files_of
from publishing.register.models import PageRevision

NAMED_BY = ("text", "caption", "title", "alt")
"""What stands for a block in the editor's list, the first that it has."""


def blocks_of(revision: PageRevision | None) -> list[dict[str, Any]]:
    """Return the blocks for the template, `stored` being the file of a picture or an attachment."""
    if revision is None:
        return []
    numbers = files_of(revision.body)
    kept: dict[str, Any] = {str(one.number): one for one in revision.page.files.filter(number__in=numbers)}
    if any(block["kind"] == BlockKind.VIDEO for block in revision.body):
        kept |= {str(one.number): one for one in revision.page.videos.filter(number__in=numbers)}
    return [_shown(block, kept) for block in revision.body]


def _shown(block: Block, kept: dict[str, Any]) -> dict[str, Any]:
    stored, label = kept.get(block.get("file", "")), BlockKind(block["kind"]).label
    words = next((block[name] for name in NAMED_BY if block.get(name)), stored.name if stored else label)
    found: dict[str, Any] = dict(block) | {"stored": stored, "label": label, "words": words}
    if block["kind"] == BlockKind.ISSUE and stored is not None:
        found["sheets"] = list(stored.issue_pages.order_by("number").select_related("file__page"))
    if block.get("subtitles") and stored is not None:
        found["subtitles_url"] = stored.subtitles_url
    if block["kind"] == "map":
        lng, lat = block["lng"], block["lat"]
        found["locator"] = locator_for(Point(lng, lat, srid=4326))
        found["map"] = f"{reverse('map')}?c={lng:.5f},{lat:.5f}&z=16"
    return found


def picture_of(shown: list[dict[str, Any]]) -> Any:
    """Return the first picture of a page, which stands for it elsewhere; None for none."""
    return next((block["stored"] for block in shown if block["kind"] == "picture" and block["stored"]), None)
