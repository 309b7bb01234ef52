"""A person's words go on a lawful ground; the chain stays sound, says so, and nobody can find them by trying."""

from contextlib import suppress
from hashlib import sha256
from io import StringIO
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import Notice
from backups.erasures import named
from geo_portal.audit_trail.verbs import VERBS
from geo_portal.management.commands.erase_text import KINDS
from geokit.refusal import BadInput, NotPermitted
from ledger.chain import settle, verify
from ledger.chain.sql import ERASED
from ledger.filestore import small_copies
from ledger.models import AuditEntry, ChainLink, Erasure, RowSalt
from projects.feedback.erasure import erase_feedback
from projects.models import Feedback, FeedbackEvent, Project
from stations.models import Deputy, DutyRecord, Station
from supervision.matters import services
from supervision.models import Finding, FindingPhoto, ReporterAccess, Suggestion, SuggestionEvent
from supervision.public.erasure import erase_matter
from supervision.public.services import publish
from tests import roles
from tests.erased import GROUND, stored_anywhere

WORDS = "我是张三，住在望春路8号，河水发臭"


@pytest.fixture
def matter(world, deputy):
    now = timezone.now()
    finding = Finding.objects.create(
        client_id="6f0c1d0e-0000-4000-8000-000000000001", text=WORDS, address="望春路8号", category="environment",
        geom="SRID=4326;POINT(121.32 29.85)", area=world.west_town, seen_at=now,
    )  # fmt: skip
    photo = FindingPhoto(finding=finding, width=1, height=1, sha256=sha256(b"face").hexdigest())
    photo.file.save("face.jpg", ContentFile(b"face"))
    ReporterAccess.objects.create(finding=finding, token_digest="x", expires_at=now, email="zhang@example.org")
    made = Suggestion.objects.create(
        number="S-9", finding=finding, title=WORDS[:20], text=WORDS, category="environment", area=world.west_town,
        department=world.water, state="replied", submitted_at=now, due_on=now.date(), result="A",
    )  # fmt: skip
    for verb, text, more in (
        ("submitted", WORDS, {}),
        ("assigned", "请办理", {}),
        ("replied", "已清理", {"due_on": now.date(), "result": "A"}),
    ):  # fmt: skip
        SuggestionEvent.objects.create(suggestion=made, verb=verb, at=now, text=text, **more)
    settle()
    return made


@pytest.fixture
def feedback(world):
    project = Project.objects.create(
        code="M1", name="雨污分流", year=2026, category="water", status="building", lead=world.ecology,
        area=world.east_town, geom="SRID=4326;POINT(121.38 29.85)", starts_on="2026-01-01", ends_on="2026-12-31",
    )  # fmt: skip
    made = Feedback.objects.create(project=project, text=WORDS, contact="13800000000")
    FeedbackEvent.objects.create(feedback=made, verb="file", text="")
    settle()
    return made


def test_links_hold_no_personal_text_in_clear(matter, feedback):
    for words in (WORDS, "13800000000"):
        assert not ChainLink.objects.filter(content__contains=words).exists()
    assert verify().faults == ()


def test_a_matter_is_erased_and_the_chain_stays_sound(matter, staff, django_capture_on_commit_callbacks, settings):
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_matter(staff, matter, GROUND) == 4  # matter, its submission, finding, photo
    assert stored_anywhere("张三") == set()
    assert stored_anywhere("zhang@example.org") == set()
    matter.refresh_from_db()
    assert (matter.text, matter.state) == (ERASED, "replied")
    assert list(matter.events.values_list("text", flat=True)) == [ERASED, "请办理", "已清理"]
    assert not matter.finding.photos.get().file.storage.exists(matter.finding.photos.get().file.name)
    assert verify().faults == ()
    assert {record.reason for record in Erasure.objects.all()} == {GROUND}
    assert AuditEntry.objects.filter(verb="erase-matter", actor=staff, object_id=str(matter.pk)).exists()


def test_the_small_copy_of_an_erased_photo_goes_with_it(matter, staff, django_capture_on_commit_callbacks):
    key = small_copies._key(matter.finding.photos.get().file.name)
    cache.set(key, b"a small face", 60)
    with django_capture_on_commit_callbacks(execute=True):
        erase_matter(staff, matter, GROUND)
    assert cache.get(key) is None


def test_after_an_erasure_nobody_can_find_the_words_by_trying(matter, staff):
    rows = list(matter.events.filter(verb="submitted").values_list("pk", flat=True))
    erase_matter(staff, matter, GROUND)
    assert not RowSalt.objects.filter(table_name="supervision_suggestionevent", row_id__in=rows).exists()
    assert not RowSalt.objects.filter(table_name="supervision_finding").exists()


def test_a_feedback_is_erased_and_the_chain_stays_sound(feedback, staff):
    assert erase_feedback(staff, feedback, GROUND) == 1
    feedback.refresh_from_db()
    assert (feedback.text, feedback.contact) == (ERASED, "")
    assert stored_anywhere("13800000000") == set()
    assert verify().faults == ()


@pytest.mark.parametrize("who", ["deputy", "officer", "other_officer"])
def test_only_district_staff_erase(matter, feedback, request, who):
    actor = request.getfixturevalue(who)
    with pytest.raises(NotPermitted):
        erase_matter(actor, matter, GROUND)
    with pytest.raises(NotPermitted):
        erase_feedback(actor, feedback, GROUND)
    assert not Erasure.objects.exists()


def test_an_erasure_needs_a_ground_and_something_to_erase(feedback, staff):
    with pytest.raises(BadInput, match="依据"):
        erase_feedback(staff, feedback, " ")
    erase_feedback(staff, feedback, GROUND)
    with pytest.raises(BadInput, match="没有可以删除"):
        erase_feedback(staff, feedback, GROUND)


def test_history_lets_nothing_else_through_after_an_erasure(matter, staff):
    event = matter.events.get(verb="submitted")
    erase_matter(staff, matter, GROUND)
    for change in ({"text": "别的话"}, {"verb": "said"}, {"text": ERASED, "at": timezone.now()}):
        with roles.owner_rights(), pytest.raises(DatabaseError, match="history"), transaction.atomic():
            SuggestionEvent.objects.filter(pk=event.pk).update(**change)


def test_words_blotted_out_without_an_erasure_are_found(matter, feedback):
    with roles.owner_rights(), pytest.raises(DatabaseError, match="history"), transaction.atomic():
        matter.events.filter(verb="submitted").update(text=ERASED)
    Feedback.objects.update(text=ERASED)
    assert {(fault.kind, fault.table) for fault in verify().faults} == {("erasure-unrecorded", "projects_feedback")}


def as_links_of_the_first_form(table, row):
    """Have the links of a row be as they were before there were salts: in clear, with digests that fit."""
    own = "table_name = %s AND row_id = %s"
    with roles.owner_rights(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_chainlink DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE accounts_chainlink SET form = 1, xact = NULL, at = NULL, content = (SELECT to_jsonb(e)::text"
            f" FROM {table} e WHERE e.id = row_id) WHERE {own}",
            [table, row],
        )
        cursor.execute(
            "DO $$ DECLARE one record; last bytea := ''; BEGIN FOR one IN SELECT * FROM accounts_chainlink ORDER BY id"
            " LOOP IF one.form = 1 THEN last := accounts_chain_digest(last, one.table_name, one.row_id, one.content);"
            " ELSE last := ledger_digest(last, one.table_name, one.row_id, one.op, one.xact, one.at, one.content);"
            " END IF; UPDATE accounts_chainlink SET digest = last WHERE id = one.id; END LOOP;"
            " UPDATE ledger_head SET digest = last; END $$"
        )
        cursor.execute("ALTER TABLE accounts_chainlink ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE accounts_chainlink ENABLE ALWAYS TRIGGER accounts_chainlink_append_only")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert verify().faults == ()


def test_a_link_from_before_there_were_salts_loses_its_content_and_the_chain_stays_sound(matter, staff):
    as_links_of_the_first_form("supervision_suggestionevent", matter.events.get(verb="submitted").pk)
    assert ChainLink.objects.filter(content__contains=WORDS).exists()
    erase_matter(staff, matter, GROUND)
    assert not ChainLink.objects.filter(content__contains=WORDS).exists()
    assert verify(files=False).faults == ()
    with roles.owner_rights(), pytest.raises(DatabaseError, match="history"), transaction.atomic():
        ChainLink.objects.filter(form=2).update(content=None)


@pytest.mark.parametrize("columns", [[], ["name"], 5, [{}]], ids=str)
def test_an_erasure_that_names_no_personal_text_empties_no_link(feedback, columns):
    """Whoever has the login of the site's role can write such a record beside a change of his."""
    project = feedback.project
    as_links_of_the_first_form("projects_project", project.pk)
    links = ChainLink.objects.filter(table_name="projects_project", row_id=project.pk)
    Erasure.objects.create(table_name="projects_project", row_id=project.pk, columns=columns, reason="假的")
    with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_blot_out('projects_project', %s, '{}')", [project.pk])
    settle()
    assert links.get().content is not None
    assert verify().faults == ()
    with roles.owner_rights():
        links.update(content=None)
    assert {(fault.kind, fault.table) for fault in verify().faults} == {("link-broken", "projects_project")}


def test_what_is_written_after_an_erasure_is_sealed_as_well_and_goes_by_the_next(matter, staff):
    erase_matter(staff, matter, GROUND)
    settle()
    later = "望春路8号的张三又来说了一次"
    matter.public_text = later
    matter.save()
    SuggestionEvent.objects.create(suggestion=matter, verb="published", at=timezone.now(), text="")
    settle()
    assert not ChainLink.objects.filter(content__contains=later).exists()
    assert verify(files=False).faults == ()
    erase_matter(staff, matter, GROUND)
    assert stored_anywhere("张三") == set()
    assert not RowSalt.objects.filter(table_name="supervision_suggestion", row_id=matter.pk).exists()
    assert verify(files=False).faults == ()


def test_what_the_duty_record_of_her_matter_says_goes_with_it(world, deputy, staff):
    west = {"code": "S-1", "name": "西镇联络站", "kind": "town", "area": world.west_town, "geom": "POINT(121.32 29.85)"}
    station = Station.objects.create(address="1号", opening="15日", **west)
    Deputy.objects.create(code="D-1", name="陈一", station=station, user=deputy)
    finding = services.file_finding(
        deputy, client_id=uuid4(), text=WORDS, category="environment", lon=121.32, lat=29.85
    )  # fmt: skip
    assert DutyRecord.objects.filter(title__contains="张三").exists()
    erase_matter(staff, finding.suggestion, GROUND)
    assert stored_anywhere("张三") == set()
    assert verify(files=False).faults == ()


def test_every_erasure_that_the_command_knows_is_made_again_after_a_restore():
    """And each has a name in the trail."""
    again = named()
    assert len(again) == len(KINDS)
    assert all(callable(import_string(path)) for path in again.values())
    assert set(again) <= set(VERBS)


def test_what_was_published_of_it_and_what_the_staff_were_told_goes_as_well(world, deputy, staff):
    finding = services.file_finding(
        deputy, client_id=uuid4(), text=WORDS, category="environment", lon=121.32, lat=29.85
    )  # fmt: skip
    matter = publish(staff, finding.suggestion.pk, version=1, text=f"河水发臭，{WORDS}")
    assert Notice.objects.filter(recipient=staff, kind="matter-waiting", title__contains="张三").exists()
    erase_matter(staff, matter, GROUND)
    assert stored_anywhere("张三") == set()
    assert verify(files=False).faults == ()


def test_the_command_erases_by_number_and_refuses_with_two(matter, feedback, staff, deputy):
    told = StringIO()
    call_command("erase_text", matter=matter.number, by=staff.username, reason=GROUND, stdout=told)
    assert told.getvalue().strip() == "4 rows"
    call_command("erase_text", feedback=feedback.pk, by=staff.username, reason=GROUND, stdout=told)
    for given in ({"matter": "none", "by": staff.username}, {"feedback": feedback.pk, "by": deputy.username}):
        with pytest.raises(CommandError) as refused:
            call_command("erase_text", reason=GROUND, **given)
        assert refused.value.returncode == 2
