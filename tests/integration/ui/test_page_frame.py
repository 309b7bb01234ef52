"""The frame around every page: the places of the site, where to report, what the map needs."""

import re

import pytest

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


def test_the_sign_in_page_shows_what_was_wrong_at_its_fields(client):
    empty = client.post("/accounts/login/", {"login": "", "password": ""}).content.decode()
    assert 'aria-describedby="id_login_error"' in empty and 'id="id_login_error"' in empty
    assert '<a href="#id_password">' in empty
    assert "用户名" in empty and 'autocapitalize="none"' in empty and "placeholder=" not in empty.partition("<form")[2]
