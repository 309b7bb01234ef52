"""The pages of the voter's line, as somebody with a phone, a deputy, a station and a stranger see them."""

from concurrent.futures import ThreadPoolExecutor, wait
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.urls import reverse

from accounts.notices.models import Address, Notice
from supervision.public.private_links import fresh_secret
from tests.integration.supervision.conftest import jpeg
from tests.integration.voters.conftest import PHONE
from voters.codes.models import PlaceCode
from voters.codes.services import add_doors
from voters.line import services
from voters.line.private_links import SLIP
from voters.line.rate_limits import TO_ONE
from voters.models import Message


def form(**given):
    return {
        "client_id": str(uuid4()), "secret": fresh_secret(), "text": "桥东的路灯不亮", "reach": "phone",
        "contact": PHONE,
    } | given  # fmt: skip


@pytest.fixture
def address(elected):
    return reverse("voters:write", args=["d0001"])


def test_from_the_deputy_s_page_to_the_private_page_in_two_steps(client, elected, address):
    assert address in client.get(elected.get_absolute_url()).content.decode()
    page = client.get(address).content.decode()
    assert "陈一" in page
    given = form(photos=jpeg(), kind="street-light", address="西镇布政村，桥东")
    answer = client.post(address, given)
    assert answer["Location"] == reverse("voters:mine", args=[given["secret"]]) + "?new=1"
    message = Message.objects.get()
    assert (message.kind, message.photos.count(), message.code) == ("street-light", 1, "d0001")
    own = client.get(answer["Location"])
    assert message.number in own.content.decode()
    assert PHONE not in own.content.decode()
    assert own["Cache-Control"] == "no-store, private"


def test_what_was_typed_and_the_photos_stay_when_something_is_wrong(client, address):
    answer = client.post(address, form(contact="", photos=jpeg()))
    body = answer.content.decode()
    assert answer.status_code == 400
    assert "桥东的路灯不亮" in body
    assert "已保留 1 张照片" in body
    assert not Message.objects.exists()


def test_markup_is_shown_as_text(client, address, deputy, as_user):
    client.post(address, form(text="<script>alert(1)</script>", address="<b>x</b>"))
    page = as_user(deputy).get(Message.objects.get().get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_a_thousand_messages_from_one_address_end_soon_and_lose_nothing(client, address, set_rule):
    set_rule("limits.reports_address_hour", 1000)
    set_rule("limits.reports_network_hour", 1000)
    answers = [client.post(address, form()).status_code for _n in range(TO_ONE.most + 2)]
    assert answers == [302] * TO_ONE.most + [429, 429]
    refused = client.post(address, form(text="这一句还在"))
    assert "这一句还在" in refused.content.decode()
    assert refused["Retry-After"]
    assert Message.objects.count() == TO_ONE.most


def test_a_program_that_fills_everything_in_is_not_taken(client, address):
    assert client.post(address, form(website="https://spam.example")).status_code == 400


def test_a_code_that_was_never_printed_shows_another_way(client, elected):
    answer = client.get(reverse("voters:write", args=["never-printed"]))
    assert (answer.status_code, reverse("voters:find") in answer.content.decode()) == (404, True)


def test_a_place_leads_to_its_deputies(client, elected, village):
    page = client.get(reverse("voters:find"), {"q": "西镇布政村桥东"}).content.decode()
    assert reverse("voters:write", args=[village.code]) in page
    assert "陈一" in page


def test_the_contact_is_for_the_deputy_and_then_for_the_station(message, deputy, town_officer, staff, as_user):
    page = message.get_absolute_url()
    assert PHONE in as_user(deputy).get(page).content.decode()
    assert [as_user(user).get(page).status_code for user in (town_officer, staff)] == [404, 404]
    services.act(deputy, message.pk, "hand_over", version=1)
    assert PHONE in as_user(town_officer).get(page).content.decode()
    listed = as_user(town_officer).get(reverse("voters:list")).content.decode()
    assert message.title in listed
    assert PHONE not in listed


def test_the_deputy_answers_on_the_page_and_finds_it_in_her_work(message, deputy, as_user):
    client = as_user(deputy)
    assert message.title in client.get("/work/").content.decode()
    assert message.title in client.get(reverse("voters:list")).content.decode()
    done = client.post(reverse("voters:step", args=[message.pk, "answer"]), {"version": 1, "text": "已换灯"})
    assert done.status_code == 302
    again = client.post(reverse("voters:step", args=[message.pk, "answer"]), {"version": 1, "text": "再答"})
    assert (again.status_code, "再答" in again.content.decode()) != (302, False)
    assert Message.objects.get().answer == "已换灯"


def test_the_voter_rates_by_her_link_and_a_stranger_by_no_guess(client, write, deputy):
    secret = fresh_secret()
    message = write(secret=secret)
    services.act(deputy, message.pk, "answer", version=1, text="已换灯")
    given = {"version": Message.objects.get().version, "rating": "satisfied"}
    for guess in (fresh_secret(), "x" * 43, str(message.pk)):
        assert client.post(reverse("voters:mine_step", args=[guess, "rate"]), given).status_code == 404
    cache.clear()
    assert client.post(reverse("voters:mine_step", args=[secret, "rate"]), given | {"rating": "x"}).status_code == 400
    assert client.post(reverse("voters:mine_step", args=[secret, "rate"]), given).status_code == 302
    assert Message.objects.get().rating == "satisfied"


def test_the_link_is_sent_again_to_her_own_mailbox_signed_on_its_way(client, write):
    secret = fresh_secret()
    message = write(secret=secret)
    again = reverse("voters:mine_step", args=[secret, "again"])
    assert client.post(again, {"email": "not one"}).status_code == 400
    assert client.post(again, {"email": "her@example.org"}).status_code == 302
    notice = Notice.objects.get(address=Address.objects.get(email="her@example.org"), kind="voter-message")
    assert notice.url == reverse("voters:mine_by_mail", args=[message.pk, "~"])
    assert secret not in notice.url + notice.body


def test_who_left_a_mail_address_learns_of_a_new_slip_and_gets_the_new_link(write, deputy):
    message = write(reach="email", contact="her@example.org")
    Notice.objects.all().delete()
    services.reissue(deputy, message.pk, fresh_secret())
    notice = Notice.objects.get(address__email="her@example.org", kind="voter-message")
    assert "以前的链接已失效" in str(notice.title)
    assert notice.url == reverse("voters:mine_by_mail", args=[message.pk + SLIP, "~"])


def test_a_sheet_has_the_village_s_the_deputy_s_the_station_s_and_the_doors_codes(staff, as_user, elected, village):
    client, page = as_user(staff), reverse("voters:sheet", args=[village.code])
    assert client.post(page, {"labels": "3 幢\n3 幢\n\n文化礼堂"}).status_code == 302
    assert client.post(page, {"labels": "长" * 41}).status_code == 400
    body = client.get(page).content.decode()
    codes = [village.code, "d0001", "S-01", *PlaceCode.objects.values_list("code", flat=True)]
    assert [reverse("voters:write", args=[code]) in body for code in codes] == [True] * 5
    door = client.get(reverse("voters:write", args=[codes[-1]])).content.decode()
    assert "陈一" in door


def test_doors_are_made_by_staff_of_the_town(village, world, deputy, gis):
    from geokit.refusal import NotPermitted
    from tests.data.cast import person

    elsewhere = person("east-staff", "staff", area=world.east_town)
    for user in (deputy, gis, elsewhere, None):
        with pytest.raises(NotPermitted):
            add_doors(user, village, ["3 幢"])


def test_a_slip_has_number_and_code_and_is_kept_nowhere(message, deputy, as_user):
    answer = as_user(deputy).post(reverse("voters:reissue", args=[message.pk]))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    assert message.number in answer.content.decode()
    assert "<svg" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_doors_that_two_make_at_once_are_made_once(village, staff):
    def second():
        try:
            return add_doors(staff, village, ["3 幢", "4 幢"])
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert add_doors(staff, village, ["3 幢"]) == 1
            waiting = pool.submit(second)
            wait([waiting], timeout=1)  # for the door that the first has not finished
        assert waiting.result() == 1
    assert sorted(PlaceCode.objects.values_list("label", flat=True)) == ["3 幢", "4 幢"]
