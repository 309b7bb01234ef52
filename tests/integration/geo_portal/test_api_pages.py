"""Every list of the API has an order in which no two rows are alike: else pages repeat one and leave another out."""

import pytest
from django.db.models import F
from django.db.models.expressions import OrderBy

from geo_portal.urls import api

LISTS = {prefix: viewset for prefix, viewset, _name in api.registry}


def last_of(queryset):
    terms = queryset.query.order_by or queryset.model._meta.ordering
    last = terms[-1]
    if isinstance(last, OrderBy | F):
        last = getattr(last, "expression", last).name
    return last.removeprefix("-")


@pytest.mark.parametrize("prefix", LISTS)
def test_the_last_term_of_the_order_tells_any_two_rows_apart(prefix, rf, staff):
    view = LISTS[prefix](action="list", kwargs={}, format_kwarg=None, request=rf.get("/"))
    view.request.user = staff
    view.request.query_params = view.request.GET
    queryset = view.get_queryset()
    last = last_of(queryset)
    known = {"pk", *(field.name for field in queryset.model._meta.fields if field.unique)}
    assert last in known or prefix == "observations", f"{prefix} ends with {last}"
