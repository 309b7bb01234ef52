"""Addresses that only take a form lead to their page when somebody opens them."""

import pytest

from geo_portal.middleware.led_back import page_above

PAGE = {"headers": {"Accept": "text/html,application/xhtml+xml"}}


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/notices/read-all/", "/notices/"),
        ("/work/act/", "/work/"),
        ("/work/views/7/remove/", "/work/views/"),
        ("/suggestions/2026-00001/reply/", "/suggestions/2026-00001/"),
    ],
)
def test_a_form_s_address_leads_to_the_page_above_it(address, page):
    assert page_above(address) == page


def test_who_opens_one_by_hand_comes_to_the_page(as_user, staff):
    client = as_user(staff)
    answer = client.get("/work/views/7/remove/", follow=True, **PAGE)
    assert [address for address, _status in answer.redirect_chain] == ["/work/views/", "/work/"]
    assert answer.status_code == 200


def test_programs_hear_that_it_takes_another_method(as_user, staff):
    assert as_user(staff).get("/work/act/").status_code == 405
    assert as_user(staff).get("/api/v1/suggestions/1/steps/", **PAGE).status_code in (404, 405, 406)
    assert as_user(staff).put("/work/act/", **PAGE).status_code == 405
