"""Which entries somebody may read, and the things, people and values that they name, read together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import DateField, Model, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.permissions import Asker, is_district_staff, role_of
from geo_portal.audit_trail.verbs import words_of
from ledger.models import AuditEntry
from ui.days import midnight, midnight_after

OF_ADMINISTRATORS = (
    "accounts.user", "accounts.apitoken", "accounts.invitationcode", "accounts.factorreset", "accounts.handover",
    "accounts.robot",
)  # fmt: skip
"""Things whose entries say how somebody signs in: administrators alone read them."""


def entries_visible_to(user: Asker) -> QuerySet[AuditEntry]:
    """Everything for administrators; for the district's staff what is not about accounts; nothing for others."""
    if not is_district_staff(user):
        return AuditEntry.objects.none()
    found = AuditEntry.objects.select_related("actor__department").order_by("-at", "-pk")
    return found if role_of(user) == Role.ADMIN else found.exclude(object_type__in=OF_ADMINISTRATORS)


def chosen(entries: QuerySet[AuditEntry], asked: Mapping[str, Any]) -> QuerySet[AuditEntry]:
    """The entries of a person, a day or span of days, a kind of thing, one thing, a verb."""
    if asked.get("since"):
        entries = entries.filter(at__gte=midnight(asked["since"]))
    if asked.get("until"):
        entries = entries.filter(at__lt=midnight_after(asked["until"]))
    if asked.get("who"):
        who = asked["who"]
        entries = entries.filter(Q(actor__display_name__icontains=who) | Q(actor__username=who))
    for name in ("verb", "object_type", "object_id"):
        if asked.get(name):
            entries = entries.filter(**{name: asked[name]})
    return entries


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in words."""

    entry: AuditEntry
    verb: str
    kind: str
    """What sort of thing it is about."""
    title: str
    url: str
    changes: Sequence[str]

    @property
    def who(self) -> str:
        return str(self.entry.actor) if self.entry.actor else _("系统")


def lines(entries: Iterable[AuditEntry]) -> list[Line]:
    """Entries in words; each kind of thing is read once."""
    entries = list(entries)
    things = _things(entries)
    return [_line(entry, things.get((entry.object_type, entry.object_id))) for entry in entries]


def _things(entries: Sequence[AuditEntry]) -> dict[tuple[str, str], Model]:
    keys: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        keys[entry.object_type].add(entry.object_id)
    found: dict[tuple[str, str], Model] = {}
    for label, wanted in keys.items():
        if (model := model_of(label)) is None:
            continue
        try:
            rows = model._base_manager.filter(pk__in=wanted).defer(*_shapes(model))
            rows = rows.select_related(*names) if (names := _named_by(model)) else rows
            found |= {(label, str(row.pk)): row for row in rows}
        except (ValueError, ValidationError):  # keys of a former version
            continue
    return found


def _named_by(model: type[Model]) -> list[str]:
    """What a row's own words may be made of: its plain foreign keys, or each row would ask for them."""
    names = ("point", "project", "station", "paper", "suggestion", "user", "person", "department")
    return [field.name for field in model._meta.local_concrete_fields if field.is_relation and field.name in names]


def _shapes(model: type[Model]) -> list[str]:
    return [field.name for field in model._meta.local_concrete_fields if hasattr(field, "srid")]


def model_of(label: str) -> type[Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _line(entry: AuditEntry, thing: Model | None) -> Line:
    model = model_of(entry.object_type)
    kind = str(model._meta.verbose_name) if model else ""
    title = str(thing) if thing is not None else _("已不在（%s）") % entry.object_id
    url = getattr(thing, "get_absolute_url", lambda: "")() if thing is not None else ""
    return Line(entry, str(words_of(entry.verb)), kind, title, url, changes_of(entry, model))


def changes_of(entry: AuditEntry, model: type[Model] | None) -> list[str]:
    """From what to what where the entry keeps it, by name alone where it does not."""
    detail = entry.detail if isinstance(entry.detail, dict) else {}
    values = {name: pair for key in ("values", "changed") for name, pair in _pairs(detail.get(key))}
    if "role_before" in detail and detail.get("role") != detail["role_before"]:
        values["role"] = [detail["role_before"], detail.get("role")]
    said = [_from_to(model, name, pair) for name, pair in values.items()]
    listed = [name for key in ("fields", "changed") for name in _names(detail.get(key))]
    named = [_label(model, name) for name in listed if name not in values]
    if named:
        said.append(_("修改了%s") % _("、").join(named))
    if (state := detail.get("state")) and isinstance(state, str):
        said.append(_("之后为“%s”") % _shown(model, "state", state))
    said += _states(model, detail.get("before"), detail.get("after"))
    if entry.verb == "rule-changed":
        said.append(_("改为 %s") % _shown(None, "", detail.get("value")))
    return said


def _pairs(given: Any) -> list[tuple[str, Any]]:
    return list(given.items()) if isinstance(given, dict) else []


def _names(given: Any) -> list[str]:
    return [name for name in given if isinstance(name, str)] if isinstance(given, list) else []


def _states(model: type[Model] | None, before: Any, after: Any) -> list[str]:
    """From one state to another, or from one set of values to another; what is neither is no change of a field."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = [name for name in after if before.get(name) != after[name]]
        return [_from_to(model, name, [before.get(name), after[name]]) for name in names]
    is_state = isinstance(before, str) and isinstance(after, str) and _field(model, "status") is not None
    return [_from_to(model, "status", [before, after])] if is_state else []


def _from_to(model: type[Model] | None, name: str, pair: Any) -> str:
    if not isinstance(pair, list | tuple):
        return _("%(name)s改为%(new)s") % {"name": _label(model, name), "new": _shown(model, name, pair)}
    old, new = [*pair, "", ""][:2]
    words = {"name": _label(model, name), "old": _shown(model, name, old), "new": _shown(model, name, new)}
    return _("%(name)s：%(old)s → %(new)s") % words


def _field_of(model: type[Model] | None, name: str, value: Any = None) -> Any:
    """The field of the object, else that of a part of it: of a model of its room (a point's measure, a document's
    place), one that knows the value where it is one of several choices."""
    own = _field(model, name)
    if model is None or own is not None:
        return own
    others = [_field(one, name) for one in apps.get_app_config(model._meta.app_label).get_models()]
    found = [field for field in others if field is not None]
    known = [field for field in found if value in dict(getattr(field, "flatchoices", ()))]
    return next(iter([*known, *found]), None)


def _label(model: type[Model] | None, name: str) -> str:
    field = _field_of(model, name)
    return str(field.verbose_name) if field is not None else name


def _shown(model: type[Model] | None, name: str, value: Any) -> str:
    if value in ("", None):
        return _("（空）")
    field = _field_of(model, name, str(value))
    if str(value) in ("True", "False"):
        return _("是") if str(value) == "True" else _("否")
    if isinstance(field, DateField) and (day := _day(value)) is not None:
        return date_format(day)
    choices = {str(key): label for key, label in getattr(field, "flatchoices", None) or ()}
    return str(choices.get(str(value), value))


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _field(model: type[Model] | None, name: str) -> Any:
    try:
        field = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None
    return field if hasattr(field, "verbose_name") else None
