"""Study material: each person's own marks, of the version in force, and what comes next on her own page."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from geokit.refusal import BadInput
from library.models import Document, Studied, Version
from library.study.services import mark_studied, progress_of
from tests.conftest import World
from tests.data.cast import person

pytestmark = pytest.mark.django_db


def material(code: str, area: Any, **more: Any) -> Document:
    document = Document.objects.create(code=code, title=f"代表怎样审查预算 {code}", kind="study", area=area, **more)
    Version.objects.create(document=document, adopted_on=date(2025, 1, 1), sha256=code * 4)
    return document


@pytest.fixture
def reader(world: World) -> User:
    return person("who-studies", "deputy")


def test_a_mark_is_ones_own_and_stands_on_the_document_and_on_ones_page(
    world: World, reader: User, as_user: Any
) -> None:
    first, second = material("budget", world.district), material("rivers", world.district)
    client = as_user(reader)
    page = client.get("/me/").content.decode()
    assert "已学 0 / 2" in page and first.title in page and second.title in page
    assert "我已学完" in client.get(first.get_absolute_url()).content.decode()
    for _twice in range(2):
        assert client.post("/library/budget/studied/").status_code == 302
    assert Studied.objects.get().reader == reader
    page = client.get("/me/").content.decode()
    left, _, read = page.partition("学过的")
    assert "已学 1 / 2" in left and first.title not in left and second.title in left
    assert first.title in read and second.title not in read
    assert "您已学完" in client.get(first.get_absolute_url()).content.decode()
    assert progress_of(person("another-deputy", "deputy"), 3).done == 0


def test_another_version_is_studied_anew(world: World, reader: User) -> None:
    document = material("budget", world.district)
    mark_studied(reader, "budget")
    assert progress_of(reader, 3).done == 1
    Version.objects.create(document=document, adopted_on=date(2026, 1, 1), sha256="new")
    assert progress_of(reader, 3).next == [document]


def test_the_mark_is_of_the_version_in_force_and_is_asked_for_and_shown_there_alone(
    world: World, reader: User, as_user: Any
) -> None:
    document, client = material("budget", world.district), as_user(reader)
    read, tomorrow = document.versions.get(), timezone.localdate() + timedelta(days=1)
    coming = Version.objects.create(document=document, in_force_on=tomorrow, sha256="new")
    address = document.get_absolute_url()
    assert "我已学完" in client.get(address).content.decode()
    assert "我已学完" not in client.get(f"{address}?version={coming.pk}").content.decode()
    assert client.post("/library/budget/studied/").status_code == 302
    assert Studied.objects.get().version == read and progress_of(reader, 3).done == 1
    assert "您已学完" in client.get(address).content.decode()
    assert "您已学完" not in client.get(f"{address}?version={coming.pk}").content.decode()
    Version.objects.filter(pk=coming.pk).update(in_force_on=timezone.localdate())
    assert progress_of(reader, 3).done == 0
    assert "我已学完" in client.get(address).content.decode()


def test_what_is_only_to_come_is_marked_as_it_is_shown(world: World, reader: User) -> None:
    document = material("budget", world.district)
    document.versions.update(adopted_on=None, in_force_on=timezone.localdate() + timedelta(days=1))
    assert mark_studied(reader, "budget").version == document.versions.get()
    assert progress_of(reader, 3).done == 1


def test_what_is_no_study_material_or_not_hers_takes_no_mark(world: World, reader: User, as_user: Any) -> None:
    material("inner", world.district)
    law = Document.objects.create(code="a-law", title="法", kind="law", visibility="public")
    Version.objects.create(document=law, sha256="x")
    client = as_user(reader)
    assert client.post("/library/a-law/studied/").status_code == 404
    assert client.post("/library/no-such/studied/").status_code == 404
    assert as_user(None).post("/library/inner/studied/").status_code == 302  # to sign in
    with pytest.raises(BadInput):
        mark_studied(reader, "a-law")
    assert not Studied.objects.exists()
