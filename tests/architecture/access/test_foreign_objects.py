"""Permission is role, verb and object: who has the role but not this object is refused, and nothing is written."""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.architecture.access.foreign.row import FOREIGNERS, Foreign
from tests.architecture.access.foreign.table import rows, without_object
from tests.architecture.access.routes import WRITING, methods_of, routes
from tests.architecture.access.table import arguments

pytestmark = pytest.mark.slow

# Requests are counted whoever asks, and a session is touched.
BOOKKEEPING = ("accounts_ratecount", "accounts_opensession", "django_session")
ERRORS = re.compile(r'class="[^"]*error[^"]*"[^>]*>\s*(?:<[^>]+>\s*)*([^<]+)')


def _written(queries):
    changes = (row["sql"] for row in queries if row["sql"].startswith(("INSERT", "UPDATE", "DELETE")))
    return [sql for sql in changes if not any(table in sql for table in BOOKKEEPING)]


def _form(row, things):
    def known(word):
        return (
            re.sub(r"\bRECEIVED:", things["RECEIVED"] + ":", things.get(word, word)) if isinstance(word, str) else word
        )

    filled = {name.replace("PLACE", things["PROJECT_PLACE"]): word for name, word in row.form.items()}
    return {name: [known(w) for w in word] if isinstance(word, list) else known(word) for name, word in filled.items()}


def _send(client, row: Foreign, things):
    address = reverse(row.route, kwargs=arguments(row.words.replace("pk=PLACE", "pk=PROJECT_PLACE"), things))
    more = {"content_type": "application/json"} if row.json else {}
    return getattr(client, row.method)(address, _form(row, things), **more)


def test_a_foreign_object_is_refused_and_nothing_is_written(foreign_scene, foreign):
    answers, wrote = {}, {}
    for name in FOREIGNERS:
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            answers[name] = _send(foreign_scene.client(name), foreign, foreign_scene.things).status_code
            transaction.set_rollback(True)
        if (foreign.by_row or answers[name] >= 400) and (written := _written(queries)):
            wrote[name] = written
    assert " ".join(str(answers[name]) for name in FOREIGNERS) == foreign.answers
    assert wrote == {}


def test_the_same_by_the_one_whose_it_is_is_taken(foreign_scene, foreign):
    response = _send(foreign_scene.client(foreign.rightful), foreign, foreign_scene.things)
    body = response.content.decode(errors="replace")
    said = [text.strip() for text in ERRORS.findall(body)] or body[:600]
    assert (response.status_code, said) == (foreign.taken, said)


def test_every_writing_route_has_a_foreign_object_or_says_why_none():
    writing = {name for name, view in routes() if (methods_of(view) or WRITING) & WRITING}
    held = {row.route for row in rows()} | set(without_object())
    assert writing - held == set()
    assert held - writing == set(), "no such writing route"


def test_no_view_takes_every_method():
    assert {name for name, view in routes() if methods_of(view) is None} == set()


@pytest.mark.parametrize("route", ["projects:edit", "sample-list", "river:transition"])
def test_the_walk_sees_that_a_route_writes(route):
    assert methods_of(dict(routes())[route]) & WRITING
