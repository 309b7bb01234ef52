"""A form of which a part is missing is refused at every address before anything is written."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.architecture.access.conftest import chosen_rooms
from tests.architecture.access.table import arguments, rows

TOKEN = "t" * 32
WHOLE_FORM = b'--x\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n\r\nbytes\r\n--x--\r\n'
FORM_TYPE = "multipart/form-data; boundary=x"
CUT_FORM = WHOLE_FORM[:-8]
CUT_BODIES = {
    "fewer bytes than announced": (CUT_FORM, len(WHOLE_FORM)),
    "no closing boundary": (CUT_FORM, len(CUT_FORM)),
}

BY_THE_WAY = ("accounts_ratecount", "accounts_opensession", "django_session")
"""Who asks is counted, and every few minutes noted as still there; on a busy machine these requests take so long."""


def _post_cut(client, address, sent, announced):
    """Post part of a form as a browser does, with the token that keeps forged forms out."""
    client.cookies["csrftoken"] = TOKEN
    stream = {"wsgi.input": io.BytesIO(sent), "CONTENT_LENGTH": str(announced)}
    return client.generic("POST", address, sent, FORM_TYPE, headers={"X-CSRFToken": TOKEN}, **stream)


@pytest.mark.parametrize("person", ["deputy", "admin"])
@pytest.mark.parametrize("cut", CUT_BODIES)
def test_a_body_that_is_not_whole_is_refused_everywhere_and_nothing_is_written(request, scene, person, cut):
    client = scene.client(person, enforce_csrf_checks=True)
    for route, words, _ in rows("READS", chosen_rooms(request.config)):
        address = reverse(route, kwargs=arguments(words, scene.things))
        with CaptureQueriesContext(connection) as queries:
            status = _post_cut(client, address, *CUT_BODIES[cut]).status_code
        # 403, 404, 405 and 415 are said before the body is asked for.
        assert status in (400, 403, 404, 405, 415), (status, address)
        written = [row["sql"] for row in queries if row["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert [sql for sql in written if not any(table in sql for table in BY_THE_WAY)] == [], address


def test_every_form_that_a_browser_sends_is_among_them(request, scene):
    client = scene.client("admin", enforce_csrf_checks=True)
    for route, words, _ in rows("WRITES", chosen_rooms(request.config)):
        if route.endswith(("-list", "-steps", "-track", "-stop")) or route.endswith(":mine_step"):
            continue  # the API's, and a private link's, have their own checks
        address = reverse(route, kwargs=arguments(words, scene.things))
        assert _post_cut(client, address, CUT_FORM, len(CUT_FORM)).status_code == 400, address
