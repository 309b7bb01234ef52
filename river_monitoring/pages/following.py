"""Following: one button per water, and the page of all that somebody follows."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import require_role
from river_monitoring.network.permissions import rivers_visible_to
from river_monitoring.points import queries, services
from river_monitoring.points.models import PointFollow, RiverFollow
from river_monitoring.points.permissions import FOLLOWERS, points_visible_to
from river_monitoring.waters import course


@require_POST
@require_role(*FOLLOWERS)
def follow_river(request: HttpRequest, code: str) -> HttpResponse:
    """Follow a water with every point on it, or stop."""
    river = get_object_or_404(rivers_visible_to(request.user), code=code)
    wants = request.POST.get("follow") == "1"
    services.follow_river(river.code, request.user, follow=wants)
    messages.success(request, _("已关注，河上任何点位有变化都会通知您。") if wants else _("已取消关注。"))
    return redirect("river:following" if request.POST.get("back") else river)


@require_safe
@require_role(*FOLLOWERS)
def following(request: HttpRequest) -> HttpResponse:
    """Waters and points that this person follows, each with a way to stop."""
    rivers = rivers_visible_to(request.user).filter(follows__user=request.user.pk)
    own = PointFollow.objects.filter(user=request.user.pk).values("point")
    points = queries.for_lists(points_visible_to(request.user)).filter(pk__in=own).order_by("-current_class", "code")
    context = {
        "rivers": course.with_worst(rivers, request.user).order_by("code"),
        "points": points,
        "through_rivers": points_visible_to(request.user)
        .filter(river__in=RiverFollow.objects.filter(user=request.user.pk).values("river"))
        .count(),
    }
    return render(request, "river/following.html", context)
