"""A video of a page: the film in parts where a player asks for them, its picture, its subtitles."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from publishing.register.permissions import keeps_page
from publishing.register.workflow import newest_of
from publishing.videos.models import PageVideo
from publishing.videos.services import video_shown_to
from supervision.pages.videos import video_response


@require_safe
def video(request: HttpRequest, number: UUID, part: str) -> HttpResponseBase:
    """One part (``film``, ``poster``, ``subtitles``) of a video that the reader may see."""
    found = video_shown_to(request.user, number)
    if found is None:
        raise Http404
    if part != "subtitles":
        return video_response(request, found, part)
    answer = HttpResponse(_subtitles(request, found), content_type="text/vtt; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    return answer


def _subtitles(request: HttpRequest, found: PageVideo) -> str:
    """The subtitles of the live version; for who keeps the page also those of one that is not shown yet."""
    page = found.page
    wordings = [page.live, newest_of(page) if keeps_page(request.user, page) else None]
    blocks = [block for one in filter(None, wordings) for block in one.body if block.get("file") == str(found.number)]
    text = next((block["subtitles"] for block in blocks if block.get("subtitles")), "")
    if not text:
        raise Http404
    return str(text)
