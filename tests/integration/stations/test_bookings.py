"""Places at a reception: booked without an account, given back, never too many; and guesses at private links."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import rules
from geokit.refusal import BadInput, NotPermitted, Refusal
from stations.models import Booking, ReceptionEvent
from stations.receptions import bookings
from stations.receptions import services as receptions
from stations.receptions.bookings import FullyBooked
from stations.receptions.queries import seats_taken

WANG = {"name": "王女士", "phone": "138 0000 0000"}


def form(**given):
    return {"name": "王女士", "phone": "13800000000", "people": "2", "topic": "停车难", "website": "", **given}


def test_a_booking_takes_places_and_only_its_digest_is_kept(announced):
    booking, token = bookings.book(announced.pk, **WANG, people=3, topic="停车难")
    assert (booking.phone, seats_taken(announced)) == ("13800000000", 3)
    assert token not in str(Booking.objects.values().get())
    assert bookings.find_booking(token) == booking
    assert ReceptionEvent.objects.get(verb="booked").detail == {"booking": booking.pk, "people": 3}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"phone": "call me"}, "phone"),
        ({"people": 6}, "people"),
        ({"topic": "长" * 201}, "topic"),
    ],
)
def test_what_cannot_be_booked_is_named(given, field, announced):
    with pytest.raises(BadInput) as refused:
        bookings.book(announced.pk, **{**WANG, **given})
    assert [error.field for error in refused.value.errors] == [field]
    assert not Booking.objects.exists()


def test_the_same_telephone_books_once(announced):
    bookings.book(announced.pk, **WANG)
    with pytest.raises(BadInput) as refused:
        bookings.book(announced.pk, name="别名", phone="138-0000-0000")
    assert refused.value.code == "already-booked"
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.create(
            reception=announced, token_hash="x", name="y", phone="13800000000", created_at=announced.starts_at
        )


def test_a_full_day_says_how_many_places_are_left(announced):
    for number in range(2):
        bookings.book(announced.pk, name="甲", phone=f"1380000000{number}", people=4)
    with pytest.raises(FullyBooked, match="还可预约 2 人"):
        bookings.book(announced.pk, name="乙", phone="13800000009", people=3)
    bookings.book(announced.pk, name="乙", phone="13800000009", people=2)
    with pytest.raises(FullyBooked, match="已约满"):
        bookings.book(announced.pk, name="丙", phone="13800000008")


def test_no_booking_after_it_has_begun_nor_when_called_off_nor_where_none_is_taken(announced, town_officer, plan, noon):
    receptions.change(town_officer, announced.pk, plan(capacity=0), version=1)
    with pytest.raises(NotPermitted) as refused:
        bookings.book(announced.pk, **WANG)
    assert refused.value.code == "no-booking"
    receptions.change(town_officer, announced.pk, plan(), version=2)
    noon.move_to(announced.starts_at)
    with pytest.raises(NotPermitted) as refused:
        bookings.book(announced.pk, **WANG)
    assert refused.value.code == "closed"
    noon.move_to(announced.starts_at - timedelta(days=1))
    receptions.cancel(town_officer, announced.pk, version=3, reason="台风")
    with pytest.raises(NotPermitted):
        bookings.book(announced.pk, **WANG)


def test_places_are_given_back_once_and_may_be_booked_again(announced):
    _booking, token = bookings.book(announced.pk, **WANG, people=2)
    for _again in range(2):
        bookings.cancel_booking(token)
    assert seats_taken(announced) == 0
    assert ReceptionEvent.objects.filter(verb="unbooked").count() == 1
    assert bookings.book(announced.pk, **WANG)[0].pk


def test_a_booking_is_not_given_back_after_it_has_begun(announced, noon):
    _booking, token = bookings.book(announced.pk, **WANG)
    noon.move_to(announced.starts_at)
    with pytest.raises(NotPermitted):
        bookings.cancel_booking(token)


def test_who_booked_is_forgotten_some_time_after(announced):
    bookings.book(announced.pk, **WANG, topic="停车难")
    keep = timedelta(days=rules.value("stations.booking_keep_days"))
    assert bookings.erase_personal_data(announced.ends_at + keep) == 0
    assert bookings.erase_personal_data(announced.ends_at + keep + timedelta(seconds=1)) == 1
    kept = Booking.objects.get()
    assert (kept.name, kept.phone, kept.topic, kept.people) == ("", "", "", 1)
    assert bookings.erase_personal_data(announced.ends_at + keep * 2) == 0


def test_the_page_leads_to_a_private_link_that_is_told_to_nobody_else(announced, as_user):
    client = as_user(None)
    answer = client.post(f"/stations/receptions/{announced.pk}/book/", form())
    link = answer["Location"]
    page = client.get(link)
    assert "预约有效" in page.content.decode()
    assert page["Referrer-Policy"] == "strict-origin"
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex"
    assert client.post(link).status_code == 302
    assert "已经取消" in client.get(link).content.decode()


def test_a_refused_booking_keeps_what_was_typed(announced, as_user):
    answer = as_user(None).post(f"/stations/receptions/{announced.pk}/book/", form(phone="call me"))
    assert answer.status_code == 400
    assert "停车难" in answer.content.decode()
    assert "请填写可以联系到您的电话" in answer.content.decode()


def test_a_program_that_fills_in_every_field_is_refused(announced, as_user):
    answer = as_user(None).post(f"/stations/receptions/{announced.pk}/book/", form(website="http://spam"))
    assert answer.status_code == 400
    assert not Booking.objects.exists()


def test_one_address_books_a_few_times_an_hour(announced, as_user, set_rule):
    set_rule("limits.bookings_hour", 3)
    client = as_user(None)
    codes = [
        client.post(f"/stations/receptions/{announced.pk}/book/", form(phone=f"1380000000{n}", people="1")).status_code
        for n in range(5)
    ]
    assert codes == [302, 302, 302, 429, 429]
    assert Booking.objects.count() == 3


def test_guesses_at_a_private_link_are_404_and_counted(announced, as_user):
    client = as_user(None)
    codes = {client.get(f"/stations/bookings/guess-{number}/").status_code for number in range(30)}
    assert codes == {404}
    assert client.get("/stations/bookings/guess-again/").status_code == 429
    _booking, token = bookings.book(announced.pk, **WANG)
    assert client.get(f"/stations/bookings/{token}/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_do_not_both_get_the_last_place(announced):
    bookings.book(announced.pk, name="甲", phone="13800000001", people=5)
    bookings.book(announced.pk, name="乙", phone="13800000002", people=4)

    def work(phone):
        try:
            return bookings.book(announced.pk, name="丙", phone=phone)[0].phone
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(work, ("13800000003", "13800000004")))
    assert sorted(result == "full" for result in results) == [False, True]
    assert seats_taken(announced) == 10


def test_a_telephone_in_full_width_digits_is_the_same_telephone(announced):
    """As Chinese keyboards write them; other scripts have digits too, by which one could take all places."""
    assert bookings.book(announced.pk, name="王女士", phone="１３８－００００（０００１）")[0].phone == "13800000001"
    for again in ("13800000001", "１３８０００００００１", "١٣٨٠٠٠٠٠٠٠١"):
        with pytest.raises(BadInput):
            bookings.book(announced.pk, name="别名", phone=again)
