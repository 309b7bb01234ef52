import pytest
from django.test import Client


@pytest.fixture
def anyone(world) -> Client:
    """Somebody who has not signed in."""
    return Client()
