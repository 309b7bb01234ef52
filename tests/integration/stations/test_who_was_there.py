"""Who was at a reception is what the station recorded; a day to which somebody came is not planned anew."""

from datetime import timedelta

import pytest

from geokit.refusal import BadInput, NotPermitted
from stations.models import DutyRecord, Reception
from stations.receptions import services as receptions


@pytest.fixture
def begun(announced, noon):
    noon.move_to(announced.starts_at + timedelta(minutes=10))
    return announced


def test_once_it_is_recorded_who_was_there_no_deputy_adds_herself(begun, receiving, deputy, deputies, town_officer):
    receptions.record(town_officer, begun.pk, version=1, visitors=2, present=[deputies[1]])
    with pytest.raises(NotPermitted) as refused:
        receptions.sign_in(deputy, begun.pk)
    assert refused.value.code == "not-now"
    assert list(begun.attendances.values_list("deputy", flat=True)) == [deputies[1].pk]
    assert not DutyRecord.objects.filter(deputy=receiving).exists()


def test_who_is_on_the_list_already_signs_in_without_effect(begun, receiving, deputy, town_officer):
    receptions.record(town_officer, begun.pk, version=1, visitors=2, present=[receiving])
    receptions.sign_in(deputy, begun.pk)
    assert begun.events.filter(verb="signed_in").count() == 0


def test_a_day_to_which_a_deputy_came_is_neither_moved_nor_left(announced, receiving, deputy, town_officer, plan, noon):
    noon.move_to(announced.starts_at - timedelta(minutes=30))
    receptions.sign_in(deputy, announced.pk)
    later = plan(starts_at=announced.starts_at + timedelta(days=7))
    with pytest.raises(NotPermitted) as refused:
        receptions.change(town_officer, announced.pk, later, version=1)
    assert refused.value.code == "wrong-state"
    with pytest.raises(NotPermitted):
        receptions.take_leave(deputy, announced.pk, reason="不想来了", version=1)
    assert Reception.objects.get(pk=announced.pk).starts_at == announced.starts_at
    assert announced.deputies.filter(pk=receiving.pk).exists()


def test_once_it_is_recorded_the_form_of_a_correction_adds_no_deputy_by_herself_either(
    begun, receiving, deputy, deputies, town_officer
):
    """She runs her station, and so has the form."""
    receptions.record(town_officer, begun.pk, version=1, visitors=2, present=[deputies[1]])
    with pytest.raises(BadInput) as refused:
        receptions.record(deputy, begun.pk, version=2, visitors=2, present=[deputies[1], receiving])
    assert refused.value.errors[0].field == "present"
    receptions.record(deputy, begun.pk, version=2, visitors=3, present=[deputies[1]])
    assert not DutyRecord.objects.filter(deputy=receiving).exists()
    receptions.record(town_officer, begun.pk, version=3, visitors=3, present=[deputies[1], receiving])
    receptions.record(deputy, begun.pk, version=4, visitors=4, present=[deputies[1], receiving])
    assert DutyRecord.objects.filter(deputy=receiving, is_withdrawn=False).count() == 1
