"""Pages of notices: what I was told, how I want to be told, and the groups that are told with us."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.directory.models import Role
from accounts.notices import links
from accounts.notices.channels import CHANNELS
from accounts.notices.channels.robots import services as robot_services
from accounts.notices.forms import PreferenceForm, RobotForm
from accounts.notices.models import OwnAddress, RobotHost
from accounts.notices.own_addresses import set_up
from accounts.notices.queries import (
    about_each,
    notices_of,
    preference_of,
    robots_visible_to,
    unread_count,
    with_earlier,
)
from accounts.permissions import require_role, scope_of
from geokit.refusal import Refusal
from ui.forms.refusable import posted, render_form
from ui.pagination import page_of_chosen
from ui.refusals import add_to_form

PAGE_SIZE = 30


@require_safe
@require_role()
def notice_list(request: HttpRequest) -> HttpResponse:
    """What I was told, the newest first; ``?unread=1`` only what I have not read."""
    found = notices_of(request.user)
    only_unread = request.GET.get("unread") == "1"
    told = found.filter(read_at=None) if only_unread else found
    page = page_of_chosen(request, about_each(told), PAGE_SIZE)
    context = {
        "page": page,
        "rows": with_earlier(list(page), told),
        "only_unread": only_unread,
        "total": about_each(found).count() if only_unread else page.paginator.count,
        "unread": unread_count(request.user),
    }
    return render(request, "accounts/notices.html", {**context, "has_robots": _may_have_robots(request.user)})


def _may_have_robots(user: Any) -> bool:
    return user.role in (Role.OFFICER, Role.ADMIN) or (user.role == Role.STAFF and scope_of(user) is None)


@require_safe
@require_role()
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Go to what the notice is about; it is read then, with the others about it. A look-ahead by HEAD reads nothing.

    What opens something is opened from its letter alone.
    """
    mine = notices_of(request.user)
    notice = get_object_or_404(mine, pk=pk)
    if request.method == "GET":
        before = Q(at__lt=notice.at) | Q(at=notice.at, pk__lte=notice.pk)
        about = Q(url=notice.url) & before if notice.url else Q(pk=notice.pk)
        mine.filter(about, read_at=None).update(read_at=timezone.now())
    if links.opens_something(notice.url):
        messages.info(request, _("这条通知的链接只在发到您邮箱的信里，这里不能打开。"))
        return redirect("notices:list")
    return redirect(notice.url or "notices:list")


@require_POST
@require_role()
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything read."""
    notices_of(request.user).filter(read_at=None).update(read_at=timezone.now())
    return redirect("notices:list")


@require_http_methods(["GET", "HEAD", "POST"])
@require_role()
def preferences(request: HttpRequest) -> HttpResponse:
    """How I want to be told."""
    user: Any = request.user
    form = PreferenceForm(posted(request), instance=preference_of(user))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("已保存。"))
        return redirect("notices:preferences")
    rows = {row.channel: row for row in OwnAddress.objects.filter(user=user)}
    ways = [(name, CHANNELS[name].label, rows.get(name)) for name in set_up()]
    return render_form(request, "accounts/preferences.html", {"form": form, "ways": ways})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.OFFICER, Role.STAFF, Role.ADMIN)
def robots(request: HttpRequest) -> HttpResponse:
    """The groups' robots of my department, and a form for another."""
    form = RobotForm(request.user, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            robot = robot_services.add_robot(request.user, **form.cleaned_data)
        except Refusal as refusal:
            add_to_form(form, refusal)
        else:
            messages.success(request, _("已添加“%s”。可以先发一条测试消息。") % robot.name)
            return redirect("notices:robots")
    context = {"form": form, "robots": robots_visible_to(request.user), "hosts": RobotHost.objects.all()}
    return render_form(request, "accounts/robots.html", context)


@require_POST
@require_role(Role.OFFICER, Role.STAFF, Role.ADMIN)
def robot_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Try a robot, remove it, or undo that."""
    robot = get_object_or_404(robots_visible_to(request.user), pk=pk)
    if step == "restore":
        robot_services.restore_robot(request.user, pk)
        messages.success(request, _("已恢复，重新向它发送。"))
    elif step == "try" and robot.is_active:
        robot_services.try_robot(request.user, pk)
        messages.info(request, _("测试消息已排队，稍后刷新本页看结果。"))
    else:
        robot_services.remove_robot(request.user, pk)
        messages.success(request, _("已删除，不再向它发送。添加新的机器人之前，可以在本页恢复。"))
    return redirect("notices:robots")
