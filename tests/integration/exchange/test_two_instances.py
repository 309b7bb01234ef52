"""A city and a district, each with its own database: a paper and its answer go both ways, one of them down between."""

import socket
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from exchange.register import services
from exchange.register.models import ForeignRecord, Partner, Reply
from exchange.sending.delivery import push
from jobs.models import Job
from papers.models import Paper
from papers.register import services as register
from tests.data import cast
from tests.data.cast import seat
from tests.integration.exchange.conftest import CITY, partner_fields
from tests.integration.exchange.instances import Instance, public
from tests.integration.papers.conftest import TEXTS

DISTRICT = "330203"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def two(transactional_db):
    """A district (the database of the tests) and a city (a copy of the template), who know each other."""
    name = f"{connection.settings_dict['NAME']}_city"
    template = connection.settings_dict["TEST"]["TEMPLATE"]
    as_the_owner(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    district = Instance(DISTRICT, connection.settings_dict["NAME"], free_port())
    city = Instance(CITY, name, free_port())
    district.hosts, city.hosts = (city.host,), (district.host,)
    try:
        introduce(district, city)
        yield district, city
    finally:
        connection.close()
        as_the_owner(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def as_the_owner(*statements):
    """Run statements beside all databases of the cluster, without the site's role."""
    given = connection.settings_dict["OPTIONS"]
    connection.settings_dict["OPTIONS"] = {name: value for name, value in given.items() if name != "options"}
    try:
        with connection._nodb_cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.settings_dict["OPTIONS"] = given


def introduce(one, other):
    """Each writes the other down, with the token that the other gave it."""
    tokens = {}
    for here, there in ((one, other), (other, one)):
        with here.at():
            cast.make_world()
            fields = partner_fields(public(there.key), url=f"{there.host}/api/v1/exchange/")
            _partner, tokens[here.origin] = services.register_partner(cast.make_staff(), there.origin, fields)
    for here, there in ((one, other), (other, one)):
        with here.at():
            Partner.objects.filter(origin=there.origin).update(secret=tokens[there.origin])


def file_a_paper(here, title):
    """A deputy files a suggestion; its number."""
    with here.at():
        user = cast.make_deputy()
        world = SimpleNamespace(district=cast.Area.objects.get(code=DISTRICT))
        draft = register.begin(user, seat(user, world.district), **(TEXTS | {"title": title}))
        return register.submit(user, draft, draft.version).number


def pushed(here, there):
    with here.at():
        partner = Partner.objects.get(origin=there.origin)
        return push(partner.pk), Partner.objects.get(pk=partner.pk)


def paper_and_answer(asking, answering):
    """A paper of `asking` gets its answer from `answering`; whoever is pushed to is down at first, each way."""
    number = file_a_paper(asking, f"关于整治南塘河的建议 {asking.origin}")
    identifier = f"{asking.origin}/papers/{number}"
    said, partner = pushed(asking, answering)
    assert "refused" in said.lower() and partner.attempts == 1 and partner.next_at > timezone.now()
    with answering.up():
        assert pushed(asking, answering)[0] == "sent"
        said, partner = pushed(asking, answering)
    assert (said, partner.attempts, partner.said) == ("unchanged", 0, "")
    with answering.at():
        staff, paper = User.objects.get(username="a-staff"), ForeignRecord.objects.get(identifier=identifier)
        water = cast.Department.objects.get(code="water")
        services.answer(
            staff,
            paper,
            department=water,
            text="已排查错接管网十二处。",
            signer="李局长",
            signed_on=timezone.localdate(),
        )
        assert Job.objects.filter(func=services.PUSH_TO, finished=None).exists()
    said, partner = pushed(answering, asking)
    assert partner.attempts == 1, said
    with asking.up():
        assert pushed(answering, asking)[0] == "sent"
    with asking.at():
        answer = ForeignRecord.objects.get(about=identifier)
        assert answer.data["text"] == "已排查错接管网十二处。" and answer.partner.origin == answering.origin
        paper = Paper.objects.get(number=number)
        assert not Reply.objects.filter(paper__identifier=identifier).exists()
        return paper.pk, answer


@pytest.mark.interop("another instance", "exchange 1.0", "a paper and its answer both ways, each down once")
def test_a_paper_and_its_answer_go_both_ways_while_one_is_down_in_between(two, as_user):
    district, city = two
    ours, answer = paper_and_answer(district, city)
    paper_and_answer(city, district)
    with district.at():
        staff = User.objects.get(username="a-staff")
        page = as_user(staff).get(f"/papers/{ours}/").content.decode()
        assert answer.get_absolute_url() in page and "市人大平台" in page
        read = as_user(staff).get(answer.get_absolute_url())
        assert "已排查错接管网十二处" in read.content.decode()
        assert as_user(User.objects.get(username="a-deputy")).get(answer.get_absolute_url()).status_code == 404


def test_a_host_that_was_taken_off_the_list_gets_nothing(two, settings):
    district, city = two
    file_a_paper(district, "关于整治南塘河的建议")
    district.hosts = ()
    with city.up():
        said, partner = pushed(district, city)
    assert "EXCHANGE_HOSTS" in said and partner.attempts == 1
    with city.at():
        assert not ForeignRecord.objects.exists()
