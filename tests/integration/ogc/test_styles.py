"""OGC API Styles, by the names of its requirements, and the styles of loaded layers in the languages of others."""

from xml.etree.ElementTree import fromstring

import pytest

from layers.models import Layer
from layers.styling.services import save_style
from layers.styling.style import Style, StyleClass
from tests.integration.layers.conftest import load_file, ponds, secret_ponds  # noqa: F401 - fixtures

STYLES = "http://www.opengis.net/def/rel/ogc/1.0/styles"
BY_NAME = Style(kind="categorized", field="名称", classes=(StyleClass("#123456", value="南塘河"),))


@pytest.fixture
def styled(ponds, gis):  # noqa: F811
    return save_style(ponds, BY_NAME, ponds.revision, gis)


def linked(body, rel, **more):
    return [
        link["href"] for link in body["links"]
        if link["rel"] == rel and all(link.get(name) == value for name, value in more.items())
    ]  # fmt: skip


def test_styles_are_found_from_the_landing_page_and_from_each_layer(anyone, styled):
    """/req/core/base-resource-link, styles-op, styles-success."""
    listed = anyone.get(linked(anyone.get("/ogc/").json(), STYLES)[0]).json()
    ids = [style["id"] for style in listed["styles"]]
    assert len(ids) == len(set(ids)) and {"ponds", "monitoring_points"} <= set(ids)
    below = anyone.get(linked(anyone.get("/ogc/collections/ponds").json(), STYLES)[0]).json()
    assert (below["default"], [style["id"] for style in below["styles"]]) == ("ponds", ["ponds"])
    for style in [*listed["styles"], *below["styles"]]:
        assert anyone.get(linked(style, "describedby")[0]).json()["id"] == style["id"]
        for link in style["links"]:
            answer = anyone.get(link["href"])
            assert (answer.status_code, answer["Content-Type"]) == (200, link["type"]), link
    assert "core" in str(anyone.get("/ogc/conformance").json()["conformsTo"])


def test_a_style_works_by_itself(anyone, styled):
    """/req/core/style-op, style-success; /req/mapbox-style. Only the map's own has words of what is pointed at."""
    body, own = (anyone.get("/ogc/styles/ponds", asked).json() for asked in ({}, {"f": "maplibre"}))
    assert "feature-state" in str(own["layers"]) and "feature-state" not in str(body["layers"])
    assert own["sources"] == body["sources"]
    assert body["version"] == 8 and set(body["sources"]) == {"ponds"}
    assert {layer["source"] for layer in body["layers"]} == {"ponds"}
    assert anyone.get(body["sources"]["ponds"]["url"]).json()["tilejson"] == "3.0.0"
    assert anyone.get(f"{body['sprite']}.json").status_code == 200
    assert "#123456" in str(body["layers"])


def test_a_style_is_read_in_the_languages_that_it_has(anyone, styled):
    """/req/sld-10, style-md-op, style-md-success."""
    for language in ("sld", "qml"):
        text = anyone.get("/ogc/styles/ponds", {"f": language}).content.decode()
        fromstring(text[text.rindex("<qgis") if language == "qml" else 0 :].encode())
        assert "南塘河" in text
    sheets = anyone.get("/ogc/styles/ponds/metadata").json()["stylesheets"]
    assert [(sheet["title"], sheet["native"]) for sheet in sheets] == [
        ("mapbox", False), ("maplibre", True), ("sld", False), ("qml", False),
    ]  # fmt: skip
    assert len(anyone.get("/ogc/styles/monitoring_points/metadata").json()["stylesheets"]) == 2
    refused = anyone.get("/ogc/styles/monitoring_points", {"f": "sld"})
    assert (refused.status_code, refused.json()["code"]) == (400, "bad-format")


def test_a_field_that_is_not_published_is_in_nobody_elses_style(anyone, styled, gis, as_user):
    Layer.objects.filter(pk=styled.pk).update(public_fields=["编号"])
    for language, secret in (("sld", "南塘河"), ("qml", "南塘河"), ("mapbox", "#123456"), ("maplibre", "#123456")):
        assert secret not in anyone.get("/ogc/styles/ponds", {"f": language}).content.decode()
        assert secret in as_user(gis).get("/ogc/styles/ponds", {"f": language}).content.decode()


def test_the_style_of_a_layer_inside_is_missing(anyone, styled, deputy, as_user):
    Layer.objects.filter(pk=styled.pk).update(visibility="internal")
    for address in ("/ogc/styles/ponds", "/ogc/styles/ponds/metadata", "/ogc/collections/ponds/styles"):
        assert (anyone.get(address).status_code, as_user(deputy).get(address).status_code) == (404, 200)
    assert "ponds" not in anyone.get("/ogc/styles").content.decode()
    assert anyone.get("/ogc/styles/nothing").status_code == 404
