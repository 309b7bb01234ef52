"""Controls of the room's forms are described and labelled by elements that are on the page."""

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from layers.importing import raster_loading
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.models import Layer
from tests.data.tiffs import hills, write_tiff

pytestmark = pytest.mark.django_db
NAMING = ("aria-describedby", "aria-labelledby", "for")


class Names(HTMLParser):
    """The ids of a page, and those that its attributes name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.named: set[str] = set()
        self.described: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(given["id"] or "")
        self.described |= set((given.get("aria-describedby") or "").split())
        self.named |= {name for attribute in NAMING for name in (given.get(attribute) or "").split()}


@pytest.fixture
def gis_client(as_user: Callable, gis: Any) -> Any:
    return as_user(gis)


@pytest.fixture
def dem(tmp_path: Path) -> None:
    path = write_tiff(tmp_path / "dem.tif", hills())
    raster_loading.load(LoadOptions(path=path, file_name="dem.tif", slug="dem", title="地形"), Report())


def names_of(answer: Any) -> Names:
    found = Names(answer.content.decode())
    assert sorted(found.ids) == sorted(set(found.ids)), "an id stands twice"
    assert found.named <= set(found.ids), f"named but not there: {found.named - set(found.ids)}"
    return found


@pytest.mark.parametrize("tool", ["within", "summary"])
def test_the_overlay_form_is_described_before_and_after_a_mistake(ponds: Layer, gis_client: Any, tool: str) -> None:
    fresh = names_of(gis_client.get("/layers/overlay/", {"tool": tool}))
    assert "overlay-only_helptext" in fresh.described
    wrong = gis_client.post("/layers/overlay/", {"tool": tool, "layer": "nothing", "zones": "nowhere"})
    assert wrong.status_code == 400
    assert {"overlay-only_helptext", "overlay-layer_error", "overlay-zones_error"} <= names_of(wrong).described


@pytest.mark.parametrize("page", ["", "import/", "ponds/", "ponds/publish/", "ponds/style/", "ponds/table/"])
def test_every_page_with_a_form_names_only_what_it_has(ponds: Layer, gis_client: Any, page: str) -> None:
    names_of(gis_client.get(f"/layers/{page}"))


def test_refused_forms_name_only_what_they_have(ponds: Layer, dem: None, gis_client: Any) -> None:
    for page, given in (
        ("ponds/publish/", {"revision": "1"}),
        ("ponds/style/", {"do": "save", "kind": "single", "opacity": "many"}),
        ("dem/raster/style/", {"do": "save", "mode": "ramp", "steps": "1"}),
        ("ponds/edit/", {"title": ""}),
    ):
        answer = gis_client.post(f"/layers/{page}", given)
        assert answer.status_code in (400, 422), page
        assert [name for name in names_of(answer).described if name.endswith("_error")], page
