"""Who may open a page of a project, and what every such page reads of its request."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.models import Role, User
from accounts.permissions import require_role
from projects.plan.models import Project
from projects.plan.permissions import may_update, projects_visible_to

View = Callable[..., HttpResponse]


def updater(view: View) -> View:
    """Give the view the project that its reader may update; for everybody else there is nothing here."""

    @require_role(Role.OFFICER, Role.STAFF)
    @wraps(view)
    def guarded(request: HttpRequest, code: str, **rest: Any) -> HttpResponse:
        return view(request, updatable(request, code), **rest)

    return guarded


def updatable(request: HttpRequest, code: str) -> Project:
    """Return the project of that code if the asker may update it, else 404."""
    project = get_object_or_404(projects_visible_to(request.user).select_related("lead", "area"), code=code)
    if not may_update(request.user, project):
        raise Http404
    return project


def signed_in(request: HttpRequest) -> User:
    """Return who asks; nobody anonymous comes this far."""
    return cast(User, request.user)
