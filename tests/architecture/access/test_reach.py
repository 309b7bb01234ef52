"""Every page is reached by links: whoever may read a page finds the way to it from her work page or the front page."""

import os
import re
from collections import Counter, deque
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse

from tests.architecture.access.answers import expected
from tests.architecture.access.table import arguments, rows
from ui.forms.shadowed import SHADOWED

# What it finds has not been worked off yet: `REACH=1` runs it and lists the routes that no link leads to.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("REACH"), reason="asked for by REACH=1 until every page is linked"),
]

STARTS = ("/work/", "/")
WALKERS = ("deputy", "officer", "gis", "staff", "admin")
VISITS = 2
"""Pages of one route that are opened: the first two things show as much as all of them."""
LINK = re.compile(r"""(?:href|hx-get|data-url)=["']([^"'#]+)""")
FORM = re.compile(r"<form\b[^>]*>", re.IGNORECASE)
FIELD = re.compile(r"""<(?:input|select|textarea|button)\b[^>]*?\sname=["']([^"']+)""")
ACTION = re.compile(r"""action=["']([^"']+)""")
NO_PAGES = ("/api/", "/tiles/", "/rasters/", "/styles/", "/fonts/", "/ogc/", "/static/", "/admin/", "/i18n/")
"""Read by programs, or other people's pages with links of their own."""

BY_OTHER_WAYS = {
    "offline": "the service worker shows it when there is no network",
    "manifest": "read by the browser",
    "service_worker": "read by the browser",
    "healthz": "asked by the machine that watches",
    "readyz": "asked by the machine that watches",
    "metrics": "asked by the machine that watches",
    "sprite": "read by the map",
    "style": "read by the map",
    "account_reauthenticate": "where one is led who must show herself anew",
    "account_inactive": "where a closed account is led when it signs in",
    "signin:reset": "on the page for signing in, for who is not signed in",
    "invitation_code": "printed on the sheet with the code",
}


def _links(text, page):
    for address in LINK.findall(text):
        yield urljoin(page, address.replace("&amp;", "&"))
    for form in FORM.findall(text):
        if 'method="post"' not in form.lower() and (action := ACTION.search(form)):
            yield urljoin(page, action[1])


def _route(path):
    try:
        return resolve(path).view_name
    except Resolver404:
        return None


def _walk(client, wanted):
    """What `client` comes to by links, the pages that did not answer, and fields with a name of the browser's."""
    waiting, seen, visits, reached, broken, shadowed = deque(STARTS), set(STARTS), Counter(), set(), {}, set()
    while waiting and wanted - reached:
        address = waiting.popleft()
        path = urlsplit(address).path
        answer = client.get(address, follow=False)
        if answer.status_code in (301, 302):
            _enter(urljoin(address, answer["Location"]), waiting, seen, visits, reached)
            continue
        if answer.status_code >= 400:
            broken[address] = answer.status_code
        elif answer.get("Content-Type", "").startswith("text/html"):
            text = answer.content.decode()
            shadowed |= {(path, name) for name in FIELD.findall(text) if name in SHADOWED}
            for link in _links(text, path):
                _enter(link, waiting, seen, visits, reached)
    return reached, broken, shadowed


def _enter(link, waiting, seen, visits, reached):
    parts = urlsplit(link)
    if parts.netloc or parts.path.startswith(NO_PAGES) or (name := _route(parts.path)) is None:
        return
    reached.add(name)
    if parts.path not in seen and visits[name] < VISITS:
        seen.add(parts.path)
        visits[name] += 1
        waiting.append(link)


@pytest.mark.parametrize("who", WALKERS)
def test_every_page_that_a_person_may_read_is_reached_by_links(scene, who):
    wanted = set()
    for route, words, answers in rows("READS"):
        address = reverse(route, kwargs=arguments(words, scene.things))
        if expected(answers)[who] == 200 and not address.startswith(NO_PAGES):
            wanted.add(route)
    reached, broken, shadowed = _walk(scene.client(who), wanted - set(BY_OTHER_WAYS))
    assert " ".join(sorted(wanted - reached - set(BY_OTHER_WAYS))) == ""
    assert broken == {}
    assert shadowed == set(), "fields that hide what a form of the browser has"
