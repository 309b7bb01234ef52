"""A matter raised to a paper, and topics that the data suggest: with evidence, and only what the deputy sees."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.congress.services import begin_term
from accounts.topics import offers
from papers.models import Paper, PaperEvidence
from papers.register import services as register
from projects.models import Project
from river_monitoring.models import MonitoringPoint, RectificationEvent
from supervision.matters import services as matters
from supervision.models import Finding, Suggestion
from tests.data.cast import person
from tests.integration.supervision.conftest import jpeg


def file(reporter, *, lon=121.32, lat=29.85, text="河面有油污", **more):
    given = {"client_id": uuid4(), "text": text, "category": "environment", "lon": lon, "lat": lat}
    return matters.file_finding(reporter, **(given | more)).suggestion


def raise_(client, matter, **sent):
    return client.post(f"/papers/raise/{matter.number}/", sent)


def test_one_click_makes_a_draft_with_facts_place_photos_and_a_link_both_ways(as_user, deputy, congress, staff, world):
    matter = file(deputy, photos=[jpeg()], address="桥东 50 米")
    matters.assign(staff, matter.pk, department=world.water, version=matter.version)
    lead = as_user(deputy)
    assert "提升为议案或建议" in lead.get(f"/suggestions/{matter.number}/").content.decode()

    answer = raise_(lead, matter)
    paper = Paper.objects.get()
    assert answer.status_code == 302 and answer["Location"] == paper.get_absolute_url()
    assert paper.state == "draft" and paper.category == "environment" and paper.title == f"关于{matter.title}的建议"
    assert "河面有油污" in paper.facts and matter.number in paper.facts and "区水利局" in paper.facts
    assert "现场照片 1 张" in paper.facts and "桥东 50 米" in paper.facts
    assert paper.places.get().geom.coords == (121.32, 29.85)
    kept = paper.evidence.get()
    assert kept.matter == matter and kept.photos == [matter.finding.photos.get().sha256]

    page = lead.get(paper.get_absolute_url()).content.decode()
    assert f"/suggestions/{matter.number}/" in page and "/small/" in page
    page = lead.get(f"/suggestions/{matter.number}/").content.decode()
    assert "已起草议案建议" in page and paper.get_absolute_url() in page and "提升为议案或建议" not in page

    assert raise_(lead, matter)["Location"] == paper.get_absolute_url(), "the draft that is there already"
    assert Paper.objects.count() == 1

    # Staff of the congress read nothing of a draft; once it is filed they see its number on the matter.
    office = as_user(staff)
    assert "已起草议案建议" not in office.get(f"/suggestions/{matter.number}/").content.decode()
    paper = register.edit(
        deputy, paper, paper.version, title=paper.title, facts=paper.facts, analysis="沿线餐饮隔油设施缺失。",
        request="建议年底前完成管网改造。",
    )  # fmt: skip
    paper = register.submit(deputy, paper, paper.version)
    assert f"已提升为议案建议 {paper.number}" in office.get(f"/suggestions/{matter.number}/").content.decode()


def test_what_she_does_not_see_or_whose_seat_is_not_hers_is_not_raised(as_user, deputy, congress, officer, world):
    matter, stranger = file(deputy), as_user(congress.seats[0].person.user)
    assert stranger.get(f"/suggestions/{matter.number}/").status_code == 404
    assert raise_(stranger, matter).status_code == 404
    assert raise_(as_user(deputy), matter, seat=congress.seats[0].pk).status_code == 404
    for sent in ("x", "²", "9" * 40, "\0"):
        assert raise_(as_user(deputy), matter, seat=sent).status_code in (400, 404)
    assert raise_(as_user(officer), matter).status_code == 404
    no_seat = person("no-seat", "deputy")
    assert raise_(as_user(no_seat), file(no_seat)).status_code == 404
    assert not Paper.objects.exists()


def test_evidence_is_shown_to_whom_its_own_room_shows_it(as_user, deputy, congress):
    matter, co = file(deputy, photos=[jpeg()]), congress.seats[0]
    raise_(as_user(deputy), matter)
    paper = Paper.objects.get()
    register.invite(deputy, paper, paper.version, [co])
    page = as_user(co.person.user).get(paper.get_absolute_url()).content.decode()
    assert paper.title in page and f"/suggestions/{matter.number}/" not in page and "/small/" not in page


def test_matters_of_one_kind_close_together_are_a_topic_with_denominators(as_user, deputy, congress):
    near = [file(deputy, lon=121.32 + n * 0.001, text=f"油污 {n}") for n in range(5)]
    file(deputy, lon=121.38, text="远处的油污")
    file(deputy, lon=121.321, category="social", text="别的事")
    client = as_user(deputy)
    page = client.get("/papers/topics/").content.decode()
    assert "西镇一带反复出现的“城建环保”" in page and "5 / 6" in page
    key = min(one.pk for one in near)
    address = f"/papers/topics/clusters/{key}/"
    page = client.get(address).content.decode()
    assert all(one.number in page for one in near) and "远处的油污" not in page and 'class="place-drawing"' in page
    assert len(client.get(f"{address}places.geojson").json()["features"]) == 5

    answer = client.post(f"{address}begin/")
    paper = Paper.objects.get()
    assert answer["Location"] == paper.get_absolute_url() and "5 / 6" in paper.facts and near[0].number in paper.facts
    assert PaperEvidence.objects.filter(paper=paper).count() == 5 == paper.places.count()


def test_a_topic_of_others_is_no_topic_for_her(as_user, deputy, congress, officer, staff):
    near = [file(deputy, lon=121.32 + n * 0.001) for n in range(5)]
    address = f"/papers/topics/clusters/{min(one.pk for one in near)}/"
    other = as_user(congress.seats[0].person.user)
    assert "反复出现" not in other.get("/papers/topics/").content.decode()
    assert other.get(address).status_code == other.post(f"{address}begin/").status_code == 404
    assert as_user(officer).get("/papers/topics/").status_code == 404
    assert as_user(staff).get(address).status_code == 200
    assert as_user(staff).post(f"{address}begin/").status_code == 404, "a paper is begun by who sits in a congress"
    for broken in ("clusters/999999999", "clusters/no-such", "no-such/1"):
        assert as_user(deputy).get(f"/papers/topics/{broken}/").status_code == 404


def test_late_matters_points_and_projects_are_topics_too(as_user, deputy, congress, staff, world):
    past = timezone.localdate() - timedelta(days=3)
    for n in range(4):
        matter = file(deputy, lon=121.31 + n * 0.02)
        matters.assign(staff, matter.pk, department=world.water, version=matter.version)
    Suggestion.objects.filter(pk__in=Suggestion.objects.values("pk")[:3]).update(due_on=past)
    point = MonitoringPoint.objects.create(
        code="P1", name="望春桥", kind="small", area=world.west_town, department=world.water, status="listed",
        geom=Point(121.32, 29.85, srid=4326), current_class=5, target_class=3,
    )  # fmt: skip
    RectificationEvent.objects.create(point=point, at=timezone.now(), from_status="delisted", to_status="listed")
    Project.objects.create(
        code="M1", name="东片雨污分流", year=2026, category="water", status="building", lead=world.ecology, light="red",
        area=world.east_town, geom=Point(121.38, 29.85, srid=4326), starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31), progress=20,
    )  # fmt: skip
    page = as_user(deputy).get("/papers/topics/").content.decode()
    assert "在办的 4 件里有 3 件过了期限" in page and "3 / 4" in page
    assert "西镇治理后反弹的水质点位" in page and "“治水供水”类民生实事项目进度滞后" in page
    for address in ("relapses/330203100", "late-projects/water", "unanswered/environment"):
        at = address.replace("330203100", world.west_town.code)
        assert as_user(deputy).post(f"/papers/topics/{at}/begin/").status_code == 302
    kinds = PaperEvidence.objects.values_list("matter__number", "point__code", "project__code")
    assert {row[1:] for row in kinds} == {(None, None), ("P1", None), (None, "M1")}


@pytest.mark.slow
def test_fifty_thousand_matters_are_read_in_bounded_queries(as_the_owner, deputy, congress, staff, world):
    """Rows made by the database itself; each way of finding topics asks few statements and ends within seconds."""
    one = file(deputy)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("supervision_finding", "supervision_suggestion"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")  # the chain of 100,000 rows is not what is read
        cursor.execute(
            """INSERT INTO supervision_finding (client_id, reporter_id, category, kind, text, geom, area_id, address,
                 seen_at, created_at)
               SELECT gen_random_uuid(), reporter_id, category, kind, text,
                 ST_SetSRID(ST_MakePoint(121.30 + random() * 0.1, 29.80 + random() * 0.1), 4326), area_id, address,
                 now(), now() FROM supervision_finding, generate_series(1, 50000) WHERE id = %s""",
            [one.finding_id],
        )
        cursor.execute(
            """INSERT INTO supervision_suggestion (number, finding_id, title, text, category, author_id, area_id, state,
                 result, submitted_at, redo_count, is_public, public_text, version)
               SELECT 'X' || f.id, f.id, s.title, s.text, s.category, s.author_id, s.area_id, s.state, '',
                 now() - f.id * interval '1 second', 0, false, '', 1
               FROM supervision_finding f, supervision_suggestion s WHERE s.id = %s AND f.id <> %s""",
            [one.pk, one.finding_id],
        )
    assert Suggestion.objects.count() > 50_000 and Finding.objects.count() > 50_000
    figures = {}
    for offer in offers():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            begun = timezone.now()
            found = offer.find(deputy, timezone.localdate())
            took = (timezone.now() - begun).total_seconds()
        assert len(asked) <= 60 and took < 20, f"{offer.kind}: {len(asked)} statements, {took:.1f} s"
        figures[offer.kind] = (len(found), len(asked), round(took, 1))
    assert figures["clusters"][0] > 0, figures


def test_a_draft_of_the_last_term_does_not_stand_in_the_way_of_raising_it_anew(as_user, deputy, congress, staff):
    matter, lead = file(deputy), as_user(deputy)
    raise_(lead, matter)
    new = begin_term(staff, congress.of.pk, timezone.localdate(), [congress.lead.pk])
    assert "提升为议案或建议" in lead.get(f"/suggestions/{matter.number}/").content.decode()
    raise_(lead, matter)
    assert list(Paper.objects.order_by("pk").values_list("congress", flat=True)) == [congress.of.pk, new.pk]
