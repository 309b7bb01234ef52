"""Who gets what at every address: each is asked as each person."""

import pytest
from django.urls import reverse

from tests.architecture.access.answers import expected
from tests.architecture.access.table import arguments

pytestmark = pytest.mark.slow


def test_each_person_gets_what_the_table_says(scene, ask_everybody, read):
    route, words, answers = read
    address = reverse(route, kwargs=arguments(words, scene.things))
    assert ask_everybody("get", address) == expected(answers), address


def test_a_person_who_is_no_longer_active_is_the_public(scene):
    client = scene.client("staff")
    type(scene.people["staff"]).objects.filter(username="a-staff").update(is_active=False)
    assert client.get(reverse("projects:detail", kwargs={"code": "CANDIDATE"})).status_code == 404
    assert client.get(reverse("work")).status_code == 302
