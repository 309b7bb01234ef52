"""Who may write what: an empty POST by each person."""

import pytest
from django.urls import reverse

from tests.architecture.access.answers import expected
from tests.architecture.access.table import arguments

pytestmark = pytest.mark.slow


def test_each_person_may_write_what_the_table_says(scene, ask_everybody, write):
    route, words, answers = write
    address = reverse(route, kwargs=arguments(words, scene.things))
    assert ask_everybody("post", address) == expected(answers), address
