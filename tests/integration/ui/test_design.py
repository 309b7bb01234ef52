"""The page of all components: there for those who build, nowhere else."""

import pytest

from ui.icons import ICONS

pytestmark = pytest.mark.django_db


def test_shows_every_icon_every_token_and_a_refused_form(client, settings):
    settings.DEMO = True
    page = client.get("/design/").content.decode()
    assert [name for name in ICONS if f"</svg>{name}</span>" not in page] == []
    assert "--accent-soft" in page and 'id="wrong_number_error"' in page and "2026-02-30" in page
    assert 'class="error-summary"' in page and "skeleton" in page


@pytest.mark.parametrize(("debug", "demo", "status"), [(False, False, 404), (True, False, 200)])
def test_is_there_in_development_only(client, settings, debug, demo, status):
    settings.DEBUG, settings.DEMO = debug, demo
    assert client.get("/design/").status_code == status
