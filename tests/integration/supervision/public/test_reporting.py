"""Anybody reports, once, with or without scripts; what is refused is refused whole and what was typed stays."""

import io
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from supervision.models import Finding, ReporterAccess, Suggestion
from supervision.public import draft_photos, private_links, services

from ..conftest import OUTSIDE, jpeg
from .conftest import typed

pytestmark = pytest.mark.django_db
REPORT = "/report/"
JSON = {"Accept": "application/json"}


def stored_photos(settings):
    found = (path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
    return [path for path in found if "held" not in path.parts]


def test_a_citizen_reports_without_an_account_and_staff_look_at_it_first(client, world, rule):
    answer = client.post(REPORT, typed(photos=[jpeg()]))
    finding = Finding.objects.get()
    assert answer.status_code == 302
    assert (finding.reporter, finding.area, finding.photos.count()) == (None, world.west_town, 1)
    suggestion = finding.suggestion
    assert (suggestion.state, suggestion.author, suggestion.department) == ("received", None, None)
    event = suggestion.events.get()
    assert (event.verb, event.by_reporter, event.actor) == ("received", True, None)


def test_a_deputys_report_goes_straight_on(as_user, deputy, world, rule):
    answer = as_user(deputy).post(REPORT, typed())
    suggestion = Suggestion.objects.get()
    assert answer.url == reverse("supervision:finding", args=[suggestion.finding_id])
    assert (suggestion.state, suggestion.author, suggestion.department) == ("assigned", deputy, world.water)
    assert not ReporterAccess.objects.exists()


def test_an_officer_reports_as_a_citizen_would(as_user, officer, world):
    as_user(officer).post(REPORT, typed())
    assert (Finding.objects.get().reporter, Suggestion.objects.get().state) == (None, "received")


def test_the_answer_is_the_private_link_of_which_only_a_digest_is_kept(client, world):
    given = typed()
    answer = client.post(REPORT, given)
    assert answer.url == f"/my/{given['secret']}/?new=1"
    access = ReporterAccess.objects.get()
    assert access.token_digest == private_links.digest_of(given["secret"])
    page = client.get(answer.url).content.decode()
    assert given["secret"] in page
    assert "<svg" in page


def test_a_report_sent_again_is_filed_once_and_leads_to_the_same_link(client, world, settings):
    given = typed()
    first = client.post(REPORT, given | {"photos": [jpeg()]})
    again = client.post(REPORT, given | {"photos": [jpeg("red")]})
    assert first.url == again.url
    assert Finding.objects.count() == 1
    assert len(stored_photos(settings)) == 1


def test_whoever_uses_another_persons_number_is_refused_and_learns_nothing(client, world):
    given = typed()
    client.post(REPORT, given)
    forged = client.post(REPORT, typed(client_id=given["client_id"], text="别人的"))
    assert forged.status_code == 400
    page = forged.content.decode()
    assert "已被使用" in page
    assert "河面有油污" not in page
    assert Finding.objects.get().text.startswith("河面有油污")


def test_a_citizen_cannot_use_a_deputys_number(client, deputy, file_finding, world):
    number = uuid4()
    file_finding(deputy, client_id=number)
    assert client.post(REPORT, typed(client_id=str(number))).status_code == 400
    assert Finding.objects.count() == 1


@pytest.mark.parametrize("number", ["", "not-a-number", "1' OR '1'='1"])
def test_a_forged_client_number_is_refused(client, world, number):
    assert client.post(REPORT, typed(client_id=number)).status_code == 400
    assert not Finding.objects.exists()


@pytest.mark.parametrize("secret", ["", "short", "a" * 42 + "!", "../../etc/passwd"])
def test_a_link_secret_that_could_be_guessed_is_refused(client, world, secret):
    assert client.post(REPORT, typed(secret=secret)).status_code == 400
    assert not Finding.objects.exists()


def test_two_forms_have_different_numbers_and_secrets(client, world):
    first, second = (client.get(REPORT).context["form"].initial for _ in range(2))
    assert first["client_id"] != second["client_id"]
    assert first["secret"] != second["secret"]


def test_the_form_is_kept_by_no_cache(client, world):
    assert "no-store" in client.get(REPORT)["Cache-Control"]


def test_a_forged_form_from_another_site_is_refused(world):
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(REPORT, typed()).status_code == 403
    assert not Finding.objects.exists()


def test_without_a_position_an_address_that_names_one_place_is_enough(client, world):
    world.west_town.name = "古林镇"
    world.west_town.save()
    client.post(REPORT, typed(lng="", lat="", address="古林镇桥东 50 米"))
    assert Finding.objects.get().geom.equals_exact(world.west_town.point, 1e-6)


def test_an_address_of_several_places_asks_which_one_and_keeps_the_photo(client, world):
    for town, name in ((world.west_town, "新桥镇"), (world.east_town, "新桥街道")):
        town.name = name
        town.save()
    answer = client.post(REPORT, typed(lng="", lat="", address="新桥", photos=[jpeg()]))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert page.count('name="choice"') == 2
    again = typed(
        lng="", lat="", address="新桥", choice=world.east_town.code, held=answer.context["form"]["held"].value()
    )
    client.post(REPORT, again)
    finding = Finding.objects.get()
    assert (finding.area, finding.photos.count()) == (world.east_town, 1)


def test_without_position_and_address_the_town_alone_is_enough(client, world):
    client.post(REPORT, typed(lng="", lat="", town=world.east_town.code))
    assert Finding.objects.get().area == world.east_town


def test_a_report_from_nowhere_is_refused_with_everything_kept(client, world):
    answer = client.post(REPORT, typed(lng="", lat="", photos=[jpeg()]))
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "河面有油污" in page
    assert "已保留 1 张照片" in page
    assert not Finding.objects.exists()


def test_a_report_outside_the_district_is_refused(client, world):
    answer = client.post(REPORT, typed(lng=OUTSIDE["lon"], lat=OUTSIDE["lat"]))
    assert answer.status_code == 400
    assert not Finding.objects.exists()


def test_kept_photos_are_filed_with_the_corrected_form_and_then_gone_from_the_keep_photos(client, world, settings):
    answer = client.post(REPORT, typed(text="", photos=[jpeg("red")]))
    ticket = answer.context["form"]["held"].value()
    client.post(REPORT, typed(held=ticket, photos=[jpeg("blue")]))
    assert Finding.objects.get().photos.count() == 2
    assert draft_photos.read(ticket) == []


def test_a_forged_ticket_brings_no_photo(client, world):
    client.post(REPORT, typed(held="W3sibmFtZSI6Ii9ldGMvcGFzc3dkIn1d:1abc:x"))
    assert Finding.objects.get().photos.count() == 0


def test_kept_photos_can_be_left_out(client, world):
    ticket = client.post(REPORT, typed(text="", photos=[jpeg()])).context["form"]["held"].value()
    client.post(REPORT, typed(held=ticket, drop_held="on"))
    assert Finding.objects.get().photos.count() == 0


def test_photos_that_nobody_came_back_for_are_deleted(client, world, settings):
    ticket = client.post(REPORT, typed(text="", photos=[jpeg()])).context["form"]["held"].value()
    assert draft_photos.delete_expired() == 0
    assert draft_photos.delete_expired(timezone.now() + timedelta(hours=25)) == 1
    assert draft_photos.read(ticket) == []


def test_how_long_photos_wait_for_the_form_is_a_rule_of_the_district(client, world, set_rule):
    set_rule("reports.held_hours", 48)
    ticket = client.post(REPORT, typed(text="", photos=[jpeg()])).context["form"]["held"].value()
    assert draft_photos.delete_expired(timezone.now() + timedelta(hours=47)) == 0
    assert draft_photos.delete_expired(timezone.now() + timedelta(hours=49)) == 1
    assert draft_photos.read(ticket) == []


def test_a_file_that_is_no_photo_is_refused_and_the_good_one_is_kept(client, world):
    broken = SimpleUploadedFile("河边.jpg", b"MZ this is a program" * 99, content_type="image/jpeg")
    answer = client.post(REPORT, typed(photos=[jpeg(), broken]))
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "第 2 张照片" in page
    assert "已保留 1 张照片" in page
    assert not Finding.objects.exists()


@pytest.mark.parametrize("name", ["photo.svg", "photo.gif", "photo.jpg"])
def test_a_drawing_that_could_run_scripts_is_no_photo(client, world, name):
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    file = SimpleUploadedFile(name, drawing, content_type="image/jpeg")
    assert client.post(REPORT, typed(photos=[file])).status_code == 400


def test_what_hides_behind_the_pixels_of_a_photo_is_not_kept(client, world, settings):
    hidden = b"<?php system($_GET[0]); ?><script>alert(1)</script>PK\x03\x04"
    file = SimpleUploadedFile("photo.jpg", jpeg().read() + hidden, content_type="image/jpeg")
    client.post(REPORT, typed(photos=[file]))
    [path] = stored_photos(settings)
    content = path.read_bytes()
    assert b"<?php" not in content
    assert b"<script>" not in content
    assert Image.open(io.BytesIO(content)).format == "JPEG"


def test_a_photo_over_the_limit_is_refused(client, world):
    big = SimpleUploadedFile("big.jpg", b"\xff\xd8\xff" + b"\0" * (15 * 1024**2), content_type="image/jpeg")
    answer = client.post(REPORT, typed(photos=[big]))
    assert answer.status_code == 413
    assert "河面有油污" in answer.content.decode()


def test_a_photo_of_200_mb_is_refused_by_its_length_before_it_is_read(client, world):
    class Unread:
        def read(self, *args):
            raise AssertionError("the body was read")

        readline = read

    answer = client.generic(
        "POST",
        REPORT,
        b"",
        content_type="multipart/form-data; boundary=x",
        **{"CONTENT_LENGTH": str(200 * 1024**2), "wsgi.input": Unread()},
    )
    assert answer.status_code == 413
    assert "140 MB" in answer.content.decode()


def test_a_program_is_told_the_same_as_json(client, world):
    answer = client.generic("POST", "/api/v1/findings/", b"", CONTENT_LENGTH=str(200 * 1024**2))
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_ten_photos_are_one_too_many(client, world):
    photos = [
        jpeg(colour) for colour in ("red", "blue", "green", "teal", "navy", "pink", "gold", "gray", "lime", "cyan")
    ]
    assert client.post(REPORT, typed(photos=photos)).status_code == 400
    assert not Finding.objects.exists()


def test_too_many_reports_from_one_address_are_told_what_to_do_and_lose_nothing(client, world, set_rule):
    set_rule("limits.reports_address_hour", 3)
    answers = [client.post(REPORT, typed(anyway="1")) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429, 429]
    assert Finding.objects.count() == 3
    page = answers[-1].content.decode()
    assert "12345" in page
    assert "河面有油污" in page
    assert int(answers[-1]["Retry-After"]) > 0


def test_the_network_around_an_address_has_a_limit_too(client, world, set_rule):
    set_rule("limits.reports_network_hour", 2)
    answers = [client.post(REPORT, typed(anyway="1"), REMOTE_ADDR=f"203.0.113.{host}") for host in (1, 2, 3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert client.post(REPORT, typed(anyway="1"), REMOTE_ADDR="198.51.100.1").status_code == 302


def test_a_deputy_has_a_limit_of_her_own_wherever_she_is(as_user, client, deputy, world, set_rule):
    set_rule("limits.reports_address_hour", 1)
    set_rule("limits.reports_account_hour", 2)
    client.post(REPORT, typed())
    signed_in = as_user(deputy)
    assert [signed_in.post(REPORT, typed(anyway="1")).status_code for _ in range(3)] == [302, 302, 429]


def test_what_the_public_writes_is_never_run(client, received):
    finding, secret = received
    page = client.get(f"/my/{secret}/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_an_outbox_gets_its_answer_as_json(client, world):
    given = typed()
    answer = client.post(REPORT, given, headers=JSON)
    assert answer.status_code == 201
    body = answer.json()
    assert body["number"] == Suggestion.objects.get().number
    assert body["url"].startswith(f"/my/{given['secret']}/")


def test_an_outbox_is_told_what_is_wrong_and_when_to_come_again(client, world, set_rule):
    refused = client.post(REPORT, typed(text=""), headers=JSON)
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/problem+json")
    assert refused.json()["errors"][0]["field"] == "text"
    set_rule("limits.reports_address_hour", 1)
    busy = client.post(REPORT, typed(), headers=JSON)
    assert (busy.status_code, busy.json()["code"]) == (429, "too-many")
    assert int(busy["Retry-After"]) > 0


def test_what_was_written_under_one_account_is_not_filed_under_another(as_user, deputy, staff, world):
    answer = as_user(staff).post(REPORT, typed(filed_as=str(deputy.pk)), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "other-account")
    assert not Finding.objects.exists()


def test_what_was_written_while_signed_in_does_not_become_anonymous_when_the_session_has_ended(client, deputy, world):
    answer = client.post(REPORT, typed(filed_as=str(deputy.pk)), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "signed-out")
    assert "张代表" not in answer.content.decode()
    assert not Finding.objects.exists()


def test_the_page_of_somebody_signed_in_says_under_whom_it_files(as_user, deputy, client, world):
    assert f'name="filed_as" value="{deputy.pk}"' in as_user(deputy).get(REPORT).content.decode()
    assert 'name="filed_as"' not in client.get(REPORT).content.decode()


def test_a_page_whose_session_has_ended_asks_and_may_be_sent_without_a_name(client, deputy, world):
    typed_in = typed(filed_as=str(deputy.pk), secret="", photos=[jpeg()])
    page = client.post(REPORT, typed_in)
    assert page.status_code == 409
    assert "登录后以本人名义发送" in page.content.decode()
    shown = page.context["form"]
    again = typed_in | {"filed_as": "", "photos": [], "secret": shown["secret"].value(), "held": shown["held"].value()}
    assert client.post(REPORT, again).status_code == 302
    assert (Finding.objects.get().reporter, Finding.objects.get().photos.count()) == (None, 1)


def test_what_was_written_without_an_account_stays_a_citizens_report(as_user, deputy, world):
    as_user(deputy).post(REPORT, typed(filed_as=""), headers=JSON)
    assert (Finding.objects.get().reporter, Suggestion.objects.get().state) == (None, "received")


def test_row_photos_and_link_are_kept_together_or_not_at_all(file_report, settings, monkeypatch):
    def fail(*args):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(services.reporter_mail, "confirm_receipt", fail)
    with pytest.raises(RuntimeError):
        file_report(photos=[jpeg()])
    assert not Finding.objects.exists()
    assert stored_photos(settings) == []


def test_the_offline_form_says_nothing_of_anybody(as_user, deputy, client, world):
    signed_in = as_user(deputy).get("/report/offline/").content
    assert signed_in == client.get("/report/offline/").content
    assert "csrfmiddlewaretoken" not in signed_in.decode()


def test_the_service_worker_is_in_charge_of_the_whole_site(client, world):
    answer = client.get("/service-worker.js")
    assert answer["Content-Type"].startswith("text/javascript")


def test_what_is_sent_in_another_name_counts_against_the_limit_and_keeps_no_photo_beyond_it(
    client, world, set_rule, settings
):
    """Each refused form keeps its photos for a while: without the limit anybody could fill the disk."""
    set_rule("limits.reports_address_hour", 2)
    answers = [client.post(REPORT, typed(filed_as="1", photos=[jpeg(colour)])) for colour in ("red", "blue", "green")]
    assert [answer.status_code for answer in answers] == [409, 409, 429]
    assert len(list((Path(settings.MEDIA_ROOT) / draft_photos.HELD.folder).iterdir())) == 2
