"""Where an instance holds several districts, a matter stays with the departments of its own."""

import pytest
from django.core.cache import cache

from accounts.looking import shown_key
from accounts.models import Area, Department
from geo_portal.tilesets import FIXED
from geokit.refusal import BadInput
from supervision.matters import services


@pytest.fixture
def city(world):
    """A city with a second district beside that of the cast."""
    city = Area.objects.create(code="3302", name="宁波市", level="city")
    Area.objects.filter(pk=world.district.pk).update(parent=city)
    second = Area.objects.create(code="330299", name="甲区", level="district", parent=city)
    Area.objects.create(code="330299100", name="甲镇", level="town", parent=second)
    cache.clear()
    return city


def test_a_matter_is_given_to_no_department_of_another_district(assigned, staff, world, city):
    Department.objects.update(area=world.district)
    type(staff).objects.filter(pk=staff.pk).update(area=world.district)
    staff.refresh_from_db()
    second = Area.objects.get(code="330299")
    foreign = Department.objects.create(code="x1", name="甲区水利局", short_name="甲水利", area=second)
    above = Department.objects.create(code="x2", name="市水利局", short_name="市水利", area=city)
    with pytest.raises(BadInput, match="不是本区的单位"):
        services.forward(staff, assigned.pk, version=assigned.version, department=foreign, text="转")
    assert (
        services.forward(staff, assigned.pk, version=assigned.version, department=above, text="转").department == above
    )


def test_tiles_are_kept_apart_for_all_who_see_other_rows(world, city, officer, deputy):
    """An officer sees her department's things in every district, so her tiles are nobody else's."""
    Department.objects.update(area=world.district)
    second = Area.objects.get(code="330299")
    type(deputy).objects.filter(pk=deputy.pk).update(area=second)
    for person in (officer, deputy):
        person.refresh_from_db()
        assert shown_key(person)
    layers = {layer.name: layer for layer in FIXED}
    for name in ("monitoring_points", "monitoring_point_clusters", "outfalls"):
        own = layers[name].audience(officer)
        assert own.startswith(f"dept-{officer.department_id}-of-"), name
        assert layers[name].audience(deputy) == f"public{shown_key(deputy)}", name
    for name in ("projects", "findings", "papers", "documents"):
        for person in (officer, deputy):
            assert layers[name].audience(person).endswith(shown_key(person)), name
