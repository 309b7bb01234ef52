"""How the table of steps applies to a warning: what each step changes and records, and how a matter is opened."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.areas.locator import marker_of
from accounts.models import User
from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError
from ledger.actors import Actor, account_of
from ledger.steps.apply import apply
from ledger.steps.workflow import Step, Workflow
from reporting.indicators import periods
from reporting.indicators.models import Indicator
from reporting.warnings.models import EarlyWarning, EarlyWarningEvent
from reporting.warnings.permissions import may_decide, warnings_visible_to
from reporting.warnings.table import TABLE, Party, Verb
from supervision.matters import services as matters
from supervision.matters.models import Suggestion
from supervision.models import Category

type WarningStep = Step[EarlyWarning, None]

MOST_TEXT = 500


class WarningWorkflow(Workflow[EarlyWarning, EarlyWarningEvent, None]):
    """The district's staff decide; the nightly watch joins what repeats and says what is back."""

    table, model = TABLE, EarlyWarning
    related = ("rule", "area", "feature")

    def visible_to(self, actor: Actor) -> QuerySet[EarlyWarning]:
        return EarlyWarning.objects.all() if actor is None else warnings_visible_to(account_of(actor))

    def facts(self, thing: EarlyWarning) -> None:
        return None

    def parties(self, actor: Actor, thing: EarlyWarning, facts: None) -> Collection[str]:
        if actor is None:
            return {Party.WATCH}
        return {Party.STAFF} if may_decide(account_of(actor), thing) else set()

    def change(self, step: WarningStep) -> Mapping[str, Any]:
        warning, given = step.thing, step.given
        if step.verb == Verb.REPEAT:
            if given["period"] > warning.last_period:
                warning.last_period, warning.causes, warning.back_since = given["period"], given["causes"], None
            warning.first_period = min(warning.first_period, given["period"])  # a value of the past was corrected
            return {"period": given["period"], "causes": given["causes"]}
        if step.verb == Verb.GO_BACK:
            warning.back_since = given["period"]
            return {"period": given["period"]}
        if len(given["text"]) > MOST_TEXT:
            message = _("最多 %d 字。") % MOST_TEXT
            raise BadInput(message, code="too-long", errors=[FieldError("text", "too-long", message)])
        if step.verb == Verb.CONFIRM:
            warning.suggestion = open_matter(account_of(step.actor), warning, given)
        return {"text": given["text"].strip()}

    def write_event(self, step: WarningStep, fields: Mapping[str, Any]) -> EarlyWarningEvent:
        return EarlyWarningEvent.objects.create(
            warning=step.thing, verb=step.line.event, actor=account_of(step.actor), at=step.at, **fields
        )


WARNINGS = WarningWorkflow()


def open_matter(actor: User | None, warning: EarlyWarning, given: Mapping[str, Any]) -> Suggestion:
    """Open a matter about the warning with its values, and give it to the department with its clock.

    `days` is a fast lane in working days; without it the lawful period runs. Raises what supervision refuses.
    """
    about = warning.place if warning.place.point is not None else warning.area
    where = about.point or about.geom
    place = marker_of(where) if where is not None else None
    if place is None:
        raise BadInput(_("“%s”没有位置，不能交办。") % warning.place, code="no-place")
    finding = matters.file_finding(
        actor,
        client_id=uuid5(NAMESPACE_URL, f"early-warning:{warning.pk}"),
        text=text_of(warning, given["text"].strip()),
        category=given.get("category") or Category.values[-1],
        lon=place.x,
        lat=place.y,
        address=place_words(warning),
    )
    suggestion = Suggestion.objects.get(finding=finding)
    department, days = given["department"], given.get("days")
    asked = {"version": suggestion.version, "department": department, "text": given["text"].strip()}
    if suggestion.department_id is None:
        return matters.assign(actor, suggestion.pk, days=days, **asked)
    if suggestion.department_id != department.pk:
        return matters.forward(actor, suggestion.pk, **asked)
    return suggestion


def text_of(warning: EarlyWarning, asked: str) -> str:
    """Say a warning as the text of a matter: what, where, when, by which values, and what is asked."""
    causes = _("；").join(say(cause) for cause in warning.causes)
    names = {"rule": warning.rule.title, "area": place_words(warning), "causes": causes, "asked": asked}
    return _("预警：%(area)s，%(rule)s。\n%(causes)s。\n%(asked)s") % names


def place_words(warning: EarlyWarning) -> str:
    """Where it is: the area, of a point or feature its town and its name."""
    return warning.area.name if warning.feature is None else f"{warning.area.name} {warning.feature}"


def say(cause: Mapping[str, str]) -> str:
    """One cause with its value."""
    if not cause["value"]:
        return _("%(words)s（没有数据，应于 %(against)s 前报送）") % cause
    return _("%(words)s（实际 %(value)s，对照 %(against)s）") % cause


def period_words(warning: EarlyWarning) -> str:
    """The periods of a warning in words."""
    code = warning.causes[0]["indicator"] if warning.causes else ""
    kind = Indicator.objects.filter(code=code).values_list("period_kind", flat=True).first() or periods.Kind.DAY
    first, last = (periods.name_of(kind, day) for day in (warning.first_period, warning.last_period))
    return first if first == last else _("%(first)s至%(last)s") % {"first": first, "last": last}


def decide(actor: Asker, warning: int, verb: str, *, version: int, **given: Any) -> EarlyWarningEvent:
    """Confirm, dismiss or close a warning. Raises what the table refuses."""
    return apply(WARNINGS, actor, warning, verb, version, given)
