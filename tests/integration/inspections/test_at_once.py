"""Two starts of a patrol at the same moment, from two telephones or from one that sends twice."""

from uuid import uuid4

import pytest

from inspections.models import Patrol
from inspections.patrols import services
from tests.at_once import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_start_sent_twice_at_once_is_one_patrol(deputy):
    number = uuid4()
    results = all_at_once(Patrol, *[lambda: services.start(deputy, client_id=number)] * 2)
    assert [result.pk for result in results] == [Patrol.objects.get().pk] * 2
    assert results[0].events.count() == 1


def test_of_two_patrols_begun_at_once_one_is_refused(deputy):
    results = all_at_once(Patrol, *[lambda: services.start(deputy, client_id=uuid4())] * 2)
    assert [getattr(result, "code", "") for result in results if not isinstance(result, Patrol)] == ["already-running"]
    assert Patrol.objects.count() == 1


def test_a_number_used_by_two_people_at_once_is_refused_to_one(deputy, staff):
    number = uuid4()
    results = all_at_once(
        Patrol,
        lambda: services.start(deputy, client_id=number),
        lambda: services.start(staff, client_id=number),
    )
    assert [getattr(result, "code", "") for result in results if not isinstance(result, Patrol)] == ["client-id-taken"]
    assert Patrol.objects.count() == 1
