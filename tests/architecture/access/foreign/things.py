"""Things of the west town and the water department, for people to whom they do not belong."""

import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.gis.geos import Point
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.loads.models import Load
from accounts.models import Area, CredentialChange, Role, User
from accounts.notices.models import Robot, RobotHost
from accounts.people.services import version_of
from accounts.rules import services as rules
from accounts.saved_views.models import SavedView
from accounts.sessions.models import OpenSession
from accounts.tokens.models import ApiToken
from inspections.models import Patrol, PatrolFinding
from layers.models import ImportJob
from papers.models import CongressSession
from papers.register import files, places
from papers.register import services as papers
from projects.feedback.models import Feedback
from projects.models import (
    Candidacy,
    Milestone,
    PaperCount,
    ProgressReport,
    Project,
    ProjectPlace,
    Proposal,
    VoteDraft,
    VoteDraftEvent,
    VoteSession,
)
from projects.proposals.models import ProposalEvent
from projects.voting.models import Elector, VoteCount
from river_monitoring.models import MonitoringPoint, Sample
from river_monitoring.rectification.models import Evidence, Objection, RectificationEvent
from river_monitoring.works.models import Measure
from stations.activities.models import Activity
from stations.duty.models import DutyRecord
from stations.models import Deputy, Matter, Reception, ReceptionLeave, Station
from supervision.findings.models import FindingPhoto
from supervision.models import Finding, ReplyText, Suggestion
from supervision.routing.models import RoutingRule
from tests.data.cast import World, box, person, seat
from voters.models import Message

PLACE = Point(121.33, 29.85, srid=4326)


def make_foreigners(world: World) -> dict[str, User]:
    """Those who have a role for such things, but elsewhere; the village lies in the same town, away from the things."""
    village = Area.objects.create(
        code="330203100999",
        name="他村",
        level="village",
        parent=world.west_town,
        geom=box(121.301, 29.801, 121.305, 29.805),
    )
    return {
        "town_staff": person("east-staff", Role.STAFF, area=world.east_town),
        "village_staff": person("village-staff", Role.STAFF, area=village),
        "other_deputy": person("other-deputy", Role.DEPUTY, area=world.east_town),
        "elector": person("elector", Role.DEPUTY, email="elector@example.org"),
        "author": person("author", Role.DEPUTY),
        "receiving_deputy": person("receiving-deputy", Role.DEPUTY),
    }


def make_foreign_things(world: World, things: dict[str, str], people: dict[str, User]) -> dict[str, str]:
    """Make what the rows name beyond the table's own things; return the keys by their words."""
    RobotHost.objects.get_or_create(host="qyapi.weixin.qq.com")  # a test before may have emptied the database
    village = Area.objects.create(
        code="330203100001",
        name="本村",
        level="village",
        parent=world.west_town,
        geom=box(121.32, 29.84, 121.34, 29.86),
    )
    street = Area.objects.create(code="330203001", name="西街道", level="town", parent=world.district)
    named: dict[str, Any] = {"DISTRICT": world.district, "VILLAGE": village, "STREET": street}
    named |= _waters(world, people) | _projects(world, people) | _stations(world, people) | _matters(world)
    named |= _patrols(people["deputy"]) | _accounts(world, people) | _papers(world, people)
    named["LOAD"] = Load.objects.create(dataset="departments", file_name="a.csv", sha256="0")
    named["JOB"] = ImportJob.objects.create(file="a", file_name="a.zip", sha256="0", state="failed")
    Station.objects.filter(code="S1").update(version=1)
    keys = {name: str(thing.pk) for name, thing in named.items()}
    return things | keys | {"DEPUTY_VERSION": version_of(people["deputy"])}


def _waters(world: World, people: dict[str, User]) -> dict[str, Any]:
    body = {"delisting.accepting_bodies": [world.ecology.code]}
    rules.begin(body, since=date(2000, 1, 1), reason="启用时的规则")
    common = {"kind": "small", "area": world.west_town, "department": world.water, "geom": PLACE}
    point = MonitoringPoint.objects.create(code="P2", name="二号点", status="under_way", **common)
    MonitoringPoint.objects.create(code="P3", name="三号点", **common)
    sampled = MonitoringPoint.objects.get(code="P1")
    step = RectificationEvent.objects.create(
        point=point, from_status="planned", to_status="under_way", at=timezone.now(), actor=people["admin"]
    )
    return {
        "OBJECTION": Objection.objects.create(point=point, at=timezone.now(), actor=people["admin"], reason="黑"),
        "EVIDENCE": Evidence.objects.create(event=step, kind="before", file="a.jpg", sha256="1" * 64),
        "MEASURE": Measure.objects.create(point=point, kind="dredging", title="清淤"),
        "SAMPLE": Sample.objects.create(
            point=sampled, phenomenon_time=timezone.now(), readings={"nh3n": "1.0"}, party=world.water
        ),
    }


def _projects(world: World, people: dict[str, User]) -> dict[str, Any]:
    days = {"starts_on": "2026-01-01", "ends_on": "2026-12-01"}
    common = {"year": 2026, "category": "water", "lead": world.water, "area": world.west_town, "geom": PLACE, **days}
    planned = Project.objects.create(code="PLANNED", name="有节点的", status="building", **common)
    Project.objects.create(code="RATED", name="在测评的", status="rated", **common)
    more = [Project.objects.create(code=f"C{n}", name=f"候选{n}", status="candidate", **common) for n in (2, 3, 4)]
    proposal = {"year": 2027, "category": "elderly", "area": world.west_town, "geom": PLACE}
    public = Proposal.objects.create(number="2026-0002", title="食堂", text="老人多", state="published", **proposal)
    ProposalEvent.objects.create(proposal=public, verb="publish", actor=people["staff"])
    tied = _vote(world, -9, -8)
    for number, project in enumerate(more[1:], 1):
        Candidacy.objects.create(session=tied, project=project, number=number)
    VoteCount.objects.create(
        session=tied, electors=1, cast=1, is_quorate=True, votes={"1": 1, "2": 1}, elected=[], tied=[1, 2], digest="0"
    )
    running = _vote(world, -1, 9)
    Candidacy.objects.create(session=running, project=Project.objects.get(code="BALLOT"), number=1)
    Elector.objects.create(session=running, deputy=people["elector"])
    changed = person("changed", Role.DEPUTY)
    frozen = Elector.objects.create(session=running, deputy=changed)
    CredentialChange.objects.create(user=changed, what="password")
    counted = PaperCount.objects.create(
        project=Project.objects.get(code="RATED"), voter="deputy", counted_on="2026-01-01", source="会场", satisfied=1,
        fairly_satisfied=0, dissatisfied=0, abstained=0, author=people["admin"],
    )  # fmt: skip
    rules.begin({"projects.electors": "330203 100; 代表 9"}, since=date(2000, 1, 1), reason="启用时的规则")
    return {
        "MILESTONE": Milestone.objects.create(project=planned, order=1, title="开工", weight=100, due_on="2026-05-01"),
        "PROJECT_PLACE": ProjectPlace.objects.create(project=planned, number=1, name="一处", geom=PLACE),
        "CANDIDATE_PK": Project.objects.get(code="CANDIDATE"),
        "CANDIDATE_2": more[0],
        "REPORTED": ProgressReport.objects.create(
            project=planned, reported_on=timezone.localdate(), text="开工", photo="projects/none.jpg"
        ),
        "FEEDBACK": Feedback.objects.create(project=planned, text="好", state="shown"),
        "FROZEN": frozen,
        "PAPER": counted,
        "SPENT_VOTE": _vote(world, -9, -8),
        "COMING_VOTE": _vote(world, 8, 9),
        "VOTE_DRAFT": _draft(people["admin"], world),
        "TIED_VOTE": tied,
        "RUNNING_VOTE": running,
    }


def _vote(world: World, opens: int, closes: int) -> VoteSession:
    now = timezone.now()
    days = {"opens_at": now + timedelta(days=opens), "closes_at": now + timedelta(days=closes)}
    return VoteSession.objects.create(title="票决", year=2026, area=world.district, places=1, **days)


def _draft(author: User, world: World) -> VoteDraft:
    now = timezone.now()
    days = {"opens_at": now + timedelta(days=8), "closes_at": now + timedelta(days=9)}
    draft = VoteDraft.objects.create(title="草案", year=2027, area=world.district, places=1, author=author, **days)
    VoteDraftEvent.objects.create(draft=draft, verb="drafted", actor=author)
    return draft


def _stations(world: World, people: dict[str, User]) -> dict[str, Any]:
    station, deputy = Station.objects.get(code="S1"), Deputy.objects.get(code="D1")
    now = timezone.now()
    held = Reception.objects.create(
        station=station, starts_at=now - timedelta(days=3), ends_at=now - timedelta(days=2.9)
    )
    held.deputies.add(deputy)
    activity = Activity.objects.create(
        kind="study", title="学习", place="西镇", area=world.west_town, created_by=people["staff"],
        starts_at=now + timedelta(days=5), ends_at=now + timedelta(days=5.1),
    )  # fmt: skip
    away, other = (
        Deputy.objects.create(code=code, page_code=code.lower(), name=code, station=station, user=user)
        for code, user in (("D8", people["receiving_deputy"]), ("D9", None))
    )
    activity.invited.add(away)
    coming = Reception.objects.create(
        station=station, starts_at=now + timedelta(days=8), ends_at=now + timedelta(days=8.1)
    )
    coming.deputies.add(deputy)
    leave = ReceptionLeave.objects.create(reception=coming, deputy=away, reason="病", at=now)
    message = Message.objects.create(
        client_id=uuid4(), number="X2026-00001", text="路灯不亮", station=station, area=world.west_town,
        state="station", geom=PLACE, token_digest="0" * 64, at_station_since=now, expires_at=now + timedelta(days=9),
    )  # fmt: skip
    return {
        "MESSAGE": message,
        "DEPUTY": deputy,
        "HELD": held,
        "COMING": coming,
        "LEAVE": leave,
        "SUBSTITUTE": other,
        "ACTIVITY": activity,
        "STATION_MATTER": Matter.objects.create(reception=held, number=1, level="town", text="路灯"),
        "DUTY": DutyRecord.objects.create(deputy=deputy, kind="study", on="2026-03-01", title="学习", source="test:1"),
    }


def _matters(world: World) -> dict[str, Any]:
    def matter(number: str, state: str, **more: Any) -> Suggestion:
        finding = Finding.objects.create(
            client_id=uuid4(),
            category="environment",
            text="油污",
            geom=PLACE,
            area=world.west_town,
            seen_at=timezone.now(),
        )
        words = {"title": "油污", "text": "水面有油污", "category": "environment", "submitted_at": timezone.now()}
        return Suggestion.objects.create(
            number=number, finding=finding, area=world.west_town, state=state, **words, **more
        )

    received = matter("2026-00003", "received")
    assigned = matter("2026-00002", "assigned", department=world.water, due_on="2099-01-01")
    given = {"department": world.water, "due_on": "2099-01-01"}
    assigned.events.create(verb="assigned", clock="follow_up", at=timezone.now(), **given)
    for number, asked in (
        ("2026-00004", "return_asked"),
        ("2026-00005", "extend_asked"),
        ("2026-00006", "forward_asked"),
    ):
        asking = matter(number, "assigned", department=world.water, due_on="2099-01-01")
        asking.events.create(verb="assigned", clock="follow_up", at=timezone.now(), **given)
        asking.events.create(verb=asked, text="不是我们的", at=timezone.now(), **given)
    photo = FindingPhoto(finding=received.finding, width=64, height=48, sha256="0" * 64)
    photo.file.save("a.jpg", jpeg())
    return {
        "RECEIVED": received,
        "ASSIGNED": assigned,
        "PHOTO": photo,
        "REPLY_TEXT": ReplyText.objects.create(department=world.water, name="油污", text="已清除"),
        "RULE": RoutingRule.objects.create(category="roads", department=world.water),
    }


def jpeg() -> ContentFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, format="JPEG")
    return ContentFile(out.getvalue())


def _papers(world: World, people: dict[str, User]) -> dict[str, Any]:
    lead, asked = seat(people["author"], world.district, "LEAD"), seat(None, world.district, "ASKED", "被邀代表")
    draft = papers.begin(people["author"], lead, title="关于井盖的建议", facts="南门街井盖松动。")
    draft = papers.invite(people["author"], draft, draft.version, [asked])
    places.add_point(people["author"], draft, PLACE)
    kept = files.attach(people["author"], draft, SimpleUploadedFile("说明.pdf", b"%PDF-1.7\n%%EOF"))
    type(draft).objects.filter(pk=draft.pk).update(version=1)
    now = timezone.now()
    session = CongressSession.objects.create(
        congress=lead.congress, number=8, opens_on="2026-01-05", closes_on="2026-01-09", motions_due_at=now,
        suggestions_due_at=now,
    )  # fmt: skip
    return {
        "DRAFT": draft, "ASKED": asked, "PAPER_PLACE": draft.places.get(), "PAPER_FILE": kept,
        "SESSION_OF_PAPERS": session,
    }  # fmt: skip


def _patrols(deputy: User) -> dict[str, Any]:
    number = UUID("6b0c1d6e-0000-4000-8000-000000000009")
    running = Patrol.objects.create(client_id=number, user=deputy, started_at=timezone.now())
    found = PatrolFinding.objects.create(
        client_id=uuid4(), patrol=running, kind="floating", text="垃圾", geom=PLACE, seen_at=timezone.now()
    )
    return {"RUNNING": running, "FOUND": found}


def _accounts(world: World, people: dict[str, User]) -> dict[str, Any]:
    robot = Robot.objects.create(
        name="群",
        form="wecom",
        department=world.water,
        url="https://qyapi.weixin.qq.com/a",
        created_by=people["officer"],
    )
    token = ApiToken.objects.create(
        department=world.water, name="平台", prefix="hs_a", digest="0", created_by=people["officer"],
        expires_on=date(2099, 1, 1),
    )  # fmt: skip
    now, officer = timezone.now(), people["officer"]
    session = OpenSession.objects.create(user=officer, session_key="of-the-officer", begun_at=now, seen_at=now)
    passkey = Authenticator.objects.create(
        user=officer, type=Authenticator.Type.WEBAUTHN, data={"name": "手机", "credential": {}}
    )
    identity = SocialAccount.objects.create(user=officer, provider="dingtalk", uid="officer-there")
    view = SavedView.objects.create(user=officer, page="work", name="超期的", query="due=overdue")
    numbers = SavedView.objects.create(user=officer, page="numbers", name="东片", query="area=330203100")
    own = {"SESSION": session, "PASSKEY": passkey, "IDENTITY": identity, "VIEW": view, "NUMBERS_VIEW": numbers}
    return {"ROBOT": robot, "TOKEN": token, "DEPUTY_USER": people["deputy"]} | own
