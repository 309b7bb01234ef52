"""Every page of the administration answers an administrator, also to nonsense in its forms."""

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.architecture.access.things import answer, loaded_layers, things  # noqa: F401 - fixtures

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
FINE = (200, 302, 403)  # 403: nobody adds or changes what is append-only


@pytest.fixture
def administrator(as_user, admin_user, things):  # noqa: F811
    return as_user(admin_user)


def _address(model, page, *arguments):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_each_page_of_a_model_answers(administrator, model):
    thing = model._default_manager.first()
    pages = [_address(model, "changelist"), _address(model, "changelist") + "?q=a", _address(model, "add")]
    if thing:
        pages += [_address(model, page, thing.pk) for page in ("change", "history", "delete")]
    assert {page for page in pages if administrator.get(page).status_code not in FINE} == set()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_form_full_of_nonsense_is_answered(administrator, model):
    nonsense = {field.name: "{{7*7}}" for field in model._meta.get_fields()}
    assert administrator.post(_address(model, "add"), nonsense).status_code in FINE
