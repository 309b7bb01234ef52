"""A voter's words and how to reach her go on a lawful ground, wherever they came to; the chain stays sound."""

from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notice
from geokit.refusal import BadInput, NotPermitted
from ledger.chain import settle, verify
from ledger.chain.sql import ERASED
from ledger.models import AuditEntry, RowSalt
from stations.models import Reception, ReceptionEvent
from stations.receptions import matters as visits
from stations.receptions.erasure import erase_visit
from supervision.matters import services as matters
from supervision.public.erasure import erase_matter
from supervision.public.private_links import fresh_secret
from tests.erased import GROUND, stored_anywhere
from tests.integration.supervision.conftest import jpeg
from voters.line import services
from voters.line.erasure import erase_message
from voters.line.services import Written
from voters.models import Message

WORDS = "我是张三，住桥东8号，路灯不亮"
MAILBOX = {"reach": "email", "contact": "zhang@example.org"}


@pytest.fixture
def answered(write, deputy):
    """Raised, answered there, and sent back by her, so that her words stand in many places."""
    made = write(WORDS, address="张三家门口")
    services.say_more(made, text="张三再补充一句")
    services.act(deputy, made.pk, "raise", version=Message.objects.get(pk=made.pk).version)
    settle()
    return Message.objects.get(pk=made.pk)


def test_a_message_goes_with_the_matter_it_was_raised_to(
    answered, staff, django_capture_on_commit_callbacks, as_user, deputy
):
    with django_capture_on_commit_callbacks(execute=True):
        erase_message(staff, answered, GROUND)
    assert stored_anywhere("张三") == set()
    answered.refresh_from_db()
    assert (answered.text, answered.address, answered.contact, answered.state) == (ERASED, ERASED, "", "matter")
    assert answered.matter.text == ERASED
    assert set(answered.events.exclude(text="").values_list("text", flat=True)) == {ERASED}
    assert not RowSalt.objects.filter(table_name="voters_message", row_id=answered.pk).exists()
    assert verify(files=False).faults == ()
    assert AuditEntry.objects.filter(verb="erase-message", actor=staff, object_id=str(answered.pk)).exists()
    assert ERASED in as_user(deputy).get(answered.get_absolute_url()).content.decode()


def test_photos_go_from_the_message_and_from_the_matter(
    write, deputy, staff, as_user, django_capture_on_commit_callbacks
):
    made = write(WORDS, photos=[jpeg()])
    services.act(deputy, made.pk, "raise", version=made.version)
    made.refresh_from_db()
    own, passed_on = made.photos.get(), made.matter.finding.photos.get()
    with django_capture_on_commit_callbacks(execute=True):
        erase_message(staff, made, GROUND)
    assert not [photo for photo in (own, passed_on) if photo.file.storage.exists(photo.file.name)]
    page = as_user(deputy).get(made.get_absolute_url())
    assert page.status_code == 200
    assert as_user(deputy).get(reverse("voters:photo", args=[own.pk])).status_code == 410
    settle()
    assert verify().faults == ()


def test_the_message_goes_with_a_matter_that_is_erased_by_its_own_number(answered, staff):
    erase_matter(staff, answered.matter, GROUND)
    assert stored_anywhere("张三") == set()
    answered.refresh_from_db()
    assert (answered.text, answered.contact) == (ERASED, "")
    assert verify(files=False).faults == ()


def test_a_second_matter_and_the_first_both_go(answered, staff, deputy):
    if answered.matter.department is not None:
        matters.recall(staff, answered.matter.pk, version=answered.matter.version, text="不属于部门")
        answered.matter.refresh_from_db()
    matters.decline(staff, answered.matter.pk, version=answered.matter.version, text="请再核实")
    answered.refresh_from_db()
    services.act(deputy, answered.pk, "raise", version=answered.version)
    first = answered.matter
    erase_matter(staff, first, GROUND)
    assert stored_anywhere("张三") == set()
    assert verify(files=False).faults == ()


def test_a_mail_address_is_forgotten_unless_another_message_left_it(write, staff):
    first, second = write(WORDS, **MAILBOX), write("另一件事", **MAILBOX)
    erase_message(staff, first, GROUND)
    assert Notice.objects.filter(address__email="zhang@example.org").exists()
    erase_message(staff, second, GROUND)
    assert stored_anywhere("zhang@example.org") == set()


def test_what_she_left_at_a_reception_goes_with_the_slip_that_she_got(station, staff, deputy, elected):
    starts = timezone.now() - timedelta(hours=1)
    day = Reception.objects.create(station=station, starts_at=starts, ends_at=starts + timedelta(hours=2))
    ReceptionEvent.objects.create(reception=day, verb="announced", at=starts)
    day.deputies.set([elected])
    visit = visits.add_matter(deputy, day.pk, level="town", text=WORDS)
    slip = services.take_at_reception(
        deputy, visit.pk, Written("", **MAILBOX), client_id=uuid4(), secret=fresh_secret()
    )
    visits.forward(deputy, visit.pk, version=visit.version)
    settle()
    assert len(stored_anywhere("张三")) > 3
    visit.refresh_from_db()
    erase_visit(staff, visit, GROUND)
    assert stored_anywhere("张三") == stored_anywhere("zhang@example.org") == set()
    slip.refresh_from_db()
    assert (slip.text, slip.contact) == (ERASED, "")
    assert verify(files=False).faults == ()


@pytest.mark.parametrize("who", ["deputy", "town_officer", "officer", "gis"])
def test_only_staff_of_the_district_erase_and_only_with_a_ground_and_once(who, request, message, staff):
    with pytest.raises(NotPermitted):
        erase_message(request.getfixturevalue(who), message, GROUND)
    with pytest.raises(BadInput, match="依据"):
        erase_message(staff, message, " ")
    erase_message(staff, Message.objects.get(pk=message.pk), GROUND)
    message.refresh_from_db()
    with pytest.raises(BadInput, match="没有可以删除"):
        erase_message(staff, message, GROUND)


def test_the_command_finds_a_message_by_its_number(message, staff):
    told = StringIO()
    call_command("erase_text", message=message.number, by=staff.username, reason=GROUND, stdout=told)
    assert told.getvalue().strip() == "1 rows"
