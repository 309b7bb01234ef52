"""Writing a new candidate: by congress staff, from a proposal or by itself."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.district import record_over
from accounts.models import Area, Department, User
from accounts.permissions import leads
from geokit.refusal import NotPermitted
from ledger import audit
from ledger.locks import wait_turn
from projects.plan.given import refuse_foreign_lead, refuse_odd_days
from projects.plan.models import Project
from projects.stages.services import record_first_stage


@dataclass(frozen=True)
class CandidateDraft:
    """What is known of a project when it becomes a candidate. `geom` is EPSG:4326."""

    name: str
    year: int
    category: str
    lead: Department
    area: Area
    geom: GEOSGeometry
    starts_on: date
    ends_on: date
    address: str = ""
    summary: str = ""
    goal: str = ""
    budget_wan: Decimal = Decimal(0)


@transaction.atomic
def create_candidate(draft: CandidateDraft, actor: User, reason: str) -> Project:
    """Write a candidate under the next code of its year. Raises NotPermitted, BadInput."""
    if not leads(actor, draft.area):
        raise NotPermitted(_("候选项目由区人大工作人员登记。"))
    refuse_odd_days(draft.starts_on, draft.ends_on)
    refuse_foreign_lead(draft.lead, draft.area)
    project = Project.objects.create(
        code=next_code(draft.year, draft.area), status=Project.Status.CANDIDATE, **draft.__dict__
    )
    record_first_stage(project, actor, reason)
    audit.record(actor, "create_candidate", project, code=project.code)
    return project


def next_code(year: int, area: Area | None) -> str:
    """Return the next free code of the year in the area's district (``HS2027-07``); held until the transaction ends."""
    wait_turn("projects.next_code")
    start = f"{record_over(area).code_prefix}{year}-"
    last = Project.objects.filter(code__regex=f"^{start}[0-9]+$").aggregate(last=Max("code"))["last"]
    return f"{start}{int(last.rpartition('-')[2]) + 1 if last else 1:02d}"
