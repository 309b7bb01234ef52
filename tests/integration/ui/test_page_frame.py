"""The frame around every page: the places of the site, where to report, what the map needs."""

import re

import pytest

from geo_portal.log_redaction import secret_addresses

pytestmark = pytest.mark.django_db


def links(html, css_class):
    return re.findall(rf'<a class="{css_class}" href="([^"]+)"(\s+aria-current="page")?', html)


def page(client, address="/map/"):
    return client.get(address).content.decode()


def test_the_rail_lists_the_places_that_somebody_has(as_user, staff):
    public = [address for address, _current in links(page(as_user(None)), "rail__link")]
    assert public[:7] == ["/map/", "/river/", "/projects/", "/stations/", "/layers/", "/library/", "/numbers/"]
    assert "/work/" not in public
    signed_in = [address for address, _current in links(page(as_user(staff)), "rail__link")]
    assert "/work/" in signed_in and "/notices/" in signed_in


@pytest.mark.parametrize("address", ["/river/", "/river/points/", "/projects/", "/map/"])
def test_the_place_where_one_is_stays_lit_below_it(as_user, address):
    lit = [place for place, current in links(page(as_user(None), address), "rail__link") if current]
    assert lit == [f"/{address.split('/')[1]}/"]


def test_whoever_may_report_has_a_button_for_it(as_user, deputy, gis, staff):
    def has_button(person):
        return links(page(as_user(person)), "fab") != []

    assert has_button(None) and has_button(deputy) and has_button(staff)
    assert not has_button(gis)


def test_the_map_gets_its_styles_legend_and_lists_instead(as_user):
    html = page(as_user(None))
    assert 'data-style="/styles/district.json"' in html and 'data-style-dark="/styles/district-dark.json"' in html
    assert 'id="legend"' in html
    instead = html.partition('<template id="no-webgl">')[2].partition("</template>")[0]
    assert [address for address, _current in links(instead, "chip")] == ["/river/points/", "/projects/", "/stations/"]


@pytest.mark.parametrize(("address", "status"), [("/river/points/NONE/", 404), ("/stations/?in_bbox=1,2", 400)])
def test_pages_of_errors_stand_in_the_same_frame(as_user, address, status):
    answer = as_user(None).get(address)
    assert answer.status_code == status
    assert links(answer.content.decode(), "rail__link")


def test_no_address_on_the_page_of_a_secret_repeats_it(as_user):
    """Signing in from there would write it into the proxy's log, as a part of the query."""
    client = as_user(None)
    for before in set(secret_addresses()) - {"calendar", "by-token"}:
        signed = "x/" if before in ("invitations", "accounts/email/confirm") else ""
        html = page(client, f"/{before}/AbCdEfGhIjKlMnOpQrStUvWx/{signed}")
        found = re.findall(r'(?:href|hx-[a-z-]+|src)="([^"]*)"', html)
        assert "/accounts/login/" in found, before
        assert not [address for address in found if "AbCdEfGhIj" in address], before
    assert "/accounts/login/?next=/projects/" in page(client, "/projects/")


def test_the_sign_in_page_shows_what_was_wrong_at_its_fields(client):
    empty = client.post("/accounts/login/", {"login": "", "password": ""}).content.decode()
    assert 'aria-describedby="id_login_error"' in empty and 'id="id_login_error"' in empty
    assert '<a href="#id_password">' in empty
    assert "用户名" in empty and 'autocapitalize="none"' in empty and "placeholder=" not in empty.partition("<form")[2]


@pytest.mark.parametrize(
    ("who", "places"),
    [
        (None, ["/map/", "/river/", "/projects/", "/stations/", "/me/"]),
        ("deputy", ["/map/", "/report/", "/work/", "/voters/", "/me/"]),
        ("gis", ["/map/", "/work/", "/layers/", "/river/", "/me/"]),
        ("staff", ["/map/", "/work/", "/river/", "/projects/", "/me/"]),
        ("officer", ["/map/", "/work/", "/river/", "/projects/", "/me/"]),
    ],
)
def test_a_phone_has_five_places_by_role_and_each_opens(request, as_user, who, places):
    client = as_user(who and request.getfixturevalue(who))
    shown = [address for address, _current in links(page(client), "rail__link rail__link--phone")]
    assert shown == places
    assert [client.get(address).status_code for address in places] == [200] * 5


def test_her_own_page_leads_everywhere_else_and_out(as_user, deputy):
    html = page(as_user(deputy), "/me/")
    for address in ("/layers/", "/library/", "/numbers/", "/notices/", "/outbox/", "/voters/", "/report/"):
        assert f'href="{address}"' in html
    assert 'action="/accounts/logout/"' in html
    stranger = page(as_user(None), "/me/")
    assert "/accounts/login/?next=/me/" in stranger and "/accounts/logout/" not in stranger
