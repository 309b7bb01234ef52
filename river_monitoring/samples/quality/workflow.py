"""How the table of quality control applies to a sample: who is who, what stands in the way, what is written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.permissions import has_role, serves
from geokit.refusal import BadInput, FieldError, NotPermitted, Refusal
from ledger.actors import Actor, account_of
from ledger.steps.workflow import Attempt, Line, Step, Workflow
from river_monitoring.samples.models import Sample, SampleCheck, SampleRevision
from river_monitoring.samples.parties import WorksParties, is_body_at, works_parties
from river_monitoring.samples.permissions import may_correct, party_of, samples_visible_to
from river_monitoring.samples.quality.usual import errors_of, outliers_of
from river_monitoring.samples.rating import STANDARDS, clean_readings, excluded_values, rate_sample
from river_monitoring.steps.sample_quality import TABLE, Party, Verb


@dataclass(frozen=True, slots=True)
class Facts:
    """What must be known of a sample: who did the works, whose correction is the newest, who questioned it last.

    `hands` are the people who entered or corrected it, `questioned_by` the person who questioned it last: whoever was
    posted elsewhere since is no other party to her own deed.
    """

    works: WorksParties
    corrector: int | None
    questioner: int | None
    hands: frozenset[int]
    questioned_by: int | None


type QualityStep = Step[Sample, Facts]


class QualityControl(Workflow[Sample, SampleCheck, Facts]):
    """`given` holds `reason`; a correction also `readings` and `confirmed`."""

    table, model, state_field = TABLE, Sample, "quality"
    related = ("point__area",)

    def visible_to(self, actor: Actor) -> QuerySet[Sample]:
        return samples_visible_to(account_of(actor))

    def facts(self, thing: Sample) -> Facts:
        corrections = list(
            thing.revisions.order_by("-at", "-pk").values_list("department", "actor__department", "actor")
        )
        questions = thing.checks.filter(verb="questioned").order_by("-at", "-pk").values_list("department", "actor")
        corrector = next((department or posted for department, posted, _person in corrections), None)
        people = (thing.recorded_by_id, *(person for *_departments, person in corrections))
        hands = frozenset(person for person in people if person is not None)
        questioner, questioned_by = questions.first() or (None, None)
        return Facts(works_parties(thing.point), corrector, questioner, hands, questioned_by)

    def parties(self, actor: Actor, thing: Sample, facts: Facts) -> Collection[str]:
        account = account_of(actor)
        found = {Party.OWNER} if may_correct(account, thing) else set()
        if has_role(account, Role.STAFF) and serves(account, thing.point.area, thing.point.geom):
            found.add(Party.STAFF)
        party = party_of(account)
        if party is None:
            return found
        if party.pk in facts.works.departments:
            return found | {Party.WORKS}
        is_another = party.pk not in (thing.party_id, facts.corrector) and account.pk not in facts.hands
        return found | {Party.OTHER_BODY} if is_another and is_body_at(party, thing.point) else found

    def obstacle(self, step: QualityStep) -> str:
        """One party does not strike out what it questioned itself, nor its own sample that the site marked: two must
        agree that a sample is void."""
        account = account_of(step.actor)
        party, facts = party_of(account), step.facts
        is_questioner = party is not None and (party.pk == facts.questioner or account.pk == facts.questioned_by)
        if step.line.verb == Verb.REJECT and is_questioner:
            return _("存疑是贵单位提出的，作废须由另一单位核实。")
        if step.line.verb == Verb.REJECT and facts.questioned_by is None and Party.OTHER_BODY not in step.mine:
            return _("存疑是系统标的，作废须由另一单位核实；数值有误的，请更正。")
        return ""

    def missing(self, step: QualityStep) -> Sequence[FieldError]:
        if step.line.verb == Verb.CORRECT and not str(step.given.get("reason") or "").strip():
            message = _("更正水样须写明原因。")
            raise BadInput(message, code="reason-required", errors=[FieldError("reason", "required", message)])
        return super().missing(step)

    def change(self, step: QualityStep) -> Mapping[str, Any]:
        reason = str(step.given["reason"]).strip()
        if step.line.verb == Verb.CORRECT:
            reason = "".join(filter(None, [reason, _set_apart_before(step.thing)]))
            _replace_readings(step, reason)
        return {"reason": reason}

    def write_event(self, step: QualityStep, fields: Mapping[str, Any]) -> SampleCheck:
        return SampleCheck.objects.create(
            sample=step.thing,
            at=step.at,
            verb=step.line.event,
            from_state=step.state,
            to_state=str(step.line.target),
            actor=account_of(step.actor),
            department=party_of(account_of(step.actor)),
            **fields,
        )

    def audit_entry(self, step: QualityStep, event: SampleCheck) -> tuple[str, Mapping[str, Any]]:
        return f"{step.line.verb}-sample", {"point": step.thing.point.code, "quality": step.thing.quality}

    def unknown(self, key: object) -> Refusal:
        return BadInput(_("没有编号为 %s 的水样。") % key, code="unknown-sample")

    def stranger(self, attempt: Attempt[Sample, Facts], lines: Sequence[Line]) -> Refusal:
        if attempt.verb == Verb.CORRECT:
            return NotPermitted(_("水样只能由报送它的单位更正；您认为数据有误，可以提出存疑。"))
        return super().stranger(attempt, lines)


def _set_apart_before(sample: Sample) -> str:
    """The values that were sent and did not count, which no revision of the readings keeps; empty where there are
    none."""
    values = [f"{one.name} {one.value} {one.unit}".strip() for one in excluded_values(sample)]
    return _("（更正前未参评的数值：%s）") % _("、").join(values) if values else ""


def _replace_readings(step: QualityStep, reason: str) -> None:
    """Put the corrected readings in place of the earlier ones, which a revision keeps. Raises BadInput."""
    sample, standard = step.thing, STANDARDS[step.thing.standard]
    confirmed = bool(step.given.get("confirmed"))
    clean = clean_readings(step.given["readings"], standard, confirmed=confirmed)
    if clean == sample.readings and not sample.flagged:
        raise BadInput(_("更正后的数值与原来相同，没有需要更正的内容。"), code="nothing-changed")
    unusual = [] if confirmed else errors_of(outliers_of(sample.point, clean, but=sample.pk), standard)
    if unusual:
        raise BadInput(" ".join(error.message for error in unusual), code="unusual-values", errors=unusual)
    SampleRevision.objects.create(
        sample=sample,
        at=step.at,
        actor=account_of(step.actor),
        department=party_of(account_of(step.actor)),
        reason=reason,
        readings=sample.readings,
        water_class=sample.water_class,
    )
    sample.readings, sample.flagged = clean, {}
    rate_sample(sample)


QUALITY = QualityControl()
