"""Upgrading: the deputies that there are become members of the district's congress, and of no other."""

from importlib import import_module
from typing import Any

from django.apps import apps

from accounts.models import Congress, Membership, Person, Role, User
from accounts.permissions import is_deputy
from stations.models import Deputy
from tests.data.cast import person

enrol = import_module("stations.migrations.0009_the_district_s_members").enrol


def test_the_register_and_the_accounts_become_members_once_each(
    world: Any, deputies: list[Deputy], deputy: User, officer: User
) -> None:
    deputies[0].user = deputy
    deputies[0].save()
    alone = person("without-an-entry", Role.DEPUTY, area=world.west_town)
    closed = person("closed", Role.DEPUTY, is_active=False)
    enrol(apps, None)
    congress = Congress.objects.get()
    assert (congress.area, congress.level, congress.term) == (world.district, "district", 0)
    assert Person.objects.count() == 4  # three of the register, one of whom has an account, and one more
    members = {one.code: one.person.user for one in Membership.objects.select_related("person__user")}
    assert members == {deputies[0].code: deputy, deputies[1].code: None, f"U-{alone.pk}": alone}
    assert Deputy.objects.get(pk=deputies[2].pk).person.memberships.count() == 0  # left office before
    assert is_deputy(alone) and not is_deputy(officer) and not Person.objects.filter(user=closed).exists()
    assert str(congress) == "海曙区人大"


def test_an_empty_site_gets_no_congress(db: None) -> None:
    enrol(apps, None)
    assert not Congress.objects.exists()
