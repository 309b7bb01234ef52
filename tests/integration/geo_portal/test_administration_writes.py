"""What the administration site may write is this list and no more; a thing with a page of its own is only read."""

import pytest
from django.contrib import admin
from django.test import RequestFactory

ALL = frozenset({"add", "change", "delete"})
MAY_WRITE = {
    "accounts.area": ALL,
    "accounts.department": ALL,
    "accounts.robothost": ALL,
    "river_monitoring.automaticstation": ALL,
    "river_monitoring.chief": ALL,
    "river_monitoring.reach": ALL,
    "river_monitoring.reachlink": ALL,
    "river_monitoring.river": ALL,
    # What a point is judged by changes on its page; its name and place here.
    "river_monitoring.monitoringpoint": frozenset({"add", "change"}),
    # Her account is named here; the rest comes by the sheet.
    "stations.deputy": frozenset({"change"}),
}
BY_HAND = {"delete_selected", "unlock"}
"""Actions of lists: Django's own, and to hear a locked station again."""


@pytest.fixture
def request_of_an_administrator(admin_user):
    request = RequestFactory().get("/admin/")
    request.user = admin_user
    return request


def _verbs(site, request, *parent):
    may = {
        "add": site.has_add_permission(request, *parent),
        "change": site.has_change_permission(request),
        "delete": site.has_delete_permission(request),
    }
    return frozenset(verb for verb, allowed in may.items() if allowed)


def test_an_administrator_writes_what_the_list_says(request_of_an_administrator):
    found = {
        model._meta.label_lower: verbs
        for model, site in admin.site._registry.items()
        if (verbs := _verbs(site, request_of_an_administrator))
    }
    assert found == MAY_WRITE


def test_no_inline_writes_past_its_parent(request_of_an_administrator):
    for model, site in admin.site._registry.items():
        for inline in site.get_inline_instances(request_of_an_administrator):
            assert _verbs(inline, request_of_an_administrator, None) == frozenset(), model


def test_lists_have_no_action_that_is_not_known(request_of_an_administrator):
    actions = {name for site in admin.site._registry.values() for name in site.get_actions(request_of_an_administrator)}
    assert actions <= BY_HAND


def test_nobody_but_administrators_opens_it(as_user, deputy, officer, gis, staff):
    for user in (deputy, officer, gis, staff):
        assert as_user(user).get("/admin/").status_code == 302


def test_no_form_names_a_function(request_of_an_administrator):
    for site in admin.site._registry.values():
        form = site.get_form(request_of_an_administrator)
        assert not {"func", "function", "callable", "hook"} & set(form.base_fields), site
