"""A session that ends while somebody types: she signs in again and what she typed is in its form."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

ADDRESS = "/work/views/"
TYPED = {"name": "写了很久的名字", "query": "due=overdue", "csrfmiddlewaretoken": "t", "password": "secret-word"}


def shown(page):
    found = re.search(r'<script id="typed-again"[^>]*>(.*?)</script>', page.text)
    return json.loads(found[1]) if found else None


@pytest.fixture
def ended(on_device, enter, officer):
    """A device on which an officer's session has ended for idleness just as she sent a form."""
    client = on_device()
    enter(client, officer)
    with time_machine.travel(timezone.now() + timedelta(hours=9)):
        answer = client.post(ADDRESS, TYPED, headers={"Referer": "http://testserver/work/?due=overdue"})
    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=/work/%3Fdue%3Doverdue")
    return client


def test_what_was_typed_is_in_the_form_once_she_is_back(ended, enter, officer):
    enter(ended, officer)
    assert shown(ended.get("/notices/")) is None
    page = ended.get("/work/?due=overdue")
    assert shown(page) == {"path": ADDRESS, "fields": [["name", ["写了很久的名字"]], ["query", ["due=overdue"]]]}
    assert "secret-word" not in page.text
    assert shown(ended.get("/work/?due=overdue")) is None


def test_a_ballot_is_written_nowhere(on_device, enter, officer):
    client = on_device()
    enter(client, officer)
    with time_machine.travel(timezone.now() + timedelta(hours=9)):
        answer = client.post("/projects/votes/1/cast/", {"choices": ["3"], "code": "123456"})
    assert answer.status_code == 302
    assert "typed" not in client.session


def test_another_person_at_the_same_desk_does_not_see_it(ended, enter, deputy):
    enter(ended, deputy)
    assert shown(ended.get("/work/?due=overdue")) is None


def test_the_public_leaves_nothing_behind_and_no_foreign_page_is_led_to(client, world):
    answer = client.post(ADDRESS, TYPED, headers={"Referer": "http://elsewhere.example/work/"})
    assert answer["Location"].endswith(f"?next={ADDRESS}")
    assert "typed" not in client.session
