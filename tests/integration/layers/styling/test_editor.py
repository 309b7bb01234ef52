"""The style editor without a browser: drafts, saving, staleness, undo, copying; and the style that maps read."""

from collections.abc import Callable
from typing import Any

import pytest

from layers.models import Layer
from layers.styling.services import save_style
from layers.styling.style import Style, StyleClass
from ledger.models import AuditEntry

pytestmark = pytest.mark.django_db
PLAIN = {
    "kind": "single", "colour": "#112233", "minzoom": "0", "maxzoom": "24", "opacity": "100", "shape": "circle",
    "size": "5", "width": "2", "dash": "solid", "fill_opacity": "0.5", "outline_width": "1", "revision": "1",
}  # fmt: skip
ADDRESS = "/layers/ponds/style/"


@pytest.fixture
def gis_client(gis: Any, as_user: Callable) -> Any:
    return as_user(gis)


def again(answer: Any, **changes: Any) -> dict[str, Any]:
    """The form as the page shows it, sent back with changes; what a browser would send."""
    style, form = answer.context["style"], answer.context["form"]
    values = {form[name].html_name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in values.items() if value is not None and value is not False}
    for row in answer.context["rows"]:
        item = row.item
        parts = {"colour": item.colour, "label": item.label, "shape": item.shape, "dash": item.dash}
        parts |= {"value": item.value} if item.value is not None else {}
        parts |= {"min": item.min, "max": item.max} if item.min is not None else {}
        sent |= {f"{row.prefix}-{name}": value for name, value in parts.items()}
    assert style is not None
    return {**sent, **changes}


def test_a_draft_is_shown_and_not_saved(gis_client: Any, ponds: Layer) -> None:
    answer = gis_client.post(ADDRESS, {**PLAIN, "do": "preview"})
    assert answer.status_code == 200
    assert answer.context["is_draft"]
    assert "#112233" in answer.context["preview"]
    ponds.refresh_from_db()
    assert (ponds.style, ponds.revision) == ({}, 1)


def test_saving_is_in_the_maps_style_the_api_and_the_legend(gis_client: Any, ponds: Layer, client: Any) -> None:
    draft = gis_client.post(ADDRESS, {**PLAIN, "kind": "categorized", "field": "名称", "do": "preview"})
    assert [row.words for row in draft.context["rows"]] == ["西塘河北段", "南塘河", "鄞江小微水体", "其他", "无数据"]
    answer = gis_client.post(
        ADDRESS, again(draft, **{"class-0-colour": "#abcdef", "class-0-label": "一条河", "do": "save"})
    )
    assert answer.status_code == 302
    drawn = client.get("/styles/district.json").json()
    assert "#abcdef" in str([layer for layer in drawn["layers"] if layer.get("source") == "ponds"])
    assert drawn["sources"]["ponds"]["tiles"][0].endswith("/tiles/ponds/{z}/{x}/{y}.mvt")
    legend = client.get("/api/v1/layers/ponds/legend/").json()["entries"]
    assert [(item["label"], item["count"]) for item in legend] == [
        ("一条河", 1), ("南塘河", 1), ("鄞江小微水体", 1), ("其他", 0), ("无数据", 0),
    ]  # fmt: skip
    page = client.get("/layers/ponds/legend/").content.decode()
    assert "一条河" in page and "个要素" in page
    assert AuditEntry.objects.filter(verb="layer.style").count() == 1


def test_labels_and_colours_survive_what_does_not_touch_the_classes(gis_client: Any, ponds: Layer) -> None:
    draft = gis_client.post(ADDRESS, {**PLAIN, "kind": "graduated", "field": "面积", "given-method": "equal",
                                      "classes_wanted": "3", "do": "preview"})  # fmt: skip
    named = again(draft, **{"class-1-label": "中", "opacity": "50", "do": "preview"})
    kept = gis_client.post(ADDRESS, named)
    assert kept.context["style"].classes[1].label == "中"
    recoloured = gis_client.post(ADDRESS, again(kept, palette="blues", do="preview"))
    assert recoloured.context["style"].classes[1].label == "中"
    assert recoloured.context["style"].classes[1].colour != kept.context["style"].classes[1].colour
    fresh = gis_client.post(ADDRESS, again(recoloured, classes_wanted="2", do="preview"))
    assert [item.label for item in fresh.context["style"].classes] == ["", ""]


def test_grades_count_what_they_hold_and_the_histogram_is_drawn(gis_client: Any, ponds: Layer) -> None:
    answer = gis_client.post(ADDRESS, {**PLAIN, "kind": "graduated", "field": "户数", "given-method": "manual",
                                       "breaks": "5，10", "do": "preview"})  # fmt: skip
    assert [entry.count for entry in answer.context["legend"]] == [1, 0, 1, 1]
    drawing = answer.context["histogram"]
    assert (drawing.lowest, drawing.highest, drawing.missing, len(drawing.breaks)) == (3, 12, 1, 2)
    assert sum(bar.count for bar in drawing.bars) == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "graduated", "field": "名称", "basis": "graduated|"}, "数字"),
        ({"kind": "graduated", "field": "面积", "given-method": "manual", "breaks": "x"}, "界限"),
        ({"kind": "graduated", "field": "面积", "given-method": "manual", "breaks": ""}, "界限"),
        ({"colour": "red"}, "颜色"),
        ({"size": "900"}, "大小"),
        ({"minzoom": "14", "maxzoom": "10"}, "样式"),
        ({"field": "没有", "kind": "categorized"}, "字段"),
    ],
)
def test_what_does_not_fit_is_said_and_changes_nothing(
    gis_client: Any, ponds: Layer, change: dict[str, str], says: str
) -> None:
    answer = gis_client.post(ADDRESS, {**PLAIN, **change, "do": "save"})
    assert answer.status_code == 400
    assert says in answer.content.decode()
    ponds.refresh_from_db()
    assert ponds.style == {}


def test_a_form_opened_before_somebody_elses_save_is_refused_and_shows_both(
    gis_client: Any, ponds: Layer, staff: Any
) -> None:
    save_style(ponds, Style(opacity=0.3), 1, staff)
    answer = gis_client.post(ADDRESS, {**PLAIN, "do": "save"})
    assert answer.status_code == 409
    assert answer.context["current_legend"]
    assert answer.context["style"].symbol.colour == "#112233", "the refused draft is still there"
    ponds.refresh_from_db()
    assert ponds.style["opacity"] == 0.3
    told = gis_client.post(ADDRESS, again(answer, do="save"))
    assert told.status_code == 302, "having been told, she may save over it"


def test_a_preview_does_not_wash_staleness_away(gis_client: Any, ponds: Layer, staff: Any) -> None:
    save_style(ponds, Style(opacity=0.3), 1, staff)
    draft = gis_client.post(ADDRESS, {**PLAIN, "do": "preview"})
    assert gis_client.post(ADDRESS, again(draft, do="save")).status_code == 409


def test_every_style_is_kept_and_the_first_can_be_taken_again(gis_client: Any, ponds: Layer) -> None:
    for revision, colour in enumerate(("#111111", "#222222"), start=1):
        gis_client.post(ADDRESS, {**PLAIN, "colour": colour, "revision": revision, "do": "save"})
    ponds.refresh_from_db()
    assert [item.number for item in ponds.styles.all()] == [3, 2, 1]
    gis_client.post(f"{ADDRESS}restore/", {"number": "2", "revision": ponds.revision})
    ponds.refresh_from_db()
    assert ponds.style["symbol"]["colour"] == "#111111"
    gis_client.post(f"{ADDRESS}restore/", {"number": "1", "revision": ponds.revision})
    ponds.refresh_from_db()
    assert (ponds.style, ponds.styles.count()) == ({}, 5)


@pytest.mark.parametrize("form", [{"number": "9", "revision": "1"}, {"number": "x", "revision": "1"}, {"number": "1"}])
def test_restoring_what_is_not_there_changes_nothing(gis_client: Any, ponds: Layer, form: dict[str, str]) -> None:
    gis_client.post(f"{ADDRESS}restore/", form)
    ponds.refresh_from_db()
    assert (ponds.style, ponds.revision) == ({}, 1)


def test_a_style_is_copied_where_it_fits(
    gis_client: Any, ponds: Layer, tmp_path: Any, load_file: Callable, gis: Any
) -> None:
    from tests.data.gis_files import square, write_file

    rows = [{"名称": "甲", "深度": 3.5}]
    load_file(write_file(tmp_path / "b.gpkg", [square(121.33, 29.86)], rows), slug="wells", title="水井")
    wells = Layer.objects.get(slug="wells")
    save_style(wells, Style(kind="categorized", field="名称", classes=(StyleClass("#0f0f0f", value="甲"),)), 1, gis)
    answer = gis_client.post(ADDRESS, {"do": "copy", "other": "wells"})
    assert answer.context["style"].classes[0].colour == "#0f0f0f"
    ponds.refresh_from_db()
    assert ponds.style == {}, "a copy is a draft"

    wells.refresh_from_db()
    grades = (StyleClass("#0f0f0f", min=0, max=5),)
    save_style(wells, Style(kind="graduated", field="深度", classes=grades), wells.revision, gis)
    assert gis_client.post(ADDRESS, {"do": "copy", "other": "wells"}).status_code == 400
    assert gis_client.post(ADDRESS, {"do": "copy", "other": "nothing"}).status_code == 400


@pytest.mark.parametrize(
    "address", [ADDRESS, f"{ADDRESS}restore/", "/layers/ponds/publish/", "/layers/ponds/withdraw/"]
)
def test_only_editors_style_and_publish(
    ponds: Layer, client: Any, deputy: Any, officer: Any, as_user: Callable, address: str
) -> None:
    assert client.post(address, PLAIN).status_code == 302
    for user in (deputy, officer):
        assert as_user(user).post(address, PLAIN).status_code == 404
    ponds.refresh_from_db()
    assert (ponds.style, ponds.visibility, ponds.revision) == ({}, "public", 1)


def test_the_maps_style_holds_what_its_reader_may_see(
    secret_ponds: Layer, client: Any, deputy: Any, as_user: Callable
) -> None:
    public, inner = client.get("/styles/district.json"), as_user(deputy).get("/styles/district.json?part=loaded")
    assert "ponds" not in public.content.decode()
    assert [item["id"] for item in inner.json()["metadata"]["loaded"]] == ["ponds"]
    assert {layer["source"] for layer in inner.json()["layers"]} == {"ponds"}
    assert client.get("/layers/ponds/legend/").status_code == 404
    assert client.get("/api/v1/layers/ponds/style/").status_code == 404


def test_the_style_says_when_a_layer_changed_and_only_then(gis_client: Any, ponds: Layer, client: Any) -> None:
    def digest() -> str:
        return client.get("/styles/district.json?part=loaded").json()["metadata"]["loaded"][0]["digest"]

    before = digest()
    answer = client.get("/styles/district.json?part=loaded")
    same = client.get("/styles/district.json?part=loaded", headers={"If-None-Match": answer["ETag"]})
    assert (same.status_code, digest()) == (304, before)
    gis_client.post(ADDRESS, {**PLAIN, "do": "save"})
    assert digest() != before


def test_an_unknown_theme_is_refused(ponds: Layer, client: Any) -> None:
    assert client.get("/api/v1/layers/ponds/style/?theme=dark").status_code == 200
    answer = client.get("/api/v1/layers/ponds/style/?theme=neon")
    assert (answer.status_code, answer.json()["code"]) == (400, "theme-unknown")


def test_a_draft_with_a_thousand_names_groups_the_rare_ones(
    world: Any, gis_client: Any, tmp_path: Any, load_file: Callable
) -> None:
    from tests.data.gis_files import square, write_file

    rows = [{"name": f"n{index % 60:02d}"} for index in range(180)]
    shapes = [square(121.3 + index * 0.0005, 29.85, 0.0002) for index in range(180)]
    load_file(write_file(tmp_path / "many.gpkg", shapes, rows), slug="many", title="很多")
    draft = gis_client.post("/layers/many/style/", {**PLAIN, "kind": "categorized", "field": "name", "do": "preview"})
    style = draft.context["style"]
    assert len(style.classes) == 24
    assert draft.context["categories_left"] == 36
    assert len({(item.colour, item.shape) for item in style.classes}) == 24, "no two classes look alike"
    counts = [entry.count for entry in draft.context["legend"]]
    assert sum(counts) == 180
    assert counts[-2] == 36 * 3
