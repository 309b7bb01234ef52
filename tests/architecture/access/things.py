"""One of each thing that a route can be about, by the words that the table uses, and fixtures that make them."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.db import transaction
from django.utils import timezone

from accounts.loads.models import Load
from accounts.models import Congress, DeputyGroup, User
from exchange.register.models import ForeignRecord, Partner, Taking
from exchange.webhooks.models import Endpoint
from inspections.models import Patrol
from layers.catalogue import thumbnails
from layers.importing import raster_loading
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.importing.vector_loading import load
from layers.models import Layer, LayerSource, OverlayRun, SourceHost
from layers.overlay import runs
from library.documents.services import Original, add_document
from library.models import Mention, Version
from library.reading.files import ReadFile
from meetings.models import Meeting
from papers.models import CongressSession, Handling, Paper
from projects.models import Candidacy, Project, Proposal, VoteSession
from publishing.models import ImportedArticle, OldAddress, PageRevision, SitePage
from questions.models import AnswerSheet, FormVersion, Questionnaire
from reporting.models import Board, EarlyWarning, ReportText, WarningRule, WarningRuleVersion
from river_monitoring.models import MonitoringPoint, Reach, River
from river_monitoring.works.models import Outfall
from stations.models import Deputy, Reception, ServiceArea, Station
from supervision.models import Finding, Suggestion
from tests.data.cast import World, seat
from tests.data.gis_files import gbk_ponds
from tests.data.indicators import make_indicator
from tests.data.published import make_public
from tests.data.tiffs import hills, write_tiff


def load_layers(folder: Path) -> None:
    """One layer for everybody, one for people who are signed in."""
    path = gbk_ponds(folder)
    for slug in ("open-layer", "inner-layer"):
        load(LoadOptions(path=path, file_name=path.name, slug=slug, title=slug), Report())
        if slug == "open-layer":
            make_public(slug)
        thumbnails.draw_missing(Layer.objects.get(slug=slug).pk)


def load_rasters(folder: Path) -> None:
    """The same with rasters."""
    path = write_tiff(folder / "heights.tif", hills(40, 40))
    for slug in ("open-raster", "inner-raster"):
        raster_loading.load(LoadOptions(path=path, file_name=path.name, slug=slug, title=slug), Report())
    make_public("open-raster")


def compute_answer() -> OverlayRun:
    """One answer of the overlay tools about the public layer."""
    run = OverlayRun.objects.create(tool="within", parameters={"layer": "open-layer", "zones": "areas:town"})
    runs.compute(run)
    return run


def make_warning(world: World) -> EarlyWarning:
    """A public indicator of the water department and one that is not, a board of the first, and a rule that warned."""
    figure = make_indicator("open_figure", department=world.water)
    make_indicator("inner_figure", department=world.water, is_public=False)
    blocks = [{"kind": "map", "indicators": ["open_figure"]}]
    Board.objects.create(slug="a-board", title="看板", readers="public", period_kind="month", blocks=blocks)
    rule = WarningRule.objects.create(code="a-rule", title="规则", version=1)
    limit = {"kind": "limit", "indicator": "open_figure", "beyond": "above", "value": 35}
    at = timezone.now()
    version = WarningRuleVersion.objects.create(
        rule=rule, number=1, conditions=[limit], at_least=1, effective_from=at.date(), made_at=at
    )
    day = at.date().replace(day=1)
    return EarlyWarning.objects.create(
        rule=rule, rule_version=version, area=world.west_town, first_period=day, last_period=day, raised_at=at,
        due_on=day, causes=[{"indicator": figure.code, "value": "40", "against": "35", "words": "超过限值"}],
    )  # fmt: skip


def make_documents(river: River) -> tuple[Version, Version, Mention]:
    """A law for everybody with its file, one for people who are signed in, and a water that the first speaks of."""
    made = []
    for code, visibility, original in (
        ("open-law", "public", Original("法.txt", b"law")),
        ("inner-law", "internal", None),
    ):
        facts = {"title": code, "kind": "law", "visibility": visibility}
        version = add_document(None, facts, ReadFile(f"{code}\n第一条 南塘河。"), (None, None), original)
        version.document.code = code
        version.document.save()
        made.append(version)
    mention = Mention.objects.create(document=made[0].document, kind="rivers", object_id=river.pk, name=river.name)
    return made[0], made[1], mention


def _meeting(congress: Congress, text: Version) -> dict[str, Any]:
    """The column of a session, not public: one sitting, and one document that is not the sitting's."""
    now = timezone.now()
    session = CongressSession.objects.create(
        congress=congress, number=3, opens_on="2026-01-05", closes_on="2026-01-09", motions_due_at=now,
        suggestions_due_at=now,
    )  # fmt: skip
    meeting = Meeting.objects.create(session=session)
    until = now + timedelta(days=9)
    return {
        "MEETING": meeting,
        "AGENDA_ITEM": meeting.items.create(title="全体会议", starts_at="2026-01-05T09:00+08:00", takes_sign_in=True),
        "MEETING_DOCUMENT": meeting.documents.create(text=text, comments_until=until),
    }


def _questionnaires(world: World, staff: User) -> dict[str, Any]:
    """One that is open to everybody with a sheet, a draft, and one by printed codes: the district's."""
    now = timezone.now()
    common = {"area": world.district, "opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=9)}
    questions = [{"name": name, "kind": "text", "label": name} for name in ("q1", "q2")]
    found = Questionnaire.objects.create(title="问卷", state="open", **common)
    draft = Questionnaire.objects.create(title="草稿", **common)
    coded = Questionnaire.objects.create(title="持码", audience="codes", once="code", **common)
    forms = [
        FormVersion.objects.create(questionnaire=one, number=1, questions=questions, made_by=staff)
        for one in (found, draft, coded)
    ]
    sheet = AnswerSheet.objects.create(
        questionnaire=found, form=forms[0], client_id=uuid4(), answers={"q2": "河边有垃圾"}
    )
    named = SimpleNamespace(pk=sheet.client_id)  # an address never has the number of a sheet
    return {"QUESTIONNAIRE": found, "DRAFT_QUESTIONNAIRE": draft, "CODED_QUESTIONNAIRE": coded, "SHEET": named}


@transaction.atomic  # its record is of the same transaction as its package
def _foreign_paper() -> dict[str, Any]:
    """A partner, a package that was taken from it, and a paper of its own."""
    partner = Partner.objects.create(origin="330200", name="市平台", public_key="0" * 64, token_digest="0" * 64)
    taking = Taking.objects.create(partner=partner, sha256="0" * 64, made_at=timezone.now(), manifest="", signature="")
    identifier = "330200/papers/J1"
    found = ForeignRecord.objects.create(
        partner=partner, taking=taking, kind="papers", identifier=identifier, name="市里的建议", data={"id": identifier}
    )
    return {"PARTNER": partner, "TAKING": taking, "FOREIGN_PAPER": found}


def _pages(world: World, staff: User) -> dict[str, Any]:
    """The district's: one that everybody reads, a notice to the deputies, a draft."""
    made = {}
    for word, code, more in (
        ("SITE_PAGE", "open-page", {"geom": world.west_town.point}),
        ("NOTICE_PAGE", "notice-page", {"column": "notice", "audience": "deputies"}),
        ("DRAFT_PAGE", "draft-page", {}),
    ):
        page = SitePage.objects.create(code=code, title=code, area=world.district, **more)
        body = [{"kind": "text", "text": "南塘河边"}]
        page.live = PageRevision.objects.create(page=page, number=1, title=code, body=body, made_by=staff)
        page.state, page.published_at = "published", timezone.now()
        if word != "DRAFT_PAGE":
            page.save()
        made[word] = page
    return made | _batch(made["DRAFT_PAGE"])


def _batch(page: SitePage) -> dict[str, Any]:
    """A load of one article that waits for nothing, and the address that it had on an older site."""
    load = Load.objects.create(dataset="articles", file_name="articles.csv", sha256="0" * 64, stored=1)
    ImportedArticle.objects.create(page=page, load=load, revision=page.revisions.get())
    return {"ARTICLES": load, "OLD_ADDRESS": OldAddress.objects.create(path="/art/2020/1.html", page=page)}


def make_webhook(staff: User) -> Endpoint:
    return Endpoint.objects.create(
        maker=staff, maker_role=staff.role, name="区数据平台", url="https://data.example/", secret="whsec_AAAA",
        subjects=["point"],
    )  # fmt: skip


def make_source(world: World, gis: User) -> dict[str, str]:
    """A source of the water department that has listed its layers, and the host that it names."""
    host = SourceHost.objects.create(host="maps.example", added_by=gis)
    source = LayerSource.objects.create(
        title="小微水体", kind="wfs", url="https://maps.example/wfs", department=world.water, made_by=gis,
        choices=[{"name": "ponds", "title": "小微水体"}], outcome="listed",
    )  # fmt: skip
    return {"SOURCE": str(source.pk), "SOURCE_HOST": str(host.pk)}


def make_things(world: World, deputy: User) -> dict[str, str]:
    """Make one of each and return the keys by their words."""
    place = Point(121.33, 29.85, srid=4326)
    river = River.objects.create(code="R1", name="南塘河")
    reach = Reach.objects.create(
        code="R1-1",
        name="南塘河西镇段",
        river=river,
        area=world.west_town,
        geom=MultiLineString(LineString((121.31, 29.85), (121.34, 29.85)), srid=4326),
    )
    point = MonitoringPoint.objects.create(
        code="P1", name="一号点", kind="small", river=river, area=world.west_town, department=world.water, geom=place
    )
    Outfall.objects.create(
        code="O1", name="排口", kind="other", subkind="rest", area=world.west_town, department=world.water, geom=place
    )
    days = {"starts_on": "2026-01-01", "ends_on": "2026-12-01"}
    common = {"year": 2026, "category": "water", "lead": world.water, "area": world.west_town, "geom": place, **days}
    project = Project.objects.create(code="OPEN", name="公开项目", status="building", **common)
    Project.objects.create(code="CANDIDATE", name="候选项目", status="candidate", **common)
    ballot = Project.objects.create(code="BALLOT", name="落选项目", status="reserve", **common)
    opens = timezone.now() - timedelta(days=9)
    session = VoteSession.objects.create(
        title="票决",
        year=2026,
        area=world.district,
        places=1,
        opens_at=opens,
        closes_at=opens + timedelta(days=1),
    )
    Candidacy.objects.create(session=session, project=ballot, number=1)
    station = Station.objects.create(
        code="S1", name="一号站", kind="town", area=world.west_town, address="一号", opening="每月15日", geom=place
    )
    ServiceArea.objects.create(station=station, geom=world.west_town.geom, source="file")
    Deputy.objects.create(code="D1", page_code="d1", name="陈一", station=station)
    starts = timezone.now() + timedelta(days=5)
    reception = Reception.objects.create(station=station, starts_at=starts, ends_at=starts + timedelta(hours=2))
    finding = Finding.objects.create(
        client_id=uuid4(),
        reporter=deputy,
        category="environment",
        text="水面有油污",
        geom=place,
        area=world.west_town,
        seen_at=timezone.now(),
    )
    Suggestion.objects.create(
        number="2026-00001",
        finding=finding,
        title="水面有油污",
        text="水面有油污",
        category="environment",
        author=deputy,
        department=world.water,
        state="assigned",
        submitted_at=timezone.now(),
        due_on="2027-01-01",
    )
    Proposal.objects.create(
        number="2026-0001",
        year=2027,
        title="社区食堂",
        text="老人多",
        category="elderly",
        area=world.west_town,
        geom=place,
    )
    vote = VoteSession.objects.create(
        title="票决", year=2027, area=world.district, places=1, opens_at=timezone.now(), closes_at=starts
    )
    patrol = Patrol.objects.create(
        client_id=uuid4(), user=deputy, started_at=timezone.now(), ended_at=timezone.now() + timedelta(hours=1)
    )
    member = seat(None, world.district, "MEMBER", "无账号代表")
    group = DeputyGroup.objects.create(congress=member.congress, name="第一小组")
    warning = make_warning(world)
    version, inner_version, mention = make_documents(river)
    paper = Paper.objects.create(
        congress=member.congress, number="2026-J9999", title="关于路灯的建议", facts="南门街夜间昏暗", state="assigned",
        submitted_at=timezone.now(),
    )  # fmt: skip
    days = {"assigned_on": "2026-01-05", "due_on": "2099-01-01", "returnable_until": "2099-01-01"}
    handling = Handling.objects.create(paper=paper, department=world.water, **days)
    named = (
        _meeting(member.congress, inner_version)
        | _questionnaires(world, deputy)
        | _foreign_paper()
        | _pages(world, deputy)
        | {
            "WARNING": warning,
            "REPORT_TEXT": ReportText.objects.create(
                kind="year", slot="proposals", number=1, text="继续督办", written_by=deputy
            ),
            "VERSION": version,
            "INNER_VERSION": inner_version,
            "MENTION": mention,
            "FILED_PAPER": paper,
            "HANDLING": handling,
            "CONGRESS": member.congress,
            "MEMBER": member,
            "GROUP": group,
            "VOTE": vote,
            "WEST": world.west_town,
            "WATER": world.water,
            "ECOLOGY": world.ecology,
            "RIVER": river,
            "REACH": reach,
            "POINT": point,
            "PROJECT": project,
            "STATION": station,
            "RECEPTION": reception,
            "FINDING": finding,
            "PATROL": patrol,
        }
    )
    return {name: str(thing.pk) for name, thing in named.items()}


@pytest.fixture
def loaded_layers(world, tmp_path):
    load_layers(tmp_path)


@pytest.fixture
def loaded_rasters(world, tmp_path):
    load_rasters(tmp_path)


@pytest.fixture
def answer(loaded_layers):
    return compute_answer()


@pytest.fixture
def things(world, loaded_layers, deputy, officer, other_officer, gis, staff, admin_user):
    return make_things(world, deputy)
