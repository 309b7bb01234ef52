# ruff: noqa: F811 - fixtures
"""Places of a paper that are features of a layer: found, copied, and hidden where the layer is."""

import json
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import timezone

from accounts.models import Area, Membership
from geokit.refusal import BadInput
from layers.models import Layer
from layers.storage.rows import rows_of
from papers.models import Paper, PaperPlace
from papers.register import features
from papers.vector_layers import papers_audience, places_visible_to
from tests import roles
from tests.data.cast import person
from tests.integration.layers.conftest import load_file, ponds, secret_ponds  # noqa: F401 - fixtures


def _ask(client: Any, paper: Paper, **given: Any) -> Any:
    return client.post(f"/papers/{paper.pk}/places/", {"way": "feature", "layer": "ponds", **given})


def _names(client: Any, address: str) -> list[str]:
    """Which of the two places a page or an answer names; JSON may write its letters as numbers."""
    answer = client.get(address)
    text = answer.content.decode()
    if "json" in answer["Content-Type"]:
        text = json.dumps(answer.json(), ensure_ascii=False)
    return [name for name in ("暗涵七号", "桥头") if name in text]


def test_a_feature_is_found_by_name_and_by_a_click_and_kept_as_a_copy(
    draft: Paper,
    ponds: Layer,
    deputy: Any,
    as_user: Callable,
) -> None:
    client = as_user(deputy)
    row = rows_of(ponds.current_version).order_by("id").first()
    by_name = features.find(deputy, ponds, words="塘")
    at = row.geom.point_on_surface
    by_click = features.find(deputy, ponds, point=at)
    assert row.pk in [one.pk for one in by_click]
    page = _ask(client, draft, lng=f"{at.x}", lat=f"{at.y}").content.decode()
    assert by_click[0].name in page
    assert f'name="feature" value="{row.pk}"' in page
    assert not PaperPlace.objects.exists()
    assert _ask(client, draft, lng=f"{at.x}", lat=f"{at.y}", feature=row.pk).status_code == 302
    place = PaperPlace.objects.get()
    assert (place.kind, place.layer, place.feature_id) == ("feature", ponds, row.pk)
    assert place.geom.equals(row.geom)
    assert place.name.startswith("小微水体 ")
    assert len(by_name) <= features.MOST_FOUND
    twice = _ask(client, draft, words="x", feature=row.pk)
    assert (twice.status_code, "已经标注" in twice.text) == (400, True)


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({}, 400, "请填名称"),
        ({"words": "没有这个名字"}, 200, "没有找到"),
        ({"words": "\x00"}, 400, ""),
        ({"lng": "121.3"}, 400, "要一起填"),
        ({"lng": "nan", "lat": "29.8"}, 400, ""),
        ({"words": "x", "feature": "999999999"}, 400, "没有这个要素"),
        ({"words": "x", "feature": "-1"}, 400, ""),
        ({"words": "x", "feature": "9" * 40}, 400, ""),
        ({"words": "x", "layer": "nothing"}, 400, ""),
    ],
)
def test_what_finds_nothing_or_is_nothing_is_said(
    given: dict,
    status: int,
    words: str,
    draft: Paper,
    ponds: Layer,
    deputy: Any,
    as_user: Callable,
) -> None:
    answer = _ask(as_user(deputy), draft, **given)
    assert (answer.status_code, words in answer.text, PaperPlace.objects.exists()) == (status, True, False)


def test_only_layers_that_she_may_see_and_drafts_that_are_hers(
    draft: Paper,
    secret_ponds: Layer,
    deputy: Any,
    staff: Any,
    as_user: Callable,
) -> None:
    row = rows_of(secret_ponds.current_version).order_by("id").first()
    assert features.find(None, secret_ponds, point=row.geom.point_on_surface) == []
    with pytest.raises(BadInput):
        features.add_feature(None, draft, secret_ponds, row.pk)  # type: ignore[arg-type]
    assert _ask(as_user(staff), draft, words="x", feature=row.pk).status_code == 404
    assert as_user(None).post(f"/papers/{draft.pk}/places/", {"way": "feature"}).status_code == 302
    assert not PaperPlace.objects.exists()


def test_a_feature_of_an_internal_layer_is_shown_to_nobody_from_outside(
    filed: Paper,
    ponds: Layer,
    deputy: Any,
    as_user: Callable,
    client: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = rows_of(ponds.current_version).order_by("id").first()
    [named_by, *_others] = ponds.public_fields
    PaperPlace.objects.create(
        paper=filed, kind="feature", layer=ponds, feature_id=row.pk, name="暗涵七号", geom=row.geom, named_by=named_by
    )
    PaperPlace.objects.create(paper=filed, kind="shape", name="桥头", geom=Point(121.32, 29.85, srid=4326))
    Paper.objects.filter(pk=filed.pk).update(is_public=True, state="accepted")
    addresses = (
        f"/papers/{filed.pk}/", f"/papers/{filed.pk}/places.geojson", "/api/v1/paper-places/", "/api/v1/papers/",
        f"/api/v1/papers/{filed.pk}/",
    )  # fmt: skip
    anybody, inside = as_user(None), as_user(deputy)
    for address in addresses:
        assert _names(anybody, address) == ["暗涵七号", "桥头"], address
    Layer.objects.filter(pk=ponds.pk).update(visibility="internal")
    for address in addresses:
        assert _names(anybody, address) == ["桥头"], address
        assert _names(inside, address) == ["暗涵七号", "桥头"], address
    assert list(places_visible_to(None).values_list("name", flat=True)) == ["桥头"]
    assert papers_audience(None) == "public" != papers_audience(deputy)
    monkeypatch.setattr(features, "reach_of", lambda user: Area(pk=0))  # as where there are several districts
    monkeypatch.setattr(features, "layers_visible_to", lambda user: Layer.objects.none())
    stranger = person("elsewhere", "deputy")
    assert list(places_visible_to(stranger).values_list("name", flat=True)) == ["桥头"]
    assert set(places_visible_to(deputy).values_list("name", flat=True)) == {"暗涵七号", "桥头"}
    monkeypatch.undo()
    PaperPlace.objects.filter(kind="feature").update(layer=None)
    assert "暗涵七号" not in anybody.get(f"/papers/{filed.pk}/").content.decode()


def test_a_name_from_a_column_that_is_hidden_later_is_read_inside_only(
    draft: Paper, ponds: Layer, deputy: Any, officer: Any, as_user: Callable
) -> None:
    row = rows_of(ponds.current_version).order_by("id").first()
    features.add_feature(deputy, draft, ponds, row.pk)
    place = PaperPlace.objects.get()
    assert place.named_by in [field["name"] for field in ponds.current_version.fields]
    PaperPlace.objects.update(name="小微水体 暗涵七号")
    Paper.objects.filter(pk=draft.pk).update(
        is_public=True, state="accepted", submitted_at=timezone.now(), number="2026-1"
    )
    addresses = (
        f"/papers/{draft.pk}/", f"/papers/{draft.pk}/places.geojson", "/api/v1/paper-places/", "/api/v1/papers/",
        f"/api/v1/papers/{draft.pk}/",
    )  # fmt: skip

    def read_by(user: Any) -> list[bool]:
        in_tile = places_visible_to(user).get().name_shown == "小微水体 暗涵七号"
        return [in_tile, *("暗涵七号" in "".join(_names(as_user(user), address)) for address in addresses)]

    assert all(read_by(None))
    others = [field["name"] for field in ponds.current_version.fields if field["name"] != place.named_by]
    Layer.objects.filter(pk=ponds.pk).update(public_fields=others)
    assert not any(read_by(None))
    assert places_visible_to(None).get().name_shown == ponds.title
    assert all(read_by(officer)) and all(read_by(deputy))
    assert ponds.title in json.dumps(draft.events.latest("pk").detail, ensure_ascii=False)
    PaperPlace.objects.update(named_by="")  # of before it was written down
    Layer.objects.filter(pk=ponds.pk).update(public_fields=[*others, place.named_by])
    assert not any(read_by(None))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else the table waits for what was changed above
    with roles.owner_rights(), connection.schema_editor() as editor:
        import_module("papers.migrations.0004_names_of_places").name_columns(apps, editor)
    assert PaperPlace.objects.get().named_by == place.named_by
    assert all(read_by(None))


def test_who_sat_once_still_sees_her_papers_and_shares_no_tile_with_who_does_not(
    filed: Paper, deputy: Any, officer: Any, gis: Any, congress: Any, world: Any
) -> None:
    PaperPlace.objects.create(paper=filed, kind="shape", name="桥头", geom=Point(121.32, 29.85, srid=4326))
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(pk=congress.lead.pk).update(starts_on=yesterday, ends_on=yesterday, ended="term")
    colleague = person("colleague", "officer", department=world.water)
    for role, department, others in (("deputy", None, gis), ("officer", world.water, officer)):
        deputy.role, deputy.department = role, department
        assert list(places_visible_to(deputy).values_list("name", flat=True)) == ["桥头"]
        assert not places_visible_to(others).exists()
        assert papers_audience(deputy) != papers_audience(others), role
    assert papers_audience(colleague) == papers_audience(officer)
