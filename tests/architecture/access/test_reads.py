"""Who gets what at every address: each is asked as each person."""

import pytest
from django.conf import settings as site
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from tests.architecture.access.answers import PEOPLE, expected
from tests.architecture.access.table import arguments, rows

pytestmark = pytest.mark.slow
READS_ONLY = "geo_portal.middleware.replica.ReadsOnlyMiddleware"


def test_each_person_gets_what_the_table_says(scene, ask_everybody, read):
    route, words, answers = read
    address = reverse(route, kwargs=arguments(words, scene.things))
    assert ask_everybody("get", address) == expected(answers), address


def test_a_person_who_is_no_longer_active_is_the_public(scene):
    client = scene.client("staff")
    type(scene.people["staff"]).objects.filter(username="a-staff").update(is_active=False)
    assert client.get(reverse("projects:detail", kwargs={"code": "CANDIDATE"})).status_code == 404
    assert client.get(reverse("work")).status_code == 302


def test_where_nothing_can_be_written_the_public_gets_the_same_or_is_handed_on(scene, settings):
    """As on a standby (`geo_portal/middleware/replica.py`): a page that writes though it is read is for the primary."""
    settings.READS_ONLY = True
    middleware = [*site.MIDDLEWARE]
    middleware.insert(middleware.index("django.middleware.locale.LocaleMiddleware") + 1, READS_ONLY)
    settings.MIDDLEWARE = middleware
    client, apart, handed_on = Client(raise_request_exception=False), {}, set()
    for route, words, answers in rows("READS"):
        address = reverse(route, kwargs=arguments(words, scene.things))
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL transaction_read_only = on")
            answer = client.get(address)
            transaction.set_rollback(True)
        client.cookies.clear()
        if answer.headers.get("X-Accel-Redirect"):
            handed_on.add(route)
        elif answer.status_code != expected(answers)[PEOPLE[0]]:
            apart[address] = answer.status_code
    assert apart == {}
    assert len(handed_on) < 20, handed_on
