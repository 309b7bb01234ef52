"""Atom feeds (RFC 4287) of what happens to projects: of all, of those that a filter leaves, of one."""

from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.looking import as_public, record_shown
from projects.following.models import News
from projects.following.news import headline, news_visible_to
from projects.open_data import conditional_get, downloads
from projects.plan import queries
from projects.plan.filters import ProjectFilter
from projects.plan.permissions import projects_visible_to
from ui.control_characters import for_xml

MOST_ENTRIES = 50


@require_safe
def projects_feed(request: HttpRequest) -> HttpResponse:
    """News of the public projects that the address's filters leave; of all without a filter."""
    params = queries.without(request.GET, "page", "ordering", "in_bbox")
    chosen = ProjectFilter(params, queryset=projects_visible_to(as_public(request.user)), request=request).qs
    news = news_visible_to(as_public(request.user)).filter(project__in=chosen.order_by().values("pk"))
    query = params.urlencode()
    page = request.build_absolute_uri(f"/projects/?{query}" if query else "/projects/")
    return _feed(request, _("民生实事项目动态"), page, news)


@require_safe
def project_feed(request: HttpRequest, code: str) -> HttpResponse:
    """News of one public project."""
    project = queries.get_project(as_public(request.user), code)
    page = request.build_absolute_uri(project.get_absolute_url())
    return _feed(request, project.name, page, news_visible_to(as_public(request.user)).filter(project=project))


def _feed(request: HttpRequest, title: str, page: str, news: QuerySet[News]) -> HttpResponse:
    feed = Atom1Feed(
        title=for_xml(title),
        link=page,
        description=_("阶段、节点、进展和亮灯的变化"),
        feed_url=request.build_absolute_uri(),
        author_name=record_shown(request.user).title,
        feed_copyright=f"{downloads.LICENCE} {downloads.LICENCE_URL}",
    )
    for one in news.order_by("-at", "-pk")[:MOST_ENTRIES]:
        _add(request, feed, one)
    response = HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    return conditional_get.conditional_response(request, response, for_everybody=True)


def _add(request: HttpRequest, feed: Atom1Feed, news: News) -> None:
    address = request.build_absolute_uri(f"{news.project.get_absolute_url()}#news-{news.pk}")
    happened: datetime = news.at
    feed.add_item(
        title=for_xml(f"{news.project.name}：{headline(news)}"),
        link=address,
        description=for_xml(news.report.text if news.report else headline(news)),
        unique_id=address,
        pubdate=happened,
        updateddate=happened,
        categories=(str(News.Kind(news.kind).label),),
    )
