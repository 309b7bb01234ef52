import pytest
from django.test import Client

from accounts.models import Role, User
from tests.integration.ogc.edits import ITEMS


@pytest.fixture
def anyone(world) -> Client:
    """Somebody who has not signed in."""
    return Client()


@pytest.fixture
def editor(gis, as_user, ponds):
    """GIS staff, signed in, and the layer of three ponds."""
    return as_user(gis)


@pytest.fixture
def other_gis(world):
    return User.objects.create_user("gis2", role=Role.GIS)


@pytest.fixture
def first(editor):
    """The address of one pond."""
    return f"{ITEMS}/{editor.get(ITEMS).json()['features'][0]['id']}"
