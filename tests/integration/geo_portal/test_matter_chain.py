"""A station's matter goes into the chain and comes back: settled with the answer, or refused."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone

from accounts.models import Department, Notice, User
from geokit.refusal import BadInput
from ledger.chain import verify
from stations.models import Deputy, Matter, Reception, ReceptionEvent, Station
from stations.receptions import matters
from supervision.matters import services
from supervision.models import Suggestion


@pytest.fixture
def officer_of_town(world):
    government = Department.objects.create(code="gov", name="西镇政府", short_name="西镇", area=world.west_town)
    return User.objects.create_user("gov", role="officer", department=government)


@pytest.fixture
def matter(world, deputy, officer_of_town):
    station = Station.objects.create(
        code="S-01", name="西镇联络站", kind="town", area=world.west_town, address="路", opening="每月15日",
        geom=Point(121.32, 29.85, srid=4326),
    )  # fmt: skip
    own = Deputy.objects.create(code="D-1", name="陈一", user=deputy, station=station)
    starts = timezone.now() - timedelta(hours=3)
    day = Reception.objects.create(station=station, starts_at=starts, ends_at=starts + timedelta(hours=2))
    day.deputies.add(own)
    return matters.add_matter(deputy, day.pk, level="general", text="老小区停车难")


@pytest.fixture
def handed_on(matter, deputy):
    return matters.forward(deputy, matter.pk, version=1)


def suggestion_of(matter):
    return Suggestion.objects.get(number=matter.reference)


def verbs():
    return list(ReceptionEvent.objects.order_by("pk").values_list("verb", flat=True))


def answer(suggestion, staff, officer, world):
    services.assign(staff, suggestion.pk, version=suggestion.version, department=world.water)
    suggestion.refresh_from_db()
    services.reply(officer, suggestion.pk, version=suggestion.version, text="已增加 20 个车位", result="A")
    suggestion.refresh_from_db()


def test_a_deputy_hands_a_matter_on_and_it_is_her_suggestion_linked_to_the_station(handed_on, deputy):
    suggestion = suggestion_of(handed_on)
    assert (suggestion.author, suggestion.text) == (deputy, "老小区停车难")
    assert [link.station.code for link in suggestion.links.all()] == ["S-01"]
    assert verbs() == ["matter", "forwarded"]


def test_a_towns_officer_who_may_not_file_writes_the_papers_number(matter, officer_of_town):
    with pytest.raises(BadInput, match="接待代表"):
        matters.forward(officer_of_town, matter.pk, version=1)
    assert matters.forward(officer_of_town, matter.pk, version=1, reference="镇办12号").reference == "镇办12号"
    assert not Suggestion.objects.exists()


def test_the_rating_that_closes_it_settles_the_stations_matter_with_the_answer(
    handed_on, staff, officer, deputy, world
):
    suggestion = suggestion_of(handed_on)
    answer(suggestion, staff, officer, world)
    handed_on.refresh_from_db()
    assert handed_on.settled_on is None
    services.rate(deputy, suggestion.pk, version=suggestion.version, handling="satisfied", outcome="satisfied")
    handed_on.refresh_from_db()
    assert (handed_on.answer, handed_on.settled_on) == ("已增加 20 个车位", timezone.localdate())
    assert verbs()[-1] == "settled"


def test_a_dissatisfied_rating_settles_nothing_yet(handed_on, staff, officer, deputy, world):
    suggestion = suggestion_of(handed_on)
    answer(suggestion, staff, officer, world)
    services.rate(
        deputy, suggestion.pk, version=suggestion.version, handling="satisfied", outcome="dissatisfied", text="没有增加"
    )
    handed_on.refresh_from_db()
    assert handed_on.settled_on is None


def test_what_the_chain_does_not_admit_comes_back_to_the_station_and_may_go_again(
    handed_on, staff, deputy, officer_of_town
):
    suggestion = suggestion_of(handed_on)
    services.decline(staff, suggestion.pk, version=suggestion.version, text="属个人纠纷")
    matter = Matter.objects.get()
    assert (matter.reference, matter.settled_on) == ("", None)
    assert verbs()[-1] == "returned"
    assert Notice.objects.filter(recipient=officer_of_town, kind="station-matters").count() == 1
    again = matters.forward(deputy, matter.pk, version=matter.version)
    assert again.reference not in ("", suggestion.number)


def joined_to_another(matter, staff, deputy):
    """Join what was handed on to a matter that a deputy filed; return that one."""
    joined = suggestion_of(matter)
    other = services.file_finding(
        deputy, client_id=uuid4(), text="停车", category="general", lon=121.32, lat=29.85
    ).suggestion  # fmt: skip
    services.merge(staff, joined.pk, version=joined.version, other=other)
    other.refresh_from_db()
    return other


def test_an_answer_to_another_matter_settles_those_joined_to_it(handed_on, staff, officer, deputy, world):
    other = joined_to_another(handed_on, staff, deputy)
    answer(other, staff, officer, world)
    services.rate(deputy, other.pk, version=other.version, handling="satisfied", outcome="satisfied")
    handed_on.refresh_from_db()
    assert handed_on.answer == "已增加 20 个车位"


def test_what_was_joined_to_a_matter_that_is_not_admitted_comes_back_to_its_station(handed_on, staff, deputy):
    other = joined_to_another(handed_on, staff, deputy)
    services.decline(staff, other.pk, version=other.version, text="属个人纠纷")
    handed_on.refresh_from_db()
    assert (handed_on.reference, verbs()[-1]) == ("", "returned")


def test_what_was_corrected_of_an_answer_is_part_of_what_the_station_gets(handed_on, staff, officer, deputy, world):
    suggestion = suggestion_of(handed_on)
    answer(suggestion, staff, officer, world)
    corrected = services.correct_reply(officer, suggestion.pk, version=suggestion.version, text="是 12 个，不是 20 个")
    services.rate(deputy, suggestion.pk, version=corrected.version, handling="satisfied", outcome="satisfied")
    handed_on.refresh_from_db()
    assert handed_on.answer == "已增加 20 个车位\n更正：是 12 个，不是 20 个"


def test_a_station_is_told_where_an_answer_is_longer_than_it_can_keep(handed_on, staff, officer, deputy, world):
    suggestion = suggestion_of(handed_on)
    suggestion = services.assign(staff, suggestion.pk, version=suggestion.version, department=world.water)
    suggestion = services.reply(officer, suggestion.pk, version=suggestion.version, text="已办" * 600, result="A")
    services.rate(deputy, suggestion.pk, version=suggestion.version, handling="satisfied", outcome="satisfied")
    handed_on.refresh_from_db()
    assert len(handed_on.answer) == 1000
    assert handed_on.answer.endswith(f"已办……（全文见 {suggestion.number}）")


def test_the_steps_of_stations_are_links_of_the_chain_of_evidence(handed_on):
    verdict = verify()
    # The fixture makes its reception day without the event of its announcement.
    assert {(fault.kind, fault.table) for fault in verdict.faults} == {("state-differs", "stations_reception")}
    assert verdict.links >= 2
