"""Layers are the whole district's: staff of one town read them and change none."""

import pytest
from django.urls import reverse

from accounts.models import Role, User
from layers.permissions import may_edit_layers
from tests.architecture.access.things import loaded_layers  # noqa: F401 - a fixture


@pytest.fixture
def west_staff(world):
    return User.objects.create_user("west-staff", role=Role.STAFF, area=world.west_town)


def test_staff_of_the_district_edit_layers_and_staff_of_a_town_do_not(west_staff, staff, gis, admin_user, officer):
    assert [may_edit_layers(who) for who in (west_staff, officer, None, staff, gis, admin_user)] == [False] * 3 + [
        True
    ] * 3


@pytest.mark.parametrize("step", ["undo", "withdraw", "edit", "style_restore"])
@pytest.mark.usefixtures("loaded_layers")
def test_steps_on_a_layer_are_missing_for_staff_of_a_town(as_user, west_staff, step):
    address = reverse(f"layers:{step}", kwargs={"slug": "open-layer"})
    assert as_user(west_staff).post(address).status_code == 404
