"""All that one project's page shows, gathered for one reader."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from accounts.areas.locator import locator_for
from accounts.district import current
from projects.feedback.models import Feedback
from projects.feedback.queries import shown_feedback
from projects.feedback.services import may_moderate
from projects.following.models import News
from projects.following.news import headline
from projects.open_data import downloads
from projects.pages.forms.feedback import ReplyForm
from projects.pages.forms.following import FollowForm
from projects.pages.forms.plan import MilestoneForm
from projects.plan import services
from projects.plan.models import ProgressReport, Project
from projects.plan.permissions import PUBLIC_STATUSES, may_update
from projects.plan.places_map import places_map_of
from projects.signals import LinkedMatter, matters_requested
from ui.forms.refusable import render_form
from ui.qr import qr_svg

NEWS_SHOWN = 20
FEEDBACK_SHOWN = 20
MATTERS_SHOWN = 20


@dataclass(frozen=True)
class Budget:
    """Money planned and spent in 10,000 yuan, and how far the work itself is, each against its whole."""

    planned_wan: Decimal
    spent_wan: Decimal
    progress: int

    @property
    def percent(self) -> int | None:
        """Share spent, rounded; None without a plan."""
        return round(100 * self.spent_wan / self.planned_wan) if self.planned_wan else None

    @property
    def bar(self) -> float:
        """Length of the bar of what is spent, at most 100."""
        return min(100.0, float(100 * self.spent_wan / self.planned_wan)) if self.planned_wan else 0.0

    @property
    def is_over(self) -> bool:
        """Whether more was spent than planned."""
        return self.spent_wan > self.planned_wan


@dataclass(frozen=True)
class BeforeAfter:
    """Two photos of one place: before the work and after it."""

    before: ProgressReport
    after: ProgressReport


def show_project(
    request: HttpRequest,
    project: Project,
    failed: Form | None = None,
    follow_form: Form | None = None,
) -> HttpResponse:
    """Show the project; with a form that failed, show that again and say why."""
    context = _facts(request, project) | _activity(request, project)
    context["follow_form"] = follow_form or FollowForm()
    context["follow_failed"] = follow_form is not None
    if may_update(request.user, project):
        context |= _update_forms(project, failed)
    return render_form(request, "projects/detail.html", context, failed or context["follow_form"])


def _facts(request: HttpRequest, project: Project) -> dict[str, Any]:
    """What the project itself is."""
    address = request.build_absolute_uri(project.get_absolute_url())
    places = list(project.places.all())
    return {
        "project": project,
        "map_thing": project,
        "is_point": project.geom.geom_type == "Point",
        "bbox": ",".join(f"{edge:.6f}" for edge in project.geom.extent),
        "locator": locator_for(project.geom),
        "places": places,
        "places_done": sum(place.done_on is not None for place in places),
        "drawing": places_map_of(project, places),
        "standing": services.standing(project),
        "under_way": project.status in services.UNDER_WAY,
        "budget": Budget(project.budget_wan, project.spent_wan, project.progress),
        "pairs": before_after_pairs(project.reports.all()),
        "photo_address": _photo_address(request, project),
        "is_public": project.status in PUBLIC_STATUSES or project.candidacies.exists(),
        "address": address,
        "code": mark_safe(qr_svg(address)),  # noqa: S308 - squares, drawn of the address
        "json_ld": _json_ld(project, address),
        "licence": downloads.LICENCE,
        "today": timezone.localdate(),
    }


def _activity(request: HttpRequest, project: Project) -> dict[str, Any]:
    """What happened to it and what was said of it."""
    said = shown_feedback(project)[:FEEDBACK_SHOWN]
    return {
        "news": [(news, headline(news)) for news in project.news.select_related("report")[:NEWS_SHOWN]],
        "news_kinds": News.Kind,
        "matters": _matters(request, project),
        "feedback": said,
        "feedback_states": Feedback.State,
        "may_moderate": may_moderate(request.user),
        "may_update": may_update(request.user, project),
        "reply_form": ReplyForm(),
    }


def _update_forms(project: Project, failed: Form | None) -> dict[str, Any]:
    return {
        "open_milestones": [m for m in project.milestones.all() if m.done_on is None],
        "milestone_form": failed if isinstance(failed, MilestoneForm) else MilestoneForm(),
        "failed_form": failed,
    }


def before_after_pairs(reports: Iterable[ProgressReport]) -> list[BeforeAfter]:
    """Pair the first photo from before the work with the last from after it, for each place of the project.

    Photos that name no place are of the project as a whole and make a pair of their own.
    """
    before: dict[int | None, ProgressReport] = {}
    after: dict[int | None, ProgressReport] = {}
    for report in sorted(reports, key=lambda report: (report.reported_on, report.pk)):
        if not report.photo:
            continue
        if report.moment == ProgressReport.Moment.BEFORE:
            before.setdefault(report.place_id, report)
        elif report.moment == ProgressReport.Moment.AFTER:
            after[report.place_id] = report
    shared = [place for place in before if place in after]
    return [BeforeAfter(before[place], after[place]) for place in sorted(shared, key=lambda pk: pk or 0)]


def _matters(request: HttpRequest, project: Project) -> list[LinkedMatter]:
    answers: Any = matters_requested.send(Project, project=project, user=request.user)
    found: list[LinkedMatter] = [matter for _receiver, matters in answers for matter in matters]
    return sorted(found, key=lambda matter: matter.on, reverse=True)[:MATTERS_SHOWN]


def _photo_address(request: HttpRequest, project: Project) -> str:
    """Return the newest photo's full address, for those who quote the page; empty without one."""
    newest = next((report for report in project.reports.all() if report.photo), None)
    return request.build_absolute_uri(reverse("projects:photo", args=[project.code, newest.pk])) if newest else ""


def _json_ld(project: Project, address: str) -> SafeString:
    """Describe the project to machines (schema.org); no `<` can end the script element early."""
    marker = project.marker
    data = {
        "@context": "https://schema.org",
        "@type": "Project",
        "@id": address,
        "identifier": project.code,
        "name": project.name,
        "description": project.goal or project.summary,
        "url": address,
        "parentOrganization": {"@type": "GovernmentOrganization", "name": project.lead.name},
        "foundingDate": project.starts_on.isoformat(),
        "dissolutionDate": project.ends_on.isoformat(),
        "location": {
            "@type": "Place",
            "name": project.area.name,
            "address": project.address,
            "geo": {"@type": "GeoCoordinates", "longitude": round(marker.x, 6), "latitude": round(marker.y, 6)},
        },
        "funding": {
            "@type": "Grant",
            "amount": {"@type": "MonetaryAmount", "currency": "CNY", "value": int(project.budget_wan * 10_000)},
        },
        "isPartOf": {"@type": "WebSite", "name": current().title, "url": settings.SITE_URL},
    }
    text = json.dumps(data, ensure_ascii=False)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return mark_safe(safe)  # noqa: S308 - escaped in the line above
