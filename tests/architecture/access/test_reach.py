"""Every page is reached by links from the work page or the front page, and every form that stands there can be sent."""

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import transaction
from django.urls import Resolver404, resolve, reverse
from lxml import html

from tests.architecture.access.answers import expected
from tests.architecture.access.table import arguments, rows
from ui.forms.shadowed import SHADOWED

pytestmark = pytest.mark.slow

STARTS = ("/work/", "/")
WALKERS = ("deputy", "officer", "gis", "staff", "admin")
VISITS = 2
VISITS_OF = dict.fromkeys(("layers:detail", "river:point", "projects:detail", "projects:vote", "papers:paper"), 6)
"""Pages of one route that are opened: two show as much as all, but where each state shows other steps."""
LINK = re.compile(r"""(?:href|hx-get)=["']([^"'#]+)""")
READ = re.compile(r"""(?:src|data-[\w-]+)=["'](/[^"'#\s]*)""")
"""What a page or its script reads: pictures, data, what it keeps for when there is no network."""
FORM = re.compile(r"<form\b[^>]*>", re.IGNORECASE)
FIELD = re.compile(r"""<(?:input|select|textarea|button)\b[^>]*?\sname=["']([^"']+)""")
LABELLED, NAMED = re.compile(r"""\sfor=["']([^"']+)"""), re.compile(r"""\sid=["']([^"']+)""")
ACTION = re.compile(r"""action=["']([^"']+)""")
NO_PAGES = ("/api/", "/tiles/", "/rasters/", "/styles/", "/fonts/", "/ogc/", "/sta/", "/static/", "/admin/", "/i18n/")
"""Read by programs, or other people's pages with links of their own."""

BY_OTHER_WAYS = {
    "offline": "the service worker shows it when there is no network",
    "manifest": "read by the browser",
    "ogc_landing_without_slash": "asked by programs, which were given the address so",
    "service_worker": "read by the browser",
    "healthz": "asked by the machine that watches",
    "readyz": "asked by the machine that watches",
    "metrics": "asked by the machine that watches",
    "sprite": "read by the map",
    "map_print": "a button of the map, with what is on the screen",
    "card": "read by sites where the page is shared",
    "robots": "read by crawlers",
    "sitemap": "read by crawlers",
    "style": "read by the map",
    "matters:offline": "the service worker shows it when there is no network",
    "patrols:offline": "the service worker shows it when there is no network",
    "mfa_generate_recovery_codes": "beside the factors, once one has any",
    "mfa_list_webauthn": "beside the factors, once one has a passkey",
    "projects:proposal_sent": "where one is led who has sent a proposal",
    "stations:sign_in": "beside activities, where the rule `duty.sign_in_codes` is on",
    "boards:embed": "the line below a public board, for a page of another site",
    "layers:export": "where the form of the download leads",
    "layers:import_crs": "asked by the form of the import while one types",
    "layers:legend": "read by the map",
    "map_code": "asked by the script of a place's card on the map",
    "account_reauthenticate": "where one is led who must show herself anew",
    "account_inactive": "where a closed account is led when it signs in",
    "signin:way_again": "where one is led who must show herself anew and has no password",
    "signin:way_bind": "where one is led whom another program knows and this site does not",
    "signin:way_back": "where another program leads",
    "signin:reset": "on the page for signing in, for who is not signed in",
    "invitation_code": "printed on the sheet with the code",
}
IN_OTHER_STATES = {
    "projects:check_vote": "on the page of a vote, once it is counted and its certificate made",
    "meetings:papers": "on the page of a session, once papers were filed",
    "projects:paper_count": "on the page of a project, while it is rated",
    "projects:confirm_electors": "on the roll of a vote, while accounts wait for a second officer",
    "projects:vote_hall": "on the page of a vote with ballots on paper",
    "projects:vote_papers": "on the page of a vote with ballots on paper",
    "signin:log_download": "under the list of sign-ins, where there are any",
    "papers:places_geojson": "read by the page of a paper with places",
    "exchange:file": "on the page of a record with files",
    "exchange:record": "in the list of what a partner sent, once something came",
    "projects:cancel_vote": "on the page of a vote that has not begun",
    "river:works": "on the page of a point, while it is put right",
    "layers:overlay_status": "read by the page of an analysis that is not ready",
    "layers:source_status": "read by the page of a source that is being read",
    "papers:open_data": "under the list, where something was published",
    "projects:places_geojson": "read by the form of the places",
    "projects:rate": "on the page of a project, while it is rated",
    "river:appraisal_points": "behind the figures of the appraisal, once a point is judged",
    "river:statistics_points": "behind the figures of the statistics, once a point is rated",
    "river:object": "on the page of a point, once it is delisted",
    "river:sample_list": "on the page of a point, once it has samples",
}
"""No thing of the table stands where the link is shown."""


def _links(text, page):
    for found in LINK.findall(text):
        yield urljoin(page, found.replace("&amp;", "&"))


def _reads(text):
    """What a page reads, and where forms lead that ask for something; their fields are filled in by a person."""
    yield from READ.findall(text)
    for form in FORM.findall(text):
        if 'method="post"' not in form.lower() and (action := ACTION.search(form)):
            yield action[1]


def _ambiguous(text):
    """The ids that a label names and two elements have: what is typed below the label goes into the first of them."""
    ids = Counter(NAMED.findall(text))
    return {name for name in LABELLED.findall(text) if ids[name] > 1}


def _route(path):
    try:
        return resolve(path).view_name
    except Resolver404:
        return None


@dataclass
class Walk:
    """What somebody came to by links: routes, pages that did not answer, shadowed names, labels of two fields, forms
    by route and fields."""

    reached: set[str] = field(default_factory=set)
    broken: dict[str, int] = field(default_factory=dict)
    shadowed: set[tuple[str, str]] = field(default_factory=set)
    ambiguous: set[tuple[str, str]] = field(default_factory=set)
    forms: dict[tuple[Any, frozenset[str]], tuple[str, list[tuple[str, str]]]] = field(default_factory=dict)


def _walk(client, wanted):
    """Walk as `client` until every wanted route is reached, or there is nothing left to open."""
    waiting, seen, visits, found = deque(STARTS), set(STARTS), Counter(), Walk()
    while waiting and wanted - found.reached:
        address = waiting.popleft()
        path = urlsplit(address).path
        answer = client.get(address, follow=False)
        if answer.status_code in (301, 302):
            _enter(urljoin(address, answer["Location"]), waiting, seen, visits, found.reached)
        elif answer.status_code >= 400 and answer.status_code != 503:  # a download that waits for its worker
            found.broken[address] = answer.status_code
        elif answer.get("Content-Type", "").startswith("text/html"):
            text = answer.content.decode()
            found.shadowed |= {(path, name) for name in FIELD.findall(text) if name in SHADOWED}
            found.ambiguous |= {(path, name) for name in _ambiguous(text)}
            _keep_forms(text, path, found.forms)
            for link in _links(text, path):
                _enter(link, waiting, seen, visits, found.reached)
            found.reached |= {_route(urlsplit(urljoin(path, read)).path) for read in _reads(text)}
    return found


def _keep_forms(text, path, forms):
    """Keep each form that is sent by POST as it stands in the page, once for its route and its fields."""
    if 'method="post"' not in text:
        return
    for form in html.fromstring(text).forms:
        if form.method != "POST":
            continue
        action = urljoin(path, form.get("action") or path)
        button = next(iter(form.xpath(".//button[@name and not(@type='button')]")), None)
        values = [*form.form_values(), *([(button.get("name"), button.get("value", ""))] if button is not None else [])]
        forms.setdefault((_route(urlsplit(action).path), frozenset(name for name, _value in values)), (action, values))


def _sent(client, action, values):
    """The status of a form that is sent as it stands; whatever it writes is undone."""
    body = {}
    for name, value in values:
        body.setdefault(name, []).append(value)
    with transaction.atomic():
        status = client.post(action, body).status_code
        transaction.set_rollback(True)
    return status


def _enter(link, waiting, seen, visits, reached):
    parts = urlsplit(link)
    if parts.netloc or parts.path.startswith(NO_PAGES) or (name := _route(parts.path)) is None:
        return
    reached.add(name)
    if parts.path not in seen and visits[name] < VISITS_OF.get(name, VISITS):
        seen.add(parts.path)
        visits[name] += 1
        waiting.append(link)


@pytest.mark.parametrize("who", WALKERS)
def test_every_page_is_reached_by_links_and_every_form_can_be_sent_as_it_stands(scene, who):
    wanted = set()
    for route, words, answers in rows("READS"):
        address = reverse(route, kwargs=arguments(words, scene.things))
        if expected(answers)[who] == 200 and not address.startswith(NO_PAGES):
            wanted.add(route)
    wanted -= {*BY_OTHER_WAYS, *IN_OTHER_STATES}
    found = _walk(scene.client(who), wanted)
    sent = {
        key: status
        for key, (action, values) in found.forms.items()
        if not action.startswith(NO_PAGES)
        and (status := _sent(scene.client(who, raise_request_exception=False), action, values)) >= 500
    }
    assert " ".join(sorted(wanted - found.reached)) == ""
    assert found.broken == {}
    assert found.shadowed == set(), "fields that hide what a form of the browser has"
    assert found.ambiguous == set(), "labels of which the browser takes the first field"
    assert sent == {}
