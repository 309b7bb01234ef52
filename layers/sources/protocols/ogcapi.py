"""OGC API - Features (17-069r4): collections, and the items of one by `next` links."""

from typing import Any
from urllib.parse import quote, urljoin

from django.utils.translation import gettext as _

from layers.sources.client import Client, plain_words, unfetched, with_params
from layers.sources.collected import Collected
from layers.sources.protocols import geojson
from layers.sources.protocols.base import (
    PAGE_ROWS,
    Choice,
    Fetched,
    Progress,
    Wanted,
    count_in,
    list_in,
    smaller_pages,
)


def choices(client: Client) -> list[Choice]:
    """The collections of features."""
    found, _headers = client.json(f"{_landing(client.url)}/collections")
    rows = [row for row in list_in(found, "collections") if row.get("itemType", "feature") == "feature"]
    return [
        Choice(row["id"], plain_words(str(row.get("title") or row["id"]))) for row in rows if _is_name(row.get("id"))
    ]


def fetch(client: Client, wanted: Wanted, report: Progress) -> Fetched:
    """All items of a collection in one GeoJSON file. Raises BadInput."""
    items = f"{_landing(client.url)}/collections/{quote(wanted.name, safe='')}/items"
    out = Collected(wanted.folder / f"{wanted.stem}.geojson", wanted.most_bytes)
    try:
        first, _rows = smaller_pages(lambda rows: client.json(with_params(items, {"limit": rows})), PAGE_ROWS)
        page, headers = first
        out.begin(geojson.head(page, str(headers.get("Content-Crs") or "")), geojson.TAIL)
        expected, seen, here = count_in(page.get("numberMatched")), {items}, items
        while True:
            out.page(geojson.features_in(page), ",\n")
            report(out.count, expected)
            following = _next(page, here)
            if not following:
                break
            if following in seen:
                message = _("对方的“下一页”指回了已经取过的一页，不能确定数据是否完整，没有采用。")
                raise unfetched("source-repeats", message)
            seen.add(following)
            here = following
            page, headers = client.json(here)
        return Fetched(out.path, out.path.name, out.end(expected))
    finally:
        out.close()


def _landing(url: str) -> str:
    return url.partition("?")[0].partition("/collections")[0].rstrip("/")


def _next(page: dict[str, Any], here: str) -> str:
    """The address of the next page; empty after the last."""
    links = [link for link in page.get("links") or [] if isinstance(link, dict) and link.get("rel") == "next"]
    wanted = [link for link in links if "json" in str(link.get("type") or "json")]
    href = wanted[0].get("href") if wanted else None
    return urljoin(here, href) if isinstance(href, str) else ""


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable()
