"""Whose uploads somebody sees, and into which layer one may be loaded."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.permissions import Asker, reach_of
from geokit.refusal import BadInput, FieldError
from layers.importing.models import SENT_FOR, ImportJob
from layers.permissions import layers_managed_by, may_edit_layers, own_department
from layers.storage.models import Layer, LayerVersion
from ledger.actors import account_of


def jobs_visible_to(user: Asker) -> QuerySet[ImportJob]:
    """Every upload for editors, with several districts her own; for an officer those that her department sent, also by
    who has been posted elsewhere since."""
    jobs = ImportJob.objects.select_related("created_by", "version__layer")
    if may_edit_layers(user):
        return jobs if reach_of(user) is None else jobs.filter(created_by=account_of(user))
    own = own_department(user)
    if own is None:
        return jobs.none()
    unsaid = Q(created_by__role=Role.OFFICER, created_by__department=own) & ~Q(options__has_key=SENT_FOR)
    return jobs.filter(unsaid | Q(**{f"options__{SENT_FOR}": own}))


def require_target(user: Any, mode: str, slug: str) -> None:
    """Raise BadInput where `user` may not write the layer that is to be updated. A command has no user."""
    if user is None or mode == LayerVersion.Mode.CREATE or layers_managed_by(user).filter(slug=slug).exists():
        return
    if not Layer.objects.filter(slug=slug).exists() and may_edit_layers(user):
        return  # what is wrong with it is said by the load
    message = _("没有名为“%s”、由您的部门提供的图层。") % slug
    raise BadInput(message, code="layer-missing", errors=[FieldError("slug", "layer-missing", message)])


def give_to_department(department: int | None, version: LayerVersion) -> None:
    """What is loaded for the first time is the department's for which it was sent (`ImportJob.sent_for`)."""
    if department is not None and version.number == 1:
        Layer.objects.filter(pk=version.layer_id, department=None).update(department_id=department)
