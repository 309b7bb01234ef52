"""Three reviews by three persons, what the clock does, what stays as it was reviewed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from geokit.refusal import BadInput, MissingEvidence, NotPermitted, StaleEdit
from publishing import inbox
from publishing.models import PageRevision
from publishing.register import services
from publishing.register.permissions import pages_visible_to
from search.index import rebuild
from search.models import Entry
from tests.data.cast import person
from tests.integration.publishing.conftest import TEXT, as_draft, published, step


def test_each_review_is_somebody_else_s_and_the_last_one_publishes(world, editors):
    writer, first, second, final = editors
    page = as_draft(writer, world.district)
    step(writer, page, "submit")
    with pytest.raises(NotPermitted):
        step(writer, page, "pass")
    with pytest.raises(NotPermitted, match="3 审"):
        step(first, page, "publish")
    step(first, page, "pass")
    for again in (writer, first):
        with pytest.raises(NotPermitted):
            step(again, page, "pass")
    step(second, page, "pass")
    for again in (writer, first, second):
        with pytest.raises(NotPermitted):
            step(again, page, "publish")
    with pytest.raises(NotPermitted):
        step(final, page, "pass")
    assert not pages_visible_to(None).exists()
    step(final, page, "publish")
    assert pages_visible_to(None).get() == page and page.live.body == TEXT


def test_a_rule_of_the_district_says_how_many_reviews_there_are(world, editors, set_rule):
    set_rule("publishing.reviews", 1)
    writer, first, *_others = editors
    page = step(writer, as_draft(writer, world.district), "submit")
    with pytest.raises(NotPermitted):
        step(writer, page, "publish")
    assert step(first, page, "publish").state == "published"


def test_who_sent_back_and_rewrote_does_not_review_it(world, editors):
    writer, first, second, _final = editors
    page = step(writer, as_draft(writer, world.district), "submit")
    with pytest.raises(MissingEvidence):
        step(first, page, "send_back")
    step(first, page, "send_back", "标题不准")
    services.save_body(first, page.pk, page.version, [{"kind": "text", "text": "改过"}])
    step(writer, page, "submit")
    with pytest.raises(NotPermitted):
        step(first, page, "pass")
    waits = {person.username: _kinds(person) for person in (writer, first, second)}
    assert waits["editor-2"] == {"pages-to-review": 1}
    assert "pages-to-review" not in waits["editor-1"] | waits["a-staff"]


def _kinds(user):
    return {one.kind: one.rows.count() for one in inbox.waiting(user, timezone.localdate()) if one.rows.exists()}


def test_a_new_wording_is_not_shown_before_its_own_reviews(world, editors, as_user):
    page = published(editors, world.district)
    writer, first, second, final = editors
    step(first, page, "revise")
    services.save_body(first, page.pk, page.version, [{"kind": "text", "text": "还没有审过的话"}])
    page.refresh_from_db()
    with pytest.raises(BadInput):
        services.change(first, page.pk, page.version, {"title": "新题"}, {"audience": "inside"})
    services.change(first, page.pk, page.version, {"title": "新题"}, {})
    text = as_user(None).get(page.get_absolute_url()).content.decode()
    assert "视察了南塘河" in text and "还没有审过" not in text and "新题" not in text
    step(first, page, "submit")
    with pytest.raises(NotPermitted):
        step(first, page, "pass")
    for who, verb in ((writer, "pass"), (second, "pass"), (final, "publish")):
        step(who, page, verb)
    text = as_user(None).get(page.get_absolute_url()).content.decode()
    assert "还没有审过的话" in text and "新题" in text


def test_what_was_written_is_not_rewritten(world, editors):
    page = published(editors, world.district)
    with pytest.raises(DatabaseError), transaction.atomic():
        PageRevision.objects.filter(page=page).update(title="另一个标题")


def test_the_clock_puts_up_and_takes_down(world, editors, as_user):
    now = timezone.now()
    page = published(editors, world.district, publish_at=now + timedelta(hours=2), withdraw_at=now + timedelta(days=2))
    assert page.state == "scheduled" and as_user(None).get(page.get_absolute_url()).status_code == 404
    assert services.publish_due(now + timedelta(hours=1)) == {"published": 0, "withdrawn": 0}
    assert services.publish_due(now + timedelta(hours=3)) == {"published": 1, "withdrawn": 0}
    assert as_user(None).get(page.get_absolute_url()).status_code == 200
    assert services.publish_due(now + timedelta(days=3)) == {"published": 0, "withdrawn": 1}
    page.refresh_from_db()
    assert page.state == "withdrawn" and as_user(None).get(page.get_absolute_url()).status_code == 404


def test_staff_of_a_town_keep_their_own_pages_alone(world, editors, as_user):
    page = as_draft(editors[0], world.district)
    clerk = person("clerk", "staff", area=world.west_town)
    assert as_user(clerk).get(f"/cms/{page.pk}/").status_code == 404
    with pytest.raises(NotPermitted):
        services.save_body(clerk, page.pk, page.version, TEXT)
    with pytest.raises(BadInput):
        as_draft(clerk, world.district)
    with pytest.raises(BadInput):
        as_draft(clerk, world.west_town, audience="town", for_area=world.east_town)
    assert as_draft(clerk, world.west_town).pk


def test_two_editors_do_not_overwrite_each_other(world, editors):
    page = as_draft(editors[0], world.district)
    seen = page.version
    services.save_body(editors[1], page.pk, seen, [*TEXT, {"kind": "heading", "text": "背景"}])
    with pytest.raises(StaleEdit):
        services.save_body(editors[0], page.pk, seen, [])
    page.refresh_from_db()
    assert len(page.revisions.first().body) == 2


def test_search_finds_what_is_shown_and_nothing_else(world, editors):
    shown = published(editors, world.district)
    as_draft(editors[0], world.district, title="没有发布的稿子")
    rebuild()
    assert [entry.object_id for entry in Entry.objects.filter(kind="site_pages")] == [shown.pk]
    step(editors[0], shown, "withdraw", "更正")
    rebuild()
    assert not Entry.objects.filter(kind="site_pages").exists()


def test_the_database_holds_the_states(world, editors):
    page = as_draft(editors[0], world.district)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE publishing_sitepage SET state = 'published' WHERE id = %s", [page.pk])


def test_who_changed_only_the_facts_does_not_review_them(world, editors):
    writer, first, second, _final = editors
    page = step(writer, as_draft(writer, world.district), "submit")
    step(second, page, "send_back", "对象不对")
    services.change(first, page.pk, page.version, {"title": page.title}, {"audience": "inside"})
    step(writer, page, "submit")
    with pytest.raises(NotPermitted):
        step(first, page, "pass")
    assert page.revisions.first().made_by == first and page.revisions.first().body == TEXT


def test_a_shown_page_is_not_taken_down_by_a_date_that_nobody_reviewed(world, editors):
    page = step(editors[1], published(editors, world.district), "revise")
    soon = timezone.now() + timedelta(hours=1)
    with pytest.raises(BadInput, match="先撤下"):
        services.change(editors[1], page.pk, page.version, {"title": page.title}, {"withdraw_at": soon})
    assert services.publish_due(soon + timedelta(hours=1)) == {"published": 0, "withdrawn": 0}


@pytest.mark.parametrize("name", ["publish_at", "withdraw_at"])
@pytest.mark.parametrize("year", [1, 9999])
def test_a_page_has_no_time_that_nobody_means(world, editors, name, year):
    with pytest.raises(BadInput, match="年份"):
        as_draft(editors[0], world.district, **{name: datetime(year, 1, 1, tzinfo=UTC)})


def test_a_page_is_not_to_be_taken_down_yesterday(world, editors):
    with pytest.raises(BadInput, match="已过"):
        as_draft(editors[0], world.district, withdraw_at=timezone.now() - timedelta(days=1))


def test_one_page_that_fails_does_not_stop_the_clock(world, editors, monkeypatch):
    now, real = timezone.now(), services.apply
    bad, good = (published(editors, world.district, publish_at=now + timedelta(hours=2)) for _time in range(2))

    def breaks_at_one(workflow, actor, pk, *more, **given):
        if pk == bad.pk:
            raise RuntimeError("broken")
        return real(workflow, actor, pk, *more, **given)

    monkeypatch.setattr(services, "apply", breaks_at_one)
    assert services.publish_due(now + timedelta(hours=3)) == {"published": 1, "withdrawn": 0}
    good.refresh_from_db()
    assert good.state == "published"
