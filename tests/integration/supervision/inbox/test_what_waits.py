"""The inbox: what waits for each role, and for nobody else."""

from datetime import timedelta

from django.utils import timezone

from geo_portal.work import inbox
from geo_portal.work.inbox import Choice, look
from layers.models import ImportJob
from projects.models import Milestone, VoteSession
from river_monitoring.models import PointFollow
from river_monitoring.works.models import Measure
from supervision.matters import services
from supervision.models import CoHandling, Suggestion
from tests.integration.supervision.inbox.asked import NOON, kinds


def test_a_matter_waits_for_the_department_that_has_it_and_nobody_elses(assigned, officer, other_officer):
    assert kinds(officer) == {"matters-to-answer": 1}
    assert kinds(other_officer) == {}


def test_what_nobody_has_waits_for_the_congress_staff(unrouted, staff, officer):
    assert kinds(staff) == {"matters-to-route": 1}
    assert kinds(officer) == {}


def test_an_answer_waits_for_the_rating_of_its_author_only(replied, deputy, officer, staff):
    assert kinds(deputy) == {"matters-to-rate": 1}
    assert kinds(officer) == kinds(staff) == {}
    assert kinds(officer, following=True) == {"matters-answered": 1}


def test_a_matter_that_is_late_waits_for_the_staff_too(assigned, officer, staff):
    Suggestion.objects.filter(pk=assigned.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert kinds(staff) == {"matters-overdue": 1}
    found = look(officer, Choice(), timezone.localdate())
    assert [(group.span, group.total) for group in found.groups] == [("overdue", 1)]
    assert found.groups[0].rows[0].days_late == 1


def test_a_paused_matter_is_not_overdue_for_anybody(assigned, officer, other_officer, deputy, staff, world):
    services.ask_co(staff, assigned.pk, version=1, department=world.ecology)
    services.pause(staff, assigned.pk, version=2, text="等待跨区协调")
    Suggestion.objects.filter(pk=assigned.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    CoHandling.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    for user, following in ((officer, False), (other_officer, False), (deputy, True), (staff, True)):
        found = look(user, Choice(following=following), timezone.localdate())
        assert [(group.span, group.total) for group in found.groups] == [("none", 1)], user
        assert "已暂停计时" in found.groups[0].rows[0].facts
    services.ask_return(officer, assigned.pk, version=3, text="不属于本单位")
    assert look(staff, Choice(), timezone.localdate()).counts.overdue == 0


def test_points_and_measures_wait_for_their_own_department(point, officer, other_officer):
    point.status, point.due_on = "under_way", timezone.localdate()
    point.save()
    Measure.objects.create(point=point, kind="dredging", title="清淤", due_on=timezone.localdate() + timedelta(days=20))
    Measure.objects.create(point=point, kind="dredging", title="已完", due_on=timezone.localdate(), share_done=100)
    assert kinds(officer) == {"points-to-mend": 1, "measures-due": 1}
    assert kinds(other_officer) == {}


def test_milestones_wait_for_the_lead_department(project, officer, other_officer):
    Milestone.objects.create(project=project, order=1, title="开工", weight=50, due_on=timezone.localdate())
    Milestone.objects.create(
        project=project, order=2, title="完工", weight=50, due_on=timezone.localdate(), done_on=timezone.localdate()
    )
    assert kinds(other_officer) == {"milestones-due": 1}
    assert kinds(officer) == {}
    type(project).objects.filter(pk=project.pk).update(status="supervised")  # its light still counts
    assert kinds(other_officer) == {"milestones-due": 1}


def test_a_candidate_has_no_milestones_due_yet(candidate, other_officer):
    Milestone.objects.create(project=candidate, order=1, title="开工", weight=50, due_on=timezone.localdate())
    assert kinds(other_officer) == {}


def test_a_point_that_changed_waits_for_its_followers_for_a_week(point, deputy, staff, noon):
    PointFollow.objects.create(user=deputy, point=point)
    assert kinds(deputy) == {}
    point.events.create(at=NOON, from_status="registered", to_status="listed")
    assert kinds(deputy) == {"points-changed": 1}
    noon.shift(timedelta(days=8))
    assert kinds(deputy) == {}
    assert kinds(deputy, following=True) == {"points-followed": 1}


def test_a_vote_waits_for_those_who_have_not_voted_until_it_closes_and_then_for_the_staff(world, deputy, staff, noon):
    vote = VoteSession.objects.create(
        title="票决", year=2027, area=world.district, places=1, opens_at=NOON - timedelta(days=1),
        closes_at=NOON + timedelta(days=1),
    )  # fmt: skip
    assert kinds(deputy) == {}
    vote.electors.create(deputy=deputy)
    assert kinds(deputy) == {"votes-open": 1}
    assert kinds(staff) == {}
    noon.shift(timedelta(days=2))
    assert kinds(deputy) == {}
    assert kinds(staff) == {"votes-to-count": 1}


def test_a_reception_waits_for_its_deputies_and_afterwards_for_who_records_it(reception, deputy, staff, noon):
    assert kinds(deputy) == {"receptions-to-come": 1}
    assert kinds(staff) == {}
    noon.shift(timedelta(days=4))
    assert kinds(deputy) == {}
    assert kinds(staff) == {"receptions-to-record": 1}


def test_a_matter_of_a_reception_waits_until_it_is_settled_or_handed_on(reception, staff, noon):
    matter = reception.matters.create(number=1, level="town", text="路灯不亮")
    assert kinds(staff) == {}
    assert kinds(staff, following=True) == {"station-matters": 1}
    staff.area = reception.station.area
    assert kinds(staff) == {"station-matters": 1}
    matter.reference = "2026-00001"
    matter.save()
    assert kinds(staff) == {}


def test_imports_wait_for_those_who_load_data(gis, staff, admin_user, deputy):
    for state in ("previewed", "failed", "done"):
        ImportJob.objects.create(state=state, file_name=f"{state}.zip", created_by=gis)
    expected = {"imports-to-confirm": 1, "imports-failed": 1}
    assert kinds(gis) == kinds(admin_user) == expected
    assert kinds(deputy) == {}


def test_every_kind_has_one_name_on_the_whole_site(world, deputy, officer, staff, gis, admin_user):
    today = timezone.localdate()
    for user in (deputy, officer, staff, gis, admin_user):
        names = [waiting.kind for waiting in inbox.waiting_for(user, today)]
        assert len(names) == len(set(names))


def test_what_the_public_reports_waits_for_the_staff_until_it_is_accepted(unrouted, staff, deputy):
    Suggestion.objects.filter(pk=unrouted.pk).update(state="received")
    assert kinds(staff) == {"matters-to-accept": 1}
    assert kinds(deputy) == {}


def test_an_opinion_waits_for_the_department_that_was_asked_and_the_answer_for_the_lead(
    assigned, officer, other_officer, world
):
    CoHandling.objects.create(suggestion=assigned, department=world.ecology, due_on=timezone.localdate())
    assert kinds(other_officer) == {"matters-to-advise": 1}
    assert kinds(officer) == {"matters-to-answer": 1}
    CoHandling.objects.update(opinion="同意", answered_at=timezone.now())
    assert kinds(other_officer) == {}


def test_staff_of_a_town_have_only_that_towns_matters_waiting(unrouted, staff, world):
    staff.area = world.east_town
    assert kinds(staff) == {}
    staff.area = world.west_town
    assert kinds(staff) == {"matters-to-route": 1}
