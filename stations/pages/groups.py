"""Pages of deputy groups: members, activities and a plain thread."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.congress.permissions import groups_seen_by
from accounts.congress.services import post_in_group
from accounts.models import Role, User
from accounts.permissions import require_role
from geokit.refusal import Refusal
from stations.activities.permissions import activities_visible_to
from stations.pages.forms.groups import PostForm
from ui.forms.refusable import posted, render_form
from ui.pagination import page_of

PAGE_SIZE = 30
ACTIVITIES_SHOWN = 10


@never_cache
@require_role(Role.DEPUTY, Role.STAFF)
@require_safe
def group_list(request: HttpRequest) -> HttpResponse:
    """The groups that I am in, or whose congress I keep."""
    groups = groups_seen_by(request.user).select_related("congress__area").order_by("congress", "name")
    return render(request, "stations/groups.html", {"groups": groups})


@never_cache
@require_role(Role.DEPUTY, Role.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """One group; what is sent is one more contribution to its thread."""
    found = get_object_or_404(groups_seen_by(request.user).select_related("congress__area"), pk=pk)
    form = PostForm(posted(request))
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)  # noqa: S101 - only who is signed in gets here
        try:
            post_in_group(request.user, found, form.cleaned_data["text"])
        except Refusal as refusal:
            form.show(refusal)
        else:
            messages.success(request, gettext("已留言。"))
            return redirect("stations:group", found.pk)
    sitting = found.memberships.in_force(timezone.localdate()).select_related("person").order_by("code")
    context = {
        "group": found,
        "members": sitting,
        "activities": activities_visible_to(request.user).filter(group=found)[:ACTIVITIES_SHOWN],
        "page": page_of(request, found.thread.select_related("author").order_by("-pk"), PAGE_SIZE),
        "form": form,
    }
    return render_form(request, "stations/group.html", context, form)
